// The settings as a form.

import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { words } from '../lib/format.js';
import { send } from '../lib/send.js';
import { changesOf, effectOf, fileProblem, problemText, savedText, trackChanges } from '../lib/settings-form.js';
import { settingField } from './setting-field.js';
import { trackList } from './track-list.js';

/** Sections that are open at first: those that most users need. */
const OPEN = new Set(['', 'recording', 'server']);
const BROKEN = 'The file of settings has errors. Nothing is changed here before these lines are corrected:';
const WRONG = 'Some settings are wrong and not used:';
const UNREACHABLE = 'The settings cannot be loaded.';

const button = (text, classes = '') => withAttributes(el('button', `tool ${classes}`, text), { type: 'button' });

/** `load` returns the document, `saved` is called with the new one after a change, and `track` returns the name of the current track. */
export function settingsForm(root, { load, saved, track, put = (changes) => send('PUT', '/api/settings', { changes }) }) {
  const path = el('p', 'hint settings-path');
  const alarm = withAttributes(el('div', 'settings-problems'), { role: 'alert' });
  const sections = el('div', 'settings-sections');
  const result = withAttributes(el('p', 'result'), { role: 'status', 'aria-live': 'polite' });
  const save = withAttributes(el('button', 'tool tool-main', 'Save'), { type: 'submit' });
  const discard = button('Discard');
  const count = withAttributes(el('span', 'settings-count'), { 'aria-live': 'polite' });
  const bar = el('div', 'settings-bar', count, discard, save);
  const group = el('fieldset', 'settings-group', sections);
  const form = withAttributes(el('form', 'settings-form', group, result, bar), { 'aria-label': 'Settings', novalidate: '' });
  root.append(path, alarm, form);

  let settings = null;
  let fields = [];
  let tracks = null;
  let heads = [];
  let isSaving = false;

  const changes = () => (settings ? { ...changesOf(fields), ...trackChanges(settings.tracks, tracks.rows) } : {});

  function report(text, state = '') {
    setText(result, text);
    setData(result, 'state', state);
  }

  /** Shows which fields have changes. */
  function mark() {
    const names = Object.keys(changes());
    for (const field of fields) field.mark(names.includes(field.key.name));
    tracks?.mark(names);
    for (const { section, changed } of heads) {
      const number = names.filter((name) => (name.includes('.') ? name.split('.')[0] : '') === section).length;
      setText(changed, number > 0 ? `${number} changed` : '');
    }
    setText(count, names.length === 1 ? '1 change' : `${names.length} changes`);
    setHidden(bar, names.length === 0);
    save.disabled = isSaving;
  }

  function showProblems(problems) {
    const inFile = problems.some(({ line, key }) => line || !key);
    setHidden(alarm, problems.length === 0);
    alarm.replaceChildren(...(problems.length > 0 ? [el('p', '', inFile ? BROKEN : WRONG), el('ul', '', ...problems.map((problem) => el('li', '', fileProblem(problem))))] : []));
    group.disabled = inFile || !settings?.may_change;
  }

  /** Shows the document of the server. Sections that the user has opened stay open. */
  function show(next) {
    const open = settings ? new Set(heads.filter(({ node }) => node.open).map(({ section }) => section)) : OPEN;
    settings = next;
    setText(path, [next.refusal, next.path ? `File: ${next.path}${next.exists ? '' : ' (does not exist yet)'}` : ''].filter(Boolean).join(' '));
    fields = next.keys.map((key) => settingField(key, mark));
    tracks = trackList(next.tracks, { changed: mark, current: track, range: next.keys.find(({ name }) => name === 'sectors.default')?.range ?? '' });
    heads = next.sections.map((section) => head(section, open.has(section.name)));
    sections.replaceChildren(...heads.map(({ node }) => node));
    showProblems(next.problems);
    mark();
  }

  function head({ name, title }, isOpen) {
    const label = words(name) || title;
    const changed = el('span', 'changed-note');
    const summary = el('summary', '', el('h3', '', label), changed);
    const parts = fields.filter(({ key }) => key.section === name).map(({ node }) => node);
    const node = el('details', 'settings-section', summary, ...(label === title ? [] : [el('p', 'hint', `${title.replace(/\.$/, '')}.`)]), ...parts, ...(name === 'sectors' ? [tracks.node] : []));
    node.open = isOpen;
    return { node, section: name, changed };
  }

  /** Shows each problem next to its field, and returns those without a field. */
  function place(problems) {
    const others = [];
    const found = [];
    for (const problem of problems) {
      const field = fields.find(({ key }) => key.name === problem.key) ?? tracks.find(problem.key);
      if (!field) {
        others.push(problem);
        continue;
      }
      field.refuse(problemText(problem));
      found.push(field);
    }
    for (const { node } of heads) if (found.some((field) => node.contains(field.node))) node.open = true;
    found[0]?.focus();
    return others;
  }

  async function submit() {
    for (const field of fields) field.refuse('');
    tracks.clear();
    const sent = changes();
    if (tracks.check() || Object.keys(sent).length === 0) return;
    isSaving = true;
    mark();
    report('Saving …');
    const { ok, status, answer, text } = await put(sent);
    isSaving = false;
    if (ok && answer?.keys) {
      finish(answer, Object.keys(sent));
      return;
    }
    const problems = Array.isArray(answer?.problems) ? answer.problems : [];
    // The file was changed by an editor since it was shown.
    if (status === 409) showProblems(problems);
    const others = status === 409 ? [] : place(problems);
    report([text || 'Not saved.', ...others.map(problemText)].join(' '), 'problem');
    mark();
  }

  function finish(answer, names) {
    const before = new Map(settings.keys.map((key) => [key.name, key]));
    show(answer);
    const sectors = before.get('sectors.default');
    for (const field of fields) if (names.includes(field.key.name)) field.note(effectOf(field.key));
    report(savedText(names.map((name) => before.get(name) ?? sectors)));
    saved(answer);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isSaving) submit();
  });
  discard.addEventListener('click', () => {
    show(settings);
    report('Changes discarded.');
  });

  return {
    /** Loads the settings again, unless there are changes that are not saved. */
    async reload() {
      if (isSaving || Object.keys(changes()).length > 0) return;
      const next = await load();
      if (Object.keys(changes()).length > 0) return;
      if (next?.keys) {
        if (JSON.stringify(next) !== JSON.stringify(settings)) show(next);
      } else if (!settings) {
        report(UNREACHABLE, 'problem');
      }
    },
  };
}

