import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clock, fixed, gear, lapTime, lapTimeMs, percent, sectorMs, signed, timeOfDay, words } from '../web/lib/format.js';

test('lapTime writes hours like the program', () => {
  assert.equal(lapTime(62.345), '1:02.345');
  assert.equal(lapTime(0.999), '0:00.999');
  assert.equal(lapTime(3723.004), '1:02:03.004');
  assert.equal(lapTime(3599.9996), '1:00:00.000');
});

test('lapTime cuts off digits if it has fewer than three decimals', () => {
  assert.equal(lapTime(59.999, 2), '0:59.99');
  assert.equal(lapTime(61.9, 0), '1:01');
});

test('unknown numbers are a dash', () => {
  for (const value of [NaN, Infinity, undefined, null, '1', -1]) assert.equal(lapTime(value), '–');
  assert.deepEqual([fixed(NaN), signed(undefined), percent(null), lapTimeMs(0), sectorMs(undefined), clock(-1), timeOfDay(NaN), gear(NaN)], Array(8).fill('–'));
});

test('fixed and signed have no negative zero', () => {
  assert.equal(fixed(-0.04, 1), '0.0');
  assert.equal(signed(-0.0004), '+0.000');
  assert.equal(signed(-0.5, 2), '\u22120.50');
  assert.equal(fixed(-3), '\u22123');
});

test('sectorMs has one width below a minute', () => {
  assert.equal(sectorMs(7), ' 0.007');
  assert.equal(sectorMs(31234), '31.234');
  assert.equal(sectorMs(60000), '1:00.000');
});

test('clock writes durations and timeOfDay writes times', () => {
  assert.equal(clock(754.9), '12:34');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(timeOfDay(50492.7), '14:01:32');
  assert.equal(timeOfDay(300), '00:05:00');
  assert.equal(timeOfDay(86400), '00:00:00');
});

test('gear and words', () => {
  assert.deepEqual([-1, 0, 1, 6].map(gear), ['R', 'N', '1', '6']);
  assert.deepEqual(['YellowFlag', 'wrong_way', ''].map(words), ['Yellow flag', 'Wrong way', '']);
});
