//! `acevo record`: keeps every packet in files, one for each session, or the last seconds until they are wanted.

mod files;
mod keep;
mod name;
mod saver;
mod tape;

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_recording::{Marked, Record};
use acevo_shared_memory::{Packet, Page, PageKind, View};
use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};
use anyhow::Context;

use self::files::Files;
use self::keep::Keeper;
use self::name::Names;
use self::tape::Sink;
pub(super) use self::tape::Tape;
use super::follow_loop::{ConnectionMessages, MAX_WAIT};
use super::progress::Progress;
use crate::cli::RecordArgs;
use crate::output::{OutputClosed, complain, print};
use crate::session::awake::Awake;
use crate::session::connection::LiveConnection;
use crate::session::demo::Demo;
use crate::shutdown::Stop;

/// What recordings say has written them.
pub(super) const PROGRAM: &str = concat!("acevo ", env!("CARGO_PKG_VERSION"));

/// Where recorded packets go.
trait Destination {
    type Sink: Sink;

    /// What takes packets now, if anything.
    fn tape(&mut self) -> Option<&mut Tape<Self::Sink>>;

    /// A game, or a session, begins.
    fn begin(&mut self, live: &LiveConnection) -> anyhow::Result<()>;

    /// What the session is called is known now.
    fn named(&mut self, names: &Names);

    /// The session has ended, and so has what belongs to it.
    fn end(&mut self) {}

    /// The game has ended.
    fn detach(&mut self) {}

    /// Nothing has come for a while.
    fn idle(&mut self) {}

    /// Looks after everything else: what there is to tell, to show, to print. Called all the time, and never waits.
    fn attend(&mut self, live: &LiveConnection, progress: &mut Progress) -> anyhow::Result<()>;

    /// Completes everything. False where nothing was recorded.
    fn close(self) -> anyhow::Result<bool>;
}

pub(crate) fn run(args: &RecordArgs) -> anyhow::Result<ExitCode> {
    match args.keep_last {
        Some(span) => record(args, Keeper::new(args, span)?, "s saves · Ctrl-C ends it"),
        None => record(args, Files::new(args)?, "Ctrl-C ends it"),
    }
}

