// Rectangles on a canvas: moving, resizing, and snapping to edges, to other rectangles and to a grid. A rectangle is `{x, y, width, height}`.

/** The shortest side of a widget, as on the server. */
export const MIN_SIDE = 16;

const AXES = { x: 'width', y: 'height' };

/** The largest scale at which a canvas fits into a room, or 0 if the room is empty. */
export function fitScale(canvas, room) {
  return Math.max(0, Math.min(room.width / canvas.width, room.height / canvas.height));
}

/** The rectangle moved into the canvas. One that is larger than the canvas becomes as large as the canvas. */
export function clampInside(box, canvas) {
  const clamped = { ...box };
  for (const [axis, side] of Object.entries(AXES)) {
    clamped[side] = Math.min(Math.max(MIN_SIDE, box[side]), canvas[side]);
    clamped[axis] = Math.min(Math.max(0, box[axis]), canvas[side] - clamped[side]);
  }
  return clamped;
}

/** The indices of the rectangles at a point, the topmost first. Later rectangles are above earlier ones. */
export function boxesAt(boxes, { x, y }) {
  const contains = (box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  return boxes.map((_, index) => index).filter((index) => contains(boxes[index])).reverse();
}

/** Lines to snap to along an axis: edges of the canvas and of other rectangles, and their middles. */
function linesOf(axis, others, canvas) {
  const side = AXES[axis];
  return {
    edges: [0, canvas[side], ...others.flatMap((box) => [box[axis], box[axis] + box[side]])],
    middles: [canvas[side] / 2, ...others.map((box) => box[axis] + box[side] / 2)],
  };
}

/** The shortest way from one of the values to one of the lines, within a distance: `{shift, at}`, or `null`. */
function nearest(values, lines, distance) {
  let best = null;
  for (const value of values) {
    for (const at of lines) {
      const shift = at - value;
      if (Math.abs(shift) <= distance && (!best || Math.abs(shift) < Math.abs(best.shift))) best = { shift, at };
    }
  }
  return best;
}

const toGrid = (value, grid) => (grid > 0 ? Math.round(value / grid) * grid : Math.round(value));

/**
 * A rectangle after moving it: snapped to a line within `distance`, else to the grid, and inside the canvas. Returns `{box, guides}`; a guide
 * is `{axis, at}`. With `free` it snaps to nothing.
 */
export function moveBox(box, by, { others, canvas, grid = 0, distance = 0, free = false }) {
  const result = { ...box };
  const guides = [];
  for (const [axis, side] of Object.entries(AXES)) {
    const start = box[axis] + by[axis];
    result[axis] = Math.round(start);
    if (free || by[axis] === 0) continue;
    const { edges, middles } = linesOf(axis, others, canvas);
    const edge = nearest([start, start + box[side]], edges, distance);
    const middle = nearest([start + box[side] / 2], middles, distance);
    const snap = !edge || (middle && Math.abs(middle.shift) < Math.abs(edge.shift)) ? middle : edge;
    result[axis] = snap ? start + snap.shift : toGrid(start, grid);
    if (snap) guides.push({ axis, at: snap.at });
  }
  const inside = clampInside(result, canvas);
  return { box: inside, guides: guides.filter(({ axis }) => inside[axis] === result[axis]) };
}

/** The position of the edge of a rectangle that a handle moves along an axis: 1 for its end, -1 for its start, 0 if it moves none. */
function direction(handle, axis) {
  const [start, end] = axis === 'x' ? ['w', 'e'] : ['n', 's'];
  if (handle.includes(end)) return 1;
  return handle.includes(start) ? -1 : 0;
}

const edgeOf = (box, axis, towards) => (towards > 0 ? box[axis] + box[AXES[axis]] : box[axis]);

/** Where an edge ends up: `{at, snap}`. */
function snapEdge(edge, axis, { others, canvas, grid = 0, distance = 0, free = false }) {
  if (free) return { at: Math.round(edge), snap: false };
  const snap = nearest([edge], linesOf(axis, others, canvas).edges, distance);
  return snap ? { at: snap.at, snap: true } : { at: toGrid(edge, grid), snap: false };
}

/** The rectangle with one edge at a position inside the canvas. */
function withEdge(box, axis, towards, at, canvas) {
  const side = AXES[axis];
  const fixed = edgeOf(box, axis, -towards);
  if (towards > 0) return { ...box, [side]: Math.min(Math.max(at, fixed + MIN_SIDE), canvas[side]) - fixed };
  const start = Math.max(0, Math.min(at, fixed - MIN_SIDE));
  return { ...box, [axis]: start, [side]: fixed - start };
}

/**
 * A rectangle after dragging a handle: `n`, `e`, `s`, `w` or a corner such as `se`. Edges change one side; corners keep the ratio of the
 * sides. Returns `{box, factor, guides}`; `factor` is the factor of the size for corners, else 1. The factor is within `factors`.
 */
export function resizeBox(box, handle, by, options) {
  return handle.length === 2 ? resizeCorner(box, handle, by, options) : resizeEdge(box, handle, by, options);
}

function resizeEdge(box, handle, by, options) {
  const axis = direction(handle, 'x') ? 'x' : 'y';
  const towards = direction(handle, axis);
  const { at, snap } = snapEdge(edgeOf(box, axis, towards) + by[axis], axis, options);
  const resized = withEdge(box, axis, towards, at, options.canvas);
  const guides = snap && edgeOf(resized, axis, towards) === at ? [{ axis, at }] : [];
  return { box: resized, factor: 1, guides };
}

function resizeCorner(box, handle, by, options) {
  const { canvas, factors: [least, most] = [0, Infinity] } = options;
  const towards = { x: direction(handle, 'x'), y: direction(handle, 'y') };
  const factorAt = (axis, edge) => ((edge - edgeOf(box, axis, -towards[axis])) * towards[axis]) / box[AXES[axis]];
  let factor = Math.max(...['x', 'y'].map((axis) => factorAt(axis, edgeOf(box, axis, towards[axis]) + by[axis])));
  // The edges follow the factor. An edge that is close to a line decides; without one the width follows the grid.
  const edgeAt = (axis) => edgeOf(box, axis, -towards[axis]) + towards[axis] * box[AXES[axis]] * factor;
  const snaps = ['x', 'y'].map((axis) => ({ axis, ...snapEdge(edgeAt(axis), axis, options) }));
  const chosen = snaps.find(({ snap }) => snap) ?? snaps[0];
  if (!options.free) factor = factorAt(chosen.axis, chosen.at);
  // The canvas, the shortest side and the caller limit the factor.
  const room = (axis) => (towards[axis] > 0 ? canvas[AXES[axis]] - box[axis] : box[axis] + box[AXES[axis]]);
  const largest = Math.min(most, room('x') / box.width, room('y') / box.height);
  const smallest = Math.max(least, MIN_SIDE / Math.min(box.width, box.height));
  const limited = Math.max(smallest, Math.min(largest, factor));
  const resized = { ...box, width: Math.round(box.width * limited), height: Math.round(box.height * limited) };
  for (const axis of ['x', 'y']) if (towards[axis] < 0) resized[axis] = box[axis] + box[AXES[axis]] - resized[AXES[axis]];
  const guides = chosen.snap && limited === factor && !options.free ? [{ axis: chosen.axis, at: chosen.at }] : [];
  return { box: clampInside(resized, canvas), factor: limited, guides };
}
