// The running lap with its sectors.

import { el, figure, setData, setHidden, setStyle, setText } from '../lib/dom.js';
import { lapTime, lapTimeMs, sectorMs } from '../lib/format.js';
import { bestSectors, lapNote, lapOf, ofLastSession, sectorCount, sectorTimes } from '../lib/laps.js';

export const lapChannels = ['lap', 'session_laps', 'lap_time', 'last_lap_time', 'best_lap_time', 'predicted_lap_time', 'lap_valid'];

export function lap(root) {
  const number = el('span', 'num lap-count', '–');
  const note = el('span', 'lamp lamp-warn');
  const time = el('span', 'num lap-time', '–');
  const sectors = el('div', 'sectors');
  const [last, best, ideal, personal] = [figure('Last'), figure('Best'), figure('Ideal'), figure('Personal')];
  root.append(el('div', 'lap',
    el('div', 'lap-head', el('span', 'label', 'Lap'), number, note), time, sectors,
    el('div', 'figures', last.node, best.node, ideal.node, personal.node)));
  let from = null;
  let laps = [];
  let fastest = [];
  let boxes = [];

  function showSectors(running) {
    const count = sectorCount(running, laps);
    if (boxes.length !== count) {
      boxes = Array.from({ length: count }, (_, index) => {
        const value = el('span', 'num value', '–');
        return { value, node: el('div', 'sector', el('span', 'label', `S${index + 1}`), value) };
      });
      setStyle(sectors, '--sectors', String(count));
      sectors.replaceChildren(...boxes.map(({ node }) => node));
    }
    const times = sectorTimes(running.splits_ms);
    boxes.forEach(({ value, node }, index) => {
      const ms = times[index];
      setText(value, sectorMs(ms));
      setData(node, 'state', stateOf(ms, fastest[index]));
    });
  }

  return (model) => {
    if (from !== model.laps) {
      from = model.laps;
      laps = from.length ? ofLastSession(from) : [];
      fastest = bestSectors(laps);
    }
    const running = model.hasTelemetry ? model.lap : {};
    const seconds = model.hasTelemetry ? running.elapsed_s ?? model.get('lap_time') : NaN;
    setText(number, lapOf(running.number ?? model.get('lap'), model.get('session_laps')));
    setText(note, lapNote(running, seconds, model.get('lap_valid')));
    setHidden(note, !note.textContent);
    setText(time, lapTime(seconds));
    showSectors(running);
    last.set(running.last_ms ? lapTimeMs(running.last_ms) : lapTimeMs(model.get('last_lap_time') * 1000));
    best.set(running.best_ms ? lapTimeMs(running.best_ms) : lapTimeMs(model.get('best_lap_time') * 1000), 'best');
    ideal.set(lapTimeMs(running.ideal_ms));
    personal.set(lapTimeMs(running.personal_ms));
  };
}

function stateOf(ms, best) {
  if (!Number.isFinite(ms)) return '';
  return ms <= (best ?? 0) ? 'best' : 'set';
}
