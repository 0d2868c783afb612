// Two to four laps of any recordings: curves, map and accelerations with one visible range and one cursor.

import { catalogueOf } from '../lib/catalogue.js';
import { Comparison, LETTERS, MAX_LAPS } from '../lib/comparison.js';
import { choice, el, panel, press, setHidden, setText, stylesheet, withAttributes } from '../lib/dom.js';
import { fixed } from '../lib/format.js';
import { lapTitle, trackText } from '../lib/lap-names.js';
import * as library from '../lib/library.js';
import { SHARE_CHANNELS } from '../lib/range-statistics.js';
import { units } from '../lib/units.js';
import { around } from '../lib/viewport.js';
import { channelPicker } from '../widgets/channel-picker.js';
import { compareGg } from '../widgets/compare-gg.js';
import { compareMap } from '../widgets/compare-map.js';
import { compareStrips } from '../widgets/compare-strips.js';
import { editCorners } from '../widgets/corner-editor.js';
import { cornerTable } from '../widgets/corner-table.js';
import { dropFiles } from '../widgets/drop-files.js';
import { button, selectField } from '../widgets/form.js';
import { lapChips } from '../widgets/lap-chips.js';
import { pickLap } from '../widgets/lap-picker.js';
import { noticeBar } from '../widgets/notice-bar.js';
import { player } from '../widgets/player.js';
import { rangeInput, rangeKey } from '../widgets/range-input.js';
import { rangeTable } from '../widgets/range-table.js';
import { editSectors } from '../widgets/sector-editor.js';

/** Channels that map and accelerations need. */
const MAP_CHANNELS = ['position_x', 'position_z', 'g_lateral', 'g_longitudinal'];
/** Time after a change until the address and the statistics follow. */
const SETTLED_MS = 200;
const NO_LOSSES = 'Compare two laps of recordings to see where time is lost.';
const KEYS = 'Keys: ← → cursor, + − zoom, Shift with ← → moves, Home shows all, [ ] and digits go to corners, Space plays.';

