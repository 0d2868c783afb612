// What the background program can be asked for: recording, saving the last minute, marking a moment, and ending.

import { nameOf } from '../lib/background.js';
import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { send } from '../lib/send.js';

/** Time after which a part that was not saved is reported. */
const SAVE_TIMEOUT_MS = 8000;
const NOT_SAVED = 'Nothing is saved yet. Without a session in the last minute there is nothing to save; else “acevo log” shows the reason.';
const NOT_RECORDED = 'Marked. Recording is off: the mark is only in the last minute, which you can save.';
const CONFIRM = 'acevo stops recording and this page loses its connection. Start it again with “acevo run”.';

const button = (text, classes = '') => withAttributes(el('button', `tool ${classes}`, text), { type: 'button' });

export function controls(root, { background, act = (action) => send('POST', '/api/control', action) }) {
  const record = button('Record', 'tool-main');
  const save = button('Save the last minute');
  const note = withAttributes(el('input', 'entry'), { type: 'text', maxlength: '200', autocomplete: 'off', placeholder: 'Note (optional)', 'aria-label': 'Note for the mark (optional)' });
  const mark = withAttributes(el('button', 'tool', 'Mark this moment'), { type: 'submit' });
  const form = el('form', 'mark-form', note, mark);
  const quit = button('Quit acevo', 'tool-quit');
  const result = withAttributes(el('p', 'result'), { role: 'status', 'aria-live': 'polite' });
  const refusal = el('p', 'hint refusal');
  const group = withAttributes(el('fieldset', 'control-buttons', record, save, form, quit), { 'aria-label': 'Control' });
  const confirm = confirmation();
  root.append(refusal, group, result, confirm.node);

  let isOn = false;
  /** The part that is being saved: the last file before it, and the timer that reports that nothing was saved. */
  let saving = null;

  function report(text, state = '') {
    setText(result, text);
    setData(result, 'state', state);
  }

  /** Asks for something, and reports the result. Returns true if it was accepted. */
  async function ask(pressed, action, words) {
    withAttributes(pressed, { 'aria-busy': 'true' });
    const { ok, text } = await act(action);
    pressed.removeAttribute('aria-busy');
    report(ok ? words : text, ok ? '' : 'problem');
    background.refresh();
    return ok;
  }

  record.addEventListener('click', () => ask(record, { action: 'record', on: !isOn }, isOn ? 'Recording is switched off.' : 'Recording is switched on.'));
  save.addEventListener('click', async () => {
    const before = background.status?.recording?.last_file ?? null;
    if (!await ask(save, { action: 'save_last' }, 'Saving the last minute …')) return;
    clearTimeout(saving?.timer);
    saving = {
      before,
      timer: setTimeout(() => {
        saving = null;
        report(NOT_SAVED, 'problem');
      }, SAVE_TIMEOUT_MS),
    };
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = note.value.trim();
    const isRecorded = background.status?.recording?.on;
    if (await ask(mark, { action: 'mark', text }, isRecorded ? `Marked at ${new Date().toLocaleTimeString()}.` : NOT_RECORDED)) note.value = '';
  });
  quit.addEventListener('click', async () => {
    if (await confirm.ask()) ask(quit, { action: 'quit' }, 'acevo ends.');
  });

  return (status) => {
    isOn = Boolean(status?.recording?.on);
    setText(record, isOn ? 'Stop recording' : 'Start recording');
    group.disabled = !status?.may_control;
    setHidden(refusal, !status?.refusal);
    setText(refusal, status?.refusal ?? '');
    const last = status?.recording?.last_file ?? null;
    if (saving && last && last !== saving.before) {
      clearTimeout(saving.timer);
      saving = null;
      report(`Saved ${nameOf(last)}.`);
    }
  };
}

/** A question before acevo is ended. */
function confirmation() {
  const [cancel, yes] = [button('Cancel'), button('Quit', 'tool-quit')];
  const title = withAttributes(el('h2', '', 'Quit acevo?'), { id: 'quit-title' });
  const text = withAttributes(el('p', '', CONFIRM), { id: 'quit-text' });
  const node = withAttributes(el('dialog', 'confirm', title, text, el('div', 'confirm-buttons', cancel, yes)), { 'aria-labelledby': 'quit-title', 'aria-describedby': 'quit-text' });
  let answer = () => {};
  cancel.addEventListener('click', () => node.close());
  yes.addEventListener('click', () => node.close('quit'));
  // The key Escape closes it, too. The event may come after the question was asked again: then it is not an answer to that.
  node.addEventListener('close', () => {
    if (!node.open) answer(node.returnValue === 'quit');
  });
  return {
    node,
    /** Resolves to true if the user confirms. */
    ask() {
      answer(false);
      node.returnValue = '';
      node.showModal();
      cancel.focus();
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
}
