//! Live telemetry: frames of the game, of a replay, and of the simulator.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use acevo_recording::{Lockstep, Playback, Player, Recording, SetOnDrop};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind, Publisher};
use acevo_simulator::{Changed, Control, Simulator};
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
use acevo_telemetry::{Axes, ChannelValue, Connection, ConnectionEvent, ConnectionState, Frame, channel, channels};
use pyo3::exceptions::{PyAttributeError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use pythonize::pythonize;

use crate::capture::{LiveRecorder, options};
use crate::columns::unknown;
use crate::errors::{exception, message, recording_error};

/// Frames that wait for a slow program: twelve seconds. Then the oldest ones are dropped, and counted.
const MAX_WAITING: usize = 4000;

/// Longest wait for a packet, after which the thread looks whether it is still needed.
const MAX_WAIT: Duration = Duration::from_millis(50);

/// Time between two looks for Ctrl-C.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// A moment of a drive. `frame["speed"]` and `frame.speed` are the value of a channel; `None` without a value.
#[pyclass(frozen, module = "acevo_telemetry", name = "Frame")]
pub(crate) struct LiveFrame {
    frame: Box<Frame>,
    axes: Axes,
    /// Seconds since the first frame.
    #[pyo3(get)]
    time_s: f64,
    /// Counter of the physics page.
    #[pyo3(get)]
    packet_id: i32,
    /// Packets since the previous frame that nothing has read.
    #[pyo3(get)]
    missed: u32,
    /// Number of the session, from 1.
    #[pyo3(get)]
    session: u32,
    /// Number of the running lap, from 1; `None` if no lap is running.
    #[pyo3(get)]
    lap_number: Option<u32>,
    /// Seconds that the running lap is slower than the reference lap; `None` without one.
    #[pyo3(get)]
    delta_s: Option<f64>,
    events: Vec<serde_json::Value>,
}

#[pymethods]
impl LiveFrame {
    /// Events since the previous frame: laps, flags, pit stops and others.
    #[getter]
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.events)?)
    }

    /// True if the values describe the car now: false in menus, pauses and replays.
    #[getter]
    fn is_current(&self) -> bool {
        self.frame.validity.is_current()
    }

    /// `current`, `menu`, `paused`, `resuming` or `replay`.
    #[getter]
    fn validity(&self) -> String {
        self.frame.validity.to_string()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let channel = channel(name).ok_or_else(|| PyKeyError::new_err(unknown(name).value(py).to_string()))?;
        self.value(py, channel)
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let channel = channel(name).ok_or_else(|| PyAttributeError::new_err(unknown(name).value(py).to_string()))?;
        self.value(py, channel)
    }

    fn __contains__(&self, name: &str) -> bool {
        channel(name).is_some()
    }

    /// Names of all channels.
    fn keys(&self) -> Vec<&'static str> {
        channels().iter().map(|channel| channel.id()).collect()
    }

    /// The values of channels as a dictionary; those of all channels without names.
    #[pyo3(signature = (names=None))]
    fn to_dict<'py>(&self, py: Python<'py>, names: Option<Vec<String>>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        match names {
            Some(names) => names.iter().try_for_each(|name| dict.set_item(name, self.__getitem__(py, name)?))?,
            None => channels().iter().try_for_each(|channel| dict.set_item(channel.id(), self.value(py, channel)?))?,
        }
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        let speed = channel("speed").and_then(|channel| channel.number(&self.frame, &self.axes));
        let speed = speed.map_or("-".into(), |speed| format!("{speed:.0} km/h"));
        let lap = self.lap_number.map_or("no lap".into(), |lap| format!("lap {lap}"));
        format!("<Frame at {:.3} s: {speed}, {lap}, {}>", self.time_s, self.frame.validity)
    }
}

impl LiveFrame {
    fn value<'py>(&self, py: Python<'py>, channel: &'static acevo_telemetry::Channel) -> PyResult<Bound<'py, PyAny>> {
        Ok(match channel.value(&self.frame, &self.axes) {
            Some(ChannelValue::Number(number)) => number.into_pyobject(py)?.into_any(),
            Some(ChannelValue::Flag(flag)) => flag.into_pyobject(py)?.to_owned().into_any(),
            Some(ChannelValue::Enum(_, name)) => name.into_pyobject(py)?.into_any(),
            Some(ChannelValue::Text(text)) => text.into_pyobject(py)?.into_any(),
            _ => py.None().into_bound(py),
        })
    }
}

/// What the reading thread and the program share.
#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    has_changed: Condvar,
    has_room: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<LiveFrame>,
    state: &'static str,
    location: String,
    problem: Option<String>,
    received: u64,
    missed: u64,
    /// Frames that the program was too slow for.
    dropped: u64,
    is_over: bool,
    failure: Option<String>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the game, a replay or the simulator in a thread of its own.
