//! What keeps a fast recording or simulation together with the reader in this process, and knows the time of each packet.
//!
//! Pages of another process can only be polled: a reader that is late misses packets. What runs in this process can wait. So at
//! any speed the reader sees every frame, and knows the time of the recording or the simulation at which it was published. Only a
//! reader that is blocked for more than a second, as by a pipe that nobody empties, is left behind.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, LocalPages, PageKind, Source};

use crate::live::Open;

/// A reader that has not looked at a frame for so long does not read at all.
const PATIENCE: Duration = Duration::from_secs(1);

/// Packets whose times are kept: those of more than ten frames.
const KEPT: usize = 128;

/// The pace of what is published in this process. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    seen: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Page, counter and time of what was published last.
    published: VecDeque<(PageKind, i32, Duration)>,
    /// The counter of the frame that was read last.
    frame: Option<i32>,
    /// Nobody reads.
    is_alone: bool,
}

impl Pace {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page is about to be published with this counter, at this time of the recording or the simulation.
    pub(crate) fn publishing(&self, page: PageKind, counter: i32, at: Duration) {
        let mut state = self.state();
        if state.published.len() == KEPT {
            state.published.pop_front();
        }
        state.published.push_back((page, counter, at));
    }

    /// Waits until the frame with this counter was read, if anybody reads.
    pub(crate) fn wait_for_reader(&self, frame: i32) {
        let state = self.state();
        let waits = |state: &mut State| !state.is_alone && state.frame != Some(frame);
        let waited = self.0.seen.wait_timeout_while(state, PATIENCE, waits);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            state.is_alone = true;
        }
    }

    /// When the newest page with this counter was published.
    pub(crate) fn time_of(&self, page: PageKind, counter: i32) -> Option<Duration> {
        let state = self.state();
        let found = state.published.iter().rev().find(|(kind, id, _)| (*kind, *id) == (page, counter));
        found.map(|(.., at)| *at)
    }

    fn read(&self, frame: i32) {
        let mut state = self.state();
        (state.frame, state.is_alone) = (Some(frame), false);
        self.0.seen.notify_all();
    }

    /// How to attach to pages that are published at this pace.
    pub(crate) fn open(&self, pages: &LocalPages) -> Open {
        let source = Paced { pages: pages.clone(), pace: self.clone() };
        Box::new(move || ACEvoSharedMemoryMapper::open_source(source.clone()))
    }
}

/// Pages that say when a frame was read.
#[derive(Debug, Clone)]
struct Paced {
    pages: LocalPages,
    pace: Pace,
}

impl Source for Paced {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.pages.copy(page, words)
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        let is_unchanged = self.pages.is_unchanged(page, words)?;
        if let (PageKind::Graphics, true, Some(first)) = (page, is_unchanged, words.first()) {
            self.pace.read(*first as i32);
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
    fn a_publisher_that_waits_loses_no_frame() {
        let (pace, pages) = (Pace::default(), LocalPages::new());
        let mapper = pace.open(&pages)().unwrap();
        let mut publisher = Publisher::local(&pages);
        let publishing = {
            let pace = pace.clone();
            // Somebody reads from the beginning.
            mapper.graphics();
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
            }
        }
        publishing.join().unwrap();
        assert_eq!(seen, (1..=2000).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_is_waited_for_who_does_not_read() {
        let pace = Pace::default();
        pace.read(1);
        pace.wait_for_reader(1);
        assert!(!pace.state().is_alone);
        // Once: after that nobody is there.
        pace.wait_for_reader(2);
        assert!(pace.state().is_alone);
        assert_eq!(pace.time_of(PageKind::Physics, 1), None);
    }
}
