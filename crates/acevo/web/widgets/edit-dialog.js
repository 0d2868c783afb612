// A window with a map on which something is drawn, and a list of what is on it.

import { el, setData, setText, withAttributes } from '../lib/dom.js';
import { button } from './form.js';

/**
 * Opens the window. `fill(mapRoot, listRoot)` fills it and returns the buttons beside Save. `save()` returns what `send` returns; `saved()` is called after
 * it was successful.
 */
export function editDialog(title, { fill, save, saved }) {
  const dialog = withAttributes(el('dialog', 'ask track-editor'), { 'aria-label': title });
  const [map, list] = [el('div', 'editor-map'), el('div', 'editor-list')];
  const result = withAttributes(el('p', 'result'), { role: 'status' });
  const report = (text) => {
    setText(result, text);
    setData(result, 'state', text ? 'problem' : '');
  };
  const write = async () => {
    const { ok, text } = await save();
    if (!ok) {
      report(text || 'This cannot be saved.');
      return;
    }
    dialog.close();
    saved();
  };
  const extra = fill(map, list);
  dialog.append(el('h2', '', title), el('div', 'editor-body', map, list), result, el('div', 'ask-buttons', ...extra, button('Cancel', () => dialog.close()), button('Save', write, { class: 'tool primary' })));
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove(), { once: true });
  dialog.showModal();
}

/** A slider for a lap position, usable by keyboard. */
export function positionSlider(label, changed) {
  const input = withAttributes(el('input', 'scrubber'), { type: 'range', min: '0', max: '1', step: '0.0005', 'aria-label': label });
  input.addEventListener('input', () => changed(Number(input.value)));
  return {
    node: input,
    set(position, text) {
      input.value = String(position);
      withAttributes(input, { 'aria-valuetext': text });
    },
  };
}
