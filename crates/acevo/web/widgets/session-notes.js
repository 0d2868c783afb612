// Title, tags and note of a session, which the user writes.

import { el, setData, setText, withAttributes } from '../lib/dom.js';
import { saveNotes } from '../lib/library.js';

const [MAX_TITLE, MAX_NOTE, MAX_TAGS_TEXT] = [120, 4000, 400];

const labelled = (name, input) => el('label', 'field', el('span', 'label', name), input);

/** Tags from a text with commas, each once. */
export const tagsOf = (text) => [...new Set(text.split(',').map((tag) => tag.trim()).filter(Boolean))];

/**
 * A form that saves after each change. `saved(notes)` is called after it. Returns a function that shows a session, which was asked for at a time
 * of `performance.now()`, and returns the notes in the form: what the user has written since then stays.
 */
export function sessionNotes(root, { saved }) {
  const title = withAttributes(el('input', 'entry'), { type: 'text', maxlength: String(MAX_TITLE), name: 'title', autocomplete: 'off', placeholder: 'Name of this session' });
  const tags = withAttributes(el('input', 'entry'), { type: 'text', maxlength: String(MAX_TAGS_TEXT), name: 'tags', autocomplete: 'off', placeholder: 'wet, setup 3' });
  const note = withAttributes(el('textarea', 'entry'), { rows: '3', maxlength: String(MAX_NOTE), name: 'note' });
  const result = withAttributes(el('p', 'result'), { role: 'status' });
  const form = el('form', 'session-notes', labelled('Title', title), labelled('Tags, with commas', tags), labelled('Note', note), result);
  root.append(form);
  let id = null;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  form.addEventListener('input', () => {
    changed = Infinity;
  });
  for (const input of [title, tags, note]) input.addEventListener('change', save);

  /** When the notes were saved last; infinite while they are not. An answer to an earlier question is older than they are. */
  let changed = -Infinity;
  let isSaving = false;
  let mustRepeat = false;

  /** One request after the other: the last one has what the fields have. */
  async function save() {
    mustRepeat = true;
    changed = Infinity;
    if (isSaving) return;
    isSaving = true;
    let isSaved = false;
    while (mustRepeat) {
      mustRepeat = false;
      isSaved = await write();
    }
    isSaving = false;
    if (isSaved) changed = performance.now();
  }

  async function write() {
    const notes = written();
    const { ok, text } = await saveNotes(id, notes);
    setText(result, ok ? 'Saved.' : text || 'The notes cannot be saved.');
    setData(result, 'state', ok ? '' : 'problem');
    if (ok) saved(notes);
    return ok;
  }

  const written = () => ({ title: title.value.trim(), note: note.value, tags: tagsOf(tags.value) });

  return (session, asked) => {
    if (session.id === id && asked < changed) return written();
    changed = -Infinity;
    id = session.id;
    title.value = session.title ?? '';
    tags.value = (session.tags ?? []).join(', ');
    note.value = session.note ?? '';
    setText(result, '');
    return written();
  };
}
