// A key of the settings as a field of a form: documentation, value, what was changed, and what is wrong.

import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { labelOf, shown, textOf, fieldValue } from '../lib/settings-form.js';

/** Placeholders of fields that may be empty. */
const EMPTY = { age: 'none', size: 'none', folder: 'default' };
const MODES = { integer: 'numeric', number: 'decimal' };
const WAITS = 'Was changed, and takes effect after a restart of acevo.';

/** Inputs by kind. Each has `nodes`, `read` and `write`; `label` is the node that names the field. */
function inputOf(key, id, describedBy) {
  const common = { id, name: key.name, 'aria-describedby': describedBy };
  if (key.kind === 'switch') {
    const box = withAttributes(el('input', 'check'), { ...common, type: 'checkbox' });
    return {
      nodes: [box], inputs: [box], read: () => box.checked, write: (value) => {
        box.checked = value === true;
      },
    };
  }
  if (key.kind === 'choice') {
    const select = withAttributes(el('select'), common);
    select.append(...key.choices.map((name) => withAttributes(el('option', '', name), { value: name })));
    return {
      nodes: [select], inputs: [select], read: () => select.value, write: (value) => {
        select.value = value;
      },
    };
  }
  if (key.kind === 'choices') {
    const boxes = key.choices.map((name) => withAttributes(el('input', 'check'), { type: 'checkbox', value: name, name: key.name, 'aria-describedby': describedBy }));
    const labels = boxes.map((box) => el('label', 'check-label', box, box.value));
    return {
      nodes: labels, inputs: boxes, isGroup: true, read: () => boxes.filter(({ checked }) => checked).map(({ value }) => value), write: (value) => {
        for (const box of boxes) box.checked = Array.isArray(value) && value.includes(box.value);
      },
    };
  }
  const text = withAttributes(el('input', 'entry'), { ...common, type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: EMPTY[key.kind] ?? '', inputmode: MODES[key.kind] ?? 'text' });
  if (key.kind === 'folder' || key.kind === 'text') text.classList.add('entry-long');
  return {
    nodes: [text], inputs: [text], read: () => fieldValue(key, text.value), write: (value) => {
      text.value = textOf(key, value);
    },
  };
}

/** A field. `changed` is called after each change by the user. */
export function settingField(key, changed) {
  const id = `setting-${key.name.replaceAll('.', '-')}`;
  const input = inputOf(key, id, `${id}-doc ${id}-error`);
  const isFixed = key.origin === 'environment';
  const label = input.isGroup ? el('legend', 'setting-name', labelOf(key)) : withAttributes(el('label', 'setting-name', labelOf(key)), { for: id });
  const unit = el('span', 'setting-unit', key.unit);
  const reset = withAttributes(el('button', 'tool tool-small', 'Default'), { type: 'button', title: `Back to the default: ${shown(key, key.default)}`, 'aria-label': `${labelOf(key)}: back to the default, ${shown(key, key.default)}` });
  const doc = withAttributes(el('p', 'hint', ...documentation(key)), { id: `${id}-doc` });
  const state = el('p', 'setting-state');
  const error = withAttributes(el('p', 'field-error'), { id: `${id}-error` });
  const row = el('div', 'setting-row', ...input.nodes, unit, reset);
  const node = el(input.isGroup ? 'fieldset' : 'div', 'setting', label, row, doc, state, error);
  let isReset = false;
  let noted = '';
  let isChanged = false;

  input.write(key.value);
  for (const one of input.inputs) {
    one.disabled = isFixed;
    one.addEventListener(key.kind === 'switch' || key.kind === 'choices' || key.kind === 'choice' ? 'change' : 'input', () => {
      isReset = false;
      changed();
    });
  }
  reset.addEventListener('click', () => {
    input.write(key.default);
    isReset = true;
    input.inputs[0].focus();
    changed();
  });

  function describe() {
    const isDefault = JSON.stringify(input.read()) === JSON.stringify(key.default);
    setHidden(reset, isFixed || (isDefault && (isReset || key.origin === 'default')));
    setData(node, 'changed', isChanged ? 'yes' : '');
    let text = noted;
    if (isFixed) text = `Set by the environment variable ${key.variable}, which replaces the file.`;
    else if (isChanged) text = isReset ? 'Changed to the default, not saved.' : 'Changed, not saved.';
    else if (!noted && key.waits) text = WAITS;
    setText(state, text);
    setHidden(state, !text);
  }

  return {
    node,
    key,
    get value() {
      return input.read();
    },
    get reset() {
      return isReset;
    },
    /** Shows whether the field has a change that is not saved. */
    mark(has) {
      isChanged = has;
      describe();
    },
    /** Shows a note about the saved value. */
    note(text) {
      noted = text;
      describe();
    },
    /** Shows what is wrong; nothing for an empty text. */
    refuse(text) {
      setText(error, text);
      setHidden(error, !text);
      for (const one of input.inputs) withAttributes(one, { 'aria-invalid': String(Boolean(text)) });
    },
    focus: () => input.inputs[0].focus(),
  };
}

/** The documentation of a key: what it sets, what is accepted, and the default. */
function documentation(key) {
  const accepted = ['switch', 'choice', 'choices'].includes(key.kind) ? '' : ` Values: ${key.range}.`;
  return [`${key.summary}.${accepted} Default: ${shown(key, key.default)}. `, el('code', '', key.name)];
}
