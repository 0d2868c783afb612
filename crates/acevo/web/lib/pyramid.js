// The lowest and highest values of a column in blocks of 8, 64, 512, … rows, so that any range is read in a few steps.

const BLOCK = 8;

/** The lowest or highest values of each block of values; `isLess` is true for the lowest ones. NaN for a block without values. */
function blocksOf(values, isLess) {
  const blocks = new Float32Array(Math.ceil(values.length / BLOCK)).fill(NaN);
  for (let index = 0; index < values.length; index += 1) {
    const [block, value] = [Math.floor(index / BLOCK), values[index]];
    if (Number.isNaN(blocks[block]) || (isLess ? value < blocks[block] : value > blocks[block])) blocks[block] = value;
  }
  return blocks;
}

export class Pyramid {
  /** Lowest and highest values by level; the lowest level is the column itself. */
  #lows;
  #highs;
  /** The lowest and highest value of the last range; NaN if it has none. */
  low = NaN;
  high = NaN;

  constructor(values) {
    this.values = values;
    [this.#lows, this.#highs] = [[values], [values]];
    for (let level = 0; this.#lows[level].length > BLOCK; level += 1) {
      this.#lows.push(blocksOf(this.#lows[level], true));
      this.#highs.push(blocksOf(this.#highs[level], false));
    }
  }

  /** Sets `low` and `high` to the extremes of the rows `from` until before `to`. */
  range(from, to) {
    this.low = Infinity;
    this.high = -Infinity;
    let start = Math.max(0, from);
    let end = Math.min(this.values.length, to);
    for (let level = 0; start < end; level += 1) {
      const isTop = level === this.#lows.length - 1;
      // Whole blocks are read on the next level.
      const inner = isTop ? end : Math.min(end, Math.ceil(start / BLOCK) * BLOCK);
      const outer = isTop ? end : Math.max(inner, Math.floor(end / BLOCK) * BLOCK);
      this.#read(level, start, inner);
      this.#read(level, outer, end);
      start = inner / BLOCK;
      end = isTop ? start : outer / BLOCK;
    }
    if (this.low > this.high) this.low = this.high = NaN;
  }

  /** Takes the blocks of a level. Comparisons with NaN are false, so missing values are ignored. */
  #read(level, start, end) {
    const [lows, highs] = [this.#lows[level], this.#highs[level]];
    let { low, high } = this;
    for (let block = start; block < end; block += 1) {
      if (lows[block] < low) low = lows[block];
      if (highs[block] > high) high = highs[block];
    }
    this.low = low;
    this.high = high;
  }
}
