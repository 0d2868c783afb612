import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lastOf, rangeOf, sample, tendency, timeDifference } from '../web/lib/sample.js';

const positions = [0, 0.25, 0.5, 0.75, 1];
const trace = (lap_time) => ({ positions, lap_time });

test('sample is linear between two samples', () => {
  const lap = trace([0, 10, 20, 30, 40]);
  assert.equal(sample(lap, lap.lap_time, 0.125), 5);
  assert.equal(sample(lap, lap.lap_time, 1), 40);
  assert.equal(sample(lap, lap.lap_time, -1), 0, 'before the start');
  assert.equal(sample(lap, lap.lap_time, 2), 40, 'after the end');
});

test('sample keeps the earlier value of steps', () => {
  const lap = trace([1, 2, 3, null, 5]);
  assert.equal(sample(lap, lap.lap_time, 0.4, true), 2);
  assert.equal(sample(lap, lap.lap_time, 0.6, true), 3);
});

test('sample is NaN in a hole, and next to it on the side of the hole', () => {
  const lap = trace([null, 10, null, 30, 40]);
  for (const position of [0, 0.1, 0.24, 0.3, 0.5, 0.6]) assert.ok(Number.isNaN(sample(lap, lap.lap_time, position)), position);
  assert.equal(sample(lap, lap.lap_time, 0.25), 10);
  assert.equal(sample(lap, lap.lap_time, 0.25001), 10, 'positions are rounded');
  assert.equal(sample(lap, lap.lap_time, 0.875), 35);
});

test('sample of a missing trace is NaN', () => {
  assert.ok(Number.isNaN(sample(null, null, 0.5)));
  assert.ok(Number.isNaN(sample(trace([]), [], 0.5)));
});

test('timeDifference has no spike at a hole at the start', () => {
  const a = trace([0, 10, 20, 30, 40]);
  const b = { positions: positions.map((position) => position + 0.001), lap_time: [null, 10, 21, 30, 42] };
  const difference = timeDifference(a, b);
  assert.equal(difference[0], null);
  for (const value of difference.slice(2)) assert.ok(value === null || Math.abs(value) < 2.1, difference);
});

test('timeDifference is A minus B', () => {
  assert.deepEqual(timeDifference(trace([0, 10, 20, 30, 40]), trace([0, 11, null, 30, 39])), [0, -1, null, 0, 1]);
  assert.equal(timeDifference(null, trace([0, 1, 2, 3, 4])), null);
});

test('tendency is faster below zero', () => {
  assert.deepEqual([-0.1, 0.1, 0.001, NaN].map(tendency), ['faster', 'slower', '', '']);
});

test('lastOf and rangeOf skip holes', () => {
  assert.equal(lastOf([1, 2, null]), 2);
  assert.ok(Number.isNaN(lastOf([null])));
  assert.deepEqual(rangeOf([[1, null, 300], [-5]], [0, 100]), [-5, 300]);
});
