import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const WEB = new URL('../web', import.meta.url).pathname;
const LAYERS = ['lib', 'widgets', 'views', 'entry'];

const files = readdirSync(WEB, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
  .map((entry) => relative(WEB, join(entry.parentPath ?? entry.path, entry.name)));

const layerOf = (file) => {
  const folder = dirname(file);
  return LAYERS.indexOf(folder === '.' ? 'entry' : folder);
};

const importsOf = (file) => [...readFileSync(join(WEB, file), 'utf8').matchAll(/from '(\.[^']+)'/g)]
  .map(([, path]) => join(dirname(file), path));

test('every file is in a layer, and imports only files that exist', () => {
  assert.ok(files.length > 30);
  for (const file of files) {
    assert.notEqual(layerOf(file), -1, file);
    for (const imported of importsOf(file)) assert.ok(files.includes(imported), `${file} imports ${imported}`);
  }
});

test('no file imports from a higher layer, and no view imports another view', () => {
  for (const file of files) {
    for (const imported of importsOf(file)) {
      assert.ok(layerOf(imported) <= layerOf(file), `${file} imports ${imported}`);
      const sameView = LAYERS[layerOf(file)] === 'views' && LAYERS[layerOf(imported)] === 'views';
      assert.ok(!sameView, `${file} imports ${imported}`);
    }
  }
});

test('imports have no circle', () => {
  const done = new Set();
  const visit = (file, path) => {
    assert.ok(!path.includes(file), [...path, file].join(' -> '));
    if (done.has(file)) return;
    for (const imported of importsOf(file)) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});
