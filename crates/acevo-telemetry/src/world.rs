//! The game's world seen from above.
//!
//! The world is right-handed with Y up. Seen from above, X points to the right and Z points down; a map has its first axis to
//! the right and its second axis up. [`to_map`] converts one into the other. All outputs use it: the outline of the track, the maps of
//! the program, and geographic positions in MoTeC logs.
//!
//! Measured on the real game (0.5 and 0.6.2): with these axes the right wheels are on the right of the left wheels, a car that steers
//! to the right turns clockwise, and laps of a clockwise track run clockwise.

/// Map coordinates of a world position or of a world direction: to the right (east) and up (north), in the unit of the input.
///
/// The height (Y) has no influence. A vector of finite numbers gives finite numbers.
///
/// ```
/// use acevo_telemetry::to_map;
///
/// // X is to the right; a greater Z is further down.
/// assert_eq!(to_map(12.0, -429.0), [12.0, 429.0]);
/// assert!(to_map(0.0, -429.0)[1] > to_map(0.0, -368.0)[1]);
/// ```
pub const fn to_map(x: f64, z: f64) -> [f64; 2] {
    // Subtracted from zero there is no -0.
    [x, 0.0 - z]
}

/// The part of a vector to the right of a direction, times the length of the direction, in map coordinates. Negative is to the left.
pub(crate) const fn rightwards(direction: [f64; 2], vector: [f64; 2]) -> f64 {
    vector[0] * direction[1] - vector[1] * direction[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_map_draws_z_downwards_and_x_to_the_right() {
        assert!(to_map(0.0, -429.0)[1] > to_map(0.0, -368.0)[1]);
        assert!(to_map(2.0, 0.0)[0] > to_map(1.0, 0.0)[0]);
        assert!(to_map(0.0, 0.0)[1].is_sign_positive());
    }

    /// A GT3 car on the straight of a track: the line between its front contact points and its forward direction, X and Z.
    #[test]
    fn rightwards_is_where_the_right_wheels_are() {
        let (forward, from_left_to_right) = (to_map(0.965, -0.261), to_map(0.458, 1.7));
        assert!(rightwards(forward, from_left_to_right) > 1.7);
    }

    #[test]
    fn a_growing_heading_turns_clockwise_on_the_map() {
        let forward = |heading: f64| to_map(-heading.sin(), heading.cos());
        for step in 0..628 {
            let heading = f64::from(step) / 100.0;
            assert!(rightwards(forward(heading), forward(heading + 0.01)) > 0.0, "{heading}");
        }
    }
}
