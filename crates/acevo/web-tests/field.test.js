import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  battleOf, carState, cueOf, fieldOf, firstRow, gapsOf, gapText, initials, keysOf, lapCues, lapsAhead, lastLapText, modelLetters, modelName, relativeTo,
  sectorOf, sectorsOf, shortLabel, sourceText, timeText, trendOf, wonText,
} from '../web/lib/field.js';

const log = (ms) => ({ ms, source: 'log' });
const measured = (ms) => ({ ms, source: 'measured' });

test('modelName removes the prefix and underscores', () => {
  assert.deepEqual(['ks_mazda_mx5_nd_cup', 'velocita_gt3', '', null, undefined].map(modelName), ['Mazda mx5 nd cup', 'Velocita gt3', '', '', '']);
});

test('shortLabel is the short name, else the number, else initials', () => {
  assert.equal(shortLabel({ short_name: 'MEN0', number: 7, label: 'Carlos M' }), 'MEN0');
  assert.equal(shortLabel({ short_name: null, number: 0, label: 'Carlos M' }), '0');
  assert.equal(shortLabel({ short_name: null, number: null, label: 'Carlos M' }), 'CM');
  assert.deepEqual(['Ayla', 'a b c d', 'Łukasz', '😀 x', 'Car 12', '', undefined].map(initials), ['AYL', 'ABC', 'ŁUK', '😀X', 'C12', '', '']);
});

test('gapText has seconds or laps', () => {
  assert.deepEqual([{ seconds: 1.234 }, { laps: 1 }, { laps: 2 }, null, undefined, {}].map((gap) => gapText(gap)), ['+1.2', '+1 lap', '+2 laps', '', '', '']);
});

test('gapsOf are those of the race, or differences of best laps', () => {
  const cars = [
    { best: log(91034) }, { best: log(91500), to_leader: { seconds: 3.21 }, to_next: { seconds: 3.21 } },
    { best: measured(92000), to_leader: { laps: 1 }, to_next: { seconds: 40 } }, { best: null },
  ];
  const all = (order) => cars.map((_, index) => Object.values(gapsOf(fieldOf({ order, cars }), index)));
  assert.deepEqual(all('race'), [['', ''], ['+3.2', '+3.2'], ['+1 lap', '+40.0'], ['', '']]);
  assert.deepEqual(all('best_lap'), [['', ''], ['+0.466', '+0.466'], ['~+0.966', '~+0.500'], ['', '']]);
});

test('timeText marks times that are accurate to a frame only', () => {
  assert.deepEqual([log(91034), measured(91034), { ms: 91034, source: 'pages' }, null, undefined].map(timeText), ['1:31.034', '~1:31.034', '1:31.034', '', '']);
});

test('cueOf distinguishes the best of the session from the best of a car', () => {
  assert.deepEqual([cueOf(30000, 30000, 30000), cueOf(30500, 30500, 30000), cueOf(31000, 30500, 30000)], ['session', 'own', '']);
  assert.deepEqual([cueOf(null, 1, 1), cueOf(undefined, 1, 1), cueOf(30000, null, undefined)], ['', '', '']);
});

test('sectorOf is that of the running lap once it has ended, else that of the last lap', () => {
  const field = fieldOf({ best_sectors_ms: [30000, null, 29000] });
  const car = { sectors_ms: [30000], last_sectors_ms: [31000, 32000, 29500], best_sectors_ms: [30000, 31500, 29500] };
  assert.deepEqual([0, 1, 2, 3].map((index) => sectorOf(field, car, index)), [
    { ms: 30000, isRunning: true, cue: 'session' }, { ms: 32000, isRunning: false, cue: '' }, { ms: 29500, isRunning: false, cue: 'own' },
    { ms: null, isRunning: false, cue: '' },
  ]);
  assert.equal(sectorOf(field, { ...car, is_last_valid: false }, 2).cue, '', 'sectors of an invalid lap are no best ones');
  assert.deepEqual(sectorOf(field, { sectors_ms: [null] }, 0), { ms: null, isRunning: true, cue: '' });
  assert.deepEqual(sectorOf(field, {}, 0), { ms: null, isRunning: false, cue: '' });
});

test('sectorsOf is the highest number of sectors, at least three before any is known', () => {
  assert.equal(sectorsOf(fieldOf({})), 3);
  assert.equal(sectorsOf(fieldOf({ best_sectors_ms: [1, 2], cars: [{}] })), 2);
  assert.equal(sectorsOf(fieldOf({ best_sectors_ms: [1, 2, 3], cars: [{ last_sectors_ms: [1, 2, 3, 4] }] })), 4);
});

test('lapCues mark the best laps', () => {
  const field = fieldOf({ best_ms: 91000 });
  assert.deepEqual(lapCues(field, { last: log(91000), best: log(91000) }), { last: 'session', best: 'session' });
  assert.deepEqual(lapCues(field, { last: log(92000), best: log(92000) }), { last: 'own', best: '' });
  assert.deepEqual(lapCues(field, { last: log(90000), best: log(92000), is_last_valid: false }), { last: '', best: '' });
  assert.deepEqual(lapCues(field, { last: null, best: null }), { last: '', best: '' });
});

test('wonText has a sign, and is empty without a change', () => {
  assert.deepEqual([3, -2, 0, null, undefined].map(wonText), ['+3', '−2', '', '', '']);
});

