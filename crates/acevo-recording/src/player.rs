//! Playback: publishes a recording as the game did.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{LocalPages, PageKind, Publisher};

use super::error::RecordingError;
use super::lockstep::{Lockstep, Opener};
use super::reader::{Recording, RecordingItem};

/// Time between two calls of [`PlayerControl::next_command`] while the player waits.
const CONTROL_INTERVAL: Duration = Duration::from_millis(50);

/// Minimum length of a pass through a recording that is repeated: one that is shorter does not keep the processor busy.
const MIN_PASS: Duration = CONTROL_INTERVAL;

/// Beyond this lag, playback skips ahead instead of catching up: the process was stopped, or the speed cannot be reached.
const MAX_LAG: Duration = Duration::from_millis(500);

/// Why a recording cannot be played back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlayerError {
    /// The recording cannot be read.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// A page cannot be published.
    #[error("cannot publish a page")]
    Publish(#[from] acevo_shared_memory::Error),
}

/// A command to a player.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlayerCommand {
    /// Pause, or resume after a pause.
    TogglePause,
    /// Continue at this time of the recording.
    Seek(Duration),
    /// Play this many seconds of the recording per second. Values that are not positive numbers are ignored.
    SetSpeed(f64),
    /// End playback.
    Stop,
}

/// Controls a player.
pub trait PlayerControl {
    /// Returns the next command, if there is one. It is called at least every 50 ms, with the time that playback has reached.
    fn next_command(&mut self, at: Duration) -> Option<PlayerCommand>;

    /// Called when playback pauses or resumes.
    fn on_pause(&mut self, at: Duration, is_paused: bool) {
        let _ = (at, is_paused);
    }

    /// Called after a [`Seek`](PlayerCommand::Seek), when the pages as they were before that time are published, and before playback
    /// continues.
    fn on_seek(&mut self, at: Duration) {
        let _ = at;
    }

    /// Called at the end of the recording, unless it is repeated. With [`Seek`](PlayerCommand::Seek) playback continues there; otherwise it
    /// ends. The call may block.
    fn on_end(&mut self) -> Option<PlayerCommand> {
        None
    }
}

/// Plays without commands, to the end.
impl PlayerControl for () {
    fn next_command(&mut self, _: Duration) -> Option<PlayerCommand> {
        None
    }
}

/// Publishes a recording page by page, byte for byte, at the times at which its pages were recorded.
///
/// [`Playback`] runs a player in a thread, for readers in the same process. To play for other programs, pass a [`Publisher`] of the
/// game's shared memory to [`run`](Self::run):
///
/// ```no_run
/// use acevo_recording::acevo_shared_memory::Publisher;
/// use acevo_recording::{Player, Recording};
///
/// let mut player = Player::new(Recording::open("monza.acevo")?).with_speed(2.0);
/// player.run(&mut Publisher::open()?, &mut ())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Player<R = File> {
    recording: Recording<R>,
    from: Duration,
    to: Option<Duration>,
    speed: f64,
    repeats: bool,
    /// Times to pause at, ascending.
    pauses: Vec<Duration>,
    /// Set if the readers are in this process.
    lockstep: Option<Lockstep>,
    /// A page was published: an empty recording is not repeated.
    has_published: bool,
}

/// Maps the time of the recording to the time at which it is due.
#[derive(Debug)]
struct Schedule {
    speed: f64,
    /// This time of the recording is due at `start`.
    from: Duration,
    start: Instant,
}

impl Schedule {
    /// Time until a time of the recording is due.
    fn left(&self, at: Duration) -> Duration {
        at.saturating_sub(self.from).div_f64(self.speed).saturating_sub(self.start.elapsed())
    }

    /// Makes a time of the recording due now.
    fn set(&mut self, at: Duration) {
        (self.from, self.start) = (at, Instant::now());
    }

    fn set_if_late(&mut self, at: Duration) {
        if self.start.elapsed().saturating_sub(at.saturating_sub(self.from).div_f64(self.speed)) > MAX_LAG {
            self.set(at);
        }
    }
}

impl<R: Read + Seek> Player<R> {
    /// Plays all of a recording once, in real time.
    pub fn new(recording: Recording<R>) -> Self {
        let from = recording.info().start;
        Self {
            recording,
            from,
            to: None,
            speed: 1.0,
            repeats: false,
            pauses: Vec::new(),
            lockstep: None,
            has_published: false,
        }
    }

    /// Sets the seconds of the recording per second. Values that are not positive numbers are ignored.
    #[must_use]
    pub fn with_speed(mut self, speed: f64) -> Self {
        if speed.is_finite() && speed > 0.0 {
            self.speed = speed;
        }
        self
    }

