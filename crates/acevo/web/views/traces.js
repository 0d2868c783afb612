// The last seconds as curves, one strip below the other, with one cursor for all.

import { choice, el, setText, withAttributes } from '../lib/dom.js';
import { fixed, gear as gearText, percent, signed } from '../lib/format.js';
import { keep, kept } from '../lib/settings.js';
import { Surface } from '../lib/surface.js';
import { units } from '../lib/units.js';
import { timeLine, timeSteps } from '../widgets/lines.js';
import { pointAt, scrubber } from '../widgets/scrubber.js';

const WINDOWS = [10, 20, 30, 60];
const CURSOR_STEPS = 300;

const STRIPS = [
  { name: 'Speed', curves: [['speed', 'text', (v) => units.full('speed', v)]], range: [0, 300], grows: true, weight: 2 },
  { name: 'Pedals', curves: [['clutch', 'muted', percent], ['throttle', 'accent', percent], ['brake', 'warm', percent]], range: [0, 1], weight: 2 },
  { name: 'Steering', curves: [['steering', 'text', (v) => signed(v * 100, 0)]], range: [-0.5, 0.5], grows: true, weight: 1.2 },
  { name: 'Engine', curves: [['rpm', 'text', (v) => fixed(v)]], range: [0, 9000], grows: true, weight: 1.2 },
  { name: 'Gear', curves: [['gear', 'accent', gearText]], range: [-1, 6], grows: true, steps: true, weight: 0.8 },
  { name: 'G', curves: [['g_lateral', 'accent', (v) => signed(v, 2)], ['g_longitudinal', 'warm', (v) => signed(v, 2)]], range: [-2.5, 2.5], grows: true, weight: 1.4 },
  { name: 'Delta', curves: [['delta', 'best', (v) => signed(v, 2)]], range: [-0.5, 0.5], grows: true, weight: 1 },
];
const NAMES = { throttle: 'Throttle', brake: 'Brake', clutch: 'Clutch', g_lateral: 'Lateral', g_longitudinal: 'Longitudinal' };

function gridStep(seconds) {
  if (seconds <= 10) return 1;
  return seconds <= 30 ? 5 : 10;
}

function createStrip(strip, holder, resized) {
  const values = strip.curves.map(([id, color]) => {
    const value = el('span', 'num value', '–');
    const node = el('div', `curve curve-${color}`, ...(strip.curves.length > 1 ? [el('span', 'label', NAMES[id])] : []), value);
    return { node, value };
  });
  const plot = el('div', 'plot');
  const node = el('div', 'strip-row', el('div', 'strip-head', el('h2', 'label', strip.name), ...values.map(({ node: value }) => value)), plot);
  node.style.setProperty('flex-grow', strip.weight);
  holder.append(node);
  const label = `${strip.name} over time`;
  return { ...strip, label, values, plot, surface: new Surface(plot, label, resized), span: [...strip.range] };
}

export function traces(root, { resized }) {
  let seconds = Number(kept('window', WINDOWS.map(String)));
  /** Position of the cursor from the left edge, 0..1, or `null`. */
  let cursor = null;
  /** While held: the time of driving at the right edge. NaN until the next update. */
  let heldAt = null;
  const hold = withAttributes(el('button', 'tool', 'Hold'), { type: 'button', 'aria-pressed': 'false' });
  hold.addEventListener('click', () => {
    heldAt = heldAt === null ? NaN : null;
    hold.setAttribute('aria-pressed', String(heldAt !== null));
    resized();
  });
  const move = (part) => {
    cursor = part;
    resized();
  };
  const slider = scrubber('Cursor: time before now', CURSOR_STEPS, move);
  const bar = el('div', 'bar', choice('Seconds', WINDOWS.map((value) => [value, `${value} s`]), seconds, (value) => {
    seconds = value;
    keep('window', String(value));
    resized();
  }), hold, slider.node, el('p', 'hint', 'Point at a curve or move the slider to read values.'));
  const holder = el('div', 'strips');
  const strips = STRIPS.map((strip) => createStrip(strip, holder, resized));
  root.append(bar, holder);
  pointAt(holder, strips[0].plot, move);

  return {
    channels: [],
    update(model) {
      const { history } = model;
      if (Number.isNaN(heldAt)) heldAt = history.now;
      const old = heldAt === null ? 0 : history.now - heldAt;
      const age = cursor === null ? 0 : (1 - cursor) * seconds;
      const at = `${age.toFixed(1)} s before ${heldAt === null ? 'now' : 'the right edge'}`;
      const texts = strips.map((strip) => showValues(strip, model, old + age, at));
      slider.show(cursor ?? 1, cursor === null ? 'No cursor' : [at, ...texts].join('; '));
      for (const strip of strips) draw(strip, model, old);
    },
  };

  /** Writes the values at an age in seconds, and returns them as text. */
  function showValues(strip, model, age, at) {
    const texts = strip.curves.map(([id, , text], index) => {
      const value = model.hasTelemetry ? model.history.at(id, age) : NaN;
      const written = Number.isFinite(value) ? text(value) : '–';
      setText(strip.values[index].value, written);
      return NAMES[id] && strip.curves.length > 1 ? `${NAMES[id]} ${written}` : `${strip.name} ${written}`;
    });
    strip.surface.describe(cursor === null ? strip.label : `${strip.label}; ${at}: ${texts.join(', ')}`);
    return texts.join(', ');
  }

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
    const step = gridStep(seconds);
    for (let age = 0; age <= seconds; age += step) surface.rule(x(age + old), 0, x(age + old), height, colors.line);
    if (low < 0 && high > 0) surface.rule(0, y(0), width, y(0), colors.faint);
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, 0, width, height);
    ctx.clip();
    const thick = Math.max(1.5, surface.em * 0.11);
    const trace = strip.steps ? timeSteps : timeLine;
    for (const [id, color] of strip.curves) trace(ctx, model.history, id, seconds + old, x, y, colors[color], thick);
    ctx.restore();
    if (cursor !== null) surface.rule(cursor * width, 0, cursor * width, height, colors.text);
  }

  /** Extends the range to the values in the window. */
  function grow(strip, model) {
    let [low, high] = strip.range;
    for (const [id] of strip.curves) {
      model.history.each(id, seconds, (_, value) => {
        if (value < low) low = value;
        if (value > high) high = value;
      });
    }
    // In steps, so that the scale does not change with every frame.
    const step = (strip.range[1] - strip.range[0]) / 4;
    strip.span = [strip.range[0] - Math.ceil((strip.range[0] - low) / step) * step, strip.range[1] + Math.ceil((high - strip.range[1]) / step) * step];
  }
}
