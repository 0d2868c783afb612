// The map of a comparison: the visible part of the track, coloured by the time lost, and the cars at the cursor.

import { LETTERS } from '../lib/comparison.js';
import { pointsOf } from '../lib/outline-points.js';
import { valueAt } from '../lib/samples.js';
import { Surface } from '../lib/surface.js';
import { dot, polyline, Track } from '../lib/track.js';
import { colorOf } from './compare-strips.js';
import { drawLost } from './lost-map.js';

/** A shorter visible part of the lap is shown in large. */
const LARGE = 0.6;

/** `outline()` returns the outline that the server knows, for laps without coordinates. */
export function compareMap(root, comparison, { outline, resized }) {
  const surface = new Surface(root, 'Map of the track', resized);
  /** The points of the base lap, by its samples. */
  const points = new WeakMap();
  let laid = { key: '' };

  function pointsNow() {
    const { base } = comparison;
    if (!base) return null;
    const x = base.samples.columns.get('position_x');
    if (!x) return outline().points.length > 2 ? outline().points : null;
    if (!points.has(x)) points.set(x, pointsOf(base.samples));
    return points.get(x);
  }

  function lay(all, part) {
    const key = [surface.version, part.join(), comparison.version].join('/');
    if (laid.key !== key || laid.all !== all) {
      const focus = part[1] - part[0] < LARGE ? piece(all, part) : all;
      const track = new Track({ points: all, known: true }, surface, surface.em * 1.2, focus);
      laid = { key, all, track, path: polyline(track.points, true) };
    }
    return laid;
  }

  return {
    get version() {
      return surface.version;
    },
    /** The points of the outline, or `null`. */
    points: pointsNow,
    draw() {
      const ctx = surface.begin();
      if (!ctx) return;
      const all = pointsNow();
      const { colors, em } = surface;
      if (!all) {
        surface.label('No map of this lap', surface.width / 2, surface.height / 2, { align: 'center', base: 'middle' });
        return;
      }
      const part = comparison.visiblePart;
      const { track, path } = lay(all, part);
      ctx.strokeStyle = colors.line;
      ctx.lineWidth = em * 0.2;
      ctx.stroke(path);
      const compared = comparison.loaded.find((lap) => comparison.deltas.has(lap));
      drawLost(surface, track, (from, to) => timeLost(comparison, compared, from, to), part);
      drawCorners(surface, track, comparison.corners);
      drawCars(surface, track, comparison);
      surface.describe(description(comparison, compared));
    },
  };
}

/** The points between two lap positions, at least two. */
function piece(points, [from, to]) {
  const start = Math.floor(from * points.length);
  const part = points.slice(start, Math.max(start + 2, Math.ceil(to * points.length) + 1));
  return part.length > 1 ? part : points;
}

/** Seconds that a lap loses to the reference between two lap positions; 0 if unknown. */
function timeLost(comparison, lap, from, to) {
  if (!lap) return 0;
  const delta = comparison.deltas.get(lap);
  const at = (position) => valueAt(lap.samples, lap.samples.position, delta, Math.min(0.9999, Math.max(0.0001, position)));
  return at(to) - at(from) || 0;
}

function drawCorners(surface, track, corners) {
  const { colors, em } = surface;
  for (const { number, apex } of corners) {
    const [x, y, nx, ny] = track.pixel(apex);
    surface.label(String(number), x + nx * em * 0.9, y + ny * em * 0.9, { align: 'center', base: 'middle', size: 0.7, weight: 600, color: colors.muted });
  }
}

function drawCars(surface, track, comparison) {
  const { ctx, colors, em } = surface;
  [...comparison.laps].reverse().forEach((lap, index) => {
    const place = comparison.laps.length - 1 - index;
    if (!lap.samples) return;
    const position = comparison.shownPosition(lap);
    if (!Number.isFinite(position)) return;
    const [x, y] = placeOf(track, lap.samples, position);
    dot(ctx, x, y, em * 0.5, colorOf(colors, place), colors.ground, em * 0.15);
    surface.label(LETTERS[place], x, y, { align: 'center', base: 'middle', size: 0.6, weight: 700, color: colors.ground });
  });
}

/** The pixel of a car: by its own coordinates, else by its lap position. */
function placeOf(track, samples, position) {
  const [x, z] = ['position_x', 'position_z'].map((id) => valueAt(samples, samples.position, samples.columns.get(id), position));
  return Number.isFinite(x + z) ? track.at(x, z) : track.pixel(position);
}

function description(comparison, compared) {
  if (!compared) return 'Map of the track';
  const letter = LETTERS[comparison.laps.indexOf(compared)];
  return `Map of the track: where ${letter} is slower or faster than ${comparison.referenceLap?.name}`;
}
