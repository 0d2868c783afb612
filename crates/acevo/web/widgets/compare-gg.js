// Accelerations of the visible part of each lap, with the points at the cursor.

import { rowAt, valueAt } from '../lib/samples.js';
import { Surface } from '../lib/surface.js';
import { dot } from '../lib/track.js';
import { colorOf } from './compare-strips.js';
import { drawRings } from './gg.js';

const [LATERAL, LONGITUDINAL] = ['g_lateral', 'g_longitudinal'];
const LABEL = 'Accelerations in the visible part, lateral and longitudinal';
/** Points of a lap. More rows are thinned out. */
const MAX_POINTS = 300;
/** Larger accelerations come from a crash and do not extend the range. */
const CRASH_G = 6;

export function compareGg(root, comparison, { resized }) {
  const surface = new Surface(root, LABEL, resized);
  let scaleOf = { version: -1 };

  /** The largest acceleration of all laps, at least 2 g. */
  function rings() {
    if (scaleOf.version !== comparison.version) {
      let largest = 2;
      for (const { samples } of comparison.loaded) largest = Math.max(largest, largestOf(samples));
      scaleOf = { version: comparison.version, rings: Math.ceil(largest) };
    }
    return scaleOf.rings;
  }

  return {
    get version() {
      return surface.version;
    },
    draw() {
      const ctx = surface.begin();
      if (!ctx) return;
      const { width, height, colors, em } = surface;
      const [x0, y0, radius] = [width / 2, height / 2, Math.min(width, height) / 2 - em * 0.35];
      const scale = radius / rings();
      drawRings(surface, rings(), x0, y0, scale);
      comparison.laps.forEach((lap, place) => {
        if (lap.samples) drawLap(surface, comparison, lap, colorOf(colors, place), [x0, y0, scale]);
      });
    },
  };
}

function largestOf(samples) {
  const [lateral, longitudinal] = [samples.columns.get(LATERAL), samples.columns.get(LONGITUDINAL)];
  if (!lateral || !longitudinal) return 0;
  let largest = 0;
  for (let row = 0; row < samples.rows; row += 8) {
    const total = Math.hypot(lateral[row], longitudinal[row]);
    if (total > largest && total < CRASH_G) largest = total;
  }
  return largest;
}

function drawLap(surface, comparison, lap, color, [x0, y0, scale]) {
  const { ctx, em, colors } = surface;
  const { samples } = lap;
  const [lateral, longitudinal] = [samples.columns.get(LATERAL), samples.columns.get(LONGITUDINAL)];
  if (!lateral || !longitudinal) return;
  const axis = comparison.axisOf(lap);
  const [from, to] = comparison.range.map((x) => rowAt(axis, x));
  const step = Math.max(1, Math.ceil((to - from) / MAX_POINTS));
  const size = Math.max(1, em * 0.12);
  ctx.fillStyle = color;
  ctx.globalAlpha = 0.5;
  for (let row = from; row < to; row += step) {
    const [x, y] = [x0 + lateral[row] * scale, y0 - longitudinal[row] * scale];
    if (!Number.isNaN(x + y)) ctx.fillRect(x - size / 2, y - size / 2, size, size);
  }
  ctx.globalAlpha = 1;
  const position = comparison.shownPosition(lap);
  const [x, y] = [lateral, longitudinal].map((column) => valueAt(samples, samples.position, column, position));
  if (Number.isFinite(x + y)) dot(ctx, x0 + x * scale, y0 - y * scale, em * 0.32, color, colors.ground, em * 0.1);
}
