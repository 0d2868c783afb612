// The panel of the editor: widgets to add, the list of widgets, and everything about the selected one.

import { el, setHidden, setText, withAttributes } from '../lib/dom.js';
import { clampInside, MIN_SIDE } from '../lib/geometry.js';
import { DEFAULT_HIDE } from '../lib/layout.js';
import { addWidget, changeWidget, duplicateWidget, MAX_WIDGETS, removeWidget, reorderWidget, setCanvas, setOption } from '../lib/layout-edit.js';
import { button, checkField, colorField, numberField, selectField, setEnabled } from './form.js';
import { WIDGETS } from './overlays.js';

const BACKGROUNDS = [['', 'Dark'], ['none', 'None'], ['000000', 'Black'], ['00000066', 'Translucent']];
const GRIDS = [['0', 'No grid'], ...['5', '10', '20', '40'].map((step) => [step, `${step} pixels`])];
/** Colour options: name, label, default. */
const COLORS = [['accent', 'Accent', '56b4e9'], ['warm', 'Warm', 'e69f00'], ['text', 'Text', 'eef2f6']];
/** Number options of kinds: name, label, limits, value without the option. */
const NUMBERS = {
  inputs: ['seconds', 'Seconds', { min: 1, max: 60 }, 8],
  gg: ['seconds', 'Seconds', { min: 1, max: 60 }, 4],
  delta: ['range', 'Range, s', { min: 0.1, max: 30, step: 0.1 }, 1],
  laps: ['rows', 'Rows', { min: 1, max: 30 }, 6],
  standings: ['rows', 'Rows', { min: 1, max: 30 }, 10],
  relative: ['rows', 'Rows each side', { min: 1, max: 30 }, 3],
  battle: ['within', 'Within, s', { min: 0.5, max: 30, step: 0.5 }, 3],
};
const FLAGS = { around: 'Cars around you, not the first ones', classes: 'Letters of car models', labels: 'Names of cars' };
const HIDES = { menu: 'in the menu', pits: 'in the pits', outside_races: 'outside races' };
const MAX_SIDE = 7680;

const section = (title, ...children) => el('section', 'side-part', el('h2', 'label', title), ...children);

