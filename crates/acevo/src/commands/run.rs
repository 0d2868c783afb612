//! `acevo run`: the background program. One reader of the game; recording and the web server are tasks beside it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;

use crate::cli::RunArgs;
use crate::diagnostics;
use crate::instance::{Claim, Instance, InstanceInfo};
use crate::output::{complain, say};
use crate::recording::task::RecordingFeed;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;
use crate::web::{self, Site};

/// Time to complete recordings on a slow disk after the program was asked to end.
const STUCK_AFTER: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    diagnostics::start_with_log(args.log(), args.verbose);
    let stop = Stop::on_signal()?;
    stop.exit_if_stuck_for(STUCK_AFTER, || {
        complain(&anyhow!("acevo was asked to end but did not in time: reading the pages or writing a file hangs"));
        diagnostics::finish();
    });
    let instance = match Instance::claim()? {
        Claim::Granted(instance) => instance,
        Claim::Taken(other) => return Ok(report_other(other.as_ref(), args.opens_browser())),
    };
    let site = Site::open(args.server())?;
    let (recording, handle) = RecordingFeed::start(args.recording())?;
    instance.publish(&InstanceInfo {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").into(),
        port: site.port(),
    })?;
    let (live, _demo) = args.source().connect();
    let waits = live.waits();
    site.with_recording(recording, handle).run(LiveSession::new(live, &args.analysis()), &stop)?;
    waits.log();
    Ok(ExitCode::SUCCESS)
}

/// Says that another program runs, and opens its page if that was asked for.
fn report_other(other: Option<&InstanceInfo>, opens_browser: bool) -> ExitCode {
    let Some(other) = other else {
        say(format_args!("acevo: another `acevo run` of yours is starting or ending; try again in a moment"));
        return ExitCode::FAILURE;
    };
    say(format_args!("acevo: `acevo run` is already running (process {}): {}", other.pid, other.address()));
    if opens_browser {
        web::open_page(&other.address());
        return ExitCode::SUCCESS;
    }
    say(format_args!("acevo: --open opens its page; `acevo status` shows what it does"));
    ExitCode::FAILURE
}
