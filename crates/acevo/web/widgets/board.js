// A table of the running lap and the last laps of the session.

import { el, setData, setHidden, setStyle, setText, withAttributes } from '../lib/dom.js';
import { lapTime, lapTimeMs, sectorMs, signed, words } from '../lib/format.js';
import { bestSectors, bestTime, ofLastSession, sectorCount, sectorTimes, verdict } from '../lib/laps.js';

const HEADS = ['Lap', 'Time', 'Gap'];
const mark = (validity) => (verdict(validity) === 'invalid' ? ' ✕' : '');

function runningRow(running, delta) {
  return {
    number: `${running.number}${mark(running.validity)}`,
    time: lapTime(running.elapsed_s ?? NaN),
    gap: Number.isFinite(delta) ? signed(delta, 2) : '',
    sectors: sectorTimes(running.splits_ms),
    state: 'running',
  };
}

function lapRow(lap, best) {
  const isBest = lap.time_ms === best;
  let gap = lap.kind === 'flying' ? '' : words(lap.kind);
  if (isBest) gap = 'best';
  else if (!gap && lap.time_ms && Number.isFinite(best)) gap = signed((lap.time_ms - best) / 1000);
  const state = isBest ? 'best' : verdict(lap.validity);
  return { number: `${lap.number}${mark(lap.validity)}`, time: lap.time_ms ? lapTimeMs(lap.time_ms) : 'no time', gap, sectors: lap.sectors_ms ?? [], state };
}

/** Options: `rows`. */
export function board(root, { rows = 6 } = {}) {
  const table = withAttributes(el('table', 'board'), { 'aria-label': 'Laps' });
  root.append(table);
  let lines = [];
  let count = 0;

  function build(sectors) {
    count = sectors;
    const heads = [...HEADS, ...Array.from({ length: sectors }, (_, index) => `S${index + 1}`)];
    lines = Array.from({ length: rows }, () => {
      const cells = heads.map(() => el('td'));
      return { cells, row: el('tr', '', ...cells) };
    });
    setStyle(table, '--columns', String(heads.length));
    table.replaceChildren(
      el('thead', '', el('tr', '', ...heads.map((text) => withAttributes(el('th', '', text), { scope: 'col' })))),
      el('tbody', '', ...lines.map(({ row }) => row)),
    );
  }

  return (model) => {
    const running = model.hasTelemetry ? model.lap : {};
    const laps = model.laps.length ? ofLastSession(model.laps) : [];
    const sectors = sectorCount(running, laps);
    if (sectors !== count) build(sectors);
    const fastest = bestSectors(laps);
    const best = bestTime(laps);
    const shown = Number.isFinite(running.number) ? [runningRow(running, model.delta)] : [];
    for (let index = laps.length - 1; index >= 0 && shown.length < rows; index -= 1) shown.push(lapRow(laps[index], best));
    lines.forEach(({ row, cells }, index) => {
      const entry = shown[index];
      setHidden(row, !entry);
      if (!entry) return;
      setData(row, 'state', entry.state);
      [entry.number, entry.time, entry.gap].forEach((text, cell) => setText(cells[cell], text));
      cells.slice(HEADS.length).forEach((cell, sector) => {
        const ms = entry.sectors[sector];
        setText(cell, sectorMs(ms));
        setData(cell, 'state', ms && ms === fastest[sector] ? 'best' : '');
      });
    });
  };
}
