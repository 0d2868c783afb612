//! Flags, fuel, temperatures, settings, and the other cars.

use acevo_shared_memory::{ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType};
use acevo_telemetry::analysis::Gap;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::text::{Line, Span};

use super::map::{ahead, behind};
use crate::format::fuel_text::{FuelToFinish, amount_to_add, laps_text};
use crate::format::text::number;
use crate::tui::app::ScrollExtent;
use crate::tui::theme::{ALARM, BLUE, ORANGE, VIOLET, badge, bold, colored};
use crate::tui::units::UnitsExt as _;
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed_with, list, name_of, panel, quiet, reading, remark, setting};

/// The car panel, the most important lines first.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let screen = data.pages.graphics.raw();
    let (set, most) = (&screen.electronics, &screen.electronics_max_limit);
    let mut lines = vec![flags(data), fuel(data)];
    lines.extend(fuel_plan(data));
    lines.push(Line::from(vec![name_of("location"), Span::raw(location(data))]));
    lines.push(Line::from(vec![
        name_of("settings"),
        quiet("TC "),
        Span::raw(setting(set.tc_level, most.tc_level)),
        quiet("  ABS "),
        Span::raw(setting(set.abs_level, most.abs_level)),
        quiet("  map "),
        Span::raw(setting(set.engine_map_level, most.engine_map_level)),
    ]));
    lines.push(reading(data, "brake bias", "brake_bias"));
    lines.push(reading(data, "water", "water_temp"));
    lines.push(reading(data, "oil", "oil_temp"));
    lines.push(reading(data, "boost", "turbo_boost"));
    panel(frame, area, "Car", lines);
}

/// The most important values in one line.
pub(crate) fn strip(data: &ViewData<'_>) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    spans.extend(energy(data));
    spans.push(quiet(" · flag "));
    spans.push(flag(shown_flag(data)));
    spans.push(quiet(" · bias "));
    spans.push(Span::raw(format!("{} %", number(data.of_physics(|page| page.brakeBias * 100.0), 1))));
    spans.push(quiet(" · water "));
    spans.push(Span::raw(format!(
        "{} {}",
        data.units.temperature(data.of_physics(|page| page.waterTemp)),
        data.units.temperature_unit()
    )));
    spans.push(quiet(" · "));
    spans.push(Span::raw(location(data)));
    Line::from(spans)
}

/// The flag for the driver, or else the flag for all drivers.
fn shown_flag(data: &ViewData<'_>) -> ACEvoFlagType {
    match data.pages.graphics.flag() {
        ACEvoFlagType::NoFlag => data.pages.graphics.global_flag(),
        flag => flag,
    }
}

pub(crate) fn flags(data: &ViewData<'_>) -> Line<'static> {
    let graphics = &data.pages.graphics;
    let mut spans = vec![name_of("flag"), flag(graphics.flag())];
    if graphics.global_flag() != graphics.flag() {
        spans.extend([quiet("  all "), flag(graphics.global_flag())]);
    }
    Line::from(spans)
}

fn flag(flag: ACEvoFlagType) -> Span<'static> {
    let (name, color) = match flag {
        ACEvoFlagType::NoFlag => return quiet("none"),
        ACEvoFlagType::WhiteFlag => ("WHITE", Color::Indexed(255)),
        ACEvoFlagType::GreenFlag => ("GREEN", Color::Indexed(36)),
        ACEvoFlagType::RedFlag => ("RED", ALARM),
        ACEvoFlagType::BlueFlag => ("BLUE", BLUE),
        ACEvoFlagType::YellowFlag => ("YELLOW", Color::Indexed(227)),
        ACEvoFlagType::BlackFlag => ("BLACK", Color::Indexed(245)),
        ACEvoFlagType::BlackWhiteFlag => ("BLACK AND WHITE", Color::Indexed(255)),
        ACEvoFlagType::CheckeredFlag => ("CHEQUERED", Color::Indexed(255)),
        ACEvoFlagType::OrangeCircleFlag => ("ORANGE CIRCLE", ORANGE),
        ACEvoFlagType::RedYellowStripesFlag => ("SLIPPERY", Color::Indexed(227)),
        ACEvoFlagType::Unknown(value) => return Span::raw(format!("unknown ({value})")),
    };
    Span::styled(format!(" {name} "), badge(color))
}

