// The outline of the track on a canvas: fitted, and turned by a quarter where that makes it larger.

const span = (points, pick) => points.reduce(([low, high], point) => [Math.min(low, point[pick]), Math.max(high, point[pick])], [Infinity, -Infinity]);

/** How metres become CSS pixels: X to the right and Z upwards, or turned to the right. */
export function fit(points, { width, height }, margin) {
  const [x, z] = [span(points, 0), span(points, 1)];
  const [dx, dz] = [Math.max(1, x[1] - x[0]), Math.max(1, z[1] - z[0])];
  const [w, h] = [Math.max(1, width - 2 * margin), Math.max(1, height - 2 * margin)];
  const [upright, turned] = [Math.min(w / dx, h / dz), Math.min(w / dz, h / dx)];
  const turn = turned > upright * 1.15;
  const scale = turn ? turned : upright;
  const [cx, cz] = [(x[0] + x[1]) / 2, (z[0] + z[1]) / 2];
  return (px, pz) => {
    const [u, v] = [(px - cx) * scale, (pz - cz) * scale];
    return turn ? [width / 2 + v, height / 2 + u] : [width / 2 + u, height / 2 - v];
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
