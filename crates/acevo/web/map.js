// The track from above, and the cars on it.

import { Surface } from './surface.js';

export const mapChannels = ['position_x', 'position_z', 'lap_position', 'heading'];

/** Options: `names` writes sectors beside the track, `cars` shows the others. */
export function map(root, { names = false, cars = true, resized } = {}) {
  const surface = new Surface(root, 'Map of the track', resized);
  let drawn = null;

  return (model) => {
    const ctx = surface.begin();
    if (!ctx) return;
    const { colors, em } = surface;
    const { outline } = model;
    if (outline.points.length < 2) {
      if (model.hasTelemetry) surface.label('The map grows with the first lap', surface.width / 2, surface.height / 2, { align: 'center', base: 'middle' });
      return;
    }
    if (drawn?.outline !== outline || drawn.version !== surface.version) drawn = lay(outline, surface, names);
    const { place, at, path, pit } = drawn;
    const width = Math.max(em * 0.42, Math.min(surface.width, surface.height) * 0.022);
    if (pit) stroke(ctx, pit, colors.faint, width * 0.35);
    stroke(ctx, path, colors.line, width * 1.7);
    stroke(ctx, path, colors.muted, width);
    const ends = outline.sectors.filter((end) => end > 0 && end < 1);
    if (outline.known) {
      ends.forEach((end) => across(ctx, place, end, width * 1.1, colors.ground, width * 0.45));
      across(ctx, place, 0, width * 1.7, colors.text, width * 0.5);
      if (names) label(outline, ends, place, width);
    }
    if (!model.hasTelemetry) return;
    if (cars) {
      for (const [, where, inPit] of model.cars) {
        const [x, y] = place(where);
        dot(ctx, x, y, em * 0.34, inPit ? colors.ground : colors.text, inPit ? colors.muted : colors.ground, em * 0.1);
      }
    }
    const [px, pz] = [model.get('position_x'), model.get('position_z')];
    const where = Number.isFinite(model.place) ? model.place : model.get('lap_position');
    const here = Number.isFinite(px + pz) ? at(px, pz) : Number.isFinite(where) && outline.known ? place(where) : null;
    if (here) dot(ctx, here[0], here[1], em * 0.52, colors.accent, colors.ground, em * 0.16);
  };

  function label(outline, ends, place, width) {
    [0, ...ends].forEach((from, index) => {
      const to = ends[index] ?? 1;
      const [x, y, nx, ny] = place((from + to) / 2);
      const away = width * 2.6;
      surface.label(`S${index + 1}`, x + nx * away, y + ny * away, { align: 'center', base: 'middle', size: 0.8, color: surface.colors.muted, weight: 600 });
    });
  }
}

/** Fits the track into the surface, turned where that makes it larger. */
function lay(outline, surface, names) {
  const { points } = outline;
  const margin = surface.em * (names ? 2.2 : 1);
  const [width, height] = [surface.width - 2 * margin, surface.height - 2 * margin];
  const box = (pick) => points.reduce(([low, high], point) => [Math.min(low, point[pick]), Math.max(high, point[pick])], [Infinity, -Infinity]);
  const [x, z] = [box(0), box(1)];
  const [dx, dz] = [Math.max(1, x[1] - x[0]), Math.max(1, z[1] - z[0])];
  const [upright, turned] = [Math.min(width / dx, height / dz), Math.min(width / dz, height / dx)];
  const turn = turned > upright * 1.15;
  const scale = Math.max(0.001, turn ? turned : upright);
  const [cx, cz] = [(x[0] + x[1]) / 2, (z[0] + z[1]) / 2];
  // X to the right, Z upwards; turned to the right by a quarter where it is.
  const at = (px, pz) => {
    const [u, v] = [(px - cx) * scale, (pz - cz) * scale];
    return turn ? [surface.width / 2 + v, surface.height / 2 + u] : [surface.width / 2 + u, surface.height / 2 - v];
  };
  const laid = points.map(([px, pz]) => at(px, pz));
  const count = laid.length;
  const inside = laid.reduce((sum, point, index) => {
    const next = laid[(index + 1) % count];
    return sum + point[0] * next[1] - next[0] * point[1];
  }, 0) > 0 ? 1 : -1;
  /** A place of the lap, 0..1, and the direction out of the track's inside. */
  const place = (part) => {
    const exact = (((part % 1) + 1) % 1) * count;
    const index = Math.floor(exact) % count;
    const [a, b] = [laid[index], laid[(index + 1) % count]];
    const share = exact - Math.floor(exact);
    const [dxs, dys] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dxs, dys) || 1;
    return [a[0] + dxs * share, a[1] + dys * share, (inside * dys) / length, (-inside * dxs) / length];
  };
  return { outline, version: surface.version, at, place, path: polyline(laid, outline.known), pit: outline.pit?.length > 1 ? polyline(outline.pit.map(([px, pz]) => at(px, pz)), false) : null };
}

function polyline(points, closed) {
  const path = new Path2D();
  points.forEach(([x, y], index) => (index ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (closed) path.closePath();
  return path;
}

function stroke(ctx, path, color, width) {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke(path);
}

function across(ctx, place, part, reach, color, width) {
  const [x, y, nx, ny] = place(part);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineCap = 'butt';
  ctx.beginPath();
  ctx.moveTo(x - nx * reach, y - ny * reach);
  ctx.lineTo(x + nx * reach, y + ny * reach);
  ctx.stroke();
  ctx.lineCap = 'round';
}

function dot(ctx, x, y, radius, fill, rim, width) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = rim;
  ctx.lineWidth = width;
  ctx.stroke();
}