    /// Plays from one time of the recording to another; `None` is the end of the recording.
    #[must_use]
    pub fn with_range(mut self, from: Duration, to: Option<Duration>) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Starts again at the end, until it is stopped.
    #[must_use]
    pub fn with_repeat(mut self, repeats: bool) -> Self {
        self.repeats = repeats;
        self
    }

    /// Pauses at these times of the recording.
    #[must_use]
    pub fn with_pauses(mut self, pauses: impl IntoIterator<Item = Duration>) -> Self {
        self.pauses = pauses.into_iter().collect();
        self.pauses.sort_unstable();
        self
    }

    /// Publishes the pages as they are at the beginning, without playing.
    ///
    /// # Errors
    /// [`PlayerError`].
    pub fn begin(&mut self, publisher: &mut Publisher) -> Result<(), PlayerError> {
        self.show(self.from, publisher)
    }

    /// Publishes the pages as they were before a time. Playback continues there.
    fn show(&mut self, at: Duration, publisher: &mut Publisher) -> Result<(), PlayerError> {
        self.recording.seek(at)?;
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if let Some(record) = self.recording.opening(page) {
                publisher.publish_bytes(page, record.bytes)?;
            } else if self.has_published {
                // The page of a later time.
                publisher.publish_bytes(page, &vec![0; page.size()])?;
            }
        }
        Ok(())
    }

    /// Plays to the end, or until `control` stops it. This blocks: the pages are published at the times at which they were recorded.
    ///
    /// # Errors
    /// [`PlayerError`].
    pub fn run(&mut self, publisher: &mut Publisher, control: &mut dyn PlayerControl) -> Result<(), PlayerError> {
        let (mut from, mut is_paused, mut has_sought) = (self.from, false, false);
        loop {
            self.show(from, publisher)?;
            if std::mem::take(&mut has_sought) {
                control.on_seek(from);
            }
            let start = Instant::now();
            let command = match self.play(from, &mut is_paused, publisher, control)? {
                None if self.repeats && self.has_published => {
                    thread::sleep(MIN_PASS.saturating_sub(start.elapsed()));
                    from = self.from;
                    continue;
                }
                None => control.on_end(),
                command => command,
            };
            let Some(PlayerCommand::Seek(to)) = command else { return Ok(()) };
            (from, has_sought) = (to.max(self.from), true);
        }
    }

    /// Plays from the current position until there is a command that ends this; `None` at the end.
    fn play(
        &mut self,
        from: Duration,
        is_paused: &mut bool,
        publisher: &mut Publisher,
        control: &mut dyn PlayerControl,
    ) -> Result<Option<PlayerCommand>, PlayerError> {
        let mut schedule = Schedule { speed: self.speed, from, start: Instant::now() };
        let mut pauses = self.pauses.iter().copied().filter(|pause| *pause >= from).peekable();
        let mut reached = from;
        while let Some(item) = self.recording.next_item()? {
            let RecordingItem::Record(record) = item else { continue };
            let is_over = self.to.is_some_and(|to| record.at > to);
            // A time is reached when all of its pages were published.
            while let Some(pause) = pauses.next_if(|pause| *pause < record.at) {
                reached = pause.max(reached);
                if !std::mem::replace(is_paused, true) {
                    control.on_pause(reached, true);
                }
            }
            if is_over && !*is_paused {
                break;
            }
            schedule.set_if_late(record.at);
            loop {
                match control.next_command(reached) {
                    None => {}
                    Some(PlayerCommand::TogglePause) => {
                        *is_paused = !*is_paused;
                        control.on_pause(reached, *is_paused);
                        schedule.set(reached);
                    }
                    Some(PlayerCommand::SetSpeed(speed)) => {
                        if speed.is_finite() && speed > 0.0 {
                            (self.speed, schedule.speed) = (speed, speed);
                            schedule.set(reached);
                        }
                    }
                    command => return Ok(command),
                }
                let left = if *is_paused { CONTROL_INTERVAL } else { schedule.left(record.at) };
                if left.is_zero() || (is_over && !*is_paused) {
                    break;
                }
                thread::sleep(left.min(CONTROL_INTERVAL));
            }
            if is_over {
                break;
            }
            let counter = counter(record.bytes);
            if let Some(lockstep) = &self.lockstep {
                lockstep.reach(record.at);
                lockstep.publishing(record.page, counter, record.at);
            }
            publisher.publish_bytes(record.page, record.bytes)?;
            self.has_published = true;
            reached = record.at;
            // Faster than real time, the player waits for its reader.
            let lockstep = self.lockstep.as_ref().filter(|_| self.speed > 1.0 && record.page == PageKind::Graphics);
            if let Some(lockstep) = lockstep {
                lockstep.wait_for_reader(counter);
            }
        }
        Ok(None)
    }
}

