//! Records packets, and marks sessions and laps.

use std::time::Duration;

use acevo_recording::{LogNames, Marked, Record};
use acevo_shared_memory::{Packet, Page, PageKind};
use acevo_telemetry::Limiter;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};
use tracing::{info, warn};

use super::destination::Destination;
use super::observation::{Observation, ObservedEvent};
use crate::session::game_log::LogItem;

/// Recordings that begin at once, and per second for long. No game is restarted as often.
const MAX_BEGINNINGS: (f64, f64) = (10.0, 0.1);

/// Passes packets, and marks of sessions and laps, to a destination.
pub(crate) struct Recorder<D> {
    pub(crate) destination: D,
    analysis: Analysis,
    laps: Vec<Lap>,
    /// Packets of physics and of graphics that were lost before the next ones.
    dropped: [u32; 2],
    beginnings: Limiter,
    /// What a recording needs of the log from before its beginning.
    log_names: LogNames,
    /// The last beginning was not that of another recording, because there were too many.
    is_limited: bool,
    warning: Option<&'static str>,
    /// Another recorder of the same program logs sessions and laps.
    is_silent: bool,
}

impl<D: Destination> Recorder<D> {
    pub(crate) fn new(destination: D) -> Self {
        Self {
            destination,
            analysis: Analysis::new(Settings::default()),
            laps: Vec::new(),
            dropped: [0; 2],
            beginnings: Limiter::new(MAX_BEGINNINGS.0, MAX_BEGINNINGS.1),
            log_names: LogNames::default(),
            is_limited: false,
            warning: None,
            is_silent: false,
        }
    }

    /// The same, without sessions and laps in the log of the program.
    pub(crate) fn silent(self) -> Self {
        Self { is_silent: true, ..self }
    }

    /// Records an observation.
    pub(crate) fn take(&mut self, observed: &Observation) -> anyhow::Result<()> {
        let now = observed.now;
        self.dropped.iter_mut().zip(observed.dropped).for_each(|(all, more)| *all += more);
        match &observed.event {
            ObservedEvent::Attached(location) => {
                self.begin(observed, None)?;
                let frame = observed.frame.as_ref();
                let game_version = frame.map_or("", |frame| frame.static_data.ac_evo_version()).to_owned();
                self.mark(now, Marked::Attached { place: location.clone(), game_version });
            }
            ObservedEvent::Detached(reason) => {
                self.analysis.interrupt();
                self.follow_analysis();
                self.mark(now, Marked::Detached { reason: reason.clone() });
                // The next game may have to continue in this recording.
                if self.beginnings.has_left(now.as_secs_f64()) {
                    self.destination.detach();
                }
            }
            ObservedEvent::Packet(packet) => self.take_packet(observed, packet)?,
            ObservedEvent::Other => {}
            ObservedEvent::Nothing => self.destination.idle(),
        }
        observed.log.iter().for_each(|item| self.mark_log(now, item));
        Ok(())
    }

    /// Marks an event of the game's log.
    fn mark_log(&mut self, now: Duration, item: &LogItem) {
        self.log_names.note(&item.event);
        let what = Marked::Log { event: item.event.clone(), is_exact: item.at.is_some() };
        self.mark(item.at.unwrap_or(now), what);
    }

    /// Begins another recording, unless games or sessions change more often than any game can cause, or several programs write the pages.
    fn begin(&mut self, observed: &Observation, packet: Option<&Packet>) -> anyhow::Result<()> {
        let is_allowed = !observed.has_conflict && self.beginnings.allows(observed.now.as_secs_f64());
        if is_allowed {
            self.is_limited = false;
            self.destination.end();
            self.destination.begin(observed, packet)?;
            let names: Vec<_> = self.log_names.events().cloned().collect();
            for event in names {
                self.mark(observed.now, Marked::Log { event, is_exact: false });
            }
            return Ok(());
        }
        if !std::mem::replace(&mut self.is_limited, true) {
            warn!("games or sessions change too often: recording continues in the same file");
            self.warning = Some("games or sessions change too often; recording continues in the same file");
        }
        self.destination.proceed(observed, packet)
    }

