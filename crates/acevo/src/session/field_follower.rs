//! Passes packets and the game's log to the field.

use std::time::{Duration, Instant};

use acevo_telemetry::Frame;
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::field::{Field, Standings};

use super::connection::LiveConnection;
use super::game_log::{LogItem, local_time};
use super::known_tracks::KnownTracks;
use super::learned_sectors::{self, DrawnSectors};

/// Interval at which the clock of this computer is compared.
const CLOCK_INTERVAL: Duration = Duration::from_secs(10);

/// Events of the log that are taken at once, so that a long log does not delay packets.
const MAX_AT_ONCE: usize = 200;

/// The field, fed with a connection.
#[derive(Debug, Default)]
pub(crate) struct FieldFollower {
    field: Field,
    tracks: KnownTracks,
    drawn: DrawnSectors,
    compared: Option<Instant>,
}

impl FieldFollower {
    /// A field from a log alone.
    pub(crate) fn of_log() -> Self {
        Self { field: Field::of_log(), ..Self::default() }
    }

    /// Takes a packet, after the analysis has taken it.
    pub(crate) fn take_packet(&mut self, at: Duration, pages: &Frame, analysis: &Analysis) {
        self.field.feed(at, pages, analysis);
    }

    /// Takes what is new in the log, and passes it on.
    pub(crate) fn take_log(&mut self, connection: &mut LiveConnection, mut on_item: impl FnMut(&LogItem)) {
        let is_live = connection.has_live_log();
        if is_live && self.compared.is_none_or(|compared| compared.elapsed() >= CLOCK_INTERVAL) {
            self.compared = Some(Instant::now());
            if let Some(time) = local_time() {
                self.field.set_computer_time(connection.now(), time);
            }
        }
        for _ in 0..MAX_AT_ONCE {
            let Some(item) = connection.next_log_item() else { return };
            match item.at.filter(|_| !is_live) {
                Some(at) => self.field.note_log_at(&item.event, at),
                None => self.field.note_log(&item.event),
            }
            on_item(&item);
        }
    }

    /// Begins again after a seek in a recording: names and laps come with its log, and with what is played from here.
    pub(crate) fn restart(&mut self) {
        self.field = Field::new();
    }

    /// Uses the game's own sectors as soon as they are known, and those that the user draws. With `keeps` the game's are kept for later drives.
    pub(crate) fn teach(&mut self, analysis: &mut Analysis, pages: &Frame, keeps: bool) {
        let session = &pages.static_data;
        let track = (session.track(), session.track_configuration());
        learned_sectors::learn(&self.field, analysis, track, keeps);
        self.drawn.take(analysis);
    }

    /// Takes the outline of an earlier drive on the track, and keeps the one of this drive.
    pub(crate) fn follow_track(&mut self, analysis: &Analysis, pages: &Frame) {
        let session = &pages.static_data;
        let known = self.tracks.follow(session.track(), session.track_configuration(), analysis.outline());
        if let Some(outline) = known {
            self.field.know_outlines(vec![outline]);
        }
    }

    /// The order of all cars.
    pub(crate) fn standings(&self) -> Standings {
        self.field.standings()
    }
}
