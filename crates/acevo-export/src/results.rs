//! Results of sessions: the order of all cars, for leagues.

mod html;

use std::io::{self, Write};
use std::time::Duration;

use crate::csv::safe_text;
use acevo_telemetry::field::{FieldOrder, Interval, Standing, Standings};
use acevo_telemetry::format_lap_time;

pub use html::write_html;

/// The columns of the CSV table, which has a row per session and car.
const COLUMNS: [&str; 20] = [
    "session",
    "track",
    "order",
    "position",
    "number",
    "driver",
    "short_name",
    "model",
    "is_ai",
    "laps",
    "gap",
    "interval",
    "best_ms",
    "last_ms",
    "best_sector_1_ms",
    "best_sector_2_ms",
    "best_sector_3_ms",
    "pit_visits",
    "warnings",
    "state",
];

/// Writes results as CSV: a row per session and car. Names are safe for spreadsheets and terminals, as those of
/// [`CsvExporter`](crate::CsvExporter). Gaps are seconds, or laps such as `2 laps`.
///
/// # Errors
/// If the output cannot be written.
///
/// ```
/// use acevo_export::results::write_csv;
///
/// let mut text = Vec::new();
/// write_csv(&mut text, &[])?;
/// assert!(text.starts_with(b"session,track,order,position,number,driver"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_csv(output: impl Write, sessions: &[Standings]) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(output);
    writer.write_record(COLUMNS)?;
    for session in sessions {
        for car in &session.cars {
            writer.write_record(row(session, car))?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn row(session: &Standings, car: &Standing) -> [String; COLUMNS.len()] {
    let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let sector = |index: usize| number(car.best_sectors_ms.get(index).copied().flatten());
    let text = |text: &Option<String>| text.as_deref().map(safe_text).unwrap_or_default();
    [
        session.session.to_string(),
        safe_text(&session.track),
        order(session.order).to_owned(),
        car.position.to_string(),
        number(car.identity.number),
        safe_text(&car.label),
        text(&car.identity.short_name),
        text(&car.identity.model),
        car.identity.is_ai.map(|is_ai| is_ai.to_string()).unwrap_or_default(),
        car.laps.to_string(),
        gap(car.to_leader),
        gap(car.to_next),
        number(car.best.map(|best| best.ms)),
        number(car.last.map(|last| last.ms)),
        sector(0),
        sector(1),
        sector(2),
        car.pit_visits.to_string(),
        car.warnings.to_string(),
        state(car).to_owned(),
    ]
}

const fn order(order: FieldOrder) -> &'static str {
    match order {
        FieldOrder::Race => "race",
        _ => "best_lap",
    }
}

/// A gap in seconds or laps; empty if it is unknown, and for the leader.
fn gap(interval: Option<Interval>) -> String {
    match interval {
        Some(Interval::Seconds(seconds)) => format!("{seconds:.3}"),
        Some(Interval::Laps(1)) => "1 lap".to_owned(),
        Some(Interval::Laps(laps)) => format!("{laps} laps"),
        _ => String::new(),
    }
}

const fn state(car: &Standing) -> &'static str {
    match (car.has_finished, car.is_active) {
        (true, _) => "finished",
        (false, true) => "",
        (false, false) => "out",
    }
}

/// A lap time as text; empty if it is unknown.
fn lap_time(ms: Option<u32>) -> String {
    ms.map(|ms| format_lap_time(Some(Duration::from_millis(ms.into())))).unwrap_or_default()
}
