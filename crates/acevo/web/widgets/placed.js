// A widget at a place on a canvas.

import { el, setStyle } from '../lib/dom.js';
import { optionQuery } from '../lib/layout.js';
import { overlayOptions, paint } from '../lib/options.js';
import { stateLamp } from './explain.js';
import { WIDGETS } from './overlays.js';

/** Options that a widget gets when it is created. Others change its style only. */
const CREATED_WITH = ['seconds', 'channels', 'range', 'rows', 'columns', 'within', 'around', 'classes', 'labels'];

/** Widgets with the same key differ only in place and style. */
export const placedKey = ({ kind, options = {} }) => JSON.stringify([kind, ...CREATED_WITH.map((name) => options[name] ?? null)]);

/** Gives an element place and size: a box of the canvas, multiplied by a scale. */
export function setPlace(node, { x, y, width, height }, scale) {
  for (const [property, value] of Object.entries({ left: x, top: y, width, height })) setStyle(node, property, `${value * scale}px`);
}

/** Creates the widget that a layout describes. `resized` is called when it must be drawn again. */
export function placed(spec, resized) {
  const widget = WIDGETS[spec.kind];
  const node = el('div', `widget widget-${spec.kind} placed`);
  const draw = widget.create(node, { ...overlayOptions(optionQuery(spec.options), widget), resized });
  const lamp = stateLamp(widget);
  node.append(lamp.node);
  return {
    node,
    /** Applies place and style at a scale of the canvas. */
    place(changed, scale) {
      const options = overlayOptions(optionQuery(changed.options), widget);
      paint(node, { ...options, scale: options.scale * scale });
      setPlace(node, changed, scale);
    },
    /** A hidden widget stays laid out, so that it appears at once. Returns false if it has nothing to show, and is hidden therefore. */
    update(model, hidden = false) {
      const hasContent = hidden || draw(model) !== false;
      node.classList.toggle('empty', hidden || !hasContent);
      if (!hidden) lamp.update(model);
      return hasContent;
    },
  };
}

/** The channels of these widgets. */
export const channelsOf = (widgets) => [...new Set(widgets.flatMap(({ kind }) => WIDGETS[kind]?.channels ?? []))];
