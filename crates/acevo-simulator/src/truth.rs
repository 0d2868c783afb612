//! The truth about a simulation, to compare with the findings of a reader.

mod field;

use acevo_shared_memory::ACEvoFlagType;

use crate::fault::FaultKind;

pub use field::{CarId, CarState, CarTruth, FieldLap, PitStay, Stay};

/// Everything that has really happened in the simulation so far.
///
/// A *step* is the number of the call of [`Simulator::step`](crate::Simulator::step) in which something happened, from 1. It is
/// the value of [`Simulator::steps`](crate::Simulator::steps) after the call, and refers to the pages that the call has written.
///
/// ```
/// use acevo_simulator::{Options, Scenario, Simulator, TruthEventKind};
///
/// let mut options = Options::default();
/// options.scenario = Scenario::Pause;
/// let mut simulator = Simulator::new(options);
/// let paused = |simulator: &Simulator| {
///     simulator.truth().events.iter().find(|event| event.kind == TruthEventKind::Paused(true)).copied()
/// };
/// while paused(&simulator).is_none() {
///     simulator.step();
/// }
/// assert!((0.2..0.22).contains(&paused(&simulator).unwrap().npos));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truth {
    /// All completed laps of the player's car in all sessions, ordered by their ends.
    pub laps: Vec<LapRecord>,
    /// All laps that were begun but not completed, ordered by their ends.
    pub aborted: Vec<AbortedLap>,
    /// All phantom laps: the lap timer and `last_laptime_ms` behave as after a lap, although no lap was driven.
    pub phantoms: Vec<PhantomLap>,
    /// All mistakes of the driver in [`Scenario::Faults`](crate::Scenario::Faults), in the order of their laps, once these are completed.
    pub faults: Vec<FaultRecord>,
    /// All other events, in order.
    pub events: Vec<TruthEvent>,
    /// All cars, the player's included, in the order of their first appearance. Its length is that of the largest field, and a car's
    /// lists grow only with its laps, stops and sessions.
    pub cars: Vec<CarTruth>,
}

/// One completed lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LapRecord {
    /// The session of the lap, from 0. Each load from the menu begins a session.
    pub session: u32,
    /// The run within the session, from 0. A restart and a new phase begin a run, in which laps are counted from 1.
    pub run: u32,
    /// The stint within the run, from 1. A stint begins when the car leaves its box after a stop or after a return via the
    /// menu. A lap with a stop belongs to the stint in which it ended.
    pub stint: u32,
    /// The lap's number in its run, from 1: `total_lap_count` once the lap is counted.
    pub number: u32,
    /// The kind of lap.
    pub kind: LapKind,
    /// True if a part of the lap was driven in the pit lane.
    pub through_pits: bool,
    /// True if the lap is valid: not an out lap, not in the pit lane, never with all wheels off the track.
    pub valid: bool,
    /// Lap time in milliseconds without pauses, exactly as shown in `last_laptime_ms`. The timer runs some 20 ms further
    /// before it is reset.
    pub time_ms: i32,
    /// For an out lap after a return to the box via the menu, if the timer continued: the lap timer at the return. The lap time
    /// includes an interrupted lap of this length, which is also in [`Truth::aborted`].
    pub returned_ms: Option<i32>,
    /// The three thirds of the lap in milliseconds; they add up to the lap time.
    pub sectors_ms: [i32; 3],
    /// The sectors of the game's log in milliseconds; they add up to the lap time. Each track has its own lap positions for their
    /// ends.
    pub game_sectors_ms: [i32; 3],
    /// Fuel burned during the lap in litres; 0 in an electric car.
    pub fuel_used_l: f64,
    /// Energy taken from the battery minus regeneration, in kWh; 0 without a traction battery.
    pub energy_used_kwh: f64,
    /// Session time of the finish in seconds, without pauses. It starts at 0 in each session and phase.
    pub finished_at_s: f64,
    /// The step in which the line was crossed.
    pub finished_step: u64,
    /// True if `last_laptime_ms` has shown the time. False if a restart or the session's end came first.
    pub published: bool,
}

impl LapRecord {
    /// True if the car was in the pits when the lap began.
    pub fn began_in_pits(&self) -> bool {
        matches!(self.kind, LapKind::Out | LapKind::OutIn)
    }

    /// True if the car crossed the line in the pit lane at the end of the lap.
    pub fn ended_in_pits(&self) -> bool {
        matches!(self.kind, LapKind::In | LapKind::OutIn)
    }
}

/// A mistake of the driver in one corner of a lap that is otherwise driven as all others.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaultRecord {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::number`].
    pub lap: u32,
    /// Number of the corner, as in [`TrackCorner::number`](crate::TrackCorner::number).
    pub corner: u32,
    /// The mistake.
    pub kind: FaultKind,
    /// Time that the mistake has cost: the difference of the lap time to that of the lap without a mistake, in milliseconds.
    pub loss_ms: i32,
}

