//! The pages of the last seconds, which senders take from and the reader of the game adds to.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use acevo_shared_memory::PageKind;

use crate::group::{FULL_BYTES, Group, MAX_ITEMS};
use crate::item::{Item, RelayedPage};

/// Maximum bytes of all pages that are kept. A minute of a race has 34 MB.
pub const MAX_QUEUE_BYTES: usize = 64 << 20;

/// A bounded queue of pages. The oldest ones are dropped if it is full: the thread that adds pages never waits for a network.
#[derive(Debug)]
pub struct RelayQueue {
    span: Duration,
    stream: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<(Instant, Item)>,
    /// Number of the first item that is kept.
    first: u64,
    bytes: usize,
    /// The newest pages before the first item that is kept, and the newest ones of all.
    before: Pages,
    newest: Pages,
    is_closed: bool,
}

/// A page of each kind.
#[derive(Debug, Clone, Default)]
struct Pages([Option<RelayedPage>; 3]);

impl Pages {
    fn take(&mut self, item: Item) {
        match item {
            Item::Page(page) => {
                let kind = page.page as usize;
                self.0[kind] = Some(page);
            }
            // Pages of a game that has ended are those of no other game.
            Item::GameEnded(_) => self.0 = [None, None, None],
        }
    }

    /// The pages as carried ones of a time, in the order in which a reader needs them.
    fn carried(&self, at: Duration) -> Vec<RelayedPage> {
        let pages = [PageKind::Static, PageKind::Graphics, PageKind::Physics].map(|kind| self.0[kind as usize].clone());
        let carried = |page| RelayedPage { at, carried: true, restarted: false, missed: 0, ..page };
        pages.into_iter().flatten().map(carried).collect()
    }
}

impl State {
    fn next(&self) -> u64 {
        self.first + self.items.len() as u64
    }
}

impl RelayQueue {
    /// A queue that keeps the pages of this time, and at most [`MAX_QUEUE_BYTES`].
    pub fn new(span: Duration) -> Self {
        // A number that no other start of a sender has.
        let stream = RandomState::new().hash_one(std::process::id());
        Self { span, stream, state: Mutex::default(), changed: Condvar::new() }
    }

    /// The number of this queue, which receivers name when they continue.
    pub fn stream(&self) -> u64 {
        self.stream
    }

    /// The state is complete after each line that changes it, so a panic elsewhere leaves nothing wrong.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item.
    pub fn push(&self, item: Item) {
        self.push_at(item, Instant::now());
    }

    fn push_at(&self, item: Item, now: Instant) {
        let mut state = self.lock();
        state.bytes += item.bytes();
        state.newest.take(item.clone());
        state.items.push_back((now, item));
        while state.bytes > MAX_QUEUE_BYTES
            || state.items.front().is_some_and(|(pushed, _)| now.saturating_duration_since(*pushed) > self.span)
        {
            let Some((_, item)) = state.items.pop_front() else { break };
            state.bytes -= item.bytes();
            state.first += 1;
            state.before.take(item);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// No more items come. Senders send the rest, and end.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// True after [`close`](Self::close).
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Wakes all senders.
    pub(crate) fn wake(&self) {
        self.changed.notify_all();
    }

    /// Waits until the queue changes, is closed or is woken, at most until a time.
    pub(crate) fn wait(&self, next: Option<u64>, until: Instant) {
        let state = self.lock();
        if !state.is_closed && next.is_some_and(|next| state.next() <= next) {
            let timeout = until.saturating_duration_since(Instant::now());
            drop(self.changed.wait_timeout(state, timeout));
        }
    }

    /// The items from a number on, as many as fit into a group; `None` if there is nothing new. Without a number, or with one that does not
    /// exist yet, the group has the newest pages.
    pub(crate) fn take(&self, next: Option<u64>) -> Option<Group> {
        let state = self.lock();
        let Some(next) = next.filter(|next| *next <= state.next()) else {
            let at = state.items.back().map_or(Duration::ZERO, |(_, item)| item.at());
            return Some(Group { first: state.next(), opening: state.newest.carried(at), ..Group::default() });
        };
        let mut group = Group { first: next, ..Group::default() };
        if next < state.first {
            let at = state.items.front().map_or(Duration::ZERO, |(_, item)| item.at());
            (group.first, group.opening) = (state.first, state.before.carried(at));
        }
        let (mut bytes, mut pushed) = (0, None);
        let start = usize::try_from(group.first - state.first).unwrap_or(usize::MAX);
        for (at, item) in state.items.iter().skip(start).take(MAX_ITEMS - group.opening.len()) {
            bytes += item.bytes();
            if bytes > FULL_BYTES && !group.items.is_empty() {
                break;
            }
            group.items.push(item.clone());
            pushed = Some(*at);
        }
        group.held = pushed.map_or(Duration::ZERO, |pushed| pushed.elapsed());
        (!group.items.is_empty() || !group.opening.is_empty() || group.first != next).then_some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(kind: PageKind, counter: u8, at: u64) -> Item {
        let bytes = vec![counter; 8].into();
        Item::Page(RelayedPage {
            page: kind,
            at: Duration::from_millis(at),
            settled: true,
            restarted: false,
            carried: false,
            missed: 0,
            bytes,
        })
    }

    #[test]
    fn take_returns_each_item_once_in_order() {
        let queue = RelayQueue::new(Duration::from_secs(10));
        (0..5).for_each(|number| queue.push(page(PageKind::Physics, number, number.into())));
        let group = queue.take(Some(2)).unwrap();
        assert_eq!((group.first, group.items.len(), group.opening.len(), group.next()), (2, 3, 0, 5));
        assert!(queue.take(Some(5)).is_none());
    }

    #[test]
    fn take_begins_with_the_newest_pages_without_a_number() {
        let queue = RelayQueue::new(Duration::from_secs(10));
        assert_eq!(queue.take(None), Some(Group::default()));
        queue.push(page(PageKind::Physics, 1, 0));
        queue.push(page(PageKind::Static, 2, 1));
        queue.push(page(PageKind::Physics, 3, 2));
        let group = queue.take(None).unwrap();
        assert_eq!((group.first, group.items.len()), (3, 0));
        let pages: Vec<_> = group.opening.iter().map(|page| (page.page, page.bytes[0], page.carried)).collect();
        assert_eq!(pages, [(PageKind::Static, 2, true), (PageKind::Physics, 3, true)]);
        // A receiver that claims to have more than there is.
        assert_eq!(queue.take(Some(99)), Some(group));
    }

    #[test]
    fn push_drops_the_oldest_items_and_keeps_their_newest_pages() {
        let (queue, start) = (RelayQueue::new(Duration::from_secs(1)), Instant::now());
        let kinds = [PageKind::Static, PageKind::Physics, PageKind::Physics, PageKind::Physics];
        for (number, kind) in (0..).zip(kinds) {
            let at = u64::from(number) * 600;
            queue.push_at(page(kind, number, at), start + Duration::from_millis(at));
        }
        let group = queue.take(Some(0)).unwrap();
        assert_eq!((group.first, group.items.len()), (2, 2));
        assert_eq!(group.opening.iter().map(|page| page.bytes[0]).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn push_forgets_the_pages_of_a_game_that_has_ended() {
        let queue = RelayQueue::new(Duration::from_secs(1));
        queue.push(page(PageKind::Static, 1, 0));
        queue.push(Item::GameEnded(Duration::from_millis(1)));
        assert!(queue.take(None).unwrap().opening.is_empty());
    }
}
