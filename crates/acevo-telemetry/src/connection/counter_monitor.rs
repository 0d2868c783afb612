//! Recognises counters that no single game writes.
//!
//! The counter of a page goes back when a session is loaded, and continues from there. If two programs write the same pages, it returns
//! to the sequence that it has left, again and again. Time is that of the packets.

use std::fmt;
use std::time::{Duration, Instant};

use acevo_shared_memory::Packet;
use serde::{Deserialize, Serialize};

/// Number of jumps of a counter that are a conflict, if they are faster than [`JUMPS_PER_SECOND`]. Loading a session causes one or two.
const MIN_JUMPS: f64 = 5.0;

/// Jumps per second that a game can cause: sessions that are restarted all the time, at the speed of a fast simulation.
const JUMPS_PER_SECOND: f64 = 1.0;

/// Time without a jump after which a conflict is over, and after which a sequence that was left is forgotten.
const CALM: Duration = Duration::from_secs(10);

/// Plausibility limit for the steps of a counter, and for the steps per tenth of a second, as for packets.
const MAX_STEPS: u128 = 10_000;

/// Why the counters of the pages cannot be those of one game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CounterConflict {
    /// A counter alternates between two sequences: two programs write the same pages.
    TwoWriters,
    /// A counter jumps all the time, but does not return to where it was: the pages hold other data, or several programs write them.
    Erratic,
}

impl fmt::Display for CounterConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::TwoWriters => "two programs write the same pages: their packet counters alternate",
            Self::Erratic => {
                "the packet counters jump back and forth: several programs write the pages, or they are not the game's"
            }
        })
    }
}

/// Recognises pages that more than one program writes, by their counters.
///
/// [`Connection`](crate::Connection) contains one. Create your own to check packets of another source.
///
/// ```
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Publisher, SPageFilePhysics};
/// use acevo_telemetry::{CounterConflict, CounterMonitor};
///
/// let pages = LocalPages::new();
/// let mut publisher = Publisher::local(&pages);
/// let mapper = ACEvoSharedMemoryMapper::open_source(pages)?;
/// let (mut packets, mut monitor) = (mapper.packets(), CounterMonitor::default());
/// for step in 1..20 {
///     // One program has counted 1000 packets, the other one five million.
///     for counted in [1_000, 5_000_000] {
///         publisher.publish_physics(&SPageFilePhysics { packetId: counted + step, ..Default::default() })?;
///         monitor.note(&packets.next().expect("the source never ends")?);
///     }
/// }
/// assert_eq!(monitor.conflict(), Some(CounterConflict::TwoWriters));
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CounterMonitor {
    physics: CounterHistory,
    graphics: CounterHistory,
    conflict: Option<CounterConflict>,
    /// When a counter has jumped last.
    jumped: Option<Instant>,
}

impl CounterMonitor {
    /// Takes a packet. Returns the conflict if it has been recognised just now.
    pub fn note(&mut self, packet: &Packet) -> Option<CounterConflict> {
        let physics = packet.physics.map(|arrival| (arrival.view.packet_id(), arrival.restarted));
        let graphics = packet.graphics.map(|arrival| (arrival.view.packet_id(), arrival.restarted));
        self.note_counts(physics, graphics, packet.seen)
    }

    /// Takes the counters of new pages, and whether they have restarted.
    fn note_counts(
        &mut self,
        physics: Option<(i32, bool)>,
        graphics: Option<(i32, bool)>,
        now: Instant,
    ) -> Option<CounterConflict> {
        let mut has_jumped = physics.is_some_and(|(id, restarted)| self.physics.note(id, restarted, now));
        has_jumped |= graphics.is_some_and(|(id, restarted)| self.graphics.note(id, restarted, now));
        if !has_jumped {
            if self.jumped.is_some_and(|jumped| now.saturating_duration_since(jumped) > CALM) {
                (self.conflict, self.jumped) = (None, None);
            }
            return None;
        }
        self.jumped = Some(now);
        let found = self.physics.conflict().or(self.graphics.conflict())?;
        self.conflict.replace(found).is_none().then_some(found)
    }

    /// The conflict, as long as the counters jump. It is over after ten seconds without a jump.
    pub fn conflict(&self) -> Option<CounterConflict> {
        self.conflict
    }

    /// Another game is read: its counters do not continue the ones before.
    pub(crate) fn restart(&mut self) {
        self.physics.restart();
        self.graphics.restart();
    }
}

/// A value of a counter.
#[derive(Debug, Clone, Copy)]
struct Count {
    id: i32,
    seen: Instant,
}

impl Count {
    /// The steps to a later count, if the counter can have made them in the time between the two.
    fn steps_to(&self, id: i32, now: Instant) -> Option<i32> {
        let elapsed = now.saturating_duration_since(self.seen);
        let steps = id.wrapping_sub(self.id);
        let is_plausible =
            u128::try_from(steps).is_ok_and(|steps| steps <= MAX_STEPS + elapsed.as_millis() / 100 * MAX_STEPS);
        is_plausible.then_some(steps)
    }
}

