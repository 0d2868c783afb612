// The running lap with its sectors, and a board of the last laps.

import { el, figure, setData, setHidden, setText, withAttributes } from './dom.js';
import { lapTime, lapTimeMs, sectorMs, signed, words } from './format.js';

export const lapChannels = ['lap', 'session_laps', 'lap_time', 'last_lap_time', 'best_lap_time', 'predicted_lap_time', 'lap_valid'];

/** The number of a lap; `3/3` in a session of so many laps, and never a lap after its last one. */
export function lapOf(number, total) {
  if (!(number > 0)) return '–';
  return total > 0 && total < 10000 ? `${Math.min(number, total)}/${total}` : String(number);
}

/** Whether a lap counts: `valid`, `invalid`, `unknown`. */
export const verdict = (validity) => (typeof validity === 'string' ? validity : validity?.is ?? 'unknown');

/** The best times of each sector among laps that count. */
export function bestSectors(laps) {
  const best = [];
  for (const lap of laps) {
    if (lap.incomplete || verdict(lap.validity) !== 'valid') continue;
    (lap.sectors_ms ?? []).forEach((ms, index) => {
      if (ms > 0) best[index] = Math.min(best[index] ?? Infinity, ms);
    });
  }
  return best;
}

/** The laps of the newest session. */
const ofSession = (laps) => laps.filter(({ session }) => session === laps[laps.length - 1].session);

function sectorTimes(splits) {
  return (splits ?? []).map((end, index) => {
    const start = index === 0 ? 0 : splits[index - 1];
    return Number.isFinite(end) && Number.isFinite(start) && end > 0 ? end - start : null;
  });
}

export function lap(root) {
  const number = el('span', 'num lap-count', '–');
  const note = el('span', 'lamp lamp-warn');
  const time = el('span', 'num lap-time', '–:––.–––');
  const sectors = [0, 1, 2].map((index) => {
    const value = el('span', 'num value', '–');
    const node = el('div', 'sector', el('span', 'label', `S${index + 1}`), value);
    return { node, value };
  });
  const [last, best, ideal, personal] = [figure('Last'), figure('Best'), figure('Ideal'), figure('Personal')];
  root.append(el('div', 'lap',
    el('div', 'lap-head', el('span', 'label', 'Lap'), number, note), time,
    el('div', 'sectors', ...sectors.map(({ node }) => node)),
    el('div', 'figures', last.node, best.node, ideal.node, personal.node)));
  let from = null;
  let fastest = [];
  return (model) => {
    if (from !== model.laps) {
      from = model.laps;
      fastest = from.length ? bestSectors(ofSession(from)) : [];
    }
    const running = model.hasTelemetry ? model.lap : {};
    setText(number, lapOf(running.number ?? model.get('lap'), model.get('session_laps')));
    const state = verdict(running.validity);
    const invalid = state === 'invalid' || (state === 'unknown' && model.get('lap_valid') === 0);
    setText(note, invalid ? 'INVALID' : running.kind && running.kind !== 'flying' ? `${running.kind} lap`.toUpperCase() : '');
    setHidden(note, !note.textContent);
    setText(time, lapTime(model.hasTelemetry ? running.elapsed_s ?? model.get('lap_time') : NaN));
    const driven = sectorTimes(running.splits_ms);
    sectors.forEach(({ value, node }, index) => {
      const ms = driven[index];
      setText(value, sectorMs(ms));
      setData(node, 'state', !Number.isFinite(ms) ? '' : ms <= (fastest[index] ?? 0) ? 'best' : 'set');
    });
    last.set(running.last_ms ? lapTimeMs(running.last_ms) : lapTimeMs(model.get('last_lap_time') * 1000));
    best.set(running.best_ms ? lapTimeMs(running.best_ms) : lapTimeMs(model.get('best_lap_time') * 1000), 'best');
    ideal.set(lapTimeMs(running.theoretical_ms));
    personal.set(lapTimeMs(running.personal_ms));
  };
}

/** A board of laps. Options: `rows`. */
export function board(root, { rows = 6 } = {}) {
  const body = el('tbody');
  const heads = ['Lap', 'Time', 'Gap', 'S1', 'S2', 'S3'].map((text) => withAttributes(el('th', '', text), { scope: 'col' }));
  const table = el('table', 'board', el('thead', '', el('tr', '', ...heads)), body);
  table.setAttribute('aria-label', 'Laps');
  root.append(table);
  const lines = Array.from({ length: rows }, () => {
    const cells = heads.map(() => el('td', '', ''));
    const row = el('tr', '', ...cells);
    body.append(row);
    return { row, cells };
  });
  return (model) => {
    const running = model.hasTelemetry ? model.lap : {};
    const laps = model.laps.length ? ofSession(model.laps) : [];
    const sectors = bestSectors(laps);
    const best = Math.min(...laps.filter((l) => l.time_ms && !l.incomplete && verdict(l.validity) === 'valid').map((l) => l.time_ms));
    const shown = [];
    if (Number.isFinite(running.number)) {
      shown.push({ number: running.number, time: lapTime(running.elapsed_s ?? NaN), gap: Number.isFinite(model.delta) ? signed(model.delta, 2) : '',
        sectors: sectorTimes(running.splits_ms), state: 'running', mark: verdict(running.validity) === 'invalid' ? ' ✕' : '' });
    }
    for (const done of [...laps].reverse()) {
      if (shown.length >= rows) break;
      const invalid = verdict(done.validity) === 'invalid';
      const kind = done.kind === 'flying' ? '' : words(done.kind);
      shown.push({ number: done.number, time: done.time_ms ? lapTimeMs(done.time_ms) : 'no time', mark: invalid ? ' ✕' : '',
        gap: done.time_ms === best ? 'best' : kind || (done.time_ms && Number.isFinite(best) ? signed((done.time_ms - best) / 1000, 3) : ''),
        sectors: done.sectors_ms ?? [], state: done.time_ms === best ? 'best' : invalid ? 'invalid' : '' });
    }
    lines.forEach(({ row, cells }, index) => {
      const entry = shown[index];
      setHidden(row, !entry);
      if (!entry) return;
      setData(row, 'state', entry.state);
      [String(entry.number) + entry.mark, entry.time, entry.gap, ...[0, 1, 2].map((i) => sectorMs(entry.sectors[i]))]
        .forEach((text, i) => setText(cells[i], text));
      [0, 1, 2].forEach((i) => setData(cells[3 + i], 'state', entry.sectors[i] && entry.sectors[i] === sectors[i] ? 'best' : ''));
    });
  };
}
