// Facts about laps, from the documents of the server.

/** Sectors of a lap if the server reports no number. */
const DEFAULT_SECTORS = 3;
/** The game reports huge numbers of laps for sessions without a limit. */
const NO_LIMIT = 10000;

/** The number of a lap: `2/3` in a session with a number of laps, and never more than that number. */
export function lapOf(number, total) {
  if (!(number > 0)) return '–';
  return total > 0 && total < NO_LIMIT ? `${Math.min(number, total)}/${total}` : String(number);
}

/** `valid`, `invalid`, or `unknown`. */
export const verdict = (validity) => (typeof validity === 'string' ? validity : validity?.is ?? 'unknown');

/** True for a complete, valid lap with a time. */
export const counts = (lap) => Boolean(lap.time_ms) && !lap.incomplete && verdict(lap.validity) === 'valid';

/** The laps of the newest session. */
export const ofLastSession = (laps) => laps.filter(({ session }) => session === laps[laps.length - 1].session);

/** The best lap time in milliseconds, or Infinity if no lap counts. */
export const bestTime = (laps) => Math.min(...laps.filter(counts).map((lap) => lap.time_ms));

/** The best time of each sector, among complete valid laps. */
export function bestSectors(laps) {
  const best = [];
  for (const lap of laps) {
    if (lap.incomplete || verdict(lap.validity) !== 'valid') continue;
    (lap.sectors_ms ?? []).forEach((ms, index) => {
      if (ms > 0) best[index] = Math.min(best[index] ?? Infinity, ms);
    });
  }
  return best;
}

/** The number of sectors: of the running lap, or of the finished laps if one has more. */
export function sectorCount(running, laps) {
  return laps.reduce((most, lap) => Math.max(most, lap.sectors_ms?.length ?? 0), running?.sectors || DEFAULT_SECTORS);
}

/** Sector times in milliseconds from the times at which sectors ended. `null` if one of its ends is unknown. */
export function sectorTimes(splits) {
  return (splits ?? []).map((end, index) => {
    const start = index === 0 ? 0 : splits[index - 1];
    return Number.isFinite(end) && Number.isFinite(start) && end > 0 ? end - start : null;
  });
}

/** A short note about the running lap: `INVALID`, `OUT LAP`, … Empty for a valid flying lap, and before a lap has begun. */
export function lapNote(running, seconds, gameSaysValid) {
  if (!(seconds > 0)) return '';
  const kind = running.kind ?? 'flying';
  if (kind === 'out' || kind === 'pit') return `${kind} lap`.toUpperCase();
  const state = verdict(running.validity);
  if (state === 'invalid' || (state === 'unknown' && gameSaysValid === 0)) return 'INVALID';
  return kind === 'flying' ? '' : `${kind} lap`.toUpperCase();
}
