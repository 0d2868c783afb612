import assert from 'node:assert/strict';
import { test } from 'node:test';

import { askPlan, finishOf, notesOf, planPath, roundedDown, roundedUp, seconds, sentencesOf, windowOf } from '../web/lib/fuel-plan.js';

const litres = (decimals, round = (value) => value) => (value) => (Number.isFinite(value) ? `${round(value, decimals).toFixed(decimals)} l` : '–');
const SHOW = { full: litres(1), up: litres(1, roundedUp), perLap: litres(2, roundedDown) };

/** A plan as the server answers. */
const PLAN = {
  lap: 10, laps_to_finish: 19.5, per_lap: 3, reserve: 1.5, needed: 60, start: null, to_add: 30.02, left_at_finish: 1.5,
  stops: [{ earliest: 3, latest: 6, add: 30.02 }], time_lost_s: 55, saving: { stops: 0, per_lap: 2.8571, fraction: 0.0476 },
};
const withPlan = (changes) => ({ plan: { ...PLAN, ...changes } });

test('amounts to add are rounded up, and consumptions that save a stop down', () => {
  assert.deepEqual([44.1, 44.101, 0].map((value) => roundedUp(value, 1)), [44.1, 44.2, 0]);
  assert.deepEqual([2.86, 2.8571].map((value) => roundedDown(value, 2)), [2.86, 2.85]);
});

test('finishOf shows the next stop, or what is left', () => {
  assert.deepEqual(finishOf(withPlan({}), SHOW), { label: '1 stop', value: '30.1 l', state: 'warn' });
  const two = { stops: [{ earliest: 1, latest: 2, add: 40 }, { earliest: 8, latest: 9, add: 40 }] };
  assert.deepEqual(finishOf(withPlan(two), SHOW), { label: 'Next of 2 stops', value: '40.0 l', state: 'warn' });
  assert.deepEqual(finishOf(withPlan({ stops: [], left_at_finish: 5 }), SHOW), { label: 'Left at finish', value: '5.0 l', state: '' });
  assert.deepEqual(finishOf(withPlan({ stops: [], left_at_finish: -0.4 }), SHOW), { label: 'Short at finish', value: '0.4 l', state: 'warn' });
  assert.deepEqual(finishOf(withPlan({ stops: null, to_add: 7 }), SHOW), { label: 'Short at finish', value: '7.0 l', state: 'warn' });
});

test('finishOf shows nothing absurd without a plan', () => {
  for (const fuel of [{}, { plan: null, no_plan: 'unknown_end' }, { plan: null, no_plan: 'too_long' }]) {
    assert.deepEqual(finishOf(fuel, SHOW), { label: 'Left at finish', value: '–', state: '' });
  }
  assert.deepEqual(finishOf({ plan: null, no_plan: 'runs_dry' }, SHOW), { label: 'This lap', value: 'Not enough', state: 'warn' });
});

test('windowOf counts from the running lap', () => {
  assert.equal(windowOf({ lap: 10 }, { earliest: 3, latest: 6 }), 'lap 12–15');
  assert.equal(windowOf({ lap: 10 }, { earliest: 1, latest: 1 }), 'lap 10');
  assert.equal(windowOf({ lap: null }, { earliest: 3, latest: 6 }), 'in 3–6 laps');
  assert.equal(windowOf({ lap: null }, { earliest: 1, latest: 1 }), 'in 1 lap');
});

test('notesOf has when to stop and what saves a stop', () => {
  assert.deepEqual(notesOf(withPlan({}), SHOW), { box: 'Box lap 12–15', save: 'No stop: 2.85 l a lap' });
  assert.deepEqual(notesOf(withPlan({ saving: { stops: 1, per_lap: 2.9, fraction: 0.03 } }), SHOW).save, 'One stop less: 2.90 l a lap');
  for (const fuel of [{}, { plan: null }, withPlan({ stops: [], saving: null }), withPlan({ stops: null, saving: null })]) {
    assert.deepEqual(notesOf(fuel, SHOW), { box: '', save: '' });
  }
});

test('sentencesOf lists the stops', () => {
  assert.deepEqual(sentencesOf(withPlan({ start: 31.5 }), SHOW), [
    '19.5 laps to the finish need 60.0 l, with 1.5 l in reserve.',
    'Start with 31.5 l.',
    '1 stop, 0:55 lost:',
    'Box lap 12–15: add 30.1 l.',
    'For no stop, use at most 2.85 l a lap (−4.8 %).',
  ]);
  const many = Array.from({ length: 20 }, (_, index) => ({ earliest: index + 1, latest: index + 1, add: 5 }));
  const lines = sentencesOf(withPlan({ stops: many, saving: null }), SHOW);
  assert.equal(lines.length, 11);
  assert.equal(lines.at(-1), 'And 12 more.');
});

test('sentencesOf has a reason, and words for every state', () => {
  assert.deepEqual(sentencesOf({}, SHOW), ['No plan: there is no session.']);
  assert.deepEqual(sentencesOf({ plan: null, explanation: 'the end of the race is unknown' }, SHOW), ['No plan: the end of the race is unknown.']);
  const last = (changes) => sentencesOf(withPlan({ saving: null, ...changes }), SHOW).at(-1);
  assert.equal(last({ stops: [], left_at_finish: 4 }), 'No stop. 4.0 l are left at the finish.');
  assert.equal(last({ stops: [], left_at_finish: -1 }), 'The fuel does not last.');
  const unknown = sentencesOf(withPlan({ saving: null, stops: null, to_add: 7 }), SHOW).slice(1);
  assert.deepEqual(unknown, ['7.0 l are missing.', 'The stops are unknown without the size of the tank.']);
  const electric = { ...SHOW, electric: true };
  assert.deepEqual(sentencesOf(withPlan({ saving: null, stops: null, to_add: 7 }), electric).slice(1), ['7.0 l are missing.']);
});

test('seconds reads lap times', () => {
  assert.deepEqual(['105.3', '1:45.3', ' 2:00 ', '1:45,3', '90'].map(seconds), [105.3, 105.3, 120, 105.3, 90]);
  for (const wrong of ['', 'x', '1:2:3', '-5', '1e3', ':30']) assert.ok(Number.isNaN(seconds(wrong)), wrong);
});

test('planPath leaves out empty values', () => {
  assert.equal(planPath({}), '/api/fuel-plan');
  assert.equal(planPath({ laps: 20, per_lap: '', tank: 0, reserve_laps: undefined }), '/api/fuel-plan?laps=20&tank=0');
});

test('askPlan returns the answer, or its error as the explanation', async () => {
  const answering = (ok, body) => () => Promise.resolve({ ok, json: () => Promise.resolve(body), text: () => Promise.resolve(body) });
  assert.deepEqual(await askPlan({}, answering(true, withPlan({}))), withPlan({}));
  assert.deepEqual(await askPlan({ laps: 0 }, answering(false, '`laps` is a whole number from 1 to 10000.\n')),
    { plan: null, explanation: 'laps is a whole number from 1 to 10000' });
  const unreachable = await askPlan({}, () => Promise.reject(new TypeError('failed')));
  assert.equal(unreachable.explanation, 'acevo cannot be reached');
});