/// The kind of a lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LapKind {
    /// A lap that began in the pits.
    Out,
    /// A lap from line to line, or from the grid to the line.
    Flying,
    /// A lap that ended in the pit lane.
    In,
    /// A lap that began and ended in the pit lane.
    OutIn,
}

/// A lap that was begun but not completed. The drive to the line before the first lap is not a lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbortedLap {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// As in [`LapRecord::stint`].
    pub stint: u32,
    /// The number that it would have had. The next lap of the run has the same number.
    pub number: u32,
    /// True if the lap began in the pits.
    pub began_in_pits: bool,
    /// True if the lap was valid so far.
    pub valid: bool,
    /// The lap timer when it ended, in milliseconds, without pauses.
    pub elapsed_ms: i32,
    /// As in [`LapRecord::returned_ms`].
    pub returned_ms: Option<i32>,
    /// Fuel burned so far in litres.
    pub fuel_used_l: f64,
    /// Energy taken from the battery so far, in kWh.
    pub energy_used_kwh: f64,
    /// The reason for its end.
    pub reason: AbortReason,
    /// Session time when it ended, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which it ended.
    pub step: u64,
}

/// The reason why a lap was not completed.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbortReason {
    /// The session was restarted.
    Restart,
    /// The driver returned to the box via the menu.
    Garage,
    /// The session ended.
    SessionEnd,
    /// The phase ended, and the session continued with the next one.
    PhaseEnd,
}

/// A time that the pages show as a lap time, although no lap was driven.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhantomLap {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// The `total_lap_count` after it, if the game counts it. The next lap of the run has the next number.
    pub number: Option<u32>,
    /// The time in milliseconds that `last_laptime_ms` shows.
    pub time_ms: i32,
    /// The cause.
    pub cause: PhantomCause,
    /// Session time when the timer was reset, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which the timer was reset.
    pub step: u64,
}

/// The cause of a phantom lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhantomCause {
    /// After a return via the menu to a box before the line, the car has crossed the line while the timer continued.
    FromTheBox,
    /// The race is over: the timer is reset in the phase `Ended`.
    AfterTheEnd,
}

/// An event of the truth.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruthEvent {
    /// As in [`LapRecord::session`].
    pub session: u32,
    /// As in [`LapRecord::run`].
    pub run: u32,
    /// Session time of the event, as in [`LapRecord::finished_at_s`].
    pub at_s: f64,
    /// The step in which it happened. The graphics page shows it with its next frame, unless it has ended before.
    pub step: u64,
    /// Lap position of the car, 0..1.
    pub npos: f64,
    /// The kind of event.
    pub kind: TruthEventKind,
}

/// The kind of an event of the truth. A session begins without a flag, on the track and undamaged; any difference is an event of
/// its first step.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TruthEventKind {
    /// A phase with this name begins; the first one begins with the session.
    Phase(&'static str),
    /// `phase_name` changes to this within a run.
    PhaseName(&'static str),
    /// The game is paused (true) or continues.
    Paused(bool),
    /// The physics page begins (true) or ceases to describe the car: otherwise it has a fade, zeros, a replay or old values. It
    /// becomes true in the step in which the counter jumps; readers can detect it one step later. A session begins with true and
    /// ends with false.
    PhysicsCurrent(bool),
    /// The main menu opens (true) without ending the session, or closes.
    MainMenu(bool),
    /// The driver begins (true) or ceases to watch another car. While watching, `focused_car_id_*` differ from `player_car_id_*`, and
    /// the graphics page has the data of the watched car.
    Watching(bool),
    /// A replay begins (true) or ends.
    Replay(bool),
    /// The session is restarted; a new run begins.
    Restarted,
    /// The driver returns to the box via the menu.
    ReturnedToGarage,
    /// The session is over. The end of a phase that is followed by another one has no event except [`TruthEventKind::Phase`].
    SessionEnded,
    /// The flag that is shown to the player changes to this.
    Flag(ACEvoFlagType),
    /// The car has entered (true) or left the pit lane, its entry and exit included.
    PitLane(bool),
    /// The car stops in its box (true) or leaves it.
    PitBox(bool),
    /// The crew begins (true) or ends its work on the car.
    Service(bool),
    /// The pit limiter is switched on (true) or off.
    PitLimiter(bool),
    /// The engine reaches (true) or leaves its rev limiter.
    RevLimiter(bool),
    /// The car begins (true) or ceases to drive in the wrong direction.
    WrongWay(bool),
    /// The damage changes to this.
    Damage(Damage),
    /// The running lap becomes invalid. Laps that begin in the pits are invalid from the start and have no such event.
    Invalidated,
}

/// The car's damage in the game's units, 0 means none. Reported: not limited to 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Damage {
    /// Front, rear, left, right, centre.
    pub body: [f32; 5],
    /// Left front, right front, left rear, right rear.
    pub suspension: [f32; 4],
}

impl Damage {
    /// True if there is any damage.
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }
}
