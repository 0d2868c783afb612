// The rigs of a wall, as cards or as lines of a table. Names come from other computers: they are texts, never HTML.

import { el, figure, setData, setHidden, setStyle, setText, withAttributes } from '../lib/dom.js';
import { flagWords } from '../lib/flags.js';
import { clock, fixed, known, lapTimeMs, NONE, signed } from '../lib/format.js';
import { keyedRows } from '../lib/rows.js';
import { commonTrack, flagOf, healthOf, keyOf, layoutOf, stateWords, trackName } from '../lib/wall.js';

/** Faster and slower are shown from this difference on, in seconds. */
const NOTABLE_S = 0.005;

/** States that have the same mark. */
const MARKS = { live: 'live', paused: 'pause', frozen: 'pause', replay: 'replay', menu: 'wait', waiting: 'wait', unknown: 'wait', stale: 'off', offline: 'off' };

function deltaState(delta) {
  if (!known(delta) || Math.abs(delta) < NOTABLE_S) return '';
  return delta < 0 ? 'faster' : 'slower';
}

/** The element of a rig. */
function rigBox() {
  const row = el('article', 'rig');
  const mark = el('i', 'rig-mark');
  const [name, note, driver, car, word, health] = ['rig-name', 'rig-note', 'rig-driver', 'rig-car', 'rig-word', 'rig-health'].map((part) => el('span', part));
  const [cloth, flagText] = [el('i', 'flag-cloth'), el('span')];
  const flag = el('span', 'rig-flag', cloth, flagText);
  const [lap, delta, last, best] = [figure('Lap', 'rig-lap'), figure('Delta', 'rig-delta'), figure('Last', 'rig-last'), figure('Best', 'rig-best')];
  row.append(el('header', 'rig-head', mark, name, note, flag), driver, car, lap.node, el('div', 'rig-now', delta.node, word), last.node, best.node, health);
  return {
    row,
    update(rig, { sites, track }) {
      const { live, state } = rig;
      const words = stateWords(rig);
      setData(row, 'state', state);
      setData(mark, 'state', MARKS[state] ?? 'wait');
      setText(name, sites ? `${rig.rig} (${rig.site})` : rig.rig);
      const position = live?.race_position > 0 ? `P${fixed(live.race_position)}` : '';
      setText(note, live?.in_pit_lane && state === 'live' ? 'Pit lane' : position);
      setText(driver, rig.driver ?? NONE);
      setText(car, [rig.car, track ? '' : trackName(rig)].filter(Boolean).join(' · ') || NONE);
      const shown = flagOf(rig);
      setHidden(flag, !shown);
      setData(flag, 'flag', shown);
      setText(flagText, shown ? flagWords(shown) : '');
      // The state in words takes the place of the delta.
      setText(word, words);
      setHidden(word, !words);
      setHidden(delta.node, Boolean(words));
      delta.set(signed(live?.delta, 2), deltaState(live?.delta));
      const time = known(live?.lap_time) && state === 'live' ? clock(live.lap_time) : '';
      lap.rename(time ? `Lap · ${time}` : 'Lap');
      lap.set(live?.lap > 0 ? fixed(live.lap) : NONE);
      const isInvalid = rig.last && !rig.last.is_valid && rig.last.time_ms;
      last.set(`${lapTimeMs(rig.last?.time_ms)}${isInvalid ? ' ✕' : ''}`, isInvalid ? 'invalid' : '');
      best.set(lapTimeMs(rig.best_ms), rig.best_ms && rig.last?.time_ms === rig.best_ms ? 'new' : '');
      setText(health, healthOf(rig));
    },
  };
}

/** The rigs that are not offline, those of a page, and a line with the others. The returned function returns the number of pages. */
export function wallRigs(root) {
  const list = el('div', 'rigs');
  const heads = el('div', 'rig rig-heads', ...['Rig', 'Driver', 'Car', 'Lap', 'Delta', 'Last', 'Best', ''].map((text, index) => {
    const classes = ['rig-head', 'rig-driver', 'rig-car', 'rig-lap', 'rig-now', 'rig-last', 'rig-best', 'rig-health'];
    return el('span', `label ${classes[index]}`, text);
  }));
  withAttributes(heads, { 'aria-hidden': 'true' });
  const gone = el('p', 'rigs-gone');
  root.append(heads, list, gone);
  const boxes = keyedRows(list, rigBox);
  return (model, { scrolls, pageOf }) => {
    const all = model.rigs;
    const here = all.filter(({ state }) => state !== 'offline');
    const layout = layoutOf(here.length, { scrolls });
    const page = pageOf(layout.pages);
    const shown = here.slice(page * layout.perPage, (page + 1) * layout.perPage);
    const context = { sites: new Set(all.map(({ site }) => site)).size > 1, track: commonTrack(here) };
    setData(root, 'kind', layout.kind);
    setStyle(root, '--columns', String(layout.columns));
    setStyle(root, '--rows', String(layout.rows));
    const found = boxes(shown.map(keyOf));
    for (const [index, rig] of shown.entries()) found[index].update(rig, context);
    setHidden(heads, layout.kind !== 'lines');
    const names = all.filter(({ state }) => state === 'offline').map(({ site, rig }) => (context.sites ? `${rig} (${site})` : rig));
    setText(gone, names.length ? `Offline: ${names.join(', ')}` : '');
    setHidden(gone, !names.length);
    return layout.pages;
  };
}
