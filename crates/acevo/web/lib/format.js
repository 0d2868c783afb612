// Numbers as text. Unknown values are a dash. Texts of one kind have the same width in tabular figures.

export const NONE = '–';
const MINUS = '\u2212';
/** Longer lap times are implausible, in seconds. */
const MAX_LAP_S = 360000;

/** True for a finite number. */
export const known = (value) => typeof value === 'number' && Number.isFinite(value);

/** A number with this many decimals. */
export function fixed(value, decimals = 0) {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A difference: a number with its sign. */
export function signed(value, decimals = 3) {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? MINUS : '+') + text;
}

/** A ratio as a whole number of percent, without the sign `%`. */
export const percent = (ratio) => (known(ratio) ? fixed(ratio * 100) : NONE);

/** Seconds as a lap time: `1:02.345`, or `1:02:03.004` from one hour. Fewer than three decimals are cut off, not rounded. */
export function lapTime(seconds, decimals = 3) {
  if (!known(seconds) || seconds < 0 || seconds > MAX_LAP_S) return NONE;
  const scale = 10 ** decimals;
  const ticks = decimals === 3 ? Math.round(seconds * scale) : Math.floor(seconds * scale);
  const minutes = Math.floor(ticks / (60 * scale));
  const rest = ((ticks - minutes * 60 * scale) / scale).toFixed(decimals).padStart(decimals ? decimals + 3 : 2, '0');
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}

/** Milliseconds as a lap time. */
export const lapTimeMs = (ms) => (known(ms) && ms > 0 ? lapTime(ms / 1000) : NONE);

/** Milliseconds as a sector time: `31.234`, or `1:02.345` from one minute. */
export const sectorMs = (ms) => {
  if (!known(ms)) return NONE;
  return ms >= 60000 ? lapTimeMs(ms) : (ms / 1000).toFixed(3).padStart(6, ' ');
};

/** Seconds as a duration: `12:34`, or `1:02:03` from one hour. */
export function clock(seconds) {
  if (!known(seconds) || seconds < 0) return NONE;
  const total = Math.floor(seconds);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const padded = (number) => String(number).padStart(2, '0');
  return h > 0 ? `${h}:${padded(m)}:${padded(s)}` : `${m}:${padded(s)}`;
}

/** Seconds since midnight as a time of day: `09:05:00`. */
export function timeOfDay(seconds) {
  if (!known(seconds) || seconds < 0) return NONE;
  const total = Math.floor(seconds);
  return [Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** The gear as one character: -1 is reverse, 0 neutral. */
export const gear = (value) => {
  if (!known(value)) return NONE;
  if (value < 0) return 'R';
  return value === 0 ? 'N' : String(Math.round(value));
};

/** A name in words: `YellowFlag` becomes `Yellow flag`. */
export const words = (name) =>
  String(name ?? '').replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`).replace(/^./, (c) => c.toUpperCase());

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes with its unit: `1.5 GB`. */
export function bytes(count) {
  if (!known(count) || count < 0) return NONE;
  const power = Math.min(SIZES.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  const amount = count / 1000 ** power;
  return `${fixed(amount, power > 1 && amount < 100 ? 1 : 0)} ${SIZES[power]}`;
}
