//! `acevo serve`: the page, the overlays, and what they are made of.

use std::process::ExitCode;

use crate::cli::Serve;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;
use crate::web;

pub(crate) fn run(args: &Serve) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    // A mistake is told before anything runs.
    let site = web::Site::open(args)?;
    let (live, _running) = args.origin.follow()?;
    site.run(LiveSession::new(live, &args.analysing.options(&args.origin)), &stop)?;
    Ok(ExitCode::SUCCESS)
}
