import assert from 'node:assert/strict';
import { test } from 'node:test';

import { catalogueOf, isStepped, valueText } from '../web/lib/catalogue.js';
import { Comparison, DEFAULT_CHANNELS } from '../web/lib/comparison.js';
import { pixelRows, tracePixels } from '../web/lib/pixel-curve.js';
import { Pyramid } from '../web/lib/pyramid.js';
import { addressOf, routeOf } from '../web/lib/route.js';

/** A lap with a constant speed and a row for each thousandth of it. */
function samplesOf(seconds, lap = {}) {
  const rows = 1001;
  const position = Float32Array.from({ length: rows }, (_, row) => row / 1000);
  return { lap: { time_ms: seconds * 1000, length_m: 4000, ...lap }, rows, position, time: position.map((it) => it * seconds), columns: new Map(), gaps: new Uint8Array(rows) };
}

function compared(query, ...laps) {
  const comparison = new Comparison();
  comparison.take(new URLSearchParams(query));
  laps.forEach((samples, index) => {
    comparison.laps[index].samples = samples;
  });
  comparison.changed();
  return comparison;
}

const near = (a, b, limit = 1e-3) => Math.abs(a - b) <= limit;

test('routeOf reads what addressOf writes', () => {
  const route = routeOf(`#${addressOf('compare', '', { laps: '1,2', x: '', from: 0, to: 12.5 })}`);
  assert.deepEqual([route.view, route.rest, [...route.query]], ['compare', '', [['laps', '1,2'], ['from', '0'], ['to', '12.5']]]);
  assert.equal(addressOf('sessions', '12'), 'sessions/12');
  assert.deepEqual([routeOf('#sessions/12').rest, routeOf('').view, routeOf('dash').view], ['12', '', 'dash']);
});

test('comparison has the same state after its address was read again', () => {
  const query = 'laps=3,live-2,9&x=time&channels=speed,rpm&align=0.25&ideal=mini&ref=9';
  const first = compared(query);
  assert.equal(first.address, `compare?${query}`);
  const zoomed = compared('laps=3', samplesOf(80));
  zoomed.range = [1000, 1200.5];
  assert.equal(zoomed.address, 'compare?laps=3&from=1000&to=1200.5');
  assert.deepEqual(compared(routeOf(zoomed.address).query, samplesOf(80)).range, [1000, 1200.5]);
});

test('comparison ignores what an address cannot mean', () => {
  const comparison = compared('laps=1,x,1,2,3,4,5&x=up&align=7&ideal=no&channels=,,a-b&from=5&to=2');
  assert.deepEqual(comparison.ids, ['1', '2', '3', '4'], 'four laps, each once');
  assert.deepEqual([comparison.mode, comparison.ideal, comparison.channels, comparison.isZoomed], ['distance', '', DEFAULT_CHANNELS, false]);
  assert.ok(comparison.align < 1);
  assert.deepEqual([compared('').range, compared('').whole], [[0, 100], [0, 100]]);
});

test('comparison compares with the first lap, a chosen one, or the ideal lap', () => {
  const comparison = compared('laps=1,2,3', samplesOf(80), samplesOf(82), samplesOf(79));
  const [first, second, third] = comparison.laps;
  assert.deepEqual([comparison.referenceLap.name, comparison.deltas.has(first)], ['A', false]);
  assert.ok(near(comparison.deltas.get(second)[1000], 2) && near(comparison.deltas.get(third)[1000], -1));
  comparison.set({ reference: '3' });
  assert.ok(comparison.referenceLap.name === 'C' && near(comparison.deltas.get(second)[1000], 3));
  comparison.set({ ideal: 'mini', reference: 'ideal' });
  assert.equal(comparison.referenceLap.name, 'ideal');
  assert.ok(near(comparison.deltas.get(third)[1000], 0) && near(comparison.deltas.get(first)[1000], 1));
  comparison.set({ reference: '' });
  assert.ok(near(comparison.idealLap.delta[comparison.idealLap.rows - 1], -1));
});

test('the time axis begins at the line of alignment', () => {
  const comparison = compared('laps=1,2&x=time&align=0.5', samplesOf(80), samplesOf(90));
  const [first, second] = comparison.laps;
  assert.ok(near(comparison.axisOf(first)[500], 0) && near(comparison.axisOf(second)[1000], 45));
  assert.deepEqual(comparison.whole.map(Math.round), [-45, 45]);
  assert.ok(near(comparison.positionOf(second, 9), 0.6) && near(comparison.xOf(first, 0.75), 20));
});

