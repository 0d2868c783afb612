//! Feeds the analysis with packets and keeps personal bests.

use std::time::Duration;

use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, Context, Thresholds};
use acevo_telemetry::{ConnectionEvent, Frame};

use crate::cli::{Analysing, Origin};
use crate::session::bests::{Bests, now};
use crate::session::live::Live;

/// Feeds the analysis and keeps personal bests.
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
        let mut context = Context::default();
        context.personal_bests = bests.load();
        context.reference = args.reference();
        context.date = now();
        let analysis = Analysis::with_context(settings, context);
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
            Some(_) => self.analysis.context_mut().date = now(),
            None if live.has_ended() && !self.has_ended => {
                self.has_ended = true;
                self.analysis.interrupt();
            }
            None => {}
        }
        self.bests.update(&mut self.analysis);
    }

    /// Waits until personal bests are saved.
    pub(crate) fn finish(&mut self) {
        self.bests.finish();
    }

    /// Takes a step of a recording that is read without being played. `recorded` is when its zero was, since 1970 (UTC).
    pub(crate) fn feed_step(&mut self, recorded: Duration, at: Duration, frame: &Frame) {
        self.analysis.context_mut().date = (recorded + at).as_secs();
        self.analysis.feed(at, frame);
        self.bests.update(&mut self.analysis);
    }

    /// Ends a recording that was read with [`feed_step`](Self::feed_step), and waits until personal bests are saved.
    pub(crate) fn end(&mut self) {
        self.analysis.interrupt();
        self.bests.update(&mut self.analysis);
        self.bests.finish();
    }

    /// Why personal bests are not saved, once.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.bests.take_trouble()
    }
}