    /// What the user has to know. Returned once per problem.
    pub(crate) fn take_warning(&mut self) -> Option<&'static str> {
        self.warning.take()
    }

    fn take_packet(&mut self, observed: &Observation, packet: &Packet) -> anyhow::Result<()> {
        let Some(frame) = &observed.frame else { return Ok(()) };
        let (seen, uncertainty) = (observed.time, observed.uncertainty);
        self.analysis.feed(seen, frame);
        if self.follow_analysis() {
            if !self.is_silent {
                info!("session {} begins", self.analysis.session());
            }
            self.begin(observed, Some(packet))?;
        }
        let Some(stream) = self.destination.stream() else { return Ok(()) };
        let bytes = observed.frame_bytes(frame, PageKind::Static);
        let names = stream.follow_session(frame, bytes, seen, self.analysis.session())?;
        let at = stream.at(seen);
        if let Some(graphics) = &packet.graphics {
            let bytes = observed.packet_bytes(PageKind::Graphics, graphics.view.raw().as_bytes());
            let mut record = Record::of_arrival(graphics, at, uncertainty, bytes);
            record.missed += std::mem::take(&mut self.dropped[1]);
            stream.record(&record)?;
        }
        if let Some(physics) = &packet.physics {
            let bytes = observed.packet_bytes(PageKind::Physics, physics.view.raw().as_bytes());
            let mut record = Record::of_arrival(physics, at, uncertainty, bytes);
            record.missed += std::mem::take(&mut self.dropped[0]);
            stream.record(&record)?;
        } else if let Some(is_settled) = observed.changed_physics {
            let mut record = Record::new(PageKind::Physics, at, observed.changed_bytes());
            (record.uncertainty, record.settled) = (uncertainty, is_settled);
            stream.record(&record)?;
        }
        if let Some(names) = &names {
            if !self.is_silent {
                info!(track = names.track, car = names.car, session = names.session, "session names are known");
            }
            self.destination.on_names(names);
        }
        Ok(())
    }

    /// Marks laps. Returns true if another session has begun.
    fn follow_analysis(&mut self) -> bool {
        let mut has_begun = false;
        while let Some(event) = self.analysis.next_event() {
            match event.kind {
                SessionEventKind::Session => has_begun = true,
                SessionEventKind::Lap(lap) => self.laps.push(lap),
                _ => {}
            }
        }
        for lap in self.laps.drain(..) {
            if !self.is_silent {
                info!(
                    session = lap.session,
                    lap = lap.number,
                    time_ms = lap.time_ms,
                    complete = lap.incomplete.is_none(),
                    "lap ended"
                );
            }
            if let Some(stream) = self.destination.stream() {
                stream.mark_lap(self.analysis.ended_at(&lap), &lap);
            }
        }
        has_begun
    }

    /// Begins in the middle of a session, with the pages of this moment.
    pub(crate) fn join(&mut self, observed: &Observation) -> anyhow::Result<()> {
        self.begin(observed, None)
    }

    /// Marks an event.
    pub(crate) fn mark(&mut self, at: Duration, what: Marked) {
        if let Some(stream) = self.destination.stream() {
            stream.mark(at, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use acevo_recording::{Description, Recording, RecordingItem, RecordingStream, RecordingWriter};
    use acevo_shared_memory::{
        ACEvoSharedMemoryMapper, ACEvoStatus, LocalPages, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
        SPageFileStaticEvo,
    };
    use acevo_telemetry::ConnectionEvent;
    use acevo_testkit::pages::faded_physics;

    use super::super::file_name::Names;
    use super::super::observation::Observer;
    use super::super::reporter::Reporter;
    use super::*;
    use crate::session::connection::LiveConnection;

    /// A single file.
    struct OneFile(RecordingStream<RecordingWriter<File>>);

    impl Destination for OneFile {
        type Sink = RecordingWriter<File>;

        fn stream(&mut self) -> Option<&mut RecordingStream<Self::Sink>> {
            Some(&mut self.0)
        }

        fn begin(&mut self, _: &Observation, _: Option<&Packet>) -> anyhow::Result<()> {
            Ok(())
        }

        fn on_names(&mut self, _: &Names) {}

        fn update(&mut self, _: &Observation, _: &mut dyn Reporter) -> anyhow::Result<()> {
            Ok(())
        }

        fn close(self, _: &mut dyn Reporter) -> anyhow::Result<bool> {
            self.0.sink.finish()?;
            Ok(true)
        }
    }

    /// Reports nothing.
    impl Reporter for () {
        fn say(&mut self, _: &str) {}

        fn fail(&mut self, _: &anyhow::Error) {}

        fn complete(&mut self, _: &Path) -> bool {
            true
        }

        fn show(&mut self, _: &mut dyn FnMut() -> String) {}
    }

    /// Waits for an event, and records it.
    fn take(recorder: &mut Recorder<OneFile>, observer: &mut Observer, live: &mut LiveConnection) -> ConnectionEvent {
        let event = live.wait(Duration::from_secs(10)).expect("an event");
        let mut observed = Observation::default();
        observer.observe(live, Some(&event), &mut observed);
        recorder.take(&observed).unwrap();
        event
    }

    /// Takes events until the first one with a graphics packet.
    fn take_frame(recorder: &mut Recorder<OneFile>, observer: &mut Observer, live: &mut LiveConnection) {
        loop {
            let event = take(recorder, observer, live);
            if matches!(event, ConnectionEvent::Packet(packet) if packet.graphics.is_some()) {
                return;
            }
        }
    }

    #[test]
    fn recorder_keeps_the_bytes_of_the_static_page() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("names.acevo");
        let writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        let mut recorder = Recorder::new(OneFile(RecordingStream::new(writer, Duration::ZERO)));
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut session = SPageFileStaticEvo { track: "M\u{fc}nchen".into(), ..Default::default() }.as_bytes().to_vec();
        let track = SPageFileStaticEvo::field("track").unwrap().offset;
        // A letter in another encoding, which is not valid UTF-8.
        session[track..track + 9].copy_from_slice(b"M\xfcnchen\0\0");
        publisher.publish_bytes(PageKind::Static, &session).unwrap();
        publisher.publish_physics(&SPageFilePhysics { packetId: 1, ..Default::default() }).unwrap();
        publisher.publish_graphics(&SPageFileGraphicEvo { packetId: 1, ..Default::default() }).unwrap();
        let mut live = LiveConnection::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())));
        let mut observer = Observer::default();
        take(&mut recorder, &mut observer, &mut live);
        publisher.publish_graphics(&SPageFileGraphicEvo { packetId: 2, ..Default::default() }).unwrap();
        take_frame(&mut recorder, &mut observer, &mut live);
        assert_eq!(live.pages().unwrap().static_data.track(), "M\u{fffd}nchen");
        assert!(recorder.destination.close(&mut ()).unwrap());
        let mut recording = Recording::open(&path).unwrap();
        let mut recorded = Vec::new();
        while let Some(item) = recording.next_item().unwrap() {
            if let RecordingItem::Record(record) = item
                && record.page == PageKind::Static
            {
                recorded.push(record.bytes.to_vec());
            }
        }
        assert_eq!(recorded, [session]);
    }

    #[test]
    fn recorder_keeps_each_change_under_the_same_counter() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pause.acevo");
        let writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        let mut recorder = Recorder::new(OneFile(RecordingStream::new(writer, Duration::ZERO)));
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut live = LiveConnection::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())));
        let mut observer = Observer::default();
        // Counter and level of physics, and the status; the graphics counter always increases.
        let (live_now, paused) = (ACEvoStatus::Live, ACEvoStatus::Pause);
        let driven = (1..10).map(|packet| (packet, 1.0, live_now));
        let fades = [(9, 1.0, paused), (9, 0.8, paused), (9, 0.4, paused), (9, 0.4, paused), (9, 0.6, live_now)];
        for (frame, (packet, level, status)) in (1..).zip(driven.chain(fades)) {
            publisher.publish_physics(&faded_physics(packet, level)).unwrap();
            let graphics = SPageFileGraphicEvo { packetId: frame, status: status.value(), ..Default::default() };
            publisher.publish_graphics(&graphics).unwrap();
            loop {
                let event = take(&mut recorder, &mut observer, &mut live);
                let is_first = frame == 1 && matches!(event, ConnectionEvent::Attached { .. });
                if is_first || matches!(event, ConnectionEvent::Packet(packet) if packet.graphics.is_some()) {
                    break;
                }
            }
        }
        assert!(recorder.destination.close(&mut ()).unwrap());
        let mut recording = Recording::open(&path).unwrap();
        let mut seen = Vec::new();
        while let Some(step) = recording.next_step().unwrap() {
            if let Some(of_physics) = step.physics {
                let page = step.frame.physics.raw();
                seen.push((
                    page.packetId,
                    (page.airTemp * 10.0).round(),
                    of_physics.missed,
                    step.frame.validity.is_current(),
                ));
            }
        }
        let of_pause = &seen[seen.iter().position(|(packet, ..)| *packet == 9).unwrap()..];
        let expected = [(9, 260.0, 0, true), (9, 208.0, 0, false), (9, 104.0, 0, false), (9, 156.0, 0, false)];
        assert_eq!(of_pause, expected, "{seen:?}");
    }
}
