// Four tyres from above: three surface temperatures, core temperature, pressure, and brake temperature.

import { el, setData, setHidden, setStyle, setText } from '../lib/dom.js';
import { heat } from '../lib/heat.js';
import { units } from '../lib/units.js';

const WHEELS = ['fl', 'fr', 'rl', 'rr'];
const PARTS = ['inner', 'middle', 'outer'];
const NAMES = { fl: 'Front left', fr: 'Front right', rl: 'Rear left', rr: 'Rear right' };

const channelsOf = (wheel) => [
  ...[...PARTS, 'core'].flatMap((part) => [`tyre_temp_${part}_${wheel}`, `tyre_temp_${part}_normalized_${wheel}`]),
  `tyre_pressure_${wheel}`, `tyre_pressure_normalized_${wheel}`, `brake_temp_${wheel}`, `brake_temp_normalized_${wheel}`,
  `wheel_locked_${wheel}`,
];

export const tyresChannels = WHEELS.flatMap(channelsOf);

/** A value with a sign for cold (▼) or hot (▲), and the colour of its state on `painted`. */
function reading(className, painted = null) {
  const number = el('span', `num ${className}`, '–');
  const sign = el('span', 'sign');
  return {
    number,
    sign,
    set(text, relative) {
      const { state, sign: mark, color } = heat(text.startsWith('–') ? NaN : relative);
      setText(number, text);
      setText(sign, mark);
      if (!painted) return;
      setStyle(painted, '--heat', color);
      setData(painted, 'heat', state);
    },
  };
}

function tyre(wheel) {
  const parts = (wheel.endsWith('l') ? [...PARTS].reverse() : PARTS).map((part) => {
    const node = el('div', 'strip');
    const shown = reading('strip-number', node);
    node.append(shown.sign, shown.number);
    return { part, node, shown };
  });
  const brakeDot = el('i', 'brake-bar');
  const [pressure, core, brake] = [reading('pressure-number'), reading('core-number'), reading('brake-number', brakeDot)];
  const lock = el('span', 'lock', 'LOCK');
  const node = el('div', `tyre tyre-${wheel}`,
    el('div', 'tread', ...parts.map(({ node: strip }) => strip), lock),
    el('div', 'tyre-figures',
      el('div', 'tyre-row pressure', pressure.number, pressure.sign),
      el('div', 'tyre-row core', core.number, core.sign),
      el('div', 'tyre-row brake', brakeDot, brake.number, brake.sign)));
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', NAMES[wheel]);
  return {
    node,
    update(model) {
      const temperature = (id) => units.show('temperature', model.get(`${id}_${wheel}`));
      const relative = (id) => model.get(`${id}_normalized_${wheel}`);
      for (const { part, shown } of parts) shown.set(temperature(`tyre_temp_${part}`), relative(`tyre_temp_${part}`));
      pressure.set(units.show('pressure', model.get(`tyre_pressure_${wheel}`)), relative('tyre_pressure'));
      core.set(`${temperature('tyre_temp_core')}°`, relative('tyre_temp_core'));
      brake.set(`${temperature('brake_temp')}°`, relative('brake_temp'));
      const locked = model.is(`wheel_locked_${wheel}`);
      setHidden(lock, !locked);
      setData(node, 'locked', locked ? 'yes' : '');
    },
  };
}

export function tyres(root) {
  const wheels = WHEELS.map(tyre);
  const legend = el('span', 'unit');
  root.append(el('div', 'tyres', ...wheels.map(({ node }) => node), el('div', 'tyres-legend', legend)));
  return (model) => {
    for (const wheel of wheels) wheel.update(model);
    setText(legend, `${units.unit('pressure')} · ${units.unit('temperature')} · ● brake · ▼ cold ▲ hot`);
  };
}