fn is_electric(data: &ViewData<'_>) -> bool {
    data.pages.graphics.engine_type() == ACEvoEngineType::ElectricMotor
}

/// Fuel or charge, and the laps that it lasts for.
fn energy(data: &ViewData<'_>) -> Vec<Span<'static>> {
    let screen = data.pages.graphics.raw();
    let measured = data.snapshot.fuel.as_ref().and_then(|plan| plan.laps_left).map(|laps| laps as f32);
    let laps = measured.or(Some(screen.fuel_estimated_laps)).filter(|laps| *laps > 0.0 && *laps < 10_000.0);
    let laps = laps.map_or_else(String::new, |laps| format!("  {} laps", number(laps, 1)));
    let (name, value) = if is_electric(data) {
        ("battery ", format!("{} %", number(screen.kers_charge_perc * 100.0, 0)))
    } else {
        // The graphics page has the fuel also in a pause, and that of a watched car.
        let is_own = data.physics().is_some() && !data.snapshot.watches_another_car;
        let litres = if is_own { data.of_physics(|page| page.fuel) } else { screen.fuel_liter_current_quantity };
        let (value, unit) = data.units.show(litres.into(), acevo_telemetry::Unit::Litre);
        ("fuel ", format!("{} {unit}", number(value, 1)))
    };
    let low = measured.is_some_and(|laps| laps < 2.0);
    let style = if low { bold().fg(ORANGE) } else { bold() };
    let mut spans = vec![quiet(name), Span::styled(value, style), Span::raw(laps)];
    if low {
        spans.push(Span::styled(" LOW", style));
    }
    spans
}

pub(crate) fn fuel(data: &ViewData<'_>) -> Line<'static> {
    let mut spans = energy(data);
    spans[0] = name_of(if is_electric(data) { "battery" } else { "fuel" });
    Line::from(spans)
}

/// Consumption per lap, and the fuel to add to finish.
pub(crate) fn fuel_plan(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let Some(plan) = &data.snapshot.fuel else { return Vec::new() };
    let amount = |value: f64| {
        if is_electric(data) {
            return format!("{} %", number(value * 100.0, 1));
        }
        let (value, unit) = data.units.show(value, acevo_telemetry::Unit::Litre);
        format!("{} {unit}", number(value, 2))
    };
    let mut lines = Vec::new();
    if let Some(per_lap) = plan.per_lap {
        let about = if plan.is_estimate { "about " } else { "" };
        lines.push(Line::from(vec![name_of("per lap"), Span::raw(format!("{about}{}", amount(per_lap)))]));
    }
    lines.extend(stops(data));
    lines
}

/// The stops for fuel to the finish.
fn stops(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let electric = is_electric(data);
    let amount = |amount| amount_to_add(amount, electric, data.units);
    let warning = |name, text: String| Line::from(vec![name_of(name), Span::styled(text, colored(ORANGE))]);
    match FuelToFinish::of(&data.snapshot.stop_plan) {
        Some(FuelToFinish::Enough) => {
            let text = if electric { "enough charge" } else { "enough fuel" };
            vec![Line::from(vec![name_of("to finish"), Span::styled(text, colored(BLUE))])]
        }
        Some(FuelToFinish::RunsDry) => vec![warning("to finish", "not enough for this lap".into())],
        Some(FuelToFinish::Add(missing)) => vec![warning(if electric { "missing" } else { "to add" }, amount(missing))],
        Some(FuelToFinish::Stops { count, next, window }) => {
            let text =
                if count == 1 { format!("1, {}", amount(next)) } else { format!("{count}, next {}", amount(next)) };
            let running = data.snapshot.lap.as_ref().map(|lap| lap.number);
            vec![warning("stops", text), Line::from(vec![name_of("box in lap"), Span::raw(laps_text(window, running))])]
        }
        None => Vec::new(),
    }
}

/// The consumption that saves a stop, and the reserve of the plan.
pub(crate) fn fuel_saving(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let (Some(_), Ok(plan)) = (&data.snapshot.fuel, &data.snapshot.stop_plan) else { return Vec::new() };
    let mut lines = Vec::new();
    if let Some(saving) = plan.saving {
        // Rounded down, because a higher consumption would not save the stop; the tolerance keeps 1.9 from becoming 1.89.
        let rounded = |value: f64| number((value * 100.0 + 1e-6).floor() / 100.0, 2);
        let per_lap = if is_electric(data) {
            format!("{} %", rounded(saving.per_lap * 100.0))
        } else {
            let (value, unit) = data.units.show(saving.per_lap, acevo_telemetry::Unit::Litre);
            format!("{} {unit}", rounded(value))
        };
        let percent = number((saving.fraction * 1000.0 - 1e-6).ceil() / 10.0, 1);
        lines.push(Line::from(vec![
            name_of(if saving.stops == 0 { "no stop at" } else { "save stop" }),
            Span::raw(format!("{per_lap} a lap, -{percent} %")),
        ]));
    }
    lines.push(Line::from(vec![
        name_of("reserve"),
        Span::raw(amount_to_add(plan.reserve, is_electric(data), data.units)),
    ]));
    lines
}

fn location(data: &ViewData<'_>) -> String {
    match data.pages.graphics.car_location() {
        _ if data.pages.graphics.raw().is_in_pit_box => "pit box".into(),
        ACEvoCarLocation::Unassigned => "-".into(),
        ACEvoCarLocation::Pitlane => "pit lane".into(),
        ACEvoCarLocation::PitEntry => "pit entry".into(),
        ACEvoCarLocation::PitExit => "pit exit".into(),
        ACEvoCarLocation::Track => "on track".into(),
        ACEvoCarLocation::Unknown(value) => format!("unknown ({value})"),
    }
}

/// The cars around the player along the track, as many as fit.
pub(crate) fn around(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let inner = boxed_with(frame, area, "Around", quiet(" by track distance ").into());
    let cars = &data.snapshot.cars;
    let rows = usize::from(inner.height);
    // The player is in the middle.
    let before = cars.iter().filter(|car| car.gap_m > 0.0).count();
    others(frame, inner, data, before.saturating_sub(rows / 2));
}

/// Rows of the other cars and the player, the one furthest ahead first.
pub(crate) fn others(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let cars = &data.snapshot.cars;
    if cars.is_empty() {
        let known = data.snapshot.outline.is_known();
        remark(
            frame,
            area,
            if known { "no other car is on the track" } else { "other cars appear after your first lap" },
        );
        return ScrollExtent::default();
    }
    let before = cars.iter().filter(|car| car.gap_m > 0.0).count();
    let neighbours = [ahead(cars), behind(cars)].map(|car| car.map(|car| car.id));
    let width = usize::from(area.width);
    list(frame, area, cars.len() + 1, offset, |index| match index {
        index if index == before => {
            let place = data.snapshot.lap.as_ref().and_then(|lap| lap.lap_position).map_or_else(String::new, percent);
            Line::from(vec![
                Span::styled(" ◆ ", bold().fg(BLUE)),
                Span::styled(format!("{:>10}", "you"), bold()),
                Span::raw(format!("  {place}")),
            ])
        }
        index => other(data, &cars[index - usize::from(index > before)], neighbours, width),
    })
}

fn percent(place: f64) -> String {
    format!("{:>3.0} %", place * 100.0)
}

fn other(
    data: &ViewData<'_>,
    car: &Gap,
    neighbours: [Option<acevo_shared_memory::CarId>; 2],
    width: usize,
) -> Line<'static> {
    let (sign, color) = match Some(car.id) {
        id if id == neighbours[0] => ("▲", ORANGE),
        id if id == neighbours[1] => ("▼", VIOLET),
        _ => ("•", Color::Reset),
    };
    let (gap, unit) = data.units.show(car.gap_m, acevo_telemetry::Unit::Metre);
    let mut spans = vec![
        Span::styled(format!(" {sign} "), colored(color)),
        Span::styled(format!("{gap:>+7.0} {unit:<2}"), colored(color)),
        quiet(format!("  {}", percent(car.lap_position))),
        Span::raw(if car.is_in_pit_lane { "  pits" } else { "      " }),
    ];
    if width >= 60 {
        // The pages have no names of other cars. The beginning of the id is enough to recognise one.
        spans.push(quiet(format!("  car {:.8}", car.id.to_string())));
    }
    Line::from(spans)
}
