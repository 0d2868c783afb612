//! A table with a row for each lap of many recordings.

use std::process::ExitCode;

use acevo_export::{CellColumn, CellCsv, CellJson, CellKind, CellParquet, CellWriter};
use acevo_library::{FourWheels, LapRow, Library, LibraryError, SessionRow};
use acevo_telemetry::ChannelValue;
use anyhow::{Context as _, bail};

use crate::cli::{LapFormat, LapTablePlan};
use crate::commands::library::{report_unreadable, scanned};
use crate::output::{self, check_new, create_pending, is_dash, name_of, say};

/// Sector columns that each table has.
const MIN_SECTORS: usize = 3;

/// Names of the wheels in columns.
const WHEELS: [&str; 4] = ["fl", "fr", "rl", "rr"];

/// Writes the table.
pub(super) fn write(plan: &LapTablePlan) -> anyhow::Result<ExitCode> {
    let is_stdout = is_dash(&plan.output);
    if is_stdout && plan.format == LapFormat::Parquet {
        bail!("a Parquet file cannot be written to the standard output: name a file with -o");
    }
    check_new(&plan.output)?;
    let library = scanned(&plan.library)?;
    let sectors = library.max_sectors()?.max(MIN_SECTORS);
    let columns: Vec<_> = cells(sectors, None).into_iter().map(|(name, kind, _)| CellColumn { name, kind }).collect();
    let cannot = || format!("cannot write {}", name_of(&plan.output));
    let laps = match plan.format {
        LapFormat::Parquet => fill(&library, plan, sectors, Box::new(CellParquet::create(&plan.output, &columns)?))
            .with_context(cannot)?,
        _ if is_stdout => {
            let mut text = Vec::new();
            let laps = fill(&library, plan, sectors, text_table(&mut text, plan, &columns)?)?;
            output::print_table(&text)?;
            laps
        }
        _ => {
            let mut file = create_pending(&plan.output)?;
            let laps = fill(&library, plan, sectors, text_table(&mut file, plan, &columns)?).with_context(cannot)?;
            output::publish(file)?;
            laps
        }
    };
    report_unreadable(&library, &plan.library)?;
    if !is_stdout {
        say(format_args!("acevo: wrote {}: {laps} laps", name_of(&plan.output)));
    }
    Ok(ExitCode::SUCCESS)
}

fn text_table<'a, W: std::io::Write + 'a>(
    out: W,
    plan: &LapTablePlan,
    columns: &[CellColumn],
) -> anyhow::Result<Box<dyn CellWriter + 'a>> {
    Ok(match plan.format {
        LapFormat::Json => Box::new(CellJson::new(out, columns)),
        _ => Box::new(CellCsv::new(out, columns, plan.csv, plan.has_bom)?),
    })
}

/// Writes all laps. Returns their number.
fn fill(
    library: &Library,
    plan: &LapTablePlan,
    sectors: usize,
    mut table: Box<dyn CellWriter + '_>,
) -> anyhow::Result<usize> {
    let mut laps = 0;
    library.all_laps(&plan.library.filter, |session, lap| {
        let file = session.path.to_string_lossy();
        let cells = cells(sectors, Some((session, &lap, &file)));
        let values: Vec<_> = cells.into_iter().map(|(.., value)| value).collect();
        laps += 1;
        table.row(&values).map_err(Failure::Table)
    })?;
    table.finish()?;
    Ok(laps)
}

/// Why the table cannot be filled.
#[derive(Debug)]
enum Failure {
    Library(LibraryError),
    Table(acevo_export::ExportError),
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        Self::Library(error)
    }
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Library(error) => error.into(),
            Failure::Table(error) => error.into(),
        }
    }
}

/// A column, and its value in a row.
type Cell<'a> = (String, CellKind, Option<ChannelValue<'a>>);

