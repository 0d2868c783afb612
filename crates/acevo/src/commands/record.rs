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
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};
use acevo_telemetry::{ConnectionEvent, Frame};
use anyhow::Context;

use self::files::Files;
use self::keep::Keeper;
use self::name::Names;
use self::tape::Sink;
pub(super) use self::tape::Tape;
use super::follow::{PATIENCE, narrate};
use super::progress::Progress;
use crate::cli::RecordArgs;
use crate::output::{ReaderGone, complain, print};
use crate::session::awake::Awake;
use crate::session::live::Live;
use crate::shutdown::Stop;

/// What recordings say has written them.
pub(super) const PROGRAM: &str = concat!("acevo ", env!("CARGO_PKG_VERSION"));

/// Where recorded packets go.
trait Destination {
    type Sink: Sink;

    /// What takes packets now, if anything.
    fn tape(&mut self) -> Option<&mut Tape<Self::Sink>>;

    /// A game, or a session, begins.
    fn begin(&mut self, frame: Option<&Frame>) -> anyhow::Result<()>;

    /// What the session is called is known now.
    fn named(&mut self, names: &Names);

    /// The session has ended, and so has what belongs to it.
    fn end(&mut self) {}

    /// The game has ended.
    fn detach(&mut self) {}

    /// Nothing has come for a while.
    fn idle(&mut self) {}

    /// Looks after everything else: what there is to tell, to show, to print. Called all the time, and never waits.
    fn attend(&mut self, frame: Option<&Frame>, progress: &mut Progress) -> anyhow::Result<()>;

    /// Completes everything. False where nothing was recorded.
    fn close(self) -> anyhow::Result<bool>;
}

pub(crate) fn run(args: &RecordArgs) -> anyhow::Result<ExitCode> {
    match args.keep_last {
        Some(span) => record(args, Keeper::new(args, span)?, "s saves · Ctrl-C ends it"),
        None => record(args, Files::new(args.output.as_deref(), args.quiet)?, "Ctrl-C ends it"),
    }
}

