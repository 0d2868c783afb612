//! An analysis that is fed with what comes.

use std::time::Duration;

use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, Thresholds};
use acevo_telemetry::{ConnectionEvent, Frame};

use crate::cli::{Analysing, Origin};
use crate::session::bests::{Bests, now};
use crate::session::live::Live;

/// Hands an analysis what has come, and keeps personal bests.
#[derive(Debug)]
pub(crate) struct Feeder {
    pub(crate) analysis: Analysis,
    bests: Bests,
    /// The end of a recording was noticed.
    has_ended: bool,
}

/// When the zero of a recording was, since 1970 (UTC); now if the recording has no date.
pub(crate) fn recorded(recording: &Recording) -> Duration {
    recording.description().map_or_else(|| Duration::from_secs(now()), |it| Duration::from_micros(it.unix_us))
}

impl Feeder {
    /// As the arguments say. A simulated car has personal bests only if a file for them is named; the laps of a recording are
    /// kept as personal bests only then: they may be somebody else's.
    pub(crate) fn new(args: &Analysing, thresholds: Thresholds, origin: &Origin) -> Self {
        let mut bests = Bests::new(args.bests_file(origin.demo.demo));
        if origin.from.is_some() && args.bests.is_none() {
            bests = bests.read_only();
        }
        let mut settings = args.settings();
        settings.thresholds = thresholds;
        let mut analysis = Analysis::new(settings).with_personal_bests(bests.load());
        analysis.set_reference(args.reference());
        analysis.set_date(now());
        Self { analysis, bests, has_ended: false }
    }

    pub(crate) fn feed(&mut self, live: &Live, event: Option<&ConnectionEvent>) {
        match event {
            Some(ConnectionEvent::Packet(_)) => {
                if let Some(frame) = live.frame() {
                    self.analysis.feed(live.time(), frame);
                }
            }
            Some(ConnectionEvent::Detached(_)) => self.analysis.interrupt(),
            Some(_) => self.analysis.set_date(now()),
            None if live.has_ended() && !self.has_ended => {
                self.has_ended = true;
                self.analysis.interrupt();
            }
            None => {}
        }
        self.bests.keep(&mut self.analysis);
    }

    /// Takes a step of a recording that is read without being played. `recorded` is when its zero was, since 1970 (UTC).
    pub(crate) fn feed_step(&mut self, recorded: Duration, at: Duration, frame: &Frame) {
        self.analysis.set_date((recorded + at).as_secs());
        self.analysis.feed(at, frame);
        self.bests.keep(&mut self.analysis);
    }

    /// Ends a recording that was read with [`feed_step`](Self::feed_step).
    pub(crate) fn end(&mut self) {
        self.analysis.interrupt();
        self.bests.keep(&mut self.analysis);
    }

    /// Why personal bests are not kept, once.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.bests.take_trouble()
    }
}
