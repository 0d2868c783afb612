//! SIGKILL at random moments.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use acevo_simulator::Scenario;
use acevo_testkit::pages::{drive, recorded};
use acevo_testkit::program::Signal;

use super::{FORMATS, arguments};
use crate::hostile::one_of;
use crate::lab::Lab;
use crate::output::Form;
use crate::process::Limits;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    for number in 0..lab.size(2, 10) {
        kill_recorder(lab, number)?;
    }
    let recording = lab.input("drive.acevo");
    let seconds = lab.size(3, 30) as u64;
    fs::write(&recording, recorded(&drive(Scenario::HotLaps, seconds)))?;
    for number in 0..lab.size(2, 10) {
        let format = one_of(&mut lab.rng, &FORMATS);
        let out = lab.out().join(format!("{number}.{format}"));
        let export =
            |lab: &Lab, out: &Path| lab.command(arguments([&"export", &"--to", &format, &"-o", &out, &recording]));
        let mut killed = lab.start(&mut export(lab, &out), &Limits::default())?;
        sleep(Duration::from_millis(lab.rng.u64(..200)));
        lab.figures.inputs += 1;
        // It may have ended already.
        let was_running = killed.is_running();
        killed.signal(Signal::KILL);
        let first = killed.wait(&Limits::default(), &lab.out())?;
        lab.figures.add(&first);
        let is_there = out.exists();
        // A file that exists is complete, also if the kill came right after it got its name.
        let whole = if is_there { lab.out().join(format!("{number}-whole.{format}")) } else { out.clone() };
        let again = lab.run(&mut export(lab, &whole), Form::Text, &Limits::default())?;
        lab.expect(again.code == Some(0), || {
            format!("after a killed export: {}", String::from_utf8_lossy(&again.stderr))
        });
        let is_complete = !is_there || fs::read(&out).ok() == fs::read(&whole).ok();
        lab.expect(is_complete, || format!("a killed export (running: {was_running}) left {}", out.display()));
    }
    Ok(())
}

/// What a killed recorder has written is whole, except for a part that was being written, at the end. `repair` completes it.
fn kill_recorder(lab: &mut Lab, number: usize) -> anyhow::Result<()> {
    let file = lab.out().join(format!("killed-{number}.acevo"));
    let mut command = lab.command(arguments([&"record", &"--demo", &"--speed", &"10", &"-o", &file]));
    let mut recorder = lab.start(&mut command, &Limits::default())?;
    // Kill it at any time from its first byte on.
    let limit = acevo_testkit::wait::PATIENCE;
    let began = std::time::Instant::now();
    while fs::metadata(&file).map_or(0, |metadata| metadata.len()) == 0
        && began.elapsed() < limit
        && recorder.is_running()
    {
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(lab.rng.u64(..1500)));
    recorder.sample();
    recorder.signal(Signal::KILL);
    lab.figures.inputs += 1;
    let outcome = recorder.wait(&Limits::default(), &lab.out())?;
    lab.figures.add(&outcome);
    let check = |lab: &mut Lab, file: &Path| -> anyhow::Result<(bool, String)> {
        let outcome =
            lab.run(&mut lab.command(arguments([&"info", &"--check", &file])), Form::Text, &Limits::default())?;
        Ok((outcome.code == Some(0), String::from_utf8_lossy(&outcome.stdout).into_owned()))
    };
    let (is_whole, report) = check(lab, &file)?;
    lab.expect(is_whole || report.contains(" 1 parts cannot be read"), || {
        format!("the recording of a killed recorder is damaged: {report}")
    });
    let repaired = lab.out().join(format!("repaired-{number}.acevo"));
    let repair = arguments([&"repair", &"-o", &repaired, &file]);
    let outcome = lab.run(&mut lab.command(repair), Form::Text, &Limits::default())?;
    lab.expect(outcome.code == Some(0), || format!("repair: {}", String::from_utf8_lossy(&outcome.stderr)));
    let (is_whole, report) = check(lab, &repaired)?;
    lab.expect(is_whole, || format!("the repaired recording of a killed recorder is damaged: {report}"));
    Ok(())
}
