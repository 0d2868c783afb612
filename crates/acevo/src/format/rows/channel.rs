//! A channel with its value as a table row.

use std::fmt::Write as _;

use acevo_shared_memory::{Frame, PageKind, PhysicsValidity};
use acevo_telemetry::{Axes, Channel, ChannelKind, ChannelValue, Unit, UnitSystem};

use crate::format::text::{NONE, clean, number};

/// A channel, its display unit, and its value in that unit.
#[derive(Debug)]
pub(crate) struct ChannelRow<'a> {
    pub(crate) channel: &'static Channel,
    pub(crate) unit: Unit,
    pub(crate) value: Option<ChannelValue<'a>>,
    /// The state of the physics page if the channel uses that page and it does not describe the car now.
    pub(crate) not_current: Option<PhysicsValidity>,
}

impl<'a> ChannelRow<'a> {
    pub(crate) fn of(channel: &'static Channel, now: Option<(&'a Frame, &Axes)>, units: Option<UnitSystem>) -> Self {
        let unit = units.map_or(channel.unit(), |units| channel.display_unit(units));
        let value = now.and_then(|(frame, axes)| channel.value(frame, axes));
        let value = match value {
            Some(ChannelValue::Number(number)) => {
                Some(ChannelValue::Number(channel.unit().convert(number, unit).unwrap_or(number)))
            }
            other => other,
        };
        let validity = now.map(|(frame, _)| frame.validity).filter(|validity| !validity.is_current());
        let not_current = validity.filter(|_| channel.pages().any(|page| page == PageKind::Physics));
        Self { channel, unit, value, not_current }
    }

    pub(crate) fn decimals(&self) -> usize {
        self.channel.decimals_in(self.unit)
    }

    /// The expected range in the display unit.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let range = self.channel.range()?;
        let shown = |value| self.channel.unit().convert(value, self.unit).unwrap_or(value);
        Some((shown(*range.start()), shown(*range.end())))
    }

    pub(crate) fn value(&self) -> String {
        match self.value {
            None => self.not_current.map_or_else(|| NONE.into(), |validity| format!("{NONE} ({validity})")),
            Some(ChannelValue::Number(value)) => number(value, self.decimals()),
            Some(ChannelValue::Enum(value, name)) => format!("{value} ({name})"),
            Some(ChannelValue::Flag(value)) => value.to_string(),
            Some(ChannelValue::Text(text)) => format!("{:?}", clean(text)),
            Some(_) => NONE.into(),
        }
    }

    /// The quality, and the versions of the game that it was measured with: `measured (0.5, 0.6.2)`.
    fn quality(&self) -> String {
        match self.channel.versions() {
            [] => self.channel.quality().to_string(),
            versions => format!("{} ({})", self.channel.quality(), versions.join(", ")),
        }
    }

    /// The cells of the row.
    pub(crate) fn cells(&self, with_value: bool) -> Vec<String> {
        let channel = self.channel;
        let mut cells = vec![channel.id().to_owned()];
        if with_value {
            cells.push(self.value());
        }
        cells.push(self.unit.to_string());
        cells.extend([channel.rate().to_string(), self.quality(), channel.title().to_owned()]);
        cells
    }

    /// Lines that describe the channel.
    pub(crate) fn description(&self) -> String {
        let channel = self.channel;
        let mut text = format!("    from {}\n", channel.sources().join(", "));
        if let Some((min, max)) = self.range().filter(|_| channel.kind() == ChannelKind::Number) {
            let expected = [min, max].map(|value| number(value, self.decimals())).join(" to ");
            let _ = writeln!(text, "    {}", format!("expected {expected} {}", self.unit).trim_end());
        }
        if !channel.note().is_empty() {
            let _ = writeln!(text, "    {}", channel.note());
        }
        if let Some(twin) = channel.repeats() {
            let _ = writeln!(text, "    repeats {twin}");
        }
        text
    }
}
