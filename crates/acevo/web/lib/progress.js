// The progress of a driver with one car on one track: the best lap of each session.

const SMALLEST_RANGE_MS = 500;

/**
 * Points of a chart: `{x, y, best, entry}` with `x` and `y` from 0 to 1 (`y` upwards, so a faster lap is lower), and `best` if the session has
 * the best lap so far. Sessions are at equal distances, oldest first; those without a time are left out.
 */
export function progressPoints(entries) {
  const timed = entries.filter(({ best_ms: ms }) => ms > 0);
  const times = timed.map(({ best_ms: ms }) => ms);
  const low = Math.min(...times);
  const span = Math.max(SMALLEST_RANGE_MS, Math.max(...times) - low);
  let record = Infinity;
  return timed.map((entry, index) => {
    const best = entry.best_ms < record;
    record = Math.min(record, entry.best_ms);
    return { x: timed.length > 1 ? index / (timed.length - 1) : 0.5, y: (entry.best_ms - low) / span, best, entry };
  });
}
