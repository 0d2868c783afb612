//! Output files that exist already, are links, or are written by two programs at once.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use acevo_simulator::Scenario;
use acevo_testkit::pages::{drive, recorded};

use super::{FORMATS, arguments};
use crate::hostile::one_of;
use crate::lab::Lab;
use crate::output::Form;
use crate::process::Limits;

/// The content of files that must stay unchanged.
const PRECIOUS: &[u8] = b"precious";

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let recording = lab.input("drive.acevo");
    let seconds = lab.size(6, 30) as u64;
    fs::write(&recording, recorded(&drive(Scenario::HotLaps, seconds)))?;
    let format = one_of(&mut lab.rng, &FORMATS);
    twice_at_once(lab, &recording, format)?;
    others_files(lab, &recording, format)?;
    data_set(lab, &recording)
}

/// The files of an export: MoTeC logs have two.
fn target(format: &str) -> &'static str {
    match format {
        "csv" => "table.csv",
        "jsonl" => "table.jsonl",
        "parquet" => "table.parquet",
        "motec" => "table.ld",
        _ => "table.mcap",
    }
}

/// Of several exports to one file, one succeeds and the others fail; the file is the one that a single export writes.
fn twice_at_once(lab: &mut Lab, recording: &Path, format: &str) -> anyhow::Result<()> {
    let (limits, out) = (Limits::default(), lab.out().join(target(format)));
    let export = |lab: &Lab| lab.command(arguments([&"export", &"--to", &format, &"-o", &out, &recording]));
    lab.run(&mut export(lab), Form::Text, &limits)?;
    let expected = fs::read(&out)?.len();
    lab.clear_out()?;
    let started =
        (0..lab.size(2, 4)).map(|_| lab.start(&mut export(lab), &limits)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut codes = Vec::new();
    for program in started {
        let outcome = program.wait(&limits, &lab.out())?;
        lab.check(&outcome, Form::Text, u64::MAX);
        codes.push(outcome.code);
    }
    lab.figures.inputs += codes.len() as u64;
    let successes = codes.iter().filter(|code| **code == Some(0)).count();
    lab.expect(successes == 1, || format!("{successes} of {} exports to one {format} file succeeded", codes.len()));
    let written = fs::metadata(&out).map_or(0, |metadata| metadata.len() as usize);
    // Sizes of compressed files and of times in headers may differ by a few bytes.
    lab.expect(written.abs_diff(expected) < 64, || {
        format!("the {format} file has {written} bytes instead of {expected}")
    });
    lab.clear_out()
}

/// Files and links next to an export stay as they are, and an existing target is not overwritten.
fn others_files(lab: &mut Lab, recording: &Path, format: &str) -> anyhow::Result<()> {
    let out = lab.out().join(target(format));
    let [victim, part] = ["victim", ""].map(|name| match name {
        "" => PathBuf::from(format!("{}.part", out.display())),
        name => lab.out().join(name),
    });
    fs::write(&victim, PRECIOUS)?;
    let kind = lab.rng.u32(..4);
    match kind {
        0 => fs::write(&part, PRECIOUS)?,
        1 => symlink(&victim, &part)?,
        2 => fs::write(&out, PRECIOUS)?,
        _ => symlink(&victim, &out)?,
    }
    lab.figures.inputs += 1;
    let mut command = lab.command(arguments([&"export", &"--to", &format, &"-o", &out, &recording]));
    let outcome = lab.run(&mut command, Form::Text, &Limits::default())?;
    let is_taken = kind >= 2;
    lab.expect(!is_taken || outcome.code == Some(1), || format!("export --to {format} overwrites an existing file"));
    let files = if is_taken { [&victim, &out] } else { [&victim, &part] };
    for file in files {
        let content = fs::read(file).unwrap_or_default();
        lab.expect(content == PRECIOUS, || format!("export --to {format} changed {} (case {kind})", file.display()));
    }
    lab.clear_out()
}

/// A folder `_temporary` of another program in a data set, and links in it, stay as they are.
fn data_set(lab: &mut Lab, recording: &Path) -> anyhow::Result<()> {
    let (victim, temporary) = (lab.out().join("victim"), lab.out().join("data/_temporary"));
    fs::create_dir_all(temporary.join("0"))?;
    fs::write(&victim, PRECIOUS)?;
    fs::write(temporary.join("0/part"), PRECIOUS)?;
    let has_link = lab.rng.bool();
    if has_link {
        symlink(&victim, temporary.join("lock"))?;
    }
    lab.figures.inputs += 1;
    let folder = recording.parent().unwrap_or(recording);
    let mut command = lab.command(arguments([&"export", &"--to", &"parquet", &"-o", &"data", &folder]));
    lab.run(&mut command, Form::Text, &Limits::default())?;
    for file in [victim, temporary.join("0/part")] {
        let content = fs::read(&file).unwrap_or_default();
        lab.expect(content == PRECIOUS, || format!("a data set changed {}", file.display()));
    }
    Ok(())
}