fn record(args: &RecordArgs, destination: impl Destination, keys: &str) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let demo = args.demo.start();
    let mut live = Live::new(demo.as_ref().map_or_else(|| args.place.opener(), |demo| demo.open()));
    let mut recorder = Recorder::new(destination);
    let mut progress = Progress::new(args.quiet, keys);
    let (mut told, start, mut awake) = (None, Instant::now(), Awake::default());
    while !stop.is_requested() && args.time.is_none_or(|time| start.elapsed() < time) {
        let event = live.wait(PATIENCE);
        awake.keep(live.is_driven() && demo.is_none());
        if !args.quiet && !matches!(event, Some(ConnectionEvent::Packet(_))) {
            progress.suspend(|| narrate(&live, event.as_ref(), &mut told));
        }
        recorder.take(&live, event.as_ref())?;
        recorder.destination.attend(live.pages(), &mut progress)?;
    }
    progress.end();
    Ok(if recorder.destination.close()? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files are what the program gives out. False where their names cannot be: no reason to stop recording.
fn print_path(path: &Path) -> bool {
    match print(format!("{}\n", path.display()).as_bytes()) {
        Err(error) if !error.is::<ReaderGone>() => {
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
    start: Instant,
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
            start: Instant::now(),
            laps: Vec::new(),
            buffer: Vec::with_capacity(PageKind::Graphics.size()),
            physics: Vec::with_capacity(PageKind::Physics.size()),
        }
    }

    fn take(&mut self, live: &Live, event: Option<&ConnectionEvent>) -> anyhow::Result<()> {
        let now = Instant::now();
        match event {
            Some(ConnectionEvent::Attached { place }) => {
                let frame = live.pages();
                self.destination.begin(frame)?;
                let game_version = frame.map_or("", |frame| frame.static_data.ac_evo_version()).to_owned();
                self.mark(now, Marked::Attached { place: place.clone(), game_version });
            }
            Some(ConnectionEvent::Detached(why)) => {
                self.analysis.interrupt();
                self.follow_analysis(now);
                self.mark(now, Marked::Detached { reason: why.to_string() });
                self.destination.detach();
            }
            Some(ConnectionEvent::Packet(packet)) => self.take_packet(live, packet)?,
            Some(_) => {}
            None => self.destination.idle(),
        }
        Ok(())
    }

    fn take_packet(&mut self, live: &Live, packet: &Packet) -> anyhow::Result<()> {
        let Some(frame) = live.pages() else { return Ok(()) };
        self.analysis.feed(packet.seen.saturating_duration_since(self.start), frame);
        if self.follow_analysis(packet.seen) {
            self.destination.end();
            self.destination.begin(Some(frame))?;
        }
        let Some(tape) = self.destination.tape() else { return Ok(()) };
        let names = tape.follow_session(frame, packet.seen, self.analysis.session())?;
        let at = tape.at(packet.seen);
        if let Some(graphics) = &packet.graphics {
            captured(live, &graphics.view, &mut self.buffer);
            tape.record(&Record::of_arrival(graphics, at, packet.uncertainty, &self.buffer))?;
        }
        if let Some(physics) = &packet.physics {
            captured(live, &physics.view, &mut self.buffer);
            tape.record(&Record::of_arrival(physics, at, packet.uncertainty, &self.buffer))?;
            self.physics.clone_from(&self.buffer);
        } else if !packet.validity.is_current()
            && let Some(is_settled) = live.standing_physics(&self.physics, &mut self.buffer)
        {
            let mut record = Record::new(PageKind::Physics, at, &self.buffer);
            (record.uncertainty, record.settled) = (packet.uncertainty, is_settled);
            tape.record(&record)?;
            self.physics.clone_from(&self.buffer);
        }
        names.iter().for_each(|names| self.destination.named(names));
        Ok(())
    }

    /// Marks laps; true where another session has begun.
    fn follow_analysis(&mut self, now: Instant) -> bool {
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
                // The game tells a lap's time some time after the line.
                let since = Duration::try_from_secs_f64(self.analysis.driven_s() - lap.ended_s).unwrap_or_default();
                tape.mark_lap(now.checked_sub(since).unwrap_or(now), &lap);
            }
        }
        has_begun
    }

    fn mark(&mut self, at: Instant, what: Marked) {
        if let Some(tape) = self.destination.tape() {
            tape.mark(at, what);
        }
    }
}

/// The packet's bytes as the game had them; where another packet was captured meanwhile, as the view has them.
fn captured<T: Page>(live: &Live, view: &View<'static, T>, buffer: &mut Vec<u8>) {
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

    use acevo_recording::{Description, Recording, RecordingWriter};
    use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, LocalPages, Publisher, SPageFileGraphicEvo};
    use acevo_testkit::pages::faded_physics;

    use super::*;

    /// One file, whatever happens.
    struct OneFile(Tape<RecordingWriter<File>>);

    impl Destination for OneFile {
        type Sink = RecordingWriter<File>;

        fn tape(&mut self) -> Option<&mut Tape<Self::Sink>> {
            Some(&mut self.0)
        }

        fn begin(&mut self, _: Option<&Frame>) -> anyhow::Result<()> {
            Ok(())
        }

        fn named(&mut self, _: &Names) {}

        fn attend(&mut self, _: Option<&Frame>, _: &mut Progress) -> anyhow::Result<()> {
            Ok(())
        }

        fn close(self) -> anyhow::Result<bool> {
            self.0.sink.finish()?;
            Ok(true)
        }
    }

    #[test]
    fn pages_that_change_while_their_counter_stands_are_recorded_once_each() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pause.acevo");
        let writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        let mut recorder = Recorder::new(OneFile(Tape::new(writer, Instant::now())));
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut live = Live::new(Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone())));
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
