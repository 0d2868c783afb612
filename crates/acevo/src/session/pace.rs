//! Keeps a fast recording or simulation together with the reader in this process, and knows the time of each packet.
//!
//! Pages of another process can only be polled: a reader that is late misses packets. What runs in this process can wait. So at
//! any speed the reader sees every frame, and knows the time of the recording or the simulation at which it was published. A reader
//! that is blocked, for example by a pipe that is not being read, is waited for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};

use crate::session::Opener;

/// Packets whose times are kept: those of more than ten frames.
const KEPT: usize = 128;

/// The pace of what is published in this process. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Page, counter and time of what was published last.
    published: VecDeque<(PageKind, i32, Duration)>,
    /// The time that the recording or the simulation has reached.
    now: Duration,
    /// The counter of the frame that was read last.
    frame: Option<i32>,
    /// A reader is or was attached.
    has_attached: bool,
    /// The publisher is to end.
    is_closed: bool,
}

impl Pace {
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

    /// A page is about to be published with this counter, at this time of the recording or the simulation.
    pub(crate) fn publishing(&self, page: PageKind, counter: i32, at: Duration) {
        let mut state = self.state();
        if state.published.len() == KEPT {
            state.published.pop_front();
        }
        state.published.push_back((page, counter, at));
    }

    /// The recording or the simulation has reached this time.
    pub(crate) fn reach(&self, now: Duration) {
        self.state().now = now;
    }

    /// The time that the recording or the simulation has reached, whether or not anything was published then.
    pub(crate) fn now(&self) -> Duration {
        self.state().now
    }

    /// Waits until a reader has attached. Returns false if [`close`](Self::close) was called before that.
    pub(crate) fn wait_for_attachment(&self) -> bool {
        self.wait_while(|state| !state.has_attached).has_attached
    }

    /// Waits until the frame with this counter was [read](Self::read), or [`close`](Self::close) was called. Returns at once if the counter is
    /// 0: pages may be blank, and no reader attaches to those.
    pub(crate) fn wait_for_reader(&self, frame: i32) {
        drop(self.wait_while(|state| frame != 0 && state.frame != Some(frame)));
    }

    /// Ends all waiting, now and later.
    pub(crate) fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    /// When the newest page with this counter was published.
    pub(crate) fn time_of(&self, page: PageKind, counter: i32) -> Option<Duration> {
        let state = self.state();
        let found = state.published.iter().rev().find(|(kind, id, _)| (*kind, *id) == (page, counter));
        found.map(|(.., at)| *at)
    }

    /// The frame with this counter was taken by the reader.
    pub(crate) fn read(&self, frame: i32) {
        self.change(|state| state.frame = Some(frame));
    }

    /// How to attach to pages that are published at this pace.
    pub(crate) fn open(&self, pages: &LocalPages) -> Opener {
        let (pages, pace) = (pages.clone(), self.clone());
        Box::new(move || {
            let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone())?;
            pace.change(|state| state.has_attached = true);
            Ok(mapper)
        })
    }
}

/// Sets a flag when it is dropped: at the end of a thread, and if the thread panics.
#[derive(Debug)]
pub(crate) struct SetOnDrop(pub(crate) Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{Publisher, SPageFileGraphicEvo};

    use super::*;

    #[test]
    fn a_publisher_that_waits_loses_no_frame() {
        let (pace, pages) = (Pace::default(), LocalPages::new());
        let mapper = pace.open(&pages)().unwrap();
        let mut publisher = Publisher::local(&pages);
        let publishing = {
            let pace = pace.clone();
            std::thread::spawn(move || {
                for frame in 1..=2000 {
                    pace.publishing(PageKind::Graphics, frame, Duration::from_millis(frame as u64));
                    let page = SPageFileGraphicEvo { packetId: frame, ..Default::default() };
                    publisher.publish_graphics(&page).unwrap();
                    pace.wait_for_reader(frame);
                }
            })
        };
        let mut seen = Vec::new();
        while seen.last() != Some(&2000) {
            let frame = mapper.graphics().raw().packetId;
            if frame > 0 && seen.last() != Some(&frame) {
                let at = pace.time_of(PageKind::Graphics, frame);
                assert_eq!(at, Some(Duration::from_millis(frame as u64)));
                seen.push(frame);
                pace.read(frame);
            }
        }
        publishing.join().unwrap();
        assert_eq!(seen, (1..=2000).collect::<Vec<_>>());
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
    fn close_ends_all_waiting() {
        let pace = Pace::default();
        let waiting = {
            let pace = pace.clone();
            std::thread::spawn(move || {
                let has_attached = pace.wait_for_attachment();
                pace.wait_for_reader(1);
                has_attached
            })
        };
        pace.close();
        assert!(!waiting.join().unwrap());
        assert_eq!(pace.time_of(PageKind::Physics, 1), None);
    }

    #[test]
    fn wait_for_attachment_returns_once_pages_were_opened() {
        let (pace, pages) = (Pace::default(), LocalPages::new());
        let waiting = {
            let pace = pace.clone();
            std::thread::spawn(move || pace.wait_for_attachment())
        };
        let _mapper = pace.open(&pages)().unwrap();
        assert!(waiting.join().unwrap());
    }
}
