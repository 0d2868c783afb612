// The channels of the server, and how their values are written.

import { fixed, gear } from './format.js';
import { units } from './units.js';

/** Kinds of channels without values between two others. */
const STEPPED = ['flag', 'enum'];

/** Channels by id, from the document `/api/channels`. Texts cannot be drawn. */
export function catalogueOf(document) {
  const entries = Array.isArray(document) ? document.filter((entry) => entry?.id && entry.kind !== 'text') : [];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

/** True for a channel that is drawn as steps. */
export const isStepped = (entry) => entry.id === 'gear' || STEPPED.includes(entry.kind);

/** How a channel is shown now: `unit`, `decimals`, and `convert`, a function from its value to the value in that unit. */
export function shownAs(entry) {
  const display = entry.display?.[units.system] ?? entry.display?.game;
  if (!display) return { unit: '', decimals: entry.decimals ?? 0, convert: (value) => value };
  return { unit: display.unit, decimals: display.decimals, convert: (value) => value * display.factor + display.offset };
}

/** A value of a channel as text, with its unit unless `isBare`. */
export function valueText(entry, value, isBare = false) {
  if (entry.id === 'gear') return gear(value);
  const { unit, decimals, convert } = shownAs(entry);
  const text = fixed(convert(value), decimals);
  return unit && !isBare && Number.isFinite(value) ? `${text} ${unit}` : text;
}
