// Labels of cars on a map, which cover neither each other nor the player's marker.

const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const boxAround = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });

/**
 * Where labels are drawn: `{text, x, y}`, the middle of each. A car has its pixel `x`, `y`, the direction `nx`, `ny` that points away from
 * the inside of the track, and the label's `text` and `width`. A label lies outside the track, else inside, else it is left out. The first
 * cars come first. `markers` are circles `{x, y, radius}` that stay free; `area` is the size of the map.
 */
export function placeLabels(cars, { height, away, markers, area }) {
  const taken = markers.map(({ x, y, radius }) => boxAround(x, y, 2 * radius, 2 * radius));
  const placed = [];
  for (const { text, x, y, nx, ny, width } of cars) {
    if (!text) continue;
    for (const side of [1, -1]) {
      // The nearest point of the label is `away` from the car, in every direction.
      const [cx, cy] = [x + side * nx * (away + width / 2), y + side * ny * (away + height / 2)];
      const box = boxAround(cx, cy, width, height);
      const isInside = box.left >= 0 && box.top >= 0 && box.right <= area.width && box.bottom <= area.height;
      if (!isInside || taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      placed.push({ text, x: cx, y: cy });
      break;
    }
  }
  return placed;
}
