// Mouse, touch and keyboard on curves: they move the visible range and the cursor.

import { keyed, panned, zoomed } from '../lib/viewport.js';

/** The zoom of one notch of a wheel, and the distance in pixels after which a press is a drag. */
const [WHEEL, DRAG] = [1.0018, 4];

/**
 * Listens on `holder`; `plot` is an element with the width of the curves. `state()` returns `{range, whole, cursor}`, and `changed({range, cursor})` is
 * called with new values of either.
 *
 * A wheel zooms at the pointer, with Shift or sideways it pans. Dragging pans; a pointer that only moves, or one finger while everything is
 * visible, moves the cursor. Two fingers zoom and pan. A double click shows everything.
 */
export function rangeInput(holder, plot, { state, changed }) {
  const pointers = new Map();
  let drag = null;

  const xAt = (clientX) => {
    const box = plot.getBoundingClientRect();
    const { range } = state();
    return range[0] + ((clientX - box.left) / box.width) * (range[1] - range[0]);
  };
  const perPixel = () => {
    const { range } = state();
    return (range[1] - range[0]) / plot.getBoundingClientRect().width;
  };
  const point = (event) => {
    const { range } = state();
    const x = xAt(event.clientX);
    changed({ cursor: x >= range[0] && x <= range[1] ? x : null });
  };

  holder.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { range, whole } = state();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      changed({ range: panned(range, (event.deltaX || event.deltaY) * perPixel(), whole) });
    } else {
      changed({ range: zoomed(range, WHEEL ** event.deltaY, xAt(event.clientX), whole) });
    }
  }, { passive: false });

  holder.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event.clientX);
    drag = { ...state(), from: event.clientX, points: [...pointers.values()], isMoved: pointers.size > 1 };
    if (pointers.size === 1) point(event);
  });

  holder.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType === 'mouse') point(event);
      return;
    }
    pointers.set(event.pointerId, event.clientX);
    if (pointers.size === 2) pinch();
    else if (pointers.size === 1) slide(event);
  });

  function slide(event) {
    const by = event.clientX - drag.from;
    if (!drag.isMoved && Math.abs(by) < DRAG) return;
    if (!drag.isMoved) holder.setPointerCapture?.(event.pointerId);
    drag.isMoved = true;
    const { range, whole } = drag;
    const isWhole = range[0] <= whole[0] && range[1] >= whole[1];
    if (isWhole) point(event);
    else changed({ range: panned(range, -by * perPixel(), whole) });
  }

  function pinch() {
    const box = plot.getBoundingClientRect();
    const sorted = (values) => [...values].sort((a, b) => a - b).map((x) => (x - box.left) / box.width);
    const [before, now] = [sorted(drag.points), sorted(pointers.values())];
    const { range: [from, to], whole } = drag;
    const span = (to - from) * ((before[1] - before[0]) / Math.max(0.02, now[1] - now[0]));
    const middle = from + ((before[0] + before[1]) / 2) * (to - from);
    const start = middle - ((now[0] + now[1]) / 2) * span;
    changed({ range: zoomed([start, start + span], 1, middle, whole) });
  }

  const release = (event) => {
    pointers.delete(event.pointerId);
    drag = pointers.size ? { ...state(), from: [...pointers.values()][0], points: [...pointers.values()], isMoved: true } : null;
  };
  for (const end of ['pointerup', 'pointercancel']) holder.addEventListener(end, release);
  holder.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse' && pointers.size === 0) changed({ cursor: null });
  });
  holder.addEventListener('dblclick', () => changed({ range: state().whole }));
}

/** Handles a key on curves. Returns true if it does something. `corners()` returns where digits and brackets jump to: `{apex, range}` on the axis. */
export function rangeKey(event, { state, changed, corners }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { range, whole, cursor } = state();
  if (event.key === 'Escape' && cursor !== null) {
    changed({ cursor: null });
    return true;
  }
  const next = keyed(event, { range, cursor }, whole) ?? cornerKey(event.key, { range, whole, cursor }, corners());
  if (!next) return false;
  changed(next);
  return true;
}

/** Digits are the numbers of corners; `[` and `]` go to the corner before and after the cursor. */
function cornerKey(key, { range, whole, cursor }, corners) {
  const at = cursor ?? range[0];
  const nearer = 1e-6 * (whole[1] - whole[0]);
  let corner = null;
  if (/^[1-9]$/.test(key)) corner = corners[Number(key) - 1];
  if (key === ']') corner = corners.find(({ apex }) => apex > at + nearer);
  if (key === '[') corner = [...corners].reverse().find(({ apex }) => apex < at - nearer);
  return corner ? { range: corner.range, cursor: corner.apex } : null;
}
