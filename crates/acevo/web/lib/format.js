// Numbers as texts. What is not known is a dash; texts of one kind have one width in tabular figures.

const NONE = '–';
const MINUS = '\u2212';
const known = (value) => typeof value === 'number' && Number.isFinite(value);

const SYSTEMS = {
  metric: {
    speed: ['km/h', (v) => v],
    temperature: ['°C', (v) => v],
    pressure: ['bar', (v) => v * 0.0689476, 2],
    volume: ['l', (v) => v, 1],
    length: ['m', (v) => v],
    distance: ['km', (v) => v / 1000, 3],
  },
  imperial: {
    speed: ['mph', (v) => v / 1.609344],
    temperature: ['°F', (v) => v * 1.8 + 32],
    pressure: ['psi', (v) => v, 1],
    volume: ['gal', (v) => v / 3.785412, 2],
    length: ['ft', (v) => v / 0.3048],
    distance: ['mi', (v) => v / 1609.344, 3],
  },
};

/** The units that values are shown in. They come in km/h, °C, psi, litres, and metres. */
export const units = {
  system: 'metric',
  use(system) {
    this.system = system in SYSTEMS ? system : 'metric';
  },
  unit(kind) {
    return SYSTEMS[this.system][kind][0];
  },
  convert(kind, value) {
    return SYSTEMS[this.system][kind][1](value);
  },
  /** As text, without the unit. */
  show(kind, value, decimals = SYSTEMS[this.system][kind][2] ?? 0) {
    return known(value) ? fixed(this.convert(kind, value), decimals) : NONE;
  },
  /** As text, with the unit. */
  full(kind, value, decimals) {
    return known(value) ? `${this.show(kind, value, decimals)} ${this.unit(kind)}` : NONE;
  },
};

/** A number with so many decimals. */
export function fixed(value, decimals = 0) {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A number with its sign, as a difference. */
export function signed(value, decimals = 3) {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? MINUS : '+') + text;
}

/** A share as whole per cent. */
export const percent = (share) => (known(share) ? `${fixed(share * 100)}` : NONE);

/** Seconds as a lap time. */
export function lapTime(seconds, decimals = 3) {
  if (!known(seconds) || seconds < 0 || seconds > 360000) return decimals ? `–:––.${'–'.repeat(decimals)}` : NONE;
  const scale = 10 ** decimals;
  const ticks = decimals === 3 ? Math.round(seconds * scale) : Math.floor(seconds * scale);
  const minutes = Math.floor(ticks / (60 * scale));
  const rest = ((ticks - minutes * 60 * scale) / scale).toFixed(decimals).padStart(decimals + 3, '0');
  return `${minutes}:${rest}`;
}

/** Milliseconds as a lap time. */
export const lapTimeMs = (ms) => (known(ms) && ms > 0 ? lapTime(ms / 1000) : NONE);

/** Milliseconds of a sector. */
export const sectorMs = (ms) => (!known(ms) ? NONE : ms >= 60000 ? lapTimeMs(ms) : (ms / 1000).toFixed(3).padStart(6, ' '));

/** Seconds as a clock: 1:02:03, or 12:34. */
export function clock(seconds) {
  if (!known(seconds) || seconds < 0) return NONE;
  const total = Math.floor(seconds);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60].map((n) => String(n));
  return Number(h) > 0 ? `${h}:${m.padStart(2, '0')}:${s.padStart(2, '0')}` : `${m}:${s.padStart(2, '0')}`;
}

/** The gear as one letter: -1 is reverse, 0 neutral. */
export const gear = (value) => (!known(value) ? NONE : value < 0 ? 'R' : value === 0 ? 'N' : String(Math.round(value)));

/** `YellowFlag` as `Yellow flag`. */
export const words = (name) =>
  String(name ?? '').replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`).replace(/^./, (c) => c.toUpperCase());
