//! The results of a program, one line of JSON each.

use serde::{Deserialize, Serialize};

/// Measurements of a reader in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The reader, with its system if it is not Windows.
    pub reader: String,
    /// The mode of the producer during the run.
    pub setting: String,
    /// The results.
    pub rows: Vec<Row>,
}

/// The result of one method of reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Name of the method.
    pub method: String,
    /// The figures.
    pub figures: Figures,
}

/// Figures of a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Figures {
    /// Time of a read of unchanged pages.
    Cost {
        /// The pages that are read.
        pages: String,
        /// Median of the batches.
        nanoseconds: f64,
    },
    /// Allocations of a read.
    Allocations {
        /// The pages that are read.
        pages: String,
        /// Allocations per read.
        count: f64,
        /// Bytes per read.
        bytes: f64,
    },
    /// Pages taken while the producer writes a page every microsecond.
    Torn {
        /// Number of reads, including those that returned the same page again.
        reads: u64,
        /// Number of different pages taken.
        taken: u64,
        /// Number of pages that mix two packets.
        torn: u64,
        /// Number of torn pages that the reader does not mark.
        undetected: u64,
        /// Number of pages that the reader marks as possibly torn.
        marked: u64,
    },
    /// Packets at the game's rate.
    Steady {
        /// Number of packets written, from the first to the last one received.
        written: u64,
        /// Number of packets received.
        seen: u64,
        /// Number of pages that mix two packets.
        torn: u64,
        /// Number of torn pages that the reader does not mark.
        undetected: u64,
        /// Age of a packet when the reader returns it.
        age: Spread,
        /// The same for every packet written. A missed packet counts until the reader returns a later one.
        delay: Spread,
        /// Processor time of the reader, in percent of one core.
        cpu: f64,
        /// Processor time of Wine's server during the run, in percent of one core. It runs the timers of sleeping programs.
        server: f64,
    },
}

/// Distribution of times, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Median.
    pub median: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Maximum.
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

/// Report of the producer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Produced {
    /// Its mode.
    pub setting: String,
    /// Physics packets written.
    pub packets: u64,
    /// Number of packets that were written more than 0.1 ms late.
    pub late: u64,
    /// Resolution of the clock whose time is written into pages, in nanoseconds.
    pub clock_step: u64,
    /// Duration of writing.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_has_median_and_maximum_also_of_an_empty_list() {
        let spread = Spread::of((0..=100).rev().map(|number| number * 1000).collect());
        assert_eq!(spread, Spread { median: 50.0, p99: 99.0, max: 100.0 });
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
    }
}
