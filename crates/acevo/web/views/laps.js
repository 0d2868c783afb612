// The laps of all sessions, and a comparison of two of them.

import { el, panel, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { lapTimeMs, sectorMs, signed, words } from '../lib/format.js';
import { bestSectors, bestTime, counts, sectorCount, verdict } from '../lib/laps.js';
import { units } from '../lib/units.js';
import { comparison } from '../widgets/compare.js';

/** Rows of the table. Older laps are not shown. */
const MAX_ROWS = 300;

const BEFORE = ['Compare', 'Lap', 'Time', 'Gap'];
const AFTER = ['Fuel', 'Top speed', ''];
/** Cells before the sectors, without the buttons. */
const FIRST_SECTOR = BEFORE.length - 1;

const noteOf = (lap) => [
  lap.kind === 'flying' ? '' : words(lap.kind),
  lap.incomplete ? words(lap.incomplete) : '',
  verdict(lap.validity) === 'invalid' ? `✕ ${words(lap.validity.reason)}` : '',
].filter(Boolean).join(' · ');

function stateOf(lap, best) {
  if (lap.time_ms === best) return 'best';
  return lap.incomplete || verdict(lap.validity) === 'invalid' ? 'invalid' : '';
}

function gapOf(lap, best) {
  if (lap.time_ms === best) return 'best';
  return lap.time_ms && Number.isFinite(best) ? signed((lap.time_ms - best) / 1000) : '';
}

/** The laps to compare if none are chosen: the best one as B, the newest other one as A. */
function defaults(list, chosen) {
  const usable = list.map((lap, index) => ({ lap, index })).filter(({ lap }) => lap.trace && lap.time_ms);
  const best = usable.filter(({ lap }) => counts(lap)).reduce((a, b) => (a && a.lap.time_ms <= b.lap.time_ms ? a : b), null) ?? usable[0];
  const last = [...usable].reverse().find(({ index }) => index !== best?.index);
  return { b: chosen.b ?? best?.index ?? null, a: chosen.a ?? last?.index ?? best?.index ?? null };
}

export function laps(root, { resized }) {
  const table = panel('laps', 'Laps');
  const body = el('tbody');
  const head = el('tr');
  const empty = el('p', 'hint', 'No finished lap yet.');
  const grid = el('table', 'board laps-table', el('thead', '', head), body);
  table.body.append(empty, el('div', 'scroll', grid));
  const compared = panel('compare', 'Comparison over the lap');
  // All channels, zoom, and laps of earlier sessions.
  const open = withAttributes(el('a', 'tool compare-open', 'Open in Compare'), { href: '#compare' });
  compared.node.append(open);
  root.append(table.node, compared.node);
  const compare = comparison(compared.body, { resized });

  /** Indices of the laps A and B, or `null` for the default. */
  const chosen = { a: null, b: null };
  let from = null;
  let version = 0;
  let sectors = 0;
  let rows = [];

  function pick(side, index) {
    chosen[side] = index;
    from = null;
    resized();
  }

  function build(count) {
    sectors = count;
    const names = [...BEFORE, ...Array.from({ length: count }, (_, index) => `S${index + 1}`), ...AFTER];
    head.replaceChildren(...names.map((text) => withAttributes(el('th', '', text), { scope: 'col' })));
    body.replaceChildren();
    rows = [];
  }

  function addRow() {
    const row = { index: 0 };
    [row.a, row.b] = ['a', 'b'].map((side) => {
      const button = withAttributes(el('button', `pick pick-${side}`, side.toUpperCase()), { type: 'button', 'aria-pressed': 'false' });
      button.addEventListener('click', () => pick(side, row.index));
      return button;
    });
    row.cells = Array.from({ length: FIRST_SECTOR + sectors + AFTER.length }, () => el('td'));
    row.row = el('tr', '', el('td', '', el('span', 'picks', row.a, row.b)), ...row.cells);
    body.append(row.row);
    return row;
  }

  function fill(list, picked) {
    const count = sectorCount(null, list);
    if (count !== sectors) build(count);
    const shown = Math.min(MAX_ROWS, list.length);
    // Rows are reused, so that their number stays that of the laps.
    while (rows.length > shown) rows.pop().row.remove();
    while (rows.length < shown) rows.push(addRow());
    const best = bestTime(list);
    const fastest = bestSectors(list);
    const lastSession = list[list.length - 1]?.session;
    rows.forEach((row, at) => {
      row.index = list.length - 1 - at;
      const lap = list[row.index];
      setData(row.row, 'state', stateOf(lap, best));
      for (const side of ['a', 'b']) {
        row[side].disabled = !lap.trace;
        withAttributes(row[side], { 'aria-pressed': String(picked[side] === row.index), 'aria-label': `Lap ${lap.number} as ${side.toUpperCase()}` });
      }
      const times = Array.from({ length: sectors }, (_, sector) => lap.sectors_ms?.[sector]);
      const texts = [
        lap.session === lastSession ? `${lap.number}` : `${lap.number} (session ${lap.session})`,
        lap.time_ms ? lapTimeMs(lap.time_ms) : 'no time',
        gapOf(lap, best),
        ...times.map(sectorMs),
        units.full('volume', lap.fuel_used_l, 2),
        units.full('speed', lap.speed_kmh?.max),
        noteOf(lap),
      ];
      for (const [cell, text] of texts.entries()) setText(row.cells[cell], text);
      times.forEach((ms, sector) => setData(row.cells[FIRST_SECTOR + sector], 'state', ms && ms === fastest[sector] ? 'best' : ''));
    });
  }

  return {
    channels: [],
    update(model) {
      const list = model.laps;
      for (const side of ['a', 'b']) if (chosen[side] !== null && !list[chosen[side]]?.trace) chosen[side] = null;
      const picked = defaults(list, chosen);
      if (from !== list || version !== units.version) {
        [from, version] = [list, units.version];
        setHidden(empty, list.length > 0);
        setHidden(grid, list.length === 0);
        fill(list, picked);
      }
      const ids = [...new Set([picked.b, picked.a].map((at) => list[at]?.index).filter(Number.isInteger))].map((index) => `live-${index}`);
      setHidden(open, ids.length === 0);
      withAttributes(open, { href: `#compare?laps=${ids.join()}` });
      compare(model, picked);
    },
  };
}
