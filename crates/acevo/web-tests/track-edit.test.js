import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addCorner, addEnd, longestStraight, moveCorner, moveEnd, nearestPosition, removeCorner, removeEnd } from '../web/lib/track-edit.js';

const SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]];
const CORNERS = [
  { number: 1, name: 'One', start: 0.1, apex: 0.15, end: 0.2, direction: 'left' },
  { number: 2, name: '', start: 0.4, apex: 0.5, end: 0.6, direction: 'right' },
];

test('nearestPosition finds the lap position under the pointer', () => {
  assert.deepEqual(nearestPosition(SQUARE, 50, -3), { position: 0.125, distance: 3 });
  assert.deepEqual(nearestPosition(SQUARE, 0, 50), { position: 0.875, distance: 0 }, 'on the last piece, back to the line');
});

test('ends of sectors stay in order', () => {
  assert.deepEqual(moveEnd([0.3, 0.6], 0, 0.4), [0.4, 0.6]);
  assert.deepEqual(moveEnd([0.3, 0.6], 0, 0.9), [0.599, 0.6]);
  assert.deepEqual(moveEnd([0.3, 0.6], 1, 2), [0.3, 0.999]);
  assert.deepEqual(addEnd([0.3, 0.8]), [0.3, 0.55, 0.8]);
  assert.deepEqual(addEnd([]), [0.5]);
  assert.deepEqual(removeEnd([0.3, 0.6], 0), [0.6]);
});

test('the points of a corner stay in order and do not enter its neighbours', () => {
  const moved = (index, part, position) => moveCorner(CORNERS, index, part, position)[index][part];
  assert.equal(moved(1, 'start', 0.05), 0.2, 'the end of the corner before');
  assert.equal(moved(0, 'end', 0.9), 0.4, 'the start of the corner after');
  assert.ok(moved(1, 'start', 0.9) < 0.5 && moved(1, 'apex', 0.9) < 0.6 && moved(1, 'end', 0) > 0.5);
  assert.equal(moveCorner(CORNERS, 1, 'apex', 0.45)[0], CORNERS[0], 'other corners are the same');
});

test('a corner on the line keeps its points on both sides of it', () => {
  const over = [{ number: 1, name: '', start: 0.97, apex: 0.99, end: 0.02, direction: 'left' }];
  const moved = (part, position) => moveCorner(over, 0, part, position)[0][part];
  assert.deepEqual([moved('apex', 0.98), moved('apex', 0.5) > 0.97, moved('apex', 1)], [0.98, true, 1]);
  assert.deepEqual([moved('end', 0.05), moved('start', 0.9)], [0.05, 0.9]);
});

test('addCorner keeps numbers if one is free, and counts again after it if not', () => {
  const added = addCorner(CORNERS, 0.3, 'left');
  assert.deepEqual(added.map(({ number }) => number), [1, 2, 3]);
  const removed = removeCorner(added, 1);
  assert.deepEqual(removed.map(({ number }) => number), [1, 3]);
  assert.deepEqual(addCorner(removed, 0.3, 'left').map(({ number }) => number), [1, 2, 3]);
  assert.equal(addCorner(CORNERS, 0.5, 'left'), null, 'in another corner');
  assert.equal(addCorner([], 0.5, 'left').length, 1);
  assert.ok(Math.abs(longestStraight(CORNERS) - 0.8) < 1e-9 && longestStraight([]) === 0.5);
});
