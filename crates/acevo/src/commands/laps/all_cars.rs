//! The laps of all cars of a recording: grouped by session and car as text, in the order of their ends as JSON.

use std::path::Path;
use std::time::Duration;

use acevo_shared_memory::CarId;
use acevo_telemetry::field::{CarIdentity, Field, FieldLap, LapSource};
use anyhow::bail;
use serde::Serialize;

use crate::cli::LapsArgs;
use crate::commands::all_cars;
use crate::format::lap_table::Sessions;
use crate::format::styled_line::{Line, Look, cell};
use crate::format::text::{NONE, clean, clock, lap_time, milliseconds, rounded, sector_time};
use crate::format::timing_table::model_name;
use crate::output::{Paint, print_json, print_text};
use crate::shutdown::Stop;

/// Columns of the text. It is never cut for a terminal.
const WIDE: usize = 160;

/// Sector columns while no lap has sectors.
const DEFAULT_SECTORS: usize = 3;

/// Prints the laps of a recording.
pub(super) fn print(path: &Path, args: &LapsArgs, stop: &Stop) -> anyhow::Result<()> {
    let field = all_cars::field(path, &args.follow.analysis().settings, stop)?;
    let drives = drives(&field, args.session);
    if args.follow.json {
        return print_json(&json(&drives)?);
    }
    if drives.is_empty() {
        bail!("there are no laps of any car");
    }
    print_text(&text(&drives))
}

/// The laps of a car in a session.
struct Drive<'a> {
    session: u32,
    car: CarId,
    label: String,
    identity: &'a CarIdentity,
    is_player: bool,
    laps: Vec<&'a FieldLap>,
}

impl Drive<'_> {
    fn best_ms(&self) -> Option<u32> {
        self.laps.iter().filter(|lap| lap.counts()).filter_map(|lap| lap.time_ms).min()
    }
}

/// The laps of all cars by session, the car with the best lap first.
fn drives(field: &Field, sessions: Option<Sessions>) -> Vec<Drive<'_>> {
    let last = field.cars().flat_map(|(_, _, laps)| laps).map(|lap| lap.session).max();
    let is_shown = |lap: &FieldLap| sessions != Some(Sessions::Current) || Some(lap.session) == last;
    let mut drives: Vec<Drive<'_>> = Vec::new();
    for (car, identity, laps) in field.cars() {
        for laps in laps.chunk_by(|a, b| a.session == b.session) {
            let laps: Vec<_> = laps.iter().filter(|lap| is_shown(lap)).collect();
            let Some(session) = laps.first().map(|lap| lap.session) else { continue };
            let label = field.label(car).unwrap_or_default();
            drives.push(Drive { session, car, label, identity, is_player: field.player() == Some(car), laps });
        }
    }
    drives.sort_by_key(|drive| (drive.session, drive.best_ms().unwrap_or(u32::MAX), drive.car));
    drives
}

/// A lap as JSON. What is not known is null.
#[derive(Debug, Serialize)]
struct LapJson<'a> {
    car: String,
    driver: Option<String>,
    number: Option<u32>,
    model: Option<String>,
    is_player: bool,
    session: u32,
    lap: u32,
    time_ms: Option<u32>,
    sectors_ms: &'a [Option<u32>],
    source: LapSource,
    is_valid: Option<bool>,
    through_pits: bool,
    ended_s: Option<f64>,
}

