// The laps that were chosen for a comparison, from any sessions.

import { MAX_LAPS } from './comparison.js';
import { addressOf } from './route.js';

export class Basket {
  #laps = new Map();
  #listeners = new Set();

  /** Adds or removes a lap. With four laps a new one replaces the oldest. */
  toggle(id, title) {
    const key = String(id);
    if (this.#laps.has(key)) this.#laps.delete(key);
    else {
      if (this.#laps.size >= MAX_LAPS) this.#laps.delete(this.#laps.keys().next().value);
      this.#laps.set(key, title);
    }
    this.#changed();
  }

  clear() {
    this.#laps.clear();
    this.#changed();
  }

  has(id) {
    return this.#laps.has(String(id));
  }

  get size() {
    return this.#laps.size;
  }

  get titles() {
    return [...this.#laps.values()];
  }

  /** The address of the comparison of these laps, without `#`. */
  get address() {
    return addressOf('compare', '', { laps: [...this.#laps.keys()].join() });
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }

  #changed() {
    for (const listener of this.#listeners) listener();
  }
}
