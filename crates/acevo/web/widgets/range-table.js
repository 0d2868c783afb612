// What happens in the visible part of each lap: extremes and means of the channels, and shares of the time.

import { shownAs, valueText } from '../lib/catalogue.js';
import { LETTERS } from '../lib/comparison.js';
import { el, setHidden, withAttributes } from '../lib/dom.js';
import { fixed, gear, percent } from '../lib/format.js';
import { sharesOf, statisticsOf } from '../lib/range-statistics.js';
import { rowAt } from '../lib/samples.js';

const SHARES = [['full', 'Full throttle'], ['coasting', 'Coasting'], ['braking', 'Braking'], ['locked', 'Wheel locked'], ['spinning', 'Wheel spin']];
const shareText = (share) => (Number.isFinite(share) ? `${percent(share)} %` : '–');

export function rangeTable(root, comparison) {
  const head = el('tr');
  const body = el('tbody');
  const table = el('table', 'range-table', el('thead', '', head), body);
  const empty = el('p', 'hint', 'Values appear when a lap is loaded.');
  root.append(empty, withAttributes(el('div', 'scroll-wide', table), { tabindex: '0', role: 'region', 'aria-label': 'Statistics of the visible part' }));

  /** The rows of the samples that are visible, for each lap. */
  const visible = (lap) => comparison.range.map((x) => rowAt(comparison.axisOf(lap), x));

  function channelRow(id, entry, laps) {
    const cells = laps.flatMap((lap) => {
      const column = lap.samples.columns.get(id);
      const { low, high, mean } = column ? statisticsOf(lap.samples, column, ...visible(lap)) : { low: NaN, high: NaN, mean: NaN };
      return [low, high, mean].map((value) => el('td', 'num', valueText(entry, value, true)));
    });
    const { unit } = shownAs(entry);
    return el('tr', '', withAttributes(el('th', '', entry.title, ...(unit ? [el('span', 'unit', ` ${unit}`)] : [])), { scope: 'row' }), ...cells);
  }

  function shareRow(name, laps, text) {
    return el('tr', '', withAttributes(el('th', '', name), { scope: 'row' }), ...laps.map((lap) => withAttributes(el('td', 'num wide', text(lap)), { colspan: '3' })));
  }

  return (catalogue) => {
    const laps = comparison.loaded;
    setHidden(empty, laps.length > 0);
    setHidden(table, laps.length === 0);
    const shares = new Map(laps.map((lap) => [lap, sharesOf(lap.samples, ...visible(lap))]));
    const heads = laps.flatMap((lap) => {
      const letter = LETTERS[comparison.laps.indexOf(lap)];
      return ['min', 'max', 'mean'].map((name) => withAttributes(el('th', `lap-${letter.toLowerCase()}`, `${letter} ${name}`), { scope: 'col' }));
    });
    head.replaceChildren(el('th'), ...heads);
    const gears = [...new Set(laps.flatMap((lap) => shares.get(lap).gears.map(([number]) => number)))].sort((a, b) => a - b);
    const gearText = (lap, number) => shareText(shares.get(lap).gears.find(([other]) => other === number)?.[1] ?? 0);
    body.replaceChildren(
      shareRow('Time', laps, (lap) => `${fixed(shares.get(lap).seconds, 3)} s`),
      ...comparison.channels.filter((id) => catalogue.has(id)).map((id) => channelRow(id, catalogue.get(id), laps)),
      ...SHARES.map(([name, title]) => shareRow(title, laps, (lap) => shareText(shares.get(lap)[name]))),
      ...gears.map((number) => shareRow(`Gear ${gear(number)}`, laps, (lap) => gearText(lap, number))),
    );
  };
}
