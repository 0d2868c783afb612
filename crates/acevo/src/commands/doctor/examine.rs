//! The examination: look around, attach, read for a second.

use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, Error, Finding, Frame, Outcome, PageKind, PageStats, Stats,
};
use acevo_telemetry::LayoutWarning;

use super::report::{Report, Section, State};
use crate::format::text::{clean, error_chain, name, track};
use crate::session::source::PageSource;

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
    stats: Stats,
    seconds: f64,
    frame: Frame,
    suspicions: Vec<LayoutWarning>,
}

impl Measured {
    /// Packets per second; what stands still has none.
    fn rate(&self, page: &PageStats) -> f64 {
        page.written() as f64 / self.seconds
    }
}

pub(super) fn examine(source: &PageSource) -> Report {
    let mut report = Report { version: env!("CARGO_PKG_VERSION"), ..Report::default() };
    if let Some(findings) = source.survey() {
        report.sections.push(look_around(findings));
    }
    let mut pages = Section::new("Pages");
    let mapper = match source.open() {
        Ok(mapper) => mapper,
        Err(error) => {
            // What was looked for in vain stands above already.
            if !matches!(error, Error::GameNotRunning { .. }) || !source.is_game() {
                pages.add(State::Bad, "attaching", error_chain(&error));
                report.sections.push(pages);
            }
            (report.verdict, report.next) = no_pages(&error, source);
            return report;
        }
    };
    sizes(&mapper, &mut pages);
    report.sections.push(pages);
    let measured = match measure(&mapper) {
        Ok(measured) => measured,
        Err(error) => {
            let mut reading = Section::new("Telemetry");
            reading.add(State::Bad, "reading", error_chain(&error));
            report.sections.push(reading);
            (report.verdict, report.next) = no_pages(&error, source);
            return report;
        }
    };
    report.sections.push(game(&measured.frame));
    report.sections.push(telemetry(&measured));
    conclude(&mut report, &measured);
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
            Outcome::Unusable(error) => error_chain(error),
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
        section.add(state, format!("{page} page"), format!("{size} bytes, {remark}; {}", mapper.location(page)));
    }
}

fn measure(mapper: &ACEvoSharedMemoryMapper) -> Result<Measured, Error> {
    let start = Instant::now();
    let mut packets = mapper.packets();
    while let Some(left) = MEASURE.checked_sub(start.elapsed()) {
        packets.wait(left)?;
    }
    let frame = mapper.frame()?;
    let suspicions = acevo_telemetry::check_layout(mapper, &frame);
    Ok(Measured { stats: packets.stats().clone(), seconds: start.elapsed().as_secs_f64(), frame, suspicions })
}

fn game(frame: &Frame) -> Section {
    let mut section = Section::new("Game");
    let Frame { graphics, static_data, .. } = frame;
    let mut add = |what: &str, text: &str| match clean(text) {
        text if text.is_empty() => section.add(State::Missing, what, "not told"),
        text => section.add(State::Good, what, text),
    };
    add("game version", static_data.ac_evo_version());
    add("shared memory version", static_data.sm_version());
    add("track", &track(frame));
    match (static_data.session_name(), graphics.session_phase()) {
        (name, phase) if name == phase => add("session", name),
        (name, phase) => add("session", &format!("{name} {phase}")),
    }
    add("car", &name(graphics.car_model()));
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

fn telemetry(measured: &Measured) -> Section {
    let mut section = Section::new("Telemetry");
    let Stats { physics, graphics, overslept, .. } = &measured.stats;
    for (page, stats, slow) in [("physics", physics, SLOW_PHYSICS), ("graphics", graphics, 0.0)] {
        let rate = measured.rate(stats);
        let (state, remark) = match rate {
            0.0 => (State::Bad, "nothing moves".to_owned()),
            rate if rate < slow => (State::Warning, format!("slow: about 333 are usual, {} missed", stats.missed)),
            _ => (State::Good, format!("{} missed", stats.missed)),
        };
        section.add(state, format!("{page} packets"), format!("{rate:.0} per second, {remark}"));
    }
    let handed_out = physics.distinct + graphics.distinct;
    match physics.unsettled + graphics.unsettled {
        0 => section.add(State::Good, "whole packets", format!("all of {handed_out}")),
        torn => section.add(State::Warning, "whole packets", format!("{torn} of {handed_out} may be torn")),
    }
    if *overslept > 0 {
        let late = format!("{overslept} sleeps took a millisecond too long: packets may be missed for that");
        section.add(State::Warning, "busy machine", late);
    }
    if measured.suspicions.is_empty() {
        section.add(State::Good, "layout", "sizes, texts and values are plausible");
    }
    for suspicion in &measured.suspicions {
        section.add(State::Warning, "layout", suspicion.to_string());
    }
    section
}

fn conclude(report: &mut Report, measured: &Measured) {
    let moving = measured.stats.physics.distinct > 0;
    let status = measured.frame.graphics.status();
    report.flowing = moving;
    let (verdict, next): (&str, &[&str]) = match status {
        _ if moving => ("Telemetry flows.", &[]),
        ACEvoStatus::Pause => {
            ("The game is paused, so no telemetry flows. Nothing is wrong.", &["Go on driving, then try again."])
        }
        ACEvoStatus::Off if measured.stats.graphics.distinct > 0 => (
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
    if !measured.suspicions.is_empty() {
        report.next.push(
            "What is marked with ! at \"layout\" is not as this program knows the pages: the game may lay them out anew. Update \
             this program; if it is the newest, report it with the file of `acevo dump --raw pages.json`."
                .into(),
        );
    }
}

/// Verdict and advice where the pages cannot be had.
fn no_pages(error: &Error, source: &PageSource) -> (String, Vec<String>) {
    let (verdict, next): (&str, &[&str]) = match error {
        Error::GameNotRunning { .. } if !source.is_game() => {
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
