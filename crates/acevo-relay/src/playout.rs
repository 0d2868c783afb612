//! Decides when each page is published, so that pages come in the rhythm of the game although the network is uneven.

use std::collections::VecDeque;
use std::time::Duration;

use crate::group::Group;
use crate::item::{Item, micros};

/// Time for which the fastest transfer is remembered, at least. The clocks of two computers drift apart by less than a millisecond meanwhile.
const MEMORY: Duration = Duration::from_secs(5);

/// Speed at which late pages catch up, as a multiple of the game's.
const CATCH_UP: u32 = 2;

/// Maximum time between two pages while late pages catch up, such as after a gap.
const MAX_SPACING: Duration = Duration::from_millis(100);

/// Time by which a page may be late without moving the ones after it.
const SLACK: Duration = Duration::from_millis(20);

/// Bytes of pages that wait at most, before the last group. A minute of a race has 34 MB.
const MAX_WAITING_BYTES: usize = 64 << 20;

/// An item that waits until it is due.
#[derive(Debug)]
struct Waiting {
    item: Item,
    /// Microseconds on the clock of the receiver at which it was read by the sender, if the network needed no time.
    read: i64,
}

/// An item that is due.
#[derive(Debug, PartialEq, Eq)]
pub struct Due {
    /// The item.
    pub item: Item,
    /// Time between its reading by the sender and now, without that of the network.
    pub age: Duration,
}

/// Holds items back until they are due. It has no clock: the caller passes the present, on a clock that never goes back.
#[derive(Debug)]
pub struct Playout {
    delay: Duration,
    waiting: VecDeque<Waiting>,
    /// Bytes of the pages that wait.
    bytes: usize,
    /// The smallest difference between the clocks of arrival and of the sender: of the running interval, and of the one before.
    fastest: [Option<i64>; 2],
    interval: Option<Duration>,
    /// Time of the last item on the clock of the sender, and when it was published.
    last: Option<(Duration, Duration)>,
}

fn signed(time: Duration) -> i64 {
    i64::try_from(micros(time)).unwrap_or(i64::MAX)
}

impl Playout {
    /// Publishes each item this long after it would have arrived by the fastest transfer.
    pub const fn new(delay: Duration) -> Self {
        Self { delay, waiting: VecDeque::new(), bytes: 0, fastest: [None; 2], interval: None, last: None }
    }

    /// Another sender has begun, with another clock.
    pub fn restart(&mut self) {
        (self.fastest, self.interval, self.last) = ([None; 2], None, None);
    }

    /// Adds a group that has arrived.
    pub fn push(&mut self, group: Group, arrived: Duration) {
        let arrived_us = signed(arrived);
        let newest = group.items.last().map(Item::at).or(group.opening.last().map(|page| page.at));
        let newest = signed(newest.unwrap_or_default());
        if !group.items.is_empty() {
            if self.interval.is_none_or(|since| arrived.saturating_sub(since) >= MEMORY) {
                self.fastest = [None, self.fastest[0]];
                self.interval = Some(arrived);
            }
            let difference = arrived_us.saturating_sub(newest);
            self.fastest[0] = Some(self.fastest[0].map_or(difference, |fastest| fastest.min(difference)));
        }
        let read = arrived_us.saturating_sub(signed(group.held));
        let items = group.opening.into_iter().map(Item::Page).chain(group.items);
        self.waiting.extend(items.map(|item| {
            self.bytes += item.bytes();
            let before = newest.saturating_sub(signed(item.at())).max(0);
            Waiting { item, read: read.saturating_sub(before) }
        }));
    }

    /// Number of items that wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// True if more pages wait than a sender sends: no more should be added.
    pub const fn is_full(&self) -> bool {
        self.bytes > MAX_WAITING_BYTES
    }

    /// True if no item waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When the next item is due; `None` if none waits.
    pub fn next_at(&self) -> Option<Duration> {
        let at = self.waiting.front()?.item.at();
        let fastest = self.fastest.iter().flatten().min();
        let due = fastest.map_or(0, |fastest| signed(at).saturating_add(*fastest).saturating_add(signed(self.delay)));
        let due = Duration::from_micros(u64::try_from(due).unwrap_or(0));
        let earliest = self.last.map_or(Duration::ZERO, |(last, published)| {
            published.saturating_add(at.saturating_sub(last).min(MAX_SPACING) / CATCH_UP)
        });
        Some(due.max(earliest))
    }

