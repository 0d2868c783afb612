//! Keeps a publisher in step with the readers in its process.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, LocalPages, Packet, PageKind, Source};

/// Number of packets whose times are kept: those of more than ten frames.
const KEPT_PACKETS: usize = 128;

/// A reader that has detached is waited for this long.
const REATTACH_TIME: Duration = Duration::from_secs(1);

/// Opens the pages of a publisher in this process; a [`Connection`](acevo_telemetry::Connection) takes it.
pub type Opener = Box<dyn FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send>;

/// Keeps a publisher in step with the readers in its process, and knows the time of each packet. Clones share their state.
///
/// Pages of another process can only be polled, and a reader that is late misses packets. A publisher in the same process can wait for
/// its readers. So a reader sees every frame at any speed, and knows when it was published on the clock of the recording or the
/// simulation. A blocked reader is waited for as long as it is attached.
#[derive(Debug, Clone, Default)]
pub struct Lockstep(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Page, counter and time of the packets that were published last.
    published: VecDeque<(PageKind, i32, Duration)>,
    /// The time that the publisher has reached.
    now: Duration,
    /// The counter of the frame that was read last.
    frame: Option<i32>,
    /// Number of readers that are attached.
    readers: usize,
    /// A reader is or was attached.
    has_attached: bool,
    /// Readers acknowledge the frames that they have taken.
    is_acknowledged: bool,
    /// The last reader has detached and did not come back.
    is_alone: bool,
    /// The publisher is to end.
    is_closed: bool,
}

impl Lockstep {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.changed.notify_all();
    }

    fn wait_while(&self, waits: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.0.changed.wait_while(self.state(), |state| !state.is_closed && waits(state));
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the time of a page. Call it before the page is published.
    pub fn publishing(&self, page: PageKind, counter: i32, at: Duration) {
        let mut state = self.state();
        if state.published.len() == KEPT_PACKETS {
            state.published.pop_front();
        }
        state.published.push_back((page, counter, at));
    }

    /// Sets the time that the publisher has reached.
    pub fn reach(&self, now: Duration) {
        self.state().now = now;
    }

    /// The time that the publisher has reached, whether or not a page was published then.
    pub fn now(&self) -> Duration {
        self.state().now
    }

    /// Waits until a reader has attached. Returns false if [`close`](Self::close) was called before that.
    pub fn wait_for_attachment(&self) -> bool {
        self.wait_while(|state| !state.has_attached).has_attached
    }

    /// From now on a frame counts as read when [`acknowledge`](Self::acknowledge) is called, not when its page was polled. A reader that
    /// assembles packets of several pages gets all pages of a frame from the same time then.
    pub fn require_acknowledgement(&self) {
        self.change(|state| state.is_acknowledged = true);
    }

    /// The reader has taken the frame with this counter.
    pub fn acknowledge(&self, frame: i32) {
        self.change(|state| state.frame = Some(frame));
    }

    /// Waits until the frame with this counter was read, or [`close`](Self::close) was called. Returns at once if the counter is 0: pages may
    /// be blank, and no reader attaches to those. If readers do not [acknowledge](Self::require_acknowledgement) frames, it waits
    /// for attached readers only. Without a reader it does not wait, except for a second after the last one has
    /// detached: a [`Connection`](acevo_telemetry::Connection) detaches from pages that are still blank, and attaches again.
    pub fn wait_for_reader(&self, frame: i32) {
        if frame == 0 {
            return;
        }
        if self.state().is_acknowledged {
            drop(self.wait_while(|state| state.frame != Some(frame)));
            return;
        }
        loop {
            let state = self.wait_while(|state| state.readers > 0 && state.frame != Some(frame));
            if state.is_closed || state.is_alone || !state.has_attached || state.frame == Some(frame) {
                return;
            }
            let waited =
                self.0.changed.wait_timeout_while(state, REATTACH_TIME, |state| !state.is_closed && state.readers == 0);
            let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state.is_alone |= timeout.timed_out();
        }
    }

    /// Ends all waiting, now and later.
    pub fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    /// When the newest page with this counter was published; `None` if it is too old, or was published before the publisher started.
    pub fn time_of(&self, page: PageKind, counter: i32) -> Option<Duration> {
        let state = self.state();
        let found = state.published.iter().rev().find(|(kind, id, _)| (*kind, *id) == (page, counter));
        found.map(|(.., at)| *at)
    }

    /// When a packet was published; `None` as for [`time_of`](Self::time_of).
    pub fn time_of_packet(&self, packet: &Packet) -> Option<Duration> {
        let physics = packet.physics.as_ref();
        let physics = physics.and_then(|arrival| self.time_of(PageKind::Physics, arrival.view.packet_id()));
        let graphics = packet.graphics.as_ref();
        let graphics = graphics.and_then(|arrival| self.time_of(PageKind::Graphics, arrival.view.packet_id()));
        physics.max(graphics)
    }

    /// The page of a frame was polled.
    fn polled(&self, frame: i32) {
        if !self.state().is_acknowledged {
            self.acknowledge(frame);
        }
    }

    /// Returns a function that attaches a reader to these pages.
    pub fn opener(&self, pages: &LocalPages) -> Opener {
        let (pages, lockstep) = (pages.clone(), self.clone());
        Box::new(move || {
            let reader = Attached::new(&lockstep);
            ACEvoSharedMemoryMapper::open_source(LockstepPages { pages: pages.clone(), reader })
        })
    }
}

