// The settings as fields of a form. The server validates; nothing is validated here but what only the form can know.

import { words } from './format.js';

/** The value of a list of positions that means three equal sectors. */
const THIRDS = 'thirds';
/** The value of a limit that is not set. */
const NO_LIMIT = 'none';
/** The section whose further keys are tracks. */
const SECTORS = 'sectors';

/** Labels that the name of a key does not make. */
const LABELS = {
  'recording.enabled': 'Record every drive',
  'recording.max_age': 'Maximum age',
  'recording.max_size': 'Maximum size',
  'recording.min_free': 'Minimum free space',
  'server.lan': 'Other devices may connect',
  'server.lan_control': 'Other devices may control',
  'server.keep_token': 'Keep the token',
  'analysis.reference': 'Reference lap',
  'sectors.default': 'Other tracks',
  'thresholds.hold_s': 'States persist for',
  'thresholds.rev_limiter_every_s': 'Rev limiter at most every',
  'log.level': 'Log level',
};

/** Units at the end of names. */
const UNIT = /_(s|c|l|laps)$/;

/** The label of a key. */
export const labelOf = ({ name }) => LABELS[name] ?? words(name.split('.').pop().replace(UNIT, ''));

const EFFECTS = { at_once: 'now', next_session: 'in the next session', restart: 'after a restart of acevo' };

/** When a saved value of a key takes effect. One with which the program has started is in effect already. */
const appliesOf = ({ applies, waits }) => (applies === 'restart' && !waits ? 'at_once' : applies);

/** When a saved value takes effect, in a sentence. */
export const effectOf = (key) => `Takes effect ${EFFECTS[appliesOf(key)] ?? EFFECTS.restart}.`;

/** What a saved change is that the running program does not use yet. */
export const WAITS = 'Was changed, and takes effect after a restart of acevo.';

/**
 * The state of a field as a `text`, which may be empty, and its `kind`: `note` if nothing is to be done. `noted` is what was shown after saving.
 */
export function noteOf(key, { isChanged, isReset, noted }) {
  if (key.origin === 'environment') return { text: `Set by the environment variable ${key.variable}, which replaces the file.`, kind: 'note' };
  if (isChanged) return { text: isReset ? 'Changed to the default, not saved.' : 'Changed, not saved.', kind: '' };
  if (noted) return { text: noted, kind: 'note' };
  return { text: key.waits ? WAITS : '', kind: '' };
}

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** True for kinds of limits, which may be absent. */
const isLimit = (kind) => ['age', 'size', 'rate'].includes(kind);

/** The value of a key as the text of its field. */
export function textOf({ kind }, value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (isLimit(kind)) return value === NO_LIMIT ? '' : String(value);
  return String(value);
}

/** A value in words. */
export function shown(key, value) {
  if (key.kind === 'switch') return value ? 'on' : 'off';
  const text = textOf(key, value);
  if (!text) return isLimit(key.kind) ? NO_LIMIT : 'empty';
  return key.unit ? `${text} ${key.unit}` : text;
}

const positions = (text) => {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return numbers.some((number) => !Number.isFinite(number)) ? text : numbers;
};

/** The text of a field as the value that is sent. A text that is no such value is sent as it is: the server explains what is wrong. */
export function fieldValue({ kind }, entered) {
  const text = entered.trim();
  switch (kind) {
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'number':
      return /^[+-]?(\d+[.,]?\d*|[.,]\d+)$/.test(text) ? Number(text.replace(',', '.')) : text;
    case 'age':
    case 'size':
    case 'rate':
      return text || NO_LIMIT;
    case 'positions':
      return !text || text === THIRDS ? THIRDS : positions(text);
    default:
      return text;
  }
}

/**
 * The changes to send for fields of keys. An entry has a `key` of the server, its new `value`, and `reset` if the key is to be removed, so that
 * it has its default.
 */
export function changesOf(entries) {
  const changes = {};
  for (const { key, value, reset } of entries) {
    if (reset && key.origin === 'file') changes[key.name] = null;
    else if (!reset && !isSame(value, key.value)) changes[key.name] = value;
  }
  return changes;
}

/** The key of a track. */
export const trackKey = (name) => `${SECTORS}.${name}`;

/**
 * The changes to send for rows of tracks. A row has `name` and `text`, and `before`, the track of the server, or `null` for a new one. Tracks
 * of the server without a row are removed.
 */
export function trackChanges(tracks, rows) {
  const changes = {};
  const kept = new Set(rows.filter((row) => row.before?.name === row.name.trim()).map((row) => row.before.name));
  for (const { name } of tracks) if (!kept.has(name)) changes[trackKey(name)] = null;
  for (const { name, text, before } of rows) {
    const value = fieldValue({ kind: 'positions' }, text);
    const isKept = before?.name === name.trim();
    if (!isKept || !isSame(value, before.value)) changes[trackKey(name.trim())] = value;
  }
  return changes;
}

/** What is wrong with the name of a row, which only the form can know; else an empty text. */
export function nameProblem(rows, row) {
  const name = row.name.trim();
  if (!name) return 'A name is needed, such as Monza or Monza/GP.';
  if (name === 'default') return 'This name is that of the boundaries for other tracks.';
  return rows.some((other) => other !== row && other.name.trim() === name) ? 'Another row has this name.' : '';
}

const sentence = ({ message, suggestion }) => {
  const text = [message, suggestion].filter(Boolean).join('; ');
  return /[.?!]$/.test(text) ? text : `${text}.`;
};

/** A problem as a sentence, without its key. */
export const problemText = (problem) => sentence(problem).replace(/^./, (letter) => letter.toUpperCase());

/** A problem of the file in words: its line, key and message. */
export const fileProblem = (problem) => {
  const line = problem.line ? `Line ${problem.line}: ` : '';
  const key = problem.key ? `${problem.key}: ` : '';
  return line || key ? line + key + sentence(problem) : problemText(problem);
};

/** The result of saved changes in a sentence. `keys` are those of the server after the change. */
export function savedText(keys) {
  const groups = Object.entries(EFFECTS)
    .map(([when, effect]) => [keys.filter((key) => appliesOf(key) === when).length, effect])
    .filter(([count]) => count > 0);
  const what = keys.length === 1 ? 'Saved' : `Saved ${keys.length} settings`;
  if (groups.length === 1) return `${what}: ${keys.length === 1 ? 'it takes' : 'they take'} effect ${groups[0][1]}.`;
  return `${what}: ${groups.map(([count, effect]) => `${count} ${count === 1 ? 'takes' : 'take'} effect ${effect}`).join(', ')}.`;
}
