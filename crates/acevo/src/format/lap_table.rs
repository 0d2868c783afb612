//! The table of laps as lines of text.

use std::time::Duration;

use acevo_telemetry::UnitSystem;
use acevo_telemetry::analysis::{Analysis, FuelPlanning, Lap, SectorKind, Validity};

use crate::format::fuel_text::{FuelToFinish, amount_to_add};
use crate::format::styled_line::{Line, Look, cell};
use crate::format::text::{NONE, cut, difference, lap_time, milliseconds, number, sector_time, width};

/// Minimum columns for the remark at the end of a line.
const MIN_REMARK_WIDTH: usize = 14;

/// Sector columns while no lap has sectors.
const DEFAULT_SECTORS: usize = 3;

/// The sessions that a table of laps shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sessions {
    /// The running session.
    Current,
    /// All sessions.
    All,
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Session,
    Lap,
    /// The number of the lap and its attempt, if a lap has several.
    Attempt,
    Kind,
    Time,
    Sector(usize),
    Delta,
    Fuel,
    Top,
    Low,
    Tyres,
    Stint,
}

impl Column {
    fn title(self) -> String {
        match self {
            Self::Session => "ses".into(),
            Self::Lap | Self::Attempt => "lap".into(),
            Self::Kind => "kind".into(),
            Self::Time => "time".into(),
            Self::Sector(index) => format!("sector {}", index + 1),
            Self::Delta => "to best".into(),
            Self::Fuel => "fuel".into(),
            Self::Top => "top".into(),
            Self::Low => "low".into(),
            Self::Tyres => "tyres".into(),
            Self::Stint => "stint".into(),
        }
    }

    const fn width(self) -> usize {
        match self {
            Self::Session | Self::Lap | Self::Top | Self::Low => 3,
            Self::Attempt | Self::Kind => 6,
            Self::Time => 9,
            Self::Sector(_) | Self::Delta => 8,
            Self::Fuel | Self::Tyres | Self::Stint => 5,
        }
    }
}

/// The best lap and sectors of a session, of complete laps that count.
#[derive(Debug, Clone, Default)]
struct Best {
    time_ms: Option<u32>,
    sectors_ms: Vec<Option<u32>>,
}

impl Best {
    fn of(laps: &[&Lap], session: u32) -> Self {
        let mut best = Self::default();
        for lap in laps.iter().filter(|lap| lap.session == session && lap.counts()) {
            best.time_ms = lap.time_ms.into_iter().chain(best.time_ms).min();
            best.sectors_ms.resize(best.sectors_ms.len().max(lap.sectors_ms.len()), None);
            for (best, ms) in best.sectors_ms.iter_mut().zip(&lap.sectors_ms) {
                *best = ms.iter().copied().chain(*best).min();
            }
        }
        best
    }
}

/// The columns that fit, and the best laps of each session.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    remark_width: usize,
    bests: Vec<(u32, Best)>,
}

impl Table {
    pub(crate) fn new(laps: &[&Lap], sessions: Sessions, width: usize) -> Self {
        let mut numbers: Vec<_> = laps.iter().map(|lap| lap.session).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let sectors = laps.iter().map(|lap| lap.sectors_ms.len()).max().filter(|most| *most > 0);
        let sectors = sectors.unwrap_or(DEFAULT_SECTORS);
        let (mut columns, mut remark_width) = columns(sessions, sectors, width);
        let more = Column::Attempt.width() - Column::Lap.width();
        if remark_width >= MIN_REMARK_WIDTH + more && laps.iter().any(|lap| lap.attempt > 1) {
            remark_width -= more;
            columns.iter_mut().filter(|column| **column == Column::Lap).for_each(|column| *column = Column::Attempt);
        }
        Self {
            columns,
            remark_width,
            bests: numbers.iter().map(|session| (*session, Best::of(laps, *session))).collect(),
        }
    }

    pub(crate) fn header(&self) -> Line {
        let titles = self.columns.iter().map(|column| cell(&column.title(), column.width()));
        Line::default().with(Look::Title, titles.collect::<String>())
    }

    pub(crate) fn row(&self, lap: &Lap) -> Line {
        let nothing = Best::default();
        let best = self.bests.iter().find(|(session, _)| *session == lap.session).map_or(&nothing, |(_, best)| best);
        let mut line = Line::default();
        for column in &self.columns {
            let (look, text) = content(*column, lap, best);
            let look = if lap.incomplete.is_some() && look == Look::Plain { Look::Aside } else { look };
            line = line.with(look, cell(&text, column.width()));
        }
        let look = if lap.incomplete.is_some() { Look::Aside } else { Look::Warning };
        let long = remark(lap, true);
        let text = if width(&long) <= self.remark_width { long } else { cut(&remark(lap, false), self.remark_width) };
        line.with(look, format!("  {text}"))
    }

