// Two laps over the distance: curves below each other, the time between them, and where on the track that is.

import { el, setText } from './dom.js';
import { fixed, gear, lapTimeMs, percent, signed, units } from './format.js';
import { Surface } from './surface.js';
import { dot, Track } from './track.js';

/** The map is drawn in so many pieces, each of the colour of what is lost there and a little around it. */
const PIECES = 200;
const NEAR = 0.006;
/** Colours are full where a whole lap at this rate would cost eight seconds. */
const FULL = 1 / 8;

const STRIPS = [
  { id: 'difference', name: 'Time A − B', text: (v) => `${signed(v, 3)} s`, weight: 1.2 },
  { id: 'speed', name: 'Speed', text: (v) => units.full('speed', v), range: [0, 100], weight: 2.2 },
  { id: 'throttle', name: 'Throttle', text: (v) => `${percent(v)} %`, range: [0, 1], weight: 1 },
  { id: 'brake', name: 'Brake', text: (v) => `${percent(v)} %`, range: [0, 1], weight: 1 },
  { id: 'steering', name: 'Steering', text: (v) => signed(v * 100, 0), range: [-0.3, 0.3], weight: 1 },
  { id: 'gear', name: 'Gear', text: gear, range: [0, 6], weight: 0.8, steps: true },
];

