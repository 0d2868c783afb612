//! `acevo watch`: a live screen, lines, or JSON.

mod json;
mod lines;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::follow::{PATIENCE, follow};
use crate::cli::Watch;
use crate::output;
use crate::session::snapshot::Cockpit;
use crate::shutdown::Stop;
use crate::tui;

pub(crate) fn run(args: &Watch) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (mut live, _running) = args.origin.follow()?;
    if args.json {
        follow(&mut live, &stop, args.quiet, &mut json::Objects::new(args))?;
    } else if args.lines || args.every.is_some() || args.count.is_some() || !output::has_screen() {
        follow(&mut live, &stop, args.quiet, &mut lines::Lines::new(args))?;
    } else {
        tui::run(Cockpit::new(live, &args.origin, &args.analysing), &stop)?;
    }
    Ok(ExitCode::SUCCESS)
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
