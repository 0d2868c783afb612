// Curves over the lap position, and the time difference between two laps.

/** Positions closer to a sample than this fraction of the distance between samples are that sample. */
const SNAP = 0.02;

/** The value at a lap position, or NaN in a hole. Linear between two samples; `steps` keeps the value of the earlier sample. */
export function sample(trace, curve, position, steps = false) {
  const { positions } = trace ?? {};
  if (!positions || !curve?.length) return NaN;
  const last = positions.length - 1;
  // Samples are at equal distances.
  const exact = Math.min(last, Math.max(0, ((position - positions[0]) / (positions[last] - positions[0] || 1)) * last));
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) < SNAP) return numberOrNaN(curve[nearest]);
  const index = Math.floor(exact);
  const before = numberOrNaN(curve[index]);
  if (steps) return before;
  return before + (numberOrNaN(curve[index + 1]) - before) * (exact - index);
}

const numberOrNaN = (value) => (typeof value === 'number' ? value : NaN);

/** The time of lap A minus the time of lap B at each sample of A; `null` in a hole of either. `null` if a lap is missing. */
export function timeDifference(a, b) {
  if (!a?.lap_time || !b?.lap_time) return null;
  return a.lap_time.map((time, index) => {
    const other = sample(b, b.lap_time, a.positions[index]);
    return typeof time === 'number' && Number.isFinite(other) ? time - other : null;
  });
}

/** The last known value of a curve, or NaN if it has none. */
export function lastOf(curve) {
  for (let index = curve.length - 1; index >= 0; index -= 1) if (typeof curve[index] === 'number') return curve[index];
  return NaN;
}

/** `faster`, `slower`, or an empty string, by the sign of a time difference in seconds. */
export function tendency(delta) {
  if (Math.abs(delta) < 0.005 || !Number.isFinite(delta)) return '';
  return delta < 0 ? 'faster' : 'slower';
}

/** The lowest and highest value of curves, at least the given range. */
export function rangeOf(curves, [low, high]) {
  let [lowest, highest] = [low, high];
  for (const curve of curves) {
    for (const value of curve) {
      if (typeof value !== 'number') continue;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
  }
  return [lowest, highest];
}
