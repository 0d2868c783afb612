// The track from above, and the cars on it.

import { shortLabel } from '../lib/field.js';
import { known, percent } from '../lib/format.js';
import { placeLabels } from '../lib/map-labels.js';
import { Surface } from '../lib/surface.js';
import { dot, polyline, Track } from '../lib/track.js';

export const mapChannels = ['position_x', 'position_z', 'lap_position'];

/** Text of labels, and their distance from a car, in em. */
const [LABEL_SIZE, LABEL_AWAY] = [0.7, 0.45];
const PLAYER_RADIUS = 0.55;

/** Options: `names` writes the names of sectors next to the track, `labels` short names of cars. */
export function map(root, { names = false, labels = false, resized } = {}) {
  const surface = new Surface(root, 'Map of the track', resized);
  let laid = null;

  return (model) => {
    surface.describe(describe(model));
    const ctx = surface.begin();
    if (!ctx) return;
    const { outline } = model;
    if (outline.points.length < 2) {
      if (model.hasTelemetry) surface.label('The map appears as you drive your first lap', surface.width / 2, surface.height / 2, { align: 'center', base: 'middle' });
      return;
    }
    if (laid?.outline !== outline || laid.version !== surface.version) laid = lay(outline);
    drawTrack(ctx, outline);
    if (model.hasTelemetry) drawCars(ctx, model);
  };

  function lay(outline) {
    const track = new Track(outline, surface, surface.em * (names ? 3 : 1));
    const pit = outline.pit?.length > 1 ? polyline(outline.pit.map(([x, z]) => track.at(x, z)), false) : null;
    return { outline, version: surface.version, track, pit, path: polyline(track.points, outline.known) };
  }

  function drawTrack(ctx, outline) {
    const { colors, em } = surface;
    const { track, path, pit } = laid;
    const width = Math.max(em * 0.4, Math.min(em * 0.75, Math.min(surface.width, surface.height) * 0.02));
    const stroke = (line, color, wide) => {
      ctx.strokeStyle = color;
      ctx.lineWidth = wide;
      ctx.stroke(line);
    };
    if (pit) stroke(pit, colors.faint, width * 0.35);
    stroke(path, colors.ground, width * 2);
    stroke(path, colors.faint, width);
    if (!outline.known) return;
    const ends = outline.sectors.filter((end) => end > 0 && end < 1);
    ends.forEach((end) => across(ctx, track, end, width * 0.9, colors.muted, em * 0.14));
    across(ctx, track, 0, width * 1.3, colors.text, em * 0.28);
    if (!names) return;
    [0, ...ends].forEach((from, index) => {
      const [x, y, nx, ny] = track.pixel((from + (ends[index] ?? 1)) / 2);
      const away = width + em * 1.1;
      surface.label(`S${index + 1}`, x + nx * away, y + ny * away, { align: 'center', base: 'middle', size: 0.8, weight: 600 });
    });
  }

  function drawCars(ctx, model) {
    const { colors, em } = surface;
    const { track } = laid;
    const others = othersOf(model).map((car) => ({ ...car, pixel: track.pixel(car.position) }));
    for (const { pixel: [x, y], inPit } of others) {
      if (inPit) dot(ctx, x, y, em * 0.26, colors.ground, colors.muted, em * 0.1);
      else dot(ctx, x, y, em * 0.32, colors.text, colors.ground, em * 0.1);
    }
    const here = playerPixel(model, track);
    if (labels) drawLabels(others, here);
    if (here) dot(ctx, here[0], here[1], em * PLAYER_RADIUS, colors.accent, colors.ground, em * 0.18);
  }

  function drawLabels(others, here) {
    const { ctx, colors, em } = surface;
    surface.font(LABEL_SIZE, 600);
    const cars = others.filter(({ label }) => label).map(({ label, pixel: [x, y, nx, ny] }) => ({ text: label, x, y, nx, ny, width: ctx.measureText(label).width }));
    const markers = others.map(({ pixel: [x, y] }) => ({ x, y, radius: em * 0.3 }));
    if (here) markers.push({ x: here[0], y: here[1], radius: em * PLAYER_RADIUS });
    const placed = placeLabels(cars, { height: LABEL_SIZE * em, away: LABEL_AWAY * em, markers, area: surface });
    for (const { text, x, y } of placed) {
      // A rim, so that the text is readable on the track.
      ctx.strokeStyle = colors.ground;
      ctx.lineWidth = em * 0.2;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.strokeText(text, x, y);
      surface.label(text, x, y, { color: colors.text, size: LABEL_SIZE, align: 'center', base: 'middle', weight: 600 });
    }
  }
}

/** The other cars: `{position, inPit, label}`. Those of the field have labels; without their positions they are those of the game's page. */
function othersOf(model) {
  const cars = model.field.cars.filter((car) => !car.is_player && car.is_active !== false && known(car.lap_position));
  if (cars.length > 0) return cars.map((car) => ({ position: car.lap_position, inPit: Boolean(car.is_in_pits), label: shortLabel(car) }));
  return model.cars.map(([, position, inPit]) => ({ position, inPit, label: '' }));
}

/** The player's lap position, 0..1, or NaN. */
const positionOf = (model) => (Number.isFinite(model.lapPosition) ? model.lapPosition : model.get('lap_position'));

/** The pixel of the player's car: by its coordinates, else by its lap position. `null` if neither is known. */
function playerPixel(model, track) {
  const [x, z] = [model.get('position_x'), model.get('position_z')];
  if (Number.isFinite(x + z)) return track.at(x, z);
  const position = positionOf(model);
  return track.known && Number.isFinite(position) ? track.pixel(position) : null;
}

/** The text alternative. */
function describe(model) {
  if (model.outline.points.length < 2) return 'Map of the track, not known yet';
  const position = model.hasTelemetry ? positionOf(model) : NaN;
  const you = Number.isFinite(position) ? `: you are at ${percent(position)} % of the lap` : '';
  const count = othersOf(model).length;
  return `Map of the track${you}${you && count ? `, ${count} other cars` : ''}`;
}

/** A line across the track. */
function across(ctx, track, position, reach, color, width) {
  const [x, y, nx, ny] = track.pixel(position);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineCap = 'butt';
  ctx.beginPath();
  ctx.moveTo(x - nx * reach, y - ny * reach);
  ctx.lineTo(x + nx * reach, y + ny * reach);
  ctx.stroke();
  ctx.lineCap = 'round';
}
