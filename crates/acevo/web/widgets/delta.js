// The time difference to the reference lap.

import { el, setData, setText } from '../lib/dom.js';
import { lapTime, signed } from '../lib/format.js';
import { tendency } from '../lib/sample.js';
import { Surface } from '../lib/surface.js';

export const deltaChannels = ['delta', 'lap_time', 'predicted_lap_time'];

/** Options: `range` of the bar, in seconds to each side. */
export function delta(root, { range = 1, resized } = {}) {
  const number = el('span', 'num delta-number', '–');
  number.setAttribute('role', 'group');
  number.setAttribute('aria-label', 'Delta to the reference lap, seconds');
  const side = el('span', 'delta-word', '');
  const predicted = el('span', 'delta-predicted', '');
  const bar = el('div', 'delta-bar');
  root.append(el('div', 'delta', number, bar, el('div', 'delta-foot', side, predicted)));
  const surface = new Surface(bar, 'Delta as a bar: left is faster', resized);
  return (model) => {
    const value = model.delta;
    const state = tendency(value);
    setText(number, Number.isFinite(value) ? signed(value, Math.abs(value) < 100 ? 2 : 0) : '–');
    setData(number, 'state', state);
    setText(side, state || (Number.isFinite(value) ? 'even' : 'no reference'));
    const lap = model.hasTelemetry ? model.lap.predicted_s ?? model.get('predicted_lap_time') : NaN;
    setText(predicted, Number.isFinite(lap) ? `→ ${lapTime(lap, 2)}` : '');
    draw(value);
  };

  function draw(value) {
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors } = surface;
    const middle = width / 2;
    ctx.fillStyle = surface.isHighContrast ? colors.ground : colors.line;
    ctx.beginPath();
    ctx.roundRect(0, 0, width, height, height / 4);
    ctx.fill();
    if (Number.isFinite(value)) {
      const fraction = Math.max(-1, Math.min(1, value / range));
      ctx.save();
      ctx.clip();
      ctx.fillStyle = fraction < 0 ? colors.accent : colors.warm;
      ctx.fillRect(middle, 0, fraction * middle, height);
      ctx.restore();
    }
    for (const part of [0.25, 0.75]) surface.rule(width * part, height * 0.7, width * part, height, surface.isHighContrast ? colors.line : colors.ground, 1);
    surface.rule(middle, 0, middle, height, colors.text, 2);
  }
}
