import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changesOf, effectOf, fieldValue, fileProblem, labelOf, nameProblem, problemText, savedText, shown, textOf, trackChanges } from '../web/lib/settings-form.js';

const key = (kind, more = {}) => ({ name: 'recording.max_age', kind, unit: '', origin: 'default', applies: 'restart', ...more });

test('fieldValue reads numbers, limits and positions, and leaves the rest to the server', () => {
  const value = (kind, text) => fieldValue(key(kind), text);
  assert.deepEqual(['8080', ' -1 ', '8e3', '80.5', ''].map((text) => value('integer', text)), [8080, -1, '8e3', '80.5', '']);
  assert.deepEqual(['1.5', '0,85', '.5', '1e3', 'x', 'Infinity'].map((text) => value('number', text)), [1.5, 0.85, 0.5, '1e3', 'x', 'Infinity']);
  assert.deepEqual(['90d', ' none ', ''].map((text) => value('age', text)), ['90d', 'none', 'none']);
  assert.equal(value('size', ''), 'none');
  assert.deepEqual(['0.31, 0.68', '0.31 0.68', '0.5;', 'thirds', '', 'a, b'].map((text) => value('positions', text)), [[0.31, 0.68], [0.31, 0.68], [0.5], 'thirds', 'thirds', 'a, b']);
  assert.equal(value('folder', ' ~/races '), '~/races');
});

test('textOf is what fieldValue reads again', () => {
  for (const [kind, value] of [['integer', 7333], ['number', 0.5], ['age', '90d'], ['age', 'none'], ['size', '1.5TB'], ['positions', [0.31, 0.68]], ['positions', 'thirds'], ['text', 'left rig']]) {
    assert.deepEqual(fieldValue(key(kind), textOf(key(kind), value)), value, kind);
  }
  assert.equal(textOf(key('text'), null), '');
});

test('shown and labelOf are in words', () => {
  assert.equal(shown(key('switch'), true), 'on');
  assert.equal(shown(key('age'), 'none'), 'none');
  assert.equal(shown(key('folder'), ''), 'empty');
  assert.equal(shown(key('number', { unit: '°C' }), 110), '110 °C');
  const label = (name) => labelOf({ name });
  assert.deepEqual(['units', 'thresholds.low_fuel_laps', 'thresholds.hot_oil_c', 'recording.max_age'].map(label), ['Units', 'Low fuel', 'Hot oil', 'Maximum age']);
});

test('changesOf has only fields that differ, and null for keys that are removed', () => {
  const units = key('choice', { name: 'units', value: 'game' });
  const port = key('integer', { name: 'server.port', value: 80, origin: 'file', default: 7333 });
  assert.deepEqual(changesOf([{ key: units, value: 'game' }, { key: port, value: 80 }]), {});
  assert.deepEqual(changesOf([{ key: units, value: 'kpa' }, { key: port, value: 7333, reset: true }]), { units: 'kpa', 'server.port': null });
  assert.deepEqual(changesOf([{ key: units, value: 'game', reset: true }]), {}, 'a default that is not in the file');
  const list = key('choices', { name: 'recording.sessions', value: ['race'] });
  assert.deepEqual(changesOf([{ key: list, value: ['race'] }]), {});
  assert.deepEqual(changesOf([{ key: list, value: [] }]), { 'recording.sessions': [] });
});

test('trackChanges adds, changes, renames and removes tracks', () => {
  const tracks = [{ name: 'Monza', value: [0.3, 0.7] }, { name: 'Ring/GP', value: 'thirds' }];
  const rows = (...list) => list.map(([name, text, before = null]) => ({ name, text, before }));
  const [monza, ring] = tracks;
  assert.deepEqual(trackChanges(tracks, rows(['Monza', '0.3, 0.7', monza], ['Ring/GP', '', ring])), {});
  assert.deepEqual(trackChanges(tracks, rows(['Monza', '0.5', monza], ['Spa', '0.2 0.6'], ['Ring/GP', 'thirds', ring])), { 'sectors.Monza': [0.5], 'sectors.Spa': [0.2, 0.6] });
  assert.deepEqual(trackChanges(tracks, rows(['Monza', '0.3, 0.7', monza])), { 'sectors.Ring/GP': null });
  assert.deepEqual(trackChanges(tracks, rows(['Monza/GP', '0.3, 0.7', monza], ['Ring/GP', '', ring])), { 'sectors.Monza': null, 'sectors.Monza/GP': [0.3, 0.7] });
  // Removed and added again under the same name.
  assert.deepEqual(trackChanges([monza], rows([' Monza ', '0.4'])), { 'sectors.Monza': [0.4] });
});

test('nameProblem refuses names that are empty, reserved or not unique', () => {
  const rows = ['Monza', ' Monza', '', 'default', 'Spa'].map((name) => ({ name }));
  assert.deepEqual(rows.map((row) => nameProblem(rows, row) !== ''), [true, true, true, true, false]);
});

test('problems are sentences', () => {
  assert.equal(problemText({ message: 'expected 0 to 65535, found 70000', suggestion: null }), 'expected 0 to 65535, found 70000.');
  assert.equal(problemText({ message: 'unknown key', suggestion: 'did you mean server.port?' }), 'unknown key; did you mean server.port?');
  assert.equal(fileProblem({ line: 3, key: 'server.prot', message: 'unknown key' }), 'Line 3: server.prot: unknown key.');
  assert.equal(fileProblem({ line: null, key: '', message: 'cannot read it' }), 'cannot read it.');
});

test('savedText has when each change takes effect', () => {
  const [now, later] = [{ applies: 'at_once' }, { applies: 'restart' }];
  assert.equal(savedText([now]), 'Saved: it takes effect now.');
  assert.equal(savedText([later, later]), 'Saved 2 settings: they take effect after a restart of acevo.');
  assert.equal(savedText([now, later, later]), 'Saved 3 settings: 1 takes effect now, 2 take effect after a restart of acevo.');
  assert.equal(effectOf({ applies: 'next_session' }), 'Takes effect in the next session.');
});
