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
    let (mut live, _running) = args.follow.source().follow()?;
    if args.follow.json {
        follow(
            &mut live,
            &stop,
            args.follow.quiet,
            &mut json::Objects::new(Schedule::new(args.every, args.follow.count)),
        )?;
    } else if args.lines || args.every.is_some() || args.follow.count.is_some() || !output::has_screen() {
        follow(
            &mut live,
            &stop,
            args.follow.quiet,
            &mut lines::Lines::new(Schedule::new(Some(args.every.unwrap_or(LINE_INTERVAL)), args.follow.count)),
        )?;
    } else {
        tui::run(LiveSession::new(live, &args.follow.analysis()), &stop)?;
    }
    Ok(ExitCode::SUCCESS)
}
