//! Events as text: one line each.

use std::fmt;
use std::time::Duration;

use acevo_shared_memory::ACEvoFlagType;

use super::{DamageStep, Service, SessionEventKind, TyreState, Wheel};
use crate::analysis::laps::{Lap, LapKind, Validity};
use crate::format::{format_lap_time, format_sector_time};
use crate::text::is_unsafe_to_print;

/// Maximum length of a name of the game, in characters; the rest is cut off.
const MAX_NAME_CHARS: usize = 40;

impl fmt::Display for SessionEventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("new session"),
            Self::Stint { stint } => write!(f, "stint {stint}"),
            Self::LapBegun => f.write_str("lap started"),
            Self::Sector { sector, sector_ms, is_best, .. } => {
                let best = if *is_best { ", the best" } else { "" };
                write!(f, "sector {sector}: {}{best}", format_sector_time(milliseconds(*sector_ms)))
            }
            Self::Invalidated { reason } => write!(f, "the lap does not count: {reason}"),
            Self::Lap(lap) => write_lap(f, lap),
            Self::SessionBest { time_ms, before_ms } => write_best(f, "session", *time_ms, *before_ms),
            Self::PersonalBest { time_ms, before_ms } => write_best(f, "personal", *time_ms, *before_ms),
            Self::Phase { name, .. } => write!(f, "phase: {}", Name(&name.replace('_', " "))),
            Self::Flag { flag: ACEvoFlagType::NoFlag, before, for_all } => {
                write!(f, "{} cleared{}", flag_name(*before), for_all_drivers(*for_all))
            }
            Self::Flag { flag, for_all, .. } => write!(f, "{}{}", flag_name(*flag), for_all_drivers(*for_all)),
            Self::StartLights => f.write_str("start lights"),
            Self::Green => f.write_str("the start lights are out"),
            Self::PitLaneEntered => f.write_str("entered the pit lane"),
            Self::PitLaneLeft { seconds } => write!(f, "left the pit lane{}", After(*seconds)),
            Self::BoxEntered => f.write_str("in the box"),
            Self::ReturnedToBox => f.write_str("returned to the box by the menu"),
            Self::BoxLeft { seconds } => write!(f, "left the box{}", After(*seconds)),
            Self::ServiceBegun { items } => write!(f, "pit crew started: {}", Services(items)),
            Self::ServiceDone { items, seconds } => {
                write!(f, "pit crew finished: {}{}", Services(items), After(*seconds))
            }
            Self::ServiceDropped { items } => write!(f, "pit crew skipped: {}", Services(items)),
            Self::PitLimiter { is_on } => write!(f, "pit limiter {}", if *is_on { "on" } else { "off" }),
            Self::RevLimiter { rpm } => write!(f, "rev limiter at {rpm} rpm"),
            Self::WrongWay => f.write_str("wrong way"),
            Self::RightWay { seconds } => write!(f, "facing the right way again{}", After(*seconds)),
            Self::OffTrack => f.write_str("off the track with four wheels"),
            Self::BackOnTrack { seconds } => write!(f, "back on the track{}", After(*seconds)),
            Self::LowFuel { is_critical, laps, litres, charge } => {
                let level = if *is_critical { "critical" } else { "low" };
                match (laps, litres, charge) {
                    (Some(laps), Some(litres), _) => write!(f, "{level} fuel: {litres:.1} l, {laps:.1} laps"),
                    (Some(laps), ..) => write!(f, "{level} fuel: {laps:.1} laps"),
                    (None, Some(litres), _) => write!(f, "{level} fuel: {litres:.1} l"),
                    (None, None, Some(charge)) => write!(f, "{level} charge: {:.0} %", charge * 100.0),
                    (None, None, None) => write!(f, "{level} fuel"),
                }
            }
            Self::Damage { parts } => write!(f, "damage: {}", Steps(parts)),
            Self::Repaired { parts } => write!(f, "repaired: {}", Steps(parts)),
            Self::Tyres { state, wheels } => match wheels.as_slice() {
                wheels if wheels.len() == Wheel::ALL.len() => write!(f, "all tyres are {state}"),
                [wheel] if *state == TyreState::Ideal => write!(f, "tyre in its window: {wheel}"),
                [wheel] => write!(f, "tyre {state}: {wheel}"),
                wheels => write!(f, "tyres {state}: {}", List(wheels)),
            },
            Self::Overheating { fluid, celsius } => write!(f, "{fluid} too hot: {celsius:.0} °C"),
            Self::Cooled { fluid, celsius, .. } => write!(f, "{fluid} has cooled: {celsius:.0} °C"),
        }
    }
}

