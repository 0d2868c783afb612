// The sessions of the library: filters, the list, best laps, progress, and files that cannot be read.

import { el, panel, setHidden, setText, withAttributes } from '../lib/dom.js';
import { clock, lapTimeMs, words } from '../lib/format.js';
import { carText, dateText, daysAgo, sessionTitle, trackText } from '../lib/lap-names.js';
import * as library from '../lib/library.js';
import { addressOf } from '../lib/route.js';
import { basketButton } from './basket-bar.js';
import { button, selectField, textField } from './form.js';
import { progressChart } from './progress-chart.js';

/** Sessions of one request. */
const LIMIT = 50;
/** Time after the last key until the list is loaded. */
const TYPING_MS = 250;
/** Time until the list is loaded again while files are read. */
const SCANNING_MS = 1500;
const FILTERS = ['track', 'car', 'driver', 'kind', 'since', 'tag', 'text'];
const KINDS = ['practice', 'qualifying', 'race', 'time_attack', 'cruise'];
const PERIODS = [['', 'Any time'], ['7', 'Last 7 days'], ['30', 'Last 30 days'], ['365', 'Last year']];
const EMPTY = 'No session in the library yet. Recordings appear here: start “acevo run”, or open a recording.';
/** Track and layout in one value of a list. */
const trackKey = (track, layout) => JSON.stringify([track, layout ?? '']);

function trackOf(key) {
  try {
    const [track, layout] = JSON.parse(key);
    return { track, layout };
  } catch {
    return {};
  }
}

