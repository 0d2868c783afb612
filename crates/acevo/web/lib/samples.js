// All samples of one lap, as the server sends them: a header in JSON, then columns of 32-bit numbers.

/** The largest header in bytes, and the most rows: more than any lap has. */
const [MAX_HEADER, MAX_ROWS] = [1 << 20, 1 << 22];

/**
 * Reads the answer of the server. Returns `{lap, rows, time, position, columns, gaps}`, or `null` if it is anything else. `time` is in
 * seconds since the line, `position` is 0..1, `columns` has the values of each channel by its id, and `gaps` is 1 for each row that only
 * marks a gap before the row after it.
 */
export function decodeSamples(buffer) {
  if (buffer.byteLength < 4) return null;
  const length = new DataView(buffer).getUint32(0, true);
  if (length % 4 !== 0 || length > MAX_HEADER || 4 + length > buffer.byteLength) return null;
  let header = null;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  } catch {
    return null;
  }
  const { lap, rows, channels } = header ?? {};
  if (!Array.isArray(channels) || !Number.isInteger(rows) || rows < 0 || rows > MAX_ROWS) return null;
  if (buffer.byteLength !== 4 + length + 4 * rows * (channels.length + 2)) return null;
  const column = (index) => new Float32Array(buffer, 4 + length + 4 * rows * index, rows);
  const columns = new Map(channels.map((id, index) => [id, column(index + 2)]));
  const [time, position] = [column(0), column(1)];
  return { lap: lap ?? {}, rows, time, position, columns, gaps: gapsOf(time, [...columns.values()]) };
}

/** Rows without any value, at the time of the row after them. */
function gapsOf(time, columns) {
  const gaps = new Uint8Array(time.length);
  for (let row = 0; row + 1 < time.length; row += 1) {
    if (time[row] === time[row + 1] && columns.length > 0 && columns.every((column) => Number.isNaN(column[row]))) gaps[row] = 1;
  }
  return gaps;
}

/** The first row whose value is not less than `x`, in an ascending column; the number of rows if all are less. */
export function rowAt(ascending, x, from = 0) {
  let [low, high] = [from, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value of a column at `x` of an ascending column. NaN outside the lap, in a gap, and next to a missing value. */
export function valueAt({ gaps }, axis, column, x, steps = false) {
  if (!column || !(x >= axis[0]) || !(x <= axis[axis.length - 1])) return NaN;
  let after = rowAt(axis, x);
  // The mark of a gap is at the same time as the row after it: the gap is before both.
  if (gaps[after] && axis[after + 1] === x) after += 1;
  if (axis[after] === x) return column[after];
  if (after === 0 || gaps[after]) return NaN;
  const before = column[after - 1];
  if (steps) return before;
  const share = (x - axis[after - 1]) / (axis[after] - axis[after - 1]);
  return before + (column[after] - before) * share;
}

/** Seconds since the line at a lap position; NaN if the lap has no samples there. */
export const timeAt = (samples, position) => valueAt(samples, samples.position, samples.time, position);

/** The lap position at a time in seconds since the line; NaN if the lap has no samples there. */
export const positionAt = (samples, seconds) => valueAt(samples, samples.time, samples.position, seconds);
