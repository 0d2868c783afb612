//! The examination: look around, attach, read for a second.

use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error, Finding, Outcome, Page, PageKind};

use super::report::{Report, Section, State};
use crate::args::Place;
use crate::packets::PacketCounter;
use crate::telemetry::{Capture, POLL_EVERY};
use crate::text::clean;

/// How long packets are counted.
const MEASURE: Duration = Duration::from_secs(1);

/// Below this many packets of physics per second something slows the game, or the reading, down.
const SLOW_PHYSICS: f64 = 300.0;

/// Windows and Wine round sizes up to whole memory pages.
const MEMORY_PAGE: usize = 4096;

/// Whose telemetry can be read.
const SAME_USER: &str = if cfg!(windows) {
    "If the game runs as administrator, run this program as administrator, too."
} else {
    "Run this program as the same user as the game, not inside of a container."
};

/// What a second of reading has shown.
struct Measured {
    physics: PacketCounter,
    graphics: PacketCounter,
    physics_rate: f64,
    graphics_rate: f64,
    captures: u64,
    capture: Capture,
}

pub(super) fn examine(place: &Place) -> Report {
    let mut report = Report { version: env!("CARGO_PKG_VERSION"), ..Report::default() };
    if let Some(findings) = place.survey() {
        report.sections.push(look_around(findings));
    }
    let mut pages = Section::new("Pages");
    let mapper = match place.open() {
        Ok(mapper) => mapper,
        Err(error) => {
            // What was looked for in vain stands above already.
            if !matches!(error, Error::GameNotRunning { .. }) || !place.is_default() {
                pages.add(State::Bad, "attaching", with_causes(&error));
                report.sections.push(pages);
            }
            (report.verdict, report.next) = no_pages(&error, place);
            return report;
        }
    };
    sizes(&mapper, &mut pages);
    report.sections.push(pages);
    let measured = match measure(&mapper) {
        Ok(measured) => measured,
        Err(error) => {
            let mut reading = Section::new("Telemetry");
            reading.add(State::Bad, "reading", with_causes(&error));
            report.sections.push(reading);
            (report.verdict, report.next) = no_pages(&error, place);
            return report;
        }
    };
    report.sections.push(game(&measured.capture));
    let (telemetry, implausible) = telemetry(&mapper, &measured);
    report.sections.push(telemetry);
    conclude(&mut report, &measured, implausible);
    report
}

fn look_around(findings: Vec<Finding>) -> Section {
    let mut section = Section::new("Looked for");
    for finding in findings {
        let state = match &finding.outcome {
            Outcome::Found(_) => State::Good,
            Outcome::Unusable(_) => State::Bad,
            _ => State::Missing,
        };
        let result = match &finding.outcome {
            Outcome::Unusable(error) => with_causes(error),
            outcome => outcome.to_string(),
        };
        section.add(state, finding.looked_for, result);
    }
    section
}

fn sizes(mapper: &ACEvoSharedMemoryMapper, section: &mut Section) {
    for page in PageKind::ALL {
        let (size, known) = (mapper.size(page), page.size());
        let (state, remark) = if size < known {
            (State::Warning, format!("{known} known: an older game, its newest fields read as 0"))
        } else if size == known {
            (State::Good, "as known".into())
        } else if size == known.next_multiple_of(MEMORY_PAGE) {
            (State::Good, format!("as known: {known}, rounded up by the system"))
        } else {
            (State::Warning, format!("{known} known: a newer game, or not its page"))
        };
        section.add(state, format!("{page} page"), format!("{size} bytes, {remark}; {}", mapper.place(page)));
    }
}

fn measure(mapper: &ACEvoSharedMemoryMapper) -> Result<Measured, Error> {
    let start = Instant::now();
    let (mut physics, mut graphics) = (PacketCounter::default(), PacketCounter::default());
    let mut captures = 0;
    while start.elapsed() < MEASURE {
        let now = Instant::now();
        let new = physics.note(mapper.packet_id(PageKind::Physics)?, now);
        let new_frame = graphics.note(mapper.packet_id(PageKind::Graphics)?, now);
        if new {
            mapper.try_physics()?;
            captures += 1;
        }
        if new_frame {
            mapper.try_graphics()?;
            captures += 1;
        }
        sleep(POLL_EVERY);
    }
    let now = Instant::now();
    Ok(Measured {
        physics_rate: physics.rate(now).unwrap_or_default(),
        graphics_rate: graphics.rate(now).unwrap_or_default(),
        physics,
        graphics,
        captures,
        capture: Capture::of(mapper)?,
    })
}

fn game(capture: &Capture) -> Section {
    let mut section = Section::new("Game");
    let Capture { graphics, static_data, .. } = capture;
    let mut add = |what: &str, text: &str| match clean(text) {
        text if text.is_empty() => section.add(State::Missing, what, "not told"),
        text => section.add(State::Good, what, text),
    };
    add("game version", static_data.ac_evo_version());
    add("shared memory version", static_data.sm_version());
    add("track", &format!("{} {}", static_data.track(), static_data.track_configuration()));
    match (static_data.session_name(), graphics.session_phase()) {
        (name, phase) if name == phase => add("session", name),
        (name, phase) => add("session", &format!("{name} {phase}")),
    }
    add("car", graphics.car_model());
    let (state, explanation) = match graphics.status() {
        ACEvoStatus::Live => (State::Good, "driving, or watching a live session"),
        ACEvoStatus::Replay => (State::Good, "a replay is shown"),
        ACEvoStatus::Pause => (State::Warning, "paused: physics stands still"),
        ACEvoStatus::Off => (State::Warning, "in the menu, or starting: nothing to tell yet"),
        _ => (State::Warning, "a value that this program does not know"),
    };
    section.add(state, "status", format!("{}: {explanation}", graphics.status()));
    section
}

