//! What the producer and all readers of the comparison share: the pages, the clocks, the ways to measure.

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
