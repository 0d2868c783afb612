//! `acevo replay`: publishes a recording as if the game ran.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::progress::Progress;
use crate::cli::Replay;
use crate::format::text::clock;
use crate::keyboard::{Key, Keys};
use crate::output::say;
use crate::session::playback::{Player, Watcher, Wish, open};
use crate::shutdown::Stop;

/// How far an arrow leaps.
const LEAP: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &Replay) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (mut player, start, end) = player(args)?;
    let keys = Keys::listen(!args.pause_at.is_empty())?;
    let mut publisher = args.outlet.publisher().context("cannot publish the recording")?;
    player.begin(&mut publisher)?;
    let hint = "Space pauses · ← → leap 10 s · q ends it";
    let mut control = Control {
        stop,
        is_stopped: false,
        is_paused: false,
        keys,
        takes_lines: !args.pause_at.is_empty(),
        start,
        end,
        quiet: args.quiet,
        progress: Progress::new(args.quiet, hint),
    };
    let length = clock(Some(end.saturating_sub(player.from)));
    control.say(&format!("replaying {length} of {}, published as {}", args.file.display(), publisher.place()));
    control.say(&format!("watch it with `{}` in another terminal; Ctrl-C ends it", args.outlet.watch_command()));
    player.run(&mut publisher, &mut control).context("the replay had to end")?;
    control.progress.end();
    let why = if control.is_stopped { "stopped" } else { "that was all" };
    drop(publisher);
    control.say(&format!("{why}; the pages are removed"));
    Ok(ExitCode::SUCCESS)
}

/// What is to be played, and where the recording begins and that ends.
fn player(args: &Replay) -> anyhow::Result<(Player, Duration, Duration)> {
    let recording = open(&args.file)?;
    let info = recording.info();
    let mut player = Player::new(recording, args.speed.unwrap_or(1.0));
    player.repeats = args.repeat;
    if let Some(from) = args.from {
        player.from = from.find(&mut player.recording).context("there is no place for --from")?.0;
    }
    if let Some(to) = args.to {
        player.to = Some(to.find(&mut player.recording).context("there is no place for --to")?.1);
    }
    let end = player.to.unwrap_or(info.end);
    ensure!(player.from <= end, "--from is later than --to: there is nothing between them");
    for pause in &args.pause_at {
        let at = pause.find(&mut player.recording).context("there is no place for --pause-at")?.0;
        ensure!((player.from..=end).contains(&at), "--pause-at: {pause} is not between --from and --to");
        player.pauses.push(at);
    }
    player.pauses.sort_unstable();
    Ok((player, info.start, end))
}

/// What the keys, the lines and the signals want.
struct Control {
    stop: Stop,
    is_stopped: bool,
    is_paused: bool,
    keys: Keys,
    takes_lines: bool,
    start: Duration,
    end: Duration,
    quiet: bool,
    progress: Progress,
}

impl Control {
    fn say(&self, text: &str) {
        if !self.quiet {
            self.progress.suspend(|| say(format_args!("acevo: {text}")));
        }
    }

    /// A time of the recording as people count it.
    fn clock(&self, at: Duration) -> String {
        clock(Some(at.saturating_sub(self.start)))
    }
}

impl Watcher for Control {
    fn wish(&mut self, at: Duration) -> Option<Wish> {
        if self.progress.is_due() {
            let state = if self.is_paused { ", paused" } else { "" };
            self.progress.show(format!("{} of {}{state}", self.clock(at), self.clock(self.end)));
        }
        let wish = if self.stop.is_requested() {
            Wish::Stop
        } else {
            match self.keys.next()? {
                Key::Letter(' ') | Key::Enter | Key::Signal => Wish::Pause,
                Key::Left => Wish::Seek(at.saturating_sub(LEAP)),
                Key::Right => Wish::Seek(at.saturating_add(LEAP).min(self.end)),
                Key::Letter('q') => Wish::Stop,
                Key::Letter(_) => return None,
            }
        };
        self.is_stopped = wish == Wish::Stop;
        Some(wish)
    }

    fn paused(&mut self, at: Duration, is_paused: bool) {
        self.is_paused = is_paused;
        if !is_paused {
            return self.say("it goes on");
        }
        let key = match (self.keys.is_terminal, self.takes_lines) {
            (true, _) => Some("Space".to_owned()),
            (false, true) => Some("a line on the standard input".to_owned()),
            (false, false) => None,
        };
        let signal = cfg!(unix).then(|| format!("`kill -USR1 {}`", std::process::id()));
        let ways: Vec<_> = key.into_iter().chain(signal).collect();
        self.say(&format!("paused at {}; {} makes it go on", self.clock(at), ways.join(" or ")));
    }
}
