//! What the commands about the session library have in common: the scan before they print.

use std::time::{Duration, Instant};

use acevo_library::{Library, ScanOptions};
use anyhow::{Context as _, bail};

use super::progress::Progress;
use crate::cli::LibraryPlan;
use crate::format::text::number;
use crate::library;
use crate::output::{complain_about, name_of, say};
use crate::shutdown::Stop;

/// Time after which a scan shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens the library, and reads what is new in the folders and recordings of a plan.
///
/// # Errors
/// If a folder or recording does not exist, the database fails, or a stop was requested.
pub(super) fn scanned(plan: &LibraryPlan) -> anyhow::Result<Library> {
    let stop = Stop::on_signal()?;
    let library = library::open(plan.settings.clone(), |problem| say(format_args!("acevo: warning: {problem}")))?;
    let mut folders = Vec::new();
    for path in &plan.paths {
        let metadata = path.metadata().with_context(|| format!("cannot read {}", name_of(path)))?;
        if metadata.is_dir() {
            folders.push(path.clone());
        } else {
            library.index_file(path)?;
        }
    }
    let mut line = Progress::new(false, "Ctrl-C quits");
    let begun = Instant::now();
    let report = library.scan(&folders, &ScanOptions::default(), &mut |progress| {
        if begun.elapsed() > PATIENCE && line.is_due() {
            let share = 100.0 * progress.done as f64 / progress.total.max(1) as f64;
            let name = progress.file.file_name().unwrap_or_default().as_ref();
            line.show(format!("reading recordings: {} % · {}", number(share, 0), name_of(name)));
        }
        !stop.is_requested()
    })?;
    line.end();
    if report.stopped {
        bail!("stopped; recordings that were read are kept, and the next command continues from there");
    }
    for problem in &report.problems {
        complain_about(format_args!("a folder is left out"), problem);
    }
    Ok(library)
}

/// Prints the recordings among the paths of a plan that cannot be read.
pub(super) fn report_unreadable(library: &Library, plan: &LibraryPlan) -> anyhow::Result<()> {
    for file in library.unreadable()? {
        let is_wanted =
            |place: &std::path::PathBuf| std::path::absolute(place).is_ok_and(|place| file.path.starts_with(place));
        if plan.paths.iter().any(is_wanted) {
            say(format_args!("acevo: warning: {}: {}", name_of(&file.path), file.reason));
        }
    }
    Ok(())
}

/// Fails if a plan has no folder.
pub(super) fn check_paths(plan: &LibraryPlan) -> anyhow::Result<()> {
    if plan.paths.is_empty() {
        bail!("there is no home directory with recordings: name a folder");
    }
    Ok(())
}
