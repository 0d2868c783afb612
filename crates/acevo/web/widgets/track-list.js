// Tracks with sector boundaries of their own, as rows of a form.

import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { nameProblem, textOf, trackKey } from '../lib/settings-form.js';

const HINT = 'A name is that of the track, or TRACK/CONFIGURATION. Boundaries are lap positions from 0 to 1, such as 0.31, 0.68; empty: three equal sectors. '
  + 'Changes take effect after a restart of acevo.';
const THIRDS = 'thirds';

/** `current` returns the name of the current track, and `range` is what the server accepts. */
export function trackList(tracks, { changed, current, range }) {
  const rows = [];
  const list = el('div', 'track-rows');
  const add = withAttributes(el('button', 'tool', 'Add a track'), { type: 'button' });
  const node = withAttributes(el('fieldset', 'tracks', el('legend', 'setting-name', 'Sectors of tracks'), el('p', 'hint', HINT), list, add), {});

  function addRow(before, name) {
    const entry = (label, value, classes = '') => {
      const input = withAttributes(el('input', `entry ${classes}`), { type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-label': label });
      input.value = value;
      input.addEventListener('input', changed);
      return input;
    };
    const nameInput = entry('Track', name, 'entry-long');
    const positions = entry('Sector boundaries', before ? textOf({ kind: 'positions' }, before.value) : '');
    withAttributes(nameInput, { placeholder: 'Track, or track/configuration' });
    withAttributes(positions, { placeholder: THIRDS, inputmode: 'text', title: range });
    const remove = withAttributes(el('button', 'tool tool-small', 'Remove'), { type: 'button' });
    const error = el('p', 'field-error');
    const state = el('p', 'setting-state');
    setHidden(error, true);
    const row = {
      before,
      node: el('div', 'track-row', nameInput, positions, remove, state, error),
      get name() {
        return nameInput.value;
      },
      get text() {
        return positions.value;
      },
      refuse(text) {
        setText(error, text);
        setHidden(error, !text);
        for (const input of [nameInput, positions]) withAttributes(input, { 'aria-invalid': String(Boolean(text)) });
      },
      mark(names) {
        const isChanged = names.includes(trackKey(nameInput.value.trim()));
        setData(row.node, 'changed', isChanged ? 'yes' : '');
        const waits = before?.waits ? 'Was changed, and takes effect after a restart of acevo.' : '';
        setText(state, isChanged ? 'Changed, not saved.' : waits);
        setHidden(state, !state.textContent);
        withAttributes(remove, { 'aria-label': `Remove ${nameInput.value || 'this track'}` });
      },
      focus: () => nameInput.focus(),
    };
    remove.addEventListener('click', () => {
      rows.splice(rows.indexOf(row), 1);
      row.node.remove();
      add.focus();
      changed();
    });
    rows.push(row);
    list.append(row.node);
    return row;
  }

  for (const track of tracks) addRow(track, track.name);
  add.addEventListener('click', () => {
    const name = current();
    addRow(null, rows.some((row) => row.name === name) ? '' : name).focus();
    changed();
  });

  return {
    node,
    rows,
    /** Shows which rows have changes. `names` are the keys that are changed. */
    mark(names) {
      for (const row of rows) row.mark(names);
    },
    /** The row of a key. */
    find: (key) => rows.find((row) => trackKey(row.name.trim()) === key),
    clear() {
      for (const row of rows) row.refuse('');
    },
    /** Checks the names of rows. Returns true if one is wrong, and shows why. */
    check() {
      const wrong = rows.filter((row) => nameProblem(rows, row));
      for (const row of wrong) row.refuse(nameProblem(rows, row));
      wrong[0]?.focus();
      return wrong.length > 0;
    },
  };
}
