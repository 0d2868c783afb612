// A slider for the cursor of curves. It makes the cursor usable by keyboard, and reads the values at the cursor to screen readers.

import { el, withAttributes } from '../lib/dom.js';

/**
 * A slider from 0 to 1 in `steps` steps. `moved(part)` is called when the user moves it, and with `null` when Escape removes the cursor.
 * The returned `show(part, text)` sets its value and its description.
 */
export function scrubber(label, steps, moved) {
  const input = withAttributes(el('input', 'scrubber'), { type: 'range', min: '0', max: String(steps), step: '1', value: '0', 'aria-label': label });
  input.addEventListener('input', () => moved(Number(input.value) / steps));
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    moved(null);
  });
  return {
    node: input,
    show(part, text) {
      const value = String(Math.round(part * steps));
      if (input.value !== value) input.value = value;
      withAttributes(input, { 'aria-valuetext': text });
    },
  };
}

/** Calls `moved(part)` while the pointer is over curves: the part of the plot's width, 0..1, or `null` outside. Touch keeps the cursor. */
export function pointAt(holder, plot, moved) {
  const point = (event) => {
    const box = plot.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    moved(part >= 0 && part <= 1 ? part : null);
  };
  holder.addEventListener('pointermove', point);
  holder.addEventListener('pointerdown', point);
  holder.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') moved(null);
  });
}
