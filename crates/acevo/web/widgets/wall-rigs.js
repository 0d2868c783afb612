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
  const [name, site, note, driver, model, track, word, health] = ['name', 'site', 'note', 'driver', 'model', 'track', 'word', 'health'].map((part) => el('span', `rig-${part}`));
  const [cloth, flagText] = [el('i', 'flag-cloth'), el('span')];
  const flag = el('span', 'rig-flag', cloth, flagText);
  const [lap, delta, last, best] = [figure('Lap', 'rig-lap'), figure('Delta', 'rig-delta'), figure('Last', 'rig-last'), figure('Best', 'rig-best')];
  row.append(el('div', 'rig-body', el('header', 'rig-head', mark, name, site, note, health, flag), driver, el('div', 'rig-car', model, track), lap.node, el('div', 'rig-now', delta.node, word), last.node, best.node));
  const updateWho = (rig, { hasSites, hasTracks }) => {
    const { live, state } = rig;
    setText(name, rig.rig);
    setText(site, hasSites ? rig.site : '');
    const position = live?.race_position > 0 ? `P${fixed(live.race_position)}` : '';
    setText(note, live?.in_pit_lane && state === 'live' ? 'Pit lane' : position);
    setText(driver, rig.driver ?? NONE);
    setText(model, rig.car ?? NONE);
    setText(track, hasTracks ? trackName(rig) : '');
    setText(health, healthOf(rig));
  };
  const updateState = (rig) => {
    const words = stateWords(rig);
    setData(row, 'state', rig.state);
    setData(mark, 'state', MARKS[rig.state] ?? 'wait');
    const shown = flagOf(rig);
    setHidden(flag, !shown);
    setData(flag, 'flag', shown);
    setText(flagText, shown ? flagWords(shown) : '');
    // The state in words takes the place of the delta.
    setText(word, words);
    setHidden(word, !words);
    setHidden(delta.node, Boolean(words));
  };
  const updateLaps = ({ live, state, last: lastLap, best_ms: bestMs }) => {
    delta.set(signed(live?.delta, 2), deltaState(live?.delta));
    lap.rename(known(live?.lap_time) && state === 'live' ? `Lap · ${clock(live.lap_time)}` : 'Lap');
    lap.set(live?.lap > 0 ? fixed(live.lap) : NONE);
    const isInvalid = lastLap && !lastLap.is_valid && lastLap.time_ms;
    last.set(`${lapTimeMs(lastLap?.time_ms)}${isInvalid ? ' ✕' : ''}`, isInvalid ? 'invalid' : '');
    best.set(lapTimeMs(bestMs), bestMs && lastLap?.time_ms === bestMs ? 'new' : '');
  };
  return {
    row,
    update(rig, context) {
      updateWho(rig, context);
      updateState(rig);
      updateLaps(rig);
    },
  };
}

/** The rigs that are not offline, those of a page, and a line with the others. The returned function returns the number of pages. */
export function wallRigs(root) {
  const list = el('div', 'rigs');
  const heads = el('div', 'rig-body rig-heads', ...['Rig', 'Driver', 'Car', 'Lap', 'Delta', 'Last', 'Best'].map((text, index) => {
    const classes = ['rig-head', 'rig-driver', 'rig-car', 'rig-lap', 'rig-now', 'rig-last', 'rig-best'];
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
    const context = { hasSites: new Set(all.map(({ site }) => site)).size > 1, hasTracks: !commonTrack(here) };
    setData(root, 'kind', layout.kind);
    setData(root, 'sites', context.hasSites ? 'several' : '');
    setStyle(root, '--columns', String(layout.columns));
    setStyle(root, '--rows', String(layout.rows));
    const found = boxes(shown.map(keyOf));
    for (const [index, rig] of shown.entries()) found[index].update(rig, context);
    setHidden(heads, layout.kind !== 'lines');
    const names = all.filter(({ state }) => state === 'offline').map(({ site, rig }) => (context.hasSites ? `${rig} (${site})` : rig));
    setText(gone, names.length ? `Offline: ${names.join(', ')}` : '');
    setHidden(gone, !names.length);
    return layout.pages;
  };
}
