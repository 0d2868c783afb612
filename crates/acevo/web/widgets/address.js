// An address with a button that copies it and a link that opens it.

import { el, setText, withAttributes } from '../lib/dom.js';

const COPIED_MS = 1500;

/** A row with an address. `what` is what it leads to, for screen readers. */
export function addressRow(what) {
  const label = el('span', 'label address-label');
  const address = withAttributes(el('input', 'address'), { type: 'text', readonly: '', spellcheck: 'false' });
  const copy = withAttributes(el('button', 'tool', 'Copy'), { type: 'button' });
  const open = withAttributes(el('a', 'tool', 'Open'), { target: '_blank', rel: 'noopener' });
  const node = el('div', 'address-row', label, address, copy, open);
  address.addEventListener('focus', () => address.select());
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      // The clipboard needs an encrypted page or this computer's own address. The old command works on others.
      address.select();
      document.execCommand('copy');
    }
    setText(copy, 'Copied');
    setTimeout(() => setText(copy, 'Copy'), COPIED_MS);
  });
  return {
    node,
    /** Shows an address; `name` is for which programs or devices it is. */
    set(name, url) {
      setText(label, name);
      address.value = url;
      open.href = url;
      const title = `${what}, ${name}`;
      withAttributes(address, { 'aria-label': `Address of ${title}` });
      withAttributes(copy, { 'aria-label': `Copy the address of ${title}` });
      withAttributes(open, { 'aria-label': `Open ${title}` });
    },
  };
}

/** Addresses below each other. */
export function addressList(what) {
  const node = el('div', 'addresses');
  const rows = [];
  return {
    node,
    /** Shows addresses as `[name, url]`. */
    set(list) {
      while (rows.length > list.length) rows.pop().node.remove();
      while (rows.length < list.length) {
        const row = addressRow(what);
        rows.push(row);
        node.append(row.node);
      }
      list.forEach(([name, url], index) => rows[index].set(name, url));
    },
  };
}
