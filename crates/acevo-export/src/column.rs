//! Columns of tables.

use std::borrow::Cow;

use acevo_telemetry::{Channel, Unit};

use crate::exporter::LEAD;

/// Channels whose values an export corrects so that they belong to the lap of their row.
pub(crate) const CORRECTED: [&str; 2] = ["lap_position", "lap_distance"];

/// A column of a table: a channel and the unit of its values.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Column {
    /// The channel.
    pub channel: &'static Channel,
    /// The unit of the values in the rows.
    pub unit: Unit,
    /// True if the values are those published by the game although an export corrects this channel.
    pub is_raw: bool,
}

impl Column {
    /// A column with the values of a channel in a unit.
    pub const fn new(channel: &'static Channel, unit: Unit) -> Self {
        Self { channel, unit, is_raw: false }
    }

    /// The column with the uncorrected values.
    #[must_use]
    pub const fn raw(self) -> Self {
        Self { is_raw: true, ..self }
    }

    /// The name of the column: the ID of the channel. `_by_game` is appended if the export computes a value with that name:
    /// `lap` is the lap found by the analysis, `lap_by_game` the lap count of the game.
    pub fn name(&self) -> Cow<'static, str> {
        let id = self.channel.id();
        if LEAD.contains(&id) || self.is_raw { Cow::Owned(format!("{id}_by_game")) } else { Cow::Borrowed(id) }
    }

    /// True if an export corrects the values of this column, so that they belong to the lap of their row.
    pub fn is_corrected(&self) -> bool {
        !self.is_raw && CORRECTED.contains(&self.channel.id())
    }

    /// Significant decimals of the values.
    pub(crate) fn decimals(&self) -> usize {
        self.channel.decimals_in(self.unit)
    }
}
