//! Recordings of a live game, and of a simulation that is computed without a clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_recording::{Description, Marked, Record, RecordingError, RecordingStream, RecordingWriter, ThreadedWriter};
use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{Options, Simulator};
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
use acevo_telemetry::{Connection, ConnectionEvent};
use pyo3::prelude::*;

use crate::errors::{exception, recording_error};
use crate::interrupt::Interrupt;

/// The program that recordings name as their writer.
const PROGRAM: &str = concat!("acevo-telemetry ", env!("CARGO_PKG_VERSION"));

/// Records a connection into a file.
pub(crate) struct LiveRecorder {
    stream: RecordingStream<ThreadedWriter>,
    bytes: [Vec<u8>; 3],
}

impl LiveRecorder {
    pub(crate) fn create(path: &Path) -> Result<Self, RecordingError> {
        let writer = RecordingWriter::create(path, &Description::new(PROGRAM))?;
        let stream = RecordingStream::new(ThreadedWriter::new(writer)?, Duration::ZERO);
        Ok(Self { stream, bytes: PageKind::ALL.map(|page| vec![0; page.size()]) })
    }

    /// Records an event of the connection, at a time since the recording began. The analysis has taken it already.
    pub(crate) fn take(
        &mut self,
        connection: &Connection,
        event: &ConnectionEvent,
        at: Duration,
        analysis: &Analysis,
    ) -> Result<(), RecordingError> {
        match event {
            ConnectionEvent::Attached { location } => {
                let Some(frame) = connection.frame() else { return Ok(()) };
                self.stream.begin(frame, |page| frame.bytes(page), at, None)?;
                let game_version = frame.static_data.ac_evo_version().to_owned();
                self.stream.mark(at, Marked::Attached { place: location.clone(), game_version });
            }
            ConnectionEvent::Detached(reason) => self.stream.mark(at, Marked::Detached { reason: reason.to_string() }),
            ConnectionEvent::SessionChanged => self.stream.expect_session(),
            ConnectionEvent::Packet(packet) => {
                let Some(frame) = connection.frame() else { return Ok(()) };
                self.stream.follow_session(frame, frame.bytes(PageKind::Static), at, analysis.session())?;
                if let Some(graphics) = &packet.graphics {
                    let bytes =
                        captured(connection, PageKind::Graphics, &mut self.bytes[1], graphics.view.raw().as_bytes());
                    self.stream.record(&Record::of_arrival(graphics, at, packet.uncertainty, bytes))?;
                }
                if let Some(physics) = &packet.physics {
                    let bytes =
                        captured(connection, PageKind::Physics, &mut self.bytes[0], physics.view.raw().as_bytes());
                    self.stream.record(&Record::of_arrival(physics, at, packet.uncertainty, bytes))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Marks a lap that has ended.
    pub(crate) fn mark_lap(&mut self, analysis: &Analysis, lap: &acevo_telemetry::analysis::Lap) {
        self.stream.mark_lap(analysis.ended_at(lap), lap);
    }

    pub(crate) fn finish(self) -> Result<(), RecordingError> {
        self.stream.sink.finish().map(drop)
    }
}

/// The bytes of a page exactly as the game wrote them, or those of the view if another page was captured meanwhile.
fn captured<'a>(connection: &Connection, page: PageKind, buffer: &'a mut Vec<u8>, view: &'a [u8]) -> &'a [u8] {
    buffer.resize(page.size(), 0);
    let length = connection.mapper().and_then(|mapper| mapper.captured(page, buffer)).unwrap_or(0);
    buffer.truncate(length);
    let is_same = buffer.first_chunk::<4>().is_some_and(|counter| view.first_chunk() == Some(counter));
    if is_same { buffer } else { view }
}

/// Options of a simulation by their names.
pub(crate) fn options(
    scenario: &str,
    track: Option<&str>,
    car: Option<&str>,
    seed: u64,
    laps: Option<u32>,
    cars: Option<u32>,
) -> PyResult<Options> {
    let wrong = |error: acevo_simulator::UnknownName| exception("ArgumentError", error);
    let mut options = Options::default();
    options.scenario = scenario.parse().map_err(wrong)?;
    if let Some(track) = track {
        options.track = track.parse().map_err(wrong)?;
    }
    if let Some(car) = car {
        options.car = car.parse().map_err(wrong)?;
    }
    (options.seed, options.laps) = (seed, laps);
    options.cars = cars.unwrap_or(options.cars);
    Ok(options)
}

/// Writes a recording of a simulation, as fast as it can be computed.
#[pyfunction]
#[pyo3(signature = (path, duration_s, scenario, track, car, seed, laps, cars))]
#[expect(clippy::too_many_arguments, reason = "the arguments of a Python function")]
pub(crate) fn simulate(
    py: Python<'_>,
    path: PathBuf,
    duration_s: f64,
    scenario: &str,
    track: Option<&str>,
    car: Option<&str>,
    seed: u64,
    laps: Option<u32>,
    cars: Option<u32>,
) -> PyResult<()> {
    let options = options(scenario, track, car, seed, laps, cars)?;
    let end = Duration::try_from_secs_f64(duration_s)
        .map_err(|_| exception("ArgumentError", format!("duration: {duration_s}: expected seconds")))?;
    let (written, interrupt) = py.detach(|| {
        let interrupt = Interrupt::new();
        let written = write_simulation(&path, options, end, &interrupt);
        (written, interrupt)
    });
    interrupt.check()?;
    written.map_err(|error| match error {
        RecordingError::Io(error) => exception("RecordingError", format!("cannot write {}: {error}", path.display())),
        error => recording_error(&path, &error),
    })
}

fn write_simulation(path: &Path, options: Options, end: Duration, interrupt: &Interrupt) -> Result<(), RecordingError> {
    let mut simulator = Simulator::new(options);
    let mut analysis = Analysis::new(Settings::laps_only());
    let writer = RecordingWriter::create(path, &Description::new(PROGRAM))?;
    let mut stream = RecordingStream::new(writer, Duration::ZERO);
    let (mut has_begun, mut last_packet) = (false, 0);
    while !simulator.is_finished() && simulator.time() < end && interrupt.keep_going() {
        let changed = simulator.step();
        let (at, frame) = (simulator.time(), simulator.frame());
        if !std::mem::replace(&mut has_begun, true) {
            let game_version = frame.static_data.ac_evo_version().to_owned();
            stream.mark(at, Marked::Attached { place: "a simulation".into(), game_version });
        }
        analysis.feed(at, &frame);
        follow(&mut analysis, &mut stream);
        stream.follow_session(&frame, frame.bytes(PageKind::Static), at, analysis.session())?;
        if changed.graphics {
            stream.record(&Record::new(PageKind::Graphics, at, frame.bytes(PageKind::Graphics)))?;
        }
        // While the counter does not change, the page is recorded once per frame.
        let packet = frame.physics.packet_id();
        if changed.physics && (packet != last_packet || changed.graphics) {
            let mut record = Record::new(PageKind::Physics, at, frame.bytes(PageKind::Physics));
            record.restarted = packet < last_packet;
            stream.record(&record)?;
            last_packet = packet;
        }
    }
    analysis.finish();
    follow(&mut analysis, &mut stream);
    stream.sink.finish().map(drop)
}

/// Marks sessions and laps.
fn follow(analysis: &mut Analysis, stream: &mut RecordingStream<RecordingWriter<std::fs::File>>) {
    while let Some(event) = analysis.next_event() {
        match event.kind {
            SessionEventKind::Session => stream.expect_session(),
            SessionEventKind::Lap(lap) => stream.mark_lap(analysis.ended_at(&lap), &lap),
            _ => {}
        }
    }
}
