//! What is going on, from what the pages say and whether they move. Pure: time is passed in.

use std::fmt;
use std::time::{Duration, Instant};

use acevo_shared_memory::ACEvoStatus;

/// A live game whose pages stand still for this long has ended, or hangs. Its pages are let go before three seconds are over.
const STALE: Duration = Duration::from_millis(2500);

/// After this long without movement, and again after as long, it is worth while to look whether these still are the game's
/// pages. Where they are not, they are let go before three seconds are over, too.
const LOOK_AGAIN: Duration = STALE;

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionState {
    /// There is no game, or it cannot be read; [`Telemetry::error`](crate::Telemetry::error) tells why.
    Waiting,
    /// The pages are there and say that the game is live, but nothing has moved yet: they may have been left behind.
    Attached,
    /// In the game's menu, or loading.
    Menu,
    /// On the track: the car or the screen moves.
    Live,
    /// The game is paused. That is no disconnect, however long it takes.
    Paused,
    /// A replay is shown.
    Replay,
    /// A status that this library does not know.
    Other(i32),
    /// The pages say that the game is live, but stand still: it has ended or hangs. They were let go; as soon as they move
    /// again, or a new game has others, they are attached.
    Frozen,
}

impl ConnectionState {
    /// True where there are pages to read.
    pub const fn is_attached(self) -> bool {
        !matches!(self, Self::Waiting | Self::Frozen)
    }

    fn of(status: ACEvoStatus) -> Self {
        match status {
            ACEvoStatus::Off => Self::Menu,
            ACEvoStatus::Replay => Self::Replay,
            ACEvoStatus::Live => Self::Live,
            ACEvoStatus::Pause => Self::Paused,
            ACEvoStatus::Unknown(value) => Self::Other(value),
        }
    }
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Waiting => "waiting",
            Self::Attached => "attached",
            Self::Menu => "menu",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Replay => "replay",
            Self::Other(_) => "unknown status",
            Self::Frozen => "frozen",
        })
    }
}

/// What follows from a look at the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Read on.
    Is(ConnectionState),
    /// Let them go: what they say is not true any more.
    Stale,
    /// Look whether these still are the game's pages.
    LookAgain,
}

/// Whether pages that were attached to are those of a running game.
#[derive(Debug, Clone)]
pub(crate) struct Liveness {
    /// Something has moved since they were attached to.
    proven: bool,
    moved: Instant,
    looked_again: Instant,
}

impl Liveness {
    pub(crate) fn new(now: Instant) -> Self {
        Self { proven: false, moved: now, looked_again: now }
    }

    /// A counter has moved.
    pub(crate) fn moved(&mut self, now: Instant) {
        self.proven = true;
        self.moved = now;
    }

    pub(crate) fn judge(&mut self, status: ACEvoStatus, now: Instant) -> Verdict {
        let still = now.saturating_duration_since(self.moved);
        match ConnectionState::of(status) {
            ConnectionState::Live if still >= STALE => Verdict::Stale,
            ConnectionState::Live if !self.proven => Verdict::Is(ConnectionState::Attached),
            // In a pause or the menu nothing need move.
            state if state == ConnectionState::Live || still < LOOK_AGAIN => Verdict::Is(state),
            state if now.saturating_duration_since(self.looked_again) < LOOK_AGAIN => Verdict::Is(state),
            _ => {
                self.looked_again = now;
                Verdict::LookAgain
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: [ACEvoStatus; 4] =
        [ACEvoStatus::Off, ACEvoStatus::Pause, ACEvoStatus::Replay, ACEvoStatus::Unknown(9)];

    #[test]
    fn a_live_page_must_move_to_be_believed_and_go_on_moving() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut liveness = Liveness::new(start);
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(2499)), Verdict::Is(ConnectionState::Attached));
        assert_eq!(liveness.clone().judge(ACEvoStatus::Live, at(2500)), Verdict::Stale);
        liveness.moved(at(2499));
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(2499)), Verdict::Is(ConnectionState::Live));
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(4998)), Verdict::Is(ConnectionState::Live));
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(4999)), Verdict::Stale);
    }

    #[test]
    fn whatever_else_may_stand_still_for_ever_and_is_looked_at_again_now_and_then() {
        for status in STILL {
            let start = Instant::now();
            let mut liveness = Liveness::new(start);
            let mut again = 0;
            for second in 0..3600 {
                match liveness.judge(status, start + Duration::from_secs(second)) {
                    Verdict::Is(state) => assert_eq!(state, ConnectionState::of(status)),
                    Verdict::LookAgain => again += 1,
                    Verdict::Stale => panic!("{status} is no sign of a dead game"),
                }
            }
            assert_eq!(again, 1199);
        }
    }

    #[test]
    fn after_a_pause_a_live_page_has_time_to_move() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut liveness = Liveness::new(start);
        liveness.moved(start);
        assert_eq!(liveness.judge(ACEvoStatus::Pause, at(2400)), Verdict::Is(ConnectionState::Paused));
        // The status lies in a page with a counter, which moves when the pause ends.
        liveness.moved(at(2450));
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(2500)), Verdict::Is(ConnectionState::Live));
    }
}
