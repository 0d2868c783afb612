//! The running `acevo run`, which shows a simulated car instead of the game if it was started with `--demo`.

use super::report::{Report, Section, State};
use crate::commands::background::RunStatus;
use crate::instance;

/// Adds what the running program reads, if there is one.
pub(super) fn add_background(report: &mut Report) {
    let Ok(Some(info)) = instance::running() else { return };
    let mut section = Section::new("Background program");
    section.add(State::Good, "acevo run", format!("process {}, version {}", info.pid, info.version));
    match RunStatus::of(&info) {
        Ok(status) if status.is_demo() => {
            section.add(State::Warning, "game", status.game());
            report.next.push(
                "`acevo run --demo` is running, and its page shows a simulated car: end it with `acevo quit`, and start `acevo run`."
                    .into(),
            );
        }
        Ok(status) => section.add(State::Good, "game", status.game()),
        Err(error) => section.add(State::Warning, "server", format!("{error:#}")),
    }
    report.sections.push(section);
}
