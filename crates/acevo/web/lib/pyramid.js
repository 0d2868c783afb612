// The lowest and highest values of a column in blocks of 2, 4, 8, … rows, so that any range is read in a few steps.

/** Columns with fewer rows in their highest level need no further one. */
const TOP = 4;

/** Pairs of the lowest and highest value of each two rows. Missing values are ignored; two of them are one. */
function halved(low, high) {
  const count = Math.ceil(low.length / 2);
  const [lower, higher] = [new Float32Array(count), new Float32Array(count)];
  for (let block = 0; block < count; block += 1) {
    const [first, second] = [2 * block, Math.min(2 * block + 1, low.length - 1)];
    lower[block] = least(low[first], low[second]);
    higher[block] = most(high[first], high[second]);
  }
  return [lower, higher];
}

// A comparison with NaN is false.
const least = (a, b) => (a <= b || Number.isNaN(b) ? a : b);
const most = (a, b) => (a >= b || Number.isNaN(b) ? a : b);

export class Pyramid {
  #levels;
  /** The lowest and highest value of the last range; NaN if it has none. */
  low = NaN;
  high = NaN;

  constructor(values) {
    this.values = values;
    this.#levels = [[values, values]];
    while (this.#levels[this.#levels.length - 1][0].length > TOP) this.#levels.push(halved(...this.#levels[this.#levels.length - 1]));
  }

  /** Sets `low` and `high` to the extremes of the rows `from` until before `to`. */
  range(from, to) {
    [this.low, this.high] = [NaN, NaN];
    let [start, end] = [Math.max(0, from), Math.min(this.values.length, to)];
    for (let level = 0; start < end; level += 1) {
      const [low, high] = this.#levels[level];
      // On the highest level the rest is read row by row.
      if (level === this.#levels.length - 1) {
        for (; start < end; start += 1) this.#take(low[start], high[start]);
        return;
      }
      if (start & 1) {
        this.#take(low[start], high[start]);
        start += 1;
      }
      if (end & 1 && start < end) {
        end -= 1;
        this.#take(low[end], high[end]);
      }
      start >>= 1;
      end >>= 1;
    }
  }

  #take(low, high) {
    this.low = least(low, this.low);
    this.high = most(high, this.high);
  }
}
