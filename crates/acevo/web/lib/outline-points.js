// The outline of a track from the samples of a lap.

import { valueAt } from './samples.js';

const POINTS = 800;

/** Points `[x, z]` in metres at equal distances of lap position, or `null` if the lap has no coordinates. Gaps are bridged. */
export function pointsOf(samples) {
  const [x, z] = ['position_x', 'position_z'].map((id) => samples?.columns.get(id));
  if (!x || !z) return null;
  const points = [];
  for (let index = 0; index < POINTS; index += 1) {
    const position = index / POINTS;
    const point = [valueAt(samples, samples.position, x, position), valueAt(samples, samples.position, z, position)];
    points.push(Number.isFinite(point[0] + point[1]) ? point : null);
  }
  const first = points.findIndex(Boolean);
  if (first < 0) return null;
  let last = points[first];
  return points.map((point) => {
    last = point ?? last;
    return last;
  });
}
