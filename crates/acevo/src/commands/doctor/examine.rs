//! The examination: looks for pages, attaches, and reads for a second.

use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, Error, Finding, Frame, Outcome, PageKind, PageStats, Stats,
};
use acevo_telemetry::{CounterConflict, CounterMonitor, LayoutWarning};

use super::background::add_background;
use super::report::{Report, Section, State};
use crate::format::text::{clean, error_chain, name, track};
use crate::output::name_of;
use crate::session::game_log::newest;
use crate::session::source::PageSource;

/// Duration of the measurement.
const MEASURE: Duration = Duration::from_secs(1);

/// Fewer physics packets per second mean that the game or the reader is slowed down.
const SLOW_PHYSICS: f64 = 300.0;

/// Windows and Wine round sizes up to multiples of a memory page.
const MEMORY_PAGE: usize = 4096;

/// Advice about access rights.
const SAME_USER: &str = if cfg!(windows) {
    "If the game runs as administrator, run this program as administrator, too."
} else {
    "Run this program as the same user as the game, not in a container."
};

/// The result of the measurement.
struct Measured {
    stats: Stats,
    seconds: f64,
    frame: Frame,
    suspicions: Vec<LayoutWarning>,
    conflict: Option<CounterConflict>,
}

impl Measured {
    /// Packets per second.
    fn rate(&self, page: &PageStats) -> f64 {
        page.written() as f64 / self.seconds
    }
}

pub(in crate::commands) fn examine(source: &PageSource) -> Report {
    let mut report = examine_pages(source);
    // Other pages than those of the game are examined without it.
    if source.is_game() {
        report.sections.push(log_of_game());
        add_background(&mut report);
    }
    report
}

