// The state of the background program and its tasks: polled, because it changes slowly, and only while the page is visible.

import { bytes, clock, fixed, known, NONE } from './format.js';

/** Milliseconds between two requests: while the state is shown, and otherwise, to notice problems. */
export const [SHOWN_MS, OTHERWISE_MS] = [1000, 5000];

/** Less free disk space than this is marked, in bytes. */
const LOW_DISK = 2e9;

const BROWSER = { after: (ms, action) => setTimeout(action, ms), cancel: (timer) => clearTimeout(timer), isHidden: () => document.hidden };

export class Background {
  /** The last answer of `/api/status`, or `null` without a connection. */
  status = null;
  #interval = OTHERWISE_MS;
  #timer = null;
  #model;
  #browser;

  /** Begins to poll. `model` loads the documents and is notified of changes. */
  constructor(model, browser = BROWSER) {
    this.#model = model;
    this.#browser = browser;
    this.#schedule();
  }

  /** Polls at this interval from now on. */
  every(ms) {
    if (ms === this.#interval) return;
    this.#interval = ms;
    this.refresh();
  }

  /** Loads the state now. */
  async refresh() {
    this.#browser.cancel(this.#timer);
    this.#timer = null;
    const isOpen = this.#model.connection === 'open';
    if (!isOpen) this.status = null;
    else if (!this.#browser.isHidden()) {
      const status = await this.#model.document('/api/status');
      this.status = status && typeof status === 'object' ? status : null;
    }
    this.#model.changed();
    this.#schedule();
  }

  #schedule() {
    this.#browser.cancel(this.#timer);
    this.#timer = this.#browser.after(this.#interval, () => this.refresh());
  }
}

/** Reports of problems, each a text. */
export const problemsOf = (status) => (Array.isArray(status?.problems) ? status.problems.filter((text) => typeof text === 'string' && text) : []);

/** A text of the state, or a dash. */
const text = (...parts) => parts.filter((part) => typeof part === 'string' && part).join(' ') || NONE;

/** The name of a file without its folder. */
export const nameOf = (path) => String(path ?? '').split(/[\\/]/).pop();

/** What the recording task does, in a few words, with a state for its lamp. */
export function recordingState(recording) {
  if (!recording) return { state: 'off', words: 'Not available' };
  if (recording.problem) return { state: 'problem', words: recording.on ? 'On, with a problem' : 'Off, with a problem' };
  if (!recording.on) return { state: 'off', words: 'Off' };
  return recording.file ? { state: 'on', words: 'Recording' } : { state: 'wait', words: 'On, waits for a session' };
}

/** The figures of the game: name, value, and a state that marks it. */
export const gameRows = (status) => [
  ['Connection', text(status?.connection)],
  ['Car', text(status?.car)],
  ['Track', text(status?.track, status?.layout)],
  ['Driver', text(status?.driver)],
  ['Missed packets', fixed(status?.missed), status?.missed > 0 ? 'warn' : ''],
];

/** The figures of the recording task. */
export function recordingRows(status) {
  const recording = status?.recording;
  const isOpen = Boolean(recording?.file);
  const free = status?.disk_free;
  return [
    ['File', recording ? text(nameOf(recording.file)) : NONE],
    ['Time', isOpen ? clock(recording.time_s) : NONE],
    ['Laps', isOpen ? fixed(recording.laps) : NONE],
    ['Size', isOpen ? bytes(recording.bytes) : NONE],
    ['Lost packets', recording ? fixed(recording.lost) : NONE, recording?.lost > 0 ? 'warn' : ''],
    ['Free disk', bytes(free), known(free) && free < LOW_DISK ? 'warn' : ''],
    ['Completed files', recording ? fixed(recording.completed) : NONE],
    ['Last file', recording ? text(nameOf(recording.last_file)) : NONE],
    ['Folder', text(recording?.folder)],
  ];
}

/** The figures of the program. */
export const programRows = (status) => [
  ['Running for', clock(status?.uptime_s)],
  ['Version', text(status?.version)],
  ['Open pages', fixed(status?.clients)],
  ['Process', known(status?.pid) ? String(status.pid) : NONE],
];
