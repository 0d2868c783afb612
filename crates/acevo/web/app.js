// The page: views in tabs, the state of the connection, and a few settings.

import { keepAwake } from './lib/awake.js';
import { Background, OTHERWISE_MS, problemsOf, SHOWN_MS } from './lib/background.js';
import { choice, el, press, setData, setHidden, setText, withAttributes } from './lib/dom.js';
import { later } from './lib/later.js';
import { loop } from './lib/loop.js';
import { Model, PAUSED, REPLAY, TRACED } from './lib/model.js';
import { routeOf } from './lib/route.js';
import { keep, kept, stored } from './lib/settings.js';
import { statement } from './lib/statement.js';
import { restyleAll } from './lib/surface.js';
import { CHOICES, units } from './lib/units.js';
import { dash } from './views/dash.js';
import { playbackBar } from './widgets/playback.js';

/** The code of the other views is loaded when they are shown for the first time. */
const VIEWS = {
  dash: ['Dash', dash],
  traces: ['Traces', later(() => import('./views/traces.js'), 'traces')],
  laps: ['Laps', later(() => import('./views/laps.js'), 'laps')],
  sessions: ['Sessions', later(() => import('./views/sessions.js'), 'sessions')],
  timing: ['Timing', later(() => import('./views/timing.js'), 'timingView')],
  map: ['Map', later(() => import('./views/map.js'), 'mapView')],
  session: ['Session', later(() => import('./views/session.js'), 'session')],
  overlays: ['Overlays', later(() => import('./views/overlays.js'), 'overlays')],
  control: ['Control', later(() => import('./views/control.js'), 'control')],
};
/** Views without a tab of their own: the tab of another view leads to them. */
const SUBVIEWS = {
  layouts: ['overlays', later(() => import('./views/layouts.js'), 'layouts')],
  compare: ['sessions', later(() => import('./views/compare.js'), 'compare')],
};
/** Views that are empty without telemetry, and are covered by the notice. */
const COVERED = ['dash', 'traces', 'map'];
/** The server's limit of channels in a subscription. */
const MAX_CHANNELS = 128;
/** Frames per second: on large screens, on small ones, and the highest rate of the server. */
const [RATE, SMALL_RATE, MAX_RATE] = [30, 10, 60];

const page = document.documentElement;
const query = new URLSearchParams(location.search);
const holder = document.getElementById('views');
const [chip, where, notice, alarm] = ['chip', 'where', 'notice', 'alarm'].map((id) => document.getElementById(id));
const tabs = {};
const views = {};
let current = '';

const SYSTEMS = CHOICES.map(([system]) => system);
units.use(kept('units', SYSTEMS));
const dashOnly = query.get('view') === 'dash';
page.classList.toggle('full', dashOnly);
const model = new Model();
const redraw = loop(model, draw);
const background = new Background(model);
const small = matchMedia('(max-width: 600px), (max-height: 500px)');

for (const [name, [title]] of Object.entries(VIEWS)) {
  const tab = withAttributes(el('button', 'tab', title), { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `view-${name}` });
  tab.addEventListener('click', () => show(name, true));
  tabs[name] = tab;
}
const list = document.getElementById('tabs');
list.append(...Object.values(tabs));
list.addEventListener('keydown', (event) => {
  const names = Object.keys(VIEWS);
  const at = names.indexOf(SUBVIEWS[current]?.[0] ?? current);
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: names.length - 1 - at }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = names[(at + step + names.length) % names.length];
  show(next, true);
  tabs[next].focus();
});

const expand = withAttributes(el('button', 'tool', 'Full screen'), { type: 'button', title: 'Only the dash, on the whole screen (F)' });
expand.addEventListener('click', toggleFullScreen);
const unitChoice = choice('Units', CHOICES, units.system, (system) => {
  keep('units', system);
  showUnits(system);
});
document.getElementById('tools').append(unitChoice, expand);

const alarmText = el('span');
const alarmLink = withAttributes(el('button', 'tool', 'Show'), { type: 'button', 'aria-label': 'Show the problem in Control' });
alarmLink.addEventListener('click', () => {
  leaveFullScreen();
  show('control', true);
});
alarm.append(alarmText, alarmLink);
/** The connection by which the units of the settings were loaded. */
let unitsOf = 0;

const leave = withAttributes(el('button', 'leave', '✕'), { type: 'button', 'aria-label': 'Leave full screen' });
leave.addEventListener('click', leaveFullScreen);
document.body.append(leave);
playbackBar(document.body, model);

addEventListener('keydown', (event) => {
  if (event.target.closest('input, select, textarea, dialog') || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.toLowerCase() === 'f') toggleFullScreen();
  if (event.key === 'Escape') leaveFullScreen();
});
addEventListener('popstate', () => show(location.hash.slice(1)));
document.addEventListener('visibilitychange', subscribe);
document.addEventListener('fullscreenchange', () => {
  if (!document.fullscreenElement && page.dataset.fullscreen === 'yes') leaveFullScreen();
});
small.addEventListener('change', subscribe);
keepAwake(() => page.classList.contains('full') || (current === 'dash' && model.hasTelemetry));

