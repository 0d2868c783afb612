// The curves of a comparison: the delta and one strip for each channel, with one visible range and one cursor.

import { isStepped, shownAs, valueText } from '../lib/catalogue.js';
import { LETTERS } from '../lib/comparison.js';
import { el, setData, setText, withAttributes } from '../lib/dom.js';
import { signed } from '../lib/format.js';
import { pixelRows, tracePixels } from '../lib/pixel-curve.js';
import { tendency } from '../lib/sample.js';
import { valueAt } from '../lib/samples.js';
import { Surface } from '../lib/surface.js';

/** Heights of strips in rem: the delta, and a channel. */
const [DELTA_REM, CHANNEL_REM, FLAG_REM] = [5.5, 4.5, 2.75];
/** The width of a column of rows in pixels, and while the visible range moves. */
const [FINE, COARSE] = [1, 2];
/** The smallest range of the delta, in seconds. */
const SMALLEST_DELTA = 0.05;
/** The free part of a strip above and below its curves, in pixels. */
const PAD = 4;
/** Lines of laps in high-contrast mode, in font sizes: dash, gap. */
const DASHES = [[], [0.5, 0.35], [0.15, 0.3], [0.8, 0.25, 0.15, 0.25]];
const DELTA = 'delta';

/** The colour of a lap by its place in the comparison. */
export const colorOf = (colors, place) => colors[`lap-${LETTERS[place].toLowerCase()}`];

export function compareStrips(root, comparison, { resized }) {
  const holder = withAttributes(el('div', 'strips compare-curves'), { tabindex: '0', role: 'slider', 'aria-label': 'Cursor and visible range of the curves' });
  root.append(holder);
  let strips = [];
  let built = '';

  /** One strip for the delta, and one for each channel that the catalogue has. */
  function build(catalogue) {
    const ids = [DELTA, ...comparison.channels.filter((id) => catalogue.has(id))];
    if (ids.join() === built) return;
    built = ids.join();
    const known = new Map(strips.map((strip) => [strip.id, strip]));
    strips = ids.map((id) => known.get(id) ?? createStrip(id, catalogue.get(id), resized));
    holder.replaceChildren(...strips.map(({ node }) => node));
  }

  return {
    node: holder,
    /** The element with the width of the curves. */
    get plot() {
      return strips[0]?.plot ?? holder;
    },
    /** Changes when anything must be drawn again because of a size or a style. */
    get version() {
      return strips.map(({ surface }) => surface.version).join();
    },
    draw(catalogue) {
      build(catalogue);
      // All strips have the same width: the rows in each column of pixels are computed once.
      const shared = { rows: new Map(), range: comparison.range };
      for (const strip of strips) drawStrip(strip, comparison, shared);
    },
    /** Writes the values at the cursor, and returns them as text. */
    showValues() {
      return strips.map((strip) => showValues(strip, comparison)).join('; ');
    },
  };
}

function createStrip(id, entry, resized) {
  const name = entry?.title ?? 'Delta';
  const values = LETTERS.map((letter) => el('span', `num value lap-${letter.toLowerCase()}`));
  const ideal = el('span', 'num value lap-ideal');
  const unit = el('span', 'unit');
  const plot = el('div', 'plot');
  const head = el('div', 'strip-head', el('h3', 'label', name), el('div', 'pair', ...values, ...(entry ? [] : [ideal])), unit);
  const node = el('div', 'strip-row', head, plot);
  const rem = entry ? CHANNEL_REM : DELTA_REM;
  node.style.setProperty('min-height', `${entry?.kind === 'flag' ? FLAG_REM : rem}rem`);
  node.style.setProperty('flex-grow', entry?.kind === 'flag' ? '0.4' : '1');
  return { id, entry, name, values, ideal, unit, plot, node, surface: new Surface(plot, `${name} over the lap`, resized), scale: { version: -1 } };
}

/** The curves of a strip: `{place, samples, axis, column}`, the first lap last, so that it is on top. */
function curvesOf({ id }, comparison) {
  const curves = comparison.laps.map((lap, place) => ({ lap, place })).filter(({ lap }) => lap.samples).map(({ lap, place }) => ({
    place, lap, samples: lap.samples, axis: comparison.axisOf(lap), column: id === DELTA ? comparison.deltas.get(lap) : lap.samples.columns.get(id),
  }));
  return curves.filter(({ column }) => column).reverse();
}

/** The lowest and highest value of a strip over whole laps, so that the scale does not change while panning. */
function scaleOf(strip, comparison) {
  const { version } = comparison;
  if (strip.scale.version === version) return strip.scale;
  let [low, high] = strip.id === DELTA ? [-SMALLEST_DELTA, SMALLEST_DELTA] : [Infinity, -Infinity];
  const columns = curvesOf(strip, comparison).map(({ column }) => column);
  if (strip.id === DELTA && comparison.idealLap?.delta) columns.push(comparison.idealLap.delta);
  for (const column of columns) {
    const pyramid = comparison.pyramid(column);
    pyramid.range(0, column.length);
    if (pyramid.low < low) low = pyramid.low;
    if (pyramid.high > high) high = pyramid.high;
  }
  if (!(low <= high)) [low, high] = [0, 1];
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  strip.scale = { version, low, high };
  return strip.scale;
}

