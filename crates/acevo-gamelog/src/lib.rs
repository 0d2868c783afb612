//! Finds, follows and parses the log of Assetto Corsa EVO.
//!
//! The shared memory of the game has the times of the player's car only. The log has laps and sectors of *every* car, names, numbers, phases
//! of the session, pit visits and fuel, with the same car ids.
//!
//! # Tutorial
//!
//! A [`Parser`] makes events of bytes:
//!
//! ```
//! use acevo_gamelog::{LogEventKind, Parser};
//!
//! let log = "\
//! [2026-05-01 20:00:00.000] [server] [info] connecting gamecar 1111222233334444-5555666677778888 (•Ada Example | EXA1)
//! [2026-05-01 20:01:30.500] [gameplay] [info] New lap carId 1111222233334444-5555666677778888: 01:30.500
//! ";
//! let mut parser = Parser::new();
//! parser.feed(log.as_bytes());
//! parser.finish();
//! let mut lines = Vec::new();
//! while let Some(event) = parser.next_event() {
//!     match event.kind {
//!         LogEventKind::DriverNamed { name, is_ai, .. } => lines.push(format!("{name}, computer: {is_ai}")),
//!         LogEventKind::Lap { time_ms, .. } => lines.push(format!("{time_ms} ms at {}", event.time)),
//!         _ => {}
//!     }
//! }
//! assert_eq!(lines, ["Ada Example, computer: true", "90500 ms at 2026-05-01 20:01:30.500"]);
//! ```
//!
//! [`candidates`] finds logs on this computer, newest first, and a [`Follower`] reads one while the game writes it:
//!
//! ```no_run
//! use std::time::{Duration, Instant};
//!
//! use acevo_gamelog::{Follower, Places, candidates};
//!
//! let Some(newest) = candidates(&Places::of_this_computer()).into_iter().next() else { return Ok(()) };
//! let (mut follower, start) = (Follower::open(newest), Instant::now());
//! loop {
//!     let poll = follower.poll(start.elapsed(), 1 << 20)?;
//!     if poll.has_restarted {
//!         println!("another log begins: {}", follower.path().display());
//!     }
//!     while let Some(event) = follower.next_event() {
//!         println!("{} {:?}", event.time, event.kind);
//!     }
//!     if !poll.has_more {
//!         std::thread::sleep(Duration::from_millis(200));
//!     }
//! }
//! # #[allow(unreachable_code)]
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`read_log`] passes on the events of a whole log, and [`LogSummary`] has its sessions, cars and laps.
//!
//! # What the log is like
//!
//! - The game writes late: it collects lines before it writes them to the file. Each line has its own time, to the millisecond, local and
//!   without a zone.
//! - Each start of the game has a file of its own, with a name such as `log.txt` or `log-260501-200000.txt`.
//! - [`SessionBoundaries`] decides where sessions begin.
//! - Users have Steam ids in the log. They never appear in events.
//!
//! # Features
//!
//! - `serde`: `Serialize` and `Deserialize` for events and summaries.

#![forbid(unsafe_code)]

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod event;
mod find;
mod follow;
mod line;
mod message;
mod parser;
mod scan;
mod session;
mod summary;
mod text;
mod time;

pub use acevo_shared_memory::CarId;

pub use self::event::{GameStarted, LogEvent, LogEventKind, Split, SplitKind, StartingPlace};
pub use self::find::{Places, candidates, prefix_of_process};
pub use self::follow::{Follower, Poll};
pub use self::parser::{Counts, Parser, read_log};
pub use self::session::{Boundary, SessionBoundaries};
pub use self::summary::{CarSummary, LapSummary, LogSummary, PhaseSummary, SessionSummary};
pub use self::time::{InvalidTime, LogTime};
