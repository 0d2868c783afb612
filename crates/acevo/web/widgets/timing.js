// A table of all cars of the session in their order.

import { el, setData, setHidden, setStyle, setText, withAttributes } from '../lib/dom.js';
import { carState, gapsOf, isRace, keysOf, lapCues, modelName, positionText, sectorOf, sectorsOf, timeText, trendOf, wonText } from '../lib/field.js';
import { known, sectorMs } from '../lib/format.js';
import { keyedRows } from '../lib/rows.js';

/** The sign after a time, and what screen readers say. */
const CUES = { session: ['◆', 'best of the session'], own: ['◇', 'own best'], invalid: ['✕', 'invalid'], '': ['', ''] };

/** Column, title and meaning. Sectors are inserted before `best`. Narrow tables have fewer columns. */
const HEADS = [
  ['position', 'Pos', 'Position'], ['number', 'No.', 'Car number'], ['name', 'Name', ''], ['model', 'Car', 'Model of the car'], ['laps', 'Laps', 'Completed laps'],
  ['gap', 'Gap', 'To the leader'], ['interval', 'Interval', 'To the next car ahead'], ['last', 'Last', 'Last lap'], ['best', 'Best', 'Best lap'],
  ['pits', 'Pits', 'Visits to the pits'], ['won', '+/−', 'Positions won or lost since the start'], ['warnings', 'Warn', 'Warnings for track limits'], ['trend', 'Trend', 'Change of the interval within the last lap'], ['state', 'State', ''],
];

export const LEGEND = '◆ best of the session · ◇ own best · ~ accurate to a frame only · ≈ estimated by the game · ✕ invalid lap · ▲ closer to the car ahead than a lap ago, ▼ further away · '
  + 'sectors of the running lap are bold, others are those of the last lap · PIT in the pits · OUT has left · FIN finished';

const columnsFor = (sectors) => {
  const names = Array.from({ length: sectors }, (_, index) => ['sector', `S${index + 1}`, `Sector ${index + 1}`]);
  const at = HEADS.findIndex(([name]) => name === 'best');
  return [...HEADS.slice(0, at), ...names, ...HEADS.slice(at)];
};

/** A cell with a text, a sign for the eye, and words for screen readers. */
function cell(column) {
  const [text, sign, spoken] = [el('span'), withAttributes(el('span', 'cue'), { 'aria-hidden': 'true' }), el('span', 'spoken')];
  const node = el('td', `col-${column}`, text, sign, spoken);
  return {
    node,
    set(shown, { state = '', mark = '', words = '' } = {}) {
      setText(text, shown);
      setText(sign, mark);
      setText(spoken, words ? ` ${words}` : '');
      setData(node, 'state', state);
      if (node.title !== words) node.title = words;
    },
  };
}

/** A time with its cue: `session`, `own`, `invalid`, or an empty string. */
function setTime(target, text, cue, note = '') {
  const [mark, words] = text ? CUES[cue] : CUES[''];
  target.set(text, { state: cue, mark, words: [words, note].filter(Boolean).join(', ') });
}

/** A name, and the short one that replaces it in narrow tables. */
function nameCell() {
  const [you, long, short, spoken] = [withAttributes(el('span', 'you', '▶'), { 'aria-hidden': 'true' }), el('span', 'name-long'), withAttributes(el('span', 'name-short'), { 'aria-hidden': 'true' }), el('span', 'spoken')];
  const node = withAttributes(el('th', 'col-name', you, long, short, spoken), { scope: 'row' });
  return {
    node,
    set(car) {
      setHidden(you, !car.is_player);
      setText(long, car.label ?? '');
      setText(short, car.short_name || (car.label ?? ''));
      setText(spoken, car.is_player ? ' (you)' : '');
      withAttributes(node, { title: car.label ?? '' });
    },
  };
}

const noteOf = (time) => (time?.source === 'measured' ? 'accurate to a frame' : '');
const numberText = (number) => (known(number) ? String(number) : '');

function line(columns, sectors) {
  const name = nameCell();
  const cells = columns.map(([column]) => (column === 'name' ? name : cell(column)));
  const row = el('tr', '', ...cells.map(({ node }) => node));
  const shown = Object.fromEntries(HEADS.map(([column]) => [column, cells[columns.findIndex(([other]) => other === column)]]));
  const first = columns.findIndex(([column]) => column === 'sector');

  function setTimes(field, car) {
    const cues = lapCues(field, car);
    setTime(shown.last, timeText(car.last), car.is_last_valid === false ? 'invalid' : cues.last, noteOf(car.last));
    setTime(shown.best, timeText(car.best), cues.best, noteOf(car.best));
    for (let sector = 0; sector < sectors; sector += 1) {
      const { ms, cue, isRunning } = sectorOf(field, car, sector);
      const target = cells[first + sector];
      setTime(target, ms === null ? '' : sectorMs(ms).trim(), cue, ms !== null && !isRunning ? 'last lap' : '');
      setData(target.node, 'lap', isRunning ? 'running' : '');
    }
  }

  return {
    row,
    set(field, index) {
      const car = field.cars[index];
      const { gap, interval } = gapsOf(field, index);
      const state = carState(car);
      const trend = trendOf(isRace(field) ? car.trend_s : null);
      setData(row, 'who', car.is_player ? 'player' : '');
      setData(row, 'state', state.text);
      withAttributes(row, { 'aria-current': String(Boolean(car.is_player)) });
      shown.position.set(positionText(car));
      shown.number.set(numberText(car.number));
      name.set(car);
      shown.model.set(modelName(car.model));
      shown.laps.set(numberText(car.laps));
      shown.gap.set(gap);
      shown.interval.set(interval);
      setTimes(field, car);
      shown.pits.set(numberText(car.pit_visits || null));
      shown.won.set(wonText(car.positions_won));
      shown.warnings.set(numberText(car.warnings || null));
      shown.trend.set(trend.text, { state: trend.state, words: trend.words });
      shown.state.set(state.text, { words: state.title });
    },
  };
}

export function timing(root) {
  const table = withAttributes(el('table', 'timing'), { 'aria-label': 'All cars' });
  root.append(table);
  let sectors = 0;
  let rowsFor = null;
  let from = null;

  function build(count) {
    sectors = count;
    const columns = columnsFor(count);
    const body = el('tbody');
    rowsFor = keyedRows(body, () => line(columns, count));
    setStyle(table, '--sectors', String(count));
    const heads = columns.map(([column, text, title]) => withAttributes(el('th', `col-${column}`, text), { scope: 'col', ...(title ? { title } : {}) }));
    table.replaceChildren(el('thead', '', el('tr', '', ...heads)), body);
  }

  return ({ field }) => {
    if (field === from) return;
    from = field;
    const count = sectorsOf(field);
    if (count !== sectors) build(count);
    rowsFor(keysOf(field.cars)).forEach((row, index) => row.set(field, index));
    setData(table, 'order', field.order);
  };
}