    /// Best and ideal lap of each session.
    pub(crate) fn session_bests(&self) -> Vec<Line> {
        let line = |(session, best): &(u32, Best)| {
            let look = if best.time_ms.is_some() { Look::Best } else { Look::Aside };
            let ideal: Option<u32> = best.sectors_ms.iter().copied().sum::<Option<u32>>().filter(|ms| *ms > 0);
            Line::default()
                .with(Look::Aside, format!(" session {session}: best "))
                .with(look, lap_time(milliseconds(best.time_ms)))
                .with(Look::Aside, "   ideal ")
                .with(Look::Plain, lap_time(milliseconds(ideal)))
        };
        self.bests.iter().map(line).collect()
    }

    /// Best and ideal lap of the running session, and the fuel plan.
    pub(crate) fn summary(analysis: &Analysis) -> Line {
        let bests = analysis.bests();
        let look = if bests.time_ms.is_some() { Look::Best } else { Look::Aside };
        let mut line = Line::default().with(Look::Aside, " best ").with(look, lap_time(milliseconds(bests.time_ms)));
        if let Some(number) = bests.lap {
            line = line.with(Look::Aside, format!(" (lap {number})"));
        }
        let ideal = lap_time(milliseconds(bests.ideal_ms()));
        line = line.with(Look::Aside, "   ideal ").with(Look::Plain, ideal);
        line = line.with(Look::Aside, format!("   {}", sector_kind(analysis.sector_kind())));
        if let Some(personal) = analysis.personal_best() {
            let time = lap_time(milliseconds(Some(personal.time_ms)));
            line = line.with(Look::Aside, "   personal ").with(Look::Plain, time);
        }
        let Some(fuel) = analysis.fuel() else { return line };
        if let Some(laps) = fuel.laps_left {
            line = line.with(Look::Aside, "   fuel for ").with(Look::Plain, number(laps, 1) + " laps");
        }
        // Litres only: the charge of a battery cannot be added.
        let is_known = fuel.per_lap.is_some_and(|per_lap| per_lap >= 0.1);
        let plan = analysis.stop_plan(&FuelPlanning::default());
        let to_add = match FuelToFinish::of(&plan).filter(|_| is_known) {
            Some(FuelToFinish::Enough) => return line.with(Look::Aside, ", enough to finish"),
            Some(FuelToFinish::Stops { .. } | FuelToFinish::Add(_)) => plan.map_or(0.0, |plan| plan.to_add),
            Some(FuelToFinish::RunsDry) => return line.with(Look::Warning, ", not enough for this lap"),
            None => return line,
        };
        let text = format!("{} to finish", amount_to_add(to_add, false, UnitSystem::Game));
        line.with(Look::Aside, ", add ").with(Look::Warning, text)
    }

    /// The running lap.
    pub(crate) fn running(analysis: &Analysis) -> Line {
        let current = analysis.current_lap();
        let Some(lap) = current else { return Line::default().with(Look::Aside, " no lap is running") };
        let elapsed = Duration::try_from_secs_f64(lap.elapsed_s).ok();
        let mut line = Line::default()
            .with(Look::Aside, format!(" lap {} ", lap.number))
            .with(Look::Title, lap_time(elapsed))
            .with(
                Look::Aside,
                lap.lap_position.map_or(String::new(), |place| format!(" {:>3.0} %", (place * 100.0).floor())),
            );
        let mut before = Some(0);
        for split in &lap.splits_ms {
            let sector = split.zip(before).and_then(|(split, before)| split.checked_sub(before));
            let text = format!("  {}", sector_time(milliseconds(sector)));
            (line, before) = (line.with(Look::Plain, text), *split);
        }
        if let Some(delta) = analysis.delta() {
            line = line.with(Look::Plain, format!("  {}", difference(Some(delta.seconds as f32))));
        }
        match lap.validity {
            Validity::Invalid { reason, .. } => line.with(Look::Warning, format!("  does not count: {reason}")),
            _ if lap.is_joined => line.with(Look::Aside, "  joined in progress"),
            _ => line,
        }
    }
}

