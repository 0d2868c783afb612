//! A channel: one quantity with a name, a unit and a meaning.

use std::fmt;
use std::ops::RangeInclusive;

use acevo_shared_memory::{EnumType, Frame, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

use crate::axes::Axes;
use crate::units::{Unit, UnitSystem};

/// One quantity with a stable name, a unit and one meaning, computed from a [`Frame`]; [`channels`](crate::channels()) lists all of them.
///
/// Channels hide the oddities of the game's pages (several signals for the same thing, opposite signs on the two sides of the car, values
/// that mean "none", units that depend on the car); the [`note`](Self::note) describes them. Right is positive: steering, lateral
/// acceleration, yaw rate. Channels whose title ends in *raw* have the game's own sign.
///
/// ```
/// use acevo_shared_memory::{ACEvoStatus, Frame, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
/// use acevo_telemetry::{Axes, channel};
/// # use acevo_telemetry::acevo_shared_memory;
///
/// let mut physics = SPageFilePhysics { speedKmh: 181.5, ..Default::default() };
/// physics.accG = [1.2, 0.0, -0.4];
/// let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() };
/// let frame = Frame::new(physics, graphics, SPageFileStaticEvo::default());
/// let speed = channel("speed").unwrap();
/// assert_eq!((speed.number(&frame, &Axes::default()), speed.unit().symbol()), (Some(181.5), "km/h"));
/// let g = |id: &str| channel(id).unwrap().number(&frame, &Axes::default()).unwrap() as f32;
/// // The game writes accelerations to the left as positive; channels have them to the right.
/// assert_eq!((g("acc_g_x"), g("g_lateral"), g("g_longitudinal")), (1.2, -1.2, -0.4));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Channel {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) sources: &'static [&'static str],
    /// Any of its sources is on the physics page.
    pub(super) uses_physics: bool,
    pub(super) compute: Compute,
    pub(super) range: (f64, f64),
    pub(super) decimals: usize,
    /// Numbers beyond these limits are implausible; `None` for a wide margin around the range.
    pub(super) limits: Option<(f64, f64)>,
    pub(super) quality: ChannelQuality,
    pub(super) versions: &'static [&'static str],
    pub(super) note: &'static str,
    pub(super) repeats: Option<&'static str>,
}

/// How often the value of a channel changes: with its main page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateRate {
    /// With every physics step (reported: 332-333 Hz).
    Physics,
    /// With every rendered frame.
    Graphics,
    /// When a session loads.
    Session,
}

impl fmt::Display for UpdateRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Physics => "physics",
            Self::Graphics => "graphics",
            Self::Session => "session",
        })
    }
}

/// How certain the meaning, the unit and the sign of a channel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChannelQuality {
    /// Measured on pages of the real game; [`Channel::versions`] gives the game's versions.
    Measured,
    /// The game's document states it. It was not measured.
    Documented,
    /// At least one other project has measured it.
    Reported,
    /// Not confirmed; the note states the assumption.
    Guessed,
    /// Sources contradict each other; the note states the choice.
    Disputed,
    /// The game never writes it.
    Dead,
}

impl fmt::Display for ChannelQuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Measured => "measured",
            Self::Documented => "documented",
            Self::Reported => "reported",
            Self::Guessed => "guessed",
            Self::Disputed => "disputed",
            Self::Dead => "dead",
        })
    }
}

/// Type of the values of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelKind {
    /// Numbers in the channel's unit.
    Number,
    /// On or off; as a number 1 or 0.
    Flag,
    /// One of the game's enums; as a number its raw value.
    Enum(EnumType),
    /// Text.
    Text,
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Enum(_) => "enum",
            Self::Text => "text",
        })
    }
}

/// The value of a channel. Texts borrow from the frame and may contain control characters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ChannelValue<'a> {
    /// A finite number in the channel's unit.
    Number(f64),
    /// On or off.
    Flag(bool),
    /// The raw value and its name.
    Enum(i32, &'static str),
    /// A text that is not empty.
    Text(&'a str),
}

impl ChannelValue<'_> {
    /// The value as a number: 0 or 1 for flags, the raw value for enums, `None` for texts.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Number(number) => Some(number),
            Self::Flag(flag) => Some(f64::from(u8::from(flag))),
            Self::Enum(value, _) => Some(value.into()),
            Self::Text(_) => None,
        }
    }
}

impl Channel {
    /// Stable name: `speed`, `tyre_temp_inner_fr`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Human-readable name: `Tyre temperature inner FR`.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Unit of its numbers.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The raw fields it is computed from, such as `physics.speedKmh`, `graphics.tyre_lf.slip` or `physics.accG[0]`; the main one first.
    pub const fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// The pages its sources are on.
    pub fn pages(&self) -> impl Iterator<Item = PageKind> + use<> {
        let sources = self.sources;
        PageKind::ALL.into_iter().filter(move |page| sources.iter().any(|source| page_of(source) == *page))
    }

    /// True if its value depends on the [axes](Axes): a direction of the car.
    pub fn uses_axes(&self) -> bool {
        self.sources.iter().any(|source| ["physics.accG", "physics.localAngularVel"].contains(source))
    }

    /// How often it changes.
    pub fn rate(&self) -> UpdateRate {
        match self.sources.first().map(|source| page_of(source)) {
            Some(PageKind::Physics) => UpdateRate::Physics,
            Some(PageKind::Graphics) => UpdateRate::Graphics,
            _ => UpdateRate::Session,
        }
    }