    /// Returns the next item if it is due.
    pub fn pop(&mut self, now: Duration) -> Option<Due> {
        let due = self.next_at().filter(|due| *due <= now)?;
        let Waiting { item, read } = self.waiting.pop_front()?;
        self.bytes -= item.bytes();
        self.last = Some((item.at(), due.max(now.saturating_sub(SLACK))));
        let age = u64::try_from(signed(now).saturating_sub(read)).unwrap_or(0);
        Some(Due { item, age: Duration::from_micros(age) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A group of ends of games, which are the smallest items, at these milliseconds.
    fn group(times: impl IntoIterator<Item = u32>) -> Group {
        let items = times.into_iter().map(|at| Item::GameEnded(MS * at)).collect();
        Group { items, ..Group::default() }
    }

    /// Milliseconds at which the items are published that are due before a time.
    fn published(playout: &mut Playout, until: u32) -> Vec<u128> {
        let mut times = Vec::new();
        while let Some(at) = playout.next_at().filter(|at| *at <= MS * until) {
            let before = at.checked_sub(MS / 1000);
            assert!(before.is_none_or(|before| playout.pop(before).is_none()));
            assert!(playout.pop(at).is_some());
            times.push(at.as_millis());
        }
        times
    }

    #[test]
    fn playout_keeps_the_rhythm_of_the_game_over_an_uneven_network() {
        let mut playout = Playout::new(MS * 100);
        // The clock of the sender is 1000 ms behind. The second group is late by 60 ms.
        playout.push(group([0, 10, 20]), MS * 1020);
        let mut times = published(&mut playout, 1100);
        playout.push(group([30, 40]), MS * 1100);
        playout.push(group([50, 60]), MS * 1101);
        times.extend(published(&mut playout, 2000));
        assert_eq!(times, [1100, 1110, 1120, 1130, 1140, 1150, 1160]);
    }

    #[test]
    fn playout_catches_up_at_twice_the_speed() {
        let mut playout = Playout::new(MS * 50);
        playout.push(group([0]), MS * 1000);
        assert_eq!(published(&mut playout, 1050), [1050]);
        // A cut of a second: 100 items come at once, and the next ones in time.
        playout.push(group((1..=100).map(|number| number * 10)), MS * 2000);
        let late: Vec<_> = std::iter::from_fn(|| {
            let now = playout.next_at()?.max(MS * 2000);
            playout.pop(now).map(|_| now.as_millis())
        })
        .collect();
        assert_eq!((late[0], late[1], late[99]), (2000, 2000, 2475));
        playout.push(group([1500]), MS * 2500);
        assert_eq!(published(&mut playout, 3000), [2550]);
    }

    #[test]
    fn playout_is_full_while_pages_of_more_than_64_mib_wait() {
        let mut playout = Playout::new(MS);
        let record = acevo_recording::Record::new(acevo_shared_memory::PageKind::Physics, MS, &[0; 60_000]);
        let page = Item::Page(crate::RelayedPage::of(&record, MS));
        let pages = Group { items: vec![page; 1119], ..Group::default() };
        assert!(!playout.is_full());
        playout.push(pages, MS);
        assert!(playout.is_full());
        while playout.pop(MS * 1000).is_some() {}
        assert!(!playout.is_full() && playout.is_empty());
    }

    #[test]
    fn playout_measures_the_age_of_each_item() {
        let mut playout = Playout::new(MS * 100);
        playout.push(Group { held: MS * 5, ..group([0, 10]) }, MS * 1010);
        let due = playout.pop(MS * 1100).unwrap();
        assert_eq!(due.age, MS * 105);
        assert_eq!(playout.pop(MS * 1110).unwrap().age, MS * 105);
    }

    #[test]
    fn playout_holds_no_item_for_longer_than_its_delay_if_the_clock_of_the_sender_jumps() {
        let mut playout = Playout::new(MS * 100);
        playout.push(group([0]), MS * 1000);
        playout.push(group([4_000_000_000]), MS * 1001);
        assert_eq!(published(&mut playout, 1200).len(), 2);
        playout.push(group([4_000_000_010]), MS * 1011);
        assert!(playout.next_at().unwrap() <= MS * 1111);
    }
}
