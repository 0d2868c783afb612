//! The table of laps: a row for each.

use acevo_export::{ColumnType, ColumnValues};
use acevo_recording::RecordedLap;
use acevo_telemetry::ChannelValue;
use acevo_telemetry::analysis::{LapStats, Validity};

use super::{flag, number, text, word};
use crate::identity::{self, Identity};
use crate::schema::LakeColumn;

/// Sectors that every lap has columns for.
const MIN_SECTORS: usize = 3;

/// Sectors that a lap can have columns for.
const MAX_SECTORS: usize = 20;

/// The columns, for laps with this number of sectors.
pub(crate) fn columns(sectors: usize) -> Vec<LakeColumn> {
    use ColumnType::{Double, Flag, Text, Time, Whole};

    let mut columns = identity::columns("When the lap ended, UTC");
    let own = [
        ("lap", Whole, "Number of the lap in the session, from 1"),
        ("attempt", Whole, "Attempt, from 1, among the laps with the same session and number"),
        ("time_ms", Whole, "Lap time of the game, ms"),
        ("counts", Flag, "The lap is complete, valid and has a time"),
        ("validity", Text, "valid, invalid or unknown"),
        ("began", Time, "When the lap began, UTC"),
        ("kind", Text, "flying, out, in or pit"),
        ("incomplete", Text, "Why it is not complete"),
        ("invalid_reason", Text, "Why it is invalid"),
        ("invalid_position", Double, "Lap position at which that was seen first, 0 to 1"),
        ("measured_ms", Whole, "Lap time as measured, ms"),
        ("stint", Whole, "Stint in which it ended, from 1"),
        ("sector_kind", Text, "thirds, game or custom"),
        ("from_s", Double, "When it began, seconds since the recording's zero"),
        ("to_s", Double, "When it ended, seconds since the recording's zero"),
        ("missed", Whole, "Physics packets that were missed"),
        ("fuel_used_l", Double, "Fuel burned, litres"),
        ("fuel_added_l", Double, "Fuel added, litres"),
        ("charge_used", Double, "Charge of the traction battery used, 0 to 1"),
    ];
    columns.extend(own.map(|(name, kind, comment)| LakeColumn::new(name, kind, comment)));
    let statistics = LapStats::default().columns();
    columns.extend(statistics.into_iter().map(|(name, _)| LakeColumn::new(name, Double, "Statistics of the lap")));
    columns.extend(
        (1..=sectors_of(sectors)).map(|sector| {
            LakeColumn::new(format!("sector_{sector}_ms"), Whole, format!("Time of sector {sector}, ms"))
        }),
    );
    columns
}

fn sectors_of(sectors: usize) -> usize {
    sectors.clamp(MIN_SECTORS, MAX_SECTORS)
}

/// Adds a row. `time_us` maps a time since the recording's zero to microseconds since 1970.
pub(crate) fn push(
    values: &mut [ColumnValues],
    identity: &Identity,
    recorded: &RecordedLap,
    time_us: impl Fn(std::time::Duration) -> Option<i64>,
) {
    let (lap, began) = (&recorded.lap, time_us(recorded.from));
    let values = identity.push(values, time_us(recorded.to));
    let (validity, reason, position) = match lap.validity {
        Validity::Valid => ("valid", None, None),
        Validity::Invalid { reason, lap_position } => ("invalid", word(&reason), lap_position),
        _ => ("unknown", None, None),
    };
    let (kind, incomplete) = (word(&lap.kind), lap.incomplete.as_ref().and_then(word));
    let sector_kind = word(&lap.sector_kind);
    let seconds = |at: std::time::Duration| number(at.as_secs_f64());
    let own = [
        number(lap.number),
        number(lap.attempt),
        lap.time_ms.and_then(number),
        flag(lap.counts()),
        Some(ChannelValue::Text(validity)),
        began.and_then(|us| number(us as f64)),
        text(&kind),
        text(&incomplete),
        text(&reason),
        position.and_then(number),
        lap.measured_ms.and_then(number),
        number(lap.stint),
        text(&sector_kind),
        seconds(recorded.from),
        seconds(recorded.to),
        number(lap.missed as f64),
        lap.fuel_used_l.and_then(number),
        lap.fuel_added_l.and_then(number),
        lap.charge_used.and_then(number),
    ];
    let statistics = lap.stats.columns().into_iter().map(|(_, value)| value.and_then(number));
    let sectors = lap.sectors_ms.iter().map(|time| time.and_then(number)).chain(std::iter::repeat(None));
    let all = own.into_iter().chain(statistics).chain(sectors);
    values.iter_mut().zip(all).for_each(|(column, value)| column.push(value));
}
