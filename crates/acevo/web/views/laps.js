// The laps of all sessions, and two of them over the distance.

import { comparison } from './compare.js';
import { el, panel, setData, setHidden, setText, withAttributes } from './dom.js';
import { lapTimeMs, sectorMs, signed, units, words } from './format.js';
import { bestSectors, verdict } from './lap.js';

/** More are not shown: a day of driving has fewer than the screen has patience. */
const MOST = 300;

const HEADS = ['Compare', 'Lap', 'Time', 'Gap', 'S1', 'S2', 'S3', 'Fuel', 'Top speed', ''];

export function laps(root, { resized }) {
  const table = panel('laps', 'Laps');
  const body = el('tbody');
  const empty = el('p', 'hint', 'No lap has ended yet.');
  const grid = el('table', 'board laps-table',
    el('thead', '', el('tr', '', ...HEADS.map((text) => withAttributes(el('th', '', text), { scope: 'col' })))), body);
  table.body.append(empty, el('div', 'scroll', grid));
  const compared = panel('compare', 'Comparison over the lap');
  root.append(table.node, compared.node);
  const compare = comparison(compared.body, { resized });

  /** Indices of the laps A and B; `null` is what is best to look at. */
  const chosen = { a: null, b: null };
  let from = null;
  let system = '';
  let rows = [];

  function pick(side, index) {
    chosen[side] = index;
    from = null;
    resized();
  }

  function defaults(list) {
    const usable = list.map((lap, index) => ({ lap, index })).filter(({ lap }) => lap.trace && lap.time_ms);
    const counting = usable.filter(({ lap }) => !lap.incomplete && verdict(lap.validity) === 'valid');
    const best = counting.reduce((a, b) => (a && a.lap.time_ms <= b.lap.time_ms ? a : b), null) ?? usable[0];
    const last = [...usable].reverse().find(({ index }) => index !== best?.index);
    return { b: chosen.b ?? best?.index ?? null, a: chosen.a ?? last?.index ?? best?.index ?? null };
  }

  function fill(list, { a, b }) {
    const first = Math.max(0, list.length - MOST);
    const best = Math.min(...list.filter((lap) => lap.time_ms && !lap.incomplete && verdict(lap.validity) === 'valid').map((lap) => lap.time_ms));
    const sectors = bestSectors(list);
    // Rows are used again: after hours there are as many as there are laps.
    while (rows.length > list.length - first) rows.pop().row.remove();
    while (rows.length < list.length - first) rows.push(add());
    rows.forEach((row, at) => {
      const index = list.length - 1 - at;
      const lap = list[index];
      row.index = index;
      const invalid = verdict(lap.validity) === 'invalid';
      const note = [lap.kind === 'flying' ? '' : words(lap.kind), lap.incomplete ? words(lap.incomplete) : '', invalid ? `✕ ${words(lap.validity.reason)}` : ''].filter(Boolean).join(' · ');
      setData(row.row, 'state', lap.time_ms === best ? 'best' : invalid || lap.incomplete ? 'invalid' : '');
      [['a', a], ['b', b]].forEach(([side, picked]) => {
        row[side].disabled = !lap.trace;
        row[side].setAttribute('aria-pressed', String(picked === index));
        row[side].setAttribute('aria-label', `Lap ${lap.number} as ${side.toUpperCase()}`);
      });
      const session = list[list.length - 1].session === lap.session ? '' : ` (session ${lap.session})`;
      [`${lap.number}${session}`, lap.time_ms ? lapTimeMs(lap.time_ms) : 'no time',
        lap.time_ms === best ? 'best' : lap.time_ms && Number.isFinite(best) ? signed((lap.time_ms - best) / 1000) : '',
        ...[0, 1, 2].map((sector) => sectorMs(lap.sectors_ms?.[sector])),
        Number.isFinite(lap.fuel_used_l) ? units.full('volume', lap.fuel_used_l, 2) : '–', units.full('speed', lap.speed_kmh?.max), note]
        .forEach((text, cell) => setText(row.cells[cell], text));
      [0, 1, 2].forEach((sector) => setData(row.cells[3 + sector], 'state', lap.sectors_ms?.[sector] && lap.sectors_ms[sector] === sectors[sector] ? 'best' : ''));
    });
  }

  function add() {
    const row = { index: 0 };
    [row.a, row.b] = ['a', 'b'].map((side) => {
      const button = withAttributes(el('button', `pick pick-${side}`, side.toUpperCase()), { type: 'button', 'aria-pressed': 'false' });
      button.addEventListener('click', () => pick(side, row.index));
      return button;
    });
    row.cells = HEADS.slice(1).map(() => el('td'));
    row.row = el('tr', '', el('td', '', el('span', 'picks', row.a, row.b)), ...row.cells);
    body.append(row.row);
    return row;
  }

  return {
    channels: [],
    update(model) {
      const list = model.laps;
      for (const side of ['a', 'b']) if (chosen[side] !== null && !list[chosen[side]]?.trace) chosen[side] = null;
      const now = defaults(list);
      if (from !== list || system !== units.system) {
        [from, system] = [list, units.system];
        setHidden(empty, list.length > 0);
        setHidden(grid, list.length === 0);
        if (list.length) fill(list, now);
        else rows.splice(0).forEach(({ row }) => row.remove());
      }
      compare(model, now);
    },
  };
}
