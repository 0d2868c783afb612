// Accelerations as a dot with its tail.

import { fixed } from './format.js';
import { Surface } from './surface.js';

export const ggChannels = ['g_lateral', 'g_longitudinal'];

/** Options: `seconds` of the tail. */
export function gg(root, { seconds = 4, resized } = {}) {
  const surface = new Surface(root, 'Accelerations: sideways and lengthways, in g', resized);
  let largest = 2;
  return (model) => {
    const [side, along] = [model.get('g_lateral'), model.get('g_longitudinal')];
    const total = Math.hypot(side, along);
    // A crash does not make the rest invisible.
    if (total < 6) largest = Math.max(largest, total);
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors, em } = surface;
    const rings = Math.ceil(largest * 1.02);
    const [x0, y0, radius] = [width / 2, height / 2, Math.min(width, height) / 2 - em * 0.35];
    const scale = radius / rings;
    for (let ring = 1; ring <= rings; ring += 1) {
      ctx.strokeStyle = colors.line;
      ctx.lineWidth = ring === rings ? 1.5 : 1;
      ctx.beginPath();
      ctx.arc(x0, y0, ring * scale, 0, 2 * Math.PI);
      ctx.stroke();
      surface.label(`${ring}`, x0 + ring * scale * Math.SQRT1_2 + 2, y0 - ring * scale * Math.SQRT1_2 - 2, { size: 0.62, color: colors.faint });
    }
    surface.rule(x0 - radius, y0, x0 + radius, y0, colors.line);
    surface.rule(x0, y0 - radius, x0, y0 + radius, colors.line);
    if (!Number.isFinite(total)) return;
    const { history } = model;
    let before = null;
    history.each('g_lateral', seconds, (age, lateral) => {
      const point = [x0 + lateral * scale, y0 - history.at('g_longitudinal', age) * scale];
      if (before && !Number.isNaN(point[0] + point[1] + before[0] + before[1])) {
        ctx.globalAlpha = 0.55 * (1 - age / seconds) ** 1.5;
        ctx.strokeStyle = colors.accent;
        ctx.lineWidth = em * 0.12;
        ctx.beginPath();
        ctx.moveTo(...before);
        ctx.lineTo(...point);
        ctx.stroke();
      }
      before = point;
    });
    ctx.globalAlpha = 1;
    ctx.fillStyle = colors.text;
    ctx.beginPath();
    ctx.arc(x0 + side * scale, y0 - along * scale, em * 0.32, 0, 2 * Math.PI);
    ctx.fill();
    surface.label(`${fixed(total, 1)} g`, 0, em * 0.9, { size: 0.95, color: colors.text, weight: 600 });
  };
}
