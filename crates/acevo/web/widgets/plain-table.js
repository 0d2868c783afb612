// A table of values that do not change: columns are `[title, text of a row]`.

import { el, withAttributes } from '../lib/dom.js';

const heading = (text, scope) => withAttributes(el('th', '', text), { scope });

/** Replaces the content of an element by a table with a row for each object. Wide tables scroll; `label` names that region. */
export function plainTable(root, label, columns, rows) {
  const head = el('tr', '', ...columns.map(([title]) => heading(title, 'col')));
  const lines = rows.map((row) => el('tr', '', ...columns.map(([, text], index) => (index ? el('td', '', text(row)) : heading(text(row), 'row')))));
  const table = el('table', 'board plain-table', el('thead', '', head), el('tbody', '', ...lines));
  root.replaceChildren(withAttributes(el('div', 'scroll-wide', table), { tabindex: '0', role: 'region', 'aria-label': label }));
}