/// The counter of a page, which is its first field.
fn counter(page: &[u8]) -> i32 {
    page.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes))
}

/// A recording that is played in a thread of this process, until this is dropped. It starts when a reader attaches.
///
/// ```no_run
/// use std::time::Duration;
///
/// use acevo_recording::{Playback, Player, Recording};
/// use acevo_telemetry::Connection;
///
/// let playback = Playback::start(Player::new(Recording::open("monza.acevo")?).with_speed(10.0))?;
/// let mut connection = Connection::from_opener(playback.opener());
/// while !playback.is_over() {
///     connection.wait(Duration::from_millis(100));
///     if let Some(frame) = connection.frame() {
///         println!("{:.0} km/h", frame.physics.raw().speedKmh);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Playback {
    pages: LocalPages,
    lockstep: Lockstep,
    stop: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Playback {
    /// Plays a recording. If it cannot be read to its end, playback ends early.
    ///
    /// # Errors
    /// [`PlayerError`], if the first pages cannot be published.
    pub fn start<R: Read + Seek + Send + 'static>(player: Player<R>) -> Result<Self, PlayerError> {
        Self::start_with(player, |_| {})
    }

    /// Plays a recording. If it cannot be read to its end, playback ends early and `on_error` is called in the thread of the player.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with<R: Read + Seek + Send + 'static>(
        player: Player<R>,
        on_error: impl FnOnce(PlayerError) + Send + 'static,
    ) -> Result<Self, PlayerError> {
        Self::start_controlled(player, (), on_error)
    }

    /// The same with commands. If a call of `control` blocks, it must return after this value was dropped.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_controlled<R: Read + Seek + Send + 'static>(
        mut player: Player<R>,
        control: impl PlayerControl + Send + 'static,
        on_error: impl FnOnce(PlayerError) + Send + 'static,
    ) -> Result<Self, PlayerError> {
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        player.begin(&mut publisher)?;
        let lockstep = Lockstep::default();
        player.lockstep = Some(lockstep.clone());
        let (stop, over) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (ended, waits) = (SetOnDrop(Arc::clone(&over)), lockstep.clone());
        let mut control = Stoppable { stop: Arc::clone(&stop), control };
        // The thread is never joined: it may be sleeping.
        thread::spawn(move || {
            let _ended = ended;
            // A reader that attaches late misses nothing.
            if !waits.wait_for_attachment() {
                return;
            }
            if let Err(error) = player.run(&mut publisher, &mut control) {
                on_error(error);
            }
        });
        Ok(Self { pages, lockstep, stop, over })
    }

    /// True once all pages of the recording were published, or the player has failed. The last pages stay readable.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// The flag behind [`is_over`](Self::is_over), to be read after this value was moved.
    pub fn over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.over)
    }

    /// Returns a function that attaches a reader.
    pub fn opener(&self) -> Opener {
        self.lockstep.opener(&self.pages)
    }

    /// Knows when each packet was recorded.
    pub fn lockstep(&self) -> Lockstep {
        self.lockstep.clone()
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.lockstep.close();
    }
}

/// Stops a player when the flag is set.
struct Stoppable<C> {
    stop: Arc<AtomicBool>,
    control: C,
}

impl<C: PlayerControl> PlayerControl for Stoppable<C> {
    fn next_command(&mut self, at: Duration) -> Option<PlayerCommand> {
        if self.stop.load(Ordering::Relaxed) { Some(PlayerCommand::Stop) } else { self.control.next_command(at) }
    }

    fn on_pause(&mut self, at: Duration, is_paused: bool) {
        self.control.on_pause(at, is_paused);
    }

    fn on_seek(&mut self, at: Duration) {
        self.control.on_seek(at);
    }

    fn on_end(&mut self) -> Option<PlayerCommand> {
        self.control.on_end()
    }
}

