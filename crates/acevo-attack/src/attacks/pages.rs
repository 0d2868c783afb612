//! Hostile page files, with all commands that follow the game as readers at the same time.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use acevo_testkit::client::Server;
use acevo_testkit::program::Signal;
use fastrand::Rng;

use super::arguments;
use crate::hostile::one_of;
use crate::lab::Lab;
use crate::output::Form;
use crate::page_writer::{Behaviour, PageWriter};
use crate::process::{Limits, Started};

/// Memory limit of a reader in bytes.
const MAX_MEMORY: u64 = 200 << 20;

/// Recordings that a round may produce, and more per second of the round: a source that flips between sessions must not fill the disk
/// with files.
const MAX_RECORDINGS: u64 = 25;
const MAX_RECORDINGS_PER_SECOND: f64 = 0.5;

/// Time between two pages of the writer.
const WRITE_EVERY: Duration = Duration::from_millis(1);

/// The seed chooses the behaviour: consecutive seeds have all of them.
pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let behaviour = Behaviour::ALL[(lab.seed % Behaviour::ALL.len() as u64) as usize];
    attack(lab, behaviour)
}

fn attack(lab: &mut Lab, behaviour: Behaviour) -> anyhow::Result<()> {
    let pages = lab.input("pages");
    fs::create_dir(&pages)?;
    let mut writer = PageWriter::new(&pages, Rng::with_seed(lab.rng.u64(..)));
    for _ in 0..3 {
        writer.write_valid()?;
    }
    let steps = lab.size(300, 8000) as u64;
    let (written, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let began = Instant::now();
    let written_pages = scope(|scope| -> anyhow::Result<u64> {
        let writing = scope.spawn(|| {
            let mut pages = 0;
            // Readers may need longer than the steps: the writer continues until they have ended.
            while !is_over.load(Relaxed) {
                // A directory or a link may be in the way.
                pages += writer.step(behaviour).unwrap_or(0);
                written.fetch_add(1, Relaxed);
                sleep(WRITE_EVERY);
            }
            pages
        });
        let result = read(lab, &pages, &written, steps);
        is_over.store(true, Relaxed);
        let pages = writing.join().map_err(|_| anyhow::anyhow!("the writer panicked"))?;
        result.map(|()| pages)
    })?;
    lab.figures.inputs += written_pages;
    check_recordings(lab, behaviour, began.elapsed())
}

/// Runs all readers until the writer has done its steps.
fn read(lab: &mut Lab, pages: &Path, written: &AtomicU64, steps: u64) -> anyhow::Result<()> {
    let followers: [(&[&str], Form); 7] = [
        (&["watch", "--json"], Form::JsonLines),
        (&["watch", "--lines", "--every", "20ms"], Form::Text),
        (&["events", "--json"], Form::JsonLines),
        (&["laps", "--json"], Form::JsonLines),
        (&["stats", "--json"], Form::Json),
        (&["record", "--verbose", "-o", "recorded"], Form::Text),
        (&["serve", "--port", "0", "--verbose"], Form::Text),
    ];
    let limits = Limits::default();
    let mut running: Vec<(Started, Form)> = Vec::new();
    for (command, form) in followers {
        let mut command = lab.command(command);
        running.push((lab.start(command.arg("--dir").arg(pages), &limits)?, form));
    }
    let server = running.last_mut().map(|(server, _)| server.lines(1)).unwrap_or_default();
    let server = server.first().filter(|line| line.starts_with("http://")).map(|line| Server::new(line));
    lab.expect(server.is_some(), || "serve prints no address".into());
    let once: [(&[&str], Form); 4] = [
        (&["dump", "--json"], Form::Json),
        (&["channels", "--json", "--values"], Form::Json),
        (&["doctor", "--json"], Form::Json),
        (&["dump"], Form::Text),
    ];
    let mut attempts = lab.size(1, 20);
    while written.load(Relaxed) < steps {
        for (follower, _) in &mut running {
            follower.sample();
        }
        if attempts > 0 {
            attempts -= 1;
            let (command, form) = one_of(&mut lab.rng, &once);
            let mut command = lab.command(command);
            lab.run(command.arg("--dir").arg(pages), form, &limits)?;
            if let Some(server) = &server {
                // Invalid JSON panics, which is a finding.
                server.json("/api/snapshot");
                server.json("/api/laps");
                server.json("/api/events");
                server.json("/api/fuel-plan");
                assert_eq!(server.get("/metrics").status, 200, "metrics");
            }
        }
        sleep(Duration::from_millis(20));
    }
    for (mut follower, form) in running {
        let is_running = follower.is_running();
        lab.expect(is_running, || format!("{} ended by itself", follower.line));
        if is_running {
            let signal = if lab.rng.bool() { Signal::INT } else { Signal::TERM };
            lab.stop(follower, signal, form, MAX_MEMORY)?;
        }
    }
    Ok(())
}

/// The number of recordings is limited, and each is whole.
fn check_recordings(lab: &mut Lab, behaviour: Behaviour, took: Duration) -> anyhow::Result<()> {
    let folder = lab.out().join("recorded");
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let limit = MAX_RECORDINGS + (took.as_secs_f64() * MAX_RECORDINGS_PER_SECOND) as u64;
    let count = files.len();
    lab.expect(count as u64 <= limit, || format!("{behaviour:?}: {count} recordings in {took:.1?}, limit {limit}"));
    let sample = lab.size(4, 40);
    while files.len() > sample {
        files.swap_remove(lab.rng.usize(..files.len()));
    }
    for file in files {
        let mut command = lab.command(arguments([&"info", &"--check", &"--json", &file]));
        let outcome = lab.run(&mut command, Form::Json, &Limits::default())?;
        lab.expect(outcome.code == Some(0), || format!("{behaviour:?}: {} is not whole", file.display()));
    }
    Ok(())
}