/// Counts as an attached reader until it is dropped.
#[derive(Debug)]
struct Attached(Lockstep);

impl Attached {
    fn new(lockstep: &Lockstep) -> Self {
        lockstep.change(|state| (state.readers, state.has_attached, state.is_alone) = (state.readers + 1, true, false));
        Self(lockstep.clone())
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.0.change(|state| state.readers -= 1);
    }
}

/// Pages that report when a frame was read.
#[derive(Debug)]
struct LockstepPages {
    pages: LocalPages,
    reader: Attached,
}

impl Source for LockstepPages {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.pages.copy(page, words)
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        let is_unchanged = self.pages.is_unchanged(page, words)?;
        if let (PageKind::Graphics, true, Some(first)) = (page, is_unchanged, words.first()) {
            self.reader.0.polled(*first as i32);
        }
        Ok(is_unchanged)
    }

    fn size(&self, page: PageKind) -> usize {
        self.pages.size(page)
    }

    fn location(&self, page: PageKind) -> String {
        self.pages.location(page)
    }

    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        self.pages.packet_id(page)
    }
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{Publisher, SPageFileGraphicEvo};

    use super::*;

    #[test]
    fn reader_sees_every_frame_of_a_publisher_that_waits() {
        let (lockstep, pages) = (Lockstep::default(), LocalPages::new());
        let mapper = lockstep.opener(&pages)().unwrap();
        let mut publisher = Publisher::local(&pages);
        let publishing = {
            let lockstep = lockstep.clone();
            // A reader is attached from the beginning.
            mapper.graphics();
            std::thread::spawn(move || {
                for frame in 1..=2000 {
                    lockstep.publishing(PageKind::Graphics, frame, Duration::from_millis(frame as u64));
                    let page = SPageFileGraphicEvo { packetId: frame, ..Default::default() };
                    publisher.publish_graphics(&page).unwrap();
                    lockstep.wait_for_reader(frame);
                }
            })
        };
        let mut seen = Vec::new();
        while seen.last() != Some(&2000) {
            let frame = mapper.graphics().raw().packetId;
            if frame > 0 && seen.last() != Some(&frame) {
                let at = lockstep.time_of(PageKind::Graphics, frame);
                assert_eq!(at, Some(Duration::from_millis(frame as u64)));
                seen.push(frame);
            }
        }
        publishing.join().unwrap();
        assert_eq!(seen, (1..=2000).collect::<Vec<_>>());
    }

    #[test]
    fn wait_for_reader_does_not_wait_without_a_reader() {
        let (lockstep, pages) = (Lockstep::default(), LocalPages::new());
        lockstep.wait_for_reader(1);
        let mapper = lockstep.opener(&pages)().unwrap();
        assert!(lockstep.wait_for_attachment());
        let waiting = {
            let lockstep = lockstep.clone();
            std::thread::spawn(move || lockstep.wait_for_reader(2))
        };
        // The reader never reads that frame.
        drop(mapper);
        waiting.join().unwrap();
        lockstep.wait_for_reader(3);
        assert_eq!(lockstep.time_of(PageKind::Physics, 1), None);
    }

    #[test]
    fn close_ends_all_waiting() {
        let (lockstep, pages) = (Lockstep::default(), LocalPages::new());
        let waiting = {
            let lockstep = lockstep.clone();
            std::thread::spawn(move || lockstep.wait_for_attachment())
        };
        lockstep.close();
        assert!(!waiting.join().unwrap());
        let _mapper = lockstep.opener(&pages)().unwrap();
        lockstep.wait_for_reader(1);
    }
}