#[pyclass(frozen, module = "acevo_telemetry")]
pub(crate) struct LiveSource {
    shared: Arc<Shared>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

/// Where frames come from. Dropping it ends the replay or the simulation.
enum Origin {
    Game,
    Replay(Playback),
    Demo { lockstep: Lockstep, stop: Arc<AtomicBool>, is_over: Arc<AtomicBool> },
}

impl Origin {
    fn is_over(&self) -> bool {
        match self {
            Self::Game => false,
            Self::Replay(playback) => playback.is_over(),
            Self::Demo { is_over, .. } => is_over.load(Ordering::Acquire),
        }
    }

    /// Knows when packets were published; `None` for the game.
    fn lockstep(&self) -> Option<Lockstep> {
        match self {
            Self::Game => None,
            Self::Replay(playback) => Some(playback.lockstep()),
            Self::Demo { lockstep, .. } => Some(lockstep.clone()),
        }
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        if let Self::Demo { lockstep, stop, .. } = self {
            stop.store(true, Ordering::Relaxed);
            lockstep.close();
        }
    }
}

#[pymethods]
impl LiveSource {
    /// `rate` is the number of frames per second, `None` for every packet. One of `replay`, `demo` and `pages` names another source than
    /// the game.
    #[new]
    #[pyo3(signature = (rate=None, replay=None, speed=1.0, demo=None, pages=None, record=None, seed=1))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Python function")]
    fn new(
        py: Python<'_>,
        rate: Option<f64>,
        replay: Option<PathBuf>,
        speed: f64,
        demo: Option<&str>,
        pages: Option<PathBuf>,
        record: Option<PathBuf>,
        seed: u64,
    ) -> PyResult<Self> {
        let interval = match rate {
            Some(rate) if rate > 0.0 && rate.is_finite() => Duration::try_from_secs_f64(1.0 / rate).ok(),
            Some(rate) => return Err(exception("ArgumentError", format!("rate: {rate}: expected more than 0"))),
            None => None,
        };
        let recorder = record.as_deref().map(|path| {
            LiveRecorder::create(path).map_err(|error| {
                exception("RecordingError", format!("cannot write {}: {}", path.display(), message(&error)))
            })
        });
        let (connection, origin) = match (replay, demo) {
            (Some(path), _) => py.detach(|| {
                let recording = Recording::open(&path).map_err(|error| recording_error(&path, &error))?;
                let playback = Playback::start(Player::new(recording).with_speed(speed))
                    .map_err(|error| exception("RecordingError", message(&error)))?;
                Ok::<_, PyErr>((Connection::from_opener(playback.opener()), Origin::Replay(playback)))
            })?,
            (None, Some(scenario)) => demo_source(options(scenario, None, None, seed, None, None)?, speed),
            (None, None) => (game(pages), Origin::Game),
        };
        let recorder = recorder.transpose()?;
        let shared = Arc::new(Shared::default());
        shared.queue().state = "waiting";
        let reader = Reader { shared: shared.clone(), connection, origin, interval, recorder };
        let thread = thread::Builder::new().name("acevo".into()).spawn(move || reader.run());
        let thread = thread.map_err(|error| exception("AcevoError", format!("cannot start a thread: {error}")))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// The next frame. `None` after `timeout_s` seconds, and at the end of a replay.
    #[pyo3(signature = (timeout_s=None))]
    fn next(&self, py: Python<'_>, timeout_s: Option<f64>) -> PyResult<Option<LiveFrame>> {
        self.wait(py, timeout_s)?;
        let frame = self.shared.queue().frames.pop_front();
        self.shared.has_room.notify_one();
        Ok(frame)
    }

    /// All frames that wait, at least one; an empty list after `timeout_s` seconds, and at the end of a replay.
    #[pyo3(signature = (timeout_s=None))]
    fn next_frames<'py>(&self, py: Python<'py>, timeout_s: Option<f64>) -> PyResult<Bound<'py, PyList>> {
        self.wait(py, timeout_s)?;
        let frames: Vec<_> = self.shared.queue().frames.drain(..).collect();
        self.shared.has_room.notify_one();
        PyList::new(py, frames.into_iter().map(|frame| Bound::new(py, frame)).collect::<PyResult<Vec<_>>>()?)
    }

    /// State of the connection, and counts of frames.
    #[getter]
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let queue = self.shared.queue();
        let stats = PyDict::new(py);
        stats.set_item("state", queue.state)?;
        stats.set_item("location", &queue.location)?;
        stats.set_item("problem", &queue.problem)?;
        stats.set_item("received", queue.received)?;
        stats.set_item("missed", queue.missed)?;
        stats.set_item("dropped", queue.dropped)?;
        stats.set_item("is_over", queue.is_over && queue.frames.is_empty())?;
        Ok(stats)
    }

    /// Stops reading, and completes the recording.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| thread.map(thread::JoinHandle::join));
        match self.shared.queue().failure.take() {
            Some(failure) => Err(exception("RecordingError", failure)),
            None => Ok(()),
        }
    }
}

