import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOf, basesOf } from '../web/lib/addresses.js';

const page = (url) => new URL(url);
const LAN = { here: 'http://127.0.0.1:7333', network: ['http://192.168.1.20:7333', 'http://10.0.0.5:7333'], token: 'abc', is_same_computer: false };
const ONLY_HERE = { here: 'http://127.0.0.1:7333', network: [], token: null, is_same_computer: true };

test('this computer needs no token', () => {
  assert.deepEqual(basesOf(ONLY_HERE, page('http://localhost:7333/#overlays')), [{ label: 'OBS on this computer', base: 'http://127.0.0.1:7333', token: '' }]);
  const [here, ...others] = basesOf(LAN, page('http://127.0.0.1:7333/'));
  assert.deepEqual([here.base, here.token], ['http://127.0.0.1:7333', '']);
  assert.deepEqual(others.map(({ base, token }) => [base, token]), [['http://192.168.1.20:7333', 'abc'], ['http://10.0.0.5:7333', 'abc']]);
});

test('a tunnel keeps its own port', () => {
  assert.equal(basesOf(ONLY_HERE, page('http://localhost:8000/'))[0].base, 'http://127.0.0.1:8000');
  assert.equal(basesOf(ONLY_HERE, page('http://127.0.0.1/'))[0].base, 'http://127.0.0.1');
});

test('another device gets the addresses that work there, its own first', () => {
  const bases = basesOf(LAN, page('http://10.0.0.5:7333/'));
  assert.deepEqual(bases.map(({ base }) => base), ['http://10.0.0.5:7333', 'http://192.168.1.20:7333']);
  assert.ok(bases.every(({ token }) => token === 'abc'));
  // The same computer, by its address in the network.
  const own = basesOf({ ...LAN, is_same_computer: true }, page('http://192.168.1.20:7333/'));
  assert.deepEqual(own.map(({ base, token }) => [base, token]), [['http://127.0.0.1:7333', ''], ['http://192.168.1.20:7333', 'abc'], ['http://10.0.0.5:7333', 'abc']]);
});

test('an answer that failed or is garbage still gives the address of the page', () => {
  for (const answer of [null, {}, { network: 'x' }, { network: [5] }]) assert.equal(basesOf(answer, page('http://127.0.0.1:7333/'))[0].base, 'http://127.0.0.1:7333');
  assert.equal(basesOf(null, page('http://192.168.1.20:7333/'))[0].base, 'http://192.168.1.20:7333');
});

test('addressOf has the token first, then options', () => {
  assert.equal(addressOf({ base: 'http://127.0.0.1:7333', token: '' }, '/overlay/gear', {}), 'http://127.0.0.1:7333/overlay/gear');
  assert.equal(addressOf({ base: 'http://10.0.0.5:7333', token: 'abc' }, '/overlay/gear', { scale: '1.5', accent: '#fff' }), 'http://10.0.0.5:7333/overlay/gear?token=abc&scale=1.5&accent=%23fff');
});
