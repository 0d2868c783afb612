import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deltaOf, equalParts, idealLap, secondsAt } from '../web/lib/delta.js';
import { Pyramid } from '../web/lib/pyramid.js';
import { sharesOf, statisticsOf } from '../web/lib/range-statistics.js';
import { decodeSamples, positionAt, rowAt, timeAt, valueAt } from '../web/lib/samples.js';
import { around, clampRange, keyed, panned, zoomed } from '../web/lib/viewport.js';

/** Bytes as the server sends them. */
function encoded(header, columns) {
  let text = JSON.stringify(header);
  text = text.padEnd(Math.ceil(text.length / 4) * 4);
  const bytes = new Uint8Array(4 + text.length + 4 * columns.flat().length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  bytes.set(new Uint8Array(Float32Array.from(columns.flat()).buffer), 4 + text.length);
  return bytes.buffer;
}

/** A lap with a constant speed: `seconds` long, a row for each hundredth of it. Rows of `hole` are lost, and a mark follows. */
function lapOf(seconds, { hole = [0, 0], columns = {} } = {}) {
  const [time, position, speed] = [[], [], []];
  for (let row = 0; row <= 100; row += 1) {
    if (row >= hole[0] && row < hole[1]) continue;
    if (row === hole[1] && row > 0) {
      time.push((seconds * row) / 100);
      position.push(row / 100);
      speed.push(NaN);
    }
    time.push((seconds * row) / 100);
    position.push(row / 100);
    speed.push(row);
  }
  const ids = ['speed', ...Object.keys(columns)];
  const header = { lap: { time_ms: seconds * 1000 }, rows: time.length, channels: ids };
  return decodeSamples(encoded(header, [time, position, speed, ...Object.values(columns)]));
}

test('decodeSamples reads what the server sends', () => {
  const lap = lapOf(50, { hole: [20, 30] });
  assert.deepEqual([lap.rows, lap.lap.time_ms, lap.time[10], [...lap.gaps].indexOf(1)], [92, 50000, 5, 20]);
  assert.ok(Number.isNaN(lap.columns.get('speed')[20]));
});

test('decodeSamples refuses anything else', () => {
  const good = encoded({ lap: {}, rows: 1, channels: [] }, [[0], [0]]);
  assert.equal(decodeSamples(good).rows, 1);
  const cut = good.slice(0, good.byteLength - 4);
  const long = new Uint8Array(good.slice(0));
  long[3] = 255;
  const others = [new ArrayBuffer(0), new ArrayBuffer(4), new ArrayBuffer(64), cut, long.buffer, encoded(null, []), encoded({ rows: -1, channels: [] }, [])];
  for (const bytes of others) assert.equal(decodeSamples(bytes), null);
});

test('valueAt never interpolates across a gap', () => {
  const lap = lapOf(50, { hole: [20, 30] });
  const speed = lap.columns.get('speed');
  const at = (position) => valueAt(lap, lap.position, speed, position);
  assert.ok(Math.abs(at(0.105) - 10.5) < 1e-4);
  assert.equal(at(lap.position[19]), 19);
  for (const inside of [0.195, 0.25, 0.2999, -1, 2]) assert.ok(Number.isNaN(at(inside)), inside);
  assert.ok(Math.abs(at(0.305) - 30.5) < 1e-4);
  assert.equal(valueAt(lap, lap.position, speed, 0.1057, true), 10, 'steps keep the value before');
  assert.ok(Math.abs(timeAt(lap, 0.5) - 25) < 1e-5 && Math.abs(positionAt(lap, 25) - 0.5) < 1e-6 && Number.isNaN(timeAt(lap, 0.25)));
  assert.deepEqual([rowAt([1, 2, 3], 2), rowAt([1, 2, 3], 4), rowAt([], 1)], [1, 3, 0]);
});

test('pyramid returns the extremes of every range', () => {
  const values = Float32Array.from({ length: 103 }, (_, index) => (index % 7 === 3 ? NaN : Math.sin(index * index)));
  const pyramid = new Pyramid(values);
  for (let from = 0; from < values.length; from += 1) {
    for (let to = from; to <= values.length; to += 1) {
      const known = [...values.slice(from, to)].filter((value) => !Number.isNaN(value));
      pyramid.range(from, to);
      const expected = known.length ? [Math.min(...known), Math.max(...known)] : [NaN, NaN];
      assert.deepEqual([pyramid.low, pyramid.high], expected, `${from}..${to}`);
    }
  }
});

test('deltaOf is positive for the slower lap, from the line or from a corner', () => {
  const delta = deltaOf(lapOf(51), lapOf(50));
  assert.ok(Math.abs(delta[100] - 1) < 1e-4 && Math.abs(delta[50] - 0.5) < 1e-4 && delta[0] === 0);
  const aligned = deltaOf(lapOf(51), lapOf(50), 0.5);
  assert.ok(Math.abs(aligned[50]) < 1e-4 && Math.abs(aligned[100] - 0.5) < 1e-4);
});

test('deltaOf is unknown in the gaps of either lap', () => {
  const whole = lapOf(50);
  const holed = lapOf(51, { hole: [20, 30] });
  const delta = deltaOf(whole, holed);
  assert.deepEqual([19, 20, 25, 29, 30].map((row) => Number.isNaN(delta[row])), [false, true, true, true, false]);
  const reverse = deltaOf(holed, whole);
  assert.ok(Number.isNaN(reverse[20]) && Math.abs(reverse[21] + -0.3) < 1e-4, 'the mark has no delta');
});

test('idealLap combines the fastest parts', () => {
  // The first lap is faster in the first half, the second one in the other.
  const bent = (first, second) => {
    const lap = lapOf(50);
    for (let row = 0; row < lap.rows; row += 1) lap.time[row] = row <= 50 ? (first * row) / 50 : first + (second * (row - 50)) / 50;
    lap.lap.time_ms = (first + second) * 1000;
    return lap;
  };
  const ideal = idealLap([bent(20, 30), bent(24, 25)], [0.5]);
  assert.equal(ideal.time_ms, 45000);
  assert.ok(Math.abs(timeAt(ideal, 0.25) - 10) < 1e-3 && Math.abs(timeAt(ideal, 0.75) - 32.5) < 1e-3);
  const delta = deltaOf(bent(20, 30), ideal);
  assert.ok(Math.abs(delta[50]) < 1e-3 && Math.abs(delta[100] - 5) < 1e-3);
  assert.deepEqual(equalParts(4), [0.25, 0.5, 0.75]);
  assert.equal(secondsAt(bent(20, 30), 1), 50);
  assert.equal(idealLap([], [0.5]), null);
});

test('statisticsOf weights the mean by time, without gaps', () => {
  const lap = lapOf(100, { hole: [20, 90] });
  const all = statisticsOf(lap, lap.columns.get('speed'), 0, lap.rows);
  assert.deepEqual([all.low, all.high], [0, 100]);
  // Seconds 0 to 19 and 90 to 100, each with the value at its beginning.
  const expected = ([...Array(19).keys()].reduce((a, b) => a + b, 0) + [90, 91, 92, 93, 94, 95, 96, 97, 98, 99].reduce((a, b) => a + b, 0)) / 29;
  assert.ok(Math.abs(all.mean - expected) < 1e-3, `${all.mean}, ${expected}`);
  const none = statisticsOf(lap, lap.columns.get('speed'), 5, 5);
  assert.ok(Number.isNaN(none.low) && Number.isNaN(none.mean));
});

test('sharesOf counts pedals, gears and slip by time', () => {
  const rows = Array.from({ length: 101 }, (_, row) => row);
  const lap = lapOf(100, {
    columns: {
      throttle: rows.map((row) => (row < 40 ? 1 : 0)),
      brake: rows.map((row) => (row >= 40 && row < 60 ? 0.5 : 0)),
      gear: rows.map((row) => (row < 50 ? 3 : 4)),
      wheel_locked_fl: rows.map((row) => (row >= 50 && row < 55 ? 1 : 0)),
      slip_ratio_rl: rows.map((row) => (row < 10 ? 0.3 : 0)),
    },
  });
  const shares = sharesOf(lap, 0, lap.rows);
  const near = (a, b) => Math.abs(a - b) < 1e-6;
  assert.ok(near(shares.full, 0.4) && near(shares.braking, 0.2) && near(shares.coasting, 0.4), JSON.stringify(shares));
  assert.ok(near(shares.locked, 0.05) && near(shares.spinning, 0.1) && near(shares.seconds, 100));
  assert.deepEqual(shares.gears.map(([gear, share]) => [gear, Math.round(share * 100)]), [[3, 50], [4, 50]]);
  const bare = sharesOf(lapOf(100), 0, 101);
  assert.ok([bare.full, bare.coasting, bare.locked, bare.spinning].every(Number.isNaN) && bare.gears.length === 0);
});

test('the visible range stays within the whole one', () => {
  const whole = [0, 1000];
  assert.deepEqual(clampRange([-50, 50], whole), [0, 100]);
  assert.deepEqual(clampRange([5, 5], whole), whole);
  assert.deepEqual(clampRange([NaN, 5], whole), whole);
  assert.deepEqual(zoomed([0, 1000], 0.5, 0, whole), [0, 500]);
  assert.deepEqual(zoomed([100, 300], 0.5, 200, whole), [150, 250]);
  assert.deepEqual(zoomed([100, 101], 0.001, 100, whole), [100, 100.5], 'the smallest range');
  assert.deepEqual(panned([100, 300], -500, whole), [0, 200]);
  assert.deepEqual(around(100, 200, whole), [85, 215]);
});

test('keys move the cursor, zoom around it and pan', () => {
  const whole = [0, 1000];
  const press = (key, state, shiftKey = false) => keyed({ key, shiftKey }, state, whole);
  assert.deepEqual(press('ArrowRight', { range: [0, 1000], cursor: null }), { range: [0, 1000], cursor: 502 });
  assert.deepEqual(press('ArrowRight', { range: [0, 100], cursor: 100 }).range.map((x) => Math.round(x * 10)), [2, 1002], 'the range follows the cursor');
  assert.deepEqual(press('ArrowRight', { range: [0, 100], cursor: 5 }, true), { range: [20, 120], cursor: 5 });
  assert.deepEqual(press('+', { range: [0, 300], cursor: 150 }), { range: [50, 250], cursor: 150 });
  assert.deepEqual(press('Home', { range: [1, 2], cursor: 1 }), { range: whole, cursor: 1 });
  assert.equal(press('x', { range: [1, 2], cursor: 1 }), null);
});
