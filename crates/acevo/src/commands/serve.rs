//! `acevo serve`: the web server with the page, the overlays and the API.

use std::process::ExitCode;

use anyhow::anyhow;

use crate::cli::ServeArgs;
use crate::diagnostics;
use crate::library::{LibraryTask, Watched};
use crate::output::complain;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;
use crate::web;

pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    diagnostics::start_with_log(args.log(), args.verbose);
    let stop = Stop::on_signal()?;
    // Opening a source or closing it may hang, for example in a file system of the network.
    stop.exit_if_stuck(|| {
        complain(&anyhow!("acevo was asked to end but did not in time: reading the pages or a file hangs"));
        diagnostics::finish();
    });
    // Errors of the server are reported before a recording or a simulation starts.
    let site = web::Site::open(args.server())?;
    let (live, running) = args.source().follow_with_control()?;
    let waits = live.waits();
    let site = site.with_playback(running.playback().cloned());
    let folders: Vec<_> = args.recordings().into_iter().collect();
    let watched = move || Watched { folders: folders.clone(), ..Watched::default() };
    let library = LibraryTask::start(args.library_settings(), stop.clone(), watched);
    site.run(LiveSession::new(live, &args.analysis()), library, &stop)?;
    waits.log();
    running.check()?;
    Ok(ExitCode::SUCCESS)
}
