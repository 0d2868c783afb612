// The last minute of some channels, in ring buffers of fixed size.

/** A minute at 60 frames per second. */
const SIZE = 3600;
/** A longer time between two frames is a hole, in seconds. */
const HOLE_S = 1.2;
/** The width of a hole on the time axis, in seconds. */
const HOLE_WIDTH_S = 0.05;

export class History {
  #seconds = NaN;
  #interrupted = false;
  /** The number of samples ever stored. The newest is at `(count - 1) % SIZE`. */
  count = 0;
  /** Seconds of driving at the newest sample. Pauses take no time. */
  now = 0;
  #times = new Float64Array(SIZE);
  #columns = new Map();

  constructor(ids) {
    for (const id of ids) this.#columns.set(id, new Float32Array(SIZE));
  }

  /** Stores a frame: the server's time in seconds, and a function from channel id to value. */
  push(seconds, value) {
    const step = seconds - this.#seconds;
    this.#seconds = seconds;
    if (step === 0) return;
    const continues = step > 0 && step < HOLE_S;
    if (!continues) this.interrupt();
    this.now += continues ? step : HOLE_WIDTH_S;
    if (this.#interrupted && this.count > 0) this.#put(() => NaN);
    this.#interrupted = false;
    this.#put(value);
  }

  /** Starts a hole: the next sample does not continue the curve. */
  interrupt() {
    this.#interrupted = true;
  }

  #put(value) {
    const at = this.count % SIZE;
    this.#times[at] = this.now;
    for (const [id, column] of this.#columns) column[at] = value(id);
    this.count += 1;
  }

  /** Calls `point(age, value)` for the last `seconds`, oldest first. The age is in seconds. */
  each(id, seconds, point) {
    const column = this.#columns.get(id);
    if (!column) return;
    const [first, from] = [Math.max(0, this.count - SIZE), this.now - seconds];
    let index = this.count - 1;
    while (index > first && this.#times[index % SIZE] > from) index -= 1;
    for (index = Math.max(index, first); index < this.count; index += 1) {
      point(this.now - this.#times[index % SIZE], column[index % SIZE]);
    }
  }

  /** The value at an age in seconds, or NaN in a hole. */
  at(id, age) {
    const column = this.#columns.get(id);
    if (!column || !this.count) return NaN;
    let [low, high] = [Math.max(0, this.count - SIZE), this.count - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.now - this.#times[middle % SIZE] >= age) low = middle;
      else high = middle - 1;
    }
    return column[low % SIZE];
  }
}
