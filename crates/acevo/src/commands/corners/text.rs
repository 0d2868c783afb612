//! The corners of a lap as tables, with colours on a terminal.

use acevo_telemetry::corners::{Comparison, CornerFigures, CornerLoss, CornerSpread, Spread, advice};
use acevo_telemetry::traces::LapTraces;

use super::{Consistency, Report};
use crate::format::styled_line::{Line, Look, cell, left_cell};
use crate::format::text::{NONE, clean, difference, lap_time, milliseconds};
use crate::output::Paint;

/// Maximum width of a line.
const WIDE: usize = 400;

/// Losses of this and more are printed in a warning colour, and have a sentence, seconds.
const MIN_LOSS_S: f64 = 0.02;

/// Columns of the name of a corner.
const NAME: usize = 16;

pub(super) fn of(report: &Report<'_>) -> String {
    let mut lines = vec![heading(report), Line::default()];
    match &report.against {
        None => lines.extend(figures(report.figures.figures())),
        Some((reference, comparison)) => lines.extend(losses(comparison, reference)),
    }
    if let Some(consistency) = &report.consistency {
        lines.push(Line::default());
        lines.extend(spreads(consistency));
    }
    let paint = Paint::for_stdout();
    lines.iter().map(|line| line.painted(paint, WIDE) + "\n").collect()
}

fn heading(report: &Report<'_>) -> Line {
    let lap = |lap: &LapTraces| format!("{} {}", clean(&lap.title()), lap_time(milliseconds(lap.time_ms)));
    let against = match &report.against {
        Some((reference, comparison)) => {
            let difference = difference(comparison.total_s.map(|total| total as f32));
            format!(" against {}: {difference} s", lap(reference).to_lowercase())
        }
        None => String::new(),
    };
    let line = Line::default().with(Look::Title, format!(" {}", clean(&report.lap.subtitle())));
    line.with(Look::Plain, format!("   {}{against}", lap(report.lap)))
}

/// The figures of one lap, along the lap.
fn figures(figures: &[CornerFigures]) -> Vec<Line> {
    let title = [cell("time", 7), cell("brake", 7), cell("entry", 6), cell("min", 6), cell("exit", 6), cell("gear", 5)];
    let title = left_cell("corner", NAME) + &title.concat() + &cell("throttle", 9);
    let mut lines = vec![Line::default().with(Look::Aside, title)];
    lines.extend(figures.iter().map(|corner| {
        let text = [
            left_cell(&clean(&corner.title), NAME),
            cell(&number(corner.time_s, 2, "s"), 7),
            cell(&number(corner.braking_m, 0, "m"), 7),
            cell(&number(corner.entry_kmh, 0, ""), 6),
            cell(&number(corner.min_kmh, 0, ""), 6),
            cell(&number(corner.exit_kmh, 0, ""), 6),
            cell(&corner.gear.map_or(NONE.into(), |gear| gear.to_string()), 5),
            cell(&number(corner.throttle_on_m, 0, "m"), 9),
        ];
        Line::default().with(Look::Plain, text.concat())
    }));
    lines.push(Line::default().with(
        Look::Aside,
        " brake, throttle: metres from the line; entry, min, exit: km/h; time: to the braking zone of the next corner",
    ));
    lines
}

