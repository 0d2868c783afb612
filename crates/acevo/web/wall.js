// The page of all rigs of a broker. A television shows its pages in turn; a phone scrolls.

import { keepAwake } from './lib/awake.js';
import { Connection } from './lib/connection.js';
import { setData, setHidden, setText } from './lib/dom.js';
import { loop } from './lib/loop.js';
import { commonTrack, pageAt, summaryOf, WallModel, wallOptions } from './lib/wall.js';
import { hourOf, wallBests } from './widgets/wall-bests.js';
import { wallRigs } from './widgets/wall-rigs.js';

/** Narrower windows scroll. */
const narrow = matchMedia('(max-width: 60rem), (max-height: 30rem)');

const [title, about, pages, clock, alarm, wall, rigs, bests, notice] = ['title', 'about', 'pages', 'clock', 'alarm', 'wall', 'rigs', 'bests', 'notice'].map((id) => document.getElementById(id));
const options = wallOptions(new URLSearchParams(location.search));
setData(wall, 'show', options.show);
const updateRigs = wallRigs(rigs);
const updateBests = wallBests(bests, options.top);

const model = new WallModel();
new Connection({ message: (message) => model.take(message), state: (state) => model.setConnection(state), frame() {} });

/** What is wrong with the connections. */
function problemOf({ connection, broker }) {
  if (connection === 'closed') return 'acevo wall does not answer. The values are old.';
  if (connection === 'refused') return 'Open the complete link that acevo wall printed, including ?token=….';
  if (connection === 'full') return 'acevo wall has too many clients.';
  if (connection !== 'open' || !broker || (broker.connected && !broker.problem)) return '';
  if (broker.connected) return broker.problem;
  const since = broker.since_ms > 0 ? ` since ${hourOf(broker.since_ms)}` : '';
  return broker.problem ? `The broker is away${since}: ${broker.problem}` : `Connecting to ${model.address}`;
}

/** The lines of the tables that fit. */
function bestLines() {
  const line = Number.parseFloat(getComputedStyle(bests).getPropertyValue('--line-rem')) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.max(3, Math.floor((bests.clientHeight - 2 * line) / line));
}

const redraw = loop(model, () => {
  const scrolls = narrow.matches;
  const now = performance.now();
  const pageOf = (count) => pageAt(now, count, options.seconds * 1000);
  const problem = problemOf(model);
  setText(alarm, problem);
  setHidden(alarm, !problem);
  setData(wall, 'old', problem && !(model.connection === 'open' && model.broker?.connected) ? 'old' : '');
  const all = model.rigs;
  const isEmpty = all.length === 0 && model.connection === 'open';
  setHidden(notice, !isEmpty);
  setText(notice, isEmpty ? `No rig has sent a message yet. On a rig: acevo publish --broker ${model.address}` : '');
  setText(title, model.site || 'acevo');
  const here = all.filter(({ state }) => state !== 'offline');
  setText(about, [commonTrack(here), summaryOf(all)].filter(Boolean).join(' · '));
  setText(clock, hourOf(Date.now()));
  const count = options.show === 'bests' ? 1 : updateRigs(model, { scrolls, pageOf });
  setText(pages, count > 1 ? `${pageOf(count) + 1} / ${count}` : '');
  if (options.show !== 'rigs') updateBests(model, { scrolls, pageOf, lines: scrolls ? Infinity : bestLines() });
});
narrow.addEventListener('change', redraw);
addEventListener('resize', redraw);
keepAwake(() => true);
