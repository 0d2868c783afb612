//! Shared by the producer and all readers of the comparison: pages, clock, measurements.

#![forbid(unsafe_code)]

pub mod arguments;
pub mod clock;
pub mod cpu;
pub mod measure;
pub mod outcome;
pub mod page;
pub mod reader;
pub mod taken;
mod tally;
