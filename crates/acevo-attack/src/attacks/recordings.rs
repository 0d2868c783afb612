//! Hostile recordings in every command that reads recordings.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use acevo_simulator::Scenario;
use acevo_testkit::pages::{drive, recorded};

use super::{FORMATS, arguments};
use crate::hostile::{chance, one_of};
use crate::lab::Lab;
use crate::mutation;
use crate::output::Form;
use crate::process::Limits;

/// Bytes that the commands may write for a recording of less than a megabyte.
const MAX_OUTPUT: u64 = 256 << 20;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let scenario = one_of(&mut lab.rng, &[Scenario::HotLaps, Scenario::Race, Scenario::Pits, Scenario::Incidents]);
    let seconds = lab.rng.u64(1..4);
    let records = drive(scenario, seconds);
    let valid = recorded(&records);
    // Long enough for all commands below, and with driving from the start.
    let driving = drive(Scenario::HotLaps, 3);
    for number in 0..lab.size(3, 8) {
        let crowd = lab.size(500, 20_000);
        let rng = &mut lab.rng;
        let kind = rng.u32(..12);
        let file = match kind {
            0 => mutation::hostile_pages(rng, &records),
            1 => mutation::page_sizes(rng, &driving, true),
            2 => mutation::page_sizes(rng, &records, false),
            3 => mutation::gaps(rng, &records),
            4 => mutation::crowded(rng, &valid, crowd),
            5 => {
                let mut file = valid.clone();
                mutation::scramble(rng, &mut file);
                file
            }
            _ => mutation::mutated(rng, &valid),
        };
        let path = lab.input(format!("{number}.acevo"));
        fs::write(&path, &file)?;
        let has_hole = chance(&mut lab.rng, 3);
        if has_hole {
            // Up to a gigabyte, which `info --check` reports.
            fs::File::options().write(true).open(&path)?.set_len(1 << 30)?;
        }
        lab.figures.inputs += 1;
        read(lab, &path, kind == 1 && !has_hole)?;
        // What the next file leaves is its own.
        lab.clear_out()?;
    }
    Ok(())
}

/// Runs commands on a recording. `must_work`: each of them must succeed.
fn read(lab: &mut Lab, file: &Path, must_work: bool) -> anyhow::Result<()> {
    let limits = Limits { output: MAX_OUTPUT, ..Limits::default() };
    // Playback takes as long as the recording, or years.
    let short = Limits { interrupt_after: Some(Duration::from_millis(700)), ..limits };
    let mut commands: Vec<(Vec<OsString>, Form, Limits)> = vec![
        (arguments([&"info", &"--json", &"--check", &file]), Form::Json, limits),
        (arguments([&"info", &file]), Form::Text, limits),
        (arguments([&"laps", &"--json", &file]), Form::JsonLines, limits),
        (arguments([&"laps", &file]), Form::Text, limits),
        (arguments([&"events", &"--json", &file]), Form::JsonLines, limits),
        (arguments([&"dump", &"--json", &file]), Form::Json, limits),
        (arguments([&"dump", &file, &"--at", &"1s"]), Form::Text, limits),
        (arguments([&"channels", &"--json", &file]), Form::Json, limits),
        (arguments([&"watch", &"--json", &"--speed", &"1000", &file]), Form::JsonLines, short),
        (arguments([&"watch", &"--lines", &"--speed", &"1000", &file]), Form::Text, short),
        (arguments([&"replay", &"--speed", &"1000", &"--dir", &".", &file]), Form::Text, short),
        (arguments([&"cut", &"--from", &"0.5s", &"--to", &"2s", &"-o", &"cut.acevo", &file]), Form::Text, limits),
        (arguments([&"cut", &"--laps", &"best", &"-o", &"best.acevo", &file]), Form::Text, limits),
        (arguments([&"repair", &"-o", &"repaired.acevo", &file]), Form::Text, limits),
        (arguments([&"plot", &"--size", &"400x320", &"-o", &"plot.png", &file]), Form::Text, limits),
        (arguments([&"export", &"--to", &"csv", &"--rate", &"20", &"-o", &"-", &file]), Form::Bytes, limits),
    ];
    for format in FORMATS {
        commands.push((
            arguments([&"export", &"--to", &format, &"-o", &format!("table.{format}"), &file]),
            Form::Text,
            limits,
        ));
    }
    if must_work {
        // Without a lap there is no best lap to cut or to draw, and nothing to repair.
        commands.retain(|(command, ..)| {
            !["plot", "repair"].iter().any(|name| command[0] == *name)
                && !command.iter().any(|argument| argument == "best")
        });
    } else if !lab.is_long {
        // A sample in the short form.
        lab.rng.shuffle(&mut commands);
        commands.truncate(10);
    }
    for (command, form, limits) in commands {
        let outcome = lab.run(&mut lab.command(command), form, &limits)?;
        if outcome.killed.is_some() {
            // A file that is too large counts once.
            lab.clear_out()?;
        }
        let is_success = outcome.code == Some(0);
        lab.expect(is_success || !must_work, || {
            format!("{}: larger pages: {}", outcome.line, String::from_utf8_lossy(&outcome.stderr))
        });
    }
    check_written(lab)
}

/// What `cut` and `repair` have written is whole.
fn check_written(lab: &mut Lab) -> anyhow::Result<()> {
    for name in ["cut.acevo", "best.acevo", "repaired.acevo"] {
        let path = lab.out().join(name);
        if path.exists() {
            let mut command = lab.command(arguments([&"info", &"--check", &path]));
            let outcome = lab.run(&mut command, Form::Text, &Limits::default())?;
            lab.expect(outcome.code == Some(0), || format!("{name} is not whole"));
        }
    }
    Ok(())
}
