// Sample data: a model whose values never come from a game, for widgets in the editor while there is no telemetry.

import { LIVE, Model } from './model.js';

const SECONDS = 20;
const STEP_S = 0.05;
const POINTS = 240;

const between = (low, high, part) => low + (high - low) * part;
const wave = (t, period, shift = 0) => 0.5 + 0.5 * Math.sin((2 * Math.PI * t) / period + shift);

/** Values at a time in seconds. A corner comes every eight seconds. */
function valuesAt(t) {
  const braking = Math.max(0, Math.sin((2 * Math.PI * t) / 8)) ** 3;
  const turning = Math.sin((2 * Math.PI * (t - 1)) / 8);
  const wheels = ['fl', 'fr', 'rl', 'rr'].flatMap((wheel, index) => [
    ...['inner', 'middle', 'outer', 'core'].flatMap((part, strip) => [
      [`tyre_temp_${part}_${wheel}`, 84 + 3 * strip + index], [`tyre_temp_${part}_normalized_${wheel}`, 0.98 + 0.05 * strip],
    ]),
    [`tyre_pressure_${wheel}`, 26.4 + 0.2 * index], [`tyre_pressure_normalized_${wheel}`, 1],
    [`brake_temp_${wheel}`, 420 - 40 * index], [`brake_temp_normalized_${wheel}`, 1], [`wheel_locked_${wheel}`, 0],
  ]);
  return {
    ...Object.fromEntries(wheels),
    gear: 4, speed: between(210, 120, braking), rpm: between(7400, 5200, braking), rpm_limit: 8500, rev_limiter: 0, shift_up: 0, shift_down: 0,
    throttle: Math.max(0, 1 - 2 * braking), brake: braking, clutch: 0, steering: 0.35 * turning, handbrake: 0, tc_active: 0, abs_active: 0,
    pit_limiter: 0, g_lateral: 1.6 * turning, g_longitudinal: between(0.4, -1.8, braking), delta: between(-0.6, 0.2, wave(t, 30)),
    lap_time: 48.2, predicted_lap_time: 91.804, lap: 5, lap_position: 0.62,
    fuel: 38.2, fuel_level: 0.55, fuel_capacity: 70, engine_type: 0, in_pit_lane: 0, in_pit_box: 0,
    race_position: ME + 1, session_time_left: 1190, session_laps: 15, laps_completed: 4, flag: 0, flag_global: 0, wrong_way: 0,
  };
}

const lap = (number, ms, sectors) => ({
  index: number - 1, session: 1, number, kind: 'flying', time_ms: ms, sectors_ms: sectors, validity: { is: 'valid' }, incomplete: null, trace: false,
});
const LAPS = [
  lap(1, 93310, [31020, 33140, 29150]), lap(2, 92102, [30710, 32590, 28802]), lap(3, 92480, [30900, 32700, 28880]), lap(4, 91960, [30640, 32510, 28810]),
];

function outline() {
  const points = Array.from({ length: POINTS }, (_, index) => {
    const angle = (2 * Math.PI * index) / POINTS;
    const radius = 300 + 70 * Math.cos(2 * angle) + 45 * Math.sin(3 * angle);
    return [1.5 * radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return { version: 1, known: true, length_m: 3000, points, start: 0, sectors: [0.34, 0.68], pit: null };
}

const CARS = [
  ['Ayla Vantier', 'VAN0', 91.7], ['Jon Oszlak', 'OSZ1', 91.8], ['Mirko Quist', 'QUI2', 91.9], ['Tessa Lindmo', 'LIN3', 92.0], ['You', 'YOU', 91.96], ['Pau Arevo', 'ARE4', 92.2],
  ['Ilja Tarrow', 'TAR5', 92.4], ['Zeno Ferrix', 'FER6', 92.5], ['Carla Hollun', 'HOL7', 92.7], ['Benno Mendo', 'MEN8', 93.1],
];
const [ME, GAP_S, LAP_S] = [4, 1.3, 92];

function field() {
  const cars = CARS.map(([label, short_name, last], index) => {
    const sectors = [30.6, 32.5, last - 63.1].map((seconds) => Math.round(1000 * seconds));
    const time = { ms: Math.round(1000 * last), source: 'log' };
    return {
      position: index + 1, car: `sample-${index}`, label, name: label, short_name, number: 3 * index + 2, model: index % 3 === 2 ? 'sample_touring' : 'sample_gt', is_ai: index !== ME,
      is_player: index === ME, is_active: true, is_in_pits: index === 8, has_finished: false, laps: 4, lap_position: 0.62 + ((ME - index) * GAP_S) / LAP_S, lap_elapsed_s: 48,
      sectors_ms: sectors.slice(0, 1), last_sectors_ms: sectors, best_sectors_ms: sectors, last: time, is_last_valid: true, best: time,
      to_leader: index ? { seconds: GAP_S * index } : null, to_next: index ? { seconds: GAP_S } : null, trend_s: index % 2 ? 0.3 : -0.2, to_player_s: (ME - index) * GAP_S,
      pit_visits: 0, warnings: 0, positions_won: 0,
    };
  });
  return { type: 'field', session: 1, order: 'race', phase: 'Race', has_log: true, log: { confidence: 'matched', matches: 12, spread_ms: 31 }, best_ms: 91700, best_sectors_ms: [30600, 32500, 28600], cars };
}

/** `load` loads documents of the server: the units of values are real. */
export function sampleModel(load) {
  const documents = { '/api/laps': LAPS, '/api/outline': outline() };
  let handlers = null;
  const model = new Model(['laps', 'outline'], {
    connect(given) {
      handlers = given;
      return { subscribe: () => {} };
    },
    load: (path) => (Object.hasOwn(documents, path) ? Promise.resolve(documents[path]) : load(path)),
  });
  handlers.state('open');
  const messages = [
    { type: 'status', connection: 'attached', demo: true, car: 'Sample car', track: 'Sample track', session: 'Race' },
    {
      type: 'lap', session: 1, number: 5, kind: 'flying', elapsed_s: 48.2, lap_position: 0.62, validity: { is: 'valid' }, splits_ms: [30580],
      sectors: 3, delta_s: -0.156, predicted_s: 91.804, reference_s: 91.96, best_ms: 91960, ideal_ms: 91910, personal_ms: 91500, last_ms: 91960,
    },
    { type: 'fuel', amount: 38.2, per_lap: 2.94, last_lap: 2.9, highest_lap: 3.1, spread: 0.2, lap_time_s: 92.1, laps_left: 12.9, time_left_s: 1190, laps_to_finish: 10, needed: 29.4, to_add: 0 },
    field(),
    { type: 'cars', cars: [[120, 0.66, false], [-80, 0.59, false], [-260, 0.53, false]], player: { lap_position: 0.62 } },
    { type: 'laps', count: LAPS.length, first_trace: null },
    { type: 'outline', version: 1 },
  ];
  for (const message of messages) handlers.message(message);
  for (let t = 0; t < SECONDS; t += STEP_S) {
    const entries = Object.entries(valuesAt(t));
    const view = new DataView(new ArrayBuffer(4 * entries.length));
    entries.forEach(([, value], index) => view.setFloat32(4 * index, value, true));
    handlers.frame(entries.map(([id]) => id), view, 0, LIVE, t);
  }
  return model;
}
