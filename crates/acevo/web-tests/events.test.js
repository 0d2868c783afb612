import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventText, eventTime } from '../web/lib/event-text.js';
import { units } from '../web/lib/units.js';

units.take([
  { id: 'water_temp', display: { game: { unit: '°C', factor: 1, offset: 0, decimals: 1 }, imperial: { unit: '°F', factor: 1.8, offset: 32, decimals: 1 } } },
  { id: 'fuel', display: { game: { unit: 'l', factor: 1, offset: 0, decimals: 2 }, imperial: { unit: 'gal', factor: 0.264172, offset: 0, decimals: 3 } } },
]);

test('temperatures and fuel have the chosen units', () => {
  const [hot, low] = [{ event: 'overheating', fluid: 'water', celsius: 110 }, { event: 'low_fuel', laps: 3, litres: 6.9 }];
  units.use('game');
  assert.deepEqual([hot, low].map(eventText), ['Water too hot: 110 °C', 'Low fuel: 6.9 l, 3.0 laps']);
  units.use('imperial');
  assert.deepEqual([hot, low].map(eventText), ['Water too hot: 230 °F', 'Low fuel: 1.82 gal, 3.0 laps']);
  units.use('game');
});

test('flags, services and unknown events', () => {
  assert.equal(eventText({ event: 'flag', flag: 'NoFlag', before: 'BlueFlag' }), 'Blue flag cleared');
  assert.equal(eventText({ event: 'flag', flag: 'YellowFlag', for_all: true }), 'Yellow flag for all cars');
  assert.equal(eventText({ event: 'service_dropped', items: ['tyre_fl'] }), 'Pit crew skipped: tyre fl');
  assert.equal(eventText({ event: 'right_way', seconds: 4.6 }), 'Facing the right way again after 4.6 s');
  assert.equal(eventText({ event: 'something_new' }), 'Something new');
});

test('eventTime is the time since the session began', () => {
  assert.equal(eventTime({ at_s: 5000, session_s: 95 }), '1:35');
  assert.equal(eventTime({ at_s: 5000, session_s: 3725.4 }), '1:02:05');
  assert.equal(eventTime({}), '0:00');
});
