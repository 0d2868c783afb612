import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeLabels } from '../web/lib/map-labels.js';

const options = { height: 10, away: 8, markers: [], area: { width: 200, height: 200 } };
const car = (text, x, y, nx = 0, ny = -1) => ({ text, x, y, nx, ny, width: 30 });
const texts = (cars, more = {}) => placeLabels(cars, { ...options, ...more }).map(({ text }) => text);

test('placeLabels puts a label outside the track, else inside', () => {
  assert.deepEqual(placeLabels([car('MEN', 100, 100)], options), [{ text: 'MEN', x: 100, y: 87 }]);
  assert.deepEqual(placeLabels([car('MEN', 100, 5)], options), [{ text: 'MEN', x: 100, y: 18 }], 'the edge of the map');
});

test('placeLabels leaves out labels that cover others or the marker of the player', () => {
  assert.deepEqual(texts([car('A', 100, 100), car('B', 104, 100), car('C', 106, 100)]), ['A', 'B']);
  assert.deepEqual(texts([car('A', 100, 100)], { markers: [{ x: 100, y: 87, radius: 6 }] }), ['A']);
  assert.deepEqual(texts([car('A', 100, 100)], { markers: [{ x: 100, y: 87, radius: 6 }, { x: 100, y: 113, radius: 6 }] }), []);
  assert.deepEqual(texts([car('', 100, 100)]), []);
});
