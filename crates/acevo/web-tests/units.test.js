import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CHOICES, Units, UNITS_PATH } from '../web/lib/units.js';

const same = (unit, decimals) => ({ unit, factor: 1, offset: 0, decimals });
/** As the server answers, shortened to what the tests need. */
const CHANNELS = [
  { id: 'speed', display: { game: same('km/h', 1), metric: same('km/h', 1), imperial: { unit: 'mph', factor: 0.621371192237, offset: 0, decimals: 1 } } },
  { id: 'water_temp', display: { game: same('°C', 1), metric: same('°C', 1), imperial: { unit: '°F', factor: 1.8, offset: 32, decimals: 1 } } },
  { id: 'tyre_pressure_fl', display: { game: same('psi', 1), metric: { unit: 'bar', factor: 0.068947572932, offset: 0, decimals: 2 }, imperial: same('psi', 1) } },
  { id: 'fuel', display: { game: same('l', 2), metric: same('l', 2), imperial: { unit: 'gal', factor: 0.264172052358, offset: 0, decimals: 3 } } },
];

function units(system) {
  const created = new Units();
  created.use(system);
  created.take(CHANNELS);
  return created;
}

test('the default shows km/h together with psi, as the terminal does', () => {
  assert.equal(CHOICES[0][0], 'game');
  const created = new Units();
  created.take(CHANNELS);
  assert.equal(created.full('speed', 203.6), '204 km/h');
  assert.equal(created.full('pressure', 27.04), '27.0 psi');
});

test('every system uses the factors and decimals of the server', () => {
  assert.equal(units('metric').full('pressure', 27), '1.86 bar');
  assert.equal(units('imperial').full('speed', 160.9344), '100 mph');
  assert.equal(units('imperial').full('temperature', 100), '212 °F');
  assert.equal(units('imperial').full('volume', 10), '2.64 gal');
  assert.equal(units('game').full('volume', 10), '10.0 l');
});

test('parse is the reverse of convert', () => {
  for (const system of ['game', 'metric', 'imperial']) {
    for (const kind of ['volume', 'temperature']) {
      const created = units(system);
      assert.ok(Math.abs(created.parse(kind, created.convert(kind, 12.3)) - 12.3) < 1e-9, system);
    }
  }
  assert.ok(Number.isNaN(new Units().parse('volume', 5)) && Number.isNaN(units('game').parse('volume', NaN)));
});

test('unknown values and units are a dash', () => {
  assert.equal(units('game').full('speed', NaN), '–');
  const empty = new Units();
  assert.equal(empty.full('speed', 1), '–');
  assert.equal(empty.unit('speed'), '');
  assert.equal(units('game').full('length', 100), '–', 'the server does not have this channel');
});

test('an unknown system falls back to the default', () => {
  assert.equal(units('stones').full('pressure', 27), '27.0 psi');
});

test('a change of units changes the version', () => {
  const created = new Units();
  const { version } = created;
  created.use('metric');
  assert.notEqual(created.version, version);
});

test('the document of units names every channel that is needed', () => {
  for (const { id } of CHANNELS) assert.ok(UNITS_PATH.includes(id), id);
});
