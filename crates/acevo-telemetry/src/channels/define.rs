//! Builder functions and macros for the channel table.

use acevo_shared_memory::{EnumType, Frame};

use super::channel::{Channel, ChannelQuality, Compute, Now};
use crate::units::Unit;

/// A number from 0 to 1 of documented quality; the methods of [`Channel`] change that.
pub(super) const fn number(
    id: &'static str,
    title: &'static str,
    sources: &'static [&'static str],
    of: fn(&Now<'_>) -> Option<f64>,
) -> Channel {
    new(id, title, sources, Compute::Number(of))
}

pub(super) const fn flag(
    id: &'static str,
    title: &'static str,
    sources: &'static [&'static str],
    of: fn(&Now<'_>) -> bool,
) -> Channel {
    new(id, title, sources, Compute::Flag(of))
}

const fn new(id: &'static str, title: &'static str, sources: &'static [&'static str], compute: Compute) -> Channel {
    Channel {
        id,
        title,
        unit: Unit::None,
        sources,
        uses_physics: uses_physics(sources),
        compute,
        range: (0.0, 1.0),
        decimals: 0,
        limits: None,
        quality: ChannelQuality::Documented,
        versions: &[],
        note: "",
        repeats: None,
    }
}

/// True if a source is on the physics page.
const fn uses_physics(sources: &[&str]) -> bool {
    let mut index = 0;
    while index < sources.len() {
        // Only the name of the physics page begins with this letter.
        if matches!(sources[index].as_bytes(), [b'p', ..]) {
            return true;
        }
        index += 1;
    }
    false
}

pub(super) const fn named(
    id: &'static str,
    title: &'static str,
    sources: &'static [&'static str],
    ty: EnumType,
    last: f64,
    of: fn(&Now<'_>) -> i32,
) -> Channel {
    new(id, title, sources, Compute::Enum(ty, of)).within(0.0, last)
}

pub(super) const fn text(
    id: &'static str,
    title: &'static str,
    sources: &'static [&'static str],
    of: fn(&Frame) -> &str,
) -> Channel {
    new(id, title, sources, Compute::Text(of))
}

impl Channel {
    /// Sets the unit, the range and the number of decimals.
    pub(super) const fn in_unit(mut self, unit: Unit, min: f64, max: f64, decimals: usize) -> Self {
        self.unit = unit;
        self.decimals = decimals;
        self.within(min, max)
    }

    /// Sets the range and the number of decimals, without a unit.
    pub(super) const fn plain(self, min: f64, max: f64, decimals: usize) -> Self {
        self.in_unit(Unit::None, min, max, decimals)
    }

    /// A share, 0..1.
    pub(super) const fn share(self) -> Self {
        self.in_unit(Unit::Share, 0.0, 1.0, 3)
    }

    const fn within(mut self, min: f64, max: f64) -> Self {
        self.range = (min, max);
        self
    }

    const fn with_quality(mut self, quality: ChannelQuality, note: &'static str) -> Self {
        self.quality = quality;
        self.note = note;
        self
    }

    /// Sets the limits beyond which numbers are implausible.
    pub(super) const fn limited_to(mut self, min: f64, max: f64) -> Self {
        self.limits = Some((min, max));
        self
    }

    /// Measured on these versions of the game.
    pub(super) const fn measured(mut self, versions: &'static [&'static str], note: &'static str) -> Self {
        self.versions = versions;
        self.with_quality(ChannelQuality::Measured, note)
    }

    /// As documented, with a note.
    pub(super) const fn noted(self, note: &'static str) -> Self {
        self.with_quality(ChannelQuality::Documented, note)
    }

    pub(super) const fn reported(self, note: &'static str) -> Self {
        self.with_quality(ChannelQuality::Reported, note)
    }

    pub(super) const fn guessed(self, note: &'static str) -> Self {
        self.with_quality(ChannelQuality::Guessed, note)
    }

    pub(super) const fn disputed(self, note: &'static str) -> Self {
        self.with_quality(ChannelQuality::Disputed, note)
    }

    pub(super) const fn dead(self, note: &'static str) -> Self {
        self.with_quality(ChannelQuality::Dead, note)
    }

    /// Has the same meaning as another channel, which is the better one.
    pub(super) const fn repeating(mut self, id: &'static str) -> Self {
        self.repeats = Some(id);
        self
    }
}

/// Concatenates the groups.
pub(super) const fn join<const N: usize>(groups: &[&[Channel]]) -> [Channel; N] {
    let mut table = [groups[0][0]; N];
    let (mut at, mut group) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            table[at] = groups[group][index];
            at += 1;
            index += 1;
        }
        group += 1;
    }
    table
}

