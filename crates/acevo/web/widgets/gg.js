// Accelerations as a dot with its trail.

import { fixed, signed } from '../lib/format.js';
import { Surface } from '../lib/surface.js';

export const ggChannels = ['g_lateral', 'g_longitudinal'];

const MIN_RANGE_G = 2;
/** Larger accelerations come from a crash and do not extend the range. */
const CRASH_G = 6;
const LABEL = 'Accelerations, lateral and longitudinal';

/** Circles of whole g around a point, and the axes. */
export function drawRings(surface, rings, x0, y0, scale) {
  const { ctx, colors } = surface;
  for (let ring = 1; ring <= rings; ring += 1) {
    ctx.strokeStyle = colors.line;
    ctx.lineWidth = ring === rings ? 1.5 : 1;
    ctx.beginPath();
    ctx.arc(x0, y0, ring * scale, 0, 2 * Math.PI);
    ctx.stroke();
    surface.label(`${ring}`, x0 + ring * scale * Math.SQRT1_2 + 2, y0 - ring * scale * Math.SQRT1_2 - 2, { size: 0.62, color: colors.faint });
  }
  surface.rule(x0 - rings * scale, y0, x0 + rings * scale, y0, colors.line);
  surface.rule(x0, y0 - rings * scale, x0, y0 + rings * scale, colors.line);
}

/** Options: `seconds` of the trail. */
export function gg(root, { seconds = 4, resized } = {}) {
  const surface = new Surface(root, LABEL, resized);
  let largest = MIN_RANGE_G;
  return (model) => {
    const [lateral, longitudinal] = [model.get('g_lateral'), model.get('g_longitudinal')];
    const total = Math.hypot(lateral, longitudinal);
    if (total < CRASH_G) largest = Math.max(largest, total);
    surface.describe(Number.isFinite(total) ? `${LABEL}: ${signed(lateral, 1)} g and ${signed(longitudinal, 1)} g` : LABEL);
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors, em } = surface;
    const rings = Math.ceil(largest * 1.02);
    const [x0, y0, radius] = [width / 2, height / 2, Math.min(width, height) / 2 - em * 0.35];
    const scale = radius / rings;
    drawRings(surface, rings, x0, y0, scale);
    if (!Number.isFinite(total)) return;
    drawTrail(ctx, model.history, x0, y0, scale);
    ctx.fillStyle = colors.text;
    ctx.beginPath();
    ctx.arc(x0 + lateral * scale, y0 - longitudinal * scale, em * 0.32, 0, 2 * Math.PI);
    ctx.fill();
    surface.label(`${fixed(total, 1)} g`, 0, em * 0.9, { size: 0.95, color: colors.text, weight: 600 });
  };

  function drawTrail(ctx, history, x0, y0, scale) {
    let before = null;
    history.each('g_lateral', seconds, (age, lateral) => {
      const point = [x0 + lateral * scale, y0 - history.at('g_longitudinal', age) * scale];
      if (before && !Number.isNaN(point[0] + point[1] + before[0] + before[1])) {
        ctx.globalAlpha = 0.55 * (1 - age / seconds) ** 1.5;
        ctx.strokeStyle = surface.colors.accent;
        ctx.lineWidth = surface.em * 0.12;
        ctx.beginPath();
        ctx.moveTo(...before);
        ctx.lineTo(...point);
        ctx.stroke();
      }
      before = point;
    });
    ctx.globalAlpha = 1;
  }
}
