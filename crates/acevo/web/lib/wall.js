// All rigs of a broker, and the best laps of the day, as the server sends them; how they are ordered, and what of them fits on a screen.

import { FLAGS } from './flags.js';
import { fixed, known } from './format.js';

const natural = new Intl.Collator('en', { numeric: true });

/** The key of a rig. */
export const keyOf = ({ site, rig }) => `${site}/${rig}`;

const inOrder = (rigs) => [...rigs].sort((a, b) => natural.compare(a.site, b.site) || natural.compare(a.rig, b.rig));

/** Tables in an order that new laps do not change, so that pages in turn show each of them. */
const inOrderOfTracks = (tables) => [...tables].sort((a, b) => natural.compare(trackName(a), trackName(b)) || natural.compare(a.car, b.car));

/** Words for states in which there are no live values. */
const WORDS = {
  waiting: 'No game', menu: 'Menu', paused: 'Paused', replay: 'Replay', frozen: 'Game hangs', stale: 'No messages', offline: 'Offline', unknown: 'Unknown',
};

/** The state of a rig in words; empty while the rig drives. */
export const stateWords = ({ state }) => (state === 'live' ? '' : WORDS[Object.hasOwn(WORDS, state) ? state : 'unknown']);

/** The name of the flag that a driver sees; empty without one. */
export function flagOf({ state, live }) {
  const name = state === 'live' ? FLAGS[live?.flag] : '';
  return name && name !== 'NoFlag' ? name : '';
}

/** What is wrong on a rig; empty if nothing is. */
export function healthOf({ missed, backlog, dropped, clock_behind_s: behind }) {
  const parts = [];
  if (missed > 0) parts.push(`${fixed(missed)} missed`);
  if (backlog > 0) parts.push(`${fixed(backlog)} waiting`);
  if (dropped > 0) parts.push(`${fixed(dropped)} dropped`);
  if (Math.abs(behind) >= 60) parts.push('wrong clock');
  return parts.join(' · ');
}

/** The name of a track with its configuration. */
export const trackName = ({ track, configuration }) => [track, configuration].filter(Boolean).join(' · ');

/** The track that all rigs have that drive; empty if they have several, or none is known. */
export function commonTrack(rigs) {
  const names = new Set(rigs.map(trackName).filter(Boolean));
  return names.size === 1 ? [...names][0] : '';
}

/** How many rigs are in which state, in words. */
export function summaryOf(rigs) {
  const count = (...states) => rigs.filter(({ state }) => states.includes(state)).length;
  const parts = [[count('live'), 'driving'], [count('paused', 'frozen'), 'paused'], [count('menu', 'replay', 'waiting', 'unknown'), 'not driving'],
    [count('stale'), 'without messages'], [count('offline'), 'offline']];
  return parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`).join(' · ');
}

/** The whole state, from messages. */
export class WallModel {
  /** `connecting`, or the last state that the connection to the server reported. */
  connection = 'connecting';
  broker = null;
  address = '';
  site = '';
  bests = [];
  /** The time of the server, milliseconds since 1970. */
  now = NaN;
  #rigs = new Map();
  #order = null;
  #listeners = new Set();

  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** The rigs in their order: by site and name, those that are offline last. */
  get rigs() {
    if (!this.#order) {
      const all = inOrder(this.#rigs.values());
      const isOffline = ({ state }) => state === 'offline';
      this.#order = [...all.filter((rig) => !isOffline(rig)), ...all.filter(isOffline)];
    }
    return this.#order;
  }

  setConnection(state) {
    this.connection = state;
    this.#changed();
  }

  /** Takes a message of the server. Without `is_full` it has only the rigs that have changed. */
  take(message) {
    if (message.type !== 'wall' || !Array.isArray(message.rigs)) return;
    if (message.is_full) this.#rigs.clear();
    for (const rig of message.rigs) this.#rigs.set(keyOf(rig), rig);
    if (message.is_full || message.rigs.length) this.#order = null;
    if (Array.isArray(message.bests)) this.bests = inOrderOfTracks(message.bests);
    this.broker = message.broker ?? null;
    this.address = message.address ?? '';
    this.site = message.site ?? '';
    this.now = known(message.now_ms) ? message.now_ms : NaN;
    this.#changed();
  }

  #changed() {
    for (const listener of this.#listeners) listener();
  }
}

/** Cards in a row for this number of rigs, and rows. More rigs are lines of a table. */
const CARDS = [[1, 1, 1], [2, 1, 2], [4, 2, 2], [6, 2, 3], [8, 2, 4], [9, 3, 3], [12, 3, 4]];

/** Lines that fit on a television, so that they can be read from 5 m. */
export const MAX_LINES = 20;

/** How rigs are laid out: `cards` with `columns` and `rows`, or `lines`, on `pages` with at most `perPage` rigs. */
export function layoutOf(count, { scrolls = false } = {}) {
  if (scrolls) return { kind: 'cards', columns: 1, rows: count, pages: 1, perPage: Math.max(1, count) };
  const cards = CARDS.find(([most]) => count <= most);
  if (cards) return { kind: 'cards', columns: cards[1], rows: cards[2], pages: 1, perPage: cards[0] };
  const pages = Math.ceil(count / MAX_LINES);
  // All pages have about the same number of lines.
  const perPage = Math.ceil(count / pages);
  return { kind: 'lines', columns: 1, rows: perPage, pages, perPage };
}

/** Lines that the title of a table of best laps takes, and laps of a table that are worth its title at the end of a page. */
const [TITLE_LINES, WORTH] = [2, 5];

/**
 * The tables of the best laps on pages of this many lines: each page is an array of tables with the `laps` that fit. `top` is the
 * number of laps of a table that are shown.
 */
export function bestPages(tables, lines, top) {
  const pages = [];
  let left = 0;
  for (const table of tables) {
    const wanted = Math.min(top, table.laps.length);
    if (left - TITLE_LINES < Math.min(wanted, WORTH)) {
      pages.push([]);
      left = lines;
    }
    const laps = table.laps.slice(0, Math.min(wanted, Math.max(1, left - TITLE_LINES)));
    pages[pages.length - 1].push({ ...table, laps });
    left -= TITLE_LINES + laps.length;
  }
  return pages;
}

/** The page to show at a time, if each is shown for `period` milliseconds. */
export const pageAt = (ms, pages, period) => (pages > 1 ? Math.floor(ms / period) % pages : 0);

/** Seconds that a page can be shown. */
const [MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS] = [3, 600, 12];

/** Options in the address: `seconds` for a page, `top` laps of a table, and `show`: `rigs`, `bests`, or both if it is empty. */
export function wallOptions(query) {
  const number = (name, fallback, minimum, maximum) => {
    const value = query.has(name) ? Number(query.get(name)) : NaN;
    return Number.isFinite(value) ? Math.min(maximum, Math.max(minimum, value)) : fallback;
  };
  const show = query.get('show');
  return {
    seconds: number('seconds', DEFAULT_SECONDS, MIN_SECONDS, MAX_SECONDS),
    top: Math.round(number('top', 10, 1, 100)),
    show: ['rigs', 'bests'].includes(show) ? show : '',
  };
}
