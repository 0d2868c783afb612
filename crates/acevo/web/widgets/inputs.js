// Pedals and steering: bars, and curves of the last seconds.

import { el, setHidden, setStyle, setText } from '../lib/dom.js';
import { percent } from '../lib/format.js';
import { Surface } from '../lib/surface.js';
import { timeLine } from './lines.js';

export const inputsChannels = ['throttle', 'brake', 'clutch', 'steering', 'tc_active', 'abs_active', 'handbrake'];

const KINDS = {
  throttle: { title: 'Throttle', short: 'THR', color: 'accent' },
  brake: { title: 'Brake', short: 'BRK', color: 'warm' },
  clutch: { title: 'Clutch', short: 'CLU', color: 'muted' },
  steering: { title: 'Steering', short: 'STR', color: 'faint', centred: true },
};

export const INPUTS = Object.keys(KINDS);

/** Options: `seconds` of the curves, `channels` to show. */
export function inputs(root, { seconds = 8, channels = INPUTS, resized } = {}) {
  const chosen = channels.filter((id) => id in KINDS);
  const trace = el('div', 'trace');
  const bars = el('div', 'pedals');
  const pedals = chosen.filter((id) => !KINDS[id].centred).map((id) => {
    const fill = el('i', `fill fill-${KINDS[id].color}`);
    const number = el('span', 'num pedal-number', '–');
    const bar = el('div', 'pedal', number, el('div', 'track', fill), el('span', 'label', KINDS[id].short));
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', KINDS[id].title);
    bars.append(bar);
    return { id, fill, number };
  });
  const wheel = el('i', 'wheel-mark');
  const steer = el('div', 'steer', wheel);
  const plot = el('div', 'trace-plot');
  if (chosen.includes('steering')) trace.append(steer);
  trace.append(plot);
  root.append(el('div', 'inputs', trace, bars));
  const surface = new Surface(plot, `Curves of the pedals and the steering in the last ${seconds} seconds`, resized);

  return (model) => {
    for (const { id, fill, number } of pedals) {
      // In a pause the game repeats the last pedals, but the car is not driven.
      const value = model.physicsGap ? NaN : model.get(id);
      setStyle(fill, 'transform', `scaleY(${Number.isFinite(value) ? Math.min(1, Math.max(0, value)).toFixed(3) : 0})`);
      setText(number, percent(value));
    }
    const turned = model.get('steering');
    setHidden(wheel, !Number.isFinite(turned));
    setStyle(wheel, 'left', `${(50 + 50 * Math.min(1, Math.max(-1, turned || 0))).toFixed(1)}%`);
    draw(model);
  };

  function draw(model) {
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors } = surface;
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const y = 1 + part * (height - 2);
      surface.rule(0, y, width, y, colors.line);
    }
    if (!model.hasTelemetry) return;
    const x = (age) => width * (1 - age / seconds);
    // While TC or ABS is active the pedal's line is wider, which is visible without colours.
    mark(ctx, model.history, 'abs_active', 'brake', x, height, colors.warm);
    mark(ctx, model.history, 'tc_active', 'throttle', x, height, colors.accent);
    for (const id of ['steering', 'clutch', 'throttle', 'brake']) {
      if (!chosen.includes(id)) continue;
      const { centred, color } = KINDS[id];
      const y = (value) => 1 + (height - 2) * (centred ? 0.5 - value / 2 : 1 - Math.min(1, Math.max(0, value)));
      const thick = id === 'throttle' || id === 'brake' ? 0.14 : 0.09;
      timeLine(ctx, model.history, id, seconds, x, y, colors[color], surface.em * thick);
    }
  }

  function mark(ctx, history, aid, pedal, x, height, color) {
    if (!chosen.includes(pedal)) return;
    ctx.strokeStyle = color;
    ctx.lineWidth = surface.em * 0.55;
    ctx.globalAlpha = 0.35;
    ctx.beginPath();
    let drawing = false;
    history.each(aid, seconds, (age, on) => {
      const value = on === 1 ? history.at(pedal, age) : NaN;
      const y = 1 + (height - 2) * (1 - Math.min(1, Math.max(0, value)));
      if (Number.isNaN(y)) drawing = false;
      else if (drawing) ctx.lineTo(x(age), y);
      else ctx.moveTo(x(age), y);
      if (!Number.isNaN(y)) drawing = true;
    });
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
}
