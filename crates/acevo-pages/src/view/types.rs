//! Small value types that the accessors return.

use std::fmt;

/// The engaged gear.
///
/// `Display` writes `R`, `N`, `1`, `2`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Gear {
    /// Reverse; the game's 0.
    Reverse,
    /// Neutral; the game's 1.
    Neutral,
    /// A forward gear, from 1; the game's value minus one.
    Forward(u8),
    /// An impossible value: negative, or above 256.
    Unknown(i32),
}

impl From<i32> for Gear {
    /// Converts the game's number: 0 reverse, 1 neutral, 2 first.
    fn from(value: i32) -> Self {
        match value {
            0 => Self::Reverse,
            1 => Self::Neutral,
            _ => value.checked_sub(1).and_then(|gear| gear.try_into().ok()).map_or(Self::Unknown(value), Self::Forward),
        }
    }
}

impl fmt::Display for Gear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reverse => f.pad("R"),
            Self::Neutral => f.pad("N"),
            Self::Forward(gear) => fmt::Display::fmt(gear, f),
            Self::Unknown(_) => f.pad("?"),
        }
    }
}

/// One value per wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Wheels<T> {
    /// Front left.
    pub fl: T,
    /// Front right.
    pub fr: T,
    /// Rear left.
    pub rl: T,
    /// Rear right.
    pub rr: T,
}

impl<T> Wheels<T> {
    /// Applies a function to each wheel.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Wheels<U> {
        Wheels { fl: f(self.fl), fr: f(self.fr), rl: f(self.rl), rr: f(self.rr) }
    }

    /// The values as an array: front left, front right, rear left, rear right.
    pub fn into_array(self) -> [T; 4] {
        [self.fl, self.fr, self.rl, self.rr]
    }
}

impl<T> From<[T; 4]> for Wheels<T> {
    /// Converts an array in the game's order: front left, front right, rear left, rear right.
    fn from([fl, fr, rl, rr]: [T; 4]) -> Self {
        Self { fl, fr, rl, rr }
    }
}

impl<T> IntoIterator for Wheels<T> {
    type Item = T;
    type IntoIter = std::array::IntoIter<T, 4>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_array().into_iter()
    }
}

/// The 128-bit id of a car. 0, 0 means no car.
///
/// `Display` writes it as the game's own log does: `0123456789abcdef-0123456789abcdef`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CarId(
    /// First half.
    pub u64,
    /// Second half.
    pub u64,
);

impl CarId {
    /// True for 0, 0, the id of a free slot.
    pub const fn is_none(self) -> bool {
        self.0 == 0 && self.1 == 0
    }
}

impl From<(u64, u64)> for CarId {
    fn from((a, b): (u64, u64)) -> Self {
        Self(a, b)
    }
}

impl PartialEq<(u64, u64)> for CarId {
    fn eq(&self, other: &(u64, u64)) -> bool {
        (self.0, self.1) == *other
    }
}

impl fmt::Display for CarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.0, self.1)
    }
}

/// A car of the session.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Car {
    /// Its id; compare with [`player_car_id`](super::View::player_car_id).
    pub id: CarId,
    /// Position in metres; world axes, Y up.
    pub coordinates: [f32; 3],
}

/// Names of the tyre compounds on the car; empty if the game has not published them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TyreCompounds<'a> {
    /// Front axle.
    pub front: &'a str,
    /// Rear axle.
    pub rear: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gear_display_has_a_name_for_every_value() {
        let names = [-1, 0, 1, 2, 7, 256, 257, i32::MIN, i32::MAX].map(|gear| Gear::from(gear).to_string());
        assert_eq!(names, ["?", "R", "N", "1", "6", "255", "?", "?", "?"]);
    }

    #[test]
    fn car_id_display_matches_the_log_of_the_game() {
        assert_eq!(CarId(0xab, u64::MAX).to_string(), "00000000000000ab-ffffffffffffffff");
        assert!(CarId(0, 0).is_none() && !CarId(0, 1).is_none() && !CarId(1, 0).is_none());
    }
}
