//! `acevo watch`: the full-screen view, lines, or JSON.

mod json;
mod lines;
mod schedule;

use std::process::ExitCode;
use std::time::Duration;

use self::schedule::Schedule;
use super::follow_loop::follow;
use crate::cli::WatchArgs;
use crate::output;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;
use crate::tui;

/// Interval of lines without `--every`.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &WatchArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (mut live, _running) = args.source().follow()?;
    if args.json {
        follow(&mut live, &stop, args.quiet, &mut json::Objects::new(Schedule::new(args.every, args.count)))?;
    } else if args.lines || args.every.is_some() || args.count.is_some() || !output::has_screen() {
        follow(
            &mut live,
            &stop,
            args.quiet,
            &mut lines::Lines::new(Schedule::new(Some(args.every.unwrap_or(LINE_INTERVAL)), args.count)),
        )?;
    } else {
        tui::run(LiveSession::new(live, &args.analysis()), &stop)?;
    }
    Ok(ExitCode::SUCCESS)
}
