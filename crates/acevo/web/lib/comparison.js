// The state of a comparison: its laps, the axis, the visible range and the cursor. It has no element of the page.

import { deltaOf, equalParts, idealLap, secondsAt } from './delta.js';
import { Pyramid } from './pyramid.js';
import { addressOf } from './route.js';
import { positionAt, timeAt } from './samples.js';
import { clampRange } from './viewport.js';

export const MAX_LAPS = 4;
/** The letters of the laps, in their order. */
export const LETTERS = ['A', 'B', 'C', 'D'];
/** The parts of an ideal lap of mini-sectors. */
const MINI_SECTORS = 30;
/** The length of a lap whose track has no known length: distances are percent then. */
const PERCENT = 100;
/** Channels that are shown if none are chosen. */
export const DEFAULT_CHANNELS = ['speed', 'throttle', 'brake', 'steering', 'gear'];

const isLapId = (text) => /^(\d+|live-\d+)$/.test(text);
const numberOr = (text, fallback) => (text !== null && text !== '' && Number.isFinite(Number(text)) ? Number(text) : fallback);

export class Comparison {
  /** The laps: `{id, samples, problem}`; `samples` is `null` until they are loaded. */
  laps = [];
  /** `distance` or `time`. */
  mode = 'distance';
  /** The lap position at which deltas and the time axis begin. */
  align = 0;
  /** The id of the lap that the others are compared with, or `ideal`. Empty: the first lap. */
  reference = '';
  /** `sectors`, `mini`, or empty: the parts of the ideal lap. */
  ideal = '';
  channels = DEFAULT_CHANNELS;
  /** The corners of the track. */
  corners = [];
  /** The visible range of the axis, or `null` for everything. */
  #range = null;
  /** The cursor on the axis, or `null`. */
  cursor = null;
  /** While the cars move: seconds since the line of alignment, else `null`. */
  playAt = null;
  /** True while the visible range changes: curves are drawn faster, and finer after that. */
  isMoving = false;
  /** Changes with the laps, their samples, and everything that is computed from them. */
  version = 0;
  #computed = { version: -1 };
  #pyramids = new WeakMap();

  /** Takes the options of an address. Returns true if the laps have changed. */
  take(query) {
    const ids = [...new Set((query.get('laps') ?? '').split(',').filter(isLapId))].slice(0, MAX_LAPS);
    const hasChanged = ids.join() !== this.ids.join();
    const known = new Map(this.laps.map((lap) => [lap.id, lap]));
    this.laps = ids.map((id) => known.get(id) ?? { id, samples: null, problem: '' });
    this.mode = query.get('x') === 'time' ? 'time' : 'distance';
    this.align = Math.min(0.999, Math.max(0, numberOr(query.get('align'), 0)));
    this.ideal = ['sectors', 'mini'].includes(query.get('ideal')) ? query.get('ideal') : '';
    this.reference = query.get('ref') ?? '';
    const channels = (query.get('channels') ?? '').split(',').filter((id) => /^\w+$/.test(id));
    this.channels = channels.length ? channels : DEFAULT_CHANNELS;
    const [from, to] = [numberOr(query.get('from'), NaN), numberOr(query.get('to'), NaN)];
    this.#range = to > from ? [from, to] : null;
    this.changed();
    return hasChanged;
  }

