import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isHidden, optionQuery, sessionKind, situationOf, variantFor, variantTitle } from '../web/lib/layout.js';
import { LIVE, MENU, WATCHING } from '../web/lib/model.js';

const variants = [
  { session: 'race', widgets: [] },
  { car: 'Velocita GT3', widgets: [] },
  { car: 'Velocita GT3', session: 'race', widgets: [] },
  { widgets: [] },
];

test('variantFor prefers car and session, then the car, then the session', () => {
  const chosen = (car, session) => variantFor(variants, { car, session });
  assert.deepEqual([chosen('Velocita GT3', 'race'), chosen('velocita gt3 ', 'practice'), chosen('Other', 'race'), chosen('Other', '')], [2, 1, 0, 3]);
  assert.equal(variantFor(variants, { car: '', session: '' }), 3);
});

test('sessionKind prefers the names of phase and session to the type', () => {
  assert.equal(sessionKind({ type: 'TimeAttack', name: 'Race Weekend', phase: 'Qualifying' }), 'qualifying');
  assert.equal(sessionKind({ type: 'TimeAttack', name: 'Race Weekend', phase: 'Race' }), 'race');
  assert.equal(sessionKind({ type: 'TimeAttack', name: 'Race Weekend', phase: 'Session' }), 'time_attack');
  assert.equal(sessionKind({ type: 'HotStint', name: 'PRACTICE', phase: 'Session' }), 'practice');
  assert.equal(sessionKind({ type: 'Race', name: 'Quick event', phase: 'Start_Spawn_On_Position' }), 'race');
  assert.equal(sessionKind({ type: 'Cruise' }), 'cruise');
});

test('a session of unknown type is no race', () => {
  for (const type of ['Unknown', 'Other', '', undefined]) assert.equal(sessionKind({ type, name: null, phase: null }), '');
  const widget = { hide: { outside_races: true } };
  assert.ok(isHidden(widget, { hasGame: true, inMenu: false, inPits: false, session: '' }));
});

test('isHidden follows each condition of a widget', () => {
  const driving = { hasGame: true, inMenu: false, inPits: false, session: 'practice' };
  const hidden = (hide, now) => isHidden({ hide }, { ...driving, ...now });
  assert.ok(!hidden({}) && !hidden(undefined));
  assert.ok(hidden(undefined, { inMenu: true }), 'the default');
  assert.ok(!hidden({ menu: false }, { inMenu: true }));
  assert.ok(hidden({ menu: false }, { hasGame: false }), 'without a game');
  assert.ok(hidden({ pits: true }, { inPits: true }) && !hidden({ pits: true }) && !hidden({}, { inPits: true }));
  assert.ok(hidden({ outside_races: true }) && !hidden({ outside_races: true }, { session: 'race' }));
});

function modelOf({ flags = LIVE, status = {}, texts = {}, on = [], hasTelemetry = (flags & LIVE) !== 0 } = {}) {
  return {
    connection: 'open', flags, status, hasTelemetry, isWatching: (flags & WATCHING) !== 0,
    text: (id) => texts[id] ?? '', is: (id) => on.includes(id),
  };
}

test('situationOf keeps car and session in the menu and while another car is watched', () => {
  const race = situationOf(modelOf({ status: { car: 'A', session: 'Race' }, texts: { session_type: 'Race' }, on: ['in_pit_box'] }));
  assert.deepEqual(race, { car: 'A', session: 'race', hasGame: true, inMenu: false, inPits: true });
  const menu = situationOf(modelOf({ flags: MENU, status: { car: 'B', session: 'Practice' } }), race);
  assert.deepEqual(menu, { car: 'A', session: 'race', hasGame: true, inMenu: true, inPits: false });
  const watching = situationOf(modelOf({ flags: LIVE | WATCHING, status: { car: 'B', session: 'Race' } }), race);
  assert.equal(watching.car, 'A');
  assert.ok(!situationOf(modelOf({ flags: 0 })).hasGame);
});

test('options and titles are those of addresses and menus', () => {
  assert.equal(optionQuery({ channels: ['throttle', 'brake'], scale: 1.5 }).toString(), 'channels=throttle%2Cbrake&scale=1.5');
  assert.equal(variantTitle({}), 'Any car · any session');
  assert.equal(variantTitle({ car: 'A', session: 'race' }), 'A · Race');
});
