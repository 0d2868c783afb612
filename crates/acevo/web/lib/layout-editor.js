// The state of the editor: the layout, what is selected, and what is not saved.

import { Undo } from './undo.js';

const textOf = (layout) => JSON.stringify(layout);

export class LayoutEditor {
  /** The name in the folder of layouts, or an empty string before it is saved. */
  savedName = '';
  layout;
  /** The index of the variant that is edited. */
  variant = 0;
  /** The index of the selected widget, or -1. */
  selected = -1;
  #undo;
  #savedText;
  #changed;

  /** `changed` is called after every change of state. */
  constructor(layout, changed = () => {}) {
    this.#changed = changed;
    this.open(layout);
  }

  /** Starts with another layout. `name` is empty for one that is not saved. */
  open(layout, name = '', variant = layout.variants.length - 1) {
    this.layout = layout;
    this.savedName = name;
    this.variant = variant;
    this.selected = -1;
    this.#undo = new Undo(this.#state());
    this.#savedText = textOf(layout);
    this.#changed();
  }

  /** The layout is in the folder under this name. */
  saved(name, layout = this.layout) {
    this.savedName = name;
    this.#savedText = textOf(layout);
    this.#changed();
  }

  get widgets() {
    return this.layout.variants[this.variant].widgets;
  }

  /** The selected widget, or `undefined`. */
  get widget() {
    return this.widgets[this.selected];
  }

  get isDirty() {
    return textOf(this.layout) !== this.#savedText;
  }

  get canUndo() {
    return this.#undo.canUndo;
  }

  get canRedo() {
    return this.#undo.canRedo;
  }

  select(index) {
    if (this.selected === index) return;
    this.selected = index;
    this.#changed();
  }

  selectVariant(index) {
    this.variant = index;
    this.selected = -1;
    this.#changed();
  }

  /** Shows a layout during a gesture. `commit` makes it a step. */
  preview(layout) {
    this.layout = layout;
    this.#changed();
  }

  /** Ends a gesture. Without a difference there is no step. */
  commit(key = null) {
    if (textOf(this.layout) !== textOf(this.#undo.current.layout)) this.#undo.push(this.#state(), key);
    this.#changed();
  }

  /** Changes the layout in one step, and what is selected. */
  change(layout, { key = null, selected = this.selected, variant = this.variant } = {}) {
    Object.assign(this, { layout, selected, variant });
    this.commit(key);
  }

  undo() {
    this.#restore(this.#undo.undo());
  }

  redo() {
    this.#restore(this.#undo.redo());
  }

  #state() {
    return { layout: this.layout, variant: this.variant, selected: this.selected };
  }

  #restore(state) {
    Object.assign(this, state);
    this.#changed();
  }
}