    /// The range of expected numbers, for scales. Numbers outside of it are values, too, unless they are implausible. `None` for texts.
    pub fn range(&self) -> Option<RangeInclusive<f64>> {
        (self.kind() != ChannelKind::Text).then_some(self.range.0..=self.range.1)
    }

    /// Number of decimals to show in [its unit](Self::unit).
    pub const fn decimals(&self) -> usize {
        self.decimals
    }

    /// How certain its meaning, unit and sign are.
    pub const fn quality(&self) -> ChannelQuality {
        self.quality
    }

    /// Versions of the game on which it was [measured](ChannelQuality::Measured), such as `0.6.2`, oldest first; empty for any other
    /// quality.
    pub const fn versions(&self) -> &'static [&'static str] {
        self.versions
    }

    /// Remarks; empty if none are needed.
    pub const fn note(&self) -> &'static str {
        self.note
    }

    /// Id of the channel with the same meaning, if there is one.
    pub const fn repeats(&self) -> Option<&'static str> {
        self.repeats
    }

    /// True for the channels of [`default_channels`](crate::default_channels).
    pub fn is_default(&self) -> bool {
        self.quality != ChannelQuality::Dead && self.repeats.is_none()
    }

    /// Type of its values.
    pub const fn kind(&self) -> ChannelKind {
        match self.compute {
            Compute::Number(_) => ChannelKind::Number,
            Compute::Flag(_) => ChannelKind::Flag,
            Compute::Enum(ty, _) => ChannelKind::Enum(ty),
            Compute::Text(_) => ChannelKind::Text,
        }
    }

    /// Its value in a frame. `None` for the game's "no time" and "no reference"; for NaN, infinities, denormal numbers (integers in a
    /// float) and numbers far beyond the [range](Self::range); for an empty text; for a component of the acceleration whose axis is
    /// unknown in the [axes](Axes); for a dead channel; and for every channel of the physics page while physics is not
    /// [current](acevo_shared_memory::PhysicsValidity), as in a pause.
    ///
    /// Does not allocate, and never panics for any bits.
    pub fn value<'a>(&self, frame: &'a Frame, axes: &Axes) -> Option<ChannelValue<'a>> {
        if self.quality == ChannelQuality::Dead || (self.uses_physics && !frame.validity.is_current()) {
            return None;
        }
        let now = Now::of(frame, axes);
        match self.compute {
            Compute::Number(of) => of(&now).filter(|number| self.is_possible(*number)).map(ChannelValue::Number),
            Compute::Flag(of) => Some(ChannelValue::Flag(of(&now))),
            Compute::Enum(ty, of) => {
                let value = of(&now);
                Some(ChannelValue::Enum(value, ty.name_of(value)))
            }
            Compute::Text(of) => Some(of(frame)).filter(|text| !text.is_empty()).map(ChannelValue::Text),
        }
    }

    /// False for NaN, infinities, numbers that are denormal as `f32`, and numbers that this quantity cannot have.
    fn is_possible(&self, number: f64) -> bool {
        /// Width of the margin on either side of the range, in widths of the range.
        const MARGIN: f64 = 10.0;
        let (min, max) = self.limits.unwrap_or_else(|| {
            let (min, max) = self.range;
            let margin = MARGIN * (max - min);
            (min - margin, max + margin)
        });
        let is_denormal = number != 0.0 && number.abs() < f32::MIN_POSITIVE.into();
        // NaN and infinities are outside of any finite range.
        (min..=max).contains(&number) && !is_denormal
    }

    /// Its value as a number: 0 or 1 for flags, the raw value for enums, `None` for texts.
    pub fn number(&self, frame: &Frame, axes: &Axes) -> Option<f64> {
        self.value(frame, axes)?.as_f64()
    }

    /// The unit of this channel in a unit system. Small lengths (travel, height, thickness) are in mm or inches.
    pub fn display_unit(&self, system: UnitSystem) -> Unit {
        let is_small = self.unit == Unit::Metre && self.range.1 < 2.0;
        system.display(if is_small { Unit::Millimetre } else { self.unit })
    }

    /// Number of decimals to show in another unit.
    pub fn decimals_in(&self, unit: Unit) -> usize {
        self.unit.decimals_in(self.decimals, unit)
    }
}

/// Channels are equal if their ids are.
impl PartialEq for Channel {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Channel {}

fn page_of(source: &str) -> PageKind {
    match source.split('.').next() {
        Some("physics") => PageKind::Physics,
        Some("graphics") => PageKind::Graphics,
        _ => PageKind::Static,
    }
}

/// Input of a channel: a frame and the axes.
pub(super) struct Now<'a> {
    pub(super) frame: &'a Frame,
    pub(super) physics: &'a SPageFilePhysics,
    pub(super) graphics: &'a SPageFileGraphicEvo,
    pub(super) session: &'a SPageFileStaticEvo,
    pub(super) axes: &'a Axes,
}

impl<'a> Now<'a> {
    pub(super) fn of(frame: &'a Frame, axes: &'a Axes) -> Self {
        Self {
            frame,
            physics: frame.physics.raw(),
            graphics: frame.graphics.raw(),
            session: frame.static_data.raw(),
            axes,
        }
    }
}

/// How a value is computed. NaN and infinite numbers are missing values.
#[derive(Clone, Copy)]
pub(super) enum Compute {
    Number(fn(&Now<'_>) -> Option<f64>),
    Flag(fn(&Now<'_>) -> bool),
    Enum(EnumType, fn(&Now<'_>) -> i32),
    Text(fn(&Frame) -> &str),
}

impl fmt::Debug for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number",
            Self::Flag(_) => "Flag",
            Self::Enum(..) => "Enum",
            Self::Text(_) => "Text",
        })
    }
}