fn json(drives: &[Drive<'_>]) -> anyhow::Result<String> {
    let mut laps: Vec<_> = drives.iter().flat_map(|drive| drive.laps.iter().map(move |lap| (drive, *lap))).collect();
    laps.sort_by(|(_, a), (_, b)| a.session.cmp(&b.session).then(a.ended_s.total_cmp(&b.ended_s)));
    let mut text = String::new();
    for (drive, lap) in laps {
        let json = LapJson {
            car: drive.car.to_string(),
            driver: drive.identity.name.as_deref().map(clean),
            number: drive.identity.number,
            model: drive.identity.model.as_deref().map(clean),
            is_player: drive.is_player,
            session: lap.session,
            lap: lap.number,
            time_ms: lap.time_ms,
            sectors_ms: &lap.sectors_ms,
            source: lap.source,
            is_valid: lap.is_valid,
            through_pits: lap.through_pits,
            ended_s: rounded(lap.ended_s, 3),
        };
        text += &serde_json::to_string(&json)?;
        text.push('\n');
    }
    Ok(text)
}

fn text(drives: &[Drive<'_>]) -> String {
    let paint = Paint::for_stdout();
    let mut lines = Vec::new();
    for session in drives.chunk_by(|a, b| a.session == b.session) {
        let Some(number) = session.first().map(|drive| drive.session) else { continue };
        let sectors = session.iter().flat_map(|drive| &drive.laps).map(|lap| lap.sectors_ms.len()).max();
        let sectors = sectors.filter(|most| *most > 0).unwrap_or(DEFAULT_SECTORS);
        let best_ms = session.iter().filter_map(Drive::best_ms).min();
        lines.push(Line::default().with(Look::Title, format!("Session {number}")));
        lines.push(header(sectors));
        for drive in session {
            lines.push(title(drive));
            lines.extend(drive.laps.iter().map(|lap| row(lap, drive, best_ms, sectors)));
        }
        lines.push(Line::default());
    }
    let legend =
        " * best of all   + own best   ~ measured, accurate to a frame   ≈ estimated by the game   ! does not count";
    lines.push(Line::default().with(Look::Aside, legend));
    lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect()
}

fn header(sectors: usize) -> Line {
    let sectors = (1..=sectors).map(|sector| cell(&format!("sector {sector}"), 9));
    let titles = [cell("lap", 4), cell("time", 11)].into_iter().chain(sectors).chain([cell("ended", 9)]);
    Line::default().with(Look::Aside, titles.collect::<String>())
}

/// Who drives.
fn title(drive: &Drive<'_>) -> Line {
    let number = drive.identity.number.map(|number| format!("#{number} ")).unwrap_or_default();
    let model = drive.identity.model.as_deref().map(|model| format!(" · {}", model_name(model))).unwrap_or_default();
    let player = if drive.is_player { " · you" } else { "" };
    Line::default()
        .with(Look::Title, format!("{number}{}", clean(&drive.label)))
        .with(Look::Aside, format!("{model}{player}"))
}

fn row(lap: &FieldLap, drive: &Drive<'_>, best_ms: Option<u32>, sectors: usize) -> Line {
    let is_own_best = lap.counts() && lap.time_ms == drive.best_ms();
    let (look, mark) = match () {
        () if lap.is_valid == Some(false) => (Look::Warning, "!"),
        () if is_own_best && lap.time_ms == best_ms => (Look::Best, "*"),
        () if is_own_best => (Look::Good, "+"),
        () => (Look::Plain, " "),
    };
    let source = match lap.source {
        LapSource::Measured => "~",
        LapSource::Estimated => "≈",
        _ => "",
    };
    let time = format!("{source}{}{mark}", lap_time(milliseconds(lap.time_ms)));
    let sector = |index: usize| {
        let ms = lap.sectors_ms.get(index).copied().flatten();
        cell(&ms.map_or_else(|| NONE.into(), |ms| sector_time(milliseconds(Some(ms)))), 9)
    };
    let ended = clock(Duration::try_from_secs_f64(lap.ended_s).ok());
    Line::default()
        .with(Look::Plain, cell(&lap.number.to_string(), 4))
        .with(look, cell(&time, 11))
        .with(Look::Plain, (0..sectors).map(sector).collect::<String>())
        .with(Look::Aside, cell(&ended, 9))
        .with(Look::Aside, if lap.through_pits { "  pits" } else { "" })
}
