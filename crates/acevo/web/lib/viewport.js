// The visible range of an axis, `[from, to]`, within the whole one.

/** The part of the whole range that is visible at least. */
const SMALLEST = 1 / 2000;

/** Parts of the visible range: of one step of zoom, of panning, and of the cursor. */
const [ZOOM, PAN, STEP, LARGE_STEP] = [1.5, 0.2, 0.002, 0.02];

/** The range moved and shortened so that it is within the whole one. Anything else than two ascending numbers is the whole range. */
export function clampRange([from, to], [first, last]) {
  if (!(to > from) || !Number.isFinite(from) || !Number.isFinite(to)) return [first, last];
  const span = Math.min(last - first, Math.max((last - first) * SMALLEST, to - from));
  const start = Math.min(Math.max(from, first), last - span);
  return [start, start + span];
}

/** The range after a change of its length by a factor. `at` stays at its place on the screen. */
export function zoomed([from, to], factor, at, whole) {
  const span = Math.min(whole[1] - whole[0], Math.max((whole[1] - whole[0]) * SMALLEST, (to - from) * factor));
  const start = at - ((at - from) / (to - from)) * span;
  return clampRange([start, start + span], whole);
}

/** The range moved by a distance. */
export const panned = ([from, to], by, whole) => clampRange([from + by, to + by], whole);

/** The range that shows `from..to` with a margin on both sides. */
export function around(from, to, whole, margin = 0.15) {
  const extra = (to - from) * margin;
  return clampRange([from - extra, to + extra], whole);
}

/**
 * What a key does to the visible range and the cursor: `{range, cursor}`, or `null` if the key does nothing. Arrows move the cursor, with
 * Shift the range; `+` and `-` zoom around the cursor, and Home shows everything. Page keys move the cursor in large steps.
 */
export function keyed({ key, shiftKey }, { range, cursor }, whole) {
  const span = range[1] - range[0];
  const at = cursor ?? (range[0] + range[1]) / 2;
  const centre = Math.min(range[1], Math.max(range[0], at));
  const moved = (by) => withCursor(Math.min(whole[1], Math.max(whole[0], at + by * span)), range, whole);
  const pan = (by) => ({ range: panned(range, by * span, whole), cursor });
  switch (key) {
    case 'ArrowLeft':
      return shiftKey ? pan(-PAN) : moved(-STEP);
    case 'ArrowRight':
      return shiftKey ? pan(PAN) : moved(STEP);
    case 'PageUp':
      return moved(-LARGE_STEP);
    case 'PageDown':
      return moved(LARGE_STEP);
    case '+':
    case '=':
      return { range: zoomed(range, 1 / ZOOM, centre, whole), cursor };
    case '-':
      return { range: zoomed(range, ZOOM, centre, whole), cursor };
    case 'Home':
      return { range: whole, cursor };
    default:
      return null;
  }
}

/** The cursor at a value, with the range moved so that it is visible. */
export function withCursor(cursor, range, whole) {
  if (cursor < range[0]) return { range: panned(range, cursor - range[0], whole), cursor };
  if (cursor > range[1]) return { range: panned(range, cursor - range[1], whole), cursor };
  return { range, cursor };
}
