//! What really happened, to compare with what a reader of the pages finds out.

use acevo_shared_memory::ACEvoFlagType;

/// Everything that is known for certain about the simulation so far.
///
/// A *step* is the number of calls of [`Simulator::step`](crate::Simulator::step) after which something was so, the
/// first call being 1: it meets the pages that this call wrote, and [`Simulator::steps`](crate::Simulator::steps).
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truth {
    /// Every completed lap of the player's car, in the order of their ends, over all sessions.
    pub laps: Vec<LapRecord>,
    /// Every lap that was begun and never completed, in the order of their ends.
    pub aborted: Vec<AbortedLap>,
    /// Everything that the lap timer and `last_laptime_ms` show like a lap although none was driven.
    pub phantoms: Vec<PhantomLap>,
    /// Everything else that happened, in its order.
    pub happenings: Vec<Happening>,
}

/// One completed lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LapRecord {
    /// The session it was driven in, from 0: each time that one is loaded from the menu.
    pub session: u32,
    /// The run within the session, from 0: a restart and a new phase begin a new one, with laps counted anew.
    pub run: u32,
    /// The stint within the run, from 1: a new one begins when the car leaves its box after a stop or a return to it by
    /// the menu. A lap with a stop belongs to the stint in which it ended.
    pub stint: u32,
    /// The lap's number in its run, from 1: `total_lap_count` once the lap is counted.
    pub number: u32,
    /// What kind of lap.
    pub kind: LapKind,
    /// It was driven, for some part of it, in the pit lane.
    pub through_pits: bool,
    /// Whether it counts: not an out lap, never in the pit lane, never with all wheels off the track.
    pub valid: bool,
    /// Its time in milliseconds, pauses not counted. `last_laptime_ms` shows exactly this. The timer runs some 20 ms
    /// further before it is reset.
    pub time_ms: i32,
    /// The lap timer when the driver returned to the box by the menu, for the out lap that followed if the timer ran on: it
    /// includes an interrupted lap of this length, which is also in [`Truth::aborted`].
    pub returned_ms: Option<i32>,
    /// The three sectors in milliseconds; they add up to the lap time.
    pub sectors_ms: [i32; 3],
    /// Fuel burned during the lap in litres; 0 in an electric car.
    pub fuel_used_l: f64,
    /// Energy taken from the battery in kWh, regeneration deducted; 0 without a traction battery.
    pub energy_used_kwh: f64,
    /// Simulated time of the finish in seconds since the session's first physics step, pauses not counted. A new phase
    /// begins at 0 again.
    pub finished_at_s: f64,
    /// The step in which the line was crossed.
    pub finished_step: u64,
    /// `last_laptime_ms` has shown the time. Stays false where a restart or the session's end came first.
    pub published: bool,
}

impl LapRecord {
    /// The car was in the pits when the lap began.
    pub fn began_in_pits(&self) -> bool {
        matches!(self.kind, LapKind::Out | LapKind::OutIn)
    }

    /// The car crossed the line in the pit lane.
    pub fn ended_in_pits(&self) -> bool {
        matches!(self.kind, LapKind::In | LapKind::OutIn)
    }
}

/// What kind of lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LapKind {
    /// It began in the pits.
    Out,
    /// From line to line, or from the grid to the line.
    Flying,
    /// It ended in the pit lane.
    In,
    /// It began and ended in the pit lane.
    OutIn,
}

/// A lap that was begun and never completed. The way to the line before the first lap is none.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbortedLap {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// As in [`LapRecord::stint`].
    pub stint: u32,
    /// The number it would have had. The next lap of the run has it too.
    pub number: u32,
    /// It began in the pits.
    pub began_in_pits: bool,
    /// Nothing had made it invalid so far.
    pub valid: bool,
    /// How long it had lasted by the lap timer, in milliseconds, pauses not counted.
    pub elapsed_ms: i32,
    /// As in [`LapRecord::returned_ms`].
    pub returned_ms: Option<i32>,
    /// Fuel burned so far in litres.
    pub fuel_used_l: f64,
    /// Energy taken from the battery so far in kWh.
    pub energy_used_kwh: f64,
    /// Why it ended.
    pub reason: AbortReason,
    /// When it ended, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which it ended.
    pub step: u64,
}

