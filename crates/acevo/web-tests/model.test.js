import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LIVE, Model, NOT_CURRENT, PAUSED, WATCHING } from '../web/lib/model.js';
import { statement } from '../web/lib/statement.js';

function model(documents = {}, names = ['laps', 'outline', 'events']) {
  const server = { requests: [], documents, handlers: null };
  const created = new Model(names, {
    connect(handlers) {
      server.handlers = handlers;
      return { subscribe: () => {} };
    },
    load(path) {
      server.requests.push(path);
      return Promise.resolve(server.documents[path] ?? null);
    },
  });
  const send = {
    state: (state) => server.handlers.state(state),
    message: (message) => server.handlers.message(message),
    frame(values, flags = LIVE, seconds = 1) {
      const ids = Object.keys(values);
      const view = new DataView(new ArrayBuffer(4 * ids.length));
      ids.forEach((id, index) => view.setFloat32(4 * index, values[id], true));
      server.handlers.frame(ids, view, 0, flags, seconds);
    },
  };
  return { model: created, server, send };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('values are known only with telemetry', () => {
  const { model: created, send } = model();
  send.state('open');
  assert.ok(Number.isNaN(created.get('speed')));
  send.frame({ speed: 100, abs_active: 1 });
  assert.equal(created.get('speed'), 100);
  assert.ok(created.is('abs_active') && Number.isNaN(created.get('rpm')));
  send.state('closed');
  assert.ok(Number.isNaN(created.get('speed')) && !created.hasTelemetry);
});

test('physicsGap is the reason for missing values', () => {
  const { model: created, send } = model();
  send.state('open');
  send.frame({}, PAUSED | NOT_CURRENT);
  assert.equal(created.physicsGap, 'Paused');
  send.frame({}, LIVE | NOT_CURRENT);
  assert.equal(created.physicsGap, 'Resuming');
  send.frame({}, LIVE);
  assert.equal(created.physicsGap, '');
});

test('curves of the player and of a watched car are not joined', () => {
  const { model: created, send } = model();
  send.state('open');
  send.frame({ speed: 100 }, LIVE, 1);
  send.frame({ speed: 200 }, LIVE | WATCHING, 1.1);
  const values = [];
  created.history.each('speed', 10, (_, value) => values.push(value));
  assert.deepEqual(values, [100, NaN, 200]);
  assert.ok(created.isWatching);
});

test('a document is loaded again if it has changed during the request', async () => {
  const { server, send } = model({ '/api/outline': { points: [] } });
  for (let version = 1; version <= 3; version += 1) send.message({ type: 'outline', version });
  await settled();
  await settled();
  assert.equal(server.requests.filter((path) => path === '/api/outline').length, 2);
});

const lap = (index, trace = false) => ({ index, number: index + 1, trace });

test('only new laps are loaded, and all after a new connection', async () => {
  const { model: created, server, send } = model({ '/api/laps': [lap(0), lap(1)], '/api/laps?from=2': [lap(2)], '/api/laps?from=3': [] });
  const requests = () => server.requests.filter((path) => path.startsWith('/api/laps'));
  send.state('open');
  send.message({ type: 'laps', count: 2, first_trace: null });
  await settled();
  send.message({ type: 'laps', count: 3, first_trace: null });
  await settled();
  send.message({ type: 'laps', count: 3, first_trace: null });
  await settled();
  assert.deepEqual(created.laps, [lap(0), lap(1), lap(2)]);
  assert.deepEqual(requests(), ['/api/laps', '/api/laps?from=2', '/api/laps?from=3']);
  // Another server, with a lap less.
  send.state('closed');
  send.state('open');
  server.documents['/api/laps'] = [lap(0)];
  send.message({ type: 'laps', count: 1, first_trace: null });
  await settled();
  assert.deepEqual(created.laps, [lap(0)]);
  assert.equal(requests().at(-1), '/api/laps');
});

test('an answer from before a new connection adds no laps', async () => {
  const { model: created, server, send } = model({ '/api/laps': [lap(0), lap(1)] });
  send.state('open');
  send.message({ type: 'laps', count: 2, first_trace: null });
  send.state('closed');
  send.state('open');
  server.documents['/api/laps'] = [lap(0)];
  send.message({ type: 'laps', count: 1, first_trace: null });
  await settled();
  await settled();
  assert.deepEqual(created.laps, [lap(0)]);
});

test('laps lose their trace when the server no longer has it', async () => {
  const { model: created, send } = model({ '/api/laps': [lap(0, true), lap(1, true)], '/api/laps?from=2': [lap(2, true)] });
  send.state('open');
  send.message({ type: 'laps', count: 2, first_trace: 0 });
  await settled();
  assert.deepEqual(created.laps.map(({ trace }) => trace), [true, true]);
  send.message({ type: 'laps', count: 3, first_trace: 1 });
  await settled();
  assert.deepEqual(created.laps.map(({ trace }) => trace), [false, true, true]);
});

test('documents that are not needed are not loaded', () => {
  const { server, send } = model({}, ['laps']);
  send.message({ type: 'outline', version: 1 });
  assert.deepEqual(server.requests, []);
});

test('events before the connection and during the request appear once', async () => {
  const event = (at_s) => ({ event: 'green', at_s });
  const { model: created, server, send } = model();
  server.documents['/api/events'] = [event(1), event(2)];
  send.state('open');
  send.message({ type: 'event', event: event(2) });
  send.message({ type: 'event', event: event(3) });
  await settled();
  assert.deepEqual(created.events.map(({ at_s }) => at_s), [1, 2, 3]);
});

test('lists have an upper bound', () => {
  const { model: created, send } = model();
  for (let count = 0; count < 500; count += 1) send.message({ type: 'event', event: { event: 'green', at_s: count } });
  assert.equal(created.events.length, 200);
  assert.equal(created.eventCount, 500);
});

test('laps have an upper bound', async () => {
  const { model: created, send } = model({ '/api/laps': Array.from({ length: 5000 }, (_, index) => lap(index)), '/api/laps?from=5000': [lap(5000)] });
  send.message({ type: 'laps', count: 5000, first_trace: null });
  await settled();
  send.message({ type: 'laps', count: 5001, first_trace: null });
  await settled();
  assert.deepEqual([created.laps.length, created.laps[0].index, created.laps[4999].index], [5000, 1, 5000]);
});

test('malformed messages change nothing', () => {
  const { model: created, send } = model();
  for (const message of [{ type: 'cars' }, { type: 'cars', cars: 1 }, { type: 'texts' }, { type: 'event' }, { type: 'unknown' }]) send.message(message);
  assert.deepEqual([created.cars, created.events], [[], []]);
});

test('statement explains a refused connection, and a restart with another token', () => {
  const { model: created, send } = model();
  send.state('refused');
  assert.match(statement(created).detail, /token=/);
  assert.doesNotMatch(statement(created).detail, /restarted/);
  send.state('open');
  send.state('closed');
  assert.equal(statement(created).chip, 'Disconnected');
  send.state('refused');
  assert.match(statement(created).detail, /restarted/);
});

test('statement names the end of a recording', () => {
  const { model: created, send } = model();
  send.state('open');
  send.message({ type: 'status', connection: 'ended', headline: 'End of recording', detail: 'x', recording: true });
  send.frame({}, 0);
  assert.equal(statement(created).headline, 'End of recording');
});

test('field is that of the last message, and empty without a connection', async () => {
  const { model: created, server, send } = model({ '/api/field': { order: 'race', cars: [{ car: 'a' }] } }, ['field']);
  assert.deepEqual(created.field.cars, []);
  send.state('open');
  await settled();
  assert.deepEqual(created.field.cars, [{ car: 'a' }]);
  send.message({ type: 'field', order: 'best_lap', cars: [{ car: 'b' }] });
  assert.deepEqual([created.field.order, created.field.cars], ['best_lap', [{ car: 'b' }]]);
  send.state('closed');
  assert.deepEqual(created.field.cars, []);
  // A message during the request is newer than its answer.
  send.state('open');
  send.message({ type: 'field', order: 'race', cars: [{ car: 'c' }] });
  await settled();
  assert.deepEqual(created.field.cars, [{ car: 'c' }]);
  assert.deepEqual(server.requests.filter((path) => path === '/api/field').length, 2);
});
