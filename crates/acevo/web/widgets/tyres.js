// Four tyres as seen from above: three temperatures across, the core, the pressure, the brake.

import { el, setData, setHidden, setStyle, setText } from './dom.js';
import { units } from './format.js';

const WHEELS = ['fl', 'fr', 'rl', 'rr'];
const PARTS = ['inner', 'middle', 'outer'];
const NAMES = { fl: 'Front left', fr: 'Front right', rl: 'Rear left', rr: 'Rear right' };

const of = (wheel) => [
  ...[...PARTS, 'core'].flatMap((part) => [`tyre_temp_${part}_${wheel}`, `tyre_temp_${part}_normalized_${wheel}`]),
  `tyre_pressure_${wheel}`, `tyre_pressure_normalized_${wheel}`, `brake_temp_${wheel}`, `brake_temp_normalized_${wheel}`,
  `wheel_locked_${wheel}`,
];

export const tyresChannels = WHEELS.flatMap(of);

/** Where a normalised value stands in its window, where 1 is ideal. Colours go between these. */
const COLD = 0.8;
const COOL = 0.92;
const WARM = 1.1;
const HOT = 1.25;

/** How far from its window: -1 cold, 0 in it, 1 hot. */
function heat(normalized) {
  if (!(normalized > 0)) return NaN;
  if (normalized < COOL) return -Math.min(1, (COOL - normalized) / (COOL - COLD));
  if (normalized > WARM) return Math.min(1, (normalized - WARM) / (HOT - WARM));
  return 0;
}

const COLORS = { cold: [0x2f, 0x86, 0xc8], ideal: [0x46, 0x51, 0x5f], hot: [0xd9, 0x6b, 0x00] };

/** Told by colour and by a sign. */
function paint(node, normalized) {
  const value = heat(normalized);
  const share = Math.round(Math.abs(value) * 20) / 20;
  const end = value < 0 ? COLORS.cold : COLORS.hot;
  const mixed = COLORS.ideal.map((from, index) => Math.round(from + (end[index] - from) * share));
  setStyle(node, '--heat', Number.isNaN(value) ? 'var(--unknown)' : `rgb(${mixed.join(', ')})`);
  return value <= -0.5 ? '▼' : value >= 0.5 ? '▲' : '';
}

function tyre(wheel) {
  const left = wheel.endsWith('l');
  const parts = (left ? [...PARTS].reverse() : PARTS).map((part) => {
    const number = el('span', 'num strip-number', '–');
    return { part, number, node: el('div', 'strip', number) };
  });
  const pressure = el('span', 'num pressure-number', '–');
  const pressureSign = el('span', 'sign');
  const core = el('span', 'num core-number', '–');
  const coreSign = el('span', 'sign');
  const brake = el('span', 'num brake-number', '–');
  const brakeBar = el('i', 'brake-bar');
  const lock = el('span', 'lock', 'LOCK');
  const node = el('div', `tyre tyre-${wheel}`,
    el('div', 'tread', ...parts.map(({ node: strip }) => strip), lock),
    el('div', 'tyre-figures',
      el('div', 'tyre-row pressure', pressure, pressureSign),
      el('div', 'tyre-row core', core, coreSign),
      el('div', 'tyre-row brake', brakeBar, brake)));
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', NAMES[wheel]);
  return {
    node,
    update(model) {
      for (const { part, number, node: strip } of parts) {
        setText(number, units.show('temperature', model.get(`tyre_temp_${part}_${wheel}`)));
        paint(strip, model.get(`tyre_temp_${part}_normalized_${wheel}`));
      }
      setText(pressure, units.show('pressure', model.get(`tyre_pressure_${wheel}`)));
      setText(pressureSign, Number.isFinite(model.get(`tyre_pressure_${wheel}`)) ? sign(model.get(`tyre_pressure_normalized_${wheel}`), 0.05) : '');
      const celsius = model.get(`tyre_temp_core_${wheel}`);
      const coreState = paint(core, model.get(`tyre_temp_core_normalized_${wheel}`));
      setText(core, `${units.show('temperature', celsius)}°`);
      setText(coreSign, Number.isFinite(celsius) ? coreState : '');
      setText(brake, `${units.show('temperature', model.get(`brake_temp_${wheel}`))}°`);
      paint(brakeBar, model.get(`brake_temp_normalized_${wheel}`));
      const locked = model.is(`wheel_locked_${wheel}`);
      setHidden(lock, !locked);
      setData(node, 'locked', locked ? 'yes' : '');
    },
  };
}

const sign = (normalized, margin) => (normalized > 1 + margin ? '▲' : normalized > 0 && normalized < 1 - margin ? '▼' : '');

export function tyres(root) {
  const wheels = WHEELS.map(tyre);
  const unit = el('span', 'unit');
  root.append(el('div', 'tyres', ...wheels.map(({ node }) => node), el('div', 'tyres-legend', unit)));
  return (model) => {
    wheels.forEach((wheel) => wheel.update(model));
    setText(unit, `${units.unit('pressure')} · ${units.unit('temperature')} · brake ●`);
  };
}
