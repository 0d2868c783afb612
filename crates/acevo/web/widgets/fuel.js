// Fuel or charge: the amount, how long it lasts, and what will be left at the finish, or the next stop.

import { el, figure, setData, setHidden, setStyle, setText } from '../lib/dom.js';
import { clock, fixed } from '../lib/format.js';
import { finishOf, notesOf, roundedDown, roundedUp } from '../lib/fuel-plan.js';
import { units } from '../lib/units.js';

export const fuelChannels = ['fuel', 'fuel_level', 'fuel_capacity', 'engine_type', 'kers_charge'];

/** Fewer laps than this are highlighted. */
const FEW_LAPS = 3;

export function fuel(root) {
  const amount = el('span', 'num fuel-number', '–');
  const unit = el('span', 'unit');
  const laps = el('span', 'num fuel-laps', '–');
  const level = el('i', 'fill fill-text');
  const perLap = figure('Per lap');
  const time = figure('Lasts');
  const finish = figure('Left at finish');
  const [box, save] = [el('span', 'fuel-box'), el('span', 'fuel-save')];
  const notes = el('div', 'fuel-notes', box, save);
  root.append(el('div', 'fuel',
    el('div', 'fuel-main', el('div', 'fuel-amount', amount, unit), el('div', 'fuel-range', laps, el('span', 'unit', 'laps'))),
    el('div', 'track track-flat', level),
    el('div', 'figures', perLap.node, time.node, finish.node),
    notes));
  return (model) => {
    const plan = model.hasTelemetry ? model.fuel : {};
    const show = amounts(model);
    const { electric, symbol, write, full } = show;
    const now = plan.amount ?? model.get(electric ? 'kers_charge' : 'fuel');
    const left = plan.laps_left ?? NaN;
    setText(amount, Number.isFinite(now) ? write(now) : '–');
    setText(unit, symbol);
    setText(laps, fixed(left, 1));
    setData(root, 'state', left < FEW_LAPS ? 'few' : '');
    setStyle(level, 'transform', `scaleX(${clamped(electric ? now : model.get('fuel_level')).toFixed(3)})`);
    perLap.set(full(plan.per_lap, 2));
    time.set(clock(plan.time_left_s));
    const { label, value, state } = finishOf(plan, show);
    finish.rename(label);
    finish.set(value, state);
    const texts = notesOf(plan, show);
    setText(box, texts.box);
    setText(save, texts.save);
    const isEmpty = !texts.box && !texts.save;
    setHidden(notes, isEmpty);
    setData(root, 'notes', isEmpty ? '' : 'yes');
  };
}

const clamped = (fraction) => (Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0);

/**
 * The format of amounts: litres in the chosen unit, or the charge of an electric car in percent. `up` rounds up to a decimal, `perLap` rounds
 * down to two; `parse` is the reverse of `write`.
 */
export function amounts(model) {
  const electric = model.text('engine_type') === 'ElectricMotor' || model.get('engine_type') === 1;
  const symbol = electric ? '%' : units.unit('volume');
  const shown = (value) => (electric ? value * 100 : units.convert('volume', value));
  const write = (value, decimals) => (electric ? fixed(value * 100, decimals ?? 1) : units.show('volume', value, decimals));
  const withUnit = (text) => (text === '–' ? text : `${text} ${symbol}`);
  return {
    electric,
    symbol,
    write,
    full: (value, decimals) => withUnit(Number.isFinite(value) ? write(value, decimals) : '–'),
    up: (value) => withUnit(fixed(roundedUp(shown(value), 1), 1)),
    perLap: (value) => withUnit(fixed(roundedDown(shown(value), 2), 2)),
    parse: (value) => (electric ? value / 100 : units.parse('volume', value)),
  };
}
