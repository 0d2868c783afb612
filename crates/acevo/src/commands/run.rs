//! `acevo run`: the background program. One reader of the game; recording and the web server are tasks beside it.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use tracing::info;

use crate::cli::RunArgs;
use crate::fleet::task::FleetTask;
use crate::instance::{Claim, Instance, InstanceInfo};
use crate::library::{LibraryTask, Watched};
use crate::output::{complain, say};
use crate::recording::retention::IsAwaited;
use crate::recording::task::{RecordingCommand, RecordingFeed, RecordingHandle};
use crate::session::live_session::LiveSession;
use crate::settings::watch::SettingsStatus;
use crate::shutdown::Stop;
use crate::upload::plan::UploadPlan;
use crate::upload::task::{UploadHandle, UploadTask};
use crate::web::{self, Background, Control};
use crate::{diagnostics, settings};

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
    instance.publish(&InstanceInfo::of_this_process(Err("it is starting")))?;
    // Wrong settings of others must not prevent recording.
    let (fleet, mut wrong) = args.fleet();
    let upload = args.upload().unwrap_or_else(|error| {
        wrong.push(error);
        None
    });
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    let warning = upload.as_ref().filter(|_| !args.is_quiet()).and_then(UploadPlan::warning);
    wrong.iter().chain(&warning).for_each(|text| say(format_args!("acevo: warning: {text}")));
    let upload = upload.map(|plan| (plan, UploadHandle::default()));
    let is_awaited = upload.as_ref().map(|(_, handle)| {
        let handle = handle.clone();
        Arc::new(move |path: &Path| handle.awaits(path)) as IsAwaited
    });
    let (feed, recording) = RecordingFeed::start(args.recording(), is_awaited)?;
    let allows_lan = Arc::new(AtomicBool::new(args.allows_lan_control()));
    let settings = follow_settings(args, recording.clone(), Arc::clone(&allows_lan))?;
    let library = follow_recordings(args, recording.clone(), &stop);
    let (fleet, task) = match fleet {
        Some(plan) => FleetTask::start(plan, |report| info!("{}: {}", report.name, report.text))
            .map(|(feed, task)| (Some(feed), Some(task)))?,
        None => (None, None),
    };
    let upload_handle = upload.as_ref().map(|(_, handle)| handle.clone());
    let announcer = task.as_ref().and_then(FleetTask::announcer);
    let upload =
        upload.map(|(plan, handle)| UploadTask::start(handle, plan, recording.clone(), announcer)).transpose()?;
    let control = Control::new(recording, settings, allows_lan, stop.clone())
        .with_fleet(task.as_ref().map(FleetTask::handle))
        .with_upload(upload_handle)
        .with_wrong_settings(wrong);
    let (live, _demo) = args.source().connect();
    let waits = live.waits();
    let session = LiveSession::new(live, &args.analysis());
    web::run_background(&args.server(), session, Background { feed, fleet, control, library }, &stop, |server| {
        if let Err(error) = instance.publish(&InstanceInfo::of_this_process(server)) {
            complain(&error);
        }
    })?;
    if let Some(upload) = upload {
        upload.finish();
    }
    if let Some(task) = task {
        task.finish();
    }
    waits.log();
    Ok(ExitCode::SUCCESS)
}

/// Keeps the session library up to date: with the folder that is recorded to, and with that of the settings.
fn follow_recordings(args: &RunArgs, recording: RecordingHandle, stop: &Stop) -> LibraryTask {
    let of_settings = args.recordings();
    LibraryTask::start(args.library_settings(), stop.clone(), move || {
        let state = recording.state();
        let folders = [Some(state.folder), of_settings.clone()].into_iter().flatten();
        let mut folders: Vec<_> = folders.filter(|folder| !folder.as_os_str().is_empty()).collect();
        folders.dedup();
        Watched { folders, open_file: state.file, completed: state.completed }
    })
}

/// Applies changed settings while the program runs, as far as they can take effect.
fn follow_settings(
    args: &RunArgs,
    recording: RecordingHandle,
    allows_lan: Arc<AtomicBool>,
) -> anyhow::Result<SettingsStatus> {
    let mut args = args.clone();
    settings::watch::start(args.settings().clone(), move |settings| {
        args.apply(settings);
        recording.request(RecordingCommand::Configure(Box::new(args.recording())));
        allows_lan.store(args.allows_lan_control(), Ordering::Relaxed);
        diagnostics::set_log_level(args.log().level);
    })
}

/// Reports that another program runs, and opens its page if that was asked for.
fn report_other(other: Option<&InstanceInfo>, opens_browser: bool) -> ExitCode {
    let Some(other) = other else {
        say(format_args!("acevo: another `acevo run` of yours is starting or ending; try again in a moment"));
        return ExitCode::FAILURE;
    };
    let address = other.address();
    let at = address.as_ref().map(|address| format!(": {address}")).unwrap_or_default();
    say(format_args!("acevo: `acevo run` is already running (process {}){at}", other.pid));
    match address {
        Some(address) if opens_browser => {
            web::open_page(&address);
            return ExitCode::SUCCESS;
        }
        Some(_) => say(format_args!("acevo: --open opens its page; `acevo status` prints what it does")),
        None => {}
    }
    ExitCode::FAILURE
}
