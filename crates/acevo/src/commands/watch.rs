//! `acevo watch`: a live screen, lines, or JSON.

mod json;
mod lines;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::Event;

use super::Stop;
use crate::args::Watch;
use crate::live::{Link, Live, tell};
use crate::output::{self, say};
use crate::screen;

/// Ctrl-C is noticed within this time, whatever is waited for.
const PATIENCE: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &Watch) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let demo = args.demo.start();
    let mut live = Live::new(demo.as_ref().map_or_else(|| args.place.opener(), |demo| demo.open()));
    if args.json {
        follow(&mut live, &stop, args.quiet, &mut json::Objects::new(args))?;
    } else if args.lines || args.every.is_some() || args.count.is_some() || !output::has_screen() {
        follow(&mut live, &stop, args.quiet, &mut lines::Lines::new(args))?;
    } else {
        screen::run(live, demo.is_some(), &stop)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes what comes and prints it.
trait Follower {
    /// Called with each event, and with none when it is time; false when it has enough.
    fn follow(&mut self, live: &mut Live, event: Option<&Event>, now: Instant) -> anyhow::Result<bool>;

    /// How long it may be left alone where nothing happens.
    fn patience(&self, now: Instant) -> Duration;
}

fn follow(live: &mut Live, stop: &Stop, quiet: bool, follower: &mut dyn Follower) -> anyhow::Result<()> {
    let mut told = None;
    while !stop.is_asked_for() {
        let event = live.wait(follower.patience(Instant::now()).min(PATIENCE));
        if !quiet {
            narrate(live, event.as_ref(), &mut told);
        }
        if !follower.follow(live, event.as_ref(), Instant::now())? {
            return Ok(());
        }
    }
    Ok(())
}

/// Says on stderr what becomes of the connection.
fn narrate(live: &Live, event: Option<&Event>, told: &mut Option<Link>) {
    if matches!(event, Some(Event::Packet(_))) {
        return;
    }
    event.iter().for_each(|event| tell(event, &mut say));
    // Why there is nothing to read is known after the next look. That it is attached was told.
    let link = live.link();
    if told.as_ref() != Some(&link) && (event.is_none() || link == Link::Frozen) {
        if !matches!(link, Link::Attached | Link::Unproven) {
            say(format_args!("acevo: {}. {}", link.headline(), link.detail()));
        }
        *told = Some(link);
    }
}

/// What is left to print, and when.
#[derive(Debug)]
struct Pace {
    every: Option<Duration>,
    next: Option<Instant>,
    left: Option<u64>,
}

impl Pace {
    fn new(every: Option<Duration>, count: Option<u64>) -> Self {
        Self { every, next: None, left: count }
    }

    fn is_due(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| now >= next)
    }

    /// Time until it is due.
    fn left(&self, now: Instant) -> Duration {
        self.next.map_or(PATIENCE, |next| next.saturating_duration_since(now))
    }

    /// Something was printed; false when that was the last.
    fn printed(&mut self, now: Instant) -> bool {
        if let Some(every) = self.every {
            // Steady, but what was missed is not caught up.
            self.next = self.next.map(|next| next + every).filter(|next| *next > now).or(Some(now + every));
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.left != Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_steady_and_ends() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pace = Pace::new(Some(Duration::from_millis(100)), Some(3));
        assert!(pace.is_due(at(0)) && pace.printed(at(0)));
        assert!(!pace.is_due(at(99)) && pace.is_due(at(103)) && pace.printed(at(103)));
        assert_eq!(pace.left(at(150)), Duration::from_millis(50));
        assert!(pace.is_due(at(200)), "the delay before does not add up");
        assert!(!pace.printed(at(200)));
    }
}
