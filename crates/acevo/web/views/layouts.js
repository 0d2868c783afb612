// The editor of layouts: several widgets on one overlay page.

import { addressOf, basesOf } from '../lib/addresses.js';
import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { LAYOUT_CHANNELS, situationOf } from '../lib/layout.js';
import { LayoutEditor } from '../lib/layout-editor.js';
import { listLayouts, loadLayout, removeLayout, saveLayout } from '../lib/layout-files.js';
import { PRESETS } from '../lib/layout-presets.js';
import { sampleModel } from '../lib/sample-model.js';
import { keep, kept } from '../lib/settings.js';
import { restyleAll } from '../lib/surface.js';
import { units } from '../lib/units.js';
import { addressList } from '../widgets/address.js';
import { ask } from '../widgets/ask.js';
import { button, selectField, setEnabled, textField } from '../widgets/form.js';
import { layoutCanvas } from '../widgets/layout-canvas.js';
import { layoutPanel } from '../widgets/layout-panel.js';
import { layoutVariants } from '../widgets/layout-variants.js';
import { channelsOf } from '../widgets/placed.js';
import { WIDGETS } from '../widgets/overlays.js';

const MAX_NAME = 40;
const FIRST_PRESET = 1;
/** The lowest height of the canvas, and the space below it, in pixels of the screen. */
const [MIN_HEIGHT, BELOW] = [220, 24];
const NEW = '';

