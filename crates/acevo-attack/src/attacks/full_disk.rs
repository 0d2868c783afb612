//! A full disk, and a limit of file sizes.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_simulator::Scenario;
use acevo_testkit::disk::Disk;
use acevo_testkit::pages::{drive, recorded};
use acevo_testkit::program::Signal;
use acevo_testkit::wait::PATIENCE;

use super::{FORMATS, arguments};
use crate::hostile::one_of;
use crate::lab::Lab;
use crate::output::Form;
use crate::process::Limits;

/// Size of the disk in bytes.
const ROOM: usize = 8 << 20;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let recording = lab.input("drive.acevo");
    let seconds = lab.size(3, 30) as u64;
    fs::write(&recording, recorded(&drive(Scenario::HotLaps, seconds)))?;
    file_size_limit(lab, &recording)?;
    match Disk::new(ROOM) {
        Some(disk) => full_disk(lab, &recording, &disk),
        None => {
            lab.leave_out("a full disk, because mounting is not permitted");
            Ok(())
        }
    }
}

/// The formats of a round: some in the short form, all in the long form.
fn writers(lab: &mut Lab, recording: &Path, folder: &Path) -> Vec<Vec<std::ffi::OsString>> {
    let mut commands: Vec<_> = FORMATS
        .iter()
        .map(|format| {
            arguments([&"export", &"--to", format, &"-o", &folder.join(format!("table.{format}")), &recording])
        })
        .collect();
    commands.push(arguments([&"cut", &"--from", &"0s", &"-o", &folder.join("cut.acevo"), &recording]));
    commands.push(arguments([
        &"export",
        &"--to",
        &"parquet",
        &"-o",
        &folder.join("data"),
        &recording.with_file_name(""),
    ]));
    if !lab.is_long {
        lab.rng.shuffle(&mut commands);
        commands.truncate(3);
    }
    commands
}

/// Files of a folder and its folders, without what was there before.
fn files(folder: &Path, without: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten().filter(|entry| !without.iter().any(|name| entry.file_name() == *name)) {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path(), without));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// With `ulimit -f`, exports fail and leave nothing, and a recorder keeps what it has written.
fn file_size_limit(lab: &mut Lab, recording: &Path) -> anyhow::Result<()> {
    let limits = Limits { file_size: Some(lab.rng.u64(512..20_000)), ..Limits::default() };
    let out = lab.out();
    for command in writers(lab, recording, &out) {
        lab.figures.inputs += 1;
        let outcome = lab.run(&mut lab.command(command), Form::Text, &limits)?;
        lab.expect(outcome.code == Some(1), || {
            format!("{} beyond the limit of file sizes: code {:?}", outcome.line, outcome.code)
        });
        let left = files(&out, &[]);
        lab.expect(left.is_empty(), || format!("{} left {left:?}", outcome.line));
        lab.clear_out()?;
    }
    let limits = Limits { file_size: Some(lab.rng.u64(100_000..400_000)), ..Limits::default() };
    let file = out.join("limited.acevo");
    let mut command = lab.command(arguments([&"record", &"--demo", &"--speed", &"20", &"-o", &file]));
    let recorder = lab.start(&mut command, &limits)?;
    lab.figures.inputs += 1;
    stop_after_warning(lab, recorder, &out)?;
    check_whole(lab, &file)
}

fn full_disk(lab: &mut Lab, recording: &Path, disk: &Disk) -> anyhow::Result<()> {
    disk.fill(lab.rng.usize(..40_000));
    for command in writers(lab, recording, disk.path()) {
        lab.figures.inputs += 1;
        let outcome = lab.run(&mut lab.command(command), Form::Text, &Limits::default())?;
        lab.expect(outcome.code == Some(1), || format!("{} on a full disk: code {:?}", outcome.line, outcome.code));
        let left = files(disk.path(), &["filler"]);
        lab.expect(left.is_empty(), || format!("{} left {left:?} on a full disk", outcome.line));
    }
    disk.fill(lab.rng.usize(200_000..600_000));
    let file = disk.path().join("full.acevo");
    let mut command = lab.command(arguments([&"record", &"--demo", &"--speed", &"20", &"-o", &file]));
    let recorder = lab.start(&mut command, &Limits::default())?;
    lab.figures.inputs += 1;
    if one_of(&mut lab.rng, &[true, false]) {
        stop_after_warning(lab, recorder, disk.path())?;
    } else {
        wait_for_warning(&recorder);
        disk.make_room();
        // Room again: the recorder continues in the same file.
        let bytes = || fs::metadata(&file).map_or(0, |metadata| metadata.len());
        let (before, began) = (bytes(), Instant::now());
        while bytes() < before + 100_000 && began.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5));
        }
        lab.expect(bytes() >= before + 100_000, || {
            "the recorder does not continue when the disk has room again".into()
        });
        lab.stop(recorder, Signal::INT, Form::Text, u64::MAX)?;
    }
    check_whole(lab, &file)
}

/// Waits until the recorder has warned, or has ended.
fn wait_for_warning(recorder: &crate::process::Started) {
    let began = Instant::now();
    while !recorder.has_printed("warning") && recorder.is_alive() && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(5));
    }
}

fn stop_after_warning(lab: &mut Lab, mut recorder: crate::process::Started, folder: &Path) -> anyhow::Result<()> {
    wait_for_warning(&recorder);
    recorder.sample();
    let outcome = recorder.stop(Signal::INT, folder)?;
    lab.check(&outcome, Form::Text, u64::MAX);
    Ok(())
}

/// The recording has no damage, and packets.
fn check_whole(lab: &mut Lab, file: &Path) -> anyhow::Result<()> {
    let mut command = lab.command(arguments([&"info", &"--check", &"--json", &file]));
    let outcome = lab.run(&mut command, Form::Json, &Limits::default())?;
    lab.expect(outcome.code == Some(0), || format!("{} is not whole", file.display()));
    let info: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap_or_default();
    let packets = info["records"]["physics"].as_u64();
    lab.expect(packets.is_some_and(|packets| packets > 0), || format!("{} has no packets", file.display()));
    Ok(())
}
