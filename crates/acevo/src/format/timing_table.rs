//! The table of all cars as lines of text.

use acevo_telemetry::field::{FieldOrder, FieldTime, Interval, LapSource, LogClockConfidence, Standing, Standings};

use crate::format::styled_line::{Line, Look, cell, left_cell};
use crate::format::text::{NONE, clean, lap_time, milliseconds, number, sector_time};

/// Sector columns while no car has sectors.
const DEFAULT_SECTORS: usize = 3;

/// What the marks of the table mean.
pub(crate) const LEGEND: &str = "> you  * best of all  + own best  ~ measured  ≈ estimated  ! invalid";

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Position,
    Number,
    Driver,
    Car,
    Laps,
    Gap,
    Interval,
    Trend,
    Last,
    Sector(usize),
    Best,
    Pits,
    State,
}

impl Column {
    fn title(self) -> String {
        match self {
            Self::Position => "pos".into(),
            Self::Number => "no".into(),
            Self::Driver => "driver".into(),
            Self::Car => "car".into(),
            Self::Laps => "laps".into(),
            Self::Gap => "gap".into(),
            Self::Interval => "interval".into(),
            Self::Trend => "trend".into(),
            Self::Last => "last".into(),
            Self::Sector(index) => format!("sector {}", index + 1),
            Self::Best => "best".into(),
            Self::Pits => "pits".into(),
            Self::State => String::new(),
        }
    }

    const fn width(self) -> usize {
        match self {
            Self::Position | Self::Number | Self::Laps | Self::Pits | Self::State => 4,
            Self::Driver => 20,
            Self::Car => 18,
            Self::Gap | Self::Interval => 8,
            Self::Trend => 5,
            Self::Last | Self::Best => 10,
            Self::Sector(_) => 9,
        }
    }

    /// True for columns of names, which begin at the left.
    const fn is_text(self) -> bool {
        matches!(self, Self::Driver | Self::Car | Self::State)
    }
}

/// The columns that fit.
#[derive(Debug, Clone)]
pub(crate) struct TimingTable<'a> {
    standings: &'a Standings,
    columns: Vec<Column>,
}

impl<'a> TimingTable<'a> {
    pub(crate) fn new(standings: &'a Standings, width: usize) -> Self {
        let sectors = standings.cars.iter().flat_map(|car| [car.sectors_ms.len(), car.last_sectors_ms.len()]).max();
        let sectors = sectors.filter(|most| *most > 0).unwrap_or(DEFAULT_SECTORS);
        Self { standings, columns: columns(standings.order, sectors, width) }
    }

    pub(crate) fn header(&self) -> Line {
        let titles = self.columns.iter().map(|column| place(*column, &column.title()));
        Line::default().with(Look::Title, titles.collect::<String>())
    }

    pub(crate) fn row(&self, car: &Standing) -> Line {
        let mut line = Line::default();
        for column in &self.columns {
            let (look, text) = self.content(*column, car);
            let look = if car.is_active || look != Look::Plain { look } else { Look::Aside };
            line = line.with(look, place(*column, &text));
        }
        line
    }

    /// Rows of all cars.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Line> + '_ {
        self.standings.cars.iter().map(|car| self.row(car))
    }

    fn content(&self, column: Column, car: &Standing) -> (Look, String) {
        let text = match column {
            Column::Position if car.is_player => return (Look::Title, format!(">{}", car.position)),
            Column::Position => car.position.to_string(),
            Column::Number => car.identity.number.map_or_else(|| NONE.into(), |number| number.to_string()),
            Column::Driver => {
                let look = if car.is_player { Look::Title } else { Look::Plain };
                return (look, clean(&car.label));
            }
            Column::Car => car.identity.model.as_deref().map_or_else(|| NONE.into(), model_name),
            Column::Laps => car.laps.to_string(),
            Column::Gap if car.position == 1 => return (Look::Aside, leader(self.standings.order).into()),
            Column::Gap => interval(car.to_leader),
            Column::Interval => interval(car.to_next),
            Column::Trend => car.trend_s.map_or_else(String::new, |trend| format!("{trend:+.1}")),
            Column::Last => return self.time(car.last, car, car.is_last_valid),
            Column::Best => return self.time(car.best, car, Some(true)),
            Column::Sector(index) => return self.sector(index, car),
            Column::Pits => car.pit_visits.to_string(),
            Column::State => return state(car),
        };
        (Look::Plain, text)
    }

    fn time(&self, time: Option<FieldTime>, car: &Standing, is_valid: Option<bool>) -> (Look, String) {
        let Some(time) = time else { return (Look::Plain, NONE.into()) };
        let is_own_best = car.best.is_some_and(|best| best.ms == time.ms);
        let (look, mark) = match () {
            () if is_valid == Some(false) => (Look::Warning, "!"),
            () if is_own_best && self.standings.best_ms == Some(time.ms) => (Look::Best, "*"),
            () if is_own_best => (Look::Good, "+"),
            () => (Look::Plain, " "),
        };
        let source = match time.source {
            LapSource::Measured => "~",
            LapSource::Estimated => "≈",
            _ => "",
        };
        (look, format!("{source}{}{mark}", lap_time(milliseconds(Some(time.ms)))))
    }

    /// A sector of the running lap, or of the last lap until the running one has it.
    fn sector(&self, index: usize, car: &Standing) -> (Look, String) {
        let of = |sectors: &[Option<u32>]| sectors.get(index).copied().flatten();
        let (running, last) = (of(&car.sectors_ms), of(&car.last_sectors_ms));
        let Some(ms) = running.or(last) else { return (Look::Plain, format!("{NONE} ")) };
        let is_best = |bests: &[Option<u32>]| of(bests).is_some_and(|best| ms <= best);
        let (look, mark) = match () {
            () if is_best(&self.standings.best_sectors_ms) => (Look::Best, "*"),
            () if is_best(&car.best_sectors_ms) => (Look::Good, "+"),
            () if running.is_none() => (Look::Aside, " "),
            () => (Look::Plain, " "),
        };
        (look, format!("{}{mark}", sector_time(milliseconds(Some(ms)))))
    }
}

