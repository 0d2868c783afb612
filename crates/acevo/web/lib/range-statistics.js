// What happens in a part of a lap: extremes and means of channels, and shares of the time.

/** Full throttle from this on, a released pedal, and the lowest speed of coasting in km/h: those of the analysis of laps. */
const [FULL_THROTTLE, RELEASED, MIN_COASTING_KMH] = [0.98, 0.02, 10];
/** A wheel turns this much slower or faster than the road, as a part of its speed. */
const SLIPPING = 0.2;
const WHEELS = ['fl', 'fr', 'rl', 'rr'];

/** The channels that `sharesOf` can use. */
export const SHARE_CHANNELS = ['speed', 'throttle', 'brake', 'gear', ...WHEELS.map((wheel) => `wheel_locked_${wheel}`), ...WHEELS.map((wheel) => `slip_ratio_${wheel}`)];

/** The seconds for which a row lasts: until the next row, and none before a gap. */
function lasting({ time, gaps }, row, to) {
  if (row + 1 >= to || gaps[row] || gaps[row + 1]) return 0;
  return time[row + 1] - time[row];
}

/** The lowest and highest value of a column in the rows `from` until before `to`, and the mean over the time. NaN without values. */
export function statisticsOf(samples, column, from, to) {
  let [low, high, sum, seconds] = [Infinity, -Infinity, 0, 0];
  for (let row = from; row < to; row += 1) {
    const value = column[row];
    if (Number.isNaN(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    const span = lasting(samples, row, to);
    sum += value * span;
    seconds += span;
  }
  const isKnown = low <= high;
  return { low: isKnown ? low : NaN, high: isKnown ? high : NaN, mean: seconds > 0 ? sum / seconds : NaN };
}

/**
 * Shares of the time in the rows `from` until before `to`, 0..1: `full`, `coasting`, `braking`, `locked` (a wheel is locked), `spinning` (a wheel
 * turns faster than the road); NaN if the channels are missing. `gears` are `[gear, share]` in the order of gears; `seconds` is the whole time.
 */
export function sharesOf(samples, from, to) {
  const column = (id) => samples.columns.get(id);
  const [speed, throttle, brake, gear] = ['speed', 'throttle', 'brake', 'gear'].map(column);
  const locked = WHEELS.map((wheel) => column(`wheel_locked_${wheel}`)).filter(Boolean);
  const slips = WHEELS.map((wheel) => column(`slip_ratio_${wheel}`)).filter(Boolean);
  const gears = new Map();
  let seconds = 0;
  for (let row = from; row < to; row += 1) seconds += lasting(samples, row, to);
  const share = (columns, is) => shareOf(samples, from, to, seconds, columns, is);
  if (gear) {
    for (let row = from; row < to; row += 1) {
      if (!Number.isNaN(gear[row])) gears.set(gear[row], (gears.get(gear[row]) ?? 0) + lasting(samples, row, to));
    }
  }
  return {
    seconds,
    full: share([throttle], (row) => throttle[row] >= FULL_THROTTLE),
    coasting: share([throttle, brake, speed], (row) => throttle[row] <= RELEASED && brake[row] <= RELEASED && speed[row] >= MIN_COASTING_KMH),
    braking: share([brake], (row) => brake[row] > RELEASED),
    locked: locked.length ? share(locked, (row) => locked.some((wheel) => wheel[row] > 0)) : share([slips[0], brake], (row) => slips.some((slip) => slip[row] < -SLIPPING)),
    spinning: share(slips.length ? slips : [undefined], (row) => slips.some((slip) => slip[row] > SLIPPING)),
    gears: [...gears].filter(([, time]) => time > 0).sort(([a], [b]) => a - b).map(([number, time]) => [number, time / seconds]),
  };
}

/** The share of the time in which a condition holds; NaN if a column is missing or has no value at all. */
function shareOf(samples, from, to, seconds, columns, is) {
  if (!(seconds > 0) || columns.some((column) => !column)) return NaN;
  let [sum, hasValue] = [0, false];
  for (let row = from; row < to; row += 1) {
    if (columns.every((column) => Number.isNaN(column[row]))) continue;
    hasValue = true;
    if (is(row)) sum += lasting(samples, row, to);
  }
  return hasValue ? sum / seconds : NaN;
}
