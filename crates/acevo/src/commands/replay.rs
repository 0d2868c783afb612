//! `acevo replay`: publishes a recording as if the game ran.

use std::process::ExitCode;
use std::time::Duration;

use acevo_shared_memory::{Error, Publisher};
use anyhow::Context;

use super::Stop;
use crate::args::Replay;
use crate::output::say;
use crate::playback::{Player, open};
use crate::text::clock;

pub(crate) fn run(args: &Replay) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let recording = open(&args.file)?;
    let info = recording.info();
    let mut player = Player::new(recording, args.speed.unwrap_or(1.0));
    player.repeats = args.repeat;
    if let Some(from) = args.from {
        player.from = from.find(&mut player.recording)?.0;
    }
    if let Some(to) = args.to {
        player.to = Some(to.find(&mut player.recording)?.1);
    }
    let mut publisher = publisher(args).context("cannot publish the recording")?;
    player.begin(&mut publisher)?;
    if !args.quiet {
        let time = player.to.unwrap_or(info.end).saturating_sub(player.from);
        say(format_args!(
            "acevo: replaying {} of {}, published as {}",
            clock(Some(time)),
            args.file.display(),
            publisher.place()
        ));
        say(format_args!("acevo: watch it with `acevo` in another terminal; Ctrl-C ends it"));
    }
    player.run(&mut publisher, &|_: Duration| !stop.is_asked_for()).context("the replay had to end")?;
    if !args.quiet {
        say(format_args!(
            "acevo: {}; the pages are removed",
            if stop.is_asked_for() { "stopped" } else { "that was all" }
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn publisher(args: &Replay) -> Result<Publisher, Error> {
    #[cfg(unix)]
    if let Some(dir) = &args.dir {
        return Publisher::directory(dir);
    }
    let _ = args;
    Publisher::open()
}
