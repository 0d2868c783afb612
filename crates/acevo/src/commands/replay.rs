//! `acevo replay`: publishes a recording as if the game were running.

use std::process::ExitCode;
use std::time::Duration;

use acevo_recording::{Player, PlayerCommand, PlayerControl, PositionFinder};
use anyhow::{Context, ensure};

use super::progress::Progress;
use crate::cli::ReplayArgs;
use crate::format::text::clock;
use crate::keyboard::{Key, Keys};
use crate::output::{name_of, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Time that an arrow key seeks.
const SEEK: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (mut player, start, from, end) = player(args)?;
    let keys = Keys::listen(!args.pause_at.is_empty())?;
    let target = args.target();
    let mut publisher = target.publisher().context("cannot publish the recording")?;
    player.begin(&mut publisher)?;
    let hint = "Space pauses · ← → seek 10 s · q quits";
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
    let length = clock(Some(end.saturating_sub(from)));
    control.say(&format!("replaying {length} of {}, published as {}", name_of(&args.file), publisher.location()));
    control.say(&format!("watch it with `{}` in another terminal; Ctrl-C quits", target.watch_command()));
    player.run(&mut publisher, &mut control).context("the replay was aborted")?;
    control.progress.end();
    let why = if control.is_stopped { "stopped" } else { "end of recording" };
    drop(publisher);
    control.say(&format!("{why}; the pages are removed"));
    Ok(ExitCode::SUCCESS)
}

/// The player, when the recording begins, and when playback begins and ends.
fn player(args: &ReplayArgs) -> anyhow::Result<(Player, Duration, Duration, Duration)> {
    let mut recording = open(&args.file)?;
    let info = recording.info();
    let mut finder = PositionFinder::new(&mut recording);
    let from = match args.from {
        Some(from) => *finder.find(from).context("--from")?.start(),
        None => info.start,
    };
    let to = match args.to {
        Some(to) => Some(*finder.find(to).context("--to")?.end()),
        None => None,
    };
    let end = to.unwrap_or(info.end);
    ensure!(from <= end, "--from is later than --to");
    let mut pauses = Vec::new();
    for pause in &args.pause_at {
        let at = *finder.find(*pause).context("--pause-at")?.start();
        ensure!((from..=end).contains(&at), "--pause-at: {pause} is not between --from and --to");
        pauses.push(at);
    }
    let player = Player::new(recording).with_speed(args.speed.unwrap_or(1.0)).with_range(from, to);
    Ok((player.with_repeat(args.repeat).with_pauses(pauses), info.start, from, end))
}

/// Controls the player by keys, lines and signals.
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

    /// A time since the beginning of the recording.
    fn clock(&self, at: Duration) -> String {
        clock(Some(at.saturating_sub(self.start)))
    }
}

impl PlayerControl for Control {
    fn next_command(&mut self, at: Duration) -> Option<PlayerCommand> {
        if self.progress.is_due() {
            let state = if self.is_paused { ", paused" } else { "" };
            self.progress.show(format!("{} of {}{state}", self.clock(at), self.clock(self.end)));
        }
        let command = if self.stop.is_requested() {
            PlayerCommand::Stop
        } else {
            match self.keys.next()? {
                Key::Letter(' ') | Key::Enter | Key::Signal => PlayerCommand::TogglePause,
                Key::Left => PlayerCommand::Seek(at.saturating_sub(SEEK)),
                Key::Right => PlayerCommand::Seek(at.saturating_add(SEEK).min(self.end)),
                Key::Letter('q') => PlayerCommand::Stop,
                Key::Letter(_) => return None,
            }
        };
        self.is_stopped = command == PlayerCommand::Stop;
        Some(command)
    }

    fn on_pause(&mut self, at: Duration, is_paused: bool) {
        self.is_paused = is_paused;
        if !is_paused {
            return self.say("resumed");
        }
        let key = match (self.keys.is_terminal, self.takes_lines) {
            (true, _) => Some("Space".to_owned()),
            (false, true) => Some("a line on the standard input".to_owned()),
            (false, false) => None,
        };
        let signal = cfg!(unix).then(|| format!("`kill -USR1 {}`", std::process::id()));
        let ways: Vec<_> = key.into_iter().chain(signal).collect();
        self.say(&format!("paused at {}; {} resumes", self.clock(at), ways.join(" or ")));
    }
}
