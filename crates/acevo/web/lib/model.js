// What is known at this moment, and of the last minute. Everything here has a bound: a page may stay open for days.

import { Connection } from './connection.js';
import { History } from './history.js';

export const LIVE = 1;
export const PAUSED = 2;
export const REPLAY = 4;
export const MENU = 8;
/** Physics values do not describe the car now. */
export const NOT_CURRENT = 16;
/** Another car than the player's is watched. */
export const WATCHING = 32;

const EVENTS = 200;
const TRACES = 8;

/** Channels that are always asked for: the traces must not have holes when another view is looked at. */
export const TRACED = [
  'speed', 'rpm', 'gear', 'throttle', 'brake', 'clutch', 'steering', 'g_lateral', 'g_longitudinal', 'tc_active', 'abs_active',
];

export class Model {
  connection = 'connecting';
  flags = 0;
  status = {};
  lap = {};
  fuel = {};
  cars = [];
  place = NaN;
  laps = [];
  outline = { known: false, points: [], sectors: [], pit: null, version: 0 };
  events = [];
  /** Another one where events are those of another time: a list begins anew. */
  eventEpoch = 0;
  /** Grows with each event, so that a list knows what is new. */
  eventCount = 0;
  /** Frames that have come. */
  frames = 0;
  history = new History([...TRACED, 'delta']);
  #values = new Map();
  #texts = {};
  #traces = new Map();
  #listeners = new Set();
  #link;
  #loading = {};
  #documents;

  /** Documents: which of `laps`, `outline`, `events` are wanted; all where nothing is said. */
  constructor(documents = ['laps', 'outline', 'events']) {
    this.#documents = new Set(documents);
    this.#link = new Connection({
      frame: (...frame) => this.#frame(...frame),
      message: (message) => this.#message(message),
      state: (state) => this.#state(state),
    });
  }

  subscribe(channels, rate) {
    this.#link.subscribe(channels, rate);
  }

  /** Calls after every change. */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  /** A number; NaN where there is none. A flag is 0 or 1. */
  get(id) {
    return this.hasTelemetry ? this.#values.get(id) ?? NaN : NaN;
  }

  is(id) {
    return this.get(id) === 1;
  }

  /** A text, or an empty one. */
  text(id) {
    const text = this.hasTelemetry ? this.#texts[id] : null;
    return typeof text === 'string' ? text : '';
  }

  /** The car drives, stands in a pause, or is shown in a replay. */
  get hasTelemetry() {
    return this.connection === 'open' && (this.flags & (LIVE | PAUSED | REPLAY)) !== 0;
  }

  /** Why there are no physics values: `Paused`, `Resuming` or `Replay`; empty if there are values, or no telemetry at all. */
  get gap() {
    if (!this.hasTelemetry || !(this.flags & NOT_CURRENT)) return '';
    return this.flags & PAUSED ? 'Paused' : this.flags & REPLAY ? 'Replay' : 'Resuming';
  }

  /** Another car than the player's is watched. */
  get watches() {
    return this.hasTelemetry && (this.flags & WATCHING) !== 0;
  }

  /** Seconds to the reference lap: as measured, else as the game says. */
  get delta() {
    if (!this.hasTelemetry) return NaN;
    return this.lap.delta_s ?? this.get('delta');
  }

  /** A lap over the distance; `null` until it is there. */
  trace(index) {
    const kept = this.#traces.get(index);
    if (kept !== undefined) return kept;
    this.#traces.set(index, null);
    while (this.#traces.size > TRACES) this.#traces.delete(this.#traces.keys().next().value);
    this.#load(`/api/laps/${index}/trace`).then((trace) => {
      if (trace?.places) this.#traces.set(index, trace);
      else setTimeout(() => this.#traces.delete(index), 2000);
      this.changed();
    });
    return null;
  }

  #state(state) {
    this.connection = state;
    if (state === 'open' && this.#documents.has('events')) this.#remember();
    if (state !== 'open') {
      this.flags = 0;
      this.status = {};
      this.lap = {};
      this.fuel = {};
      this.cars = [];
      this.#texts = {};
      this.#values.clear();
      this.#traces.clear();
      this.history.interrupt();
    }
    this.changed();
  }

  #frame(ids, view, offset, flags, seconds) {
    // What another car did does not belong to what the player's did.
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
        this.place = message.player?.place ?? NaN;
        break;
      case 'laps':
        this.#refresh('laps', '/api/laps', (laps) => {
          if (Array.isArray(laps)) this.laps = laps;
        });
        break;
      case 'outline':
        this.#refresh('outline', '/api/outline', (outline) => {
          if (Array.isArray(outline?.points)) this.outline = { ...outline, version: this.outline.version + 1 };
        });
        break;
      case 'event':
        if (message.event) this.#note(message.event);
        break;
      default:
        return;
    }
    this.changed();
  }

  #note(event) {
    this.eventCount += 1;
    this.events.push({ ...event, number: this.eventCount });
    if (this.events.length > EVENTS) this.events.shift();
  }

  /** What has happened before the connection. */
  async #remember() {
    const before = this.eventCount;
    const past = await this.#load('/api/events');
    if (!Array.isArray(past)) return;
    // Those that came meanwhile may be among them already.
    const known = new Set(past.slice(-EVENTS).map((event) => JSON.stringify(event)));
    const since = this.events.filter((event) => event.number > before).map(({ number, ...event }) => event);
    this.events = [];
    this.eventEpoch += 1;
    for (const event of [...past.slice(-EVENTS), ...since.filter((event) => !known.has(JSON.stringify(event)))]) this.#note(event);
    this.changed();
  }

  /** One request at a time; what came up meanwhile is asked for after it. */
  async #refresh(name, path, take) {
    if (!this.#documents.has(name)) return;
    if (name in this.#loading) {
      this.#loading[name] = true;
      return;
    }
    do {
      this.#loading[name] = false;
      take(await this.#load(path));
      this.changed();
    } while (this.#loading[name]);
    delete this.#loading[name];
  }

  async #load(path) {
    try {
      const answer = await fetch(path, { cache: 'no-store' });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}
