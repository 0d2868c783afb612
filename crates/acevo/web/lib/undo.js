// States to go back to.

const MAX_STATES = 200;

export class Undo {
  #past = [];
  #future = [];
  #key = null;
  current;

  constructor(state) {
    this.current = state;
  }

  /** Makes a state the current one. Changes in a row with the same `key` are one step. */
  push(state, key = null) {
    const continues = key !== null && key === this.#key;
    if (!continues) this.#past = [...this.#past, this.current].slice(-MAX_STATES);
    this.#future = [];
    this.#key = key;
    this.current = state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Goes one step back, if there is one, and returns the state. */
  undo() {
    if (this.canUndo) {
      this.#future.push(this.current);
      this.current = this.#past.pop();
    }
    this.#key = null;
    return this.current;
  }

  /** Goes one step forward, if there is one, and returns the state. */
  redo() {
    if (this.canRedo) {
      this.#past.push(this.current);
      this.current = this.#future.pop();
    }
    this.#key = null;
    return this.current;
  }
}