function drawStrip(strip, comparison, shared) {
  const { surface } = strip;
  const ctx = surface.begin();
  if (!ctx) return;
  const { width, height, colors, em } = surface;
  const { low, high } = scaleOf(strip, comparison);
  const y = (value) => PAD + (height - 2 * PAD) * (1 - (value - low) / (high - low));
  const [from, to] = shared.range;
  const x = (value) => ((value - from) / (to - from)) * width;
  drawLines(surface, comparison, x, strip.id === DELTA);
  if (low < 0 && high > 0) surface.rule(0, y(0), width, y(0), colors.faint);
  const columns = Math.max(1, Math.round(width / (comparison.isMoving ? COARSE : FINE)));
  const rowsOf = (key, axis) => {
    if (!shared.rows.has(key) || shared.rows.get(key).length !== columns + 1) shared.rows.set(key, pixelRows(axis, shared.range, columns));
    return shared.rows.get(key);
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, width, height);
  ctx.clip();
  // Round joins of thousands of points are slow, and not visible.
  ctx.lineJoin = 'bevel';
  ctx.lineWidth = Math.max(1.25, em * 0.1);
  const how = { comparison, range: shared.range, y, wide: width / columns };
  const ideal = comparison.idealLap;
  if (strip.id === DELTA && ideal?.delta) {
    stroke(ctx, { samples: ideal, axis: ideal.axis, column: ideal.delta }, rowsOf('ideal', ideal.axis), { ...how, color: colors.best, steps: false });
  }
  const steps = Boolean(strip.entry && isStepped(strip.entry));
  for (const curve of curvesOf(strip, comparison)) {
    if (surface.isHighContrast) ctx.setLineDash(DASHES[curve.place].map((part) => part * em));
    stroke(ctx, curve, rowsOf(curve.lap, curve.axis), { ...how, color: colorOf(colors, curve.place), steps });
  }
  ctx.setLineDash([]);
  ctx.restore();
  if (comparison.cursor !== null) surface.rule(x(comparison.cursor), 0, x(comparison.cursor), height, colors.text);
}

function stroke(ctx, { samples, axis, column }, rows, { comparison, range, y, wide, color, steps }) {
  ctx.strokeStyle = color;
  ctx.beginPath();
  tracePixels(ctx, { axis, gaps: samples.gaps, pyramid: comparison.pyramid(column), rows, range, y, wide, steps });
  ctx.stroke();
}

/** The ends of the sectors, and the corners with their numbers on the first strip. */
function drawLines(surface, comparison, x, hasNumbers) {
  const { base } = comparison;
  if (!base) return;
  const { width, height, colors, em } = surface;
  const line = (position, color) => {
    const at = x(comparison.xOf(base, position));
    if (at >= 0 && at <= width) surface.rule(at, 0, at, height, color);
    return at;
  };
  for (const end of [0, ...(base.samples.lap.sector_ends ?? []), 1]) line(end, colors.line);
  for (const corner of comparison.corners) {
    const [start, end] = [corner.start, corner.end].map((position) => x(comparison.xOf(base, position)));
    surface.ctx.globalAlpha = 0.35;
    surface.ctx.fillStyle = colors.line;
    if (end > start) surface.ctx.fillRect(start, 0, end - start, height);
    surface.ctx.globalAlpha = 1;
    const apex = x(comparison.xOf(base, corner.apex));
    if (hasNumbers && apex > em && apex < width - em) surface.label(String(corner.number), apex, em * 0.9, { align: 'center', size: 0.7, weight: 600 });
  }
}

/** Writes the values of all laps at the cursor; without a cursor the deltas at the end of the laps. */
function showValues(strip, comparison) {
  const { entry, values, id } = strip;
  const texts = [];
  setText(strip.unit, entry ? shownAs(entry).unit : 's');
  comparison.laps.forEach((lap, place) => {
    const value = shownValue(lap, id, entry, comparison);
    const text = Number.isFinite(value) ? textOf(entry, value) : '';
    setText(values[place], text);
    if (id === DELTA) setData(values[place], 'state', tendency(value));
    if (text) texts.push(`${LETTERS[place]} ${text}`);
  });
  values.slice(comparison.laps.length).forEach((value) => {
    setText(value, '');
  });
  if (!entry) showIdeal(strip, comparison);
  return `${strip.name} ${texts.join(', ') || '–'}`;
}

function showIdeal(strip, comparison) {
  const { idealLap: ideal, cursor } = comparison;
  const value = ideal?.delta ? valueAt(ideal, ideal.axis, ideal.delta, cursor ?? ideal.axis[ideal.rows - 1]) : NaN;
  setText(strip.ideal, Number.isFinite(value) ? `ideal ${signed(value, 3)}` : '');
}

const textOf = (entry, value) => (entry ? valueText(entry, value, true) : signed(value, 3));

function shownValue(lap, id, entry, comparison) {
  const column = id === DELTA ? comparison.deltas.get(lap) : lap.samples?.columns.get(id);
  if (!column) return NaN;
  if (comparison.cursor === null) return id === DELTA ? lastKnown(column) : NaN;
  return valueAt(lap.samples, comparison.axisOf(lap), column, comparison.cursor, Boolean(entry && isStepped(entry)));
}

function lastKnown(column) {
  for (let row = column.length - 1; row >= 0; row -= 1) if (!Number.isNaN(column[row])) return column[row];
  return NaN;
}
