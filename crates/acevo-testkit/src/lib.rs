//! Helpers that the tests of several crates share. This crate is not published.
//!
//! - [`drive`]: simulated sessions, analysed without a clock.
//! - [`pages`], [`recordings`]: simulated recordings, in memory and in files, with pages that a test changes.
//! - [`rows`]: rows of a simulated session for exporters.
//! - [`program`], [`user`]: starts the `acevo` binary, also as a user with own folders, and reads its output.
//! - [`follow`], [`wait`]: wait for events of a connection, and for any condition.
//! - [`client`], [`chromium`]: an HTTP and WebSocket client, and a headless browser.
//! - `broker`: a real broker of MQTT with subscribers and publishers, on Unix.
//! - [`disk`]: a small file system that a test can fill.
//! - [`python`]: a Python with the packages that read exported files.
//! - [`left_out`]: messages about tests that cannot run on this system.
//!
//! Helpers panic if something fails, as a test does.

#![forbid(unsafe_code)]

#[cfg(unix)]
pub mod broker;
pub mod chromium;
pub mod client;
pub mod disk;
pub mod drive;
pub mod follow;
pub mod left_out;
pub mod pages;
pub mod program;
pub mod python;
pub mod recordings;
pub mod rows;
pub mod user;
pub mod wait;
