// The current state of telemetry, and the last minute of it. Everything has an upper bound, because a page may stay open for days.

import { Connection } from './connection.js';
import { fieldOf, NO_FIELD } from './field.js';
import { History } from './history.js';
import { UNITS_PATH, units } from './units.js';

export const LIVE = 1;
export const PAUSED = 2;
export const REPLAY = 4;
export const MENU = 8;
/** Physics values do not describe the car at this moment. */
export const NOT_CURRENT = 16;
/** The camera follows another car than the player's. */
export const WATCHING = 32;

const MAX_EVENTS = 200;
/** The server keeps as many laps. */
const MAX_LAPS = 5000;
const MAX_TRACES = 8;
const TRACE_RETRY_MS = 2000;

/** Channels that every view subscribes to, so that the traces have no holes after another view was shown. */
export const TRACED = [
  'speed', 'rpm', 'gear', 'throttle', 'brake', 'clutch', 'steering', 'g_lateral', 'g_longitudinal', 'tc_active', 'abs_active',
];

/** A JSON document, or `null` if it cannot be loaded. */
async function fetchJson(path) {
  try {
    const answer = await fetch(path, { cache: 'no-store' });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

const SERVER = { connect: (handlers) => new Connection(handlers), load: fetchJson };

export class Model {
  /** `connecting`, or the last state that the connection reported. */
  connection = 'connecting';
  /** True after the first successful connection. */
  hasConnected = false;
  /** The number of successful connections. */
  connections = 0;
  flags = 0;
  status = {};
  lap = {};
  fuel = {};
  cars = [];
  /** The player's lap position, 0..1, known only if other cars are. */
  lapPosition = NaN;
  /** All cars of the session in their order, and what is known about them: the document `/api/field`. */
  field = NO_FIELD;
  laps = [];
  outline = { known: false, points: [], sectors: [], pit: null, version: 0 };
  /** The recording that is played, or `null`. */
  playback = null;
  events = [];
  /** Changes when the list of events is replaced. */
  eventEpoch = 0;
  /** The number of events ever received. */
  eventCount = 0;
  /** The number of frames ever received. */
  frames = 0;
  history = new History([...TRACED, 'delta']);
  #values = new Map();
  #texts = {};
  #traces = new Map();
  #listeners = new Set();
  #connection;
  #loading = {};
  /** The index of the next lap to load, and the epoch in which the laps were loaded. */
  #nextLap = 0;
  #lapsOf = '';
  /** The number of seeks in a recording, after which laps and events are others; `null` until it is known. */
  #seeks = null;
  /** The index of the oldest lap with a trace. */
  #firstTrace = Infinity;
  #documents;
  #load;

  /** Connects at once. `documents` are those to load: some of `laps`, `outline`, `events`, `field`. */
  constructor(documents = ['laps', 'outline', 'events', 'field'], { connect, load } = SERVER) {
    this.#documents = new Set([...documents, 'units']);
    this.#load = load;
    this.#connection = connect({
      frame: (...frame) => this.#frame(...frame),
      message: (message) => this.#message(message),
      state: (state) => this.#state(state),
    });
  }

  subscribe(channels, rate) {
    this.#connection.subscribe(channels, rate);
  }

  /** Adds a function that is called after every change. */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  /** A document of the server, or `null` if it cannot be loaded. */
  document(path) {
    return this.#load(path);
  }

  /** A number, or NaN if it is unknown. A flag is 0 or 1. */
  get(id) {
    return this.hasTelemetry ? this.#values.get(id) ?? NaN : NaN;
  }

  is(id) {
    return this.get(id) === 1;
  }

  /** A text, or an empty string if it is unknown. */
  text(id) {
    const text = this.hasTelemetry ? this.#texts[id] : null;
    return typeof text === 'string' ? text : '';
  }

  /** True while the car drives, the game is paused, or a replay is shown. */
  get hasTelemetry() {
    return this.connection === 'open' && (this.flags & (LIVE | PAUSED | REPLAY)) !== 0;
  }

  /** Why there are no physics values: `Paused`, `Resuming`, or `Replay`. Empty if there are values, or no telemetry at all. */
  get physicsGap() {
    if (!this.hasTelemetry || !(this.flags & NOT_CURRENT)) return '';
    if (this.flags & PAUSED) return 'Paused';
    return this.flags & REPLAY ? 'Replay' : 'Resuming';
  }

  /** True while the camera follows another car than the player's. */
  get isWatching() {
    return this.hasTelemetry && (this.flags & WATCHING) !== 0;
  }

  /** Seconds to the reference lap, negative if faster: as acevo measures it, else as the game reports it. */
  get delta() {
    if (!this.hasTelemetry) return NaN;
    return this.lap.delta_s ?? this.get('delta');
  }

  /** A lap over the lap position, or `null` while it is loading. */
  trace(index) {
    const kept = this.#traces.get(index);
    if (kept !== undefined) return kept;
    this.#traces.set(index, null);
    while (this.#traces.size > MAX_TRACES) this.#traces.delete(this.#traces.keys().next().value);
    this.#load(`/api/laps/${index}/trace`).then((trace) => {
      if (trace?.positions) this.#traces.set(index, trace);
      else setTimeout(() => this.#traces.delete(index), TRACE_RETRY_MS);
      this.changed();
    });
    return null;
  }

  #state(state) {
    this.connection = state;
    if (state === 'open') {
      this.hasConnected = true;
      this.connections += 1;
      this.#seeks = null;
      this.#refresh('units', () => UNITS_PATH, (channels) => units.take(channels));
      if (this.#documents.has('events')) this.#loadEvents();
      this.#loadField();
    } else {
      this.flags = 0;
      this.status = {};
      this.lap = {};
      this.fuel = {};
      this.cars = [];
      this.field = NO_FIELD;
      this.playback = null;
      this.#texts = {};
      this.#values.clear();
      this.#traces.clear();
      this.history.interrupt();
    }
    this.changed();
  }

  #frame(ids, view, offset, flags, seconds) {
    // Curves of the player's car and of a watched car are not joined.
    if ((this.flags ^ flags) & WATCHING) this.history.interrupt();
    this.flags = flags;
    this.frames += 1;
    for (let index = 0; index < ids.length; index += 1) {
      this.#values.set(ids[index], view.getFloat32(offset + 4 * index, true));
    }
    if (flags & NOT_CURRENT) {
      this.history.interrupt();
    } else if (flags & LIVE) {
      this.history.push(seconds, (id) => (id === 'delta' ? this.delta : this.get(id)));
    }
    this.changed();
  }

  #message(message) {
    switch (message.type) {
      case 'status':
        this.status = message;
        break;
      case 'texts':
        this.#texts = message.values ?? {};
        break;
      case 'lap':
        this.lap = message;
        break;
      case 'fuel':
        this.fuel = message;
        break;
      case 'cars':
        this.cars = Array.isArray(message.cars) ? message.cars : [];
        this.lapPosition = message.player?.lap_position ?? NaN;
        break;
      case 'field':
        this.field = fieldOf(message);
        break;
      case 'playback':
        this.playback = message;
        break;
      case 'laps':
        this.#noteSeeks(message.seeks ?? 0);
        this.#firstTrace = message.first_trace ?? Infinity;
        this.#loadLaps();
        break;
      case 'outline':
        this.#refresh('outline', () => '/api/outline', (outline) => {
          if (Array.isArray(outline?.points)) this.outline = { ...outline, version: this.outline.version + 1 };
        });
        break;
      case 'event':
        if (message.event) this.#addEvent(message.event);
        break;
      default:
        return;
    }
    this.changed();
  }

  /** After a seek in a recording, laps and events are those of another time. */
  #noteSeeks(seeks) {
    const isNew = this.#seeks !== null && this.#seeks !== seeks;
    this.#seeks = seeks;
    if (!isNew) return;
    this.#traces.clear();
    this.history.interrupt();
    if (this.#documents.has('events')) this.#loadEvents();
  }

  /** Changes when laps with the same index may be others. */
  get #epoch() {
    return `${this.connections}/${this.#seeks}`;
  }

  #addEvent(event) {
    this.eventCount += 1;
    this.events.push({ ...event, number: this.eventCount });
    if (this.events.length > MAX_EVENTS) this.events.shift();
  }

  /** Loads the laps that are new: all of them after a connection, because the server may be another one, and after a seek. */
  #loadLaps() {
    let from = 0;
    let epoch = '';
    const path = () => {
      epoch = this.#epoch;
      from = this.#lapsOf === epoch ? this.#nextLap : 0;
      return from > 0 ? `/api/laps?from=${from}` : '/api/laps';
    };
    this.#refresh('laps', path, (laps) => {
      // An answer from before a new connection may be that of another server.
      if (Array.isArray(laps) && epoch === this.#epoch) this.#takeLaps(laps, from);
    });
  }

  #takeLaps(laps, from) {
    this.#lapsOf = this.#epoch;
    const known = from > 0 ? this.laps : [];
    this.laps = [...known, ...laps].slice(-MAX_LAPS)
      .map((lap) => (lap.trace && lap.index < this.#firstTrace ? { ...lap, trace: false } : lap));
    const last = this.laps[this.laps.length - 1];
    this.#nextLap = last ? last.index + 1 : 0;
  }

  /** Loads the events from before the connection. */
  async #loadEvents() {
    const before = this.eventCount;
    const past = await this.#load('/api/events');
    if (!Array.isArray(past)) return;
    // Events that arrived while the document was loading may be in it too.
    const known = new Set(past.slice(-MAX_EVENTS).map((event) => JSON.stringify(event)));
    const since = this.events.filter((event) => event.number > before).map(({ number: _, ...event }) => event);
    this.events = [];
    this.eventEpoch += 1;
    for (const event of [...past.slice(-MAX_EVENTS), ...since.filter((event) => !known.has(JSON.stringify(event)))]) this.#addEvent(event);
    this.changed();
  }

  /** Loads the field as it was before the first message. */
  #loadField() {
    let connections = 0;
    const path = () => {
      ({ connections } = this);
      return '/api/field';
    };
    this.#refresh('field', path, (document) => {
      const isCurrent = this.connection === 'open' && connections === this.connections;
      if (document && isCurrent && this.field === NO_FIELD) this.field = fieldOf(document);
    });
  }

  /** Loads the document at the address that `path` returns. Changes during the request cause one more request after it. */
  async #refresh(name, path, take) {
    if (!this.#documents.has(name)) return;
    if (name in this.#loading) {
      this.#loading[name] = true;
      return;
    }
    do {
      this.#loading[name] = false;
      take(await this.#load(path()));
      this.changed();
    } while (this.#loading[name]);
    delete this.#loading[name];
  }
}