test('trendOf has a sign and words', () => {
  assert.deepEqual(trendOf(-0.23), { text: '▲ 0.2', state: 'closer', words: '0.2 s closer to the car ahead than a lap ago' });
  assert.equal(trendOf(0.5).state, 'away');
  for (const none of [0, 0.04, -0.04, null, undefined, NaN]) assert.equal(trendOf(none).text, '');
});

test('carState prefers the finish to the pits', () => {
  const state = (car) => carState({ is_active: true, ...car }).text;
  assert.deepEqual([state({}), state({ is_in_pits: true }), state({ is_active: false, is_in_pits: true }), state({ has_finished: true, is_active: false })], ['', 'PIT', 'OUT', 'FIN']);
});

test('sourceText names the source of times', () => {
  assert.match(sourceText({ has_log: false }), /^Without the game.s log: times are accurate to a frame$/);
  assert.match(sourceText({ has_log: true, log: { confidence: 'matched', matches: 12, spread_ms: 31 } }), /log, matched by 12 times within 31 ms$/);
  assert.match(sourceText({ has_log: true, log: { confidence: 'matched', matches: 1, spread_ms: null } }), /matched by 1 time$/);
  assert.match(sourceText({ has_log: true, log: { confidence: 'unknown' } }), /not matched yet$/);
  assert.match(sourceText({ has_log: true, log: null }), /Names and times from the game.s log$/);
});

test('lapsAhead compares the race, not the place on the track', () => {
  const player = { laps: 5, lap_position: 0.1 };
  const ahead = (laps, lap_position) => lapsAhead({ laps, lap_position }, player);
  // On the same lap, shortly before the line.
  assert.deepEqual([ahead(5, 0.2), ahead(4, 0.95), ahead(6, 0.05), ahead(4, 0.2), ahead(3, 0.95)], [0, 0, 1, -1, -1]);
  assert.ok(Number.isNaN(ahead(5, null)) && Number.isNaN(lapsAhead({}, undefined)));
});

test('relativeTo has the nearest cars on the track, the furthest ahead first', () => {
  const cars = [3.1, -1, 20, 0.4, -9, null].map((to_player_s, car) => ({ car, to_player_s, is_active: true }));
  cars.push({ car: 'me', is_player: true, to_player_s: 0 }, { car: 'gone', is_active: false, to_player_s: 0.1 });
  const times = ({ ahead, behind }) => [ahead, behind].map((side) => side.map(({ to_player_s }) => to_player_s));
  assert.deepEqual(times(relativeTo(cars, 2)), [[3.1, 0.4], [-1, -9]]);
  assert.deepEqual(times(relativeTo(cars, 1)), [[0.4], [-1]]);
  assert.deepEqual(times(relativeTo([], 3)), [[], []]);
});

test('firstRow keeps the player in the middle, and fills all rows', () => {
  const cars = (count, player) => Array.from({ length: count }, (_, index) => ({ is_player: index === player }));
  assert.deepEqual([firstRow(cars(20, 10), 5, true), firstRow(cars(20, 0), 5, true), firstRow(cars(20, 19), 5, true)], [8, 0, 15]);
  assert.deepEqual([firstRow(cars(20, 10), 5, false), firstRow(cars(3, 2), 5, true), firstRow(cars(20, -1), 5, true)], [0, 0, 0]);
});

test('battleOf has the neighbours in a race that are close', () => {
  const cars = [
    { car: 'a' }, { car: 'me', is_player: true, to_next: { seconds: 0.8 }, trend_s: -0.3 }, { car: 'b', to_next: { seconds: 2.5 }, trend_s: 0.1 },
  ];
  const battle = (seconds, changes = {}) => {
    const { ahead, behind } = battleOf(fieldOf({ order: 'race', cars, ...changes }), seconds);
    return [ahead?.car.car, behind?.car.car];
  };
  assert.deepEqual([battle(1), battle(3), battle(0.5)], [['a', undefined], ['a', 'b'], [undefined, undefined]]);
  assert.deepEqual(battle(3, { order: 'best_lap' }), [undefined, undefined]);
  assert.deepEqual(battle(3, { cars: cars.slice(1) }), [undefined, 'b']);
  assert.deepEqual(battle(3, { cars: [] }), [undefined, undefined]);
  assert.deepEqual(battle(3, { cars: cars.map((car) => ({ ...car, is_in_pits: car.car === 'a' })) }), [undefined, 'b']);
  assert.deepEqual(battle(3, { cars: [cars[0], { ...cars[1], to_next: { laps: 1 } }] }), [undefined, undefined]);
});

test('lastLapText names who was faster', () => {
  const text = (a, b) => lastLapText({ last: log(a) }, { last: log(b) });
  assert.deepEqual([text(91000, 91500), text(92000, 91500), text(91500, 91500)], ['last lap 0.50 s faster', 'last lap 0.50 s slower', 'last lap equal']);
  assert.equal(lastLapText({ last: null }, { last: log(1) }), '');
});

test('modelLetters are needed only for several models', () => {
  assert.deepEqual([...modelLetters([{ model: 'b' }, { model: 'a' }, { model: null }, { model: 'b' }])], [['a', 'A'], ['b', 'B']]);
  assert.equal(modelLetters([{ model: 'a' }, { model: 'a' }]).size, 0);
});

test('keysOf are different for all cars', () => {
  assert.deepEqual(keysOf([{ car: 'a' }, { car: 'a' }, {}, { car: 'b' }]), ['a', '#1', '#2', 'b']);
});

test('fieldOf replaces missing lists', () => {
  const field = fieldOf({ type: 'field', order: 'race', cars: null });
  assert.deepEqual([field.cars, field.best_sectors_ms, field.order], [[], [], 'race']);
});
