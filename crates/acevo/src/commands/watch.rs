//! `acevo watch`: the full-screen view, lines, or JSON.

mod json;
mod lines;
mod schedule;

use std::process::ExitCode;
use std::time::Duration;

use self::schedule::Schedule;
use super::follow_loop::follow;
use crate::cli::WatchArgs;
use crate::session::connection::LiveConnection;
use crate::session::live_session::LiveSession;
use crate::session::source::PageSource;
use crate::shutdown::Stop;
use crate::web::mirror::MirroredSession;
use crate::{diagnostics, instance, output, tui};

/// Interval of lines without `--every`.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &WatchArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let shows_screen =
        !args.follow.json && !args.lines && args.every.is_none() && args.follow.count.is_none() && output::has_screen();
    if shows_screen && let Some(mirrored) = mirrored(args) {
        tui::run(mirrored, None, args.follow.units(), &stop)?;
        return Ok(ExitCode::SUCCESS);
    }
    let source = args.follow.source();
    let (mut live, running) = if shows_screen { source.follow_with_control()? } else { source.follow()? };
    let waits = live.waits();
    if !shows_screen {
        stop.exit_if_stuck(|| {});
        if args.follow.verbose {
            diagnostics::start();
        }
    }
    if args.follow.json {
        follow(
            &mut live,
            &stop,
            args.follow.quiet,
            &mut json::Objects::new(Schedule::new(args.every, args.follow.count)),
        )?;
    } else if !shows_screen {
        follow(
            &mut live,
            &stop,
            args.follow.quiet,
            &mut lines::Lines::new(Schedule::new(Some(args.every.unwrap_or(LINE_INTERVAL)), args.follow.count)),
        )?;
    } else {
        tui::run(LiveSession::new(live, &args.analysis()), running.playback(), args.follow.units(), &stop)?;
        // Diagnostics would spoil the screen.
        if args.follow.verbose {
            diagnostics::start();
        }
    }
    waits.log();
    running.check()?;
    Ok(ExitCode::SUCCESS)
}

/// The session of the background program, if it runs, has the same version and answers.
fn mirrored(args: &WatchArgs) -> Option<MirroredSession<impl FnOnce() -> LiveSession + Send>> {
    let info = if args.can_mirror() { instance::running().ok()?? } else { return None };
    let port = info.port.filter(|_| info.version == env!("CARGO_PKG_VERSION"))?;
    let options = args.analysis();
    // The game is followed without the background program if that does not answer, or ends.
    let follow = move || LiveSession::new(LiveConnection::new(PageSource::Game.opener()), &options);
    MirroredSession::connect(port, follow).ok()
}
