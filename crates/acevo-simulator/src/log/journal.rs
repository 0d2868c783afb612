//! The buffer of the log, and its clock.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{LogLine, LogStyle, LogVersion, Scene};
use crate::truth::CarId;

/// The channel of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Channel {
    Gameplay,
    Network,
    Others,
    Physics,
    Platform,
    Server,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Gameplay => "gameplay",
            Self::Network => "network",
            Self::Others => "others",
            Self::Physics => "physics",
            Self::Platform => "platformCore",
            Self::Server => "server",
        }
    }
}

/// The log of one start of the game. Times are simulated time since then, in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(super) style: LogStyle,
    pub(super) seed: u64,
    /// The lines that have not been taken, by time and number.
    lines: BTreeMap<(u64, u64), String>,
    /// Number of lines written so far.
    written: u64,
    /// The session, and the time of its start.
    pub(super) scene: Option<Scene>,
    pub(super) session_ms: u64,
    /// True after the first car has finished the race.
    pub(super) flag: bool,
    /// True after the race has ended for all cars.
    pub(super) closed: bool,
    /// Fuel that the lines have reported as used, in litres.
    pub(super) energy_l: f64,
    /// Number of connected drivers.
    pub(super) connected: usize,
    /// The cars that have left the running session.
    pub(super) gone: Vec<CarId>,
    /// Number of unrelated lines written so far, and the time of the next one.
    pub(super) noises: u64,
    pub(super) next_noise_ms: u64,
    /// Time of the last frame: everything before it has been written.
    complete_until_ms: u64,
}

impl Journal {
    /// Starts the log with what the game writes first.
    pub(crate) fn new(style: LogStyle, seed: u64) -> Self {
        let mut journal = Self {
            style,
            seed,
            lines: BTreeMap::new(),
            written: 0,
            scene: None,
            session_ms: 0,
            flag: false,
            closed: false,
            energy_l: 0.0,
            connected: 0,
            gone: Vec::new(),
            noises: 0,
            next_noise_ms: 1500,
            complete_until_ms: 0,
        };
        journal.write_startup();
        journal
    }

    /// Writes a line without a header.
    pub(super) fn bare(&mut self, at_ms: u64, text: impl Into<String>) {
        self.lines.insert((at_ms, self.written), text.into());
        self.written += 1;
    }

    /// Writes a line with its header, as `channel` and `level`.
    pub(super) fn header(&mut self, at_ms: u64, channel: &str, level: &str, text: &str) {
        let stamp = stamp(self.style.start_ms.saturating_add(at_ms));
        self.bare(at_ms, format!("[{stamp}] [{channel}] [{level}] {text}"));
    }

    pub(super) fn info(&mut self, at_ms: u64, channel: Channel, text: &str) {
        self.header(at_ms, channel.name(), "info", text);
    }

    pub(super) fn gameplay(&mut self, at_ms: u64, text: &str) {
        self.info(at_ms, Channel::Gameplay, text);
    }

    /// A flag as this version of the game writes it.
    pub(super) const fn flag_text(&self, flag: bool) -> &'static str {
        match (self.style.version, flag) {
            (LogVersion::V0_5, false) => "0",
            (LogVersion::V0_5, true) => "1",
            (LogVersion::V0_7, false) => "false",
            (LogVersion::V0_7, true) => "true",
        }
    }

    /// Writes the unrelated lines up to this time. Everything before it has been written.
    pub(crate) fn frame(&mut self, at_ms: u64) {
        self.write_noise(at_ms);
        self.complete_until_ms = at_ms;
    }

    /// Time until which the log is complete while a session is running.
    pub(crate) fn complete_until_ms(&self) -> u64 {
        self.complete_until_ms
    }

    /// Removes and returns the lines up to this time.
    pub(crate) fn take(&mut self, until_ms: u64) -> Vec<LogLine> {
        let later = self.lines.split_off(&(until_ms.saturating_add(1), 0));
        std::mem::replace(&mut self.lines, later)
            .into_iter()
            .map(|((at_ms, _), text)| LogLine { at: Duration::from_millis(at_ms), text })
            .collect()
    }
}

/// The date and time of this number of milliseconds since 1970-01-01 00:00.
fn stamp(ms: u64) -> String {
    let (days, of_day) = (ms / 86_400_000, ms % 86_400_000);
    // Days since 0000-03-01, in eras of 400 years, so that the day of a leap year is the last one of its year.
    let day = days + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = 400 * era + year + u64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
    format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02}.{:03}", of_day % 1000)
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn stamp_knows_leap_years_and_the_end_of_the_year() {
        assert_eq!(stamp(0), "1970-01-01 00:00:00.000");
        assert_eq!(stamp(951_782_400_000), "2000-02-29 00:00:00.000");
        assert_eq!(stamp(1_775_757_600_000), "2026-04-09 18:00:00.000");
        assert_eq!(stamp(1_767_225_599_999), "2025-12-31 23:59:59.999");
        assert_eq!(stamp(4_107_542_400_000), "2100-03-01 00:00:00.000");
    }
}
