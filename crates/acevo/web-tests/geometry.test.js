import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boxesAt, clampInside, fitScale, MIN_SIDE, moveBox, resizeBox } from '../web/lib/geometry.js';

const canvas = { width: 1920, height: 1080 };
const box = { x: 100, y: 200, width: 340, height: 150 };
const alone = { others: [], canvas };

test('fitScale shows the whole canvas', () => {
  assert.equal(fitScale(canvas, { width: 960, height: 1080 }), 0.5);
  assert.equal(fitScale(canvas, { width: 3840, height: 540 }), 0.5);
  assert.equal(fitScale(canvas, { width: 0, height: 540 }), 0);
});

test('clampInside moves a box into the canvas and shrinks one that is too large', () => {
  assert.deepEqual(clampInside({ ...box, x: -5, y: 2000 }, canvas), { ...box, x: 0, y: 930 });
  assert.deepEqual(clampInside({ x: 50, y: 50, width: 5000, height: 1 }, canvas), { x: 0, y: 50, width: 1920, height: MIN_SIDE });
});

test('boxesAt finds the boxes at a point, the topmost first', () => {
  const boxes = [box, { ...box, x: 150 }, { ...box, x: 900 }];
  assert.deepEqual(boxesAt(boxes, { x: 200, y: 250 }), [1, 0]);
  assert.deepEqual(boxesAt(boxes, { x: 110, y: 250 }), [0]);
  assert.deepEqual(boxesAt(boxes, { x: 10, y: 10 }), []);
});

test('moveBox snaps to edges of the canvas, then of other boxes, then to the grid', () => {
  const options = { ...alone, grid: 10, distance: 8 };
  assert.deepEqual(moveBox(box, { x: -94, y: 0 }, options), { box: { ...box, x: 0 }, guides: [{ axis: 'x', at: 0 }] });
  const other = { x: 700, y: 600, width: 100, height: 100 };
  // The right edge of the box is 5 pixels from the left edge of the other one.
  const snapped = moveBox(box, { x: 255, y: 0 }, { ...options, others: [other] });
  assert.deepEqual(snapped, { box: { ...box, x: 360 }, guides: [{ axis: 'x', at: 700 }] });
  assert.deepEqual(moveBox(box, { x: 33, y: 47 }, options), { box: { ...box, x: 130, y: 250 }, guides: [] });
});

test('moveBox snaps the middle to the middle of the canvas', () => {
  const { box: moved, guides } = moveBox(box, { x: 688, y: 0 }, { ...alone, distance: 8 });
  assert.deepEqual([moved.x + moved.width / 2, guides], [960, [{ axis: 'x', at: 960 }]]);
});

test('moveBox without snapping follows the pointer and stays in the canvas', () => {
  assert.deepEqual(moveBox(box, { x: -94, y: 3 }, { ...alone, grid: 10, distance: 8, free: true }), { box: { ...box, x: 6, y: 203 }, guides: [] });
  assert.equal(moveBox(box, { x: -1000, y: 0 }, { ...alone, free: true }).box.x, 0);
  assert.equal(moveBox(box, { x: 5000, y: 0 }, { ...alone, grid: 10 }).box.x, 1580);
});

test('moveBox keeps the axis that does not move', () => {
  const odd = { ...box, y: 203 };
  assert.equal(moveBox(odd, { x: 20, y: 0 }, { ...alone, grid: 10 }).box.y, 203);
});

test('resizeBox by an edge changes one side and keeps the opposite edge', () => {
  assert.deepEqual(resizeBox(box, 'e', { x: 52, y: 99 }, { ...alone, grid: 10 }), { box: { ...box, width: 390 }, factor: 1, guides: [] });
  assert.deepEqual(resizeBox(box, 'w', { x: -40, y: 0 }, alone).box, { ...box, x: 60, width: 380 });
  assert.deepEqual(resizeBox(box, 'n', { x: 0, y: -500 }, alone).box, { ...box, y: 0, height: 350 });
  assert.deepEqual(resizeBox(box, 's', { x: 0, y: 5000 }, alone).box, { ...box, height: 880 });
  assert.deepEqual(resizeBox(box, 'w', { x: 5000, y: 0 }, alone).box, { ...box, x: 424, width: MIN_SIDE });
});

test('resizeBox by an edge snaps to another box', () => {
  const other = { x: 600, y: 0, width: 50, height: 50 };
  const { box: resized, guides } = resizeBox(box, 'e', { x: 157, y: 0 }, { ...alone, others: [other], distance: 8, grid: 10 });
  assert.deepEqual([resized.width, guides], [500, [{ axis: 'x', at: 600 }]]);
});

test('resizeBox by a corner keeps the ratio and the opposite corner', () => {
  for (const handle of ['nw', 'ne', 'se', 'sw']) {
    const [x, y] = [handle.includes('e') ? 170 : -68, handle.includes('s') ? 75 : -30];
    const { box: resized, factor } = resizeBox(box, handle, { x, y }, { ...alone, free: true });
    assert.ok(Math.abs(resized.width / resized.height - 340 / 150) < 0.03, handle);
    assert.ok(Math.abs(resized.width - 340 * factor) <= 0.5 && factor > 1, handle);
    const fixed = [handle.includes('e') ? [box.x, resized.x] : [box.x + 340, resized.x + resized.width], handle.includes('s') ? [box.y, resized.y] : [box.y + 150, resized.y + resized.height]];
    for (const [before, after] of fixed) assert.equal(after, before, handle);
  }
});

test('resizeBox by a corner respects the limits of the factor, the canvas and the shortest side', () => {
  assert.equal(resizeBox(box, 'se', { x: 3400, y: 0 }, { ...alone, factors: [0.5, 2] }).factor, 2);
  assert.equal(resizeBox(box, 'se', { x: -330, y: -149 }, { ...alone, factors: [0.5, 2] }).factor, 0.5);
  const { box: small } = resizeBox(box, 'se', { x: -1000, y: -1000 }, alone);
  assert.equal(small.height, MIN_SIDE);
  const { box: large } = resizeBox(box, 'nw', { x: -3000, y: -3000 }, alone);
  assert.ok(large.x >= 0 && large.y >= 0 && large.x + large.width === 440 && large.y + large.height === 350);
});
