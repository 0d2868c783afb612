// The outline of the track on a canvas: seen from above, as large as fits, with the same orientation in every view.

const span = (points, axis) => points.reduce(([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])], [Infinity, -Infinity]);

/** Map coordinates, right and up, of a position in the world. The world's Z axis points down. Only this function converts them. */
export const toMap = (x, z) => [x, -z];

/** A function from a position in the world, in metres, to CSS pixels, such that all points fit into the surface. */
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

/** The outline in pixels, with lookup by lap position. */
export class Track {
  /** `focus` are the points that have to fit into the surface; by default all of them. */
  constructor({ points, known }, surface, margin, focus = points) {
    this.at = fit(focus, surface, margin);
    this.known = known;
    this.points = points.map(([x, z]) => this.at(x, z));
    const { points: laid } = this;
    const area = laid.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = laid[(index + 1) % laid.length];
      return sum + x * nextY - nextX * y;
    }, 0);
    this.side = area > 0 ? 1 : -1;
  }

  /** The pixel of a lap position, 0..1, and the direction that points away from the inside of the track: `[x, y, dx, dy]`. */
  pixel(position) {
    const { points, side } = this;
    const exact = (((position % 1) + 1) % 1) * points.length;
    const index = Math.floor(exact) % points.length;
    const [a, b] = [points[index], points[(index + 1) % points.length]];
    const fraction = exact - Math.floor(exact);
    // Neighbouring points may coincide, so the direction is taken over several points.
    const [back, on] = [points[(index + points.length - 3) % points.length], points[(index + 4) % points.length]];
    const [dx, dy] = [on[0] - back[0], on[1] - back[1]];
    const length = Math.hypot(dx, dy) || 1;
    return [a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction, (side * dy) / length, (-side * dx) / length];
  }

  /** The path between two lap positions, the first one before the second. */
  piece(from, to) {
    const path = new Path2D();
    this.addPiece(path, from, to);
    return path;
  }

  /** Adds the line between two lap positions to a path. */
  addPiece(path, from, to) {
    const count = this.points.length;
    path.moveTo(...this.pixel(from).slice(0, 2));
    for (let index = Math.floor(from * count) + 1; index < to * count; index += 1) path.lineTo(...this.points[index % count]);
    path.lineTo(...this.pixel(to).slice(0, 2));
  }
}

/** A path through points in pixels. */
export function polyline(points, closed) {
  const path = new Path2D();
  points.forEach(([x, y], index) => {
    if (index) path.lineTo(x, y);
    else path.moveTo(x, y);
  });
  if (closed) path.closePath();
  return path;
}

/** A filled circle with a rim. */
export function dot(ctx, x, y, radius, fill, rim, width) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = rim;
  ctx.lineWidth = width;
  ctx.stroke();
}
