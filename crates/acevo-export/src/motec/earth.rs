//! GPS coordinates, for the track map.

/// WGS 84: the semi-major axis in metres, and the square of the eccentricity.
const AXIS_M: f64 = 6_378_137.0;
const ECCENTRICITY_2: f64 = 6.694_379_990_141_317e-3;

/// A plane that touches the earth at the origin of a track's world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    latitude: f64,
    longitude: f64,
}

impl Plane {
    /// The plane at an origin in degrees north and east. `None` for impossible origins, for the poles, and for 0° 0°, which the game
    /// publishes if it has no coordinates.
    pub(super) fn at((latitude, longitude): (f64, f64)) -> Option<Self> {
        let is_valid = latitude.abs() < 89.0 && longitude.abs() <= 180.0 && (latitude, longitude) != (0.0, 0.0);
        is_valid.then(|| Self { latitude: latitude.to_radians(), longitude: longitude.to_radians() })
    }

    /// The plane at 0° N 0° E, in the Atlantic Ocean, for tracks without coordinates.
    pub(super) const fn neutral() -> Self {
        Self { latitude: 0.0, longitude: 0.0 }
    }

    /// Degrees north and east of a position in metres east and north of the origin, within some hundred kilometres.
    pub(super) fn degrees(&self, east_m: f64, north_m: f64) -> (f64, f64) {
        let (sin, cos) = self.latitude.sin_cos();
        let normal = AXIS_M / (1.0 - ECCENTRICITY_2 * sin * sin).sqrt();
        // Geocentric: distance from the axis at the longitude of the origin, and along the axis.
        let (away, axis) = (normal * cos - sin * north_m, normal * (1.0 - ECCENTRICITY_2) * sin + cos * north_m);
        let radius = away.hypot(east_m);
        // Bowring's method, much more exact than needed.
        let ratio = (1.0 - ECCENTRICITY_2).sqrt();
        let (sin, cos) = (axis / (radius * ratio)).atan().sin_cos();
        let second = ECCENTRICITY_2 / (1.0 - ECCENTRICITY_2);
        let latitude =
            ((axis + second * AXIS_M * ratio * sin.powi(3)) / (radius - ECCENTRICITY_2 * AXIS_M * cos.powi(3))).atan();
        (latitude.to_degrees(), (self.longitude + east_m.atan2(away)).to_degrees())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metres between two close positions, by the radii of curvature between them.
    fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
        let sin = ((a.0 + b.0) / 2.0).to_radians().sin();
        let w = 1.0 - ECCENTRICITY_2 * sin * sin;
        let north = (b.0 - a.0).to_radians() * AXIS_M * (1.0 - ECCENTRICITY_2) / w.powf(1.5);
        let east = (b.1 - a.1).to_radians() * AXIS_M / w.sqrt() * (1.0 - sin * sin).sqrt();
        north.hypot(east)
    }

    #[test]
    fn degrees_keep_distances_and_directions() {
        for origin in [(50.3356, 6.9475), (-33.45, 149.555), (0.0, 0.5), (71.0, -8.5)] {
            let plane = Plane::at(origin).expect("a valid origin");
            let (latitude, longitude) = plane.degrees(0.0, 0.0);
            assert!((latitude - origin.0).abs() < 1e-9 && (longitude - origin.1).abs() < 1e-9);
            for (east, north) in [(0.0, 0.0), (5000.0, -5000.0), (-10_000.0, 300.0), (20.0, 10_000.0)] {
                for step in [(1.0, 0.0), (0.0, 1.0), (0.6, -0.8)] {
                    let there = plane.degrees(east + step.0, north + step.1);
                    let metre = metres(plane.degrees(east, north), there);
                    assert!((metre - 1.0).abs() < 1e-5, "{origin:?} {east} {north} {step:?}: {metre} m");
                }
            }
            let (there, here) = (plane.degrees(0.0, 100.0), plane.degrees(100.0, 0.0));
            assert!(there.0 > origin.0 && here.1 > origin.1, "north is up, east is to the right");
        }
    }

    #[test]
    fn impossible_origins_are_rejected_and_the_neutral_one_is_at_zero() {
        for origin in [(f64::NAN, 7.0), (91.0, 0.0), (0.0, f64::INFINITY), (0.0, -0.0)] {
            assert!(Plane::at(origin).is_none());
        }
        assert_eq!(Plane::neutral().degrees(0.0, 0.0), (0.0, 0.0));
    }
}