fn telemetry(mapper: &ACEvoSharedMemoryMapper, measured: &Measured) -> (Section, usize) {
    let mut section = Section::new("Telemetry");
    let rates = [
        ("physics", measured.physics_rate, &measured.physics, SLOW_PHYSICS),
        ("graphics", measured.graphics_rate, &measured.graphics, 0.0),
    ];
    for (page, rate, counter, slow) in rates {
        let (state, remark) = match rate {
            0.0 => (State::Bad, "nothing moves".to_owned()),
            rate if rate < slow => (State::Warning, format!("slow: about 333 are usual, {} missed", counter.missed())),
            _ => (State::Good, format!("{} missed", counter.missed())),
        };
        section.add(state, format!("{page} packets"), format!("{rate:.0} per second, {remark}"));
    }
    match mapper.unsettled() {
        0 => section.add(State::Good, "whole packets", format!("all of {}", measured.captures)),
        torn => section.add(State::Warning, "whole packets", format!("{torn} of {} may be torn", measured.captures)),
    }
    let Capture { physics, graphics, static_data } = &measured.capture;
    let implausible: Vec<_> = (physics.raw().implausible().map(|off| format!("physics.{off}")))
        .chain(graphics.raw().implausible().map(|off| format!("graphics.{off}")))
        .chain(static_data.raw().implausible().map(|off| format!("static.{off}")))
        .collect();
    if implausible.is_empty() {
        section.add(State::Good, "values", "all plausible");
    }
    for off in &implausible {
        section.add(State::Warning, "value", off.as_str());
    }
    (section, implausible.len())
}

fn conclude(report: &mut Report, measured: &Measured, implausible: usize) {
    let moving = measured.physics_rate > 0.0;
    let status = measured.capture.graphics.status();
    report.flowing = moving;
    let (verdict, next): (&str, &[&str]) = match status {
        _ if moving => ("Telemetry flows.", &[]),
        ACEvoStatus::Pause => {
            ("The game is paused, so no telemetry flows. Nothing is wrong.", &["Go on driving, then try again."])
        }
        ACEvoStatus::Off if measured.graphics_rate > 0.0 => (
            "The game is in its menu, so no telemetry flows. Nothing is wrong.",
            &["Enter a session and drive, then try again."],
        ),
        ACEvoStatus::Off => (
            "The pages are there, but nothing is written to them.",
            &[
                "Is the game still starting, or in its menu? Enter a session and drive, then try again.",
                "If it does not run at all, another program holds its pages: close other telemetry programs.",
            ],
        ),
        _ => (
            "The pages say that the game is live, but nothing moves: the game has probably ended.",
            &[
                "Close other telemetry programs: one that keeps the pages of a game that has ended keeps them alive.",
                "Page files that a killed simulator has left go when the next one starts, or by hand: acevo_pmf_*.",
                "Start the game anew and drive.",
            ],
        ),
    };
    report.verdict = verdict.into();
    report.next.extend(next.iter().map(|step| (*step).to_owned()));
    if implausible > 0 {
        report.next.push(
            "Values marked with ! are outside of what any car can do: the game may have a layout that this program does \
             not know. Report it with the output of `acevo dump --json`."
                .into(),
        );
    }
}

/// Verdict and advice where the pages cannot be had.
fn no_pages(error: &Error, place: &Place) -> (String, Vec<String>) {
    let (verdict, next): (&str, &[&str]) = match error {
        Error::GameNotRunning { .. } if !place.is_default() => {
            ("There are no pages of a game there.", &["Check the place, or leave it out to look for the game itself."])
        }
        Error::GameNotRunning { .. } => (
            "Assetto Corsa EVO is not running.",
            &[
                "Start the game. Nothing has to be switched on in it.",
                SAME_USER,
                "To see how it looks without the game: acevo --demo",
            ],
        ),
        Error::PageNotThere { .. } => (
            "The game is there, but not all of its pages are.",
            &["Wait until its menu has appeared, or enter a session."],
        ),
        Error::PermissionDenied { .. } => ("The game is there, but this user may not read it.", &[SAME_USER]),
        Error::UnknownLayout { .. } => (
            "The pages have a size that no known version of the game has.",
            &["Update this program; if it is the newest, report the output of `acevo doctor --json`."],
        ),
        Error::OldGame { .. } => (
            "Only the pages of another or an older game are there.",
            &["Update Assetto Corsa EVO to version 0.6 or newer; other titles of the series cannot be read."],
        ),
        Error::Gone { .. } => ("The game ended during the examination.", &["Start it again."]),
        Error::Unsupported => (
            "The game does not run on this system.",
            &["Read page files with --dir, or see how it looks: acevo --demo"],
        ),
        _ => ("The pages cannot be read.", &["See above for what the system says."]),
    };
    (verdict.into(), next.iter().map(|step| (*step).to_owned()).collect())
}

fn with_causes(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error} ({cause})"),
        None => error.to_string(),
    }
}
