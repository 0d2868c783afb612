// The laps chosen for a comparison, at the bottom of the page; and the buttons that choose them.

import { el, setHidden, setText, withAttributes } from '../lib/dom.js';
import { button } from './form.js';

export function basketBar(root, basket, { show }) {
  const text = el('p', '');
  const go = button('Compare', () => show(basket.address), { class: 'tool primary basket-go' });
  const node = el('div', 'basket-bar', text, go, button('Clear', () => basket.clear()));
  node.setAttribute('role', 'region');
  node.setAttribute('aria-label', 'Laps chosen for a comparison');
  root.append(node);
  const update = () => {
    setHidden(node, basket.size === 0);
    setText(text, basket.titles.join(' · '));
    setText(go, basket.size > 1 ? `Compare ${basket.size} laps` : 'Show the lap');
  };
  basket.onChange(update);
  update();
}

/** A button that adds a lap to the comparison, or removes it. */
export function basketButton(basket, id, title) {
  const node = button('Compare', () => basket.toggle(id, title), { class: 'tool tool-small basket-pick', 'aria-label': `Compare ${title}` });
  const update = () => {
    const isIn = basket.has(id);
    withAttributes(node, { 'aria-pressed': String(isIn) });
    setText(node, isIn ? '✓ Chosen' : 'Compare');
  };
  update();
  return { node, update };
}
