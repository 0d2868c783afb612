//! The state of the connection, from the status of the pages and whether their counters move. Time is passed in.

use std::fmt;
use std::time::{Duration, Instant};

use acevo_shared_memory::ACEvoStatus;

/// Time after which a live game whose counters do not move has ended or hangs. It is detached within three seconds.
const STALE_AFTER: Duration = Duration::from_millis(2500);

/// Time without movement after which the pages are opened again, to find out whether they still belong to a running game. If not, it is
/// detached within three seconds, too.
const REOPEN_AFTER: Duration = STALE_AFTER;

/// State of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionState {
    /// There is no game, or it cannot be read; [`Connection::error`](crate::Connection::error) has the reason.
    Waiting,
    /// The pages report a live game, but no counter has moved yet: they may be those of a game that has ended.
    Attached,
    /// In the game's menu, or loading.
    Menu,
    /// On the track: packets arrive.
    Live,
    /// The game is paused. A pause of any length does not disconnect.
    Paused,
    /// A replay is shown.
    Replay,
    /// A status that this library does not know.
    Other(i32),
    /// The pages report a live game but do not change: the game has ended or hangs. It was detached, and is attached again once a counter
    /// moves or a new game has other pages.
    Frozen,
}

impl ConnectionState {
    /// True if there are pages to read.
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

/// What follows from the state of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Continue reading.
    Is(ConnectionState),
    /// Detach: the pages are not those of a running game.
    Stale,
    /// Open the pages again, to find out whether they still belong to a running game.
    Reopen,
}

/// Decides whether attached pages belong to a running game.
#[derive(Debug, Clone)]
pub(crate) struct Liveness {
    /// A counter has moved since attaching.
    proven: bool,
    moved: Instant,
    reopened: Instant,
}

impl Liveness {
    pub(crate) fn new(now: Instant) -> Self {
        Self { proven: false, moved: now, reopened: now }
    }

    /// A counter has moved.
    pub(crate) fn moved(&mut self, now: Instant) {
        self.proven = true;
        self.moved = now;
    }

    pub(crate) fn judge(&mut self, status: ACEvoStatus, now: Instant) -> Verdict {
        let still = now.saturating_duration_since(self.moved);
        match ConnectionState::of(status) {
            ConnectionState::Live if still >= STALE_AFTER => Verdict::Stale,
            ConnectionState::Live if !self.proven => Verdict::Is(ConnectionState::Attached),
            // In a pause or in the menu no counter needs to move.
            state if state == ConnectionState::Live || still < REOPEN_AFTER => Verdict::Is(state),
            state if now.saturating_duration_since(self.reopened) < REOPEN_AFTER => Verdict::Is(state),
            _ => {
                self.reopened = now;
                Verdict::Reopen
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
    fn judge_needs_moving_counters_for_a_live_game() {
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
    fn judge_reopens_menus_and_pauses_now_and_then_and_never_calls_them_stale() {
        for status in STILL {
            let start = Instant::now();
            let mut liveness = Liveness::new(start);
            let mut again = 0;
            for second in 0..3600 {
                match liveness.judge(status, start + Duration::from_secs(second)) {
                    Verdict::Is(state) => assert_eq!(state, ConnectionState::of(status)),
                    Verdict::Reopen => again += 1,
                    Verdict::Stale => panic!("{status} is no sign of a dead game"),
                }
            }
            assert_eq!(again, 1199);
        }
    }

    #[test]
    fn judge_gives_a_live_page_time_to_move_after_a_pause() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut liveness = Liveness::new(start);
        liveness.moved(start);
        assert_eq!(liveness.judge(ACEvoStatus::Pause, at(2400)), Verdict::Is(ConnectionState::Paused));
        // The status is in a page with a counter, which moves when the pause ends.
        liveness.moved(at(2450));
        assert_eq!(liveness.judge(ACEvoStatus::Live, at(2500)), Verdict::Is(ConnectionState::Live));
    }
}
