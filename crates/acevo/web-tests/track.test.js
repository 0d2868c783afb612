import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fit, Track } from '../web/lib/track.js';

/** A right-hand lap in the world, where X points right and Z points down: up, right, down, left. */
const LAP = Array.from({ length: 100 }, (_, index) => (index / 50) * Math.PI).map((angle) => [300 * Math.sin(angle), -400 - 200 * Math.cos(angle)]);
const SIZES = [[300, 100], [100, 300], [200, 200]];

test('fit keeps X to the right and Z downwards on every shape of canvas', () => {
  for (const [width, height] of SIZES) {
    const at = fit(LAP, { width, height }, 5);
    assert.ok(at(-1, 0)[0] < at(1, 0)[0]);
    assert.ok(at(0, -429)[1] < at(0, -368)[1]);
  }
});

test('fit keeps all points inside the margin', () => {
  for (const [width, height] of SIZES) {
    const at = fit(LAP, { width, height }, 5);
    for (const [x, y] of LAP.map((point) => at(...point))) {
      assert.ok(x > 4.9 && x < width - 4.9 && y > 4.9 && y < height - 4.9);
    }
  }
});

test('a right-hand lap is clockwise, and its outside points away from the middle', () => {
  const track = new Track({ points: LAP, known: true }, { width: 200, height: 200 }, 5);
  for (const position of [0, 0.2, 0.5, 0.99, 1.3, -0.1]) {
    const [x, y, dx, dy] = track.pixel(position);
    assert.ok((x - 100) * dx + (y - 100) * dy > 0, position);
    const [nextX, nextY] = track.pixel(position + 0.01);
    assert.ok((x - 100) * (nextY - 100) - (nextX - 100) * (y - 100) > 0, `clockwise at ${position}`);
  }
});

test('coinciding points have a position and a finite direction', () => {
  const track = new Track({ points: [[0, 0], [0, 0], [0, 0]], known: false }, { width: 100, height: 100 }, 5);
  assert.ok(track.pixel(0.5).every(Number.isFinite));
});
