//! Writers and readers that are suspended for a while, as by standby, a debugger or a busy machine.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use acevo_testkit::program::Signal;
use acevo_testkit::recordings::packet_count;

use super::arguments;
use crate::hostile::one_of;
use crate::lab::Lab;
use crate::output::Form;
use crate::process::{Limits, Started};

/// Memory limit of a reader in bytes.
const MAX_MEMORY: u64 = 200 << 20;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    lab.leave_out("jumps of the wall clock, because they would change the clock of the whole machine");
    let pages = lab.input("pages");
    fs::create_dir(&pages)?;
    let start = |lab: &Lab, command: &[&str]| -> anyhow::Result<Started> {
        let mut command = lab.command(command);
        lab.start(command.arg("--dir").arg(&pages), &Limits::default())
    };
    let mut game = start(lab, &["simulate", "--scenario", "hot-laps", "--quiet"])?;
    let mut readers = vec![
        (start(lab, &["record", "-o", "drive.acevo"])?, Form::Text),
        (start(lab, &["watch", "--json"])?, Form::JsonLines),
        (start(lab, &["laps", "--json"])?, Form::JsonLines),
    ];
    let recorded = lab.out().join("drive.acevo");
    let size = || fs::metadata(&recorded).map_or(0, |metadata| metadata.len());
    acevo_testkit::wait::until(|| size() > 0);
    for _ in 0..lab.size(2, 8) {
        // After three seconds without a packet readers detach.
        let pause = if lab.is_long {
            one_of(&mut lab.rng, &[100, 1000, 2900, 3500, 8000])
        } else {
            one_of(&mut lab.rng, &[50, 400])
        };
        let victim = lab.rng.usize(..=readers.len());
        let suspended = readers.get_mut(victim).map_or(&mut game, |(reader, _)| reader);
        suspended.signal(Signal::STOP);
        sleep(Duration::from_millis(lab.rng.u64(pause / 2..=pause)));
        suspended.signal(Signal::CONT);
        lab.figures.inputs += 1;
        // The recorder writes about once per second: it works again.
        let before = size();
        acevo_testkit::wait::until(|| files(lab) > 1 || size() > before);
        game.sample();
        readers.iter_mut().for_each(|(reader, _)| reader.sample());
    }
    for (reader, form) in readers {
        let line = reader.line.clone();
        let outcome = lab.stop(reader, Signal::INT, form, MAX_MEMORY)?;
        lab.expect(outcome.code == Some(0), || format!("{line}: code {:?} after pauses", outcome.code));
    }
    lab.stop(game, Signal::INT, Form::Text, MAX_MEMORY)?;
    for entry in fs::read_dir(lab.out())?.flatten() {
        let mut command = lab.command(arguments([&"info", &"--check", &entry.path()]));
        let outcome = lab.run(&mut command, Form::Text, &Limits::default())?;
        lab.expect(outcome.code == Some(0), || format!("{} is not whole", entry.path().display()));
        let count = packet_count(&entry.path());
        lab.expect(count.recorded + count.missed == count.counted, || {
            format!("{}: packets are neither recorded nor missed: {count:?}", entry.path().display())
        });
    }
    Ok(())
}

fn files(lab: &Lab) -> usize {
    fs::read_dir(lab.out()).map_or(0, Iterator::count)
}
