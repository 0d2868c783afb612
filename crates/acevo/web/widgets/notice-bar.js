// A message at the bottom of the page, with a button for what can be done about it.

import { el, setData, setHidden, setText } from '../lib/dom.js';
import { button } from './form.js';

/** Messages without a button disappear after this time. */
const SHORT_MS = 6000;

/** `show(text, {action, act, problem})` shows a message; one with an action stays until it is used or closed. */
export function noticeBar(root) {
  const text = el('p', '');
  let act = () => {};
  let timer = 0;
  const hide = () => setHidden(node, true);
  const acting = button('', () => {
    hide();
    act();
  }, { class: 'tool primary' });
  const node = el('div', 'notice-bar', text, acting, button('Close', hide));
  node.setAttribute('role', 'status');
  node.setAttribute('aria-live', 'polite');
  setHidden(node, true);
  root.append(node);
  return {
    hide,
    show(message, { action = '', act: does = () => {}, isProblem = false } = {}) {
      clearTimeout(timer);
      setText(text, message);
      setText(acting, action);
      setHidden(acting, !action);
      setData(node, 'state', isProblem ? 'problem' : '');
      act = does;
      setHidden(node, false);
      if (!action && !isProblem) timer = setTimeout(hide, SHORT_MS);
    },
  };
}
