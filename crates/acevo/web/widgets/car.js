// The car's electronic aids and settings, its fluids, and the weather.

import { el, figure, setData } from '../lib/dom.js';
import { fixed } from '../lib/format.js';
import { units } from '../lib/units.js';

export const carChannels = [
  'tc_active', 'abs_active', 'esc_active', 'launch_active', 'pit_limiter', 'tc_level', 'abs_level', 'esc_level', 'brake_bias', 'engine_map',
  'water_temp', 'oil_temp', 'air_temp', 'road_temp', 'turbo_boost',
];

/** A level of a setting. Settings that the car does not have are negative. */
const level = (value) => (value >= 0 ? fixed(value) : '–');

const AIDS = [['TC', 'tc_level', 'tc_active'], ['ABS', 'abs_level', 'abs_active'], ['ESC', 'esc_level', 'esc_active']];
const TEMPERATURES = [['Water', 'water_temp'], ['Oil', 'oil_temp'], ['Air', 'air_temp'], ['Road', 'road_temp']];

export function car(root) {
  const aids = AIDS.map(([name, setting, active]) => ({ shown: figure(name, 'aid'), setting, active }));
  const bias = figure('Brake bias');
  const engineMap = figure('Map');
  const temperatures = TEMPERATURES.map(([name, id]) => ({ id, shown: figure(name) }));
  root.append(el('div', 'car figures', ...aids.map(({ shown }) => shown.node), bias.node, engineMap.node, ...temperatures.map(({ shown }) => shown.node)));
  return (model) => {
    for (const { shown, setting, active } of aids) {
      shown.set(level(model.get(setting)));
      setData(shown.node, 'state', model.is(active) ? 'active' : '');
    }
    bias.set(Number.isFinite(model.get('brake_bias')) ? `${fixed(model.get('brake_bias') * 100, 1)} %` : '–');
    engineMap.set(level(model.get('engine_map')));
    for (const { id, shown } of temperatures) shown.set(units.full('temperature', model.get(id)));
  };
}
