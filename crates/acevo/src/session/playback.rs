//! Recordings that run as the game did.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_recording::{Recording, RecordingItem};
use acevo_shared_memory::{LocalPages, PageKind, Publisher};
use anyhow::{Context, bail};

use crate::output::{name_of, say};
use crate::session::Opener;
use crate::session::pace::{Pace, SetOnDrop};

/// What is wanted is asked this often.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Who is later than this was stopped, or cannot be as fast: what is behind is not caught up with.
const LATE: Duration = Duration::from_millis(500);

/// Opens a recording. A pipe is none: who opens one waits for ever for somebody who writes to it.
pub(crate) fn open(path: &Path) -> anyhow::Result<Recording> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        bail!("cannot read {}: it is no file", name_of(path));
    }
    Recording::open(path).with_context(|| format!("cannot read {}", path.display()))
}

/// What is played, and how.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) recording: Recording,
    pub(crate) from: Duration,
    pub(crate) to: Option<Duration>,
    pub(crate) speed: f64,
    pub(crate) repeats: bool,
    /// Places to pause at, in the order of time.
    pub(crate) pauses: Vec<Duration>,
    /// The pace of a reader in this process.
    pace: Option<Pace>,
    /// There was something to play: only then is there something to repeat.
    has_played: bool,
}

/// What whoever watches a player may want of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Pause, or go on after a pause.
    Pause,
    /// Go to this time of the recording.
    Seek(Duration),
    /// End.
    Stop,
}

/// Watches a player.
pub(crate) trait Watcher {
    /// What is wanted, asked for with the time that is reached.
    fn wish(&mut self, at: Duration) -> Option<Wish>;

    /// The pages stand still at this time, or move again.
    fn paused(&mut self, at: Duration, is_paused: bool) {
        let _ = (at, is_paused);
    }
}

/// When what is due.
struct Clock {
    speed: f64,
    /// This time of the recording was, or would have been, played at that moment.
    from: Duration,
    start: Instant,
}

impl Clock {
    fn left(&self, at: Duration) -> Duration {
        at.saturating_sub(self.from).div_f64(self.speed).saturating_sub(self.start.elapsed())
    }

    fn set(&mut self, at: Duration) {
        (self.from, self.start) = (at, Instant::now());
    }

    fn set_if_late(&mut self, at: Duration) {
        if self.start.elapsed().saturating_sub(at.saturating_sub(self.from).div_f64(self.speed)) > LATE {
            self.set(at);
        }
    }
}

impl Player {
    /// All of a recording, once.
    pub(crate) fn new(recording: Recording, speed: f64) -> Self {
        let from = recording.info().start;
        Self { recording, from, to: None, speed, repeats: false, pauses: Vec::new(), pace: None, has_played: false }
    }

    /// Shows the pages as they are at the beginning.
    pub(crate) fn begin(&mut self, publisher: &mut Publisher) -> anyhow::Result<()> {
        self.show(self.from, publisher)
    }

    /// Shows the pages as they were before a time, from which it goes on.
    fn show(&mut self, at: Duration, publisher: &mut Publisher) -> anyhow::Result<()> {
        self.recording.seek(at)?;
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if let Some(record) = self.recording.opening(page) {
                publisher.publish_bytes(page, record.bytes)?;
            }
        }
        Ok(())
    }

    /// Plays to the end, page for page and byte for byte, as its watcher wants it.
    pub(crate) fn run(&mut self, publisher: &mut Publisher, watcher: &mut dyn Watcher) -> anyhow::Result<()> {
        let (mut from, mut is_paused) = (self.from, false);
        loop {
            self.show(from, publisher)?;
            match self.play(from, &mut is_paused, publisher, watcher)? {
                Some(Wish::Seek(to)) => from = to.max(self.from),
                None if self.repeats && self.has_played => from = self.from,
                _ => return Ok(()),
            }
        }
    }

    /// Plays from where it stands, until something else is wanted; `None` at the end.
    fn play(
        &mut self,
        from: Duration,
        is_paused: &mut bool,
        publisher: &mut Publisher,
        watcher: &mut dyn Watcher,
    ) -> anyhow::Result<Option<Wish>> {
        let mut clock = Clock { speed: self.speed, from, start: Instant::now() };
        let mut pauses = self.pauses.iter().copied().filter(|pause| *pause >= from).peekable();
        let mut reached = from;
        while let Some(item) = self.recording.next_item()? {
            let RecordingItem::Record(record) = item else { continue };
            let is_over = self.to.is_some_and(|to| record.at > to);
            // A place is reached when all pages of its time were published.
            while let Some(pause) = pauses.next_if(|pause| *pause < record.at) {
                reached = pause.max(reached);
                if !std::mem::replace(is_paused, true) {
                    watcher.paused(reached, true);
                }
            }
            if is_over && !*is_paused {
                break;
            }
            clock.set_if_late(record.at);
            loop {
                match watcher.wish(reached) {
                    None => {}
                    Some(Wish::Pause) => {
                        *is_paused = !*is_paused;
                        watcher.paused(reached, *is_paused);
                        clock.set(reached);
                    }
                    wish => return Ok(wish),
                }
                let left = if *is_paused { ASK_EVERY } else { clock.left(record.at) };
                if left.is_zero() || (is_over && !*is_paused) {
                    break;
                }
                thread::sleep(left.min(ASK_EVERY));
            }
            if is_over {
                break;
            }
            let counter = counter(record.bytes);
            if let Some(pace) = &self.pace {
                pace.publishing(record.page, counter, record.at);
            }
            publisher.publish_bytes(record.page, record.bytes)?;
            self.has_played = true;
            reached = record.at;
            // Faster than it was driven it waits for its reader.
            if let Some(pace) = self.pace.as_ref().filter(|_| self.speed > 1.0 && record.page == PageKind::Graphics) {
                pace.wait_for_reader(counter);
            }
        }
        Ok(None)
    }
}

