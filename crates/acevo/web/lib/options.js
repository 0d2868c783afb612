// The options in an overlay's address.

import { setStyle } from './dom.js';

const number = (text, low, high, fallback) => {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;
};

const OFF = ['off', 'false', 'no', '0'];
const ON = ['on', 'true', 'yes', '1'];

const flag = (text, fallback) => {
  if (OFF.includes(text)) return false;
  return ON.includes(text) || fallback;
};

/** A colour for CSS, or an empty string if it is invalid. Hexadecimal digits need no `#`, because a `#` ends the query of an address. */
export function color(text) {
  if (!text) return '';
  const value = /^[0-9a-f]{3,8}$/i.test(text) ? `#${text}` : text;
  return CSS.supports('color', value) ? value : '';
}

/** Reads the options from the query of an address. Invalid values are replaced by their defaults. */
export function overlayOptions(query, widget) {
  const some = (name, known) => [...new Set((query.get(name) ?? '').split(','))].filter((id) => known?.includes(id));
  const [channels, columns] = [some('channels', widget.inputs), some('columns', widget.columns)];
  const rows = number(query.get('rows'), 1, 30, undefined);
  return {
    scale: number(query.get('scale'), 0.25, 8, 1),
    rate: number(query.get('rate'), 1, 60, 30),
    units: query.get('units') ?? 'game',
    seconds: number(query.get('seconds'), 1, 60, widget.seconds),
    range: number(query.get('range'), 0.1, 30, undefined),
    rows: rows === undefined ? undefined : Math.round(rows),
    channels: channels.length ? channels : undefined,
    columns: columns.length ? columns : undefined,
    within: number(query.get('within'), 0.5, 30, undefined),
    ...Object.fromEntries(Object.entries(widget.flags ?? {}).map(([name, fallback]) => [name, flag(query.get(name), fallback)])),
    accent: color(query.get('accent')),
    warm: color(query.get('warm')),
    text: color(query.get('text')),
    background: query.get('background') === 'none' ? 'none' : color(query.get('background')),
  };
}

/** Gives an element the size and colours of a widget. */
export function plate(root, name, widget, options) {
  root.className = `widget widget-${name}`;
  setStyle(root, 'width', `${widget.size[0] / 16}em`);
  setStyle(root, widget.fluid ? 'min-height' : 'height', widget.fluid ? '0' : `${widget.size[1] / 16}em`);
  paint(root, options);
}

/** Gives a widget its colours, and the size of its text. */
export function paint(root, { scale, accent, warm, text, background }) {
  setStyle(root, 'font-size', `${16 * scale}px`);
  for (const [property, value] of Object.entries({ accent, warm, text })) {
    if (value) setStyle(root, `--${property}`, value);
    else root.style.removeProperty(`--${property}`);
  }
  root.classList.toggle('bare', background === 'none');
  setStyle(root, 'background', background === 'none' ? 'transparent' : background || '');
}