impl LiveSource {
    /// Waits for a frame, or for the end.
    fn wait(&self, py: Python<'_>, timeout_s: Option<f64>) -> PyResult<()> {
        let timeout = timeout_s.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let is_done = py.detach(|| {
                let queue = self.shared.queue();
                let is_waiting = |queue: &mut Queue| queue.frames.is_empty() && !queue.is_over;
                let left =
                    deadline.map_or(SIGNAL_INTERVAL, |deadline| deadline.saturating_duration_since(Instant::now()));
                let waited = self.shared.has_changed.wait_timeout_while(queue, left.min(SIGNAL_INTERVAL), is_waiting);
                let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
                !is_waiting(&mut queue)
            });
            if is_done {
                return match self.shared.queue().failure.take() {
                    Some(failure) => Err(exception("RecordingError", failure)),
                    None => Ok(()),
                };
            }
            py.check_signals()?;
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(());
            }
        }
    }
}

impl Drop for LiveSource {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

/// A connection to the game, or to pages that are files in a folder.
#[cfg(unix)]
fn game(pages: Option<PathBuf>) -> Connection {
    match pages {
        Some(folder) => Connection::from_opener(move || {
            ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(&folder)?)
        }),
        None => Connection::new(),
    }
}

/// A connection to the game. On Windows pages are no files.
#[cfg(not(unix))]
fn game(_: Option<PathBuf>) -> Connection {
    Connection::new()
}

/// A simulation in this process.
fn demo_source(options: acevo_simulator::Options, speed: f64) -> (Connection, Origin) {
    let (stop, is_over) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    let mut simulator = Simulator::new(options);
    // Readers never see blank pages. Publishing to pages in this process cannot fail.
    while simulator.graphics().packetId == 0 && !simulator.is_finished() {
        simulator.step();
    }
    let _ = acevo_simulator::run(&mut simulator, &mut publisher, speed, |_| false);
    let lockstep = Lockstep::default();
    let opener = lockstep.opener(&pages);
    let timing = Timing { lockstep: lockstep.clone(), stop: stop.clone(), waits: speed > 1.0, frame: None };
    let over = SetOnDrop(is_over.clone());
    // The thread is never joined: it may be sleeping.
    thread::spawn(move || {
        let _over = over;
        if timing.lockstep.wait_for_attachment() {
            let _ = acevo_simulator::run_controlled(&mut simulator, &mut publisher, speed, timing);
        }
    });
    (Connection::from_opener(opener), Origin::Demo { lockstep, stop, is_over })
}

/// Notes what the simulation publishes, and when. A simulation that is faster than real time waits for its reader.
struct Timing {
    lockstep: Lockstep,
    stop: Arc<AtomicBool>,
    waits: bool,
    /// The counter of the frame that was published last, until it was waited for.
    frame: Option<i32>,
}

impl Control for Timing {
    fn keep_going(&mut self, _: &Simulator) -> bool {
        if let Some(frame) = self.frame.take().filter(|_| self.waits) {
            self.lockstep.wait_for_reader(frame);
        }
        !self.stop.load(Ordering::Relaxed)
    }

    fn publishing(&mut self, simulator: &mut Simulator, changed: Changed) {
        self.lockstep.reach(simulator.time());
        if changed.physics {
            self.lockstep.publishing(PageKind::Physics, simulator.physics().packetId, simulator.time());
        }
        if changed.graphics {
            self.lockstep.publishing(PageKind::Graphics, simulator.graphics().packetId, simulator.time());
            self.frame = Some(simulator.graphics().packetId);
        }
    }
}

/// The thread that reads.
struct Reader {
    shared: Arc<Shared>,
    connection: Connection,
    origin: Origin,
    interval: Option<Duration>,
    recorder: Option<LiveRecorder>,
}

impl Reader {
    fn run(mut self) {
        let failure = self.read();
        let finished = self.recorder.take().map_or(Ok(()), LiveRecorder::finish);
        let mut queue = self.shared.queue();
        queue.failure = failure.err().or(finished.err()).map(|error| message(&error));
        queue.is_over = true;
        drop(queue);
        self.shared.has_changed.notify_all();
    }

