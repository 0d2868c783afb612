// The car's aids and settings, its fluids, the weather.

import { el, figure, setData } from './dom.js';
import { fixed, units } from './format.js';

export const carChannels = [
  'tc_active', 'abs_active', 'esc_active', 'launch_active', 'pit_limiter', 'tc_level', 'abs_level', 'esc_level', 'brake_bias', 'engine_map',
  'water_temp', 'oil_temp', 'air_temp', 'road_temp', 'turbo_boost',
];

/** A level of the car; those that it does not have are a dash. */
const level = (value) => (value >= 0 ? fixed(value) : '–');

const AIDS = [['TC', 'tc_level', 'tc_active'], ['ABS', 'abs_level', 'abs_active'], ['ESC', 'esc_level', 'esc_active']];

export function car(root) {
  const aids = AIDS.map(([name, setting, active]) => ({ figure: figure(name, 'aid'), setting, active }));
  const bias = figure('Brake bias');
  const engineMap = figure('Map');
  const temperatures = [['Water', 'water_temp'], ['Oil', 'oil_temp'], ['Air', 'air_temp'], ['Road', 'road_temp']]
    .map(([name, id]) => ({ id, figure: figure(name) }));
  root.append(el('div', 'car figures', ...aids.map((aid) => aid.figure.node), bias.node, engineMap.node,
    ...temperatures.map((temperature) => temperature.figure.node)));
  return (model) => {
    for (const aid of aids) {
      const works = model.is(aid.active);
      aid.figure.set(level(model.get(aid.setting)));
      setData(aid.figure.node, 'state', works ? 'works' : '');
    }
    bias.set(Number.isFinite(model.get('brake_bias')) ? `${fixed(model.get('brake_bias') * 100, 1)} %` : '–');
    engineMap.set(level(model.get('engine_map')));
    for (const { id, figure: shown } of temperatures) shown.set(units.full('temperature', model.get(id)));
  };
}
