//! Control of a recording that is played: pause, speed, seeking by time and lap.
//!
//! Three threads take part. Any thread gives commands and reads the state; the player takes the commands; and the thread that follows the
//! session begins again at the new time. The player waits for it, so that the session misses no packet.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acevo_recording::{LapIndex, LapSelector, PlayerCommand, PlayerControl, RecordedLap};

/// Minimum and maximum speed, in seconds of the recording per second.
pub(crate) const SPEEDS: (f64, f64) = (0.1, 16.0);

/// Speeds that a key selects.
const STEPS: [f64; 8] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// A lap that began less than this long ago is left by a step to the previous lap; an older one begins again.
const NEAR_START: Duration = Duration::from_secs(2);

/// Controls a recording that is played. Clones control the same one.
#[derive(Debug, Clone)]
pub(crate) struct PlaybackHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    control: Mutex<Control>,
    changed: Condvar,
    /// Times of the first and the last record.
    start: Duration,
    end: Duration,
}

#[derive(Debug)]
struct Control {
    position: Duration,
    speed: f64,
    has_new_speed: bool,
    is_paused: bool,
    /// The player has noticed the pause.
    was_paused: bool,
    has_ended: bool,
    is_stopped: bool,
    /// A seek that the player has not taken yet.
    target: Option<Duration>,
    phase: Phase,
    seeks: u32,
    /// The laps; `None` until the whole recording was read.
    laps: Option<Arc<LapIndex>>,
}

/// What the player does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// It plays, or waits for commands.
    Playing,
    /// It publishes the pages of another time.
    Seeking,
    /// It waits until the session has begun again.
    Waiting(Restart),
}

/// Where the session begins again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Restart {
    /// At this time of the recording, after a seek.
    At(Duration),
    /// Where it was, after a pause.
    Resumed,
}

/// The state of a recording that is played.
#[derive(Debug, Clone)]
pub(crate) struct PlaybackState {
    /// The position, from the first record on.
    pub(crate) position: Duration,
    /// The length of the recording.
    pub(crate) length: Duration,
    /// Seconds of the recording per second.
    pub(crate) speed: f64,
    pub(crate) is_paused: bool,
    /// The position is the end.
    pub(crate) has_ended: bool,
    /// Number of seeks so far.
    pub(crate) seeks: u32,
    /// The laps; `None` until the whole recording was read.
    pub(crate) laps: Option<Arc<LapIndex>>,
    start: Duration,
}

impl PlaybackState {
    /// When a lap begins and ends, from the first record on.
    pub(crate) fn span(&self, lap: &RecordedLap) -> (Duration, Duration) {
        (lap.from.saturating_sub(self.start), lap.to.saturating_sub(self.start))
    }

    /// The lap at the position.
    pub(crate) fn lap(&self) -> Option<&RecordedLap> {
        self.laps.as_ref()?.laps().iter().rfind(|lap| {
            let (from, to) = self.span(lap);
            (from..to).contains(&self.position)
        })
    }
}

