// Time differences between laps, and the ideal lap that their best parts make.

import { rowAt, timeAt } from './samples.js';

/**
 * The time of a lap minus the time of a reference at each row of the lap, in seconds: positive if the lap is slower. Both are compared at the
 * same lap position, and both begin at the lap position `align`. NaN in gaps of either.
 */
export function deltaOf(lap, reference, align = 0) {
  const delta = new Float32Array(lap.rows).fill(NaN);
  const shift = timeAtLine(reference, align) - timeAtLine(lap, align);
  const { position, time, gaps } = reference;
  let after = 0;
  for (let row = 0; row < lap.rows; row += 1) {
    const at = lap.position[row];
    if (lap.gaps[row] || Number.isNaN(at)) continue;
    while (after < reference.rows && position[after] < at) after += 1;
    if (after >= reference.rows) break;
    delta[row] = lap.time[row] - referenceTime(position, time, gaps, after, at) + shift;
  }
  return delta;
}

/** The time at the line is 0, although no row may be exactly there. */
function timeAtLine(lap, align) {
  return align > 0 ? timeAt(lap, align) : 0;
}

function referenceTime(position, time, gaps, after, at) {
  // The mark of a gap has the time of the row after it.
  if (position[after] === at) return time[after];
  if (gaps[after]) return NaN;
  if (after === 0) return time[0] * (at / position[0] || 0);
  return time[after - 1] + (time[after] - time[after - 1]) * ((at - position[after - 1]) / (position[after] - position[after - 1]));
}

/** Lap positions that divide a lap into parts of equal length, without the line. */
export const equalParts = (count) => Array.from({ length: count - 1 }, (_, index) => (index + 1) / count);

/**
 * The ideal lap: for each part between `ends` (lap positions without the line) the lap that was fastest there. Returns `{rows, position, time, gaps}`
 * like the samples of a lap, and `time_ms`; `null` if no lap has all of a part.
 */
export function idealLap(laps, ends) {
  const bounds = [0, ...ends, 1];
  const [position, time] = [[0], [0]];
  let sum = 0;
  for (let part = 0; part + 1 < bounds.length; part += 1) {
    const [from, to] = [bounds[part], bounds[part + 1]];
    const best = fastest(laps, from, to);
    if (!best) return null;
    appendPart({ position, time }, best, from, to, sum);
    sum += best.seconds;
    position.push(to);
    time.push(sum);
  }
  return { rows: position.length, position: Float32Array.from(position), time: Float32Array.from(time), gaps: new Uint8Array(position.length), time_ms: Math.round(sum * 1000) };
}

/** The seconds at a lap position, with the line and the end of a complete lap, which no row may be exactly at. */
export function secondsAt(lap, position) {
  if (position <= 0) return 0;
  return position >= 1 ? (lap.lap?.time_ms ?? NaN) / 1000 : timeAt(lap, position);
}

function fastest(laps, from, to) {
  let best = null;
  for (const lap of laps) {
    const start = secondsAt(lap, from);
    const seconds = secondsAt(lap, to) - start;
    if (seconds > 0 && !(best?.seconds <= seconds)) best = { lap, start, seconds };
  }
  return best;
}

/** Adds the rows of a lap that are inside a part. */
function appendPart(curve, { lap, start }, from, to, sum) {
  for (let row = rowAt(lap.position, from); row < lap.rows && lap.position[row] < to; row += 1) {
    if (lap.gaps[row] || lap.position[row] <= curve.position[curve.position.length - 1]) continue;
    curve.position.push(lap.position[row]);
    curve.time.push(lap.time[row] - start + sum);
  }
}
