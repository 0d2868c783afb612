// Distances to the nearest cars on the track, which may be on another lap and in another position.

/** The nearest car ahead (`sign` 1) or behind (`sign` -1) in metres along the track, without its sign. NaN without such a car. */
export function nearest(cars, sign) {
  const distances = cars.map(([metres]) => metres * sign).filter((metres) => metres > 0);
  return distances.length ? Math.min(...distances) : NaN;
}