show(dashOnly ? 'dash' : location.hash.slice(1) || kept('view', Object.keys(VIEWS)));

/** Shows the view of an address such as `laps` or `sessions/12`. `chosen` adds it to the history of the browser. */
function show(address, chosen = false) {
  const route = routeOf(address);
  const isKnown = Object.hasOwn(VIEWS, route.view) || Object.hasOwn(SUBVIEWS, route.view);
  const next = isKnown ? route.view : 'dash';
  const [tabName, create] = SUBVIEWS[next] ?? [next, VIEWS[next][1]];
  if (chosen && location.hash !== `#${address}`) history.pushState(null, '', `#${address}`);
  if (!views[next]) {
    const root = withAttributes(el('div', `view view-${next}`), { role: 'tabpanel', id: `view-${next}`, 'aria-labelledby': `tab-${tabName}` });
    holder.append(root);
    const view = create(root, { resized: redraw, loaded, background, settingsChanged, show: (to) => show(to, true) });
    views[next] = Object.assign(view, { root });
  }
  views[next].route?.(route);
  if (next === current) return;
  current = next;
  for (const [other, tab] of Object.entries(tabs)) {
    withAttributes(tab, { 'aria-selected': String(other === tabName), tabindex: other === tabName ? '0' : '-1' });
  }
  for (const [other, { root }] of Object.entries(views)) setHidden(root, other !== next);
  // On narrow screens the list scrolls.
  list.scrollLeft = tabs[tabName].offsetLeft - list.offsetLeft - (list.clientWidth - tabs[tabName].offsetWidth) / 2;
  if (Object.hasOwn(VIEWS, next)) keep('view', next);
  background.every(next === 'control' ? SHOWN_MS : OTHERWISE_MS);
  subscribe();
  redraw();
}

/** The code of a view has come. Only now its channels are known. */
function loaded() {
  subscribe();
  redraw();
}

/** Subscribes at the rate of `?rate=`, else by the size of the screen. A hidden page takes one frame per second, to notice a lost connection. */
function subscribe() {
  if (!views[current]) return;
  if (document.hidden) {
    model.subscribe(['speed'], 1);
    return;
  }
  const rate = Math.round(Number(query.get('rate'))) || (small.matches ? SMALL_RATE : RATE);
  model.subscribe([...new Set([...TRACED, ...views[current].channels])].slice(0, MAX_CHANNELS), Math.min(MAX_RATE, Math.max(1, rate)));
}

function toggleFullScreen() {
  if (page.classList.contains('full')) {
    leaveFullScreen();
    return;
  }
  page.classList.add('full');
  show('dash');
  // Browsers without full screen still show only the dash.
  page.requestFullscreen?.().then(() => {
    page.dataset.fullscreen = 'yes';
  }).catch(() => {});
  redraw();
}

function leaveFullScreen() {
  page.classList.remove('full');
  delete page.dataset.fullscreen;
  if (document.fullscreenElement) document.exitFullscreen();
  if (query.get('view') === 'dash') history.replaceState(null, '', '/#dash');
}

function showUnits(system) {
  units.use(system);
  press(unitChoice, system);
  restyleAll();
  redraw();
}

/** The units of the settings apply if none were chosen in this browser. */
function settingsChanged(settings) {
  const system = settings?.keys?.find(({ name }) => name === 'units')?.value;
  if (SYSTEMS.includes(system) && !stored('units', SYSTEMS) && system !== units.system) showUnits(system);
}

function drawAlarm() {
  const [first, ...others] = problemsOf(background.status);
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  setText(alarmText, first ? `Problem: ${first}${more}` : '');
  // The view itself lists all problems.
  setHidden(alarm, !first || current === 'control');
  setData(tabs.control, 'problem', first ? 'yes' : '');
  withAttributes(tabs.control, { title: first ? `Control: ${first}` : '' });
}

function momentOf() {
  if (model.flags & PAUSED) return 'paused';
  if (model.flags & REPLAY) return 'replay';
  return model.hasTelemetry ? '' : 'none';
}

function draw() {
  const { state, chip: short, headline, detail } = statement(model);
  setData(chip, 'state', state);
  setText(chip, short);
  const { track, configuration, car } = model.status;
  const watching = model.isWatching ? 'Watching another car' : '';
  setText(where, model.hasTelemetry ? [watching, [track, configuration].filter(Boolean).join(' '), car].filter(Boolean).join(' · ') : '');
  const covered = headline && COVERED.includes(current);
  setHidden(notice, !covered);
  if (covered) {
    if (!notice.firstChild) notice.append(el('strong'), el('p'));
    setText(notice.firstChild, headline);
    setText(notice.lastChild, detail);
  }
  setData(page, 'moment', momentOf());
  drawAlarm();
  if (unitsOf !== model.connections) {
    unitsOf = model.connections;
    background.refresh();
    model.document('/api/settings').then(settingsChanged);
  }
  views[current]?.update(model);
}

/** A log alone has nothing to show but the timing, unless the address names a view. */
let hasAsked = Boolean(location.hash) || dashOnly;
model.onChange(() => {
  if (hasAsked || !model.status.connection) return;
  hasAsked = true;
  if (model.status.connection === 'log') show('timing');
});
