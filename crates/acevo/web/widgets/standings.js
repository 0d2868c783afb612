// The order of the session: the first cars, or those around the player.

import { carChip } from './car-chip.js';
import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { carState, firstRow, gapsOf, hasOthers, isRace, keysOf, lapCues, modelLetters, modelName, positionText, timeText } from '../lib/field.js';
import { keyedRows } from '../lib/rows.js';

/** Columns without the option, by the order. */
export const DEFAULT_COLUMNS = ['gap', 'interval', 'last'];
const BEST_LAP_COLUMNS = ['gap', 'last', 'best'];
const TITLES = { gap: 'Gap', interval: 'Interval', last: 'Last', best: 'Best' };
const CUES = { session: '◆', own: '◇', invalid: '✕', '': '' };

/** Texts of the columns of a car, each with a cue. */
function valuesOf(field, index) {
  const car = field.cars[index];
  const cues = lapCues(field, car);
  const { gap, interval } = gapsOf(field, index);
  const last = [timeText(car.last), car.is_last_valid === false ? 'invalid' : cues.last];
  return { gap: [gap, ''], interval: [interval, ''], last, best: [timeText(car.best), cues.best] };
}

/** A cell with a text, and a sign after it that moves no digits. */
function cell(column) {
  const [text, sign] = [el('span'), el('span', 'cue')];
  const node = el('td', `standing-${column}`, text, sign);
  return {
    node,
    set(shown, cue) {
      setText(text, shown);
      setText(sign, shown ? CUES[cue] : '');
      setData(node, 'state', shown ? cue : '');
    },
  };
}

function line(columns) {
  const [position, name, state] = [el('td', 'standing-position'), withAttributes(el('th', 'standing-name'), { scope: 'row' }), el('td', 'standing-state')];
  const chip = carChip();
  const cells = columns.map((column) => [column, cell(column)]);
  const row = el('tr', '', position, el('td', 'standing-chip', chip.node), name, ...cells.map(([, { node }]) => node), state);
  return {
    row,
    set(field, index, letters) {
      const car = field.cars[index];
      const { text, title } = carState(car);
      const values = valuesOf(field, index);
      setData(row, 'who', car.is_player ? 'player' : '');
      setData(row, 'state', text);
      setText(position, positionText(car));
      chip.set(car, letters);
      setText(name, `${car.is_player ? '▶ ' : ''}${car.label ?? ''}`);
      for (const [column, { set }] of cells) set(...values[column]);
      setText(state, text);
      if (state.title !== title) state.title = title;
    },
  };
}

/** Options: `rows`; `around` for the cars around the player instead of the first ones; `columns`; `classes` for letters of car models. */
export function standings(root, { rows = 10, around = true, columns, classes = true } = {}) {
  const table = withAttributes(el('table', 'standings'), { 'aria-label': 'Standings' });
  const models = el('p', 'standing-models');
  root.append(table, models);
  let shownColumns = '';
  let rowsFor = null;
  let from = null;

  function build(chosen) {
    shownColumns = chosen.join();
    const body = el('tbody');
    rowsFor = keyedRows(body, () => line(chosen));
    const heads = ['', '', '', ...chosen.map((column) => TITLES[column]), ''];
    table.replaceChildren(el('thead', '', el('tr', '', ...heads.map((text) => (text ? withAttributes(el('th', '', text), { scope: 'col' }) : el('td'))))), body);
  }

  function draw(field) {
    const chosen = columns ?? (isRace(field) ? DEFAULT_COLUMNS : BEST_LAP_COLUMNS);
    if (chosen.join() !== shownColumns) build(chosen);
    const first = firstRow(field.cars, rows, around);
    const letters = classes ? modelLetters(field.cars) : new Map();
    rowsFor(keysOf(field.cars).slice(first, first + rows)).forEach((row, index) => row.set(field, first + index, letters));
    setHidden(models, letters.size === 0);
    setText(models, [...letters].map(([model, letter]) => `${letter} ${modelName(model)}`).join(' · '));
  }

  /** Returns false without other cars. */
  return ({ field }) => {
    if (!hasOthers(field.cars)) return false;
    if (field !== from) draw(field);
    from = field;
    return true;
  };
}