    fn read(&mut self) -> Result<(), acevo_recording::RecordingError> {
        let (start, lockstep) = (Instant::now(), self.origin.lockstep());
        let mut reached = Duration::ZERO;
        let mut analysis = Analysis::new(Settings::default());
        let (mut events, mut missed, mut first, mut next) = (Vec::new(), 0_u32, None, None);
        while !self.shared.stop.load(Ordering::Relaxed) {
            // Looked at before the pages are read, so that the last ones are read.
            let is_over = self.origin.is_over();
            let Some(event) = self.connection.wait(MAX_WAIT) else {
                self.note_state();
                if is_over {
                    break;
                }
                continue;
            };
            // On the clock of the replay or the simulation, if there is one.
            let at = match (&event, &lockstep) {
                (ConnectionEvent::Packet(packet), Some(lockstep)) => lockstep.time_of_packet(packet).unwrap_or(reached),
                (ConnectionEvent::Packet(packet), None) => packet.seen.saturating_duration_since(start),
                (_, Some(_)) => reached,
                (_, None) => start.elapsed(),
            };
            reached = at.max(reached);
            let at = reached;
            if let (ConnectionEvent::Packet(_), Some(frame)) = (&event, self.connection.frame()) {
                analysis.feed(at, frame);
            }
            if let ConnectionEvent::Detached(_) = &event {
                analysis.interrupt();
            }
            if let Some(recorder) = &mut self.recorder {
                recorder.take(&self.connection, &event, at, &analysis)?;
            }
            while let Some(event) = analysis.next_event() {
                if let (SessionEventKind::Lap(lap), Some(recorder)) = (&event.kind, &mut self.recorder) {
                    recorder.mark_lap(&analysis, lap);
                }
                events.push(event_json(&event));
            }
            let ConnectionEvent::Packet(packet) = &event else {
                self.note_state();
                continue;
            };
            missed += packet.physics.as_ref().map_or(0, |physics| physics.missed);
            let Some(frame) = self.connection.frame().filter(|_| packet.physics.is_some()) else { continue };
            let (now, first) = (at, *first.get_or_insert(at));
            if let Some(interval) = self.interval {
                if next.is_some_and(|next| now < next) {
                    continue;
                }
                next = Some(next.unwrap_or(now).max(now.saturating_sub(interval)) + interval);
            }
            let frame = LiveFrame {
                frame: Box::new(*frame),
                axes: analysis.axes(),
                time_s: now.saturating_sub(first).as_secs_f64(),
                packet_id: frame.physics.packet_id(),
                missed: std::mem::take(&mut missed),
                session: analysis.session(),
                lap_number: analysis.current_lap_number(),
                delta_s: analysis.delta().map(|delta| delta.seconds),
                events: std::mem::take(&mut events),
            };
            self.pass(frame);
        }
        analysis.finish();
        if let Some(recorder) = &mut self.recorder {
            while let Some(event) = analysis.next_event() {
                if let SessionEventKind::Lap(lap) = &event.kind {
                    recorder.mark_lap(&analysis, lap);
                }
            }
        }
        Ok(())
    }

    fn pass(&self, frame: LiveFrame) {
        let mut queue = self.shared.queue();
        // A replay and a simulation wait for a slow program; the game does not.
        let waits = !matches!(self.origin, Origin::Game) && self.interval.is_none();
        while waits && queue.frames.len() >= MAX_WAITING && !self.shared.stop.load(Ordering::Relaxed) {
            let waited = self.shared.has_room.wait_timeout(queue, MAX_WAIT);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.state = state_name(self.connection.state());
        queue.received += 1;
        queue.missed += u64::from(frame.missed);
        if self.interval.is_some() {
            // Only the newest one counts; its events are those of all.
            let before: Vec<_> = queue.frames.drain(..).flat_map(|frame| frame.events).collect();
            let events = before.into_iter().chain(frame.events).collect();
            queue.frames.push_back(LiveFrame { events, ..frame });
        } else {
            queue.frames.push_back(frame);
            if queue.frames.len() > MAX_WAITING {
                queue.frames.pop_front();
                queue.dropped += 1;
            }
        }
        drop(queue);
        self.shared.has_changed.notify_one();
    }

    fn note_state(&self) {
        let mut queue = self.shared.queue();
        queue.state = state_name(self.connection.state());
        queue.location = self.connection.mapper().map_or(String::new(), |mapper| mapper.location(PageKind::Physics));
        queue.problem = self.connection.error().map(ToString::to_string);
    }
}

/// Name of a state of the connection.
const fn state_name(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Waiting => "waiting",
        ConnectionState::Attached => "attached",
        ConnectionState::Menu => "menu",
        ConnectionState::Live => "live",
        ConnectionState::Paused => "paused",
        ConnectionState::Replay => "replay",
        ConnectionState::Frozen => "frozen",
        _ => "unknown",
    }
}

/// An event as a dictionary.
pub(crate) fn event_json(event: &acevo_telemetry::analysis::SessionEvent) -> serde_json::Value {
    serde_json::json!({
        "at_s": event.at_s,
        "topic": event.kind.topic().name(),
        "severity": event.kind.severity().name(),
        "text": event.kind.to_string(),
        "data": serde_json::to_value(event).unwrap_or_default(),
    })
}
