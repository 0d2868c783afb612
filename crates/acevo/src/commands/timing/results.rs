//! Results of a log or a recording, read at once.

use std::ops::ControlFlow;
use std::path::Path;

use acevo_gamelog::read_log;
use acevo_telemetry::field::{Field, Standings};
use anyhow::Context as _;

use crate::cli::TimingArgs;
use crate::commands::all_cars;
use crate::output::name_of;
use crate::shutdown::Stop;

/// The results of all sessions of a log.
pub(super) fn of_log(path: &Path) -> anyhow::Result<Vec<Standings>> {
    let cannot = || format!("cannot read {}", name_of(path));
    let file = acevo_files::open_file(path).with_context(cannot)?;
    let mut field = Field::of_log();
    read_log(file, |event| {
        field.note_log(&event);
        ControlFlow::Continue(())
    })
    .with_context(cannot)?;
    Ok(field.results())
}

/// The results of all sessions of a recording.
pub(super) fn of_recording(path: &Path, args: &TimingArgs, stop: &Stop) -> anyhow::Result<Vec<Standings>> {
    Ok(all_cars::field(path, &args.analysis().settings, stop)?.results())
}
