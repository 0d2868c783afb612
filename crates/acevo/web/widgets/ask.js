// A question in a window over the page.

import { el, withAttributes } from '../lib/dom.js';

/** Shows a question. Resolves to true if the user confirms it. */
export function ask(question, confirm) {
  const dialog = withAttributes(el('dialog', 'ask'), { 'aria-label': question });
  const button = (text, value, classes = '') => {
    const node = withAttributes(el('button', `tool ${classes}`, text), { type: 'button' });
    node.addEventListener('click', () => dialog.close(value));
    return node;
  };
  dialog.append(el('p', '', question), el('div', 'ask-buttons', button('Cancel', ''), button(confirm, 'yes', 'primary')));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    }, { once: true });
  });
}
