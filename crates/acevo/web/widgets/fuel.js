// Fuel: what is in the tank, how long it lasts, what the finish takes.

import { el, figure, setData, setStyle, setText } from './dom.js';
import { clock, fixed, signed, units } from './format.js';

export const fuelChannels = ['fuel', 'fuel_level', 'engine_type', 'kers_charge'];

/** Fewer laps than this are told as few. */
const FEW = 3;

export function fuel(root) {
  const amount = el('span', 'num fuel-number', '–');
  const unit = el('span', 'unit');
  const laps = el('span', 'num fuel-laps', '–');
  const level = el('i', 'fill fill-text');
  const perLap = figure('Per lap');
  const time = figure('Time');
  const finish = figure('At finish');
  root.append(el('div', 'fuel',
    el('div', 'fuel-main', el('div', 'fuel-amount', amount, unit), el('div', 'fuel-range', laps, el('span', 'unit', 'laps'))),
    el('div', 'track track-flat', level),
    el('div', 'figures', perLap.node, time.node, finish.node)));
  return (model) => {
    const plan = model.hasTelemetry ? model.fuel : {};
    // An electric car tells parts of its charge.
    const electric = model.text('engine_type') === 'ElectricMotor' || model.get('engine_type') === 1;
    const write = (value, decimals) => (electric ? fixed(value * 100, 1) : units.show('volume', value, decimals));
    const now = plan.amount ?? model.get(electric ? 'kers_charge' : 'fuel');
    const left = plan.laps_left ?? NaN;
    setText(amount, Number.isFinite(now) ? write(now) : '–');
    setText(unit, electric ? '%' : units.unit('volume'));
    setText(laps, fixed(left, 1));
    setData(root, 'state', left < FEW ? 'few' : '');
    const share = electric ? now : model.get('fuel_level');
    setStyle(level, 'transform', `scaleX(${Number.isFinite(share) ? Math.min(1, Math.max(0, share)).toFixed(3) : 0})`);
    perLap.set(Number.isFinite(plan.per_lap) ? write(plan.per_lap, 2) : '–');
    time.set(clock(plan.time_left_s));
    const spare = Number.isFinite(plan.needed) && Number.isFinite(now) ? now - plan.needed : NaN;
    finish.set(Number.isFinite(spare) ? signed(electric ? spare * 100 : units.convert('volume', spare), 1) : '–', spare < 0 ? 'warn' : '');
  };
}
