// An address with buttons to copy and to open it.

import { el, setText, withAttributes } from '../lib/dom.js';

const COPIED_MS = 1500;

/** The elements `[field, copy, open]`, and a function that sets the address. */
export function addressField(label) {
  const field = withAttributes(el('input', 'address'), { type: 'text', readonly: '', spellcheck: 'false', 'aria-label': label });
  const copy = withAttributes(el('button', 'tool', 'Copy'), { type: 'button' });
  const open = withAttributes(el('a', 'tool', 'Open'), { target: '_blank', rel: 'noopener' });
  field.addEventListener('focus', () => field.select());
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // The clipboard needs an encrypted page or this computer's own address. The old command works on others.
      field.select();
      document.execCommand('copy');
    }
    setText(copy, 'Copied');
    setTimeout(() => setText(copy, 'Copy'), COPIED_MS);
  });
  return {
    nodes: [field, copy, open],
    set(address) {
      field.value = address;
      open.href = address;
    },
  };
}
