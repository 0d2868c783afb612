// The units that values are shown in. Units and factors come from the server: `display` in `/api/channels`.

import { fixed, known, NONE } from './format.js';

/** Unit systems to choose from on the page: name, button, tooltip. The first is the default, as in the terminal. */
export const CHOICES = [
  ['game', 'Game', 'km/h, °C, psi, l'],
  ['metric', 'Metric', 'km/h, °C, bar, l'],
  ['kpa', 'kPa', 'km/h, °C, kPa, l'],
  ['imperial', 'Imperial', 'mph, °F, psi, gal'],
];

/**
 * Kinds of quantities. Each takes its units from a channel that measures it, and values must be in that channel's unit.
 * `decimals` is a fixed number of decimals; `coarser` removes some of the channel's decimals.
 */
const KINDS = {
  speed: { channel: 'speed', decimals: 0 },
  temperature: { channel: 'water_temp', decimals: 0 },
  pressure: { channel: 'tyre_pressure_fl' },
  volume: { channel: 'fuel', coarser: 1 },
  length: { channel: 'track_length', decimals: 0 },
  distance: { channel: 'distance_driven', decimals: 3 },
};

/** The document with the units of all kinds. */
export const UNITS_PATH = `/api/channels?channels=${Object.values(KINDS).map(({ channel }) => channel).join(',')}`;

export class Units {
  /** The name of the unit system. */
  system = CHOICES[0][0];
  /** Changes when values must be formatted again. */
  version = 0;
  #channels = new Map();

  /** Chooses a unit system. If the server does not know it, the default is used. */
  use(system) {
    this.system = system;
    this.version += 1;
  }

  /** Takes channels as in `/api/channels`. */
  take(channels) {
    for (const channel of Array.isArray(channels) ? channels : []) {
      if (channel?.id && channel.display) this.#channels.set(channel.id, channel.display);
    }
    this.version += 1;
  }

  /** The symbol of the unit, or an empty string before the units are known. */
  unit(kind) {
    return this.#display(kind)?.unit ?? '';
  }

  /** The value in the chosen unit, or NaN before the units are known. */
  convert(kind, value) {
    const display = this.#display(kind);
    return display && known(value) ? value * display.factor + display.offset : NaN;
  }

  /** The reverse of `convert`: a value in the chosen unit, in the unit of the server. */
  parse(kind, shown) {
    const display = this.#display(kind);
    return display && known(shown) ? (shown - display.offset) / display.factor : NaN;
  }

  /** The value as text without its unit. */
  show(kind, value, decimals = this.#decimals(kind)) {
    return fixed(this.convert(kind, value), decimals);
  }

  /** The value as text with its unit. */
  full(kind, value, decimals) {
    const text = this.show(kind, value, decimals);
    return text === NONE ? NONE : `${text} ${this.unit(kind)}`;
  }

  #display(kind) {
    const systems = this.#channels.get(KINDS[kind].channel);
    return systems?.[this.system] ?? systems?.[CHOICES[0][0]];
  }

  #decimals(kind) {
    const { decimals, coarser = 0 } = KINDS[kind];
    return decimals ?? Math.max(0, (this.#display(kind)?.decimals ?? 0) - coarser);
  }
}

/** The units of this page. */
export const units = new Units();
