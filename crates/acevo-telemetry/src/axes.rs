//! Which component of `accG` is which.
//!
//! The official document calls `accG` lateral, longitudinal, vertical; three readers measured lateral, vertical, longitudinal.
//! Nobody has to believe either: how a car's speed and its direction of travel change tells what its acceleration was.
//! [`AxesResolver`] compares the two while the car drives, and [`Axes`] is what it has found out.

mod evidence;
mod resolver;

use std::fmt;

pub use resolver::AxesResolver;

/// One component of a vector of three, and whether it has to be negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    index: usize,
    negated: bool,
}

impl Axis {
    /// Component `index` as it is; beyond the third it is the third.
    const fn new(index: usize, negated: bool) -> Self {
        Self { index: if index < 3 { index } else { 2 }, negated }
    }

    /// Which component, 0..=2.
    pub const fn index(self) -> usize {
        self.index
    }

    /// The game's sign is opposite to ours.
    pub const fn is_negated(self) -> bool {
        self.negated
    }

    /// The component with our sign.
    pub fn of(self, vector: [f32; 3]) -> f64 {
        let value = f64::from(vector[self.index]);
        // Subtracted from zero there is no -0.
        if self.negated { 0.0 - value } else { value }
    }
}

impl fmt::Display for Axis {
    /// `+x`, `-z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.negated { '-' } else { '+' }, ["x", "y", "z"][self.index])
    }
}

/// The order of lateral, longitudinal and vertical in `accG`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// Not known yet: the car has not driven enough, or the data contradict each other.
    Undecided,
    /// Lateral, vertical, longitudinal, as three readers measured.
    Measured,
    /// Lateral, longitudinal, vertical, as the document says.
    Documented,
    /// Any other order.
    Other,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Undecided => "undecided",
            Self::Measured => "measured",
            Self::Documented => "documented",
            Self::Other => "other",
        })
    }
}

/// What is known of the axes of `accG` and `localAngularVel`; by default nothing.
///
/// Our signs: lateral + is an acceleration to the right (a bend to the right), longitudinal + is speeding up, vertical + is up,
/// yaw + is a turn to the right.
///
/// ```
/// use acevo_telemetry::{Axes, Decision};
///
/// assert_eq!(Axes::default().decision(), Decision::Undecided);
/// assert_eq!(Axes::default().lateral([1.0, 0.0, 0.5]), None);
/// assert_eq!(Axes::MEASURED.longitudinal([1.0, 0.0, 0.5]), Some(0.5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    /// Lateral and longitudinal: decided together.
    level: Option<[Axis; 2]>,
    vertical: Option<Axis>,
    yaw: Option<Axis>,
    gravity: Option<bool>,
    confidence: f64,
}

impl Default for Axes {
    fn default() -> Self {
        Self { level: None, vertical: None, yaw: None, gravity: None, confidence: 0.0 }
    }
}

impl Axes {
    /// For those who choose to believe the three readers: lateral, vertical, longitudinal, all of our signs.
    pub const MEASURED: Self = Self::believed([0, 2, 1]);

    /// For those who choose to believe the document: lateral, longitudinal, vertical, all of our signs.
    pub const DOCUMENTED: Self = Self::believed([0, 1, 2]);

    const fn believed([lateral, longitudinal, vertical]: [usize; 3]) -> Self {
        Self {
            level: Some([Axis::new(lateral, false), Axis::new(longitudinal, false)]),
            vertical: Some(Axis::new(vertical, false)),
            yaw: Some(Axis::new(1, false)),
            gravity: None,
            confidence: 0.0,
        }
    }

    /// The order that was found.
    pub fn decision(&self) -> Decision {
        match self.level.map(|axes| axes.map(Axis::index)) {
            None => Decision::Undecided,
            Some([0, 2]) => Decision::Measured,
            Some([0, 1]) => Decision::Documented,
            Some(_) => Decision::Other,
        }
    }

    /// Which component is lateral and which is longitudinal; `None` while undecided.
    pub const fn level(&self) -> Option<[Axis; 2]> {
        self.level
    }

    /// Which component is vertical. It may stay `None` when the other two are decided: its sign shows on hills only, or by
    /// gravity.
    pub const fn vertical_axis(&self) -> Option<Axis> {
        self.vertical
    }

    /// Which component of `localAngularVel` is the yaw rate.
    pub const fn yaw_axis(&self) -> Option<Axis> {
        self.yaw
    }

    /// True where the vertical component is about 1 on a level road, false where it is about 0 there; `None` while not known.
    pub const fn includes_gravity(&self) -> Option<bool> {
        self.gravity
    }

    /// How well the data agree with the decision, 0..1: the lesser of the two correlations (lateral, longitudinal), less while
    /// there is little data. 0 for axes that are believed.
    pub const fn confidence(&self) -> f64 {
        self.confidence
    }

    /// Lateral acceleration in the unit of `acceleration`, + to the right.
    pub fn lateral(&self, acceleration: [f32; 3]) -> Option<f64> {
        self.level.map(|[lateral, _]| lateral.of(acceleration))
    }

    /// Longitudinal acceleration, + speeding up.
    pub fn longitudinal(&self, acceleration: [f32; 3]) -> Option<f64> {
        self.level.map(|[_, longitudinal]| longitudinal.of(acceleration))
    }

    /// Vertical acceleration, + up, with or without gravity [as found](Self::includes_gravity).
    pub fn vertical(&self, acceleration: [f32; 3]) -> Option<f64> {
        self.vertical.map(|axis| axis.of(acceleration))
    }

    /// Yaw rate of a `localAngularVel`, + to the right.
    pub fn yaw(&self, rotation: [f32; 3]) -> Option<f64> {
        self.yaw.map(|axis| axis.of(rotation))
    }
}

impl fmt::Display for Axes {
    /// `measured: lateral +x, longitudinal +z, vertical +y, without gravity, 97 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.decision())?;
        let Some([lateral, longitudinal]) = self.level else { return Ok(()) };
        write!(f, ": lateral {lateral}, longitudinal {longitudinal}")?;
        if let Some(vertical) = self.vertical {
            write!(f, ", vertical {vertical}")?;
        }
        match self.gravity {
            Some(true) => f.write_str(", with gravity")?,
            Some(false) => f.write_str(", without gravity")?,
            None => {}
        }
        write!(f, ", {:.0} %", self.confidence * 100.0)
    }
}
