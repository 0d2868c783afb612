import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestPages, commonTrack, flagOf, healthOf, keyOf, layoutOf, MAX_LINES, pageAt, stateWords, summaryOf, WallModel, wallOptions } from '../web/lib/wall.js';

const rig = (name, more = {}) => ({ site: 'club', rig: name, state: 'live', track: 'Monza', configuration: null, live: null, missed: 0, backlog: 0, dropped: 0, clock_behind_s: 0, ...more });
const message = (rigs, more = {}) => ({ type: 'wall', is_full: false, now_ms: 5, broker: { connected: true, problem: null, since_ms: 1 }, address: 'mqtt://host', rigs, ...more });

test('model keeps rigs that have not changed, and forgets them with a whole state', () => {
  const model = new WallModel();
  let changes = 0;
  model.onChange(() => { changes += 1; });
  model.take(message([rig('rig-10'), rig('rig-9', { state: 'offline' }), rig('rig-2')], { is_full: true, bests: [{ track: 'Monza', car: 'B', laps: [] }, { track: 'Monza', car: 'A', laps: [] }, { track: 'Imola', configuration: null, car: 'C', laps: [] }] }));
  assert.deepEqual(model.rigs.map(keyOf), ['club/rig-2', 'club/rig-10', 'club/rig-9'], 'natural order, offline last');
  model.take(message([rig('rig-9', { state: 'menu' })]));
  assert.deepEqual(model.rigs.map((it) => it.rig), ['rig-2', 'rig-9', 'rig-10']);
  assert.deepEqual(model.bests.map(({ car }) => car), ['C', 'A', 'B'], 'they stay until they change');
  model.take(message([rig('rig-1')], { is_full: true }));
  assert.deepEqual(model.rigs.map((it) => it.rig), ['rig-1']);
  model.setConnection('closed');
  assert.deepEqual([changes, model.connection, model.now, model.address], [4, 'closed', 5, 'mqtt://host']);
});

test('model ignores other messages', () => {
  const model = new WallModel();
  for (const other of [{}, { type: 'status' }, { type: 'wall' }, { type: 'wall', rigs: {} }]) model.take(other);
  assert.equal(model.rigs.length, 0);
  model.take({ type: 'wall', rigs: [] });
  assert.deepEqual([model.broker, model.address, model.site, model.bests, Number.isNaN(model.now)], [null, '', '', [], true]);
});

test('layout has cards for few rigs, and pages of lines for many', () => {
  for (let count = 0; count <= 500; count += 1) {
    const { kind, columns, rows, pages, perPage } = layoutOf(count);
    assert.ok(columns * rows >= Math.min(count, perPage) && pages * perPage >= count, `${count}`);
    assert.equal(kind, count <= 12 ? 'cards' : 'lines');
    assert.ok(kind === 'cards' || rows <= MAX_LINES);
    assert.ok(pages === 1 || (pages - 1) * perPage < count, `no page is empty with ${count}`);
  }
  assert.equal(layoutOf(30).pages, 2);
  assert.equal(layoutOf(100).pages, 5);
  assert.deepEqual(layoutOf(100, { scrolls: true }).pages, 1);
});

test('every page is shown for its time', () => {
  assert.deepEqual([0, 9, 10, 29, 30].map((at) => pageAt(at, 3, 10)), [0, 0, 1, 2, 0]);
  assert.equal(pageAt(1e9, 1, 10), 0);
  assert.equal(pageAt(1e9, 0, 10), 0);
});

test('pages of best laps have as many lines as fit', () => {
  const table = (track, count) => ({ track, car: 'GT3', laps: Array.from({ length: count }, (_, place) => ({ place })) });
  const shape = (tables, lines, top) => bestPages(tables, lines, top).map((page) => page.map(({ track, laps }) => `${track}${laps.length}`).join(' '));
  assert.deepEqual(shape([table('A', 30), table('B', 2), table('C', 5)], 16, 10), ['A10 B2', 'C5']);
  assert.deepEqual(shape([table('A', 30), table('B', 30)], 19, 10), ['A10 B5'], 'the rest of a page is used');
  assert.deepEqual(shape([table('A', 30), table('B', 30)], 18, 10), ['A10', 'B10']);
  assert.deepEqual(shape([table('A', 30)], 6, 10), ['A4'], 'a table is never longer than a page');
  assert.deepEqual(shape([table('A', 30), table('B', 1)], Infinity, 10), ['A10 B1'], 'a phone scrolls');
  assert.deepEqual(shape([table('A', 30)], 1, 10), ['A1']);
  assert.deepEqual(shape([], 16, 10), []);
});

test('states, flags and problems are words', () => {
  assert.equal(stateWords(rig('a')), '');
  assert.equal(stateWords(rig('a', { state: 'stale' })), 'No messages');
  assert.equal(stateWords(rig('a', { state: 'toString' })), 'Unknown');
  assert.equal(flagOf(rig('a', { live: { flag: 5 } })), 'YellowFlag');
  assert.equal(flagOf(rig('a', { live: { flag: 0 } })), '');
  assert.equal(flagOf(rig('a', { live: { flag: 99 } })), '');
  assert.equal(flagOf(rig('a', { state: 'paused', live: { flag: 5 } })), '', 'flags are of this moment');
  assert.equal(healthOf(rig('a')), '');
  assert.equal(healthOf(rig('a', { missed: 12, backlog: 3, dropped: 1, clock_behind_s: -3600 })), '12 missed · 3 waiting · 1 dropped · wrong clock');
  assert.equal(healthOf({ missed: null, backlog: null, dropped: null, clock_behind_s: null }), '');
  assert.equal(summaryOf([rig('a'), rig('b'), rig('c', { state: 'menu' }), rig('d', { state: 'offline' })]), '2 driving · 1 not driving · 1 offline');
});

test('a track that all rigs have is shown once', () => {
  assert.equal(commonTrack([rig('a'), rig('b', { track: null }), rig('c', { configuration: null })]), 'Monza');
  assert.equal(commonTrack([rig('a'), rig('b', { configuration: 'Short' })]), '');
  assert.equal(commonTrack([]), '');
});

test('options in the address have limits', () => {
  const options = (text) => wallOptions(new URLSearchParams(text));
  assert.deepEqual(options(''), { seconds: 12, top: 10, show: '' });
  assert.deepEqual(options('seconds=20&top=5&show=bests'), { seconds: 20, top: 5, show: 'bests' });
  assert.deepEqual(options('seconds=0&top=1e9&show=x'), { seconds: 3, top: 100, show: '' });
  assert.deepEqual(options('seconds=soon&top='), { seconds: 12, top: 1, show: '' });
});
