// Why an overlay or a widget on it is empty.

import { el, setHidden, setText } from '../lib/dom.js';
import { statement } from '../lib/statement.js';

/** States in which an overlay shows why it is empty: they last until the user acts. */
const EXPLAINED = ['refused', 'full'];
const REFUSED = 'Copy this overlay\u2019s address again from the Overlays tab of the page: the token has changed or is missing.';

/** A box instead of a widget. `update` returns true while it is visible. */
export function problemBox() {
  const node = el('div', 'overlay-problem', el('strong'), el('p'));
  node.setAttribute('role', 'status');
  return {
    node,
    update(model) {
      const explained = EXPLAINED.includes(model.connection);
      setHidden(node, !explained);
      if (explained) {
        const { headline, detail } = statement(model);
        setText(node.firstChild, `acevo: ${headline}`);
        setText(node.lastChild, model.connection === 'refused' ? REFUSED : detail);
      }
      return explained;
    },
  };
}

/** A lamp over a widget with the reason for missing values. */
export function stateLamp(widget) {
  const node = el('span', 'lamp lamp-warn overlay-state');
  return {
    node,
    update(model) {
      setText(node, (widget.physics ? model.physicsGap : '') || (model.isWatching ? 'Watching another car' : ''));
      setHidden(node, !node.textContent);
    },
  };
}
