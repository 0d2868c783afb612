//! `acevo wall`: a page with all rigs of a broker.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;

use crate::cli::WallArgs;
use crate::diagnostics;
use crate::fleet::wall::WallTask;
use crate::output::{complain, say};
use crate::shutdown::Stop;
use crate::web;

/// Time to end after the program was asked to: that of the connection, and some more.
const STUCK_AFTER: Duration = Duration::from_secs(6);

pub(crate) fn run(args: &WallArgs) -> anyhow::Result<ExitCode> {
    if args.verbose {
        diagnostics::start();
    }
    let plan = args.plan()?;
    let is_quiet = args.quiet;
    let stop = Stop::on_signal()?;
    stop.exit_if_stuck_for(STUCK_AFTER, || {
        complain(&anyhow!("acevo was asked to end but did not in time: a file or the connection to the broker hangs"));
    });
    let site = web::Site::open(args.server())?;
    let task = WallTask::start(plan, move |text| {
        if !is_quiet {
            say(format_args!("acevo: {text}"));
        }
    })?;
    let served = site.run_wall(&task, &stop);
    task.finish();
    served.map(|()| ExitCode::SUCCESS)
}
