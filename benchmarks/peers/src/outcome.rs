//! The results of a program, one line of JSON each.

use serde::{Deserialize, Serialize};

/// What a reader has measured in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which reader, and on which system it runs.
    pub reader: String,
    /// What the producer did meanwhile.
    pub setting: String,
    /// What came out.
    pub rows: Vec<Row>,
}

/// One way a reader was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// How.
    pub way: String,
    /// The figures.
    pub figures: Figures,
}

/// Figures, by what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Figures {
    /// Time of a read, while the pages stand still.
    Cost {
        /// Which pages.
        pages: String,
        /// Median of the batches.
        nanoseconds: f64,
    },
    /// Allocations of a read.
    Allocations {
        /// Which pages.
        pages: String,
        /// How many for each read.
        count: f64,
        /// Bytes for each read.
        bytes: f64,
    },
    /// Pages taken while the producer hammers.
    Torn {
        /// Reads, also those that gave the same page again.
        reads: u64,
        /// Pages taken.
        taken: u64,
        /// Those that mix two packets.
        torn: u64,
        /// Those of them that the reader believes to be whole.
        undetected: u64,
        /// Pages that the reader marks, torn or not.
        marked: u64,
    },
    /// Packets at the game's rate.
    Steady {
        /// Packets written from the first to the last that was seen.
        written: u64,
        /// Those of them that were seen.
        seen: u64,
        /// Pages that mix two packets.
        torn: u64,
        /// Those of them that the reader believes to be whole.
        undetected: u64,
        /// Age of a packet when it is handed out.
        age: Spread,
        /// The same for every packet that was written; for one that was missed, until a later one is handed out.
        delay: Spread,
        /// Processor time of the reader, in percent of one core.
        cpu: f64,
        /// The same of Wine's server meanwhile, which keeps the timers of those who sleep.
        server: f64,
    },
}

/// How some times are spread, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Half of them are below.
    pub median: f64,
    /// One of a hundred is above.
    pub p99: f64,
    /// None is above.
    pub max: f64,
}

impl Spread {
    /// Statistics of nanoseconds; all zero if the list is empty.
    pub fn of(mut times: Vec<i64>) -> Self {
        times.sort_unstable();
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            times.get((last as f64 * share).round() as usize).map_or(0.0, |time| *time as f64 / 1000.0)
        };
        Self { median: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// What the producer did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Produced {
    /// What it was asked to do.
    pub setting: String,
    /// Physics packets written.
    pub packets: u64,
    /// Those of them that were written more than 0.1 ms after their time.
    pub late: u64,
    /// Smallest step of the clock that is written into pages, in nanoseconds.
    pub clock_step: u64,
    /// How long it wrote.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_made_of_what_is_there() {
        let spread = Spread::of((0..=100).rev().map(|number| number * 1000).collect());
        assert_eq!(spread, Spread { median: 50.0, p99: 99.0, max: 100.0 });
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
    }
}