/// The counter of a page, which it begins with.
fn counter(page: &[u8]) -> i32 {
    page.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes))
}

/// A recording that runs in this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Playback {
    pages: LocalPages,
    pace: Pace,
    stop: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Playback {
    pub(crate) fn start(mut player: Player) -> anyhow::Result<Self> {
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        player.begin(&mut publisher)?;
        let pace = Pace::default();
        player.pace = Some(pace.clone());
        let stop = Arc::new(AtomicBool::new(false));
        let mut stopped = Stopped(Arc::clone(&stop));
        let over = Arc::new(AtomicBool::new(false));
        let ended = SetOnDrop(Arc::clone(&over));
        let waits = pace.clone();
        // This thread is never joined: it may sleep.
        thread::spawn(move || {
            let _ended = ended;
            // A reader that attaches late misses nothing.
            if !waits.wait_for_attachment() {
                return;
            }
            let played = player.run(&mut publisher, &mut stopped);
            if let Err(error) = played {
                say(format_args!("acevo: warning: the recording cannot be read any further: {error:#}"));
            }
        });
        Ok(Self { pages, pace, stop, over })
    }

    /// True once all pages of the recording were published, or the player has failed.
    pub(crate) fn over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.over)
    }

    /// How to attach to it.
    pub(crate) fn open(&self) -> Opener {
        self.pace.open(&self.pages)
    }

    /// Its pace.
    pub(crate) fn pace(&self) -> Pace {
        self.pace.clone()
    }
}

struct Stopped(Arc<AtomicBool>);

impl Watcher for Stopped {
    fn wish(&mut self, _: Duration) -> Option<Wish> {
        self.0.load(Ordering::Relaxed).then_some(Wish::Stop)
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.pace.close();
    }
}