/** `show(address)` shows another view. */
export function sessionList(root, { basket, show }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, '']));
  const choose = (name) => (value) => change(name, value);
  const fields = {
    track: selectField('Track', [['', 'All tracks']], choose('track')),
    car: selectField('Car', [['', 'All cars']], choose('car')),
    driver: selectField('Driver', [['', 'All drivers']], choose('driver')),
    kind: selectField('Kind', [['', 'All kinds'], ...KINDS.map((kind) => [kind, words(kind)])], choose('kind')),
    since: selectField('Time', PERIODS, choose('since')),
    tag: selectField('Tag', [['', 'All tags']], choose('tag')),
    text: textField('Search', { type: 'search', placeholder: 'Title, note, file' }, (value) => typed(value)),
  };
  const form = withAttributes(el('form', 'controls session-filters', ...Object.values(fields).map(({ node }) => node)), { role: 'search', 'aria-label': 'Filter sessions' });
  form.addEventListener('submit', (event) => event.preventDefault());
  const count = withAttributes(el('p', 'hint'), { role: 'status' });
  const rows = el('ul', 'session-rows');
  const more = button('Show more', () => load(true));
  const list = panel('sessions', 'Sessions');
  list.body.append(count, rows, more);
  const [best, progress, unreadable] = [panel('bests', 'Best laps'), panel('progress', 'Progress'), panel('unreadable', 'Files that cannot be read')];
  const chart = progressChart(progress.body, { show });
  root.append(form, el('div', 'session-grid', list.node, el('div', 'session-side', progress.node, best.node, unreadable.node)));

  let shown = [];
  let number = 0;
  let typing = 0;
  let scanning = 0;
  const picks = new Map();
  basket.onChange(() => {
    for (const { update } of picks.values()) update();
  });

  /** The filters for the server. */
  const asked = () => ({ ...filters, ...trackOf(filters.track || '[]'), since: daysAgo(Number(filters.since)) });

  function change(name, value) {
    filters[name] = value;
    history.replaceState(null, '', `#${addressOf('sessions', '', filters)}`);
    load();
  }

  function typed(value) {
    clearTimeout(typing);
    typing = setTimeout(() => change('text', value), TYPING_MS);
  }

  async function load(isMore = false) {
    number += 1;
    const own = number;
    clearTimeout(scanning);
    const { ok, answer, text } = await library.sessions({ ...asked(), offset: isMore ? shown.length : 0, limit: LIMIT });
    if (own !== number) return;
    if (!ok) {
      setText(count, text || 'The library cannot be read.');
      return;
    }
    shown = isMore ? [...shown, ...answer.sessions] : answer.sessions;
    showList(answer);
    showUnreadable(answer.unreadable ?? []);
    if (answer.scanning) scanning = setTimeout(() => root.isConnected && !root.hidden && load(), SCANNING_MS);
    if (!isMore) loadBests(own);
  }

  function showList({ total, scanning: isScanning, tracks = [], cars = [], drivers = [], tags = [] }) {
    fields.track.fill([['', 'All tracks'], ...tracks.map((it) => [trackKey(it.track, it.layout), `${it.name || it.track} (${it.sessions})`])]);
    fields.car.fill([['', 'All cars'], ...cars.map(({ car, name, sessions }) => [car, `${name || car} (${sessions})`])]);
    const plain = (entries) => entries.map((entry) => (typeof entry === 'string' ? entry : entry.driver ?? entry.tag ?? entry.name)).filter(Boolean);
    fields.driver.fill([['', 'All drivers'], ...plain(drivers).map((name) => [name, name])]);
    fields.tag.fill([['', 'All tags'], ...plain(tags).map((name) => [name, name])]);
    for (const name of FILTERS) if (document.activeElement !== fields[name].input) fields[name].set(filters[name]);
    const reading = isScanning ? ' Files are being read …' : '';
    setText(count, total === 0 ? `${isFiltered() ? 'No session matches these filters.' : EMPTY}${reading}` : `${total} ${total === 1 ? 'session' : 'sessions'}.${reading}`);
    picks.clear();
    rows.replaceChildren(...shown.map(sessionRow));
    setHidden(more, shown.length >= total);
  }

  const isFiltered = () => FILTERS.some((name) => filters[name]);

  function sessionRow(session) {
    const link = withAttributes(el('a', 'session-title', sessionTitle(session)), { href: `#sessions/${session.id}` });
    const facts = [dateText(session.began), session.title ? `${trackText(session)} · ${carText(session)}` : '', session.driver, words(session.kind), `${session.laps} ${session.laps === 1 ? 'lap' : 'laps'}`, clock(session.duration_s), session.is_simulated ? 'simulated' : ''];
    const tags = (session.tags ?? []).map((tag) => el('span', 'tag', tag));
    const time = el('span', 'num session-best', lapTimeMs(session.best_ms));
    const text = el('div', 'session-text', link, el('p', 'hint', facts.filter(Boolean).join(' · ')), ...(session.note ? [el('p', 'session-note', session.note)] : []), ...(tags.length ? [el('p', 'tags', ...tags)] : []));
    return el('li', 'session-row', text, time, ...pick(session.best_lap, `${lapTimeMs(session.best_ms)} ${dateText(session.began)}`));
  }

  /** The button that chooses a lap for a comparison, if there is one. */
  function pick(id, title) {
    if (!id) return [];
    const made = basketButton(basket, id, title);
    picks.set(made.node, made);
    return [made.node];
  }

  async function loadBests(own) {
    const { track, layout, car } = asked();
    const { ok, answer } = await library.bests({ track, layout, car });
    if (own !== number) return;
    const entries = ok && Array.isArray(answer) ? answer : [];
    setHidden(best.node, entries.length === 0);
    best.body.replaceChildren(el('ul', 'best-rows', ...entries.map(bestRow)));
    // Progress is that of one car on one track.
    const only = entries.length === 1 ? entries[0] : null;
    setHidden(progress.node, !only);
    if (only) chart.load(only);
  }

  function bestRow(entry) {
    const link = withAttributes(el('a', '', trackText(entry)), { href: `#sessions/${entry.session}` });
    return el('li', 'session-row', el('div', 'session-text', link, el('p', 'hint', [carText(entry), dateText(entry.began)].filter(Boolean).join(' · '))), el('span', 'num session-best', lapTimeMs(entry.time_ms)), ...pick(entry.lap, `${lapTimeMs(entry.time_ms)} ${trackText(entry)}`));
  }

  function showUnreadable(files) {
    setHidden(unreadable.node, files.length === 0);
    unreadable.body.replaceChildren(el('ul', 'unreadable', ...files.map(({ path, reason }) => el('li', '', el('strong', '', path), el('p', 'hint', reason)))));
  }

  return {
    /** Takes the filters of an address, and loads the list. */
    show(query) {
      for (const name of FILTERS) filters[name] = query.get(name) ?? '';
      load();
    },
    reload: () => load(),
  };
}
