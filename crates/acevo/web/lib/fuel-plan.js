// The stops for fuel to the finish in words, and questions to the server: "what if the race were this long?". The server plans; nothing is
// computed here.

import { clock, fixed, known } from './format.js';

/** With more stops than this, only the first ones are listed. */
const LISTED = 8;
const LEFT = 'Left at finish';
const MINUS = '\u2212';

/** A number rounded up to this many decimals: less fuel would not suffice. The tolerance keeps 44.1 from becoming 44.2. */
export const roundedUp = (value, decimals) => Math.max(0, Math.ceil(value * 10 ** decimals - 1e-6)) / 10 ** decimals;

/** A number rounded down to this many decimals: a higher consumption would not save a stop. */
export const roundedDown = (value, decimals) => Math.floor(value * 10 ** decimals + 1e-6) / 10 ** decimals;

const stopsOf = (plan) => (Array.isArray(plan?.stops) ? plan.stops : null);

/**
 * The most important figure of a plan, for the fuel widget: `label`, `value`, and `state`. `fuel` is a message or an answer of the server, and
 * `full` writes an amount with its unit.
 */
export function finishOf(fuel, { full, up }) {
  const { plan } = fuel;
  if (!plan) return fuel.no_plan === 'runs_dry' ? { label: 'This lap', value: 'Not enough', state: 'warn' } : { label: LEFT, value: '–', state: '' };
  const stops = stopsOf(plan);
  if (!stops) return { label: 'Short at finish', value: up(plan.to_add), state: 'warn' };
  if (stops.length > 0) return { label: stops.length === 1 ? '1 stop' : `Next of ${stops.length} stops`, value: up(stops[0].add), state: 'warn' };
  return plan.left_at_finish < 0 ? { label: 'Short at finish', value: up(-plan.left_at_finish), state: 'warn' } : { label: LEFT, value: full(plan.left_at_finish), state: '' };
}

/** The laps at whose end a stop is possible: `lap 12–15`, or `in 3–6 laps` if the number of the running lap is unknown. */
export function windowOf({ lap }, { earliest, latest }) {
  const range = (offset) => (earliest === latest ? `${earliest + offset}` : `${earliest + offset}–${latest + offset}`);
  return known(lap) ? `lap ${range(lap - 1)}` : `in ${range(0)} ${latest === 1 ? 'lap' : 'laps'}`;
}

/** When to stop next, and the consumption that saves a stop: two short texts for the fuel widget, empty if there is nothing to do. */
export function notesOf(fuel, { perLap }) {
  const { plan } = fuel;
  const next = stopsOf(plan)?.[0];
  const { saving } = plan ?? {};
  const goal = saving?.stops === 0 ? 'No stop' : 'One stop less';
  return { box: next ? `Box ${windowOf(plan, next)}` : '', save: saving ? `${goal}: ${perLap(saving.per_lap)} a lap` : '' };
}

/** A plan in sentences. `show` has the functions of `finishOf` and `notesOf`. */
export function sentencesOf(fuel, show) {
  const { plan } = fuel;
  if (!plan) return [`No plan: ${fuel.explanation ?? 'there is no session'}.`];
  return [
    `${fixed(plan.laps_to_finish, 1)} laps to the finish need ${show.up(plan.needed)}, with ${show.up(plan.reserve)} in reserve.`,
    known(plan.start) ? `Start with ${show.up(plan.start)}.` : '',
    ...stopSentences(plan, show),
    plan.saving ? savingSentence(plan.saving, show) : '',
  ].filter(Boolean);
}

function stopSentences(plan, show) {
  const stops = stopsOf(plan);
  if (!stops) {
    const missing = plan.to_add > 0 ? `${show.up(plan.to_add)} are missing.` : '';
    return [missing, show.electric ? '' : 'The stops are unknown without the size of the tank.'];
  }
  if (stops.length === 0) {
    return [plan.left_at_finish < 0 ? `The ${show.electric ? 'charge' : 'fuel'} does not last.` : `No stop. ${show.full(plan.left_at_finish)} are left at the finish.`];
  }
  const lost = plan.time_lost_s > 0 ? `, ${clock(plan.time_lost_s)} lost` : '';
  return [
    `${stops.length === 1 ? '1 stop' : `${stops.length} stops`}${lost}:`,
    ...stops.slice(0, LISTED).map((stop) => `Box ${windowOf(plan, stop)}: add ${show.up(stop.add)}.`),
    stops.length > LISTED ? `And ${stops.length - LISTED} more.` : '',
  ];
}

function savingSentence(saving, show) {
  const goal = saving.stops === 0 ? 'no stop' : 'one stop less';
  const percent = fixed(roundedUp(saving.fraction * 100, 1), 1);
  return `For ${goal}, use at most ${show.perLap(saving.per_lap)} a lap (${MINUS}${percent} %).`;
}

/** A time as seconds: `105.3` or `1:45.3`. NaN if it is neither. */
export function seconds(text) {
  const [, minutes, rest] = /^\s*(?:(\d{1,3}):)?(\d{1,4}(?:[.,]\d+)?)\s*$/.exec(text) ?? [];
  return rest === undefined ? NaN : Number(minutes ?? 0) * 60 + Number(rest.replace(',', '.'));
}

/** The address of a plan for these values: a name and a number or a word for each. Empty values are left out: the server uses those of the session. */
export function planPath(values) {
  const given = Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return given.length === 0 ? '/api/fuel-plan' : `/api/fuel-plan?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** Asks the server for a plan. Returns its answer, or one whose `explanation` is the error. */
export async function askPlan(values, load = fetch) {
  try {
    const answer = await load(planPath(values), { cache: 'no-store' });
    return answer.ok ? await answer.json() : { plan: null, explanation: (await answer.text()).trim().replace(/\.$/, '').replaceAll('`', '') };
  } catch {
    return { plan: null, explanation: 'acevo cannot be reached' };
  }
}
