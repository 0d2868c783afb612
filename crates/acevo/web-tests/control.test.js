import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Background, gameRows, nameOf, problemsOf, programRows, recordingRows, recordingState } from '../web/lib/background.js';
import { bytes } from '../web/lib/format.js';
import { send } from '../web/lib/send.js';

const RECORDING = { on: true, folder: '/home/me/acevo', file: '/home/me/acevo/a.acevo', time_s: 3723, laps: 4, bytes: 12_345_678, lost: 0, completed: 2, last_file: 'C:\\acevo\\b.acevo', problem: null };
const STATUS = { connection: 'attached', track: 'Monza', layout: 'GP', car: 'GT3', driver: 'Me', missed: 3, clients: 2, uptime_s: 61, version: '0.1.0', pid: 42, disk_free: 5e11, problems: [], recording: RECORDING };

const valueIn = (rows, name) => rows.find(([row]) => row === name).slice(1);

test('bytes has a unit of thousands', () => {
  assert.deepEqual([0, 999, 1000, 12_345_678, 1.5e9, 2e12, 5e15, -1, NaN].map(bytes), ['0 bytes', '999 bytes', '1 kB', '12.3 MB', '1.5 GB', '2.0 TB', '5000 TB', '–', '–']);
});

test('rows show every figure, and dashes without a state', () => {
  assert.deepEqual(valueIn(gameRows(STATUS), 'Track'), ['Monza GP']);
  assert.deepEqual(valueIn(gameRows(STATUS), 'Missed packets'), ['3', 'warn']);
  assert.deepEqual(valueIn(recordingRows(STATUS), 'File'), ['a.acevo']);
  assert.deepEqual(valueIn(recordingRows(STATUS), 'Time'), ['1:02:03']);
  assert.deepEqual(valueIn(recordingRows(STATUS), 'Size'), ['12.3 MB']);
  assert.deepEqual(valueIn(recordingRows(STATUS), 'Last file'), ['b.acevo']);
  assert.deepEqual(valueIn(recordingRows({ ...STATUS, disk_free: 1e9 }), 'Free disk'), ['1.0 GB', 'warn']);
  assert.deepEqual(valueIn(programRows(STATUS), 'Process'), ['42']);
  for (const rows of [gameRows, recordingRows, programRows]) {
    for (const status of [null, {}, { recording: null }, { recording: {} }, { recording: { file: 5 } }]) assert.ok(rows(status).every(([, value]) => typeof value === 'string' && !value.includes('undefined')));
  }
});

test('recordingState distinguishes recording, waiting, off and problems', () => {
  const words = (changes) => recordingState({ ...RECORDING, ...changes }).state;
  assert.deepEqual([{}, { file: null }, { on: false }, { problem: 'disk full' }].map(words), ['on', 'wait', 'off', 'problem']);
  assert.equal(recordingState(null).state, 'off');
});

test('problemsOf takes only texts', () => {
  assert.deepEqual(problemsOf({ problems: ['recording: disk full', '', 5, null] }), ['recording: disk full']);
  assert.deepEqual([null, {}, { problems: 'x' }].map(problemsOf), [[], [], []]);
  assert.equal(nameOf('/a/b.acevo'), 'b.acevo');
});

/** A model without a connection to anything, and a browser whose timers the test runs. */
function fake(answer) {
  const model = { connection: 'open', asked: 0, changes: 0, changed: () => { model.changes += 1; }, document: () => { model.asked += 1; return Promise.resolve(answer); } };
  const browser = { timers: [], hidden: false, after: (ms, action) => browser.timers.push({ ms, action }), cancel: () => { browser.timers = []; }, isHidden: () => browser.hidden };
  return { model, browser };
}

test('Background polls while the page is visible, and forgets the state with the connection', async () => {
  const { model, browser } = fake(STATUS);
  const background = new Background(model, browser);
  assert.equal(browser.timers[0].ms, 5000);
  await browser.timers[0].action();
  assert.deepEqual([background.status, model.asked, browser.timers.length], [STATUS, 1, 1]);
  background.every(1000);
  await new Promise(setImmediate);
  assert.deepEqual([model.asked, browser.timers.at(-1).ms], [2, 1000]);
  browser.hidden = true;
  await background.refresh();
  assert.deepEqual([model.asked, background.status], [2, STATUS]);
  model.connection = 'closed';
  await background.refresh();
  assert.deepEqual([model.asked, background.status], [2, null]);
});

test('Background takes no garbage for a state', async () => {
  for (const answer of [null, 5, 'x']) {
    const { model, browser } = fake(answer);
    const background = new Background(model, browser);
    await background.refresh();
    assert.equal(background.status, null);
  }
});

test('send returns the answer, or an error in words', async () => {
  const answers = (status, body) => (path, options) => {
    assert.deepEqual([path, options.method, options.headers['Content-Type'], options.body], ['/x', 'PUT', 'application/json', '{"a":1}']);
    return Promise.resolve({ ok: status < 300, status, text: () => Promise.resolve(body) });
  };
  const sent = (status, body) => send('PUT', '/x', { a: 1 }, answers(status, body));
  assert.deepEqual(await sent(204, ''), { ok: true, status: 204, answer: null, text: '' });
  assert.deepEqual(await sent(200, '{"keys":[]}'), { ok: true, status: 200, answer: { keys: [] }, text: '' });
  assert.equal((await sent(403, 'Only `acevo run` can do this.\n')).text, 'Only acevo run can do this.');
  assert.match((await sent(401, 'Bearer')).text, /Access denied/);
  assert.match((await sent(500, '')).text, /error 500/);
  assert.deepEqual(await sent(422, '{"problems":[]}'), { ok: false, status: 422, answer: { problems: [] }, text: '' });
  assert.equal((await send('PUT', '/x', {}, () => Promise.reject(new Error('down')))).text, 'acevo cannot be reached.');
});
