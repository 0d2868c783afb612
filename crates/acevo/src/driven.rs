//! Laps of a recording, and places in it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};
use anyhow::{Context, ensure};

use crate::format::text::clock;

/// Longer than this after the line no frame comes, where there are any, in seconds.
const FRAME_S: f64 = 0.05;

/// A lap, and when it was driven.
#[derive(Debug, Clone)]
pub(crate) struct Driven {
    pub(crate) lap: Lap,
    pub(crate) from: Duration,
    pub(crate) to: Duration,
}

/// All laps of a recording, in the order in which they ended. Reads all of it, as long as `keep_going` says so with the time that is
/// reached.
///
/// SessionEventKind was marked while it was recorded would be quicker to read; but others record, too, and know of no laps.
pub(crate) fn laps(
    recording: &mut Recording,
    mut keep_going: impl FnMut(Duration) -> bool,
) -> anyhow::Result<Vec<Driven>> {
    let mut analysis = Analysis::new(Settings::default());
    let mut laps = Vec::new();
    // When each lap was met first.
    let mut met: Vec<((u32, u32), Duration)> = Vec::new();
    let mut end = recording.info().start;
    recording.seek(Duration::ZERO)?;
    while let Some(step) = recording.next_step()? {
        ensure!(keep_going(step.at), "stopped");
        analysis.feed(step.at, step.frame);
        end = step.at;
        take(&mut analysis, end, &met, &mut laps);
        if let Some(number) = analysis.current_lap_number() {
            let lap = (analysis.session(), number);
            if met.last().is_none_or(|(last, _)| *last != lap) {
                // It began some time before its first frame.
                let age = analysis.current_lap().map_or(0.0, |lap| lap.elapsed_s).min(FRAME_S);
                met.push((lap, step.at.saturating_sub(Duration::try_from_secs_f64(age).unwrap_or_default())));
            }
        }
    }
    analysis.interrupt();
    take(&mut analysis, end, &met, &mut laps);
    Ok(laps)
}

/// Takes the laps that have ended.
fn take(analysis: &mut Analysis, now: Duration, met: &[((u32, u32), Duration)], laps: &mut Vec<Driven>) {
    while let Some(event) = analysis.next_event() {
        let SessionEventKind::Lap(lap) = event.kind else { continue };
        // By the clock of the recording, which need not be that of the drive: both ends are where another lap is met first.
        let number = met.iter().rposition(|(met, _)| *met == (lap.session, lap.number));
        let from = number.map_or(Duration::ZERO, |number| met[number].1);
        let to = number.and_then(|number| met.get(number + 1)).map_or(now, |(_, at)| *at);
        laps.push(Driven { lap, from, to });
    }
}

/// A place in a recording, as it is typed: `lap3` or `3`, `best`, `1:30`, `90s`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Spot {
    /// Since the beginning.
    Time(Duration),
    /// The lap of this number.
    Lap(u32),
    /// The fastest lap that counts.
    Best,
}

impl FromStr for Spot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a lap, as 3, lap3 or best, or a time, as 90s, 1:30 or 1:02:30".to_owned();
        if text == "best" {
            return Ok(Self::Best);
        }
        if let Ok(number) = text.strip_prefix("lap").unwrap_or(text).parse() {
            return Ok(Self::Lap(number));
        }
        let seconds = match text.rsplit_once(':') {
            Some((minutes, seconds)) => {
                let (hours, minutes) = minutes.split_once(':').unwrap_or(("0", minutes));
                let whole = |text: &str| text.parse::<u32>().map(f64::from).map_err(|_| wrong());
                whole(hours)? * 3600.0 + whole(minutes)? * 60.0 + seconds.parse::<f64>().map_err(|_| wrong())?
            }
            None => text.strip_suffix('s').and_then(|seconds| seconds.parse().ok()).ok_or_else(wrong)?,
        };
        Duration::try_from_secs_f64(seconds).map(Self::Time).map_err(|_| wrong())
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => write!(f, "{:.1} s", time.as_secs_f64()),
            Self::Lap(number) => write!(f, "lap {number}"),
            Self::Best => f.write_str("the best lap"),
        }
    }
}

impl Spot {
    /// Where that begins and ends in a recording: a time does both at once.
    pub(crate) fn find(self, recording: &mut Recording) -> anyhow::Result<(Duration, Duration)> {
        if let Self::Time(time) = self {
            let info = recording.info();
            let length = clock(Some(info.duration()));
            ensure!(time <= info.duration(), "{self} is behind the end of the recording, which is {length} long");
            return Ok((info.start + time, info.start + time));
        }
        let laps = laps(recording, |_| true)?;
        let meant = match self {
            Self::Lap(number) => laps.iter().find(|driven| driven.lap.number == number),
            _ => laps.iter().filter(|driven| driven.lap.counts()).min_by_key(|driven| driven.lap.time_ms),
        };
        let found = meant.with_context(|| self.not_there())?;
        Ok((found.from, found.to))
    }

    /// Said of a lap that is not there.
    pub(crate) fn not_there(self) -> String {
        format!("{self} is not in the recording; `acevo laps --from FILE` shows the laps that are")
    }
}

/// Numbers of laps, as `1,4-6`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LapNumbers(Vec<std::ops::RangeInclusive<u32>>);

impl LapNumbers {
    pub(crate) fn contains(&self, lap: u32) -> bool {
        self.0.iter().any(|range| range.contains(&lap))
    }
}

impl FromStr for LapNumbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected laps as 3, 3-5 or 1,4-6".to_owned();
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<u32>().ok();
            number(first).zip(number(last)).filter(|(first, last)| first <= last).map(|(first, last)| first..=last)
        };
        text.split(',').map(|part| range(part).ok_or_else(wrong)).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for LapNumbers {
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
    fn places_are_laps_or_times() {
        let seconds = |seconds| Ok(Spot::Time(Duration::from_secs_f64(seconds)));
        assert_eq!(
            ("lap12".parse(), "4".parse(), "best".parse()),
            (Ok(Spot::Lap(12)), Ok(Spot::Lap(4)), Ok(Spot::Best))
        );
        assert_eq!(
            ("1:30.5".parse(), "90s".parse(), "1:02:03".parse()),
            (seconds(90.5), seconds(90.0), seconds(3723.0))
        );
        for wrong in ["", "1.5", "lap", "1:", ":1", "-5s", "xs", "NaNs", "infs", "1:2:3:4", "1:-2:3", "99999999999"] {
            assert!(wrong.parse::<Spot>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_of_laps_are_ranges() {
        let laps: LapNumbers = "1,4-6".parse().unwrap();
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7].map(|lap| laps.contains(lap)),
            [false, true, false, false, true, true, true, false]
        );
        assert_eq!(laps.to_string(), "1,4-6");
        for wrong in ["", "x", "3-", "-3", "5-3", "1,,2"] {
            assert!(wrong.parse::<LapNumbers>().is_err(), "{wrong}");
        }
    }
}