fn milliseconds(ms: Option<u32>) -> Option<Duration> {
    ms.map(|ms| Duration::from_millis(ms.into()))
}

fn write_lap(f: &mut fmt::Formatter<'_>, lap: &Lap) -> fmt::Result {
    let kind = match lap.kind {
        LapKind::Flying => "",
        LapKind::Out => "out ",
        LapKind::In => "in ",
        LapKind::Pit => "pit ",
    };
    write!(f, "{kind}lap {}: ", lap.number)?;
    match lap.time_ms {
        Some(_) => write!(f, "{}", format_lap_time(milliseconds(lap.time_ms)))?,
        None => f.write_str("no time")?,
    }
    if lap.sectors_ms.iter().any(Option::is_some) {
        let sectors: Vec<_> = lap.sectors_ms.iter().map(|ms| format_sector_time(milliseconds(*ms))).collect();
        write!(f, " ({})", sectors.join(" "))?;
    }
    if let Validity::Invalid { reason, .. } = lap.validity {
        write!(f, ", does not count: {reason}")?;
    }
    if let Some(incomplete) = lap.incomplete {
        write!(f, ", incomplete: {incomplete}")?;
    }
    Ok(())
}

fn write_best(f: &mut fmt::Formatter<'_>, of: &str, time_ms: u32, before_ms: Option<u32>) -> fmt::Result {
    write!(f, "{of} best: {}", format_lap_time(milliseconds(Some(time_ms))))?;
    match before_ms {
        Some(before) => write!(f, " ({:+.3})", (f64::from(time_ms) - f64::from(before)) / 1000.0),
        None => Ok(()),
    }
}

fn for_all_drivers(for_all: bool) -> &'static str {
    if for_all { " for all drivers" } else { "" }
}

fn flag_name(flag: ACEvoFlagType) -> String {
    match flag {
        ACEvoFlagType::NoFlag => "no flag".into(),
        ACEvoFlagType::WhiteFlag => "white flag".into(),
        ACEvoFlagType::GreenFlag => "green flag".into(),
        ACEvoFlagType::RedFlag => "red flag".into(),
        ACEvoFlagType::BlueFlag => "blue flag".into(),
        ACEvoFlagType::YellowFlag => "yellow flag".into(),
        ACEvoFlagType::BlackFlag => "black flag".into(),
        ACEvoFlagType::BlackWhiteFlag => "black and white flag".into(),
        ACEvoFlagType::CheckeredFlag => "chequered flag".into(),
        ACEvoFlagType::OrangeCircleFlag => "black flag with orange circle".into(),
        ACEvoFlagType::RedYellowStripesFlag => "red and yellow stripes".into(),
        ACEvoFlagType::Unknown(value) => format!("unknown flag {value}"),
    }
}

/// ` after 3.2 s`, or nothing if the time is unknown.
struct After(Option<f64>);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |seconds| write!(f, " after {seconds:.1} s"))
    }
}

/// A text of the game on one line.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.0.chars().filter(|letter| !is_unsafe_to_print(*letter)).take(MAX_NAME_CHARS);
        letters.into_iter().try_for_each(|letter| write!(f, "{letter}"))
    }
}

/// A list separated by commas.
struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Services, with four tyres as `all tyres`.
struct Services<'a>(&'a [Service]);

impl fmt::Display for Services<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_tyre = |item: &&Service| !matches!(item, Service::Repair | Service::Fuel);
        if self.0.iter().filter(is_tyre).count() < Wheel::ALL.len() {
            return List(self.0).fmt(f);
        }
        let others = self.0.iter().filter(|item| !is_tyre(item)).map(|item| item.name());
        List(&others.chain(["all tyres"]).collect::<Vec<_>>()).fmt(f)
    }
}

/// Damage, in the game's own scale.
struct Steps<'a>(&'a [DamageStep]);

impl fmt::Display for Steps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.0.iter().map(|DamageStep { part, before, now }| format!("{part} {before:.2} to {now:.2}"));
        List(&steps.collect::<Vec<_>>()).fmt(f)
    }
}