/// A short line about the session, and where names and times come from.
pub(crate) fn summary(standings: &Standings) -> Line {
    let order = match standings.order {
        FieldOrder::Race => "race",
        _ => "best laps",
    };
    let phase = clean(&standings.phase).replace('_', " ");
    let cars = standings.cars.len();
    let noun = if cars == 1 { "car" } else { "cars" };
    let mut line = Line::default().with(Look::Aside, format!(" {cars} {noun} · {order}"));
    if !phase.is_empty() {
        line = line.with(Look::Aside, format!(" · {phase}"));
    }
    let log = standings.log;
    let source = match log.confidence {
        _ if !standings.has_log => "no log of the game: names are unknown, times measured".into(),
        LogClockConfidence::Matched if log.matches > 0 => {
            format!("with the game's log, clock matched within {} ms", log.spread_ms)
        }
        LogClockConfidence::Computer => "with the game's log, by the clock of this computer".into(),
        LogClockConfidence::Unknown => "with the game's log, clock not matched yet".into(),
        _ => "with the game's log".into(),
    };
    line.with(Look::Aside, format!(" · {source}"))
}

/// The model of a car without the prefix and the underscores of the game's key.
pub(crate) fn model_name(key: &str) -> String {
    clean(key.strip_prefix("ks_").unwrap_or(key)).replace('_', " ")
}

/// A gap as text: seconds or laps.
pub(crate) fn interval(interval: Option<Interval>) -> String {
    match interval {
        Some(Interval::Seconds(seconds)) => format!("+{}", number(seconds, 3)),
        Some(Interval::Laps(1)) => "+1 lap".into(),
        Some(Interval::Laps(laps)) => format!("+{laps} laps"),
        _ => NONE.into(),
    }
}

const fn leader(order: FieldOrder) -> &'static str {
    match order {
        FieldOrder::Race => "leader",
        _ => "fastest",
    }
}

fn state(car: &Standing) -> (Look, String) {
    match () {
        () if car.has_finished => (Look::Aside, "FIN".into()),
        () if !car.is_active => (Look::Aside, "OUT".into()),
        () if car.is_in_pits => (Look::Warning, "PIT".into()),
        () => (Look::Plain, String::new()),
    }
}

fn place(column: Column, text: &str) -> String {
    if column.is_text() { left_cell(text, column.width()) } else { cell(text, column.width()) }
}

/// The most important columns that fit, in table order.
fn columns(order: FieldOrder, sectors: usize, width: usize) -> Vec<Column> {
    let sectors: Vec<_> = (0..sectors).map(Column::Sector).collect();
    let trend: &[Column] = if order == FieldOrder::Race { &[Column::Trend] } else { &[] };
    // The most important first. A group is shown whole or not at all.
    let groups: [&[Column]; 10] = [
        &[Column::Position, Column::Driver],
        &[Column::State],
        &[Column::Gap],
        &[Column::Last],
        &[Column::Best],
        &[Column::Interval],
        &[Column::Laps, Column::Number],
        &sectors,
        &[Column::Pits],
        &[Column::Car],
    ];
    let mut left = width;
    let mut chosen = Vec::new();
    for group in groups.into_iter().chain([trend]) {
        let width: usize = group.iter().map(|column| column.width() + 1).sum();
        if width <= left {
            left -= width;
            chosen.extend_from_slice(group);
        }
    }
    let first = [Column::Position, Column::Number, Column::Driver, Column::Car, Column::State, Column::Laps];
    let gaps = [Column::Gap, Column::Interval, Column::Trend, Column::Last];
    let order = first.into_iter().chain(gaps).chain(sectors).chain([Column::Best, Column::Pits]);
    order.filter(|column| chosen.contains(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_any_width_and_keep_the_most_important() {
        for width in 0..220 {
            let columns = columns(FieldOrder::Race, 3, width);
            let used: usize = columns.iter().map(|column| column.width() + 1).sum();
            assert!(used <= width, "{width}: {columns:?}");
        }
        let usual = columns(FieldOrder::Race, 3, 80);
        let expected = [Column::Position, Column::Driver, Column::State, Column::Gap, Column::Last, Column::Best];
        assert!(expected.iter().all(|column| usual.contains(column)), "{usual:?}");
        assert_eq!(columns(FieldOrder::Race, 3, 200).len(), 15);
        assert_eq!(columns(FieldOrder::BestLap, 3, 200).len(), 14);
    }

    #[test]
    fn interval_has_seconds_or_laps() {
        let texts = [Interval::Seconds(1.2345), Interval::Laps(1), Interval::Laps(3)].map(|gap| interval(Some(gap)));
        assert_eq!(texts, ["+1.234", "+1 lap", "+3 laps"]);
        assert_eq!((interval(None).as_str(), model_name("ks_mazda_mx5_nd_cup").as_str()), (NONE, "mazda mx5 nd cup"));
    }
}
