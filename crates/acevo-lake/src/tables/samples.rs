//! The table of samples: a row for each physics packet, or at a rate.

use acevo_export::{Column, ColumnType, ColumnValues, Row};

use super::number;
use crate::identity::{self, Identity};
use crate::schema::{LakeColumn, PARTITIONS};

/// The columns that are no channels.
pub(crate) fn lead_columns() -> Vec<LakeColumn> {
    use ColumnType::{Double, Whole};

    let mut columns = identity::columns("Time of the row, UTC");
    let own = [
        ("lap", Whole, "Number of the running lap, from 1; null if no lap is running"),
        ("time_s", Double, "Seconds since the first row of the session"),
        ("packet_id", Whole, "Counter of the physics page"),
        ("missed", Whole, "Packets since the previous row that were missed"),
        ("skipped", Whole, "Steps of the counter since the previous row that the game skipped"),
    ];
    columns.extend(own.map(|(name, kind, comment)| LakeColumn::new(name, kind, comment)));
    columns
}

/// All columns, with these channels.
pub(crate) fn columns(channels: &[Column]) -> Vec<LakeColumn> {
    let mut columns = lead_columns();
    let lead: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
    columns.extend(channels.iter().map(|column| channel_column(column, &lead)));
    columns
}

/// The column of a channel. One with the name of another column gets a name of its own.
fn channel_column(column: &Column, lead: &[String]) -> LakeColumn {
    let (name, channel) = (column.name(), column.channel);
    let is_taken = lead.iter().any(|taken| *taken == *name) || PARTITIONS.iter().any(|(taken, ..)| *taken == name);
    let name = if is_taken { format!("{name}_by_game") } else { name.into_owned() };
    let unit = column.unit.symbol();
    let comment = if unit.is_empty() { channel.title().to_owned() } else { format!("{}, {unit}", channel.title()) };
    LakeColumn::new(name, ColumnType::of(column), comment)
}

/// The channels in their own units.
pub(crate) fn in_own_units(columns: Vec<Column>) -> Vec<Column> {
    let own = |column: Column| {
        let own = Column::new(column.channel, column.channel.unit());
        if column.is_raw { own.raw() } else { own }
    };
    columns.into_iter().map(own).collect()
}

/// Adds a row. `time_us` is its time, `time_s` counts from the first row of the session.
pub(crate) fn push(values: &mut [ColumnValues], identity: &Identity, row: &Row<'_>, time_s: f64, time_us: Option<i64>) {
    let own =
        [row.lap.and_then(number), number(time_s), number(row.packet_id), number(row.missed), number(row.skipped)];
    let values = identity.push(values, time_us);
    let (lead, channels) = values.split_at_mut(own.len().min(values.len()));
    // One iterator for both would copy each value twice, in parts that the processor cannot forward.
    lead.iter_mut().zip(own).for_each(|(column, value)| column.push(value));
    channels.iter_mut().zip(row.values).for_each(|(column, value)| column.push(*value));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use acevo_export::{ExportFormat, ExportPlan};

    use super::*;

    #[test]
    fn columns_of_all_channels_have_names_of_their_own() {
        let mut plan = ExportPlan::new(ExportFormat::Parquet);
        plan.channels = acevo_telemetry::channels().iter().collect();
        let columns = columns(&in_own_units(plan.columns()));
        let names: BTreeSet<_> = columns.iter().map(|column| column.name.to_lowercase()).collect();
        assert_eq!(names.len(), columns.len());
        assert!(!names.contains("track") && !names.contains("date"));
    }
}