fn examine_pages(source: &PageSource) -> Report {
    let mut report = Report { version: env!("CARGO_PKG_VERSION"), ..Report::default() };
    if let Some(findings) = source.survey() {
        report.sections.push(look_around(findings));
    }
    let mut pages = Section::new("Pages");
    let mapper = match source.open() {
        Ok(mapper) => mapper,
        Err(error) => {
            // A game that was not found is listed above already.
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

/// The game's log, which has the names and times of all cars. Telemetry needs none.
fn log_of_game() -> Section {
    let mut section = Section::new("Log of the game");
    match newest() {
        Some(path) => section.add(State::Good, "newest", name_of(&path)),
        None => {
            section.add(State::Missing, "newest", "not found: other cars have no names, unless --game-log names one");
        }
    }
    section
}

fn sizes(mapper: &ACEvoSharedMemoryMapper, section: &mut Section) {
    for page in PageKind::ALL {
        let (size, known) = (mapper.size(page), page.size());
        let (state, remark) = if size < known {
            (State::Warning, format!("{known} expected: an older game, whose missing fields are read as 0"))
        } else if size == known {
            (State::Good, "as expected".into())
        } else if size == known.next_multiple_of(MEMORY_PAGE) {
            (State::Good, format!("as expected: {known}, rounded up by the system"))
        } else {
            (State::Warning, format!("{known} expected: a newer game, or another page"))
        };
        section.add(state, format!("{page} page"), format!("{size} bytes, {remark}; {}", mapper.location(page)));
    }
}

fn measure(mapper: &ACEvoSharedMemoryMapper) -> Result<Measured, Error> {
    let start = Instant::now();
    let (mut packets, mut counters) = (mapper.packets(), CounterMonitor::default());
    while let Some(left) = MEASURE.checked_sub(start.elapsed()) {
        if let Some(packet) = packets.wait(left)? {
            counters.note(&packet);
        }
    }
    let frame = mapper.frame()?;
    let suspicions = acevo_telemetry::check_layout(mapper, &frame);
    Ok(Measured {
        stats: packets.stats().clone(),
        seconds: start.elapsed().as_secs_f64(),
        frame,
        suspicions,
        conflict: counters.conflict(),
    })
}

fn game(frame: &Frame) -> Section {
    let mut section = Section::new("Game");
    let Frame { graphics, static_data, .. } = frame;
    let mut add = |what: &str, text: &str| match clean(text) {
        text if text.is_empty() => section.add(State::Missing, what, "not reported"),
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
        ACEvoStatus::Pause => (State::Warning, "paused: physics does not change"),
        ACEvoStatus::Off => (State::Warning, "in the menu, or starting: no values yet"),
        _ => (State::Warning, "unknown value"),
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
            0.0 => (State::Bad, "no packets".to_owned()),
            rate if rate < slow => (State::Warning, format!("slow: 333 are normal, {} missed", stats.missed)),
            _ => (State::Good, format!("{} missed", stats.missed)),
        };
        section.add(state, format!("{page} packets"), format!("{rate:.0} per second, {remark}"));
    }
    let handed_out = physics.distinct + graphics.distinct;
    match physics.unsettled + graphics.unsettled {
        0 => section.add(State::Good, "settled packets", format!("all of {handed_out}")),
        torn => section.add(State::Warning, "settled packets", format!("{torn} of {handed_out} may be torn")),
    }
    if *overslept > 0 {
        let late = format!("{overslept} sleeps took a millisecond too long, so packets may be missed");
        section.add(State::Warning, "busy machine", late);
    }
    match measured.conflict {
        Some(conflict) => section.add(State::Bad, "packet counters", conflict.to_string()),
        None if handed_out > 0 => section.add(State::Good, "packet counters", "of one game"),
        None => {}
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
    report.flowing = moving && measured.conflict.is_none();
    let (verdict, next): (&str, &[&str]) = match status {
        _ if measured.conflict.is_some() => (
            "Several programs write the pages, so their values mix.",
            &[
                "End all but one: a second bridge, simulator or replay may still run.",
                "If only the game runs, its pages may hold other data: report the output of `acevo doctor --json`.",
            ],
        ),
        _ if moving => ("Telemetry flows.", &[]),
        ACEvoStatus::Pause => {
            ("The game is paused, so no telemetry flows. Nothing is wrong.", &["Continue driving, then try again."])
        }
        ACEvoStatus::Off if measured.stats.graphics.distinct > 0 => (
            "The game is in its menu, so no telemetry flows. Nothing is wrong.",
            &["Enter a session and drive, then try again."],
        ),
        ACEvoStatus::Off => (
            "The pages exist, but nothing is written to them.",
            &[
                "Is the game still starting, or in its menu? Enter a session and drive, then try again.",
                "If it is not running, another program keeps its pages open: close other telemetry programs.",
            ],
        ),
        _ => (
            "The game says it's live but sends nothing. It has probably closed or frozen.",
            &[
                "Close other telemetry programs: they may keep the pages of a game that has ended.",
                "Page files of a killed simulator (acevo_pmf_*) are replaced when the next one starts, or can be deleted.",
                "Restart the game and drive.",
            ],
        ),
    };
    report.verdict = verdict.into();
    report.next.extend(next.iter().map(|step| (*step).to_owned()));
    if !measured.suspicions.is_empty() {
        report.next.push(
            "Rows marked `!` under \"layout\" differ from the known page layout; the game may have changed it. Update this program; \
             if it is up to date, report this with the file of `acevo dump --raw pages.json`."
                .into(),
        );
    }
}

/// Verdict and advice if the pages cannot be read.
fn no_pages(error: &Error, source: &PageSource) -> (String, Vec<String>) {
    let (verdict, next): (&str, &[&str]) = match error {
        Error::GameNotRunning { .. } if !source.is_game() => {
            ("There are no pages of a game.", &["Check --dir or --pid, or leave it out to look for the game."])
        }
        Error::GameNotRunning { .. } => (
            "Assetto Corsa EVO is not running.",
            &["Start the game. Its telemetry is always on.", SAME_USER, "To try it without the game: acevo --demo"],
        ),
        Error::PageNotThere { .. } => (
            "The game is running, but some of its pages do not exist yet.",
            &["Wait until its menu has appeared, or enter a session."],
        ),
        Error::PermissionDenied { .. } => ("The game is running, but this user may not read it.", &[SAME_USER]),
        Error::ForeignPages { .. } => (
            "There are pages of another user, which are not read.",
            &[SAME_USER, "To read the pages of another user: --dir /dev/shm"],
        ),
        Error::UnknownLayout { .. } => (
            "The pages have a size of no known game version.",
            &["Update this program; if it is up to date, report the output of `acevo doctor --json`."],
        ),
        Error::OldGame { .. } => (
            "Only pages of another or an older game were found.",
            &["Update Assetto Corsa EVO to version 0.6 or newer; other titles of the series cannot be read."],
        ),
        Error::Gone { .. } => ("The game ended during the examination.", &["Start it again."]),
        Error::Unsupported => {
            ("The game does not run on this system.", &["Read page files with --dir, or try it with acevo --demo"])
        }
        _ => ("The pages cannot be read.", &["The error of the system is listed above."]),
    };
    (verdict.into(), next.iter().map(|step| (*step).to_owned()).collect())
}
