//! `acevo upload`: delivers recordings to a store.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use acevo_fleet::{DeliveryError, Fingerprint, Lasting, Parcel, Receipt, Step};
use anyhow::{Context, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::UploadArgs;
use crate::format::text::counted;
use crate::output::{OutputClosed, complain_about, name_of, print_json, print_text, say, show_message};
use crate::shutdown::Stop;
use crate::upload::finished::{Facts, delivery_text};
use crate::upload::pace::LimitedPace;
use crate::upload::patience::{KNOWN, Patience, UNKNOWN};
use crate::upload::plan::UploadPlan;
use crate::upload::task::fingerprint;

/// Interval at which Ctrl-C is noticed during a wait.
const SLICE: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &UploadArgs) -> anyhow::Result<ExitCode> {
    let plan = args.plan()?;
    if let Some(warning) = plan.warning().filter(|_| !args.quiet) {
        say(format_args!("acevo: warning: {warning}"));
    }
    let stop = Stop::on_signal()?;
    stop.exit_if_stuck(|| {});
    let files = files(&args.paths)?;
    let mut command =
        Upload { args, plan: &plan, stop: &stop, has_answered: Cell::new(false), is_new: 0, is_known: 0, failed: 0 };
    let mut result = Ok(());
    for file in &files {
        if stop.is_requested() || result.is_err() {
            break;
        }
        result = command.upload(file);
    }
    let Upload { is_new, is_known, failed, .. } = command;
    let left = files.len() - is_new - is_known - failed;
    let is_closed = result.as_ref().is_err_and(|error| error.is::<OutputClosed>());
    if !args.quiet && !is_closed {
        let others = [(is_known, "known to the store"), (failed, "failed"), (left, "not delivered")];
        let others = others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
        let uploaded = counted(is_new as u64, "recording", "recordings");
        say(format_args!("acevo: uploaded {uploaded} to {}{}", plan.to, others.collect::<String>()));
    }
    result?;
    let is_complete = failed == 0 && left == 0;
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The recordings of files and folders.
fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let cannot = || format!("cannot read the folder {}", name_of(path));
        let mut found = Vec::new();
        for entry in fs::read_dir(path).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            let is_recording = entry.path().extension().is_some_and(|extension| extension == "acevo");
            if is_recording && entry.file_type().with_context(cannot)?.is_file() {
                found.push(entry.path());
            }
        }
        if found.is_empty() {
            bail!("there are no recordings in {}", name_of(path));
        }
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// What `--json` prints about a recording.
#[derive(Debug, Serialize)]
struct Uploaded<'a> {
    path: String,
    url: &'a str,
    #[serde(flatten)]
    content: Fingerprint,
    /// False if the store had it already.
    new: bool,
}

struct Upload<'a> {
    args: &'a UploadArgs,
    plan: &'a UploadPlan,
    stop: &'a Stop,
    /// The store has answered at least once.
    has_answered: Cell<bool>,
    is_new: usize,
    is_known: usize,
    failed: usize,
}

impl Upload<'_> {
    /// Fails if no other recording can be delivered, too.
    fn upload(&mut self, path: &Path) -> anyhow::Result<()> {
        let failed = format!("cannot upload {}", name_of(path));
        let (content, receipt) = match self.try_upload(path) {
            Ok(Some(delivered)) => delivered,
            Ok(None) => return Ok(()),
            Err(Failure::ThisFile(error)) => {
                complain_about(format_args!("{failed}"), error.as_ref());
                self.failed += 1;
                return Ok(());
            }
            Err(Failure::All(error)) => return Err(error.context(failed)),
        };
        self.is_new += usize::from(receipt.is_new);
        self.is_known += usize::from(!receipt.is_new);
        if self.args.json {
            let line = Uploaded { path: name_of(path), url: &receipt.url, content, new: receipt.is_new };
            return print_json(&(serde_json::to_string(&line)? + "\n"));
        }
        print_text(&format!("{}\n", receipt.url))
    }

    /// `None` if it was stopped.
    fn try_upload(&self, path: &Path) -> Result<Option<(Fingerprint, Receipt)>, Failure> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::ThisFile(anyhow!("its name is not Unicode")))?;
        Facts::of(path).map_err(|unfinished| Failure::ThisFile(anyhow!(unfinished.advice())))?;
        let bar = self.bar(path, name);
        let mut patience = Patience::new(Instant::now());
        loop {
            let mut reached = 0;
            let progress = |step| {
                match step {
                    Step::Read(_) => {}
                    Step::Continue(offset) => {
                        self.has_answered.set(true);
                        reached = offset;
                    }
                    Step::Send(bytes) => reached += bytes as u64,
                }
                bar.set_position(reached);
            };
            let mut pace = LimitedPace::new(self.plan.limit, || !self.stop.is_requested(), progress);
            let delivered = fingerprint(path, &mut pace).and_then(|content| {
                let receipt = self.plan.open()?.deliver(&Parcel { path, name, content }, &mut pace)?;
                Ok((content, receipt))
            });
            let error = match delivered {
                Ok(delivered) => {
                    self.has_answered.set(true);
                    bar.finish_and_clear();
                    return Ok(Some(delivered));
                }
                Err(DeliveryError::Interrupted(_)) => return Ok(None),
                Err(error) => error,
            };
            if matches!(error, DeliveryError::Refused { .. } | DeliveryError::Mismatch(_)) {
                self.has_answered.set(true);
            }
            let wait = match error.lasting() {
                Lasting::ThisFile => return Err(Failure::ThisFile(anyhow!(delivery_text(&error)))),
                Lasting::UntilChanged => return Err(Failure::All(error.into())),
                Lasting::Soon => patience.fail(reached, self.has_answered.get(), Instant::now()),
            };
            let Some(wait) = wait else {
                let patience = if self.has_answered.get() { KNOWN } else { UNKNOWN };
                let given_up = format!("the store was tried for {} s", patience.as_secs());
                return Err(Failure::All(anyhow::Error::new(error).context(given_up)));
            };
            if !self.args.quiet {
                bar.suspend(|| say(format_args!("acevo: {error}; trying again")));
            }
            self.wait(wait);
        }
    }

    fn wait(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.stop.is_requested() {
            thread::sleep(SLICE);
        }
    }

    fn bar(&self, path: &Path, name: &str) -> ProgressBar {
        let bytes = path.metadata().map_or(0, |metadata| metadata.len());
        let bar = if self.args.quiet { ProgressBar::hidden() } else { ProgressBar::new(bytes.max(1)) };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {bytes_per_sec}, {eta} left {msg}") {
            bar.set_style(style);
        }
        show_message(&bar, name);
        bar
    }
}

/// What cannot be delivered.
enum Failure {
    /// A recording.
    ThisFile(anyhow::Error),
    /// Any recording.
    All(anyhow::Error),
}
