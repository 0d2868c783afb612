// The race around the car: position, gaps, what is left, the flag.

import { el, figure, setData, setHidden, setText } from './dom.js';
import { clock, fixed, units, words } from './format.js';

export const raceChannels = [
  'race_position', 'cars', 'gap_ahead', 'gap_behind', 'session_time_left', 'session_laps', 'laps_completed', 'flag', 'flag_global',
  'location', 'in_pit_lane', 'wrong_way', 'start_lights', 'pit_speeding', 'time_of_day',
];

const FLAGS = ['NoFlag', 'WhiteFlag', 'GreenFlag', 'RedFlag', 'BlueFlag', 'YellowFlag', 'BlackFlag', 'BlackWhiteFlag', 'CheckeredFlag',
  'OrangeCircleFlag', 'RedYellowStripesFlag'];
const MEANINGS = {
  WhiteFlag: 'Slow car', GreenFlag: 'Track is clear', RedFlag: 'Session stopped', BlueFlag: 'Let others pass', YellowFlag: 'Danger: no overtaking',
  BlackFlag: 'Disqualified', BlackWhiteFlag: 'Warning', CheckeredFlag: 'Finish', OrangeCircleFlag: 'Repair the car',
  RedYellowStripesFlag: 'Slippery track',
};

/** The flag that is shown to the driver, else the one that is shown to everybody; empty where there is none. */
export function flagOf(model) {
  const name = (id) => model.text(id) || FLAGS[model.get(id)] || '';
  return [name('flag'), name('flag_global')].find((flag) => flag && flag !== 'NoFlag') ?? '';
}

/** A band with the flag's name and meaning: by text as well as by colour. */
export function flagBand(root) {
  const name = el('strong');
  const meaning = el('span');
  const band = el('div', 'flag', el('i', 'flag-cloth'), name, meaning);
  band.setAttribute('role', 'status');
  root.append(band);
  return (model) => {
    const flag = model.is('wrong_way') ? 'WrongWay' : flagOf(model);
    setHidden(band, !flag);
    setData(band, 'flag', flag);
    setText(name, flag === 'CheckeredFlag' ? 'Chequered flag' : words(flag));
    setText(meaning, flag === 'WrongWay' ? 'Turn round' : MEANINGS[flag] ?? '');
  };
}

export function race(root) {
  const position = el('span', 'num position-number', '–');
  const of = el('span', 'unit', '');
  const where = el('span', 'lamp');
  const [ahead, behind] = [figure('Ahead', 'gap'), figure('Behind', 'gap')];
  const [left, laps] = [figure('Time left'), figure('Laps')];
  root.append(el('div', 'race', el('div', 'position', position, of, where),
    el('div', 'figures', ahead.node, behind.node, left.node, laps.node)));
  return (model) => {
    const [place, all] = [model.get('race_position'), model.get('cars')];
    setText(position, place > 0 ? `P${fixed(place)}` : '–');
    setText(of, all > 1 ? `of ${fixed(all)}` : '');
    setText(where, model.is('in_pit_lane') ? 'PIT LANE' : '');
    setHidden(where, !where.textContent);
    const nearest = (sign) => model.cars.map(([metres]) => metres).filter((m) => m * sign > 0).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), Infinity);
    const gap = (id, sign) => {
      const seconds = model.get(id);
      if (seconds > 0) return `${fixed(seconds, 1)} s`;
      const metres = model.hasTelemetry ? nearest(sign) : Infinity;
      return Number.isFinite(metres) ? units.full('length', Math.abs(metres)) : '–';
    };
    ahead.set(gap('gap_ahead', 1));
    behind.set(gap('gap_behind', -1));
    left.set(clock(model.get('session_time_left')));
    const total = model.get('session_laps');
    const completed = model.get('laps_completed');
    laps.set(Number.isFinite(completed) ? (total > 0 && total < 10000 ? `${fixed(Math.min(completed, total))} / ${fixed(total)}` : fixed(completed)) : '–');
  };
}
