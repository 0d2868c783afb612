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

/// Maximum time between two judgements that counts. The computer may have slept, or this process may have been stopped: the game had no
/// time to write a packet.
const MAX_UNSEEN: Duration = Duration::from_millis(500);

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
    /// Time without movement, as far as it was observed.
    still: Duration,
    /// The same since the pages were opened again.
    since_reopened: Duration,
    judged: Instant,
}

impl Liveness {
    pub(crate) fn new(now: Instant) -> Self {
        Self { proven: false, still: Duration::ZERO, since_reopened: Duration::ZERO, judged: now }
    }

    /// A counter has moved.
    pub(crate) fn moved(&mut self, now: Instant) {
        self.observe(now);
        self.proven = true;
        self.still = Duration::ZERO;
    }

    fn observe(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.judged).min(MAX_UNSEEN);
        self.still += passed;
        self.since_reopened += passed;
        self.judged = self.judged.max(now);
    }

    pub(crate) fn judge(&mut self, status: ACEvoStatus, now: Instant) -> Verdict {
        self.observe(now);
        let still = self.still;
        match ConnectionState::of(status) {
            ConnectionState::Live if still >= STALE_AFTER => Verdict::Stale,
            ConnectionState::Live if !self.proven => Verdict::Is(ConnectionState::Attached),
            // In a pause or in the menu no counter needs to move.
            state if state == ConnectionState::Live || still < REOPEN_AFTER => Verdict::Is(state),
            state if self.since_reopened < REOPEN_AFTER => Verdict::Is(state),
            _ => {
                self.since_reopened = Duration::ZERO;
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

    /// Judges each tenth of a second up to a time, and returns the last verdict.
    fn judged(liveness: &mut Liveness, status: ACEvoStatus, from: Instant, to: Duration) -> Verdict {
        let tenths = (0..to.as_millis() / 100).map(|tenth| Duration::from_millis(tenth as u64 * 100));
        tenths.chain([to]).fold(Verdict::Reopen, |_, at| liveness.judge(status, from + at))
    }

    #[test]
    fn judge_needs_moving_counters_for_a_live_game() {
        let start = Instant::now();
        let ms = Duration::from_millis;
        let mut liveness = Liveness::new(start);
        let attached = Verdict::Is(ConnectionState::Attached);
        assert_eq!(judged(&mut liveness.clone(), ACEvoStatus::Live, start, ms(2499)), attached);
        assert_eq!(judged(&mut liveness.clone(), ACEvoStatus::Live, start, ms(2500)), Verdict::Stale);
        liveness.moved(start + ms(100));
        let moved = start + ms(100);
        let live = Verdict::Is(ConnectionState::Live);
        assert_eq!(judged(&mut liveness.clone(), ACEvoStatus::Live, moved, ms(0)), live);
        assert_eq!(judged(&mut liveness.clone(), ACEvoStatus::Live, moved, ms(2499)), live);
        assert_eq!(judged(&mut liveness, ACEvoStatus::Live, moved, ms(2500)), Verdict::Stale);
    }

    #[test]
    fn judge_reopens_menus_and_pauses_now_and_then_and_never_calls_them_stale() {
        for status in STILL {
            let start = Instant::now();
            let mut liveness = Liveness::new(start);
            let mut again = 0;
            for half in 0..7200 {
                match liveness.judge(status, start + Duration::from_millis(500) * half) {
                    Verdict::Is(state) => assert_eq!(state, ConnectionState::of(status)),
                    Verdict::Reopen => again += 1,
                    Verdict::Stale => panic!("{status} is no sign of a dead game"),
                }
            }
            assert_eq!(again, 7199 / 5);
        }
    }

    #[test]
    fn judge_gives_a_live_page_time_to_move_after_a_pause() {
        let start = Instant::now();
        let ms = Duration::from_millis;
        let mut liveness = Liveness::new(start);
        liveness.moved(start);
        assert_eq!(judged(&mut liveness, ACEvoStatus::Pause, start, ms(2400)), Verdict::Is(ConnectionState::Paused));
        // The status is in a page with a counter, which moves when the pause ends.
        liveness.moved(start + ms(2450));
        assert_eq!(liveness.judge(ACEvoStatus::Live, start + ms(2500)), Verdict::Is(ConnectionState::Live));
    }

    #[test]
    fn judge_does_not_count_time_in_which_the_computer_slept() {
        let start = Instant::now();
        let hour = Duration::from_secs(3600);
        let mut liveness = Liveness::new(start);
        liveness.moved(start);
        // The game continues together with this process.
        for hours in 1..4 {
            let woken = start + hour * hours;
            assert_eq!(liveness.judge(ACEvoStatus::Live, woken), Verdict::Is(ConnectionState::Live));
        }
        // A clock that goes back adds nothing.
        assert_eq!(liveness.judge(ACEvoStatus::Live, start), Verdict::Is(ConnectionState::Live));
        assert_eq!(judged(&mut liveness, ACEvoStatus::Live, start + hour * 3, hour / 1000), Verdict::Stale);
    }
}
