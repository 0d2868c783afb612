// A map with handles that are dragged along the track.

import { Surface } from '../lib/surface.js';
import { dot, polyline, Track } from '../lib/track.js';
import { nearestPosition } from '../lib/track-edit.js';

/** How near a handle the pointer must be, in pixels: mouse, finger. */
const [NEAR_MOUSE, NEAR_TOUCH] = [14, 28];

/**
 * `points` are those of the outline. `marks()` returns the handles: `{position, label, isLarge, isChosen}`; `pieces()` the parts to show in
 * colour: `[from, to]`. `moved(index, position)` is called while a handle is dragged, and `pressed(position)` for a press beside handles.
 */
export function trackMap(root, { points, marks, pieces = () => [], moved, pressed = () => {} }) {
  const surface = new Surface(root, 'Map of the track with handles', draw);
  let laid = { version: -1 };
  let dragged = null;
  surface.canvas.style.touchAction = 'none';

  function track() {
    if (laid.version !== surface.version) {
      const made = new Track({ points, known: true }, surface, surface.em * 2.5);
      laid = { version: surface.version, track: made, path: polyline(made.points, true) };
    }
    return laid.track;
  }

  function draw() {
    const ctx = surface.begin();
    if (!ctx) return;
    const { colors, em } = surface;
    const line = track();
    ctx.strokeStyle = colors.faint;
    ctx.lineWidth = em * 0.35;
    ctx.stroke(laid.path);
    ctx.strokeStyle = colors.accent;
    for (const [from, to] of pieces()) {
      ctx.lineWidth = em * 0.5;
      ctx.stroke(line.piece(from, to < from ? to + 1 : to));
    }
    const [sx, sy, snx, sny] = line.pixel(0);
    ctx.strokeStyle = colors.text;
    ctx.lineWidth = em * 0.2;
    ctx.beginPath();
    ctx.moveTo(sx - snx * em, sy - sny * em);
    ctx.lineTo(sx + snx * em, sy + sny * em);
    ctx.stroke();
    for (const { position, label, isLarge, isChosen } of marks()) {
      const [x, y, nx, ny] = line.pixel(position);
      dot(ctx, x, y, em * (isLarge ? 0.6 : 0.4), isChosen ? colors.warm : colors.text, colors.ground, em * 0.15);
      const away = [1 + 0.22 * label.length, 1.3];
      surface.label(label, x + nx * em * away[0], y + ny * em * away[1], { align: 'center', base: 'middle', size: 0.8, weight: 600, color: colors.text });
    }
  }

  function at(event) {
    const box = surface.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  surface.canvas.addEventListener('pointerdown', (event) => {
    const [x, y] = at(event);
    const distances = marks().map(({ position }) => {
      const [mx, my] = track().pixel(position);
      return Math.hypot(mx - x, my - y);
    });
    const near = event.pointerType === 'touch' ? NEAR_TOUCH : NEAR_MOUSE;
    const nearest = distances.indexOf(Math.min(...distances));
    dragged = distances[nearest] <= near ? nearest : null;
    if (dragged === null) {
      const found = nearestPosition(track().points, x, y);
      if (found.distance <= near * 1.5) pressed(found.position);
      return;
    }
    surface.canvas.setPointerCapture(event.pointerId);
  });
  surface.canvas.addEventListener('pointermove', (event) => {
    if (dragged === null) return;
    moved(dragged, nearestPosition(track().points, ...at(event)).position);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    surface.canvas.addEventListener(end, () => {
      dragged = null;
    });
  }
  return { draw };
}
