// All cars of the session: the document `/api/field`, and facts about it for tables and overlays.

import { known, lapTimeMs, NONE, signed } from './format.js';

/** The field before it is known. */
export const NO_FIELD = Object.freeze({
  session: 0, order: 'race', phase: '', has_log: false, log: null, best_ms: null, best_sectors_ms: [], cars: [],
});

/** Columns that the overlay of standings can show. */
export const COLUMNS = ['gap', 'interval', 'last', 'best'];

/** Sectors of a table before any sector time is known. */
const DEFAULT_SECTORS = 3;
/** Smaller changes of a gap within a lap are no trend, in seconds. */
const STEADY_S = 0.05;
const RACE_DECIMALS = 1;

const list = (value) => (Array.isArray(value) ? value : []);

/** The field of a message or a document. Lists that are missing are empty. */
export const fieldOf = (document) => ({ ...NO_FIELD, ...document, best_sectors_ms: list(document.best_sectors_ms), cars: list(document.cars) });

/** The player's car, or `undefined`. */
export const playerOf = (cars) => cars.find((car) => car.is_player);

/** True if there is a car besides the player's. */
export const hasOthers = (cars) => cars.some((car) => !car.is_player);

/** True in the order of a race, false in the order of best laps. */
export const isRace = (field) => field.order !== 'best_lap';

/** The text that identifies a car in a list of cars, each once: its identifier, or its index if it has none or shares it. */
export function keysOf(cars) {
  const used = new Set();
  return cars.map(({ car }, index) => {
    const key = car && !used.has(car) ? String(car) : `#${index}`;
    used.add(key);
    return key;
  });
}

/** The readable name of a car model: `ks_mazda_mx5` becomes `Mazda mx5`. */
export const modelName = (model) => String(model ?? '').replace(/^ks_/, '').replace(/_/g, ' ').trim().replace(/^./u, (first) => first.toUpperCase());

/** Up to three initials of a name; of a name of one word its first three letters. Numbers are complete, because they distinguish cars. */
export function initials(name) {
  const parts = String(name ?? '').split(/[\s._-]+/).filter(Boolean);
  if (parts.length === 1) return Array.from(parts[0]).slice(0, 3).join('').toUpperCase();
  return parts.slice(0, 3).map((part) => (/^\d{1,3}$/.test(part) ? part : Array.from(part)[0])).join('').toUpperCase();
}

/** The name of a car where there is little room. */
export const shortLabel = (car) => car.short_name || (known(car.number) ? String(car.number) : '') || initials(car.label);

/** What is special about a car: its short word and its meaning. Both are empty for a car that drives. */
export function carState(car) {
  if (car.has_finished) return { text: 'FIN', title: 'Finished' };
  if (car.is_active === false) return { text: 'OUT', title: 'Has left' };
  if (car.is_in_pits) return { text: 'PIT', title: 'In the pits' };
  return { text: '', title: '' };
}

const SOURCE_SIGNS = { measured: '~', estimated: '≈' };

/** A lap time with a sign before times that are accurate to a frame only, `~1:31.034`, or estimates of the game. Empty if it is unknown. */
export const timeText = (time) => (known(time?.ms) ? `${SOURCE_SIGNS[time.source] ?? ''}${lapTimeMs(time.ms)}` : '');

/** A gap: `+1.2`, `+1 lap`. Empty if it is unknown. */
export function gapText(gap, decimals = RACE_DECIMALS) {
  if (known(gap?.laps) && gap.laps !== 0) return `${signed(gap.laps, 0)} ${Math.abs(gap.laps) === 1 ? 'lap' : 'laps'}`;
  return known(gap?.seconds) ? signed(gap.seconds, decimals) : '';
}

/** The difference of two times as text: `+0.123`. It has `~` if one of them is accurate to a frame only. */
function differenceText(time, other) {
  if (!known(time?.ms) || !known(other?.ms)) return '';
  const isRough = time.source === 'measured' || other.source === 'measured';
  return `${isRough ? '~' : ''}${signed((time.ms - other.ms) / 1000)}`;
}

/** Gap to the leader and interval to the car before it in the order. In the order of best laps they are differences of best laps. */
export function gapsOf(field, index) {
  const { cars } = field;
  const car = cars[index];
  if (index === 0) return { gap: '', interval: '' };
  if (isRace(field)) return { gap: gapText(car.to_leader), interval: gapText(car.to_next) };
  return { gap: differenceText(car.best, cars[0].best), interval: differenceText(car.best, cars[index - 1].best) };
}

/** The number of sectors of a lap: the most that any car has. */
export const sectorsOf = ({ best_sectors_ms, cars }) => Math.max(best_sectors_ms.length || DEFAULT_SECTORS, ...cars.map((car) => list(car.last_sectors_ms).length));

/** How good a time is: `session` if no car was faster, `own` if this car was not faster, else an empty string. */
export function cueOf(ms, ownBest, sessionBest) {
  if (!known(ms)) return '';
  if (known(sessionBest) && ms <= sessionBest) return 'session';
  return known(ownBest) && ms <= ownBest ? 'own' : '';
}

