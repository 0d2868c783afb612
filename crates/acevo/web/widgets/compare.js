// Two laps over the lap position: curves below each other, the time difference, and a map of the time lost.

import { el, setData, setText } from '../lib/dom.js';
import { fixed, gear, lapTimeMs, percent, signed } from '../lib/format.js';
import { lastOf, rangeOf, sample, tendency, timeDifference } from '../lib/sample.js';
import { Surface } from '../lib/surface.js';
import { dot, Track } from '../lib/track.js';
import { units } from '../lib/units.js';
import { lapAreas, lapLine } from './lines.js';
import { drawLost } from './lost-map.js';
import { pointAt, scrubber } from './scrubber.js';

const CURSOR_STEPS = 1000;
/** The line of lap B in font sizes: dash, gap. */
const DASHES = [0.5, 0.35];

const STRIPS = [
  { id: 'difference', name: 'Time A − B', text: (v) => `${signed(v, 3)} s`, range: [-0.1, 0.1], weight: 1.2 },
  { id: 'speed', name: 'Speed', text: (v) => units.full('speed', v), range: [0, 100], weight: 2.2 },
  { id: 'throttle', name: 'Throttle', text: (v) => `${percent(v)} %`, range: [0, 1], weight: 1 },
  { id: 'brake', name: 'Brake', text: (v) => `${percent(v)} %`, range: [0, 1], weight: 1 },
  { id: 'steering', name: 'Steering', text: (v) => signed(v * 100, 0), range: [-0.3, 0.3], weight: 1 },
  { id: 'gear', name: 'Gear', text: gear, range: [0, 6], weight: 0.8, steps: true },
];

const heading = (side, lap) => `${side}  Lap ${lap.number}  ${lapTimeMs(lap.time_ms)}`;

function createStrip(strip, holder, resized) {
  const isDifference = strip.id === 'difference';
  const [a, b] = [el('span', `num value ${isDifference ? 'lap-gap' : 'lap-a'}`, '–'), el('span', 'num value lap-b', '–')];
  const plot = el('div', 'plot');
  const node = el('div', 'strip-row', el('div', 'strip-head', el('h3', 'label', strip.name), el('div', 'pair', ...(isDifference ? [a] : [a, b]))), plot);
  node.style.setProperty('flex-grow', strip.weight);
  holder.append(node);
  const label = `${strip.name} over the lap`;
  return { ...strip, isDifference, label, a, b, plot, surface: new Surface(plot, label, resized) };
}

