//! Helpers that the tests of several crates share. It is not published.
//!
//! - [`drive`]: drives of the simulator, analysed without a clock.
//! - [`pages`], [`recordings`]: recordings of the simulator, in memory and in files, with pages that a test changes.
//! - [`rows`]: rows of a drive for exporters.
//! - [`program`]: starts the `acevo` binary and reads its output.
//! - [`client`], [`chromium`]: an HTTP and WebSocket client, and a headless browser.
//! - [`python`]: a Python with the packages that read exported files.

#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "helpers are named and documented where it is not obvious")]

pub mod chromium;
pub mod client;
pub mod drive;
pub mod pages;
pub mod program;
pub mod python;
pub mod recordings;
pub mod rows;
