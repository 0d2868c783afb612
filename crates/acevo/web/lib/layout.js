// Which widgets a layout shows: the variant for the car and the session, and when a widget is hidden.

import { LIVE, MENU, PAUSED, REPLAY } from './model.js';

/** Sessions that a variant can be meant for, as on the server. */
export const SESSIONS = {
  practice: 'Practice', qualifying: 'Qualifying', race: 'Race', time_attack: 'Time attack, hot stint', cruise: 'Cruise',
};

export const DEFAULT_CANVAS = { width: 1920, height: 1080 };
export const DEFAULT_HIDE = { menu: true, pits: false, outside_races: false };

/** Channels that decide about variants and hidden widgets. */
export const LAYOUT_CHANNELS = ['session_type', 'in_pit_lane', 'in_pit_box'];

/** Kinds of sessions by words in a name, the most specific first. */
const WORDS = [['practice', /practi[cs]e|warm.?up/i], ['qualifying', /qualif/i], ['race', /\brace\b(?!.?weekend)/i], ['time_attack', /time.?attack|hot.?(stint|lap)/i], ['cruise', /cruise/i]];
const TYPES = { Race: 'race', TimeAttack: 'time_attack', HotStint: 'time_attack', Cruise: 'cruise' };

/**
 * The kind of a session, or an empty string if it is unknown. The names of phase and session are more specific than the type: the game
 * publishes `TimeAttack` or `HotStint` for everything but quick races.
 */
export function sessionKind({ type = '', name = '', phase = '' }) {
  for (const text of [phase, name]) {
    const found = WORDS.find(([, words]) => words.test(text ?? ''));
    if (found) return found[0];
  }
  return TYPES[type] ?? '';
}

/** What decides about a layout at this moment. Car and session of `before` are kept while they are unknown or belong to another car. */
export function situationOf(model, before = { car: '', session: '' }) {
  const { status, flags } = model;
  const isOwn = model.hasTelemetry && !model.isWatching && Boolean(status.car);
  return {
    car: isOwn ? status.car : before.car,
    session: isOwn ? sessionKind({ type: model.text('session_type'), name: status.session, phase: status.phase }) : before.session,
    hasGame: model.connection === 'open' && (flags & (LIVE | PAUSED | REPLAY | MENU)) !== 0,
    inMenu: !model.hasTelemetry,
    inPits: model.is('in_pit_lane') || model.is('in_pit_box'),
  };
}

const sameName = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The index of the most specific variant: for car and session, for the car, for the session, for everything. -1 without variants. */
export function variantFor(variants, { car, session }) {
  let [best, bestScore] = [-1, -1];
  variants.forEach((variant, index) => {
    if (variant.car !== undefined && !sameName(variant.car, car)) return;
    if (variant.session !== undefined && variant.session !== session) return;
    const score = (variant.car === undefined ? 0 : 2) + (variant.session === undefined ? 0 : 1);
    if (score > bestScore) [best, bestScore] = [index, score];
  });
  return best;
}

/** True if a widget is hidden. Without a game every widget is. */
export function isHidden(widget, { hasGame, inMenu, inPits, session }) {
  const hide = { ...DEFAULT_HIDE, ...widget.hide };
  if (!hasGame) return true;
  return (hide.menu && inMenu) || (hide.pits && inPits) || (hide.outside_races && session !== 'race');
}

/** The title of a variant. */
export function variantTitle({ car, session }) {
  return `${car ?? 'Any car'} · ${session ? SESSIONS[session] : 'any session'}`;
}

/** The query of an address with the options of a widget, for `overlayOptions`. */
export function optionQuery(options = {}) {
  return new URLSearchParams(Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? value.join() : String(value)]));
}