/// The most important columns that fit, in table order, and the width that is left for the remark.
fn columns(sessions: Sessions, sectors: usize, width: usize) -> (Vec<Column>, usize) {
    let sectors: Vec<_> = (0..sectors).map(Column::Sector).collect();
    let session: &[Column] = if sessions == Sessions::All { &[Column::Session] } else { &[] };
    // The most important first. A group is shown whole or not at all.
    let groups: [&[Column]; 8] = [
        session,
        &[Column::Lap, Column::Time],
        &[Column::Kind],
        &[Column::Delta],
        &sectors,
        &[Column::Fuel],
        &[Column::Top, Column::Low, Column::Tyres],
        &[Column::Stint],
    ];
    let mut left = width.saturating_sub(MIN_REMARK_WIDTH + 2);
    let mut chosen = Vec::new();
    for group in groups {
        let width: usize = group.iter().map(|column| column.width() + 1).sum();
        if width <= left {
            left -= width;
            chosen.extend_from_slice(group);
        }
    }
    let order = [Column::Session, Column::Lap, Column::Kind, Column::Time].into_iter().chain(sectors);
    let order = order.chain([Column::Delta, Column::Fuel, Column::Top, Column::Low, Column::Tyres, Column::Stint]);
    (order.filter(|column| chosen.contains(column)).collect(), left + MIN_REMARK_WIDTH)
}

fn content(column: Column, lap: &Lap, best: &Best) -> (Look, String) {
    let is_best = lap.counts() && lap.time_ms == best.time_ms;
    let text = match column {
        Column::Session => lap.session.to_string(),
        Column::Attempt if lap.attempt > 1 => format!("{}#{}", lap.number, lap.attempt),
        Column::Lap | Column::Attempt => lap.number.to_string(),
        Column::Kind => lap.kind.to_string(),
        Column::Stint => lap.stint.to_string(),
        Column::Time => {
            let look = match lap.validity {
                _ if is_best => Look::Best,
                Validity::Invalid { .. } => Look::Warning,
                _ => Look::Plain,
            };
            return (look, lap_time(milliseconds(lap.time_ms)));
        }
        Column::Sector(index) => {
            let ms = lap.sectors_ms.get(index).copied().flatten();
            let is_best = lap.counts() && ms.is_some() && best.sectors_ms.get(index) == Some(&ms);
            let look = if is_best { Look::Best } else { Look::Plain };
            return (look, sector_time(milliseconds(ms)));
        }
        Column::Delta if is_best => return (Look::Best, "best".into()),
        Column::Delta => {
            let delta = lap.time_ms.zip(best.time_ms).map(|(time, best)| (f64::from(time) - f64::from(best)) / 1000.0);
            difference(delta.map(|seconds| seconds as f32))
        }
        Column::Fuel => match (lap.charge_used, lap.fuel_used_l) {
            (Some(charge), _) if charge.abs() >= 0.0005 => number(charge * 100.0, 1) + "%",
            (_, Some(litres)) => number(litres, 2),
            _ => NONE.into(),
        },
        Column::Top => whole(lap.stats.speed_kmh.max()),
        Column::Low => whole(lap.stats.speed_kmh.min()),
        Column::Tyres => {
            let means: Vec<_> = lap.stats.tyre_core_c.into_iter().filter_map(|core| core.mean()).collect();
            let mean = means.iter().sum::<f64>() / means.len() as f64;
            number(mean, 0)
        }
    };
    (Look::Plain, text)
}

/// What the sectors of a lap are, as text.
pub(crate) const fn sector_kind(kind: SectorKind) -> &'static str {
    match kind {
        SectorKind::Game => "sectors of the game",
        SectorKind::Custom => "own sectors",
        _ => "sectors are thirds",
    }
}

/// Why a lap does not count or is incomplete, and where that happened.
fn remark(lap: &Lap, with_place: bool) -> String {
    match (lap.incomplete, lap.validity) {
        (Some(reason), _) => reason.to_string(),
        (None, Validity::Invalid { reason, lap_position: Some(place) }) if with_place => {
            format!("{reason} at {:.0} %", (place * 100.0).floor())
        }
        (None, Validity::Invalid { reason, .. }) => reason.to_string(),
        (None, Validity::Unknown) => "may not count".into(),
        _ => String::new(),
    }
}

fn whole(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.into(), |value| number(value, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_any_width_and_keep_the_most_important() {
        for width in 0..200 {
            let (columns, remark) = columns(Sessions::All, 3, width);
            let used: usize = columns.iter().map(|column| column.width() + 1).sum();
            assert!(columns.is_empty() || used + remark + 2 <= width, "{width}: {columns:?} {remark}");
        }
        let narrow = columns(Sessions::Current, 3, 40).0;
        assert_eq!(narrow, [Column::Lap, Column::Kind, Column::Time]);
        let usual = columns(Sessions::Current, 3, 80).0;
        assert!(usual.contains(&Column::Sector(2)) && usual.contains(&Column::Fuel) && !usual.contains(&Column::Stint));
        assert_eq!(columns(Sessions::All, 3, 120).0.len(), 13);
        assert!(!columns(Sessions::Current, 20, 120).0.contains(&Column::Sector(0)), "all sectors or none");
    }
}
