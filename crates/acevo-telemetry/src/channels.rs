//! The catalogue of channels: one table of what can be measured, drawn, logged and exported.
//! It is written in the files beside this one, with the words of `define`.

mod define;
mod driving;
mod engine;
mod motion;
mod session;
mod settings;
mod wheels;

use std::fmt;
use std::ops::RangeInclusive;

use acevo_shared_memory::{EnumType, Frame, PageKind};

use self::define::{Compute, Now, join};
use crate::axes::Axes;
use crate::units::{Unit, UnitSystem};

/// One quantity with a stable name, a unit and one meaning, computed from a [`Frame`]; [`channels`] lists all of them.
///
/// Where the game's pages have oddities (several signals for the same thing, opposite signs on the two sides of the car, values
/// that mean "none", units that depend on the car) the channel has none, and its [`note`](Self::note) says what was done. What goes
/// to the right is positive: steering, lateral acceleration, yaw rate. Channels whose title ends in *raw* have the game's own sign.
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
    id: &'static str,
    title: &'static str,
    unit: Unit,
    sources: &'static [&'static str],
    /// Any of its sources is on the physics page.
    uses_physics: bool,
    compute: Compute,
    range: (f64, f64),
    decimals: usize,
    /// What its numbers can be at all; `None` is a wide margin around the range.
    limits: Option<(f64, f64)>,
    quality: ChannelQuality,
    versions: &'static [&'static str],
    note: &'static str,
    repeats: Option<&'static str>,
}

/// How often a channel's value changes: with its main page.
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

/// How sure it is that a channel has the meaning, the unit and the sign that the catalogue gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChannelQuality {
    /// Measured on pages of the real game; [`Channel::versions`] gives the game's versions.
    Measured,
    /// The game's document states it. Nobody has measured it.
    Documented,
    /// At least one other project has measured it.
    Reported,
    /// Nobody has confirmed it; the note states the assumption.
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

/// What kind of values a channel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelKind {
    /// Numbers in the channel's unit.
    Number,
    /// Yes or no; as a number 1 or 0.
    Flag,
    /// One of the game's enums; as a number the game's own.
    Enum(EnumType),
    /// A text.
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

/// A channel's value. Texts borrow from the frame; control characters in them are as the game has them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ChannelValue<'a> {
    /// Always finite, in the channel's unit.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// The game's number, and the name it has.
    Enum(i32, &'static str),
    /// Never empty.
    Text(&'a str),
}

impl ChannelValue<'_> {
    /// The value as a number: flags are 0 and 1, enums the game's number, texts none.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Number(number) => Some(number),
            Self::Flag(flag) => Some(f64::from(u8::from(flag))),
            Self::Enum(value, _) => Some(value.into()),
            Self::Text(_) => None,
        }
    }
}

/// Every group of the table, in its order.
const GROUPS: [&[Channel]; 13] = [
    driving::CONTROLS,
    driving::AIDS,
    motion::ACCELERATION,
    motion::POSITION,
    wheels::EACH.as_flattened(),
    wheels::BODY,
    engine::ENGINE,
    engine::ENERGY,
    session::LAP,
    session::RACE,
    session::SESSION,
    settings::CAR,
    settings::ASSISTS,
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

static TABLE: [Channel; COUNT] = join(&GROUPS);

/// Every channel, dead ones too, related ones next to each other. Wheels come in the order FL, FR, RL, RR.
pub fn channels() -> &'static [Channel] {
    &TABLE
}

/// The channel with this id.
pub fn channel(id: &str) -> Option<&'static Channel> {
    TABLE.iter().find(|channel| channel.id == id)
}

/// What a logger takes when nobody says what: neither dead channels nor those that repeat another one.
pub fn default_channels() -> impl Iterator<Item = &'static Channel> + Clone {
    TABLE.iter().filter(|channel| channel.is_default())
}