test('a change of the axis keeps the visible part of the lap', () => {
  const comparison = compared('laps=1', samplesOf(80));
  comparison.range = [1000, 2000];
  comparison.cursor = 1500;
  comparison.useMode('time');
  assert.ok(near(comparison.range[0], 20) && near(comparison.range[1], 40) && near(comparison.cursor, 30));
  assert.deepEqual(comparison.visiblePart.map((part) => Math.round(part * 1000)), [250, 500]);
  comparison.range = comparison.whole;
  assert.equal(comparison.isZoomed, false);
});

test('cars that move are at the same time, not at the same position', () => {
  const comparison = compared('laps=1,2', samplesOf(80), samplesOf(100));
  comparison.cursor = 2000;
  assert.deepEqual(comparison.laps.map((lap) => comparison.shownPosition(lap)), [0.5, 0.5]);
  comparison.playAt = 40;
  assert.ok(near(comparison.shownPosition(comparison.laps[0]), 0.5) && near(comparison.shownPosition(comparison.laps[1]), 0.4));
});

/** A pen that notes its strokes. */
function noted(values, { gaps = [], width = 10, range = null, steps = false } = {}) {
  const strokes = [];
  const pen = { moveTo: (x, y) => strokes.push([[x, y]]), lineTo: (x, y) => strokes[strokes.length - 1].push([x, y]) };
  const axis = Float32Array.from(values, (_, index) => index);
  const marks = new Uint8Array(values.length);
  for (const gap of gaps) marks[gap] = 1;
  const visible = range ?? [0, values.length];
  tracePixels(pen, { axis, gaps: marks, pyramid: new Pyramid(Float32Array.from(values)), rows: pixelRows(axis, visible, width), range: visible, y: (value) => value, steps });
  return strokes;
}

test('tracePixels draws the extremes of each column of pixels', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index === 555 ? 99 : index % 2));
  const [stroke, ...others] = noted(values);
  assert.equal(others.length, 0);
  assert.equal(Math.max(...stroke.map(([, y]) => y)), 99, 'a peak of one row is drawn');
  assert.ok(stroke.length <= 20 && stroke.find(([, y]) => y === 99)[0] === 5.5);
  assert.equal(noted(Array(1000).fill(7))[0].length, 2, 'a flat curve is one stroke');
});

test('tracePixels leaves gaps empty at every zoom', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index >= 300 && index < 500 ? NaN : 1));
  assert.deepEqual(noted(values).map((stroke) => [stroke[0][0], stroke[stroke.length - 1][0]]), [[0.5, 2.5], [5.5, 9.5]]);
  assert.equal(noted([1, 2, NaN, 3, 4]).length, 2);
  assert.equal(noted([1, 2, NaN, 3, 4], { steps: true }).length, 1, 'steps continue through missing values');
  assert.equal(noted([1, 2, NaN, 3, 4], { steps: true, gaps: [2] }).length, 2, 'but not through gaps');
});

test('tracePixels reaches the edges of the visible range', () => {
  const [stroke] = noted([0, 1, 2, 3, 4, 5], { range: [1.5, 3.5], width: 100 });
  assert.ok(stroke[0][0] < 0 && stroke[stroke.length - 1][0] > 100);
  const steps = noted([3, 3, 4], { range: [0, 3], width: 30, steps: true })[0];
  assert.deepEqual(steps, [[0, 3], [10, 3], [20, 3], [20, 4]]);
});

test('values are written in the unit of their channel', () => {
  const catalogue = catalogueOf([
    { id: 'speed', kind: 'number', decimals: 1, display: { game: { unit: 'km/h', factor: 1, offset: 0, decimals: 1 } } },
    { id: 'gear', kind: 'number', decimals: 0 },
    { id: 'abs_active', kind: 'flag', decimals: 0, display: null },
    { id: 'car', kind: 'text' },
    null,
  ]);
  assert.deepEqual([...catalogue.keys()], ['speed', 'gear', 'abs_active']);
  const text = (id, value) => valueText(catalogue.get(id), value);
  assert.deepEqual([text('speed', 101.26), text('speed', NaN), text('gear', -1), text('abs_active', 1)], ['101.3 km/h', '–', 'R', '1']);
  assert.deepEqual(['speed', 'gear', 'abs_active'].map((id) => isStepped(catalogue.get(id))), [false, true, true]);
  assert.equal(catalogueOf(null).size, 0);
});
