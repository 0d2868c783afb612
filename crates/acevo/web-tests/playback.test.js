import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Model } from '../web/lib/model.js';
import { actionOf, control, lapAt, lapStep, marks } from '../web/lib/playback.js';

const LAPS = [{ id: '1/1', from_s: 0, to_s: 100 }, { id: '1/2', from_s: 100, to_s: 190 }, { id: '2/1', from_s: 200, to_s: 300 }];

test('lapAt is null between two laps', () => {
  assert.equal(lapAt(LAPS, 0).id, '1/1');
  assert.equal(lapAt(LAPS, 100).id, '1/2');
  assert.equal(lapAt(LAPS, 195), null);
  assert.equal(lapAt([], 5), null);
});

test('lapStep begins a lap again, unless it has just begun', () => {
  assert.equal(lapStep(LAPS, 150, false), 100);
  assert.equal(lapStep(LAPS, 101, false), 0);
  assert.equal(lapStep(LAPS, 1, false), null);
  assert.equal(lapStep(LAPS, 100, true), 200);
  assert.equal(lapStep(LAPS, 250, true), null);
});

test('marks are parts of the timeline', () => {
  assert.deepEqual(marks(LAPS, 400), [0, 0.25, 0.5]);
  assert.deepEqual(marks(LAPS, 0), []);
  assert.deepEqual(marks([LAPS[0], LAPS[0]], 100), [0]);
});

test('actionOf maps keys to requests', () => {
  const playing = { position_s: 105, paused: false, ended: false };
  assert.deepEqual(actionOf(' ', playing, LAPS), { action: 'pause' });
  assert.deepEqual(actionOf(' ', { ...playing, paused: true }, LAPS), { action: 'play' });
  assert.deepEqual(actionOf(' ', { ...playing, ended: true }, LAPS), { action: 'play' });
  assert.deepEqual(actionOf('ArrowRight', playing, LAPS), { action: 'seek', at_s: 115 });
  assert.deepEqual(actionOf('ArrowLeft', { ...playing, position_s: 3 }, LAPS), { action: 'seek', at_s: 0 });
  assert.deepEqual(actionOf('[', playing, LAPS), { action: 'seek', at_s: 100 });
  assert.deepEqual(actionOf(']', playing, LAPS), { action: 'seek', at_s: 200 });
  assert.equal(actionOf(']', playing, []), null);
  assert.equal(actionOf('x', playing, LAPS), null);
});

test('control returns the reason of a refusal', async () => {
  const sent = [];
  const server = (answer) => (path, options) => {
    sent.push([path, options.method, options.headers['Content-Type'], options.body]);
    return answer;
  };
  assert.equal(await control({ action: 'pause' }, server({ ok: true })), '');
  assert.deepEqual(sent, [['/api/playback', 'POST', 'application/json', '{"action":"pause"}']]);
  assert.equal(await control({}, server({ ok: false, text: async () => 'No recording is played.\n' })), 'No recording is played.');
  assert.equal(await control({}, () => Promise.reject(new Error('offline'))), 'acevo does not answer.');
});

test('laps and events are loaded again after a seek', async () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const requests = [];
  const documents = { '/api/laps': [{ index: 0 }, { index: 1 }], '/api/events': [{ event: 'lap' }] };
  let handlers;
  const model = new Model(['laps', 'events'], {
    connect(given) {
      handlers = given;
      return { subscribe: () => {} };
    },
    load(path) {
      requests.push(path);
      return Promise.resolve(documents[path] ?? null);
    },
  });
  handlers.state('open');
  handlers.message({ type: 'laps', count: 2, seeks: 0 });
  handlers.message({ type: 'playback', position_s: 5 });
  await settled();
  assert.equal(model.laps.length, 2);
  assert.equal(model.playback.position_s, 5);
  documents['/api/laps'] = [{ index: 0 }];
  documents['/api/events'] = [];
  requests.length = 0;
  handlers.message({ type: 'laps', count: 1, seeks: 1 });
  await settled();
  assert.deepEqual(requests.sort(), ['/api/events', '/api/laps']);
  assert.equal(model.laps.length, 1);
  assert.equal(model.events.length, 0);
  handlers.state('closed');
  assert.equal(model.playback, null);
});