#[cfg(test)]
mod tests {
    use acevo_recording::{Description, Record, RecordingWriter};
    use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, SPageFilePhysics};
    use acevo_simulator::{Options, Scenario, Simulator, TrackName};
    use acevo_telemetry::ConnectionEvent;
    use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings};

    use super::*;
    use crate::session::connection::LiveConnection;

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
        (Player::new(open(&path).unwrap(), 100.0), publisher, mapper, directory)
    }

    const MS: Duration = Duration::from_millis(1);

    /// Sees what is published before anything else is, and wants things when it has seen enough.
    struct Audience<'a> {
        mapper: &'a ACEvoSharedMemoryMapper,
        seen: Vec<i32>,
        paused: Vec<(Duration, bool)>,
        /// How often it was asked during the pause.
        asked: usize,
        wishes: Vec<(i32, Wish)>,
    }

    impl<'a> Audience<'a> {
        fn new(mapper: &'a ACEvoSharedMemoryMapper, wishes: &[(i32, Wish)]) -> Self {
            Self { mapper, seen: Vec::new(), paused: Vec::new(), asked: 0, wishes: wishes.to_vec() }
        }

        fn look(&mut self) -> i32 {
            let id = self.mapper.packet_id(PageKind::Physics).unwrap();
            if self.seen.last() != Some(&id) {
                self.seen.push(id);
            }
            id
        }
    }

    impl Watcher for Audience<'_> {
        fn wish(&mut self, _: Duration) -> Option<Wish> {
            let id = self.look();
            if self.paused.last().is_some_and(|(_, is_paused)| *is_paused) {
                self.asked += 1;
                return self.asked.is_multiple_of(3).then_some(Wish::Pause);
            }
            let wish = self.wishes.first().filter(|(at, _)| *at == id).map(|(_, wish)| *wish)?;
            self.wishes.remove(0);
            Some(wish)
        }

        fn paused(&mut self, at: Duration, is_paused: bool) {
            self.paused.push((at, is_paused));
        }
    }

    #[test]
    fn a_hundred_times_faster_every_packet_is_published_in_its_order() {
        let (mut player, mut publisher, mapper, _directory) = player(3000);
        let mut audience = Audience::new(&mapper, &[]);
        player.run(&mut publisher, &mut audience).unwrap();
        audience.look();
        assert_eq!(audience.seen, (0..=3000).collect::<Vec<_>>());
    }

    #[test]
    fn it_pauses_at_places_and_where_it_is_wanted_and_nothing_is_left_out() {
        let (mut player, mut publisher, mapper, _directory) = player(300);
        // That of a packet, and one between two.
        player.pauses = vec![MS * 90, MS * 301];
        let mut audience = Audience::new(&mapper, &[(200, Wish::Pause)]);
        player.run(&mut publisher, &mut audience).unwrap();
        audience.look();
        assert_eq!(audience.seen, (0..=300).collect::<Vec<_>>());
        let pauses = [90, 301, 600].map(|ms| [(MS * ms, true), (MS * ms, false)]).concat();
        assert_eq!(audience.paused, pauses);
        assert_eq!(audience.asked, 9);
    }

    /// A recording of some laps of the simulator.
    fn driven(path: &Path) {
        let mut options = Options::default();
        (options.scenario, options.track, options.laps) = (Scenario::HotLaps, TrackName::Karsthafen, Some(2));
        let mut simulator = Simulator::new(options);
        let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
        while !simulator.is_finished() {
            let changed = simulator.step();
            let frame = simulator.frame();
            let pages = [
                (changed.static_data, PageKind::Static),
                (changed.graphics, PageKind::Graphics),
                (changed.physics, PageKind::Physics),
            ];
            for (_, page) in pages.into_iter().filter(|(has_changed, _)| *has_changed) {
                writer.record(&Record::new(page, simulator.time(), frame.bytes(page))).unwrap();
            }
        }
        writer.finish().unwrap();
    }

    #[test]
    fn laps_do_not_depend_on_the_playback_speed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("laps.acevo");
        driven(&path);
        let of = |lap: &Lap| (lap.number, lap.time_ms, lap.incomplete, lap.kind);
        let read: Vec<_> =
            crate::driven::laps(&mut open(&path).unwrap(), |_| true).unwrap().iter().map(|one| of(&one.lap)).collect();
        assert!(read.len() >= 2 && read[0].1.is_some(), "{read:?}");

        let playback = Playback::start(Player::new(open(&path).unwrap(), 1000.0)).unwrap();
        let mut live = LiveConnection::new(playback.open()).with_pace(playback.pace());
        let mut analysis = Analysis::new(Settings::default());
        let mut played = Vec::new();
        // The last lap is left when the session has ended, which nobody says of a recording that has run out.
        while played.len() < 2 {
            let event = live.wait(Duration::from_secs(10)).expect("it goes on");
            if let (ConnectionEvent::Packet(_), Some(frame)) = (&event, live.frame()) {
                analysis.feed(live.time(), frame);
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
    fn nothing_is_not_repeated_for_ever() {
        let (mut player, mut publisher, mapper, _directory) = player(0);
        player.repeats = true;
        let mut audience = Audience::new(&mapper, &[]);
        player.run(&mut publisher, &mut audience).unwrap();
        assert!(audience.seen.is_empty());
    }

    #[test]
    fn it_leaps_and_stays_paused_and_ends() {
        let (mut player, mut publisher, mapper, _directory) = player(300);
        let wishes = [(100, Wish::Seek(MS * 600)), (210, Wish::Seek(MS * 30)), (20, Wish::Stop)];
        let mut audience = Audience::new(&mapper, &wishes);
        player.run(&mut publisher, &mut audience).unwrap();
        // A leap shows what was there before its time.
        assert_eq!(audience.seen, [(0..=100).collect::<Vec<_>>(), (199..=210).collect(), (9..=20).collect()].concat());
        assert!(audience.wishes.is_empty());
    }

    #[test]
    fn who_was_stopped_for_long_does_not_catch_up() {
        let hour = Duration::from_secs(3600);
        let Some(start) = Instant::now().checked_sub(Duration::from_secs(60)) else { return };
        let mut clock = Clock { speed: 1.0, from: Duration::ZERO, start };
        let at = Duration::from_secs(1);
        assert!(clock.left(at).is_zero());
        clock.set_if_late(at);
        let left = clock.left(at + hour);
        assert!(left <= hour && left > hour - Duration::from_secs(30), "{left:?}");
        let before = clock.start;
        clock.set_if_late(at + hour);
        assert_eq!(clock.start, before, "it is early");
    }
}