impl PlaybackHandle {
    /// A recording with records from `start` to `end`.
    pub(super) fn new(start: Duration, end: Duration, speed: f64) -> Self {
        let control = Control {
            position: start,
            speed,
            has_new_speed: false,
            is_paused: false,
            was_paused: false,
            has_ended: false,
            is_stopped: false,
            target: None,
            phase: Phase::Playing,
            seeks: 0,
            laps: None,
        };
        Self(Arc::new(Shared { control: Mutex::new(control), changed: Condvar::new(), start, end }))
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.0.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Control)) {
        change(&mut self.control());
        self.0.changed.notify_all();
    }

    /// The state.
    pub(crate) fn state(&self) -> PlaybackState {
        let control = self.control();
        PlaybackState {
            position: control.target.unwrap_or(control.position).saturating_sub(self.0.start),
            length: self.0.end.saturating_sub(self.0.start),
            speed: control.speed,
            is_paused: control.is_paused,
            has_ended: control.has_ended && control.target.is_none(),
            seeks: control.seeks,
            laps: control.laps.clone(),
            start: self.0.start,
        }
    }

    /// Pauses.
    pub(crate) fn pause(&self) {
        self.change(|control| control.is_paused = true);
    }

    /// Plays; at the end from the beginning.
    pub(crate) fn play(&self) {
        self.change(|control| {
            control.is_paused = false;
            if control.has_ended {
                control.target.get_or_insert(self.0.start);
            }
        });
    }

    /// Pauses, or plays after a pause or at the end.
    pub(crate) fn toggle(&self) {
        let state = self.state();
        if state.is_paused || state.has_ended { self.play() } else { self.pause() }
    }

    /// Sets the speed, limited to [`SPEEDS`]. A value that is not a number is ignored.
    pub(crate) fn set_speed(&self, speed: f64) {
        if !speed.is_nan() {
            self.change(|control| {
                control.speed = speed.clamp(SPEEDS.0, SPEEDS.1);
                control.has_new_speed = true;
            });
        }
    }

    /// Selects the next higher or lower speed of the keys.
    pub(crate) fn step_speed(&self, is_up: bool) {
        let now = self.state().speed;
        let next = if is_up {
            STEPS.into_iter().find(|step| *step > now)
        } else {
            STEPS.into_iter().rfind(|step| *step < now)
        };
        next.into_iter().for_each(|speed| self.set_speed(speed));
    }

    /// Continues at this position, from the first record on, or at the end if it is later.
    pub(crate) fn seek(&self, position: Duration) {
        let target = self.0.start.saturating_add(position).min(self.0.end);
        self.change(|control| control.target = Some(target));
    }

    /// Continues this many seconds later, or earlier if they are negative.
    pub(crate) fn seek_by(&self, seconds: f64) {
        let position = self.state().position;
        let by = Duration::try_from_secs_f64(seconds.abs()).unwrap_or_default();
        self.seek(if seconds < 0.0 { position.saturating_sub(by) } else { position.saturating_add(by) });
    }

    /// Continues at the beginning of a lap.
    ///
    /// # Errors
    /// Why no lap is selected, for users.
    pub(crate) fn seek_lap(&self, lap: LapSelector) -> Result<(), String> {
        let state = self.state();
        let laps = state.laps.as_ref().ok_or("the laps are not known yet: the recording is still being read")?;
        let from = state.span(laps.find(lap).map_err(|error| error.to_string())?).0;
        self.seek(from);
        Ok(())
    }

    /// Continues at the beginning of the next lap, or at that of the running lap or the lap before it. Does nothing if there is no such lap,
    /// or laps are not known yet.
    pub(crate) fn step_lap(&self, is_forward: bool) {
        let state = self.state();
        let mut starts: Vec<_> = state.laps.iter().flat_map(|laps| laps.laps()).map(|lap| state.span(lap).0).collect();
        starts.sort_unstable();
        let start = if is_forward {
            starts.into_iter().find(|from| *from > state.position)
        } else {
            starts.into_iter().rfind(|from| *from + NEAR_START < state.position)
        };
        start.into_iter().for_each(|from| self.seek(from));
    }

    /// Ends playback. All waiting ends.
    pub(crate) fn stop(&self) {
        self.change(|control| control.is_stopped = true);
    }

    /// Sets the laps, after the whole recording was read.
    pub(super) fn set_laps(&self, laps: LapIndex) {
        self.change(|control| control.laps = Some(Arc::new(laps)));
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.control().is_stopped
    }

    /// True if a seek is not worth its effort any more, because the next one or the end follows.
    pub(super) fn is_superseded(&self) -> bool {
        let control = self.control();
        control.is_stopped || control.target.is_some()
    }

    /// True while the pages do not change because of a pause.
    pub(crate) fn is_paused(&self) -> bool {
        let control = self.control();
        control.was_paused && control.phase == Phase::Playing
    }

    /// True at the end.
    pub(crate) fn has_ended(&self) -> bool {
        self.control().has_ended
    }

    /// True if packets must be ignored, because they may be those of another time.
    pub(crate) fn is_seeking(&self) -> bool {
        self.control().phase != Phase::Playing
    }

    /// Where the session has to begin again, while the player waits for [`restarted`](Self::restarted).
    pub(crate) fn restart(&self) -> Option<Restart> {
        match self.control().phase {
            Phase::Waiting(restart) => Some(restart),
            Phase::Playing | Phase::Seeking => None,
        }
    }

    /// The session has begun again: the player continues.
    pub(crate) fn restarted(&self) {
        self.change(|control| control.phase = Phase::Playing);
    }

    /// Waits until the session has begun again.
    fn wait_for_session<'a>(
        &'a self,
        mut control: MutexGuard<'a, Control>,
        restart: Restart,
    ) -> MutexGuard<'a, Control> {
        control.phase = Phase::Waiting(restart);
        let is_waiting = |control: &mut Control| !control.is_stopped && control.phase != Phase::Playing;
        self.0.changed.wait_while(control, is_waiting).unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seek.
    fn take_target(control: &mut Control) -> Option<PlayerCommand> {
        let target = control.target.take()?;
        (control.position, control.phase, control.seeks) = (target, Phase::Seeking, control.seeks.wrapping_add(1));
        (control.was_paused, control.has_ended) = (false, false);
        Some(PlayerCommand::Seek(target))
    }
}

/// The side of the player. Calls block during a pause, at the end, and until the session has begun again.
impl PlayerControl for PlaybackHandle {
    fn next_command(&mut self, at: Duration) -> Option<PlayerCommand> {
        let mut control = self.control();
        control.position = at;
        loop {
            if control.is_stopped {
                return Some(PlayerCommand::Stop);
            }
            if std::mem::take(&mut control.has_new_speed) {
                return Some(PlayerCommand::SetSpeed(control.speed));
            }
            if let Some(seek) = Self::take_target(&mut control) {
                return Some(seek);
            }
            if control.is_paused {
                control.was_paused = true;
                control = self.0.changed.wait(control).unwrap_or_else(PoisonError::into_inner);
            } else if std::mem::take(&mut control.was_paused) {
                control = self.wait_for_session(control, Restart::Resumed);
            } else {
                return None;
            }
        }
    }

