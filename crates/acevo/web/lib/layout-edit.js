// Changes of a layout. Each returns a new layout and leaves the old one as it is.

import { clampInside } from './geometry.js';
import { DEFAULT_HIDE } from './layout.js';

export const MAX_WIDGETS = 50;
export const MAX_VARIANTS = 32;

/** How far a duplicate lies from its original, in pixels of the canvas. */
const OFFSET = 20;

/** The layout with other widgets in a variant. */
function withWidgets(layout, variant, change) {
  return { ...layout, variants: layout.variants.map((one, index) => (index === variant ? { ...one, widgets: change(one.widgets) } : one)) };
}

/** Adds a widget above the others, in the middle, or next to the middle if one is there. `size` is its width and height. */
export function addWidget(layout, variant, kind, [width, height]) {
  const { canvas } = layout;
  const { widgets } = layout.variants[variant];
  const place = (step) => clampInside({
    x: Math.round((canvas.width - width) / 2) + step * OFFSET, y: Math.round((canvas.height - height) / 2) + step * OFFSET, width, height,
  }, canvas);
  let step = 0;
  while (step < MAX_WIDGETS && widgets.some(({ x, y }) => x === place(step).x && y === place(step).y)) step += 1;
  return withWidgets(layout, variant, () => [...widgets, { kind, ...place(step), options: {}, hide: { ...DEFAULT_HIDE } }]);
}

/** Changes fields of a widget. */
export function changeWidget(layout, variant, index, changes) {
  return withWidgets(layout, variant, (widgets) => widgets.map((widget, at) => (at === index ? { ...widget, ...changes } : widget)));
}

/** Sets an option of a widget, or removes it if the value is `undefined`. */
export function setOption(layout, variant, index, name, value) {
  const { [name]: _, ...others } = layout.variants[variant].widgets[index].options ?? {};
  return changeWidget(layout, variant, index, { options: value === undefined ? others : { ...others, [name]: value } });
}

export function removeWidget(layout, variant, index) {
  return withWidgets(layout, variant, (widgets) => widgets.filter((_, at) => at !== index));
}

/** Adds a copy of a widget above the others. */
export function duplicateWidget(layout, variant, index) {
  const widget = layout.variants[variant].widgets[index];
  const copy = { ...widget, ...clampInside({ x: widget.x + OFFSET, y: widget.y + OFFSET, width: widget.width, height: widget.height }, layout.canvas) };
  return withWidgets(layout, variant, (widgets) => [...widgets, structuredClone(copy)]);
}

/** Moves a widget in the order of drawing, from one index to another. */
export function reorderWidget(layout, variant, from, to) {
  return withWidgets(layout, variant, (widgets) => {
    const others = widgets.filter((_, index) => index !== from);
    return [...others.slice(0, to), widgets[from], ...others.slice(to)];
  });
}

/** Changes the size of the canvas, and moves all widgets into it. */
export function setCanvas(layout, canvas) {
  const variants = layout.variants.map((variant) => ({
    ...variant, widgets: variant.widgets.map((widget) => ({ ...widget, ...clampInside(widget, canvas) })),
  }));
  return { ...layout, canvas, variants };
}

const isSame = (variant, { car, session }) => variant.car === car && variant.session === session;

/** The index of the variant for exactly this car and session, either of which may be `undefined`. -1 without one. */
export const findVariant = (layout, condition) => layout.variants.findIndex((variant) => isSame(variant, condition));

/** Adds a copy of a variant for a car, a session, or both, before the others. */
export function addVariant(layout, from, { car, session }) {
  const condition = { ...(car === undefined ? {} : { car }), ...(session === undefined ? {} : { session }) };
  return { ...layout, variants: [{ ...condition, widgets: structuredClone(layout.variants[from].widgets) }, ...layout.variants] };
}

/** Removes a variant. The last one, which is for everything, stays. */
export function removeVariant(layout, index) {
  if (index >= layout.variants.length - 1) return layout;
  return { ...layout, variants: layout.variants.filter((_, at) => at !== index) };
}
