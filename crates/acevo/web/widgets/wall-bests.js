// The best laps of the day, a table for each track and car.

import { el, setData, setText, withAttributes } from '../lib/dom.js';
import { lapTimeMs, timeOfDay } from '../lib/format.js';
import { keyedRows } from '../lib/rows.js';
import { bestPages, trackName } from '../lib/wall.js';

/** A lap is new for this time, milliseconds. */
const NEW_MS = 60000;

/** The time of day of an instant, without seconds. */
export function hourOf(ms) {
  const date = new Date(ms);
  return timeOfDay(date.getHours() * 3600 + date.getMinutes() * 60).slice(0, 5);
}

const lapKey = ({ driver, site, rig }) => (driver === null ? `rig ${site}/${rig}` : `driver ${driver}`);
const tableKey = ({ track, configuration, car }) => JSON.stringify([track, configuration, car]);

function lapRow() {
  const parts = ['best-place', 'best-driver', 'best-time', 'best-rig', 'best-hour'].map((part) => el('td', part));
  const [place, driver, time, rig, hour] = parts;
  const row = el('tr', '', ...parts);
  return {
    row,
    update(lap, index, now) {
      setText(place, String(index + 1));
      setText(driver, lap.driver ?? '–');
      setText(time, lapTimeMs(lap.time_ms));
      setText(rig, lap.rig);
      setText(hour, hourOf(lap.at_ms));
      setData(row, 'age', now - lap.at_ms < NEW_MS ? 'new' : '');
    },
  };
}

function bestTable() {
  const [track, car] = [el('h3', 'best-track'), el('p', 'best-car')];
  const body = el('tbody');
  const row = el('section', 'best', track, car, withAttributes(el('table', 'best-laps', body), { 'aria-label': 'Best laps' }));
  const rows = keyedRows(body, lapRow);
  return {
    row,
    update(table, now) {
      setText(track, trackName(table));
      setText(car, table.car);
      for (const [index, line] of rows(table.laps.map(lapKey)).entries()) line.update(table.laps[index], index, now);
    },
  };
}

/** `top` is the number of laps of a table. The returned function returns the number of pages. */
export function wallBests(root, top) {
  const list = el('div', 'bests-list');
  const none = el('p', 'hint', 'No valid lap yet.');
  root.append(el('h2', 'label', 'Best laps today'), list, none);
  const tables = keyedRows(list, bestTable);
  return (model, { scrolls, pageOf, lines }) => {
    const pages = bestPages(model.bests, scrolls ? Infinity : lines, top);
    const shown = pages[pageOf(pages.length)] ?? [];
    none.hidden = shown.length > 0;
    for (const [index, entry] of tables(shown.map(tableKey)).entries()) entry.update(shown[index], model.now);
    return pages.length;
  };
}
