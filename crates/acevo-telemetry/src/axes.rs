//! The axes of `accG` and `localAngularVel`: which component is lateral, longitudinal and vertical.
//!
//! The official document calls `accG` lateral, longitudinal, vertical. The real game (0.5 and 0.6.2) writes left, up, forward,
//! without gravity; its `localAngularVel` has the yaw rate in the second component, positive to the left. [`Axes`] starts with these axes.
//! [`AxesResolver`] checks them while the car drives, by the changes of speed and direction of travel, and replaces them if the game
//! writes others.

mod evidence;
mod resolver;

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use resolver::AxesResolver;

/// Reads the index of a component.
fn component<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let index = usize::deserialize(deserializer)?;
    (index < 3).then_some(index).ok_or_else(|| D::Error::custom("a vector has the components 0 to 2"))
}

/// One component of a vector of three, and whether it has to be negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    #[serde(deserialize_with = "component")]
    index: usize,
    negated: bool,
}

impl Axis {
    /// Component `index`; a larger index means the third one.
    const fn new(index: usize, negated: bool) -> Self {
        Self { index: if index < 3 { index } else { 2 }, negated }
    }

    /// Index of the component, 0..=2.
    pub const fn index(self) -> usize {
        self.index
    }

    /// True if the game's sign is the opposite of that of the channels.
    pub const fn is_negated(self) -> bool {
        self.negated
    }

    /// The component, with the sign of the channels.
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

/// Evidence of a drive for the order of lateral, longitudinal and vertical in `accG`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AxisEvidence {
    /// No evidence: the car has not driven enough, or the data contradict each other. The measured order is assumed.
    Undecided,
    /// Lateral, vertical, longitudinal, as measured on the real game.
    Measured,
    /// Lateral, longitudinal, vertical, as in the document.
    Documented,
    /// Any other order.
    Other,
}

impl fmt::Display for AxisEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Undecided => "undecided",
            Self::Measured => "measured",
            Self::Documented => "documented",
            Self::Other => "other",
        })
    }
}

/// The axes of `accG` and `localAngularVel`; by default those measured on the real game, not yet checked by a drive.
///
/// Signs of the results: lateral + is an acceleration to the right (a bend to the right), longitudinal + is speeding up, vertical +
/// is up, yaw + is a turn to the right.
///
/// ```
/// use acevo_telemetry::{Axes, AxisEvidence};
///
/// let axes = Axes::default();
/// assert_eq!(axes.evidence(), AxisEvidence::Undecided);
/// // A left bend, while braking.
/// let acc_g = [1.32, 0.0, -0.5];
/// assert_eq!((axes.lateral(acc_g).map(|g| g < -1.0), axes.longitudinal(acc_g)), (Some(true), Some(-0.5)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Axes {
    /// Lateral and longitudinal axis, decided together.
    horizontal: Option<[Axis; 2]>,
    vertical: Option<Axis>,
    yaw: Option<Axis>,
    gravity: Option<bool>,
    confidence: f64,
    /// False as long as the axes are the assumed ones.
    is_decided: bool,
}

impl Default for Axes {
    fn default() -> Self {
        Self::ASSUMED
    }
}

impl Axes {
    /// The axes measured on the real game (0.5 and 0.6.2): `accG` is left, up, forward, without gravity; `localAngularVel[1]`
    /// is positive to the left.
    pub const MEASURED: Self =
        Self { gravity: Some(false), ..Self::chosen([Axis::new(0, true), Axis::new(2, false), Axis::new(1, false)]) };

    /// The order that the document states: lateral, longitudinal, vertical. It states no signs; those of [`MEASURED`](Self::MEASURED)
    /// are taken.
    pub const DOCUMENTED: Self = Self::chosen([Axis::new(0, true), Axis::new(1, false), Axis::new(2, false)]);

    /// The measured axes, without evidence of a drive.
    const ASSUMED: Self = Self { is_decided: false, ..Self::MEASURED };

    const fn chosen([lateral, longitudinal, vertical]: [Axis; 3]) -> Self {
        Self {
            horizontal: Some([lateral, longitudinal]),
            vertical: Some(vertical),
            yaw: Some(Axis::new(1, true)),
            gravity: None,
            confidence: 0.0,
            is_decided: true,
        }
    }

    /// The evidence of the drive.
    pub fn evidence(&self) -> AxisEvidence {
        match self.horizontal.map(|axes| axes.map(Axis::index)) {
            _ if !self.is_decided => AxisEvidence::Undecided,
            Some([0, 2]) => AxisEvidence::Measured,
            Some([0, 1]) => AxisEvidence::Documented,
            _ => AxisEvidence::Other,
        }
    }

    /// The horizontal axes: lateral and longitudinal. `None` if unknown.
    pub const fn horizontal(&self) -> Option<[Axis; 2]> {
        self.horizontal
    }

    /// The vertical axis. `None` if a drive has shown another order than the measured one, but not the sign of the vertical component,
    /// which only hills or gravity show.
    pub const fn vertical_axis(&self) -> Option<Axis> {
        self.vertical
    }

    /// The component of `localAngularVel` that is the yaw rate; `None` if unknown.
    pub const fn yaw_axis(&self) -> Option<Axis> {
        self.yaw
    }

    /// True if the vertical component is about 1 on a level road, false if it is about 0 there; `None` while unknown.
    pub const fn includes_gravity(&self) -> Option<bool> {
        self.gravity
    }

    /// How well the data agree with the axes, 0..1: the smaller of the correlations of lateral and longitudinal, reduced while there is
    /// little data. 0 without evidence.
    pub const fn confidence(&self) -> f64 {
        self.confidence
    }

    /// Lateral acceleration in the unit of `acceleration`, + to the right.
    pub fn lateral(&self, acceleration: [f32; 3]) -> Option<f64> {
        self.horizontal.map(|[lateral, _]| lateral.of(acceleration))
    }

    /// Longitudinal acceleration, + speeding up.
    pub fn longitudinal(&self, acceleration: [f32; 3]) -> Option<f64> {
        self.horizontal.map(|[_, longitudinal]| longitudinal.of(acceleration))
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
    /// `undecided`, or `measured: lateral -x, longitudinal +z, vertical +y, without gravity, 97 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.evidence())?;
        let Some([lateral, longitudinal]) = self.horizontal.filter(|_| self.is_decided) else { return Ok(()) };
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
