// Fields of forms. Each is `{node, set}`; `set` shows a value unless the user is editing the field.

import { el, setHidden, withAttributes } from '../lib/dom.js';

const labelled = (label, input) => el('label', 'field', el('span', 'label', label), input);

/** Shows a value, but never while the user types. */
function show(input, text) {
  if (document.activeElement !== input && input.value !== text) input.value = text;
}

/** A number. `changed` gets it within its limits, or `undefined` if the field is empty. */
export function numberField(label, { min, max, step = 1 }, changed) {
  const input = withAttributes(el('input'), { type: 'number', min: String(min), max: String(max), step: String(step), inputmode: 'decimal' });
  input.addEventListener('change', () => {
    const value = input.valueAsNumber;
    changed(Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : undefined);
    input.blur();
  });
  return { node: labelled(label, input), set: (value) => show(input, String(value)) };
}

/** A text. `changed` is called at every key. */
export function textField(label, attributes, changed) {
  const input = withAttributes(el('input'), { type: 'text', spellcheck: 'false', autocomplete: 'off', ...attributes });
  input.addEventListener('input', () => changed(input.value));
  return {
    node: labelled(label, input),
    input,
    /** Shows a value, also while the user types. */
    set(value) {
      input.value = value;
    },
  };
}

/** A list to choose from. Entries are `[value, text]`; the list may be replaced. */
export function selectField(label, entries, chosen) {
  const select = el('select');
  let shown = '';
  const fill = (list) => {
    const key = JSON.stringify(list);
    if (key === shown) return;
    shown = key;
    select.replaceChildren(...list.map(([value, text]) => withAttributes(el('option', '', text), { value })));
  };
  fill(entries);
  select.addEventListener('change', () => chosen(select.value));
  return {
    node: labelled(label, select),
    fill,
    set(value) {
      if (select.value !== value) select.value = value;
    },
    get value() {
      return select.value;
    },
  };
}

export function checkField(label, changed) {
  const input = withAttributes(el('input'), { type: 'checkbox' });
  input.addEventListener('change', () => changed(input.checked));
  return {
    node: el('label', 'editor-check', input, el('span', '', label)),
    set(value) {
      input.checked = value;
    },
  };
}

/** A colour, with a button that goes back to the default. `changed` gets digits without `#`, or `undefined`. */
export function colorField(label, fallback, changed) {
  const input = withAttributes(el('input'), { type: 'color', 'aria-label': label });
  const reset = button('↺', () => changed(undefined), { title: `Default colour: ${label}`, 'aria-label': `Default colour: ${label}` });
  input.addEventListener('change', () => changed(input.value.slice(1)));
  return {
    node: el('div', 'field', el('span', 'label', label), el('div', 'color', input, reset)),
    set(value) {
      show(input, `#${/^[0-9a-f]{6}$/i.test(value ?? '') ? value : fallback}`);
      setHidden(reset, value === undefined);
    },
  };
}

export function button(text, clicked, attributes = {}) {
  const node = withAttributes(el('button', 'tool', text), { type: 'button', ...attributes });
  node.addEventListener('click', clicked);
  return node;
}

/** Enables or disables a button. */
export function setEnabled(node, enabled) {
  if (node.disabled === enabled) node.disabled = !enabled;
}