/// The columns of the table, with the values of a lap if there is one.
fn cells<'a>(sectors: usize, row: Option<(&'a SessionRow, &'a LapRow, &'a str)>) -> Vec<Cell<'a>> {
    let mut cells =
        Cells { cells: Vec::new(), lap: row.map(|(_, lap, _)| lap), session: row.map(|(session, ..)| session) };
    cells.of_session("track", |session| &session.track);
    cells.of_session("layout", |session| &session.layout);
    cells.of_session("car", |session| &session.car);
    cells.of_session("driver", |session| &session.driver);
    cells.text("began", row.and_then(|(_, lap, _)| lap.began.as_deref()));
    cells.text("file", row.map(|(.., file)| file));
    cells.whole("session", |lap| Some(lap.session_number));
    cells.of_session("session_kind", |session| &session.kind);
    cells.of_session("session_name", |session| &session.name);
    cells.whole("lap", |lap| Some(lap.number));
    cells.whole("attempt", |lap| Some(lap.attempt));
    cells.whole("stint", |lap| Some(lap.stint));
    cells.text("kind", row.map(|(_, lap, _)| lap.kind.as_str()));
    cells.flag("counts", |lap| lap.counts);
    cells.text("validity", row.map(|(_, lap, _)| lap.validity.as_str()));
    cells.text("invalid_reason", row.and_then(|(_, lap, _)| lap.invalid_reason.as_deref()));
    cells.text("incomplete", row.and_then(|(_, lap, _)| lap.incomplete.as_deref()));
    cells.whole("time_ms", |lap| lap.time_ms);
    for sector in 0..sectors {
        cells.whole(&format!("sector_{}_ms", sector + 1), |lap| lap.sectors_ms.get(sector).copied().flatten());
    }
    cells.text("sector_kind", row.map(|(_, lap, _)| lap.sector_kind.as_str()));
    cells.number("from_s", 3, |lap| Some(lap.from_s));
    cells.number("to_s", 3, |lap| Some(lap.to_s));
    cells.number("fuel_used_l", 3, |lap| lap.fuel_used_l);
    cells.number("fuel_added_l", 3, |lap| lap.fuel_added_l);
    cells.number("charge_used", 4, |lap| lap.charge_used);
    cells.number("air_c", 1, |lap| lap.air_c);
    cells.number("road_c", 1, |lap| lap.road_c);
    cells.number("speed_min_kmh", 1, |lap| lap.speed_min_kmh);
    cells.number("speed_mean_kmh", 1, |lap| lap.speed_mean_kmh);
    cells.number("speed_max_kmh", 1, |lap| lap.speed_max_kmh);
    cells.number("full_throttle", 4, |lap| lap.full_throttle);
    cells.number("coasting", 4, |lap| lap.coasting);
    cells.wheels("tyre_core", "c", 1, |lap| lap.tyre_core_c);
    cells.wheels("tyre_surface", "c", 1, |lap| lap.tyre_surface_c);
    cells.wheels("tyre_pressure", "psi", 2, |lap| lap.tyre_pressure_psi);
    cells.wheels("brake_mean", "c", 0, |lap| lap.brake_mean_c);
    cells.wheels("brake_max", "c", 0, |lap| lap.brake_max_c);
    cells.number("water_max_c", 1, |lap| lap.water_max_c);
    cells.number("oil_max_c", 1, |lap| lap.oil_max_c);
    cells.whole("missed", |lap| u32::try_from(lap.missed).ok());
    cells.cells
}

/// Collects the cells of a row.
struct Cells<'a> {
    cells: Vec<Cell<'a>>,
    lap: Option<&'a LapRow>,
    session: Option<&'a SessionRow>,
}

impl<'a> Cells<'a> {
    fn text(&mut self, name: &str, text: Option<&'a str>) {
        let text = text.filter(|text| !text.is_empty());
        self.cells.push((name.to_owned(), CellKind::Text, text.map(ChannelValue::Text)));
    }

    fn of_session(&mut self, name: &str, text: impl Fn(&'a SessionRow) -> &'a String) {
        self.text(name, self.session.map(|session| text(session).as_str()));
    }

    fn whole(&mut self, name: &str, whole: impl Fn(&LapRow) -> Option<u32>) {
        let value = self.lap.and_then(whole).map(|number| ChannelValue::Number(number.into()));
        self.cells.push((name.to_owned(), CellKind::Whole, value));
    }

    fn flag(&mut self, name: &str, flag: impl Fn(&LapRow) -> bool) {
        self.cells.push((name.to_owned(), CellKind::Flag, self.lap.map(flag).map(ChannelValue::Flag)));
    }

    fn number(&mut self, name: &str, decimals: u8, number: impl Fn(&LapRow) -> Option<f64>) {
        let value = self.lap.and_then(number).map(ChannelValue::Number);
        self.cells.push((name.to_owned(), CellKind::Number(decimals), value));
    }

    fn wheels(&mut self, name: &str, unit: &str, decimals: u8, wheels: impl Fn(&LapRow) -> FourWheels) {
        for (index, wheel) in WHEELS.into_iter().enumerate() {
            self.number(&format!("{name}_{wheel}_{unit}"), decimals, |lap| wheels(lap)[index]);
        }
    }
}
