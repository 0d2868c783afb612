// The race around the car: position, gaps in the race, nearest cars on the track, the remaining time or laps, and the flag.

import { el, figure, setData, setHidden, setText } from '../lib/dom.js';
import { FLAGS, flagWords } from '../lib/flags.js';
import { clock, fixed } from '../lib/format.js';
import { nearest } from '../lib/gaps.js';
import { lapOf } from '../lib/laps.js';
import { units } from '../lib/units.js';

export const raceChannels = [
  'race_position', 'cars', 'gap_ahead', 'gap_behind', 'session_time_left', 'session_laps', 'laps_completed', 'flag', 'flag_global',
  'location', 'in_pit_lane', 'wrong_way', 'start_lights', 'pit_speeding', 'time_of_day',
];

const MEANINGS = {
  WhiteFlag: 'Slow car', GreenFlag: 'Track is clear', RedFlag: 'Session stopped', BlueFlag: 'Let others pass', YellowFlag: 'Danger: no overtaking',
  BlackFlag: 'Disqualified', BlackWhiteFlag: 'Warning', CheckeredFlag: 'Finish', OrangeCircleFlag: 'Repair the car',
  RedYellowStripesFlag: 'Slippery track', WrongWay: 'Turn round',
};

/** The flag shown to the driver, else the one shown to all cars. Empty if no flag is shown. */
export function flagOf(model) {
  const name = (id) => model.text(id) || FLAGS[model.get(id)] || '';
  return [name('flag'), name('flag_global')].find((flag) => flag && flag !== 'NoFlag') ?? '';
}

/** A band with the flag's colour, name and meaning. */
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
    setText(name, flagWords(flag));
    setText(meaning, MEANINGS[flag] ?? '');
  };
}

export function race(root) {
  const position = el('span', 'num position-number', '–');
  const of = el('span', 'unit', '');
  const location = el('span', 'lamp');
  // Two kinds of neighbours: by position in the race, and by distance on the track.
  const [raceAhead, raceBehind] = [figure('Race: ahead'), figure('Race: behind')];
  const [trackAhead, trackBehind] = [figure('Track: ahead', 'on-track'), figure('Track: behind', 'on-track')];
  const [left, laps] = [figure('Time left'), figure('Laps')];
  const figures = [raceAhead, raceBehind, trackAhead, trackBehind, left, laps].map(({ node }) => node);
  root.append(el('div', 'race', el('div', 'position', position, of, location), el('div', 'figures', ...figures)));
  return (model) => {
    const [place, all] = [model.get('race_position'), model.get('cars')];
    setText(position, place > 0 ? `P${fixed(place)}` : '–');
    setText(of, all > 1 ? `of ${fixed(all)}` : '');
    setText(location, model.is('in_pit_lane') ? 'PIT LANE' : '');
    setHidden(location, !location.textContent);
    const seconds = (id) => (model.get(id) > 0 ? `${fixed(model.get(id), 1)} s` : '–');
    raceAhead.set(seconds('gap_ahead'));
    raceBehind.set(seconds('gap_behind'));
    const cars = model.hasTelemetry ? model.cars : [];
    trackAhead.set(units.full('length', nearest(cars, 1)));
    trackBehind.set(units.full('length', nearest(cars, -1)));
    left.set(clock(model.get('session_time_left')));
    const completed = model.get('laps_completed');
    laps.set(completed === 0 ? '0' : lapOf(completed, model.get('session_laps')));
  };
}