/// Why a lap was never completed.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbortReason {
    /// The session was restarted.
    Restart,
    /// The driver returned to the box by the menu.
    Garage,
    /// The session ended.
    SessionEnd,
    /// The phase ended, the session went on with the next one.
    PhaseEnd,
}

/// A time that the pages show like a lap's although no lap was driven.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhantomLap {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// The `total_lap_count` that it gives, if it is counted. The next lap of the run has the number after it.
    pub number: Option<u32>,
    /// The time in milliseconds that `last_laptime_ms` shows.
    pub time_ms: i32,
    /// How it came about.
    pub cause: Phantom,
    /// When the timer was reset, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which the timer was reset.
    pub step: u64,
}

/// How a phantom lap comes about.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phantom {
    /// The car was put back by the menu into a box before the line, and has crossed the line from there; the timer had run
    /// on.
    FromTheBox,
    /// The race is over: the timer is reset in the phase `Ended`.
    AfterTheEnd,
}

/// Something that happened.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Happening {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// When, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which it happened. The graphics page shows it with its next frame; what is over before that frame, it
    /// never shows.
    pub step: u64,
    /// Where, as a part of the lap, 0..1.
    pub npos: f64,
    /// What.
    pub what: Occurrence,
}

/// What can happen. A session begins without any flag, on the track, undamaged; what differs then happens in its first
/// step.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Occurrence {
    /// A phase of this name begins, the first one with the session.
    Phase(&'static str),
    /// `phase_name` changes to this within a run.
    PhaseName(&'static str),
    /// The game is paused (true) or goes on.
    Paused(bool),
    /// The physics page shows what the car does (true) or something else: a fade, zeros, a replay, or what was before. It
    /// is true again in the step with which the counter leaps; readers can be sure one step later. A session begins with
    /// true, and ends with false.
    PhysicsCurrent(bool),
    /// The game is in its main menu (true) without ending the session, or back from there.
    MainMenu(bool),
    /// The driver watches another car (true) or the own one again: `focused_car_id_*` differ from `player_car_id_*`, and the
    /// graphics page has the data of the watched car.
    Watching(bool),
    /// A replay begins (true) or ends.
    Replay(bool),
    /// The session is restarted; a new run begins.
    Restarted,
    /// The driver returns to the box by the menu.
    ReturnedToGarage,
    /// The session is over; of a phase that is followed by another one the next [`Occurrence::Phase`] tells.
    SessionEnded,
    /// The player is shown this flag from now on.
    Flag(ACEvoFlagType),
    /// The car has entered (true) or left the pit lane, its entry and exit included.
    PitLane(bool),
    /// The car stands in its box (true), but for the last centimetres, or leaves it.
    PitBox(bool),
    /// Work on the car begins (true) or ends.
    Service(bool),
    /// The pit limiter is switched on (true) or off.
    PitLimiter(bool),
    /// The engine reaches (true) or leaves its rev limiter.
    RevLimiter(bool),
    /// The car drives against the direction of the track (true) or does so no more.
    WrongWay(bool),
    /// The damage has changed to this.
    Damage(Damage),
    /// The running lap does not count any more. Laps that begin in the pits never did, and are not told of.
    Invalidated,
}

/// The car's damage in the game's units, 0 = none. Reported: not limited to 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Damage {
    /// Front, rear, left, right, centre.
    pub body: [f32; 5],
    /// Left front, right front, left rear, right rear.
    pub suspension: [f32; 4],
}

impl Damage {
    /// Whether there is any.
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }
}
