//! `acevo record`: keeps every packet in files, one for each session.

mod name;
mod progress;
mod session_file;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_shared_memory::{Packet, Page, PageKind, View};
use acevo_telemetry::analysis::{Analysis, Lap, Settings, What};
use acevo_telemetry::recording::{Marked, Record};
use acevo_telemetry::{Event, Frame};
use anyhow::Context;

use self::progress::Progress;
use self::session_file::SessionFile;
use super::Stop;
use super::follow::{PATIENCE, narrate};
use crate::args::RecordArgs;
use crate::live::Live;
use crate::output::{print, say};

pub(crate) fn run(args: &RecordArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let demo = args.demo.start();
    let mut live = Live::new(demo.as_ref().map_or_else(|| args.place.opener(), |demo| demo.open()));
    let mut recorder = Recorder::new(args.output.as_deref())?;
    let mut progress = Progress::new(args.quiet);
    let (mut told, start) = (None, Instant::now());
    while !stop.is_asked_for() && args.time.is_none_or(|time| start.elapsed() < time) {
        let event = live.wait(PATIENCE);
        if !args.quiet {
            progress.suspend(|| narrate(&live, event.as_ref(), &mut told));
        }
        recorder.take(&live, event.as_ref())?;
        recorder.ended_files().try_for_each(|file| file.and_then(|path| print_path(&path)))?;
        progress.show(recorder.file.as_ref().map(SessionFile::state));
    }
    progress.end();
    recorder.end_file();
    let ended: Vec<_> = recorder.ended_files().collect();
    if ended.is_empty() && !recorder.has_written && !args.quiet {
        say(format_args!("acevo: nothing was recorded: there was no game"));
    }
    ended.into_iter().try_for_each(|file| file.and_then(|path| print_path(&path)))?;
    Ok(if recorder.has_written { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files are what the program gives out.
fn print_path(path: &Path) -> anyhow::Result<()> {
    print(format!("{}\n", path.display()).as_bytes())
}

/// Where files go.
enum Place {
    /// A file for each session, by names of their own.
    Directory(PathBuf),
    /// One file; further sessions have numbers behind its name.
    File(PathBuf),
}

/// Hands packets on to the file of the session.
struct Recorder {
    place: Place,
    analysis: Analysis,
    start: Instant,
    file: Option<SessionFile>,
    ended: Vec<anyhow::Result<PathBuf>>,
    laps: Vec<Lap>,
    files: usize,
    has_written: bool,
    buffer: Vec<u8>,
}

impl Recorder {
    fn new(output: Option<&Path>) -> anyhow::Result<Self> {
        let place = match output {
            None => Place::Directory(
                name::default_directory().context("there is no home directory to record to; name a place with -o")?,
            ),
            Some(path) if path.is_dir() || path.extension().is_none() => Place::Directory(path.into()),
            Some(path) => Place::File(path.into()),
        };
        Ok(Self {
            place,
            analysis: Analysis::new(Settings::default()),
            start: Instant::now(),
            file: None,
            ended: Vec::new(),
            laps: Vec::new(),
            files: 0,
            has_written: false,
            buffer: Vec::with_capacity(PageKind::Graphics.size()),
        })
    }

    /// Files that are complete now, or could not be.
    fn ended_files(&mut self) -> impl Iterator<Item = anyhow::Result<PathBuf>> + use<> {
        std::mem::take(&mut self.ended).into_iter()
    }

    fn take(&mut self, live: &Live, event: Option<&Event>) -> anyhow::Result<()> {
        let now = Instant::now();
        match event {
            Some(Event::Attached { place }) => {
                let frame = live.pages();
                self.begin_file(frame)?;
                let game_version = frame.map_or("", |frame| frame.static_data.ac_evo_version()).to_owned();
                self.mark(now, Marked::Attached { place: place.clone(), game_version });
            }
            Some(Event::Detached(why)) => {
                self.analysis.interrupt();
                self.follow_analysis(now);
                self.mark(now, Marked::Detached { reason: why.to_string() });
                // The next game begins another file.
                self.end_file();
            }
            Some(Event::Packet(packet)) => self.take_packet(live, packet)?,
            Some(_) => {}
            None => {
                if let Some(file) = &mut self.file {
                    file.flush();
                }
            }
        }
        Ok(())
    }

    fn take_packet(&mut self, live: &Live, packet: &Packet) -> anyhow::Result<()> {
        let Some(frame) = live.pages() else { return Ok(()) };
        self.analysis.feed(packet.seen.saturating_duration_since(self.start), frame);
        if self.follow_analysis(packet.seen) {
            self.end_file();
            self.begin_file(Some(frame))?;
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        file.follow_session(frame, packet.seen, self.analysis.session())?;
        if let Some(graphics) = &packet.graphics {
            captured(live, &graphics.view, &mut self.buffer);
            let record = Record::of_arrival(graphics, file.at(packet.seen), packet.uncertainty, &self.buffer);
            file.record(&record)?;
        }
        if let Some(physics) = &packet.physics {
            captured(live, &physics.view, &mut self.buffer);
            let record = Record::of_arrival(physics, file.at(packet.seen), packet.uncertainty, &self.buffer);
            file.record(&record)?;
        }
        Ok(())
    }

    /// Marks laps; true where another session has begun.
    fn follow_analysis(&mut self, now: Instant) -> bool {
        let mut has_begun = false;
        while let Some(event) = self.analysis.next_event() {
            match event.what {
                What::Session => has_begun = true,
                What::Lap(lap) => self.laps.push(lap),
                _ => {}
            }
        }
        for lap in self.laps.drain(..) {
            if let Some(file) = &mut self.file {
                // The game tells a lap's time some time after the line.
                let since = Duration::try_from_secs_f64(self.analysis.driven_s() - lap.ended_s).unwrap_or_default();
                file.mark_lap(now.checked_sub(since).unwrap_or(now), &lap);
            }
        }
        has_begun
    }

    fn mark(&mut self, at: Instant, what: Marked) {
        if let Some(file) = &mut self.file {
            file.mark(at, what);
        }
    }

    fn begin_file(&mut self, frame: Option<&Frame>) -> anyhow::Result<()> {
        self.end_file();
        self.files += 1;
        let file = match &self.place {
            Place::Directory(directory) => SessionFile::create_in(directory)?,
            Place::File(path) => SessionFile::create(&name::numbered(path, self.files))?,
        };
        self.has_written = true;
        let file = self.file.insert(file);
        frame.map_or(Ok(()), |frame| file.open_with(frame))
    }

    fn end_file(&mut self) {
        if let Some(file) = self.file.take() {
            self.ended.push(file.finish());
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
