import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nearest } from '../web/lib/gaps.js';
import { heat } from '../web/lib/heat.js';
import { bestSectors, bestTime, lapNote, lapOf, sectorCount, sectorTimes, verdict } from '../web/lib/laps.js';

const VALID = { is: 'valid' };
const INVALID = { is: 'invalid', reason: 'cut' };

test('lapNote is empty before a lap has begun', () => {
  assert.equal(lapNote({}, NaN, 0), '');
  assert.equal(lapNote({ kind: 'flying', validity: INVALID }, 0, 0), '');
  assert.equal(lapNote({}, 12.3, 0), 'INVALID', 'of a watched car');
});

test('lapNote names invalid, out and in laps', () => {
  assert.equal(lapNote({ kind: 'flying', validity: INVALID }, 1, 1), 'INVALID');
  assert.equal(lapNote({ kind: 'flying', validity: VALID }, 1, 0), '');
  assert.equal(lapNote({ kind: 'out', validity: INVALID }, 1, 0), 'OUT LAP');
  assert.equal(lapNote({ kind: 'in', validity: VALID }, 1, 1), 'IN LAP');
  assert.equal(lapNote({ kind: null, validity: 'unknown' }, 1, 1), '');
});

test('lapOf never exceeds the number of laps', () => {
  assert.deepEqual([lapOf(3, 24), lapOf(25, 24), lapOf(3, 0), lapOf(3, 65535), lapOf(NaN, 3)], ['3/24', '24/24', '3', '3', '–']);
});

test('sectorCount follows the server, and laps with more sectors', () => {
  assert.equal(sectorCount({ sectors: 4 }, []), 4);
  assert.equal(sectorCount({}, []), 3);
  assert.equal(sectorCount(null, [{ sectors_ms: [1, 2, 3, 4, 5] }, {}]), 5);
});

test('sectorTimes needs both ends of a sector', () => {
  assert.deepEqual(sectorTimes([10000, null, 30000, 41000]), [10000, null, null, 11000]);
  assert.deepEqual(sectorTimes(undefined), []);
});

test('best times come from complete valid laps', () => {
  const laps = [
    { time_ms: 90000, validity: VALID, sectors_ms: [30000, 30000, 30000] },
    { time_ms: 80000, validity: INVALID, sectors_ms: [20000, 30000, 30000] },
    { time_ms: 85000, validity: VALID, sectors_ms: [31000, null, 24000] },
    { time_ms: null, validity: VALID, incomplete: 'joined', sectors_ms: [1000] },
  ];
  assert.deepEqual(bestSectors(laps), [30000, 30000, 24000]);
  assert.equal(bestTime(laps), 85000);
  assert.equal(bestTime([]), Infinity);
  assert.deepEqual(['unknown', INVALID, undefined].map(verdict), ['unknown', 'invalid', 'unknown']);
});

test('heat has a sign whenever its colour is not the ideal one', () => {
  const ideal = heat(1).color;
  for (let relative = 0.5; relative < 1.5; relative += 0.005) {
    const { sign, color, state } = heat(relative);
    assert.equal(sign === '', color === ideal, relative);
    assert.equal(sign === '', state === 'ideal', relative);
  }
  assert.deepEqual([heat(0.8).sign, heat(1.2).sign], ['▼', '▲']);
  for (const unknown of [0, -1, NaN, undefined]) assert.equal(heat(unknown).state, '');
});

test('nearest finds the nearest car on each side', () => {
  const cars = [[1812, 0.5, false], [40, 0.1, false], [-7, 0.05, true], [-90, 0, false]];
  assert.deepEqual([nearest(cars, 1), nearest(cars, -1)], [40, 7]);
  assert.ok(Number.isNaN(nearest([], 1)));
});