    fn on_seek(&mut self, at: Duration) {
        drop(self.wait_for_session(self.control(), Restart::At(at)));
    }

    fn on_end(&mut self) -> Option<PlayerCommand> {
        let mut control = self.control();
        (control.position, control.has_ended) = (self.0.end, true);
        let waits = |control: &mut Control| !control.is_stopped && control.target.is_none();
        control = self.0.changed.wait_while(control, waits).unwrap_or_else(PoisonError::into_inner);
        if control.is_stopped { None } else { Self::take_target(&mut control) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    /// A recording from 10 s to 70 s.
    fn handle() -> PlaybackHandle {
        PlaybackHandle::new(S(10), S(70), 1.0)
    }

    #[test]
    fn seek_is_limited_to_the_recording() {
        let handle = handle();
        for (position, expected) in [(S(0), S(0)), (S(60), S(60)), (S(61), S(60)), (Duration::MAX, S(60))] {
            handle.seek(position);
            assert_eq!(handle.state().position, expected, "{position:?}");
        }
        handle.seek_by(-10.0);
        assert_eq!(handle.state().position, S(50), "after the seek that waits");
        for (by, expected) in [(-1e9, S(0)), (f64::NAN, S(0)), (5.0, S(5)), (f64::INFINITY, S(5)), (1e9, S(60))] {
            handle.seek_by(by);
            assert_eq!(handle.state().position, expected, "{by}");
        }
    }

    #[test]
    fn speed_is_limited_and_steps_to_the_next_value() {
        let handle = handle();
        for (speed, expected) in [(0.0, 0.1), (-1.0, 0.1), (f64::INFINITY, 16.0), (3.0, 3.0), (f64::NAN, 3.0)] {
            handle.set_speed(speed);
            assert_eq!(handle.state().speed, expected, "{speed}");
        }
        handle.step_speed(true);
        assert_eq!(handle.state().speed, 4.0);
        (0..9).for_each(|_| handle.step_speed(false));
        assert_eq!(handle.state().speed, 0.1);
        assert_eq!(handle.clone().next_command(S(10)), Some(PlayerCommand::SetSpeed(0.1)));
        assert_eq!(handle.clone().next_command(S(10)), None);
    }

    #[test]
    fn player_waits_after_a_seek_until_the_session_has_begun_again() {
        let handle = handle();
        handle.seek(S(20));
        let mut player = handle.clone();
        assert_eq!(player.next_command(S(12)), Some(PlayerCommand::Seek(S(30))));
        assert!(handle.is_seeking() && handle.restart().is_none(), "its pages are not published yet");
        let waiting = std::thread::spawn(move || player.on_seek(S(30)));
        while handle.restart() != Some(Restart::At(S(30))) {
            std::thread::yield_now();
        }
        assert!(!waiting.is_finished());
        handle.restarted();
        waiting.join().unwrap();
        assert!(!handle.is_seeking());
    }

    #[test]
    fn pause_blocks_the_player_and_the_session_begins_again_after_it() {
        let handle = handle();
        handle.toggle();
        let mut player = handle.clone();
        let waiting = std::thread::spawn(move || player.next_command(S(12)));
        while !handle.is_paused() {
            std::thread::yield_now();
        }
        handle.toggle();
        while handle.restart() != Some(Restart::Resumed) {
            std::thread::yield_now();
        }
        handle.restarted();
        assert_eq!(waiting.join().unwrap(), None);
    }

    #[test]
    fn play_at_the_end_begins_again_and_stop_ends_all_waiting() {
        let handle = handle();
        let end = |handle: &PlaybackHandle| {
            let mut player = handle.clone();
            let waiting = std::thread::spawn(move || player.on_end());
            while !handle.has_ended() {
                std::thread::yield_now();
            }
            assert_eq!(handle.state().position, S(60));
            waiting
        };
        let waiting = end(&handle);
        handle.toggle();
        assert_eq!(waiting.join().unwrap(), Some(PlayerCommand::Seek(S(10))));
        let waiting = end(&handle);
        handle.stop();
        assert_eq!(waiting.join().unwrap(), None);
        assert_eq!(handle.clone().next_command(S(10)), Some(PlayerCommand::Stop));
        // Returns although no session begins again.
        handle.clone().on_seek(S(20));
    }

    #[test]
    fn seek_lap_is_an_error_until_the_laps_are_known_and_for_unknown_laps() {
        let handle = handle();
        let lap = "2/3".parse().unwrap();
        assert!(handle.seek_lap(lap).unwrap_err().contains("not known yet"));
        handle.set_laps(LapIndex::default());
        assert!(handle.seek_lap(lap).unwrap_err().contains("not in the recording"));
        handle.step_lap(true);
        assert_eq!(handle.state().position, Duration::ZERO);
    }
}