/** `settings.grid` is changed by the panel. `focus` moves the keyboard to the selected widget. */
export function layoutPanel(root, { editor, settings, focus }) {
  const adders = Object.entries(WIDGETS).map(([kind, { title, size }]) => button(`+ ${title}`, () => {
    if (editor.widgets.length >= MAX_WIDGETS) return;
    editor.change(addWidget(editor.layout, editor.variant, kind, size), { selected: editor.widgets.length });
    focus();
  }, { 'data-kind': kind }));
  const list = el('ol', 'widget-list');
  const details = el('div', 'details');
  const nothing = el('p', 'hint', 'Select a widget on the canvas.');
  const chosen = section('Selected widget', nothing, details);
  chosen.classList.add('chosen');
  const sides = ['width', 'height'].map((side) => [side, numberField(side === 'width' ? 'Width' : 'Height', { min: 100, max: MAX_SIDE }, (value) => {
    if (value !== undefined) editor.change(setCanvas(editor.layout, { ...editor.layout.canvas, [side]: Math.round(value) }));
  })]);
  const grid = selectField('Grid', GRIDS, (step) => {
    settings.grid = Number(step);
    editor.select(editor.selected);
    settings.changed();
  });
  grid.set(String(settings.grid));
  root.append(
    section('Add a widget', el('div', 'adders', ...adders)),
    chosen,
    section('Widgets, topmost first', list),
    section('Canvas, pixels', el('div', 'fields', ...sides.map(([, field]) => field.node), grid.node)),
  );
  let shownKind = '';
  let fields = [];
  let rows = [];

  const change = (changes) => editor.change(changeWidget(editor.layout, editor.variant, editor.selected, changes));
  const option = (name) => (value) => editor.change(setOption(editor.layout, editor.variant, editor.selected, name, value));
  const reorder = (to) => {
    const target = Math.min(editor.widgets.length - 1, Math.max(0, to(editor.selected)));
    editor.change(reorderWidget(editor.layout, editor.variant, editor.selected, target), { selected: target });
  };

  function place(label, name, limits) {
    const field = numberField(label, limits, (value) => {
      if (value === undefined) return;
      const { x, y, width, height } = { ...editor.widget, [name]: Math.round(value) };
      change(clampInside({ x, y, width, height }, editor.layout.canvas));
    });
    fields.push((widget) => field.set(Math.round(widget[name])));
    return field.node;
  }

  function numberOption(kind) {
    if (!NUMBERS[kind]) return [];
    const [name, label, limits, fallback] = NUMBERS[kind];
    const field = numberField(label, limits, (value) => option(name)(name === 'rows' && value !== undefined ? Math.round(value) : value));
    fields.push(({ options }) => field.set(options?.[name] ?? fallback));
    return [field.node];
  }

  /** Boxes for an option that is a list of parts of `known`; `fallback` is shown without the option. */
  function listOption(name, known = [], fallback = known) {
    return known.map((id) => {
      const field = checkField(`Show ${id}`, (on) => {
        const shown = known.filter((other) => (other === id ? on : (editor.widget.options?.[name] ?? fallback).includes(other)));
        // A widget shows at least one of them.
        option(name)(shown.join() === fallback.join() || !shown.length ? undefined : shown);
      });
      fields.push(({ options }) => field.set((options?.[name] ?? fallback).includes(id)));
      return field.node;
    });
  }

  function flagOptions(kind) {
    return Object.entries(WIDGETS[kind].flags ?? {}).map(([name, fallback]) => {
      const field = checkField(FLAGS[name], (on) => option(name)(on === fallback ? undefined : on));
      fields.push(({ options }) => field.set(options?.[name] ?? fallback));
      return field.node;
    });
  }

  /** Creates the fields for a kind of widget. */
  function build(kind) {
    const { inputs, columns, shown } = WIDGETS[kind];
    fields = [];
    const zoom = numberField('Text, %', { min: 25, max: 800 }, (value) => option('scale')(value === undefined ? undefined : value / 100));
    fields.push(({ options }) => zoom.set(Math.round((options?.scale ?? 1) * 100)));
    const background = selectField('Background', BACKGROUNDS, (value) => option('background')(value || undefined));
    fields.push(({ options }) => {
      const value = options?.background ?? '';
      background.fill(BACKGROUNDS.some(([known]) => known === value) ? BACKGROUNDS : [...BACKGROUNDS, [value, value]]);
      background.set(value);
    });
    const colors = COLORS.map(([name, label, fallback]) => {
      const field = colorField(label, fallback, option(name));
      fields.push(({ options }) => field.set(options?.[name]));
      return field.node;
    });
    const hides = Object.entries(HIDES).map(([name, label]) => {
      const field = checkField(`Hide ${label}`, (on) => change({ hide: { ...DEFAULT_HIDE, ...editor.widget.hide, [name]: on } }));
      fields.push(({ hide }) => field.set({ ...DEFAULT_HIDE, ...hide }[name]));
      return field.node;
    });
    const far = { min: 0, max: MAX_SIDE };
    const side = { min: MIN_SIDE, max: MAX_SIDE };
    details.replaceChildren(
      el('h3', '', WIDGETS[kind].title),
      el('div', 'fields', place('X', 'x', far), place('Y', 'y', far), place('Width', 'width', side), place('Height', 'height', side)),
      el('div', 'fields', zoom.node, ...numberOption(kind), background.node),
      el('div', 'fields', ...colors),
      el('div', 'checks', ...listOption('channels', inputs), ...listOption('columns', columns, shown), ...flagOptions(kind), ...hides),
      el('div', 'actions',
        button('To front', () => reorder(() => Infinity)), button('Forward', () => reorder((at) => at + 1)),
        button('Backward', () => reorder((at) => at - 1)), button('To back', () => reorder(() => 0)),
        button('Duplicate', duplicate), button('Remove', remove, { title: 'Delete' })),
    );
  }

  function duplicate() {
    if (editor.widget && editor.widgets.length < MAX_WIDGETS) editor.change(duplicateWidget(editor.layout, editor.variant, editor.selected), { selected: editor.widgets.length });
  }

  function remove() {
    if (editor.widget) editor.change(removeWidget(editor.layout, editor.variant, editor.selected), { selected: -1 });
  }

  function refreshList() {
    const { widgets } = editor;
    while (rows.length > widgets.length) rows.pop().item.remove();
    while (rows.length < widgets.length) {
      const at = rows.length;
      const row = button('', () => {
        editor.select(at);
        focus();
      });
      const item = el('li', '', row);
      list.prepend(item);
      rows = [...rows, { row, item }];
    }
    widgets.forEach(({ kind, x, y }, index) => {
      setText(rows[index].row, `${WIDGETS[kind].title} (${Math.round(x)}, ${Math.round(y)})`);
      withAttributes(rows[index].row, { 'aria-pressed': String(index === editor.selected) });
    });
  }

  return {
    duplicate,
    /** Shows the state of the editor. */
    refresh() {
      const { widget } = editor;
      for (const adder of adders) setEnabled(adder, editor.widgets.length < MAX_WIDGETS);
      setHidden(nothing, Boolean(widget));
      setHidden(details, !widget);
      const kind = widget?.kind ?? shownKind;
      if (kind !== shownKind) build(kind);
      shownKind = kind;
      if (widget) for (const show of fields) show(widget);
      for (const [side, field] of sides) field.set(editor.layout.canvas[side]);
      refreshList();
    },
  };
}