export function layouts(root, { resized }) {
  const settings = { grid: 10, changed: refresh };
  const presetLayout = (index) => structuredClone(PRESETS[index][2]);
  let ready = false;
  const editor = new LayoutEditor(presetLayout(FIRST_PRESET), () => ready && refresh());
  let name = PRESETS[FIRST_PRESET][0];
  let bases = basesOf(null, location);
  let connections = 0;
  let sample = null;
  let entries = [];

  const open = selectField('Open', [[NEW, 'Not saved']], (chosen) => chosen !== NEW && openLayout(chosen));
  const create = selectField('New', [[NEW, 'New …'], ...PRESETS.map(([title, meaning], index) => [String(index), `${title}: ${meaning}`])], startWith);
  const nameField = textField('Name', { maxlength: String(MAX_NAME), class: 'layout-name' }, (text) => {
    name = text;
    refresh();
  });
  const save = button('Save', saveNow, { title: 'Ctrl+S', class: 'tool primary' });
  const rename = button('Rename', renameNow);
  const remove = button('Delete', removeNow);
  const [undo, redo] = [button('Undo', () => editor.undo(), { title: 'Ctrl+Z' }), button('Redo', () => editor.redo(), { title: 'Ctrl+Y' })];
  const state = el('p', 'editor-state');
  state.setAttribute('role', 'status');
  const problems = el('ul', 'editor-problems');
  const bar = el('div', 'editor-bar', open.node, create.node, nameField.node, save, rename, remove, el('span', 'bar-gap'), undo, redo, state);
  const variantBar = el('div', 'editor-bar');
  const stage = el('div', 'editor-stage');
  const note = el('p', 'hint', 'Sample data: there is no session.');
  const addresses = addressList('Layout');
  const addressNote = el('p', 'hint', 'Save the layout to get its address for OBS.');
  const addressBar = el('div', 'editor-address', addresses.node, addressNote);
  const help = el('p', 'hint', 'Corners change the size of everything, edges only the box. Hold Alt to switch snapping off. Arrows move by 1, with Shift by 10.');
  const side = el('aside', 'editor-side');
  root.append(bar, problems, variantBar, el('div', 'editor-main', el('div', 'editor-left', stage, note, addressBar, help), side));

  const canvas = layoutCanvas(stage, { editor, settings, room, resized });
  const panel = layoutPanel(side, { editor, settings, focus: () => canvas.focus() });
  const variants = layoutVariants(variantBar, { editor });
  nameField.set(name);
  ready = true;
  refresh();
  openLast();

  new ResizeObserver(refresh).observe(stage);
  addEventListener('resize', refresh);
  root.addEventListener('keydown', shortcut);
  addEventListener('beforeunload', (event) => editor.isDirty && event.preventDefault());

  /** The space for the canvas. On screens that are high and narrow the width decides. */
  function room() {
    const top = stage.getBoundingClientRect().top + scrollY;
    return { width: stage.clientWidth, height: Math.max(MIN_HEIGHT, innerHeight - top - BELOW - addressBar.offsetHeight - help.offsetHeight) };
  }

  function shortcut(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    const isText = event.target.closest('input, select');
    const actions = { s: saveNow, d: panel.duplicate, ...(isText ? {} : { z: () => (event.shiftKey ? editor.redo() : editor.undo()), y: () => editor.redo() }) };
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  function refresh() {
    canvas.refresh();
    panel.refresh();
    variants.refresh();
    refreshBar();
    resized();
  }

  function isRenamed() {
    return editor.savedName !== '' && name.trim() !== editor.savedName;
  }

  function refreshBar() {
    const { savedName, isDirty } = editor;
    open.fill([...(savedName ? [] : [[NEW, 'Not saved']]), ...entries.filter(({ error }) => !error).map((entry) => [entry.name, entry.name])]);
    open.set(savedName);
    create.set(NEW);
    setText(save, isRenamed() ? 'Save as new' : 'Save');
    setEnabled(save, name.trim() !== '' && (isDirty || !savedName || isRenamed()));
    setEnabled(rename, isRenamed() && name.trim() !== '');
    setEnabled(remove, savedName !== '');
    setEnabled(undo, editor.canUndo);
    setEnabled(redo, editor.canRedo);
    refreshAddress(savedName);
    if (isDirty) report('Unsaved changes', 'dirty');
    else if (state.dataset.state === 'dirty') report('');
  }

  function refreshAddress(savedName) {
    const hasAddress = savedName !== '';
    setHidden(addresses.node, !hasAddress);
    setHidden(addressNote, hasAddress);
    const options = { layout: savedName, ...(units.system === 'game' ? {} : { units: units.system }) };
    if (hasAddress) addresses.set(bases.map((base) => [base.label, addressOf(base, '/overlay', options)]));
  }

  /** Shows a message. Kinds: `dirty`, `good`, `bad`. A problem stays until the next action. */
  function report(text, kind = '') {
    if (kind === 'dirty' && state.dataset.state === 'bad') return;
    setText(state, text);
    setData(state, 'state', kind);
  }

  async function loadList() {
    entries = await listLayouts();
    const broken = entries.filter(({ error }) => error);
    problems.replaceChildren(...broken.map(({ error }) => el('li', '', error)));
    setHidden(problems, !broken.length);
    refreshBar();
  }

  /** Opens the layout that was edited last, if there are layouts. */
  async function openLast() {
    await loadList();
    const last = kept('layout', entries.filter(({ error }) => !error).map((entry) => entry.name));
    if (last && !editor.isDirty && !editor.savedName) await openLayout(last);
  }

  /** True if there is nothing to lose, or the user agrees to lose it. */
  function mayDiscard() {
    return !editor.isDirty || ask('Discard the changes of this layout?', 'Discard');
  }

  async function openLayout(chosen) {
    if (!(await mayDiscard())) {
      refreshBar();
      return;
    }
    const answer = await loadLayout(chosen);
    if (!answer.ok) {
      report(answer.text, 'bad');
      loadList();
      return;
    }
    begin(answer.answer, chosen, chosen);
  }

  async function startWith(index) {
    if (index === NEW || !(await mayDiscard())) {
      refreshBar();
      return;
    }
    const preset = Number(index);
    begin(presetLayout(preset), '', freeName(preset === 0 ? 'Layout' : PRESETS[preset][0]));
  }

  function begin(layout, savedName, newName) {
    name = newName;
    nameField.set(name);
    if (savedName) keep('layout', savedName);
    report('');
    editor.open(layout, savedName);
    restyleAll();
  }

  /** A name that no layout has: with a number if necessary. */
  function freeName(wanted) {
    const taken = new Set(entries.map((entry) => (entry.name ?? '').toLowerCase()));
    let [free, number] = [wanted, 2];
    while (taken.has(free.toLowerCase())) {
      free = `${wanted} ${number}`;
      number += 1;
    }
    return free;
  }

  /** Saves under a name; asks before it replaces another layout. Returns true if it is saved. */
  async function saveAs(wanted, isNew) {
    const { layout } = editor;
    let answer = await saveLayout(wanted, layout, isNew);
    if (answer.status === 409 && isNew && entries.some((entry) => entry.name === wanted) && (await ask(`Replace the layout “${wanted}”?`, 'Replace'))) {
      answer = await saveLayout(wanted, layout, false);
    }
    const isSaved = answer.ok;
    report(isSaved ? 'Saved' : answer.text, isSaved ? 'good' : 'bad');
    if (isSaved) {
      editor.saved(wanted, layout);
      keep('layout', wanted);
    }
    return isSaved;
  }

  async function saveNow() {
    const wanted = name.trim();
    if (save.disabled) return;
    await saveAs(wanted, wanted !== editor.savedName);
    await loadList();
  }

  async function renameNow() {
    const before = editor.savedName;
    if (await saveAs(name.trim(), true)) {
      const answer = await removeLayout(before);
      report(answer.ok ? 'Renamed' : answer.text, answer.ok ? 'good' : 'bad');
    }
    await loadList();
  }

  async function removeNow() {
    const { savedName, layout } = editor;
    if (!(await ask(`Delete the layout “${savedName}”? Overlays with its address become empty.`, 'Delete'))) return;
    const answer = await removeLayout(savedName);
    if (answer.ok) {
      editor.open(layout, '', editor.variant);
      report('Deleted. The layout is still here, not saved.', 'good');
    } else {
      report(answer.text, 'bad');
    }
    await loadList();
  }

  /** Asks for addresses and list again after each reconnect, because a restarted acevo may have others. */
  async function reconnected(model) {
    if (connections === model.connections) return;
    connections = model.connections;
    bases = basesOf(await model.document('/api/addresses'), location);
    await loadList();
  }

  withAttributes(root, { 'aria-label': 'Editor of layouts' });
  let situation;
  return {
    channels: [...LAYOUT_CHANNELS, ...channelsOf(Object.keys(WIDGETS).map((kind) => ({ kind })))],
    update(model) {
      reconnected(model);
      situation = situationOf(model, situation);
      variants.take(situation);
      setHidden(note, model.hasTelemetry);
      const samples = () => {
        sample ??= sampleModel((path) => model.document(path));
        return sample;
      };
      canvas.update(model.hasTelemetry ? model : samples(), samples);
    },
  };
}
