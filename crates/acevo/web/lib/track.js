// The outline of the track on a canvas: seen from above, as large as it fits, the same way up in every view.

const span = (points, pick) => points.reduce(([low, high], point) => [Math.min(low, point[pick]), Math.max(high, point[pick])], [Infinity, -Infinity]);

/** Map coordinates of a position in the world: to the right, and up. Z points down. The only place where the page converts them. */
export const toMap = (x, z) => [x, -z];

/** A function that gives the CSS pixels of a position in the world, in metres. It fits the points into the surface. */
export function fit(points, { width, height }, margin) {
  const mapped = points.map(([x, z]) => toMap(x, z));
  const [[left, right], [bottom, top]] = [span(mapped, 0), span(mapped, 1)];
  const [w, h] = [Math.max(1, width - 2 * margin), Math.max(1, height - 2 * margin)];
  const scale = Math.min(w / Math.max(1, right - left), h / Math.max(1, top - bottom));
  return (x, z) => {
    const [across, up] = toMap(x, z);
    return [width / 2 + (across - (left + right) / 2) * scale, height / 2 - (up - (bottom + top) / 2) * scale];
  };
}

/** The outline in pixels, and where a part of the lap is on it. */
export class Track {
  constructor({ points, known }, surface, margin) {
    this.at = fit(points, surface, margin);
    this.known = known;
    this.points = points.map(([x, z]) => this.at(x, z));
    const { points: laid } = this;
    const area = laid.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = laid[(index + 1) % laid.length];
      return sum + x * nextY - nextX * y;
    }, 0);
    this.side = area > 0 ? 1 : -1;
  }

  /** A place of the lap, 0..1: x, y, and the direction that leads out of the track's inside. */
  place(part) {
    const { points, side } = this;
    const exact = (((part % 1) + 1) % 1) * points.length;
    const index = Math.floor(exact) % points.length;
    const [a, b] = [points[index], points[(index + 1) % points.length]];
    const share = exact - Math.floor(exact);
    // Points may be alike: the direction is that of the way around here.
    const [back, on] = [points[(index + points.length - 3) % points.length], points[(index + 4) % points.length]];
    const [dx, dy] = [on[0] - back[0], on[1] - back[1]];
    const length = Math.hypot(dx, dy) || 1;
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, (side * dy) / length, (-side * dx) / length];
  }

  /** The way between two places, the first one before the other. */
  piece(from, to) {
    const path = new Path2D();
    const count = this.points.length;
    path.moveTo(...this.place(from).slice(0, 2));
    for (let index = Math.floor(from * count) + 1; index < to * count; index += 1) path.lineTo(...this.points[index % count]);
    path.lineTo(...this.place(to).slice(0, 2));
    return path;
  }
}

/** A line through points in pixels. */
export function polyline(points, closed) {
  const path = new Path2D();
  points.forEach(([x, y], index) => (index ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (closed) path.closePath();
  return path;
}

export function dot(ctx, x, y, radius, fill, rim, width) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = rim;
  ctx.lineWidth = width;
  ctx.stroke();
}