export function compare(root, { resized }) {
  stylesheet('library');
  stylesheet('compare');
  const comparison = new Comparison();
  let model = null;
  let catalogue = new Map();
  let drawn = '';
  let shown = '';
  let settledTimer = 0;
  let mustSettle = true;
  const loading = new Set();
  const notice = noticeBar(root);

  const laps = el('div', 'compare-laps');
  const add = button('Add a lap …', addLap);
  const tools = el('div', 'bar compare-tools');
  const position = el('span', 'num hint compare-position');
  const [curves, map, gg, table] = [el('section', 'panel compare-main'), panel('compare-map', 'Map'), panel('compare-gg', 'Accelerations'), panel('compare-range', 'Visible part')];
  const cornersPanel = panel('corners', 'Time lost in corners');
  const editors = el('div', 'panel-tools', button('Corners …', () => edit(editCornersOf), { class: 'tool tool-small', title: 'Edit the corners of this track' }), button('Sectors …', () => edit(editSectorsOf), { class: 'tool tool-small', title: 'Edit the sectors of this track' }));
  map.node.append(editors);
  const empty = el('p', 'hint compare-empty', 'Choose laps in a session, or add them here. A recording can be dropped on this page.');
  curves.setAttribute('aria-label', 'Curves');
  root.append(laps, tools, empty, el('div', 'compare-grid', curves, el('div', 'compare-side', map.node, gg.node)), cornersPanel.node, table.node);

  const strips = compareStrips(curves, comparison, { resized });
  const parts = [compareMap(map.body, comparison, { outline: () => model?.outline ?? { points: [] }, resized }), compareGg(gg.body, comparison, { resized })];
  const showLosses = cornerTable(cornersPanel.body, { go: (number) => goTo(comparison.corners.find((corner) => corner.number === number)) });
  const mapOfBase = parts[0];
  const showRange = rangeTable(table.body, comparison);
  const showChips = lapChips(laps, comparison, {
    changed: (id) => apply({ reference: id }),
    removed: (id) => go({ laps: comparison.laps.filter((lap) => lap.id !== id) }),
  });
  laps.append(add, dropFiles(root, { notice, imported: addBestOf }));

  const mode = choice('Axis', [['distance', 'Distance'], ['time', 'Time']], comparison.mode, (value) => {
    comparison.useMode(value);
    settle();
  });
  const align = selectField('Aligned at', [], (value) => apply({ align: Number(value) }));
  const ideal = selectField('Ideal lap', [['', 'None'], ['sectors', 'Sectors'], ['mini', 'Mini-sectors']], (value) => apply({ ideal: value }));
  const channelsNode = el('div', 'channel-picker');
  const channels = channelPicker(channelsNode, { channels: () => comparison.channels, chosen: (ids) => apply({ channels: ids }) });
  const playing = player({ comparison, changed: settle });
  const whole = button('Show all', () => change({ range: comparison.whole }), { title: 'The whole lap (Home)' });
  tools.append(mode, align.node, ideal.node, channelsNode, playing.node, whole, position);
  curves.append(el('p', 'hint compare-keys', KEYS));

  const input = {
    state: () => ({ range: comparison.range, whole: comparison.whole, cursor: comparison.cursor }),
    changed: change,
    corners: () => comparison.corners.map((corner) => cornerOf(corner)),
  };
  rangeInput(strips.node, { getBoundingClientRect: () => strips.plot.getBoundingClientRect() }, input);
  document.addEventListener('keydown', (event) => {
    if (root.hidden || event.target.closest('input, select, textarea, dialog, summary')) return;
    const isHandled = playing.key(event) || rangeKey(event, input);
    if (isHandled) event.preventDefault();
  });

  function cornerOf({ start, apex, end }) {
    const { base, whole: all } = comparison;
    if (!base) return { apex: 0, range: all };
    const [from, at, to] = [start, apex, end].map((part) => comparison.xOf(base, part));
    return { apex: at, range: around(from, to, all, 0.5) };
  }

  /** Changes the visible range or the cursor. */
  function change({ range, cursor }) {
    if (range) {
      comparison.range = range;
      comparison.isMoving = true;
    }
    if (cursor !== undefined) {
      comparison.cursor = cursor;
      playing.stop();
    }
    settle();
  }

  /** Changes anything else. */
  function apply(values) {
    comparison.set(values);
    loadAll();
    loadCorners();
    settle();
  }

  /** Changes the laps, with a new entry in the history of the browser. */
  function go(values) {
    comparison.set(values);
    history.pushState(null, '', `#${comparison.address}`);
    loadAll();
    loadCorners();
    settle();
  }

  /** Draws now, and soon what takes longer: statistics and the address. */
  function settle() {
    mustSettle = true;
    clearTimeout(settledTimer);
    settledTimer = setTimeout(() => {
      if (root.hidden) return;
      if (mustSettle) showRange(catalogue);
      mustSettle = false;
      comparison.isMoving = false;
      resized();
      history.replaceState(null, '', `#${comparison.address}`);
    }, SETTLED_MS);
    resized();
  }

  async function addLap() {
    const about = comparison.base?.samples.lap;
    const live = (model?.laps ?? []).filter((lap) => lap.trace && lap.time_ms).map((lap) => ({ id: `live-${lap.index}`, title: lapTitle(lap) })).reverse();
    addIds([await pickLap(about?.track ? about : null, live)]);
  }

  function addIds(ids) {
    const fresh = ids.filter((id) => id && !comparison.ids.includes(String(id))).map((id) => ({ id: String(id), samples: null, problem: '' }));
    if (fresh.length === 0) return;
    if (comparison.laps.length + fresh.length > MAX_LAPS) notice.show(`Up to ${MAX_LAPS} laps are compared: remove one first.`);
    go({ laps: [...comparison.laps, ...fresh].slice(0, MAX_LAPS) });
  }

  /** Adds the best lap of sessions that were imported. */
  async function addBestOf(ids) {
    const answers = await Promise.all(ids.map((id) => library.session(id)));
    addIds(answers.map(({ answer }) => answer?.session?.best_lap));
  }

  /** Loads what is missing: first what is drawn, then what the statistics need. */
  function loadAll() {
    for (const lap of comparison.laps) load(lap);
  }

  async function load(lap) {
    if (loading.has(lap) || lap.problem) return;
    loading.add(lap);
    const wanted = () => [...new Set([...comparison.channels, ...MAP_CHANNELS])];
    const isMissing = (id) => !lap.samples?.columns.has(id);
    for (const ids of [wanted, () => [...wanted(), ...SHARE_CHANNELS.filter((id) => catalogue.has(id))]]) {
      const missing = ids().filter(isMissing);
      if (missing.length > 0 && !lap.problem) await loadColumns(lap, missing);
    }
    loading.delete(lap);
    if (!lap.problem && wanted().some(isMissing)) load(lap);
  }

  async function loadColumns(lap, ids) {
    const { samples, problem } = await library.samples(lap.id, ids);
    if (!comparison.laps.includes(lap)) return;
    const isSame = lap.samples?.rows === samples?.rows;
    if (problem) lap.problem = problem;
    else if (lap.samples && isSame) for (const [id, column] of samples.columns) lap.samples.columns.set(id, column);
    else lap.samples = samples;
    checkTracks();
    comparison.changed();
    loadCorners();
    settle();
  }

  /** Laps of different tracks cannot be compared. */
  function checkTracks() {
    const first = comparison.laps.find(({ samples }) => samples)?.samples.lap;
    for (const lap of comparison.laps) {
      const about = lap.samples?.lap;
      if (!about?.track || !first?.track || trackText(about) === trackText(first)) continue;
      lap.problem = `This lap is of another track: ${trackText(about)}.`;
      lap.samples = null;
    }
  }

  let cornersOf = '';
  /** Loads the corners of the track, and the time that the first compared lap loses in each to the reference. */
  async function loadCorners() {
    const { base } = comparison;
    const compared = comparison.loaded.find((lap) => comparison.deltas.has(lap));
    const isReal = base && comparison.referenceLap?.name !== 'ideal';
    const key = isReal ? [base.id, compared?.id].join() : '';
    if (key === cornersOf) return;
    cornersOf = key;
    const loaded = isReal ? await library.cornerLosses(compared?.id ?? base.id, compared ? base.id : '') : { text: '' };
    if (key !== cornersOf) return;
    takeCorners(loaded, compared);
    settle();
  }

  function takeCorners({ answer, text }, compared) {
    if (Array.isArray(answer?.corners)) comparison.set({ corners: answer.corners });
    const letter = LETTERS[comparison.laps.indexOf(compared)];
    setText(cornersPanel.node.firstChild, letter ? `Time that ${letter} loses to ${comparison.referenceLap?.name} in corners` : 'Corners');
    showLosses(answer?.losses ? answer : null, text || NO_LOSSES);
  }

  function goTo(corner) {
    if (!corner) return;
    const { apex, range } = cornerOf(corner);
    change({ range, cursor: apex });
  }

  /** Opens an editor of the track, if there is a lap with a map. */
  function edit(open) {
    const points = mapOfBase.points();
    const about = comparison.base?.samples.lap;
    if (points && about?.track) open(about, points);
    else notice.show('There is no map of this track yet: add a lap of the library first.');
  }

  function editCornersOf(about, points) {
    editCorners(about, points, comparison.corners, () => {
      cornersOf = '';
      loadCorners();
      notice.show('The corners of this track are saved.');
    });
  }

  function editSectorsOf(about, points) {
    editSectors(about, points, () => notice.show('The sectors of this track are saved. New laps have them; laps in the library get them when they are read again.'));
  }

  function showTools() {
    press(mode, comparison.mode);
    ideal.set(comparison.ideal);
    const starts = [[0, 'Line'], ...comparison.corners.map(({ number, name, start }) => [start, name || `Corner ${number}`])];
    if (!starts.some(([at]) => at === comparison.align)) starts.push([comparison.align, `${fixed(comparison.align * 100, 1)} % of the lap`]);
    align.fill(starts.map(([at, name]) => [String(at), name]));
    align.set(String(comparison.align));
    withAttributes(add, { 'aria-disabled': String(comparison.laps.length >= MAX_LAPS) });
    channels.show();
  }

  const positionText = () => {
    if (comparison.cursor === null) return '';
    if (comparison.mode === 'time') return `${fixed(comparison.cursor, 3)} s`;
    return comparison.lengthM ? units.full('distance', comparison.cursor / 1000) : `${fixed(comparison.cursor, 1)} %`;
  };

  function draw() {
    const key = [comparison.version, comparison.cursor, comparison.range, comparison.playAt, comparison.isMoving, comparison.corners.length, catalogue.size, units.system, units.version, strips.version, ...parts.map(({ version }) => version)].join();
    if (key === drawn) return;
    drawn = key;
    const state = [comparison.version, comparison.corners.length, catalogue.size, units.version].join();
    if (state !== shown) {
      // While only the visible range moves, these stay the same.
      shown = state;
      setHidden(empty, comparison.laps.length > 0);
      showChips();
      showTools();
    }
    strips.draw(catalogue);
    for (const part of parts) part.draw();
    const at = positionText();
    setText(position, at);
    const values = strips.showValues();
    const [low, high] = comparison.whole;
    withAttributes(strips.node, {
      'aria-valuemin': String(low), 'aria-valuemax': String(high), 'aria-valuenow': String(comparison.cursor ?? low),
      'aria-valuetext': comparison.cursor === null ? 'No cursor' : `${at}; ${values}`,
    });
  }

  async function loadCatalogue() {
    catalogue = catalogueOf(await model.document('/api/channels'));
    channels.take(catalogue);
    loadAll();
    settle();
  }

  return {
    channels: [],
    title: () => `Compare ${comparison.laps.map((_, place) => LETTERS[place]).join(' ')}`,
    route({ query }) {
      comparison.take(query);
      playing.stop();
      loadAll();
      settle();
    },
    update(next) {
      const isFirst = model === null;
      model = next;
      if (isFirst) loadCatalogue();
      draw();
    },
  };
}
