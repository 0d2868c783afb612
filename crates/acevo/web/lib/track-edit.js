// Changes of corners and sectors that keep them possible: in order along the lap, and not one over another. Positions are lap positions, 0..1.

/** The shortest distance between two points that follow each other, as a fraction of the lap. */
const APART = 0.001;
/** The length of a new corner. */
const NEW_CORNER = 0.02;

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/** The lap position of the point of a closed line that is nearest to a pixel, and its distance in pixels: `{position, distance}`. */
export function nearestPosition(points, x, y) {
  let best = { position: 0, distance: Infinity };
  points.forEach(([ax, ay], index) => {
    const [bx, by] = points[(index + 1) % points.length];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const share = length > 0 ? clamp(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1) : 0;
    const distance = Math.hypot(ax + (bx - ax) * share - x, ay + (by - ay) * share - y);
    if (distance < best.distance) best = { position: (index + share) / points.length, distance };
  });
  return best;
}

/** The ends of sectors after one of them was moved between its neighbours. */
export function moveEnd(ends, index, position) {
  const [low, high] = [(ends[index - 1] ?? 0) + APART, (ends[index + 1] ?? 1) - APART];
  return ends.map((end, other) => (other === index ? clamp(position, low, high) : end));
}

/** The ends of sectors with one more, in the middle of the longest sector. */
export function addEnd(ends) {
  const bounds = [0, ...ends, 1];
  let longest = 0;
  for (let index = 1; index + 1 < bounds.length; index += 1) {
    if (bounds[index + 1] - bounds[index] > bounds[longest + 1] - bounds[longest]) longest = index;
  }
  return [...ends.slice(0, longest), (bounds[longest] + bounds[longest + 1]) / 2, ...ends.slice(longest)];
}

export const removeEnd = (ends, index) => ends.filter((_, other) => other !== index);

/** Corners after the `start`, `apex` or `end` of one was moved between its neighbours. Corners on the line keep their points on its two sides. */
export function moveCorner(corners, index, part, position) {
  const corner = corners[index];
  const isOverLine = corner.start > corner.end;
  const before = corners[index - 1]?.end ?? 0;
  const after = corners[index + 1]?.start ?? 1;
  const limits = {
    start: [Math.max(before, isOverLine ? corner.end : 0), startLimit(corner) - APART],
    apex: apexLimits(corner),
    end: [endLimit(corner) + APART, Math.min(after, isOverLine ? corner.start : 1)],
  }[part];
  return corners.map((other, at) => (at === index ? { ...corner, [part]: clamp(position, ...limits) } : other));
}

/** The start is before the apex, unless that is on the other side of the line. */
const startLimit = ({ start, apex }) => (start > apex ? 1 : apex);
const endLimit = ({ apex, end }) => (end < apex ? 0 : apex);

/** The apex stays on its side of the line. */
function apexLimits({ start, apex, end }) {
  const low = start > apex ? 0 : start + APART;
  const high = end < apex ? 1 : end - APART;
  return [low, high];
}

/**
 * Corners with one more around a lap position, or `null` if there is no room. Its number is a free one between its neighbours'; without one the
 * corners after it are numbered again.
 */
export function addCorner(corners, position, direction) {
  const index = corners.filter(({ apex }) => apex < position).length;
  const [low, high] = [corners[index - 1]?.end ?? 0, corners[index]?.start ?? 1];
  const [start, end] = [Math.max(low, position - NEW_CORNER / 2), Math.min(high, position + NEW_CORNER / 2)];
  if (!(end - start > 4 * APART) || position <= start || position >= end) return null;
  const number = (corners[index - 1]?.number ?? 0) + 1;
  let last = number;
  const later = corners.slice(index).map((corner) => {
    last = Math.max(corner.number, last + 1);
    return { ...corner, number: last };
  });
  return [...corners.slice(0, index), { number, name: '', start, apex: position, end, direction }, ...later];
}

/** Corners without one; the others keep their numbers. */
export const removeCorner = (corners, index) => corners.filter((_, other) => other !== index);

/** The middle of the longest part of the lap without a corner. */
export function longestStraight(corners) {
  if (corners.length === 0) return 0.5;
  let best = { length: -1, middle: 0.5 };
  corners.forEach(({ end }, index) => {
    const next = corners[index + 1]?.start ?? 1;
    if (next - end > best.length) best = { length: next - end, middle: (end + next) / 2 };
  });
  return best.middle;
}