/// Path of a raw field, as in the sources of a channel: `physics.accG[0]`.
macro_rules! source {
    (session $($rest:tt)+) => {
        source!(@ "static"; $($rest)+)
    };
    ($page:ident $($rest:tt)+) => {
        source!(@ stringify!($page); $($rest)+)
    };
    (@ $page:expr; $(. $name:ident)+ $([$index:literal])*) => {
        concat!($page $(, ".", stringify!($name))+ $(, "[", $index, "]")*)
    };
}

/// A channel that is a raw field: a number, a negated number, or a flag that is on if the field is not zero.
macro_rules! raw {
    (number $id:expr, $title:expr, $page:ident $($field:tt)+) => {
        $crate::channels::define::number($id, $title, &[source!($page $($field)+)], |now| {
            Some(f64::from(now.$page $($field)+))
        })
    };
    (negated $id:expr, $title:expr, $page:ident $($field:tt)+) => {
        // Subtracted from zero there is no -0.
        $crate::channels::define::number($id, $title, &[source!($page $($field)+)], |now| {
            Some(0.0 - f64::from(now.$page $($field)+))
        })
    };
    (flag $id:expr, $title:expr, $page:ident $($field:tt)+) => {
        $crate::channels::define::flag($id, $title, &[source!($page $($field)+)], |now| {
            i64::from(now.$page $($field)+) != 0
        })
    };
}

/// The same channel for each of the four wheels, from an array of the physics page or from the graphics page's wheels.
///
/// `left | right` are two fields for the two sides of the car; `mirrored` negates the right wheels; `repeats` names the channels with the
/// same meaning.
macro_rules! wheels {
    ($id:literal $(repeats $twin:literal)?, $title:literal, physics.$name:ident $($how:tt)*) => {
        wheels!($id $(repeats $twin)?, $title; [number physics.$name[0]]
            [number physics.$name[1]] [number physics.$name[2]] [number physics.$name[3]]; [$($how)*])
    };
    ($id:literal, $title:literal, mirrored physics.$name:ident $($how:tt)*) => {
        wheels!($id, $title; [number physics.$name[0]]
            [negated physics.$name[1]] [number physics.$name[2]] [negated physics.$name[3]]; [$($how)*])
    };
    ($id:literal $(repeats $twin:literal)?, $title:literal, tyre.$left:ident | $right:ident $($how:tt)*) => {
        wheels!($id $(repeats $twin)?, $title; [number graphics.tyre_lf.$left] [number graphics.tyre_rf.$right]
            [number graphics.tyre_lr.$left] [number graphics.tyre_rr.$right]; [$($how)*])
    };
    ($id:literal $(repeats $twin:literal)?, $title:literal, tyre.$name:ident $($how:tt)*) => {
        wheels!($id $(repeats $twin)?, $title, tyre.$name | $name $($how)*)
    };
    // Each wheel with its field; the methods for all of them are in brackets.
    ($id:literal $(repeats $twin:literal)?, $title:literal; $fl:tt $fr:tt $rl:tt $rr:tt; $how:tt) => {
        [
            wheel!($id, $title, "_fl", " FL", ($($twin)?), $fl, $how),
            wheel!($id, $title, "_fr", " FR", ($($twin)?), $fr, $how),
            wheel!($id, $title, "_rl", " RL", ($($twin)?), $rl, $how),
            wheel!($id, $title, "_rr", " RR", ($($twin)?), $rr, $how),
        ]
    };
}

/// The channel of one wheel.
macro_rules! wheel {
    (
        $id:literal, $title:literal, $suffix:literal, $name:literal, ($($twin:literal)?), [$sign:ident $($field:tt)+],
        [$($how:tt)*]
    ) => {
        raw!($sign concat!($id, $suffix), concat!($title, $name), $($field)+)
            $($how)*
            $(.repeating(concat!($twin, $suffix)))?
    };
}

pub(super) use {raw, source, wheel, wheels};

/// Versions of the game whose pages were measured: physics pages of 0.5, a complete recording of 0.6.2, laps and flags of 0.8.0.1 and
/// 0.9.0.
pub(super) mod on {
    pub(in crate::channels) const V5: &[&str] = &["0.5"];
    pub(in crate::channels) const V6: &[&str] = &["0.6.2"];
    pub(in crate::channels) const V5_V6: &[&str] = &["0.5", "0.6.2"];
    pub(in crate::channels) const V6_V8: &[&str] = &["0.6.2", "0.8.0.1"];
    pub(in crate::channels) const V6_V9: &[&str] = &["0.6.2", "0.9.0"];
    pub(in crate::channels) const V9: &[&str] = &["0.9.0"];
}