/** The time of a sector, of the running lap if that sector has ended, else of the last lap: `{ms, cue, isRunning}`. */
export function sectorOf(field, car, index) {
  const running = list(car.sectors_ms);
  const isRunning = index < running.length;
  const ms = isRunning ? running[index] : list(car.last_sectors_ms)[index];
  // Sectors of an invalid lap are no best ones.
  const counts = isRunning || car.is_last_valid !== false;
  return { ms: known(ms) ? ms : null, isRunning, cue: counts ? cueOf(ms, list(car.best_sectors_ms)[index], field.best_sectors_ms[index]) : '' };
}

/** The cue of the last lap and of the best lap of a car. */
export function lapCues(field, car) {
  return {
    last: car.is_last_valid === false ? '' : cueOf(car.last?.ms, car.best?.ms, field.best_ms),
    best: known(car.best?.ms) && known(field.best_ms) && car.best.ms <= field.best_ms ? 'session' : '',
  };
}

/** The change of the interval within a lap: a sign with the seconds, and its meaning. Both are empty without a change. */
export function trendOf(seconds) {
  if (!known(seconds) || Math.abs(seconds) < STEADY_S) return { text: '', state: '', words: '' };
  const amount = Math.abs(seconds).toFixed(1);
  return seconds < 0
    ? { text: `▲ ${amount}`, state: 'closer', words: `${amount} s closer to the car ahead than a lap ago` }
    : { text: `▼ ${amount}`, state: 'away', words: `${amount} s further from the car ahead than a lap ago` };
}

/** Positions won since the start with a sign; empty if the car has won and lost none. */
export const wonText = (positions) => (known(positions) && positions !== 0 ? `${positions > 0 ? '+' : '−'}${Math.abs(positions)}` : '');

/** Where names and times come from. */
export function sourceText({ has_log, log }) {
  if (!has_log) return 'Without the game\u2019s log: times are accurate to a frame';
  return `Names and times from the game\u2019s log${confidenceText(log)}`;
}

function confidenceText(log) {
  if (log?.confidence === 'computer') return ', by the clock of this computer';
  if (log?.confidence === 'unknown') return ', not matched yet';
  const { matches, spread_ms: spread } = log ?? {};
  if (log?.confidence !== 'matched' || !matches) return '';
  const by = known(matches) ? ` by ${matches} ${matches === 1 ? 'time' : 'times'}` : '';
  return `, matched${by}${known(spread) ? ` within ${spread} ms` : ''}`;
}

/** How many laps a car is ahead of the player in the race, negative if behind; 0 on the same lap, NaN if it is unknown. */
export function lapsAhead(car, player) {
  const [a, b] = [car, player].map((one) => (known(one?.laps) && known(one?.lap_position) ? one.laps + one.lap_position : NaN));
  if (!Number.isFinite(a - b)) return NaN;
  const onTrack = car.lap_position - player.lap_position;
  const shortest = onTrack - Math.round(onTrack);
  // Adding zero makes a negative zero positive.
  return Math.round(a - b - shortest) + 0;
}

/** Cars ahead of the player on the track, the furthest first, and cars after the player, the nearest first; `rows` of each. */
export function relativeTo(cars, rows) {
  const others = cars.filter((car) => !car.is_player && car.is_active !== false && known(car.to_player_s)).sort((a, b) => b.to_player_s - a.to_player_s);
  return {
    ahead: rows > 0 ? others.filter((car) => car.to_player_s >= 0).slice(-rows) : [],
    behind: others.filter((car) => car.to_player_s < 0).slice(0, rows),
  };
}

/** The first index of `rows` cars: around the player, or from the top. */
export function firstRow(cars, rows, isAround) {
  const player = isAround ? cars.findIndex((car) => car.is_player) : -1;
  return Math.max(0, Math.min(cars.length - rows, player - Math.floor(rows / 2)));
}

const isClose = (gap, seconds) => known(gap?.seconds) && gap.seconds <= seconds;

/** The cars before and after the player in a race, each `null` unless it is within these seconds: `{car, gap, trend}`. */
export function battleOf(field, seconds) {
  const { cars } = field;
  const at = isRace(field) ? cars.findIndex((car) => car.is_player) : -1;
  const player = cars[at];
  const fights = (car) => car && carState(car).text === '';
  if (!fights(player)) return { ahead: null, behind: null, player: null };
  const [before, after] = [cars[at - 1], cars[at + 1]];
  return {
    player,
    ahead: fights(before) && isClose(player.to_next, seconds) ? { car: before, gap: player.to_next, trend: player.trend_s } : null,
    behind: fights(after) && isClose(after.to_next, seconds) ? { car: after, gap: after.to_next, trend: after.trend_s } : null,
  };
}

/** The last lap of a car compared with that of the player: `0.2 s faster`. Empty if one is unknown. */
export function lastLapText(car, player) {
  const [ms, own] = [car.last?.ms, player.last?.ms];
  if (!known(ms) || !known(own)) return '';
  if (ms === own) return 'last lap equal';
  return `last lap ${(Math.abs(ms - own) / 1000).toFixed(2)} s ${ms < own ? 'faster' : 'slower'}`;
}

/** A letter for each model of the cars, by name. Empty if all cars are of one model, or of unknown ones. */
export function modelLetters(cars) {
  const models = [...new Set(cars.map(({ model }) => model).filter(Boolean))].sort();
  return new Map(models.length < 2 ? [] : models.map((model, index) => [model, String.fromCharCode(65 + (index % 26))]));
}

/** The position of a car as text. */
export const positionText = (car) => (car?.position > 0 ? String(car.position) : NONE);