fn record(args: &RecordArgs, destination: impl Destination, keys: &str) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let demo = args.demo.start();
    let mut live = match &demo {
        Some(demo) => LiveConnection::new(demo.open()).with_lockstep(demo.lockstep()),
        None => LiveConnection::new(args.place.opener()),
    };
    let mut recorder = Recorder::new(destination);
    let mut progress = Progress::new(args.quiet, keys);
    let (mut messages, start, mut awake) = (ConnectionMessages::default(), Instant::now(), Awake::default());
    let elapsed = || demo.as_ref().map_or_else(|| start.elapsed(), Demo::time);
    while !stop.is_requested() && args.time.is_none_or(|time| elapsed() < time) {
        // Read before the pages: what was published before the end is read below.
        let is_over = demo.as_ref().is_some_and(Demo::is_over);
        let event = live.wait(MAX_WAIT);
        if is_over && event.is_none() {
            break;
        }
        awake.keep(live.is_driven() && demo.is_none());
        if !args.quiet && !matches!(event, Some(ConnectionEvent::Packet(_))) {
            progress.suspend(|| messages.print(&live, event.as_ref()));
        }
        recorder.take(&live, event.as_ref())?;
        recorder.destination.attend(&live, &mut progress)?;
    }
    progress.end();
    Ok(if recorder.destination.close()? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files are what the program gives out. False where their names cannot be: no reason to stop recording.
fn print_path(path: &Path) -> bool {
    match print(format!("{}\n", path.display()).as_bytes()) {
        Err(error) if !error.is::<OutputClosed>() => {
            complain(&error);
            false
        }
        _ => true,
    }
}

fn make_directory(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make the directory {}", directory.display()))
}

/// Finds out whether files can be made there, by making one and removing it: who waits for a game has to know that before it comes.
fn check_directory(directory: &Path) -> anyhow::Result<()> {
    make_directory(directory)?;
    let path = directory.join(format!(".acevo-{}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    let removed = made.and_then(|file| {
        drop(file);
        fs::remove_file(&path)
    });
    removed.with_context(|| format!("cannot make files in {}", directory.display()))
}

/// Hands packets on.
struct Recorder<D> {
    destination: D,
    analysis: Analysis,
    laps: Vec<Lap>,
    buffer: Vec<u8>,
    /// The physics page as it was recorded last.
    physics: Vec<u8>,
}

impl<D: Destination> Recorder<D> {
    fn new(destination: D) -> Self {
        Self {
            destination,
            analysis: Analysis::new(Settings::default()),
            laps: Vec::new(),
            buffer: Vec::with_capacity(PageKind::Graphics.size()),
            physics: Vec::with_capacity(PageKind::Physics.size()),
        }
    }

    fn take(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) -> anyhow::Result<()> {
        let now = live.now();
        match event {
            Some(ConnectionEvent::Attached { location }) => {
                self.destination.begin(live)?;
                let game_version = live.pages().map_or("", |frame| frame.static_data.ac_evo_version()).to_owned();
                self.mark(now, Marked::Attached { place: location.clone(), game_version });
            }
            Some(ConnectionEvent::Detached(why)) => {
                self.analysis.interrupt();
                self.follow_analysis();
                self.mark(now, Marked::Detached { reason: why.to_string() });
                self.destination.detach();
            }
            Some(ConnectionEvent::Packet(packet)) => self.take_packet(live, packet)?,
            Some(_) => {}
            None => self.destination.idle(),
        }
        Ok(())
    }

    fn take_packet(&mut self, live: &LiveConnection, packet: &Packet) -> anyhow::Result<()> {
        let Some(frame) = live.pages() else { return Ok(()) };
        let (seen, uncertainty) = (live.time(), live.uncertainty(packet));
        self.analysis.feed(seen, frame);
        if self.follow_analysis() {
            self.destination.end();
            self.destination.begin(live)?;
        }
        let Some(tape) = self.destination.tape() else { return Ok(()) };
        let names = tape.follow_session(frame, Some(live), seen, self.analysis.session())?;
        let at = tape.at(seen);
        if let Some(graphics) = &packet.graphics {
            captured(live, &graphics.view, &mut self.buffer);
            tape.record(&Record::of_arrival(graphics, at, uncertainty, &self.buffer))?;
        }
        if let Some(physics) = &packet.physics {
            captured(live, &physics.view, &mut self.buffer);
            tape.record(&Record::of_arrival(physics, at, uncertainty, &self.buffer))?;
            self.physics.clone_from(&self.buffer);
        } else if !packet.validity.is_current()
            && let Some(is_settled) = live.changed_physics(&self.physics, &mut self.buffer)
        {
            let mut record = Record::new(PageKind::Physics, at, &self.buffer);
            (record.uncertainty, record.settled) = (uncertainty, is_settled);
            tape.record(&record)?;
            self.physics.clone_from(&self.buffer);
        }
        names.iter().for_each(|names| self.destination.named(names));
        Ok(())
    }

    /// Marks laps; true where another session has begun.
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
            if let Some(tape) = self.destination.tape() {
                tape.mark_lap(self.analysis.ended_at(&lap), &lap);
            }
        }
        has_begun
    }

    fn mark(&mut self, at: Duration, what: Marked) {
        if let Some(tape) = self.destination.tape() {
            tape.mark(at, what);
        }
    }
}