/// Sets a flag when it is dropped: at the end of a thread, and if the thread panics.
#[derive(Debug)]
pub struct SetOnDrop(pub Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, SPageFilePhysics};
    use acevo_simulator::{Options, Scenario, TrackName};
    use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};
    use acevo_telemetry::{Connection, ConnectionEvent};

    use super::*;
    use crate::{Description, LapIndex, Record, RecordingWriter};

    /// A recording of packets that are 3 ms apart, and the publisher and reader of its player.
    fn player(packets: u32) -> (Player, Publisher, ACEvoSharedMemoryMapper, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counted.acevo");
        let mut writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
        for id in 1..=packets {
            let page = SPageFilePhysics { packetId: id as i32, ..Default::default() };
            writer.record(&Record::new(PageKind::Physics, MS * 3 * id, page.as_bytes())).unwrap();
        }
        writer.finish().unwrap();
        let pages = LocalPages::new();
        let publisher = Publisher::local(&pages);
        let mapper = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
        (Player::new(Recording::open(&path).unwrap()).with_speed(100.0), publisher, mapper, directory)
    }

    const MS: Duration = Duration::from_millis(1);

    /// Observes every page before the next one is published, and gives commands when it has seen a packet.
    struct Observer<'a> {
        mapper: &'a ACEvoSharedMemoryMapper,
        seen: Vec<i32>,
        paused: Vec<(Duration, bool)>,
        /// Number of calls during the pause.
        calls: usize,
        commands: Vec<(i32, PlayerCommand)>,
    }

    impl<'a> Observer<'a> {
        fn new(mapper: &'a ACEvoSharedMemoryMapper, commands: &[(i32, PlayerCommand)]) -> Self {
            Self { mapper, seen: Vec::new(), paused: Vec::new(), calls: 0, commands: commands.to_vec() }
        }

        fn observe(&mut self) -> i32 {
            let id = self.mapper.packet_id(PageKind::Physics).unwrap();
            if self.seen.last() != Some(&id) {
                self.seen.push(id);
            }
            id
        }
    }

    impl PlayerControl for Observer<'_> {
        fn next_command(&mut self, _: Duration) -> Option<PlayerCommand> {
            let id = self.observe();
            if self.paused.last().is_some_and(|(_, is_paused)| *is_paused) {
                self.calls += 1;
                return self.calls.is_multiple_of(3).then_some(PlayerCommand::TogglePause);
            }
            let command = self.commands.first().filter(|(at, _)| *at == id).map(|(_, command)| *command)?;
            self.commands.remove(0);
            Some(command)
        }

        fn on_pause(&mut self, at: Duration, is_paused: bool) {
            self.paused.push((at, is_paused));
        }
    }

    #[test]
    fn run_publishes_every_packet_in_order_at_high_speed() {
        let (mut player, mut publisher, mapper, _directory) = player(3000);
        let mut observer = Observer::new(&mapper, &[]);
        player.run(&mut publisher, &mut observer).unwrap();
        observer.observe();
        assert_eq!(observer.seen, (0..=3000).collect::<Vec<_>>());
    }

    #[test]
    fn run_pauses_at_times_and_on_command_and_publishes_every_packet() {
        let (mut player, mut publisher, mapper, _directory) = player(300);
        // The time of a packet, and a time between two packets.
        player.pauses = vec![MS * 90, MS * 301];
        let mut observer = Observer::new(&mapper, &[(200, PlayerCommand::TogglePause)]);
        player.run(&mut publisher, &mut observer).unwrap();
        observer.observe();
        assert_eq!(observer.seen, (0..=300).collect::<Vec<_>>());
        let pauses = [90, 301, 600].map(|ms| [(MS * ms, true), (MS * ms, false)]).concat();
        assert_eq!(observer.paused, pauses);
        assert_eq!(observer.calls, 9);
    }

    /// A recording of some laps of the simulator.
    fn driven(path: &Path) {
        let mut options = Options::default();
        (options.scenario, options.track, options.laps) = (Scenario::HotLaps, TrackName::Karsthafen, Some(2));
        acevo_testkit::recordings::changed(path, options, Duration::MAX, |_, _| {});
    }

    #[test]
    fn laps_do_not_depend_on_the_playback_speed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("laps.acevo");
        driven(&path);
        let of = |lap: &Lap| (lap.number, lap.time_ms, lap.incomplete, lap.kind);
        let read: Vec<_> = LapIndex::read(&mut Recording::open(&path).unwrap(), |_| true)
            .unwrap()
            .laps()
            .iter()
            .map(|it| of(&it.lap))
            .collect();
        assert!(read.len() >= 2 && read[0].1.is_some(), "{read:?}");

        let playback = Playback::start(Player::new(Recording::open(&path).unwrap()).with_speed(1000.0)).unwrap();
        let lockstep = playback.lockstep();
        let mut connection = Connection::from_opener(playback.opener());
        let mut analysis = Analysis::new(Settings::default());
        let (mut played, mut time) = (Vec::new(), Duration::ZERO);
        // The last lap ends with the recording.
        while played.len() < 2 {
            let event = connection.wait(Duration::from_secs(10)).expect("a packet");
            if let (ConnectionEvent::Packet(packet), Some(frame)) = (&event, connection.frame()) {
                time = lockstep.time_of_packet(packet).unwrap_or(time).max(time);
                analysis.feed(time, frame);
            }
            while let Some(event) = analysis.next_event() {
                if let SessionEventKind::Lap(lap) = event.kind {
                    played.push(of(&lap));
                }
            }
        }
        assert_eq!(played[..2], read[..2]);
    }

    #[test]
    fn run_does_not_repeat_an_empty_recording() {
        let (mut player, mut publisher, mapper, _directory) = player(0);
        player.repeats = true;
        let mut observer = Observer::new(&mapper, &[]);
        player.run(&mut publisher, &mut observer).unwrap();
        assert!(observer.seen.is_empty());
    }

    #[test]
    fn run_seeks_and_stops_on_command() {
        let (mut player, mut publisher, mapper, _directory) = player(300);
        let commands =
            [(100, PlayerCommand::Seek(MS * 600)), (210, PlayerCommand::Seek(MS * 30)), (20, PlayerCommand::Stop)];
        let mut observer = Observer::new(&mapper, &commands);
        player.run(&mut publisher, &mut observer).unwrap();
        // Seeking shows the pages from before the time.
        assert_eq!(observer.seen, [(0..=100).collect::<Vec<_>>(), (199..=210).collect(), (9..=20).collect()].concat());
        assert!(observer.commands.is_empty());
    }

    #[test]
    fn run_continues_where_on_end_seeks_and_shows_no_page_of_a_later_time() {
        /// Seeks once at the end, to the beginning.
        struct Again<'a>(Observer<'a>, Vec<Duration>);

        impl PlayerControl for Again<'_> {
            fn next_command(&mut self, at: Duration) -> Option<PlayerCommand> {
                self.0.next_command(at)
            }

            fn on_seek(&mut self, at: Duration) {
                self.0.observe();
                self.1.push(at);
            }

            fn on_end(&mut self) -> Option<PlayerCommand> {
                self.0.observe();
                self.1.is_empty().then_some(PlayerCommand::Seek(Duration::ZERO))
            }
        }

        let (mut player, mut publisher, mapper, _directory) = player(20);
        let mut control = Again(Observer::new(&mapper, &[]), Vec::new());
        player.run(&mut publisher, &mut control).unwrap();
        assert_eq!(control.0.seen, [(0..=20).collect::<Vec<_>>(), (0..=20).collect()].concat());
        assert_eq!(control.1, [MS * 3], "not before the first record");
    }

    #[test]
    fn set_speed_changes_the_speed_of_the_rest() {
        let (player, mut publisher, mapper, _directory) = player(300);
        let commands = [
            (1, PlayerCommand::SetSpeed(f64::NAN)),
            (2, PlayerCommand::SetSpeed(0.0)),
            (3, PlayerCommand::SetSpeed(7.0)),
        ];
        let mut observer = Observer::new(&mapper, &commands);
        let mut player = player.with_speed(50.0);
        player.run(&mut publisher, &mut observer).unwrap();
        observer.observe();
        assert_eq!((player.speed, observer.seen.len()), (7.0, 301));
    }

    #[test]
    fn schedule_does_not_catch_up_after_a_long_stop() {
        let hour = Duration::from_secs(3600);
        let Some(start) = Instant::now().checked_sub(Duration::from_secs(60)) else { return };
        let mut schedule = Schedule { speed: 1.0, from: Duration::ZERO, start };
        let at = Duration::from_secs(1);
        assert!(schedule.left(at).is_zero());
        schedule.set_if_late(at);
        let left = schedule.left(at + hour);
        assert!(left <= hour && left > hour - Duration::from_secs(30), "{left:?}");
        let before = schedule.start;
        schedule.set_if_late(at + hour);
        assert_eq!(schedule.start, before, "not late");
    }

    #[test]
    fn set_on_drop_sets_its_flag_when_its_thread_panics() {
        let flag = Arc::new(AtomicBool::new(false));
        let guard = SetOnDrop(Arc::clone(&flag));
        let thread = std::thread::spawn(move || {
            let _guard = guard;
            // Without a message on stderr, unlike panic!.
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(thread.join().is_err() && flag.load(Ordering::Acquire));
    }

    #[test]
    fn playback_ends_without_a_reader_when_it_is_dropped() {
        let (player, ..) = player(3);
        let playback = Playback::start(player).unwrap();
        let over = playback.over();
        assert!(!playback.is_over());
        drop(playback);
        while !over.load(Ordering::Acquire) {
            thread::yield_now();
        }
    }
}
