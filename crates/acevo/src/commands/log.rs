//! `acevo log`: the end of the log.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, anyhow};

use crate::cli::LogArgs;
use crate::diagnostics::{Follower, Tail, log_files, log_path, tail};
use crate::output::{name_of, print_path, print_text};
use crate::shutdown::Stop;

/// Interval at which new lines are looked for.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

pub(crate) fn run(args: &LogArgs) -> anyhow::Result<ExitCode> {
    let path = log_path().context("there is no log, because there is no home directory")?;
    if args.path {
        print_path(&path)?;
        return Ok(ExitCode::SUCCESS);
    }
    // Listened for first: Ctrl-C ends the program in the same way at any time.
    let stop = if args.follow { Some(Stop::on_signal()?) } else { None };
    let newest = read(&path)?;
    print_text(&last_lines(args.lines, &newest.text, &path)?)?;
    if let Some(stop) = stop {
        follow(path, newest, &stop)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Tail> {
    tail(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => anyhow!(
            "there is no log yet: `acevo serve` and `acevo record` write {}, unless they have the option --log off",
            name_of(path)
        ),
        _ => cannot_read(path, error),
    })
}

fn cannot_read(path: &Path, error: io::Error) -> anyhow::Error {
    anyhow::Error::from(error).context(format!("cannot read {}", name_of(path)))
}

/// The last lines of a log: those of the newest file, and of older ones as far as needed.
fn last_lines(count: usize, newest: &str, path: &Path) -> anyhow::Result<String> {
    let mut lines: VecDeque<String> = VecDeque::new();
    let mut take = |text: &str| {
        text.lines().rev().take(count - lines.len()).for_each(|line| lines.push_front(format!("{line}\n")));
        lines.len() < count
    };
    let mut is_short = take(newest);
    for older in log_files(path).iter().filter(|older| *older != path) {
        if !is_short {
            break;
        }
        match tail(older) {
            Ok(tail) => is_short = take(&tail.text),
            // Another process has just renamed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot_read(older, error)),
        }
    }
    Ok(lines.into_iter().collect())
}

/// Prints new lines until a stop is requested.
fn follow(path: PathBuf, tail: Tail, stop: &Stop) -> anyhow::Result<()> {
    let mut follower = Follower::new(path.clone(), tail);
    while !stop.is_requested() {
        let lines = follower.lines().map_err(|error| cannot_read(&path, error))?;
        if lines.is_empty() {
            sleep(POLL_INTERVAL);
        } else {
            print_text(&lines)?;
        }
    }
    Ok(())
}
