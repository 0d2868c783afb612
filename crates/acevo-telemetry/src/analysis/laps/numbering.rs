//! Numbers of sessions, stints and laps.

use super::reading::Reading;

/// Minimum speed, m/s, that counts as driving.
const MIN_DRIVING_SPEED: f64 = 5.0;

/// Distance driven, metres, after which a session counts as used even without a lap.
const MIN_SESSION_DISTANCE_M: f64 = 100.0;

/// The numbers that laps get.
#[derive(Debug, Clone)]
pub(super) struct Numbering {
    /// The session, from 1.
    session: u32,
    /// The stint of the session, from 1.
    stint: u32,
    /// Number of the lap that begins next.
    pub(super) next_lap: u32,
    /// The car has driven since it left its box.
    has_driven: bool,
    /// A lap, or some distance without one, was driven in this session.
    is_used: bool,
    /// Metres driven in this session.
    driven_m: f64,
    /// The session was restarted: the game's lap count goes back, now or later.
    count_may_fall: bool,
    /// The next lap takes its number from the game's lap count: the analysis has begun, or was interrupted.
    adopts_count: bool,
}

impl Default for Numbering {
    fn default() -> Self {
        Self {
            session: 1,
            stint: 1,
            next_lap: 1,
            has_driven: false,
            is_used: false,
            driven_m: 0.0,
            count_may_fall: false,
            adopts_count: true,
        }
    }
}

impl Numbering {
    pub(super) const fn session(&self) -> u32 {
        self.session
    }

    pub(super) const fn stint(&self) -> u32 {
        self.stint
    }

    /// The next lap takes its number from the game's lap count.
    pub(super) fn adopt_count(&mut self) {
        self.adopts_count = true;
    }

    /// A lap was driven in this session.
    pub(super) fn mark_used(&mut self) {
        self.is_used = true;
    }

    /// Metres were driven in this session.
    pub(super) fn add_distance(&mut self, metres: f64) {
        self.driven_m += metres;
        self.is_used |= self.driven_m > MIN_SESSION_DISTANCE_M;
    }

    /// A lap has ended at the line, or the way to the line that the game counts as a lap.
    pub(super) fn count_lap(&mut self) {
        self.next_lap = self.next_lap.saturating_add(1);
    }

    /// Number of a lap that begins now, while the game has counted this many laps.
    pub(super) fn start_lap(&mut self, count: Option<u32>) -> u32 {
        if std::mem::take(&mut self.adopts_count) {
            self.next_lap = after(count);
        }
        self.next_lap
    }

    /// Number of a lap that was found while it runs.
    pub(super) fn join_lap(&mut self, count: Option<u32>) -> u32 {
        let by_count = after(count);
        self.next_lap = if std::mem::take(&mut self.adopts_count) { by_count } else { self.next_lap.max(by_count) };
        self.next_lap
    }

    /// Another session begins with a lap of this number. Returns the number of the session if it is a new one: a session in which
    /// nothing was driven leaves its number to the next.
    pub(super) fn next_session(&mut self, next_lap: u32) -> Option<u32> {
        self.next_lap = next_lap;
        self.stint = 1;
        self.has_driven = false;
        self.driven_m = 0.0;
        std::mem::take(&mut self.is_used).then(|| {
            self.session = self.session.saturating_add(1);
            self.session
        })
    }

    /// The session was restarted: the game's lap count goes back, now or later.
    pub(super) fn expect_lower_count(&mut self) {
        self.count_may_fall = true;
    }

    /// No restart explains a lower lap count any more.
    pub(super) fn expect_no_lower_count(&mut self) {
        self.count_may_fall = false;
    }

    /// The game's lap count has gone back. Returns the number of the session if that is a new one.
    pub(super) fn take_lower_count(&mut self, count: u32) -> Option<u32> {
        if std::mem::take(&mut self.count_may_fall) {
            self.next_lap = after(Some(count));
            return None;
        }
        self.next_session(after(Some(count)))
    }

    /// Follows the car out of its box. Returns the number of a stint that begins.
    pub(super) fn follow_stint(&mut self, before: Option<&Reading>, now: &Reading) -> Option<u32> {
        self.has_driven |= !now.in_pits && now.speed > MIN_DRIVING_SPEED;
        let leaves_box = before.is_some_and(|before| before.in_box) && !now.in_box;
        (leaves_box && std::mem::take(&mut self.has_driven)).then(|| {
            self.stint = self.stint.saturating_add(1);
            self.stint
        })
    }
}

/// Number of the lap that runs while the game has counted this many laps.
fn after(count: Option<u32>) -> u32 {
    count.unwrap_or(0).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_session_keeps_the_number_of_a_session_that_was_not_used() {
        let mut numbering = Numbering::default();
        assert_eq!(numbering.next_session(1), None);
        numbering.add_distance(99.0);
        assert_eq!(numbering.next_session(1), None);
        numbering.add_distance(101.0);
        assert_eq!((numbering.next_session(1), numbering.session()), (Some(2), 2));
    }

    #[test]
    fn take_lower_count_is_a_new_session_unless_a_restart_was_seen() {
        let mut numbering = Numbering::default();
        numbering.mark_used();
        numbering.expect_lower_count();
        assert_eq!((numbering.take_lower_count(0), numbering.next_lap), (None, 1));
        assert_eq!(numbering.take_lower_count(0), Some(2));
    }

    #[test]
    fn follow_stint_counts_each_time_the_car_leaves_its_box_after_driving() {
        let mut numbering = Numbering::default();
        let in_box = Reading { in_box: true, in_pits: true, ..Reading::default() };
        let in_lane = Reading { in_pits: true, speed: 15.0, ..Reading::default() };
        let on_track = Reading { speed: 50.0, ..Reading::default() };
        let stints: Vec<_> = [in_box, in_lane, on_track, in_lane, in_box, in_lane, in_box, in_lane]
            .windows(2)
            .filter_map(|pair| numbering.follow_stint(Some(&pair[0]), &pair[1]))
            .collect();
        assert_eq!(stints, [2]);
    }
}
