// Curves with any number of rows as a few points per column of pixels: the lowest and the highest value in it.

import { rowAt } from './samples.js';

/** With fewer rows per column of pixels, each row is a point. */
const DENSE = 2;
/** Points that differ by less than this, in pixels, are at the same height. */
const FLAT = 0.2;

/** The first row in each of `count` columns, and after the last one, for the visible range of an ascending axis. */
export function pixelRows(axis, [from, to], count) {
  const rows = new Int32Array(count + 1);
  let row = 0;
  for (let column = 0; column <= count; column += 1) {
    row = rowAt(axis, from + ((to - from) * column) / count, row);
    rows[column] = row;
  }
  return rows;
}

/**
 * Draws a curve into `pen`, which has `moveTo` and `lineTo`. `rows` are those of `pixelRows`, a column of them is `wide` pixels, and `y` gives the height of a
 * value. Nothing is drawn across gaps and missing values; `steps` (as for gears) continue through missing values, but not through gaps.
 */
export function tracePixels(pen, { axis, gaps, pyramid, rows, range, y, wide = 1, steps = false }) {
  const count = rows.length - 1;
  if (rows[count] - rows[0] < DENSE * count) traceRows(pen, { axis, gaps, values: pyramid.values, rows, range, y, wide, steps });
  else traceColumns(pen, { gaps, pyramid, rows, y, wide, steps });
}

function traceRows(pen, { axis, gaps, values, rows, range: [from, to], y, wide, steps }) {
  const count = rows.length - 1;
  const scale = (count * wide) / (to - from);
  // One row on each side, so that the curve reaches the edges.
  const [first, last] = [Math.max(0, rows[0] - 1), Math.min(values.length - 1, rows[count])];
  let before = NaN;
  for (let row = first; row <= last; row += 1) {
    const value = values[row];
    if (Number.isNaN(value)) {
      if (!steps || gaps[row]) before = NaN;
      continue;
    }
    const x = (axis[row] - from) * scale;
    if (Number.isNaN(before)) pen.moveTo(x, y(value));
    else {
      if (steps && value !== before) pen.lineTo(x, y(before));
      pen.lineTo(x, y(value));
    }
    before = value;
  }
}

function traceColumns(pen, { gaps, pyramid, rows, y, wide, steps }) {
  const line = new FlatLine(pen, steps);
  for (let column = 0; column + 1 < rows.length; column += 1) {
    const [start, end] = [rows[column], rows[column + 1]];
    if (start === end) continue;
    pyramid.range(start, end);
    const isMissing = Number.isNaN(pyramid.low);
    // A mark of a gap is at the row after it, so it is the first one of its column if the gap is longer than that.
    if (gaps[start] || (!steps && (isMissing || Number.isNaN(pyramid.values[start])))) line.end();
    if (isMissing) continue;
    line.add((column + 0.5) * wide, y(pyramid.low), y(pyramid.high));
  }
  line.end();
}

/** A line from column to column. Columns at the same height are one stroke. */
class FlatLine {
  #pen;
  #x = NaN;
  #y = NaN;
  #isFlat = false;
  #steps;

  /** With `steps` a value lasts until the next one. */
  constructor(pen, steps) {
    this.#pen = pen;
    this.#steps = steps;
  }

  /** Adds a column of pixels with the heights of its lowest and highest value. */
  add(x, low, high) {
    const isFlat = Math.abs(low - high) < FLAT;
    if (isFlat && Math.abs(low - this.#y) < FLAT) {
      this.#x = x;
      this.#isFlat = true;
      return;
    }
    this.#flush();
    // The nearer end of the column comes first.
    const [near, far] = Math.abs(low - this.#y) <= Math.abs(high - this.#y) ? [low, high] : [high, low];
    if (Number.isNaN(this.#y)) this.#pen.moveTo(x, near);
    else {
      if (this.#steps) this.#pen.lineTo(x, this.#y);
      this.#pen.lineTo(x, near);
    }
    if (!isFlat) this.#pen.lineTo(x, far);
    [this.#x, this.#y] = [x, far];
  }

  end() {
    this.#flush();
    this.#y = NaN;
  }

  #flush() {
    if (this.#isFlat) this.#pen.lineTo(this.#x, this.#y);
    this.#isFlat = false;
  }
}
