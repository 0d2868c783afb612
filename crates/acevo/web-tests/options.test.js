import assert from 'node:assert/strict';
import { test } from 'node:test';

import { optionQuery } from '../web/lib/layout.js';
import { overlayOptions } from '../web/lib/options.js';

const standings = { columns: ['gap', 'interval', 'last', 'best'], flags: { around: true, classes: false } };
const options = (text, widget = standings) => overlayOptions(new URLSearchParams(text), widget);

test('overlayOptions reads columns in the order of the address, each once', () => {
  assert.deepEqual(options('columns=best,gap,best,speed').columns, ['best', 'gap']);
  assert.deepEqual([options('columns=speed').columns, options('').columns, options('columns=gap', {}).columns], [undefined, undefined, undefined]);
});

test('overlayOptions reads flags, and replaces other words by the default', () => {
  const flags = (text) => [options(text).around, options(text).classes];
  assert.deepEqual([flags(''), flags('around=off&classes=on'), flags('around=false&classes=true'), flags('around=maybe&classes=')], [[true, false], [false, true], [false, true], [true, false]]);
  assert.ok(!('around' in options('around=on', {})), 'only widgets that have the option get it');
});

test('overlayOptions limits numbers', () => {
  assert.deepEqual([options('within=0').within, options('within=99').within, options('within=x').within, options('rows=2.6').rows], [0.5, 30, undefined, 3]);
});

test('optionQuery is read by overlayOptions again', () => {
  const { columns, around, rows, within } = overlayOptions(optionQuery({ columns: ['last', 'gap'], around: false, rows: 7, within: 1.5 }), standings);
  assert.deepEqual({ columns, around, rows, within }, { columns: ['last', 'gap'], around: false, rows: 7, within: 1.5 });
});
