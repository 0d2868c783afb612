import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../web/lib/history.js';

function values(history, seconds = 60) {
  const points = [];
  history.each('speed', seconds, (_, value) => points.push(value));
  return points;
}

test('a long time between frames is a hole', () => {
  const history = new History(['speed']);
  history.push(1, () => 10);
  history.push(1.1, () => 20);
  history.push(9, () => 30);
  assert.deepEqual(values(history), [10, 20, NaN, 30]);
  assert.ok(history.now < 1, 'pauses take no time');
});

test('time that runs backwards is a hole, and the same frame is stored once', () => {
  const history = new History(['speed']);
  history.push(5, () => 10);
  history.push(5, () => 11);
  history.push(1, () => 20);
  assert.deepEqual(values(history), [10, NaN, 20]);
});

test('at finds the value at an age', () => {
  const history = new History(['speed']);
  for (let index = 0; index <= 10; index += 1) history.push(index / 10, () => index);
  assert.equal(history.at('speed', 0), 10);
  assert.equal(history.at('speed', 0.55), 4);
  assert.equal(history.at('speed', 99), 0);
  assert.ok(Number.isNaN(history.at('unknown', 0)));
});

test('memory is bounded', () => {
  const history = new History(['speed']);
  for (let index = 0; index < 10000; index += 1) history.push(index / 60, () => index);
  assert.equal(values(history, 1e9).length, 3600);
});
