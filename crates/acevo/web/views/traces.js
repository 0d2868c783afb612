// The last seconds as curves, one strip below the other, with a cursor over all of them.

import { choice, el, setText, withAttributes } from './dom.js';
import { fixed, percent, signed, units, gear as gearText } from './format.js';
import { line } from './inputs.js';
import { keep, kept } from './settings.js';
import { Surface } from './surface.js';

const WINDOWS = [10, 20, 30, 60];

const share = (value) => percent(value);
const STRIPS = [
  { name: 'Speed', curves: [['speed', 'text', (v) => units.full('speed', v)]], range: [0, 300], grows: true, weight: 2 },
  { name: 'Pedals', curves: [['clutch', 'muted', share], ['throttle', 'accent', share], ['brake', 'warm', share]], range: [0, 1], weight: 2 },
  { name: 'Steering', curves: [['steering', 'text', (v) => signed(v * 100, 0)]], range: [-0.5, 0.5], grows: true, weight: 1.2 },
  { name: 'Engine', curves: [['rpm', 'text', (v) => fixed(v)]], range: [0, 9000], grows: true, weight: 1.2 },
  { name: 'Gear', curves: [['gear', 'accent', gearText]], range: [-1, 6], grows: true, steps: true, weight: 0.8 },
  { name: 'G', curves: [['g_lateral', 'accent', (v) => signed(v, 2)], ['g_longitudinal', 'warm', (v) => signed(v, 2)]], range: [-2.5, 2.5], grows: true, weight: 1.4 },
  { name: 'Delta', curves: [['delta', 'best', (v) => signed(v, 2)]], range: [-0.5, 0.5], grows: true, weight: 1 },
];
const NAMES = { throttle: 'Throttle', brake: 'Brake', clutch: 'Clutch', g_lateral: 'Side', g_longitudinal: 'Along' };

export function traces(root, { resized }) {
  let seconds = Number(kept('window', WINDOWS.map(String)));
  /** Seconds before the newest frame, or nothing. */
  let cursor = null;
  /** While held: how many seconds of driving the picture is old. */
  let heldAt = null;
  const hold = withAttributes(el('button', 'tool', 'Hold'), { type: 'button', 'aria-pressed': 'false' });
  hold.addEventListener('click', () => {
    heldAt = heldAt === null ? NaN : null;
    hold.setAttribute('aria-pressed', String(heldAt !== null));
    resized();
  });
  const bar = el('div', 'bar', choice('Seconds', WINDOWS.map((value) => [value, `${value} s`]), seconds, (value) => {
    seconds = value;
    keep('window', String(value));
    resized();
  }), hold, el('p', 'hint', 'Point at a curve to read it.'));
  const holder = el('div', 'strips');
  const strips = STRIPS.map((strip) => {
    const values = strip.curves.map(([id, color]) => {
      const value = el('span', 'num value', '–');
      const node = el('div', `curve curve-${color}`, ...(strip.curves.length > 1 ? [el('span', 'label', NAMES[id])] : []), value);
      return { node, value };
    });
    const plot = el('div', 'plot');
    const node = el('div', 'strip-row', el('div', 'strip-head', el('h2', 'label', strip.name), ...values.map(({ node: value }) => value)), plot);
    node.style.setProperty('flex-grow', strip.weight);
    holder.append(node);
    return { ...strip, values, plot, surface: new Surface(plot, `${strip.name} over time`, resized), span: [...strip.range] };
  });
  root.append(bar, holder);
  holder.addEventListener('pointermove', (event) => {
    const box = strips[0].plot.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    cursor = part >= 0 && part <= 1 ? (1 - part) * seconds : null;
    resized();
  });
  holder.addEventListener('pointerleave', () => {
    cursor = null;
    resized();
  });

  return {
    channels: [],
    update(model) {
      const { history } = model;
      if (Number.isNaN(heldAt)) heldAt = history.now;
      const old = heldAt === null ? 0 : history.now - heldAt;
      for (const strip of strips) {
        const age = old + (cursor ?? 0);
        strip.curves.forEach(([id, , text], index) => {
          const value = model.hasTelemetry ? history.at(id, age) : NaN;
          setText(strip.values[index].value, Number.isFinite(value) ? text(value) : '–');
        });
        draw(strip, model, old);
      }
    },
  };

  function draw(strip, model, old) {
    const { surface } = strip;
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors } = surface;
    if (strip.grows) grow(strip, model);
    const [low, high] = strip.span;
    const pad = 3;
    const y = (value) => pad + (height - 2 * pad) * (1 - (value - low) / (high - low));
    const x = (age) => width * (1 - (age - old) / seconds);
    const step = seconds <= 10 ? 1 : seconds <= 30 ? 5 : 10;
    for (let age = 0; age <= seconds; age += step) surface.rule(x(age + old), 0, x(age + old), height, colors.line);
    if (low < 0 && high > 0) surface.rule(0, y(0), width, y(0), colors.faint);
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, 0, width, height);
    ctx.clip();
    const thick = Math.max(1.5, surface.em * 0.11);
    for (const [id, color] of strip.curves) {
      if (strip.steps) stairs(ctx, model.history, id, seconds + old, x, y, colors[color], thick);
      else line(ctx, model.history, id, seconds + old, x, y, colors[color], thick);
    }
    ctx.restore();
    if (cursor !== null) surface.rule(x(old + cursor), 0, x(old + cursor), height, colors.text);
  }

  function stairs(ctx, history, id, span, x, y, color, thick) {
    let before = NaN;
    ctx.strokeStyle = color;
    ctx.lineWidth = thick;
    ctx.beginPath();
    history.each(id, span, (age, value) => {
      if (!Number.isNaN(value)) {
        if (Number.isNaN(before)) ctx.moveTo(x(age), y(value));
        else {
          ctx.lineTo(x(age), y(before));
          ctx.lineTo(x(age), y(value));
        }
      }
      before = value;
    });
    ctx.stroke();
  }

  /** The range holds what is in the window and never less than it began with. */
  function grow(strip, model) {
    let [low, high] = strip.range;
    for (const [id] of strip.curves) {
      model.history.each(id, seconds, (age, value) => {
        if (value < low) low = value;
        if (value > high) high = value;
      });
    }
    // In steps, so that it does not breathe with each frame.
    const step = (strip.range[1] - strip.range[0]) / 4;
    strip.span = [strip.range[0] - Math.ceil((strip.range[0] - low) / step) * step, strip.range[1] + Math.ceil((high - strip.range[1]) / step) * step];
  }
}
