// The time lost in each corner to the reference lap, the most first, with a sentence for each.

import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { known, NONE, signed } from '../lib/format.js';
import { tendency } from '../lib/sample.js';
import { units } from '../lib/units.js';
import { button } from './form.js';

const COLUMNS = ['Corner', 'Lost', 'Braking', 'Entry', 'Minimum', 'Exit', 'Throttle', 'What to do'];

const metres = (value, [more, less]) => {
  const text = units.full('length', known(value) ? Math.abs(value) : NaN);
  return text === NONE ? NONE : `${text} ${value > 0 ? more : less}`;
};
const speed = (value) => (known(value) ? `${signed(units.convert('speed', value), 0)} ${units.unit('speed')}` : NONE);
const seconds = (value) => (known(value) ? `${signed(value, 3)} s` : NONE);

/** `go(number)` shows a corner. The returned function shows a comparison of the server, or a hint without one. */
export function cornerTable(root, { go }) {
  const hint = el('p', 'hint');
  const body = el('tbody');
  const table = el('table', 'board corner-table', el('thead', '', el('tr', '', ...COLUMNS.map((text) => withAttributes(el('th', '', text), { scope: 'col' })))), body);
  const sum = el('p', 'corner-sum');
  root.append(hint, withAttributes(el('div', 'scroll-wide', table), { tabindex: '0', role: 'region', 'aria-label': 'Time lost in each corner' }), sum);

  function row(loss) {
    const corner = button(loss.title, () => go(loss.number), { class: 'tool tool-small', title: 'Show this corner' });
    const lost = el('td', 'num lap-gap', seconds(loss.lost_s));
    setData(lost, 'state', tendency(loss.lost_s));
    const cells = [metres(loss.braking_earlier_m, ['earlier', 'later']), speed(loss.entry_kmh), speed(loss.min_kmh), speed(loss.exit_kmh), metres(loss.throttle_later_m, ['later', 'earlier'])];
    return el('tr', '', withAttributes(el('th', '', corner), { scope: 'row' }), lost, ...cells.map((text) => el('td', '', text)), el('td', 'advice', loss.advice ?? ''));
  }

  return (comparison, reason) => {
    setHidden(table, !comparison);
    setHidden(hint, Boolean(comparison));
    setText(hint, reason);
    setHidden(sum, !comparison);
    if (!comparison) return;
    body.replaceChildren(...comparison.losses.map(row));
    setText(sum, `Before the first corner ${seconds(comparison.rest_s)}, together ${seconds(comparison.total_s)}.`);
  };
}