/// The newest values of a page's counter.
#[derive(Debug, Clone, Default)]
struct CounterHistory {
    newest: Option<Count>,
    /// The end of the sequence that the counter has left.
    left: Option<Count>,
    /// Recent jumps: their number decreases by [`JUMPS_PER_SECOND`].
    jumps: f64,
    /// Those of them that returned to the sequence that was left.
    returns: f64,
}

impl CounterHistory {
    /// Takes a new value. `restarted` if it does not continue the one before. True if the counter has jumped.
    fn note(&mut self, id: i32, restarted: bool, now: Instant) -> bool {
        let Some(before) = self.newest.replace(Count { id, seen: now }) else { return false };
        let passed = now.saturating_duration_since(before.seen).as_secs_f64() * JUMPS_PER_SECOND;
        (self.jumps, self.returns) = ((self.jumps - passed).max(0.0), (self.returns - passed).max(0.0));
        let left = self.left.filter(|left| now.saturating_duration_since(left.seen) <= CALM);
        // Two counters may be so close that a step from one to the other looks like missed packets.
        let steps = id.wrapping_sub(before.id);
        let returns = left.and_then(|left| left.steps_to(id, now)).is_some_and(|to_left| restarted || to_left < steps);
        if restarted || returns {
            self.left = Some(before);
            self.jumps = (self.jumps + 1.0).min(2.0 * MIN_JUMPS);
            self.returns = (self.returns + f64::from(u8::from(returns))).min(2.0 * MIN_JUMPS);
        }
        restarted || returns
    }

    fn conflict(&self) -> Option<CounterConflict> {
        let kind =
            if self.returns * 2.0 >= self.jumps { CounterConflict::TwoWriters } else { CounterConflict::Erratic };
        Some(kind).filter(|_| self.jumps >= MIN_JUMPS)
    }

    fn restart(&mut self) {
        (self.newest, self.left) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Feeds counters that are 3 ms apart, and returns what was recognised. As in packets, a counter that goes back or jumps far restarts.
    fn recognised(ids: impl IntoIterator<Item = i32>) -> Option<CounterConflict> {
        let (mut history, mut now, mut before) = (CounterHistory::default(), Instant::now(), None::<i32>);
        let mut conflict = None;
        for id in ids {
            let restarted = before.replace(id).is_some_and(|before| !(0..=10_000).contains(&id.wrapping_sub(before)));
            history.note(id, restarted, now);
            conflict = history.conflict().or(conflict);
            now += 3 * MS;
        }
        conflict
    }

    #[test]
    fn counters_of_two_writers_are_recognised() {
        for [one, other] in [[1000, 5_000_000], [1000, 1003], [1000, 1100], [i32::MAX - 9, i32::MIN + 9], [7, -70_000]]
        {
            let alternating = (1..50).flat_map(|step: i32| [one.wrapping_add(step), other.wrapping_add(step)]);
            assert_eq!(recognised(alternating), Some(CounterConflict::TwoWriters), "{one} {other}");
        }
        // One of them writes rarely.
        let rare = (1..600).flat_map(|step| if step % 60 == 0 { vec![step, 900_000 + step] } else { vec![step] });
        assert_eq!(recognised(rare), Some(CounterConflict::TwoWriters));
    }

    #[test]
    fn random_counters_are_recognised() {
        let mut random = 1_u32;
        let ids = std::iter::repeat_with(|| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random as i32
        });
        assert_eq!(recognised(ids.take(100)), Some(CounterConflict::Erratic));
    }

    #[test]
    fn conflict_is_reported_once_and_is_over_after_ten_seconds_without_a_jump() {
        let (mut monitor, start) = (CounterMonitor::default(), Instant::now());
        let reports = (1..1000).filter(|step| {
            let graphics = (if step % 2 == 0 { *step } else { 1_000_000 + step }, *step > 1);
            monitor.note_counts(Some((*step, false)), Some(graphics), start + 3 * MS * *step as u32).is_some()
        });
        assert_eq!(reports.count(), 1);
        let mut at = |ms: u32| {
            monitor.note_counts(Some((ms as i32, false)), None, start + MS * ms);
            monitor.conflict()
        };
        assert_eq!(at(12_900), Some(CounterConflict::TwoWriters));
        assert_eq!(at(13_100), None);
    }

    #[test]
    fn counters_of_one_game_are_no_conflict() {
        // Missed packets, the jumps around a pause, and a restart every two seconds.
        let game = (0..20)
            .flat_map(|session| (0..666).map(move |step| session + step + step / 7 + if step > 300 { 671 } else { 0 }));
        assert_eq!(recognised(game), None);
        assert_eq!(recognised((1..2000).map(|step| i32::MAX.wrapping_add(step - 1000))), None);
    }
}