/// The losses, the greatest first, the rest, and a sentence for each corner that has a loss or a gain.
fn losses(comparison: &Comparison, reference: &LapTraces) -> Vec<Line> {
    let title = [cell("lost", 8), cell("brake", 14), cell("entry", 10), cell("min", 10), cell("exit", 10)];
    let title = left_cell("corner", NAME) + &title.concat() + &cell("throttle", 14);
    let mut lines = vec![Line::default().with(Look::Aside, title)];
    lines.extend(comparison.losses.iter().map(row));
    let rest = format!("{}{}", left_cell("to first corner", NAME), cell(&seconds(comparison.rest_s), 8));
    lines.push(Line::default().with(Look::Plain, rest));
    let total = format!("{}{}", left_cell("lap", NAME), cell(&seconds(comparison.total_s), 8));
    lines.push(Line::default().with(Look::Title, total));
    let remark = format!(
        " differences to {}: brake and throttle in metres (+ is later), speeds in km/h; the straight after a corner belongs to it",
        clean(&reference.title()).to_lowercase()
    );
    lines.push(Line::default().with(Look::Aside, remark));
    let worth: Vec<_> =
        comparison.losses.iter().filter(|loss| loss.lost_s.is_some_and(|lost| lost.abs() >= MIN_LOSS_S)).collect();
    if !worth.is_empty() {
        lines.push(Line::default());
        lines.extend(worth.iter().map(|loss| Line::default().with(Look::Plain, format!(" {}", clean(&advice(loss))))));
    }
    lines
}

fn row(loss: &CornerLoss) -> Line {
    let look = match loss.lost_s {
        Some(lost) if lost >= MIN_LOSS_S => Look::Warning,
        Some(lost) if lost <= -MIN_LOSS_S => Look::Good,
        _ => Look::Plain,
    };
    let later = loss.braking_earlier_m.map(|earlier| 0.0 - earlier);
    let speed = |value: Option<f64>, change: Option<f64>| cell(&changed(value, change, ""), 10);
    let rest = [
        cell(&changed(loss.lap.braking_m, later, " m"), 14),
        speed(loss.lap.entry_kmh, loss.entry_kmh),
        speed(loss.lap.min_kmh, loss.min_kmh),
        speed(loss.lap.exit_kmh, loss.exit_kmh),
        cell(&changed(loss.lap.throttle_on_m, loss.throttle_later_m, " m"), 14),
    ];
    Line::default()
        .with(Look::Plain, left_cell(&clean(&loss.title), NAME))
        .with(look, cell(&seconds(loss.lost_s), 8))
        .with(Look::Plain, rest.concat())
}

/// Standard deviations of a stint, along the lap.
fn spreads(consistency: &Consistency) -> Vec<Line> {
    let heading = format!(" consistency of {} laps of stint {}", consistency.laps, consistency.stint);
    let title = left_cell("corner", NAME) + &[cell("time", 16), cell("brake", 16), cell("min", 16)].concat();
    let mut lines = vec![Line::default().with(Look::Title, heading), Line::default().with(Look::Aside, title)];
    lines.extend(consistency.corners.iter().map(|corner: &CornerSpread| {
        let text = [
            left_cell(&clean(&corner.title), NAME),
            cell(&spread(corner.time_s, 2, " s"), 16),
            cell(&spread(corner.braking_m, 0, " m"), 16),
            cell(&spread(corner.min_kmh, 1, " km/h"), 16),
        ];
        Line::default().with(Look::Plain, text.concat())
    }));
    lines.push(Line::default().with(Look::Aside, " mean ± standard deviation"));
    lines
}

fn spread(spread: Option<Spread>, decimals: usize, unit: &str) -> String {
    spread.map_or(NONE.into(), |Spread { mean, deviation, .. }| {
        format!("{mean:.decimals$} ±{deviation:.decimals$}{unit}")
    })
}

fn number(value: Option<f64>, decimals: usize, unit: &str) -> String {
    value.map_or(NONE.into(), |value| format!("{value:.decimals$} {unit}").trim_end().to_owned())
}

/// A value and its difference to the reference lap: `187 -6`.
fn changed(value: Option<f64>, change: Option<f64>, unit: &str) -> String {
    let change = change.map_or(String::new(), |change| format!(" {:+.0}", change.round() + 0.0));
    value.map_or(NONE.into(), |value| format!("{value:.0}{unit}{change}"))
}

fn seconds(seconds: Option<f64>) -> String {
    difference(seconds.map(|seconds| seconds as f32))
}
