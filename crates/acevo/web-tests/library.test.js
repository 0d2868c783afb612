import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Basket } from '../web/lib/basket.js';
import { dateText, daysAgo, lapOrigin, lapTitle, sessionTitle } from '../web/lib/lap-names.js';
import * as library from '../web/lib/library.js';
import { pointsOf } from '../web/lib/outline-points.js';
import { progressPoints } from '../web/lib/progress.js';
import { receive } from '../web/lib/send.js';

test('basket keeps four laps, and drops the oldest', () => {
  const basket = new Basket();
  let changes = 0;
  basket.onChange(() => {
    changes += 1;
  });
  for (const id of [1, 2, 3, 4, 5]) basket.toggle(id, `Lap ${id}`);
  assert.deepEqual([basket.size, basket.has(1), basket.has('5'), changes], [4, false, true, 5]);
  assert.equal(basket.address, 'compare?laps=2,3,4,5');
  basket.toggle('3', '');
  assert.deepEqual(basket.titles, ['Lap 2', 'Lap 4', 'Lap 5']);
  basket.clear();
  assert.equal(basket.size, 0);
});

test('progressPoints marks each new best, and leaves out sessions without a time', () => {
  const times = [90000, null, 89000, 89500, 88000];
  const points = progressPoints(times.map((best_ms) => ({ best_ms })));
  assert.deepEqual(points.map(({ best }) => best), [true, true, false, true]);
  assert.deepEqual(points.map(({ x }) => Math.round(x * 3)), [0, 1, 2, 3]);
  assert.deepEqual([points[0].y, points[3].y], [1, 0], 'the best lap is the lowest point');
  assert.deepEqual(progressPoints([{ best_ms: 90000 }]).map(({ x, y }) => [x, y]), [[0.5, 0]]);
  assert.deepEqual(progressPoints([]), []);
});

test('names of laps and sessions have what is known', () => {
  assert.equal(lapTitle({ number: 3, time_ms: 83456 }), 'Lap 3 · 1:23.456');
  assert.equal(lapTitle({}), 'Lap · no time');
  assert.equal(lapOrigin({ car: 'gt3', driver: 'A' }), 'gt3 · A');
  assert.equal(sessionTitle({ title: '', track: 'monza', car_name: 'GT3' }), 'monza · GT3');
  assert.equal(sessionTitle({ title: 'Evening' }), 'Evening');
  assert.equal(dateText(null), '');
  assert.equal(dateText('nonsense'), '');
  assert.match(dateText('2020-05-01T12:00:00Z', new Date('2026-01-01')), /2020/);
  assert.deepEqual([daysAgo(0), daysAgo(7, Date.UTC(2026, 0, 8))], ['', '2026-01-01T00:00:00.000Z']);
});

test('pointsOf bridges gaps, and needs coordinates', () => {
  const position = Float32Array.from({ length: 101 }, (_, row) => row / 100);
  const [x, z] = [position.map((it) => it * 100), position.map((it) => (it > 0.4 && it < 0.5 ? NaN : 5))];
  const samples = { rows: 101, position, gaps: new Uint8Array(101), columns: new Map([['position_x', x], ['position_z', z]]) };
  const points = pointsOf(samples);
  assert.ok(points.every(([a, b]) => Number.isFinite(a + b)) && points.length > 100);
  assert.ok(Math.abs(points[Math.floor(points.length / 4)][0] - 25) < 0.5);
  assert.equal(pointsOf({ ...samples, columns: new Map() }), null);
  assert.equal(pointsOf(null), null);
});

test('receive and samples report why something cannot be loaded', async () => {
  const answer = (status, body) => () => new Response(body, { status });
  assert.deepEqual((await receive('/x', answer(200, '{"a":1}'))).answer, { a: 1 });
  assert.equal((await receive('/x', answer(404, 'This lap is gone.\n'))).text, 'This lap is gone.');
  assert.equal((await receive('/x', () => Promise.reject(new Error('down')))).ok, false);
  const before = globalThis.fetch;
  try {
    globalThis.fetch = answer(404, 'There is no such lap.\n');
    assert.deepEqual(await library.samples('1', ['speed']), { problem: 'There is no such lap.' });
    globalThis.fetch = answer(200, 'nonsense');
    assert.match((await library.samples('1', ['speed'])).problem, /cannot be read/);
  } finally {
    globalThis.fetch = before;
  }
});

test('addresses of shared laps name the other lap only if there is one', () => {
  assert.deepEqual([library.lapPicture('5'), library.lapPicture('5', '7'), library.lapFile('5')], ['/api/library/laps/5/png', '/api/library/laps/5/png?against=7', '/api/library/laps/5/file']);
});
