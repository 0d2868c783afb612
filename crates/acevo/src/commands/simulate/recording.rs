//! A recording of a simulation, computed without a clock.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use acevo_gamelog::LogEvent;
use acevo_recording::{Description, Marked, Record, RecordingStream, RecordingWriter};
use acevo_shared_memory::PageKind;
use acevo_simulator::{Changed, Options, Simulator};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
use anyhow::{Context, ensure};
use indicatif::HumanBytes;

use super::log_lines::LogLines;
use crate::cli::LogOutput;
use crate::commands::progress::Progress;
use crate::format::text::clock;
use crate::output::{check_new, create_pending, is_dash, name_of, publish, say};
use crate::recording::PROGRAM;
use crate::shutdown::Stop;

/// Time that is recorded of a simulation without an end.
const MAX_TIME: Duration = Duration::from_secs(3600);

/// Steps between two checks of the progress and of Ctrl-C.
const STEPS_AT_ONCE: usize = 333;

/// What is recorded.
pub(super) struct Plan {
    pub(super) options: Options,
    /// The file for the log; `None` for the recording itself.
    pub(super) log: Option<LogOutput>,
    /// The maximum simulated time.
    pub(super) time: Option<Duration>,
    pub(super) quiet: bool,
}

/// Writes the recording.
pub(super) fn write(path: &Path, plan: Plan, stop: &Stop) -> anyhow::Result<ExitCode> {
    let Plan { options, log, time, quiet } = plan;
    ensure!(!is_dash(path), "a recording cannot be written to the standard output: name a file with -o");
    check_new(path)?;
    let end = time.or_else(|| (!options.has_end()).then_some(MAX_TIME)).unwrap_or(Duration::MAX);
    let pending = create_pending(path)?;
    let cannot = || format!("cannot write {}", name_of(path));
    let writer = RecordingWriter::new(pending.file()?, &Description::new(PROGRAM)).with_context(cannot)?;
    let log = LogLines::new(log.as_ref(), options.log.map_or(0, |style| style.start_ms))?;
    let mut recorder = Recorder::new(Simulator::new(options), log, writer);
    let mut progress = Progress::new(quiet, "Ctrl-C quits");
    while !recorder.simulator.is_finished() && recorder.simulator.time() < end && !stop.is_requested() {
        recorder.drive(end).with_context(cannot)?;
        if progress.is_due() {
            progress.show(recorder.line(end));
        }
    }
    progress.end();
    ensure!(!stop.is_requested(), "stopped; no file was written");
    let (time, laps) = (recorder.simulator.time(), recorder.stream.laps);
    recorder.finish().with_context(cannot)?;
    publish(pending)?;
    if !quiet {
        let laps = if laps == 1 { "1 lap".into() } else { format!("{laps} laps") };
        say(format_args!("acevo: wrote {}: {}, {laps}", name_of(path), clock(Some(time))));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a simulation and records its pages.
struct Recorder {
    simulator: Simulator,
    analysis: Analysis,
    log: LogLines,
    stream: RecordingStream<RecordingWriter<File>>,
    /// The physics counter of the last record.
    packet: i32,
}

impl Recorder {
    fn new(simulator: Simulator, log: LogLines, writer: RecordingWriter<File>) -> Self {
        let analysis = Analysis::new(Settings::default());
        Self { simulator, analysis, log, stream: RecordingStream::new(writer, Duration::ZERO), packet: 0 }
    }

    /// Records a second of the simulation, or the rest of it, and its log.
    fn drive(&mut self, end: Duration) -> anyhow::Result<()> {
        for _ in 0..STEPS_AT_ONCE {
            if self.simulator.is_finished() || self.simulator.time() >= end {
                break;
            }
            let changed = self.simulator.step();
            if changed.physics || changed.graphics || changed.static_data {
                self.take(changed)?;
            }
        }
        let Self { simulator, log, stream, .. } = self;
        log.take(&simulator.take_log(), |at, event| mark(stream, at, event))
    }

    fn take(&mut self, changed: Changed) -> anyhow::Result<()> {
        let at = self.simulator.time();
        let frame = self.simulator.frame();
        if self.stream.last == Duration::ZERO {
            let game_version = frame.static_data.ac_evo_version().to_owned();
            self.stream.mark(at, Marked::Attached { place: "a simulation".into(), game_version });
        }
        self.analysis.feed(at, &frame);
        self.follow_analysis();
        self.stream.follow_session(&frame, frame.bytes(PageKind::Static), at, self.analysis.session())?;
        if changed.graphics {
            self.record(PageKind::Graphics, at, &frame, false)?;
        }
        // While the counter does not change, the page is recorded once per frame.
        let packet = frame.physics.packet_id();
        if changed.physics && (packet != self.packet || changed.graphics) {
            self.record(PageKind::Physics, at, &frame, packet < self.packet)?;
            self.packet = packet;
        }
        Ok(())
    }

    fn record(&mut self, page: PageKind, at: Duration, frame: &Frame, restarted: bool) -> anyhow::Result<()> {
        let mut record = Record::new(page, at, frame.bytes(page));
        record.restarted = restarted;
        Ok(self.stream.record(&record)?)
    }

    /// Marks laps and sessions.
    fn follow_analysis(&mut self) {
        while let Some(event) = self.analysis.next_event() {
            match event.kind {
                SessionEventKind::Session => self.stream.expect_session(),
                SessionEventKind::Lap(lap) => self.stream.mark_lap(self.analysis.ended_at(&lap), &lap),
                _ => {}
            }
        }
    }

    /// The status line.
    fn line(&self, end: Duration) -> String {
        let written = self.stream.sink.progress();
        let of = if end == Duration::MAX { String::new() } else { format!(" of {}", clock(Some(end))) };
        let time = clock(Some(self.simulator.time()));
        format!("{time}{of} · {} laps · {}", self.stream.laps, HumanBytes(written.bytes))
    }

    /// Completes the file.
    fn finish(mut self) -> anyhow::Result<()> {
        self.analysis.finish();
        self.follow_analysis();
        let Self { log, mut stream, .. } = self;
        log.finish(|at, event| mark(&mut stream, at, event))?;
        stream.sink.finish()?;
        Ok(())
    }
}

/// Marks an event of the log.
fn mark(stream: &mut RecordingStream<RecordingWriter<File>>, at: Duration, event: LogEvent) {
    stream.mark(at, Marked::Log { event, is_exact: true });
}
