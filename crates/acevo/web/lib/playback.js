// The recording that is played: laps on its timeline, and requests that control it.

/** A lap that began less than this many seconds ago is left by a step to the previous lap; an older one begins again. */
const NEAR_START_S = 2;

/** Speeds to choose from, in seconds of the recording per second. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16];

/** The lap at a position in seconds, or `null`. */
export const lapAt = (laps, position) => laps.findLast((lap) => lap.from_s <= position && position < lap.to_s) ?? null;

/** Where the next lap begins, or the lap before the position, in seconds; `null` if there is no such lap. */
export function lapStep(laps, position, isForward) {
  const starts = laps.map((lap) => lap.from_s).sort((a, b) => a - b);
  const found = isForward ? starts.find((from) => from > position) : starts.findLast((from) => from + NEAR_START_S < position);
  return found ?? null;
}

/** Where laps begin, as parts of the timeline from 0 to 1, each once. */
export function marks(laps, length) {
  if (!(length > 0)) return [];
  return [...new Set(laps.map((lap) => lap.from_s / length))].filter((part) => part >= 0 && part <= 1);
}

/** The request of a key: space pauses or plays, arrows seek, brackets step to other laps. `null` for other keys. */
export function actionOf(key, { position_s: position, paused, ended }, laps) {
  const seek = (at) => (at === null ? null : { action: 'seek', at_s: Math.max(0, at) });
  switch (key) {
    case ' ': return { action: paused || ended ? 'play' : 'pause' };
    case 'ArrowLeft': return seek(position - 10);
    case 'ArrowRight': return seek(position + 10);
    case '[': return seek(lapStep(laps, position, false));
    case ']': return seek(lapStep(laps, position, true));
    default: return null;
  }
}

/** Sends a request. Returns an error message, or an empty string. */
export async function control(action, send = fetch) {
  try {
    const answer = await send('/api/playback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(action),
    });
    return answer.ok ? '' : (await answer.text()).trim();
  } catch {
    return 'acevo does not answer.';
  }
}