  /** The address of this state, without `#`. */
  get address() {
    const round = (value) => (this.#range ? Math.round(value * 1000) / 1000 : '');
    return addressOf('compare', '', {
      laps: this.ids.join(),
      x: this.mode === 'time' ? 'time' : '',
      from: round(this.#range?.[0]),
      to: round(this.#range?.[1]),
      channels: this.channels.join() === DEFAULT_CHANNELS.join() ? '' : this.channels.join(),
      align: this.align || '',
      ideal: this.ideal,
      ref: this.reference,
    });
  }

  get ids() {
    return this.laps.map(({ id }) => id);
  }

  /** Everything that is computed from the laps is computed again. */
  changed() {
    this.version += 1;
  }

  set(values) {
    Object.assign(this, values);
    this.changed();
  }

  /** Changes between distance and time. The visible range and the cursor stay at the same part of the lap. */
  useMode(mode) {
    if (mode === this.mode) return;
    const lap = this.base;
    const positions = [this.#range?.[0], this.#range?.[1], this.cursor].map((x) => (typeof x === 'number' && lap ? this.positionOf(lap, x) : NaN));
    this.set({ mode });
    const [from, to, cursor] = positions.map((position) => (lap ? this.xOf(lap, position) : NaN));
    this.#range = to > from ? [from, to] : null;
    this.cursor = Number.isFinite(cursor) ? cursor : null;
  }

  /** The loaded laps, in their order. */
  get loaded() {
    return this.laps.filter(({ samples }) => samples);
  }

  /** The lap whose positions and map are used: the reference, else the first one that is loaded. */
  get base() {
    const { loaded } = this;
    return loaded.find(({ id }) => id === this.reference) ?? loaded[0] ?? null;
  }

  /** The length of the track in metres, or 100 if it is unknown. */
  get length() {
    return this.lengthM ?? PERCENT;
  }

  get lengthM() {
    return this.loaded.map(({ samples }) => samples.lap.length_m).find((length) => length > 0) ?? null;
  }

  /** The whole axis: `[first, last]`. */
  get whole() {
    if (this.mode === 'distance') return [0, this.length];
    return this.#compute().whole;
  }

  get range() {
    return clampRange(this.#range ?? [NaN, NaN], this.whole);
  }

  set range(range) {
    const clamped = clampRange(range, this.whole);
    this.#range = clamped[0] <= this.whole[0] && clamped[1] >= this.whole[1] ? null : clamped;
  }

  get isZoomed() {
    return this.#range !== null;
  }

  /** The values of each row of a lap on the axis. */
  axisOf(lap) {
    return this.#compute().axes.get(lap);
  }

  /** The lap position of a value of the axis. NaN if it is unknown. */
  positionOf(lap, x) {
    return this.mode === 'distance' ? x / this.length : positionAt(lap.samples, x + this.#start(lap.samples));
  }

  /** The value of the axis at a lap position. */
  xOf(lap, position) {
    return this.mode === 'distance' ? position * this.length : this.timeOf(lap, position);
  }

  /** Seconds since the line of alignment at a lap position of a lap. */
  timeOf(lap, position) {
    return secondsAt(lap.samples, position) - this.#start(lap.samples);
  }

  /** The visible part of the track, as lap positions of the base. */
  get visiblePart() {
    const { base, range } = this;
    if (!base) return [0, 1];
    const [from, to] = range.map((x) => this.positionOf(base, x));
    return [Number.isFinite(from) ? from : 0, Number.isFinite(to) ? to : 1];
  }

  /** The lap position at which a lap is shown on the map: at the cursor, or where it is while the cars move. */
  shownPosition(lap) {
    if (this.playAt !== null) return positionAt(lap.samples, this.playAt + this.#start(lap.samples));
    return this.cursor === null ? NaN : this.positionOf(lap, this.cursor);
  }

  /** What the laps are compared with: samples, and a name. */
  get referenceLap() {
    return this.#compute().reference;
  }

  /** The delta of each lap to the reference, by lap. The reference has none. */
  get deltas() {
    return this.#compute().deltas;
  }

  /** The ideal lap, or `null`: like the samples of a lap, with its `delta` to the reference and its `axis`. */
  get idealLap() {
    return this.#compute().ideal;
  }

  /** The pyramid of a column. */
  pyramid(column) {
    if (!this.#pyramids.has(column)) this.#pyramids.set(column, new Pyramid(column));
    return this.#pyramids.get(column);
  }

  #start(samples) {
    return this.align > 0 ? timeAt(samples, this.align) || 0 : 0;
  }

  #compute() {
    if (this.#computed.version !== this.version) this.#computed = { version: this.version, ...this.#results() };
    return this.#computed;
  }

  #results() {
    const { loaded } = this;
    const axes = new Map(loaded.map((lap) => [lap, this.#axis(lap.samples)]));
    const ends = [...axes.values()].filter((axis) => axis.length > 0);
    const whole = ends.length ? [Math.min(...ends.map((axis) => axis[0])), Math.max(...ends.map((axis) => axis[axis.length - 1]))] : [0, 1];
    const ideal = this.#ideal(loaded);
    const base = this.base?.samples;
    const reference = this.reference === 'ideal' && ideal ? ideal : base;
    const compared = loaded.filter(({ samples }) => samples !== reference);
    const deltas = new Map(compared.map((lap) => [lap, deltaOf(lap.samples, reference, this.align)]));
    if (ideal) Object.assign(ideal, { axis: this.#axis(ideal), delta: reference === ideal ? null : deltaOf(ideal, reference, this.align) });
    return { axes, whole, ideal, reference: reference ? { samples: reference, name: this.#nameOf(reference, ideal) } : null, deltas };
  }

  #nameOf(reference, ideal) {
    return reference === ideal ? 'ideal' : LETTERS[this.laps.findIndex(({ samples }) => samples === reference)];
  }

  #ideal(loaded) {
    if (!this.ideal || loaded.length === 0) return null;
    const ends = this.ideal === 'sectors' ? loaded[0].samples.lap.sector_ends ?? [] : equalParts(MINI_SECTORS);
    return idealLap(loaded.map(({ samples }) => samples), ends);
  }

  #axis(samples) {
    const { length } = this;
    if (this.mode === 'distance') return samples.position.map((position) => position * length);
    const start = this.#start(samples);
    return start === 0 ? samples.time : samples.time.map((time) => time - start);
  }
}