export function comparison(root, { resized }) {
  const [nameA, nameB] = [el('span', 'num lap-a', 'A'), el('span', 'num lap-b', 'B')];
  const gap = el('span', 'num lap-gap', '');
  const place = el('span', 'num hint compare-place', '');
  const minimap = el('div', 'minimap');
  const holder = el('div', 'strips compare-strips');
  root.append(el('div', 'compare-head', nameA, gap, nameB, place), el('div', 'compare-body', holder, minimap));
  const small = new Surface(minimap, 'Where A is slower or faster than B', resized);
  const strips = STRIPS.map((strip) => {
    const [a, b] = [el('span', 'num value lap-a', '–'), el('span', 'num value lap-b', '–')];
    const plot = el('div', 'plot');
    const values = strip.id === 'difference' ? [a] : [a, b];
    const node = el('div', 'strip-row', el('div', 'strip-head', el('h3', 'label', strip.name), el('div', 'pair', ...values)), plot);
    node.style.setProperty('flex-grow', strip.weight);
    holder.append(node);
    return { ...strip, a, b, plot, surface: new Surface(plot, `${strip.name} over the lap`, resized) };
  });
  let cursor = null;
  let cache = {};
  let laid = null;
  const point = (event) => {
    const box = strips[0].plot.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    cursor = part >= 0 && part <= 1 ? part : null;
    resized();
  };
  holder.addEventListener('pointermove', point);
  holder.addEventListener('pointerdown', point);
  holder.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'mouse') return;
    cursor = null;
    resized();
  });

  let drawn = '';
  return (model, { a, b }) => {
    const [lapA, lapB] = [model.laps[a], model.laps[b]];
    const traceA = lapA ? model.trace(lapA.index ?? a) : null;
    const traceB = lapB ? model.trace(lapB.index ?? b) : null;
    if (cache.a !== traceA || cache.b !== traceB) cache = { a: traceA, b: traceB, difference: difference(traceA, traceB), version: (cache.version ?? 0) + 1 };
    // Nothing here moves by itself: it is drawn after something has changed only.
    const state = [cache.version, cursor, units.system, model.outline.version, small.version, a, b, ...strips.map(({ surface }) => surface.version)].join();
    if (state === drawn) return;
    drawn = state;
    setText(nameA, lapA ? `A  Lap ${lapA.number}  ${lapTimeMs(lapA.time_ms)}` : 'Choose laps in the table');
    setText(nameB, lapB ? `B  Lap ${lapB.number}  ${lapTimeMs(lapB.time_ms)}` : '');
    setText(gap, lapA?.time_ms && lapB?.time_ms ? signed((lapA.time_ms - lapB.time_ms) / 1000) : '');
    const length = model.outline.length_m;
    setText(place, cursor === null ? '' : Number.isFinite(length) ? units.full('distance', cursor * length) : `${fixed(cursor * 100, 1)} %`);
    for (const strip of strips) draw(strip, model);
    drawMap(model);
  };

  function draw(strip, model) {
    const { surface, id } = strip;
    const [curveA, curveB] = id === 'difference' ? [cache.difference, null] : [cache.a?.[id], cache.b?.[id]];
    if (cursor !== null) {
      const show = (trace, curve) => (curve ? strip.text(sample(trace, curve, cursor, strip.steps)) : '–');
      setText(strip.a, show(cache.a, curveA));
      if (id !== 'difference') setText(strip.b, show(cache.b, curveB));
    } else {
      setText(strip.a, id === 'difference' && curveA ? strip.text(lastOf(curveA)) : '–');
      setText(strip.b, '–');
    }
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors } = surface;
    const all = [curveA, curveB].filter(Boolean);
    let [low, high] = strip.range ?? [-0.1, 0.1];
    for (const curve of all) {
      for (const value of curve) {
        if (value === null || !Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    const y = (value) => 4 + (height - 8) * (1 - (value - low) / (high - low));
    for (const end of [0, ...model.outline.sectors.filter((e) => e > 0 && e < 1), 1]) surface.rule(end * width, 0, end * width, height, colors.line);
    if (low < 0 && high > 0) surface.rule(0, y(0), width, y(0), colors.faint);
    if (id === 'difference' && curveA) area(ctx, cache.a, curveA, width, y, colors);
    const thick = Math.max(1.5, surface.em * 0.11);
    if (curveB) curveLine(ctx, cache.b, curveB, width, y, colors.warm, thick, strip.steps);
    if (curveA) curveLine(ctx, cache.a, curveA, width, y, id === 'difference' ? colors.text : colors.accent, thick, strip.steps);
    if (cursor !== null) surface.rule(cursor * width, 0, cursor * width, height, colors.text);
  }

  function drawMap(model) {
    const ctx = small.begin();
    const { points, known } = model.outline;
    if (!ctx || points.length < 2) return;
    const { em, colors } = small;
    if (laid?.outline !== model.outline || laid.version !== small.version) {
      laid = { outline: model.outline, version: small.version, track: new Track(model.outline, small, em) };
    }
    const { track } = laid;
    const last = known ? PIECES : PIECES - 1;
    const lost = (part) => sample(cache.a, cache.difference, part);
    for (let piece = 0; piece < last; piece += 1) {
      const [from, to] = [piece / PIECES, (piece + 1) / PIECES];
      // Over a little more than the piece, where measuring is not finer than what there is to see.
      const gained = cache.difference ? lost(to + NEAR) - lost(from - NEAR) : 0;
      const strength = Math.min(1, (Math.abs(gained || 0) / (to - from + 2 * NEAR)) * FULL);
      const path = track.piece(from, to);
      ctx.lineWidth = em * 0.45;
      ctx.strokeStyle = colors.line;
      ctx.stroke(path);
      ctx.globalAlpha = strength < 0.15 ? 0 : strength;
      ctx.strokeStyle = gained < 0 ? colors.accent : colors.warm;
      ctx.stroke(path);
      ctx.globalAlpha = 1;
    }
    if (cursor === null) return;
    const [x, y] = track.place(cursor);
    dot(ctx, x, y, em * 0.45, colors.text, colors.ground, em * 0.15);
  }
}

/** The time of A less the time of B at each place of A. */
function difference(a, b) {
  if (!a?.lap_time || !b?.lap_time) return null;
  return a.lap_time.map((time, index) => {
    const other = sample(b, b.lap_time, a.places[index]);
    return typeof time === 'number' && Number.isFinite(other) ? time - other : null;
  });
}

/** The value at a part of the lap; NaN in a hole. Between two points it is on the line, where it is no step. */
function sample(trace, curve, part, steps = false) {
  const { places } = trace ?? {};
  if (!places || !curve?.length) return NaN;
  const last = places.length - 1;
  // Places are at equal distances.
  const exact = Math.min(last, Math.max(0, ((part - places[0]) / (places[last] - places[0] || 1)) * last));
  const [index, share] = [Math.floor(exact), exact - Math.floor(exact)];
  const [before, after] = [curve[index], curve[index + 1]];
  if (typeof before !== 'number') return NaN;
  return steps || typeof after !== 'number' ? before : before + (after - before) * share;
}

function lastOf(curve) {
  for (let index = curve.length - 1; index >= 0; index -= 1) if (curve[index] !== null) return curve[index];
  return NaN;
}

/** A line through what is known. Steps go on through short holes, as between two gears. */
function curveLine(ctx, { places }, curve, width, y, color, thick, steps) {
  ctx.strokeStyle = color;
  ctx.lineWidth = thick;
  ctx.beginPath();
  let before = null;
  curve.forEach((value, index) => {
    if (typeof value !== 'number') {
      if (!steps) before = null;
      return;
    }
    const x = places[index] * width;
    if (before === null) ctx.moveTo(x, y(value));
    else {
      if (steps) ctx.lineTo(x, y(before));
      ctx.lineTo(x, y(value));
    }
    before = value;
  });
  ctx.stroke();
}

/** The area between the curve and zero: blue where A is ahead, orange where it is behind. */
function area(ctx, { places }, curve, width, y, colors) {
  for (const [color, side] of [[colors.accent, Math.min], [colors.warm, Math.max]]) {
    ctx.fillStyle = color;
    ctx.globalAlpha = 0.35;
    ctx.beginPath();
    ctx.moveTo(0, y(0));
    curve.forEach((value, index) => ctx.lineTo(places[index] * width, y(side(0, value ?? 0))));
    ctx.lineTo(width, y(0));
    ctx.fill();
    ctx.globalAlpha = 1;
  }
}
