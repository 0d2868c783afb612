// The page: views behind tabs, what is said about the connection, and the few settings.

import { choice, el, setData, setHidden, setText, withAttributes } from './dom.js';
import { units } from './format.js';
import { loop } from './loop.js';
import { Model, PAUSED, REPLAY, TRACED } from './model.js';
import { keep, kept } from './settings.js';
import { statement } from './statement.js';
import { keepAwake } from './awake.js';
import { restyleAll } from './surface.js';
import { dash } from './view-dash.js';
import { laps } from './view-laps.js';
import { mapView } from './view-map.js';
import { overlays } from './view-overlays.js';
import { session } from './view-session.js';
import { traces } from './view-traces.js';

const VIEWS = { dash: ['Dash', dash], traces: ['Traces', traces], laps: ['Laps', laps], map: ['Map', mapView], session: ['Session', session], overlays: ['Overlays', overlays] };
const LARGEST = 128;

const query = new URLSearchParams(location.search);
const holder = document.getElementById('views');
const [chip, where, notice] = ['chip', 'where', 'notice'].map((id) => document.getElementById(id));
const tabs = {};
const views = {};
let current = '';

units.use(kept('units', ['metric', 'imperial']));
const full = query.get('view') === 'dash';
document.documentElement.classList.toggle('full', full);
const model = new Model();
const ask = loop(model, draw);

Object.entries(VIEWS).forEach(([name, [title]]) => {
  const tab = withAttributes(el('button', 'tab', title), { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `view-${name}` });
  tab.addEventListener('click', () => show(name, true));
  tabs[name] = tab;
});
const list = document.getElementById('tabs');
list.append(...Object.values(tabs));
list.addEventListener('keydown', (event) => {
  const names = Object.keys(VIEWS);
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -names.indexOf(current), End: names.length - 1 - names.indexOf(current) }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = names[(names.indexOf(current) + step + names.length) % names.length];
  show(next, true);
  tabs[next].focus();
});

const expand = withAttributes(el('button', 'tool', 'Full screen'), { type: 'button', title: 'The dash alone, over the whole screen (F)' });
expand.addEventListener('click', fullScreen);
document.getElementById('tools').append(
  choice('Units', [['metric', 'Metric'], ['imperial', 'Imperial']], units.system, (system) => {
    units.use(system);
    keep('units', system);
    restyleAll();
    ask();
  }),
  expand,
);

const leave = withAttributes(el('button', 'leave', '✕'), { type: 'button', 'aria-label': 'Leave the full screen' });
leave.addEventListener('click', leaveFull);
document.body.append(leave);

addEventListener('keydown', (event) => {
  if (event.target.closest('input, select, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'f') fullScreen();
  if (event.key === 'Escape') leaveFull();
});
addEventListener('hashchange', () => show(location.hash.slice(1)));
document.addEventListener('visibilitychange', subscribe);
document.addEventListener('fullscreenchange', () => document.fullscreenElement || document.documentElement.dataset.asked !== 'yes' || leaveFull());
const small = matchMedia('(max-width: 600px), (max-height: 500px)');
small.addEventListener('change', subscribe);
keepAwake(() => document.documentElement.classList.contains('full') || (current === 'dash' && model.hasTelemetry));

show(full ? 'dash' : location.hash.slice(1) || kept('view', Object.keys(VIEWS)));

function show(name, chosen = false) {
  const next = Object.hasOwn(VIEWS, name) ? name : 'dash';
  if (next === current) return;
  current = next;
  if (!views[next]) {
    const root = withAttributes(el('div', `view view-${next}`), { role: 'tabpanel', id: `view-${next}`, 'aria-labelledby': `tab-${next}` });
    holder.append(root);
    views[next] = { root, ...VIEWS[next][1](root, { resized: ask, model }) };
  }
  for (const [other, tab] of Object.entries(tabs)) {
    withAttributes(tab, { 'aria-selected': String(other === next), tabindex: other === next ? '0' : '-1' });
    if (views[other]) setHidden(views[other].root, other !== next);
  }
  if (chosen) history.replaceState(null, '', `#${next}`);
  keep('view', next);
  subscribe();
  ask();
}

/** Small screens take fewer frames, or as `?rate=` says; a page that nobody sees one a second, to know that the line is alive. */
function subscribe() {
  if (!views[current]) return;
  if (document.hidden) {
    model.subscribe(['speed'], 1);
    return;
  }
  const rate = Math.round(Number(query.get('rate'))) || (small.matches ? 10 : 30);
  model.subscribe([...new Set([...TRACED, ...views[current].channels])].slice(0, LARGEST), Math.min(60, Math.max(1, rate)));
}

function fullScreen() {
  const page = document.documentElement;
  if (page.classList.contains('full')) return leaveFull();
  page.classList.add('full');
  show('dash');
  // Some browsers have no full screen; the dash alone fills the page all the same.
  page.requestFullscreen?.().then(() => (page.dataset.asked = 'yes')).catch(() => {});
  return ask();
}

function leaveFull() {
  const page = document.documentElement;
  page.classList.remove('full');
  delete page.dataset.asked;
  if (document.fullscreenElement) document.exitFullscreen();
  if (query.get('view') === 'dash') history.replaceState(null, '', '/#dash');
}

function draw() {
  const said = statement(model);
  setData(chip, 'state', said.state);
  setText(chip, said.chip);
  const { track, configuration, car } = model.status;
  const place = [track, configuration].filter(Boolean).join(' ');
  const watched = model.watches ? 'Watching another car' : '';
  setText(where, model.hasTelemetry ? [watched, place, car].filter(Boolean).join(' · ') : '');
  const covers = said.headline && ['dash', 'traces', 'map'].includes(current);
  setHidden(notice, !covers);
  if (covers) {
    if (!notice.firstChild) notice.append(el('strong'), el('p'));
    setText(notice.firstChild, said.headline);
    setText(notice.lastChild, said.detail);
  }
  setData(document.documentElement, 'moment', model.flags & PAUSED ? 'paused' : model.flags & REPLAY ? 'replay' : model.hasTelemetry ? '' : 'none');
  views[current]?.update(model);
}
