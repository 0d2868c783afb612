//! The laps to export.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use thiserror::Error;

/// Lap numbers, written as `1,4-6`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LapRanges(Vec<RangeInclusive<u32>>);

/// The error of a text that does not list lap numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected laps as 3, 3-5 or 1,4-6")]
pub struct BadLapRanges;

impl LapRanges {
    /// True if the lap of this number is among them.
    pub fn contains(&self, lap: u32) -> bool {
        self.0.iter().any(|range| range.contains(&lap))
    }
}

impl FromStr for LapRanges {
    type Err = BadLapRanges;

    fn from_str(text: &str) -> Result<Self, BadLapRanges> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<u32>().ok();
            number(first).zip(number(last)).filter(|(first, last)| first <= last).map(|(first, last)| first..=last)
        };
        text.split(',').map(|part| range(part).ok_or(BadLapRanges)).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for LapRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match (range.start(), range.end()) {
                (first, last) if first == last => write!(f, "{comma}{first}")?,
                (first, last) => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lap_ranges_parse_and_print() {
        let laps: LapRanges = "1,4-6".parse().unwrap();
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7].map(|lap| laps.contains(lap)),
            [false, true, false, false, true, true, true, false]
        );
        assert_eq!(laps.to_string(), "1,4-6");
        for wrong in ["", "x", "3-", "-3", "5-3", "1,,2"] {
            assert_eq!(wrong.parse::<LapRanges>(), Err(BadLapRanges), "{wrong}");
        }
    }
}