impl Channel {
    /// Stable name: `speed`, `tyre_temp_inner_fr`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Name for people: `Tyre temperature inner FR`.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Unit of its numbers.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The raw fields it is computed from, as `physics.speedKmh`, `graphics.tyre_lf.slip`, `physics.accG[0]`; the main one first.
    pub const fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// The pages its sources are on.
    pub fn pages(&self) -> impl Iterator<Item = PageKind> + use<> {
        let sources = self.sources;
        PageKind::ALL.into_iter().filter(move |page| sources.iter().any(|source| page_of(source) == *page))
    }

    /// How often it changes.
    pub fn rate(&self) -> UpdateRate {
        match self.sources.first().map(|source| page_of(source)) {
            Some(PageKind::Physics) => UpdateRate::Physics,
            Some(PageKind::Graphics) => UpdateRate::Graphics,
            _ => UpdateRate::Session,
        }
    }

    /// The numbers it is expected to have, for scales and for doubts. Numbers outside of it are values all the same, unless they
    /// are impossible. `None` for texts.
    pub fn range(&self) -> Option<RangeInclusive<f64>> {
        (self.kind() != ChannelKind::Text).then_some(self.range.0..=self.range.1)
    }

    /// Decimals worth showing in [its unit](Self::unit).
    pub const fn decimals(&self) -> usize {
        self.decimals
    }

    /// How sure its meaning, unit and sign are.
    pub const fn quality(&self) -> ChannelQuality {
        self.quality
    }

    /// Versions of the game on which it was [measured](ChannelQuality::Measured), such as `0.6.2`, oldest first; empty for any other
    /// quality.
    pub const fn versions(&self) -> &'static [&'static str] {
        self.versions
    }

    /// What to know about it; empty where its title says all.
    pub const fn note(&self) -> &'static str {
        self.note
    }

    /// Id of the channel that tells the same.
    pub const fn repeats(&self) -> Option<&'static str> {
        self.repeats
    }

    /// Part of [`default_channels`].
    pub fn is_default(&self) -> bool {
        self.quality != ChannelQuality::Dead && self.repeats.is_none()
    }

    /// What kind of values it has.
    pub const fn kind(&self) -> ChannelKind {
        match self.compute {
            Compute::Number(_) => ChannelKind::Number,
            Compute::Flag(_) => ChannelKind::Flag,
            Compute::Enum(ty, _) => ChannelKind::Enum(ty),
            Compute::Text(_) => ChannelKind::Text,
        }
    }

    /// Its value in a frame, or `None`: the game's "no time" and "no reference"; NaN, infinities, denormal numbers (integers in a
    /// float) and numbers far beyond the [range](Self::range); an empty text; a component of the acceleration whose axis the
    /// [axes](Axes) do not have; a dead channel; and every channel of the physics page while physics is not
    /// [current](acevo_shared_memory::PhysicsValidity), as in a pause.
    ///
    /// Nothing is allocated, and no bits panic.
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
        /// Spans of the range beyond which no sensor and no driver gets.
        const MARGIN: f64 = 10.0;
        let (min, max) = self.limits.unwrap_or_else(|| {
            let (min, max) = self.range;
            let margin = MARGIN * (max - min);
            (min - margin, max + margin)
        });
        let is_denormal = number != 0.0 && number.abs() < f32::MIN_POSITIVE.into();
        // NaN and infinities are in no range of finite numbers.
        (min..=max).contains(&number) && !is_denormal
    }

    /// Its value as a number: flags are 0 and 1, enums the game's number, texts none.
    pub fn number(&self, frame: &Frame, axes: &Axes) -> Option<f64> {
        self.value(frame, axes)?.as_f64()
    }

    /// The unit in which a system shows this channel. Small lengths (travel, height, thickness) are in mm or inches.
    pub fn display_unit(&self, system: UnitSystem) -> Unit {
        let is_small = self.unit == Unit::Metre && self.range.1 < 2.0;
        system.display(if is_small { Unit::Millimetre } else { self.unit })
    }

    /// Decimals worth showing in another unit.
    pub fn decimals_in(&self, unit: Unit) -> usize {
        self.unit.decimals_in(self.decimals, unit)
    }
}

/// Channels are the same where their ids are.
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
