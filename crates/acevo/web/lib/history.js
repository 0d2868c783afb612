// The last minute of some channels, in rings of fixed size.

/** A minute at 60 frames per second. */
const SIZE = 3600;
/** More than this between two frames is a hole, seconds. */
const HOLE_S = 1.2;

export class History {
  #seconds = NaN;
  #broken = false;
  /** Frames that were ever taken; the newest is at `(count - 1) % SIZE`. */
  count = 0;
  /** Seconds of driving of the newest frame. Pauses take no time. */
  now = 0;
  #times = new Float64Array(SIZE);
  #columns = new Map();

  constructor(ids) {
    for (const id of ids) this.#columns.set(id, new Float32Array(SIZE));
  }

  /** Takes a frame: seconds of the server, and what a channel's value is. */
  push(seconds, value) {
    const step = seconds - this.#seconds;
    this.#seconds = seconds;
    if (step === 0) return;
    if (!(step > 0 && step < HOLE_S)) this.interrupt();
    this.now += step > 0 && step < HOLE_S ? step : 0.05;
    if (this.#broken && this.count > 0) this.#put(() => NaN);
    this.#broken = false;
    this.#put(value);
  }

  /** What comes next does not belong to what was. */
  interrupt() {
    this.#broken = true;
  }

  #put(value) {
    const at = this.count % SIZE;
    this.#times[at] = this.now;
    for (const [id, column] of this.#columns) column[at] = value(id);
    this.count += 1;
  }

  /** Calls `point(age, value)` from the oldest to the newest of the last `seconds`; the age is in seconds. */
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

  /** The value at an age in seconds. */
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
