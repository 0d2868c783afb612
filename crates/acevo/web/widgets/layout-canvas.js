// The canvas of the editor: widgets at their real look, which are dragged, resized and moved by keys.

import { el, setHidden, setStyle, withAttributes } from '../lib/dom.js';
import { boxesAt, fitScale, moveBox, resizeBox } from '../lib/geometry.js';
import { changeWidget, removeWidget } from '../lib/layout-edit.js';
import { WIDGETS } from './overlays.js';
import { placed, placedKey, setPlace } from './placed.js';

/** Distance to a line that attracts, in pixels of the screen. */
const SNAP_PX = 8;
/** Shorter movements are no drag. */
const DRAG_PX = 3;
const LARGE_STEP = 10;
const HANDLES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SCALES = [0.25, 8];

const boxOf = ({ x, y, width, height }) => ({ x, y, width, height });

/** `settings.grid` is the width of the grid in pixels of the canvas. `room()` is the space for the canvas on the page. */
export function layoutCanvas(root, { editor, settings, room, resized }) {
  const board = withAttributes(el('div', 'editor-canvas'), { role: 'group', 'aria-label': 'Canvas' });
  const selection = el('div', 'selection', ...HANDLES.map((handle) => {
    const node = el('div', `handle handle-${handle}`);
    node.addEventListener('pointerdown', (event) => begin(event, node, handle));
    return node;
  }));
  const guides = { x: el('div', 'guide guide-x'), y: el('div', 'guide guide-y') };
  const empty = el('p', 'editor-empty', 'Add widgets from the list.');
  board.append(selection, guides.x, guides.y, empty);
  root.append(board);
  /** A frame for each widget, in the order of drawing: `{node, key, content}`. */
  const frames = [];
  let scale = 0;
  let isDragging = false;

  board.addEventListener('pointerdown', (event) => {
    if (event.target === board) editor.select(-1);
  });

  function frame() {
    const node = withAttributes(el('div', 'frame'), { tabindex: '0', role: 'button' });
    const indexOf = () => frames.findIndex((other) => other.node === node);
    node.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || isDragging) return;
      const again = editor.selected === indexOf();
      editor.select(indexOf());
      begin(event, node, '', again ? () => selectBelow(event) : undefined);
    });
    node.addEventListener('focus', () => editor.select(indexOf()));
    node.addEventListener('keydown', (event) => {
      editor.select(indexOf());
      pressed(event);
    });
    return { node, key: '', content: null };
  }

  /** Selects the next widget at the place of a pointer, below the selected one; the topmost one after the last. */
  function selectBelow({ clientX, clientY }) {
    const { left, top } = board.getBoundingClientRect();
    const found = boxesAt(editor.widgets, { x: (clientX - left) / scale, y: (clientY - top) / scale });
    const next = found[(found.indexOf(editor.selected) + 1) % found.length];
    if (next !== undefined) frames[next].node.focus({ preventScroll: true });
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || !editor.widget || isDragging) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? LARGE_STEP : 1;
      const { box } = moveBox(boxOf(editor.widget), { x: arrow[0] * step, y: arrow[1] * step }, { others: [], canvas: editor.layout.canvas, free: true });
      editor.change(changeWidget(editor.layout, editor.variant, editor.selected, box), { key: `move ${editor.selected}` });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      editor.change(removeWidget(editor.layout, editor.variant, editor.selected), { selected: -1 });
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Follows a pointer until it is released. Without a handle the widget moves. `clicked` is called if the pointer has not moved. */
  function begin(event, node, handle, clicked = () => {}) {
    if (event.button !== 0 || isDragging || !editor.widget) return;
    event.stopPropagation();
    isDragging = true;
    node.setPointerCapture(event.pointerId);
    const { layout, variant, selected } = editor;
    const widget = editor.widget;
    const others = editor.widgets.filter((_, index) => index !== selected).map(boxOf);
    let hasMoved = false;
    const listeners = { pointermove: follow, pointerup: () => end(true), pointercancel: () => end(false) };
    for (const [name, listener] of Object.entries(listeners)) node.addEventListener(name, listener);
    addEventListener('keydown', cancel, true);

    function follow(move) {
      if (move.pointerId !== event.pointerId) return;
      const pixels = { x: move.clientX - event.clientX, y: move.clientY - event.clientY };
      hasMoved ||= Math.hypot(pixels.x, pixels.y) >= DRAG_PX;
      if (!hasMoved) return;
      const by = { x: pixels.x / scale, y: pixels.y / scale };
      const options = { others, canvas: layout.canvas, grid: settings.grid, distance: SNAP_PX / scale, free: move.altKey };
      const result = handle ? resize(by, options) : moveBox(boxOf(widget), by, options);
      showGuides(result.guides);
      editor.preview(changeWidget(layout, variant, selected, { ...result.box, ...(result.options ? { options: result.options } : {}) }));
    }

    /** Corners change the size of the text, too. */
    function resize(by, options) {
      const now = widget.options?.scale ?? 1;
      const result = resizeBox(boxOf(widget), handle, by, { ...options, factors: SCALES.map((limit) => limit / now) });
      const zoomed = Math.min(SCALES[1], Math.max(SCALES[0], Math.round(now * result.factor * 1000) / 1000));
      return result.factor === 1 ? result : { ...result, options: { ...widget.options, scale: zoomed } };
    }

    function cancel(key) {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      end(false);
    }

    function end(keeps) {
      isDragging = false;
      for (const [name, listener] of Object.entries(listeners)) node.removeEventListener(name, listener);
      removeEventListener('keydown', cancel, true);
      showGuides([]);
      if (!keeps) editor.preview(layout);
      else if (hasMoved) editor.commit();
      else clicked();
    }
  }

  function showGuides(shown) {
    for (const axis of ['x', 'y']) {
      const guide = shown.find((other) => other.axis === axis);
      setHidden(guides[axis], !guide);
      if (guide) setStyle(guides[axis], axis === 'x' ? 'left' : 'top', `${guide.at * scale}px`);
    }
  }

  /** Shows the state of the editor. */
  function refresh() {
    const { canvas } = editor.layout;
    scale = fitScale(canvas, room());
    setStyle(board, 'width', `${canvas.width * scale}px`);
    setStyle(board, 'height', `${canvas.height * scale}px`);
    setStyle(board, '--grid', `${Math.max(4, settings.grid * scale)}px`);
    board.classList.toggle('gridded', settings.grid * scale >= 4);
    while (frames.length > editor.widgets.length) frames.pop().node.remove();
    while (frames.length < editor.widgets.length) {
      frames.push(frame());
      board.insertBefore(frames[frames.length - 1].node, selection);
    }
    editor.widgets.forEach(refreshFrame);
    setHidden(empty, editor.widgets.length > 0);
    setHidden(selection, !editor.widget);
    if (editor.widget) setPlace(selection, editor.widget, scale);
  }

  function refreshFrame(spec, index) {
    const one = frames[index];
    const key = placedKey(spec);
    if (one.key !== key) {
      one.key = key;
      one.content = placed(spec, resized);
      one.node.replaceChildren(one.content.node);
    }
    setPlace(one.node, spec, scale);
    one.content.place({ ...spec, x: 0, y: 0 }, scale);
    const { title } = WIDGETS[spec.kind];
    const chosen = index === editor.selected;
    withAttributes(one.node, { 'aria-label': `${title}, at ${spec.x}, ${spec.y}, ${spec.width} by ${spec.height}`, 'aria-pressed': String(chosen) });
  }

  showGuides([]);
  return {
    refresh,
    /** Draws the values of a model. Widgets that have nothing to show get those of `sample()`, so that all are visible. */
    update(model, sample) {
      for (const { content } of frames) if (!content.update(model)) content.update(sample());
    },
    /** Moves the keyboard to the selected widget. */
    focus: () => frames[editor.selected]?.node.focus({ preventScroll: true }),
  };
}
