import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Connection } from '../web/lib/connection.js';

/** A browser whose sockets, answers and timers the test controls. */
class FakeBrowser {
  sockets = [];
  timers = [];
  wake = () => {};
  check = () => {};
  time = 0;
  status = 200;

  open() {
    const socket = { readyState: 0, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close: () => {} };
    this.sockets.push(socket);
    return socket;
  }

  probe() {
    return this.status ? Promise.resolve(this.status) : Promise.reject(new Error('no answer'));
  }

  now() {
    return this.time;
  }

  after(_, action) {
    return this.timers.push(action);
  }

  cancel() {
    this.timers = [];
  }

  every(_, action) {
    this.check = action;
  }

  onWake(action) {
    this.wake = action;
  }

  get socket() {
    return this.sockets.at(-1);
  }

  accept() {
    this.socket.readyState = 1;
    this.socket.onopen();
  }

  /** Closes the socket, waits for the probe, and returns. */
  async drop() {
    this.socket.readyState = 3;
    this.socket.onclose();
    await new Promise((resolve) => setImmediate(resolve));
  }

  retry() {
    this.timers.shift()();
  }
}

function connect() {
  const browser = new FakeBrowser();
  const seen = { states: [], frames: [], messages: [] };
  const connection = new Connection({
    state: (state) => seen.states.push(state),
    frame: (ids, view, offset, flags, seconds) => seen.frames.push({ ids, value: view.getFloat32(offset, true), flags, seconds }),
    message: (message) => seen.messages.push(message),
  }, browser);
  return { browser, connection, seen };
}

function frame(subscription, values, flags = 1) {
  const view = new DataView(new ArrayBuffer(16 + 4 * values.length));
  view.setUint8(0, 1);
  view.setUint8(1, flags);
  view.setUint16(2, subscription, true);
  view.setFloat64(8, 12.5, true);
  values.forEach((value, index) => view.setFloat32(16 + 4 * index, value, true));
  return { data: view.buffer };
}

test('the subscription is sent after every connect, and once if unchanged', () => {
  const { browser, connection } = connect();
  connection.subscribe(['speed'], 30);
  browser.accept();
  connection.subscribe(['speed'], 30);
  assert.deepEqual(browser.socket.sent, [{ channels: ['speed'], rate: 30 }]);
});

test('frames are decoded with the channels of their subscription', () => {
  const { browser, connection, seen } = connect();
  connection.subscribe(['speed'], 30);
  browser.accept();
  connection.subscribe(['rpm'], 30);
  browser.socket.onmessage(frame(1, [100]));
  browser.socket.onmessage(frame(2, [7000]));
  browser.socket.onmessage(frame(1, [100]));
  assert.deepEqual(seen.frames.map(({ ids, value }) => [ids[0], value]), [['speed', 100], ['rpm', 7000]]);
  assert.equal(seen.frames[0].seconds, 12.5);
});

test('the number of a subscription wraps at 65535 like that of the server', () => {
  const { browser, connection, seen } = connect();
  browser.accept();
  for (let count = 2; count <= 65536; count += 1) connection.subscribe([`channel${count}`], 30);
  browser.socket.onmessage(frame(65535, [1]));
  browser.socket.onmessage(frame(1, [2]));
  browser.socket.onmessage(frame(65535, [3]));
  assert.deepEqual(seen.frames.map(({ ids }) => ids[0]), ['channel65535', 'channel65536']);
});

test('malformed messages are ignored', () => {
  const { browser, connection, seen } = connect();
  connection.subscribe(['speed', 'rpm'], 30);
  browser.accept();
  for (const data of ['{', '1', 'null', new ArrayBuffer(0), new ArrayBuffer(16), frame(1, [1]).data, frame(9, [1, 2]).data]) browser.socket.onmessage({ data });
  assert.deepEqual([seen.frames, seen.messages], [[], []]);
});

test('a refused connection reports one state and does not flicker', async () => {
  const { browser, seen } = connect();
  browser.status = 401;
  await browser.drop();
  browser.retry();
  await browser.drop();
  browser.retry();
  assert.deepEqual(seen.states, ['refused', 'refused'], 'never closed in between');
});

test('a restart with another token is refused after being closed', async () => {
  const { browser, seen } = connect();
  browser.accept();
  await browser.drop();
  browser.status = 0;
  browser.retry();
  await browser.drop();
  browser.status = 401;
  browser.retry();
  await browser.drop();
  assert.deepEqual(seen.states, ['open', 'closed', 'closed', 'refused']);
});

test('a full server is reported, and a server that answers keeps the state', async () => {
  const { browser, seen } = connect();
  browser.status = 503;
  await browser.drop();
  browser.status = 200;
  browser.retry();
  await browser.drop();
  browser.retry();
  browser.accept();
  assert.deepEqual(seen.states, ['full', 'open']);
});

test('silence closes the connection and reconnects', () => {
  const { browser, seen } = connect();
  browser.accept();
  browser.time = 4000;
  browser.check();
  assert.deepEqual(seen.states, ['open']);
  browser.time = 6000;
  browser.check();
  assert.deepEqual(seen.states, ['open', 'closed']);
  browser.retry();
  assert.equal(browser.sockets.length, 2);
});

test('waking up retries at once', async () => {
  const { browser } = connect();
  browser.accept();
  await browser.drop();
  browser.wake();
  assert.equal(browser.sockets.length, 2);
  browser.wake();
  assert.equal(browser.sockets.length, 2, 'not while connecting');
});