/// The packet's bytes as the game had them; where another packet was captured meanwhile, as the view has them.
fn captured<T: Page>(live: &LiveConnection, view: &View<'static, T>, buffer: &mut Vec<u8>) {
    let page = view.raw().as_bytes();
    buffer.resize(T::KIND.size(), 0);
    match live.captured(T::KIND, buffer).filter(|_| buffer[..4] == page[..4]) {
        Some(length) => buffer.truncate(length),
        None => buffer.copy_from_slice(page),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use acevo_recording::{Description, Recording, RecordingItem, RecordingWriter};
    use acevo_shared_memory::{
        ACEvoSharedMemoryMapper, ACEvoStatus, LocalPages, Publisher, SPageFileGraphicEvo, SPageFilePhysics,
        SPageFileStaticEvo,
    };
    use acevo_testkit::pages::faded_physics;

    use super::*;

    /// One file, whatever happens.
    struct OneFile(Tape<RecordingWriter<File>>);

    impl Destination for OneFile {
        type Sink = RecordingWriter<File>;

        fn tape(&mut self) -> Option<&mut Tape<Self::Sink>> {
            Some(&mut self.0)
        }

        fn begin(&mut self, _: &LiveConnection) -> anyhow::Result<()> {
            Ok(())
        }

        fn named(&mut self, _: &Names) {}

        fn attend(&mut self, _: &LiveConnection, _: &mut Progress) -> anyhow::Result<()> {
            Ok(())
        }

        fn close(self) -> anyhow::Result<bool> {
            self.0.sink.finish()?;
            Ok(true)
        }
    }

    /// Takes events until the first one with a graphics packet.
    fn take_frame(recorder: &mut Recorder<OneFile>, live: &mut LiveConnection) {
        loop {
            let event = live.wait(Duration::from_secs(10)).expect("something comes");
            recorder.take(live, Some(&event)).unwrap();
            if matches!(event, ConnectionEvent::Packet(packet) if packet.graphics.is_some()) {
                return;
            }
        }
    }

    #[test]
    fn the_static_page_is_recorded_byte_for_byte() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("names.acevo");
        let writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        let mut recorder = Recorder::new(OneFile(Tape::new(writer, Duration::ZERO)));
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut session = SPageFileStaticEvo { track: "M\u{fc}nchen".into(), ..Default::default() }.as_bytes().to_vec();
        let track = SPageFileStaticEvo::field("track").unwrap().offset;
        // A letter of another encoding, which is no UTF-8.
        session[track..track + 9].copy_from_slice(b"M\xfcnchen\0\0");
        publisher.publish_bytes(PageKind::Static, &session).unwrap();
        publisher.publish_physics(&SPageFilePhysics { packetId: 1, ..Default::default() }).unwrap();
        publisher.publish_graphics(&SPageFileGraphicEvo { packetId: 1, ..Default::default() }).unwrap();
        let mut live = LiveConnection::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())));
        let attached = live.wait(Duration::from_secs(10)).expect("it attaches");
        recorder.take(&live, Some(&attached)).unwrap();
        publisher.publish_graphics(&SPageFileGraphicEvo { packetId: 2, ..Default::default() }).unwrap();
        take_frame(&mut recorder, &mut live);
        assert_eq!(live.pages().unwrap().static_data.track(), "M\u{fffd}nchen");
        assert!(recorder.destination.close().unwrap());
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
    fn pages_that_change_while_their_counter_stands_are_recorded_once_each() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pause.acevo");
        let writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        let mut recorder = Recorder::new(OneFile(Tape::new(writer, Duration::ZERO)));
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut live = LiveConnection::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())));
        // Counter and level of physics, and the status; the graphics counter always goes on.
        let (live_now, paused) = (ACEvoStatus::Live, ACEvoStatus::Pause);
        let driven = (1..10).map(|packet| (packet, 1.0, live_now));
        let fades = [(9, 1.0, paused), (9, 0.8, paused), (9, 0.4, paused), (9, 0.4, paused), (9, 0.6, live_now)];
        for (frame, (packet, level, status)) in (1..).zip(driven.chain(fades)) {
            publisher.publish_physics(&faded_physics(packet, level)).unwrap();
            let graphics = SPageFileGraphicEvo { packetId: frame, status: status.value(), ..Default::default() };
            publisher.publish_graphics(&graphics).unwrap();
            loop {
                let event = live.wait(Duration::from_secs(10)).expect("something comes");
                recorder.take(&live, Some(&event)).unwrap();
                let is_first = frame == 1 && matches!(event, ConnectionEvent::Attached { .. });
                if is_first || matches!(event, ConnectionEvent::Packet(packet) if packet.graphics.is_some()) {
                    break;
                }
            }
        }
        assert!(recorder.destination.close().unwrap());
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