export function comparison(root, { resized }) {
  const [nameA, nameB] = [el('span', 'num lap-a', 'A'), el('span', 'num lap-b', 'B')];
  const gap = el('span', 'num lap-gap', '');
  const position = el('span', 'num hint compare-position', '');
  const minimap = el('div', 'minimap');
  const holder = el('div', 'strips compare-strips');
  let cursor = null;
  let cache = { version: 0 };
  let laid = null;
  let drawn = '';
  const move = (part) => {
    cursor = part;
    resized();
  };
  const slider = scrubber('Cursor: position on the lap', CURSOR_STEPS, move);
  root.append(el('div', 'compare-head', nameA, gap, nameB, position, slider.node), el('div', 'compare-body', holder, minimap));
  const small = new Surface(minimap, 'Map: where A is slower or faster than B', resized);
  const strips = STRIPS.map((strip) => createStrip(strip, holder, resized));
  pointAt(holder, strips[0].plot, move);

  return (model, { a, b }) => {
    const [lapA, lapB] = [model.laps[a], model.laps[b]];
    const traceA = lapA ? model.trace(lapA.index ?? a) : null;
    const traceB = lapB ? model.trace(lapB.index ?? b) : null;
    if (cache.a !== traceA || cache.b !== traceB) cache = { a: traceA, b: traceB, difference: timeDifference(traceA, traceB), version: cache.version + 1 };
    // Nothing here moves without input, so it is drawn only after a change.
    const state = [cache.version, cursor, units.version, model.outline.version, small.version, a, b, ...strips.map(({ surface }) => surface.version)].join();
    if (state === drawn) return;
    drawn = state;
    showHeading(lapA, lapB);
    const at = positionText(model.outline.length_m);
    setText(position, at);
    const values = strips.map((strip) => showValues(strip, at));
    slider.show(cursor ?? 0, cursor === null ? 'No cursor' : [at, ...values].join('; '));
    for (const strip of strips) draw(strip, model.outline.sectors);
    drawMap(model.outline);
  };

  function showHeading(lapA, lapB) {
    setText(nameA, lapA ? heading('A', lapA) : 'Choose laps in the table');
    setText(nameB, lapB ? heading('B', lapB) : '');
    const seconds = lapA?.time_ms && lapB?.time_ms && lapA !== lapB ? (lapA.time_ms - lapB.time_ms) / 1000 : NaN;
    const state = tendency(seconds);
    setText(gap, Number.isFinite(seconds) ? `${signed(seconds)} s${state ? ` A ${state}` : ''}` : '');
    setData(gap, 'state', state);
  }

  function positionText(length) {
    if (cursor === null) return '';
    return Number.isFinite(length) ? units.full('distance', (cursor * length) / 1000) : `${fixed(cursor * 100, 1)} %`;
  }

  /** The curves of laps A and B; the difference has one. */
  function curvesOf({ id, isDifference }) {
    return isDifference ? [cache.difference, null] : [cache.a?.[id], cache.b?.[id]];
  }

  /** Writes the values at the cursor, and returns them as text. Without a cursor: the difference at the end of the lap. */
  function showValues(strip, at) {
    const [curveA, curveB] = curvesOf(strip);
    const valueAt = (trace, curve) => (curve && cursor !== null ? sample(trace, curve, cursor, strip.steps) : NaN);
    const [valueA, valueB] = [valueAt(cache.a, curveA), valueAt(cache.b, curveB)];
    const shown = strip.isDifference && cursor === null && curveA ? lastOf(curveA) : valueA;
    const write = (value) => (Number.isFinite(value) ? strip.text(value) : '–');
    setText(strip.a, write(shown));
    setText(strip.b, write(valueB));
    if (strip.isDifference) setData(strip.a, 'state', tendency(shown));
    const text = strip.isDifference ? `${strip.name} ${write(valueA)}` : `${strip.name} A ${write(valueA)}, B ${write(valueB)}`;
    strip.surface.describe(cursor === null ? strip.label : `${strip.label}; at ${at}: ${text}`);
    return text;
  }

  function draw(strip, sectors) {
    const { surface } = strip;
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors, em } = surface;
    const [curveA, curveB] = curvesOf(strip);
    const [low, high] = rangeOf([curveA, curveB].filter(Boolean), strip.range);
    const y = (value) => 4 + (height - 8) * (1 - (value - low) / (high - low));
    for (const end of [0, ...sectors.filter((e) => e > 0 && e < 1), 1]) surface.rule(end * width, 0, end * width, height, colors.line);
    if (low < 0 && high > 0) surface.rule(0, y(0), width, y(0), colors.faint);
    const thick = Math.max(1.5, em * 0.11);
    if (strip.isDifference && curveA) lapAreas(ctx, cache.a.positions, curveA, width, y, [colors.accent, colors.warm]);
    if (curveB) lapLine(ctx, cache.b.positions, curveB, width, y, { color: colors['lap-b'], thick, steps: strip.steps, dashes: DASHES.map((part) => part * em) });
    if (curveA) lapLine(ctx, cache.a.positions, curveA, width, y, { color: colors['lap-a'], thick, steps: strip.steps });
    if (cursor !== null) surface.rule(cursor * width, 0, cursor * width, height, colors.text);
  }

  function drawMap(outline) {
    const ctx = small.begin();
    if (!ctx || outline.points.length < 2) return;
    const { em, colors } = small;
    if (laid?.outline !== outline || laid.version !== small.version) {
      laid = { outline, version: small.version, track: new Track(outline, small, em) };
    }
    drawLost(small, laid.track, timeLost, [0, 1]);
    if (cursor === null) return;
    const [x, y] = laid.track.pixel(cursor);
    dot(ctx, x, y, em * 0.45, colors.text, colors.ground, em * 0.15);
  }

  /** Seconds that A loses to B between two lap positions; 0 if unknown. */
  function timeLost(from, to) {
    if (!cache.difference) return 0;
    return sample(cache.a, cache.difference, to) - sample(cache.a, cache.difference, from) || 0;
  }
}
