//! Where the car is and what is left: flags, fuel, temperatures, the others.

use acevo_shared_memory::{ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType};
use acevo_telemetry::analysis::Gap;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::text::{Line, Span};

use super::map::{ahead, behind};
use crate::format::text::number;
use crate::tui::Now;
use crate::tui::theme::{ALARM, BLUE, ORANGE, VIOLET, badge, bold, colored};
use crate::tui::ui::Extent;
use crate::tui::units::Written as _;
use crate::tui::widgets::{boxed, list, name_of, panel, quiet, reading, remark, setting};

/// Flags, fuel, temperatures, settings: the most important first.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let screen = now.pages.graphics.raw();
    let (set, most) = (&screen.electronics, &screen.electronics_max_limit);
    let mut lines = vec![flags(now), fuel(now)];
    lines.extend(fuel_plan(now));
    lines.push(Line::from(vec![name_of("where"), Span::raw(location(now))]));
    lines.push(Line::from(vec![
        name_of("settings"),
        quiet("TC "),
        Span::raw(setting(set.tc_level, most.tc_level)),
        quiet("  ABS "),
        Span::raw(setting(set.abs_level, most.abs_level)),
        quiet("  map "),
        Span::raw(setting(set.engine_map_level, most.engine_map_level)),
    ]));
    lines.push(reading(now, "brake bias", "brake_bias"));
    lines.push(reading(now, "water", "water_temp"));
    lines.push(reading(now, "oil", "oil_temp"));
    lines.push(reading(now, "boost", "turbo_boost"));
    panel(frame, area, "Car", lines);
}

/// The most important of it in one line.
pub(crate) fn strip(now: &Now<'_>) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    spans.extend(energy(now));
    spans.push(quiet(" · flag "));
    spans.push(flag(shown_flag(now)));
    spans.push(quiet(" · bias "));
    spans.push(Span::raw(format!("{} %", number(now.of_physics(|page| page.brakeBias * 100.0), 1))));
    spans.push(quiet(" · water "));
    spans.push(Span::raw(format!(
        "{} {}",
        now.units.temperature(now.of_physics(|page| page.waterTemp)),
        now.units.temperature_unit()
    )));
    spans.push(quiet(" · "));
    spans.push(Span::raw(location(now)));
    Line::from(spans)
}

/// The flag for the driver, else that for all.
fn shown_flag(now: &Now<'_>) -> ACEvoFlagType {
    match now.pages.graphics.flag() {
        ACEvoFlagType::NoFlag => now.pages.graphics.global_flag(),
        flag => flag,
    }
}

pub(crate) fn flags(now: &Now<'_>) -> Line<'static> {
    let graphics = &now.pages.graphics;
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

fn is_electric(now: &Now<'_>) -> bool {
    now.pages.graphics.engine_type() == ACEvoEngineType::ElectricMotor
}

/// What is left, and for how long.
fn energy(now: &Now<'_>) -> Vec<Span<'static>> {
    let screen = now.pages.graphics.raw();
    let measured = now.seen.fuel.as_ref().and_then(|plan| plan.laps_left).map(|laps| laps as f32);
    let laps = measured.or(Some(screen.fuel_estimated_laps)).filter(|laps| *laps > 0.0 && *laps < 10_000.0);
    let laps = laps.map_or_else(String::new, |laps| format!("  {} laps", number(laps, 1)));
    let (name, value) = if is_electric(now) {
        ("battery ", format!("{} %", number(screen.kers_charge_perc * 100.0, 0)))
    } else {
        // The display of the car goes on in a pause, and shows the car that is watched.
        let is_own = now.physics().is_some() && !now.seen.watches;
        let litres = if is_own { now.of_physics(|page| page.fuel) } else { screen.fuel_liter_current_quantity };
        let (value, unit) = now.units.show(litres.into(), acevo_telemetry::Unit::Litre);
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

pub(crate) fn fuel(now: &Now<'_>) -> Line<'static> {
    let mut spans = energy(now);
    spans[0] = name_of(if is_electric(now) { "battery" } else { "fuel" });
    Line::from(spans)
}

/// What a lap takes, and what is missing to the flag.
pub(crate) fn fuel_plan(now: &Now<'_>) -> Vec<Line<'static>> {
    let Some(plan) = &now.seen.fuel else { return Vec::new() };
    let amount = |value: f64| {
        if is_electric(now) {
            return format!("{} %", number(value * 100.0, 1));
        }
        let (value, unit) = now.units.show(value, acevo_telemetry::Unit::Litre);
        format!("{} {unit}", number(value, 2))
    };
    let mut lines = Vec::new();
    if let Some(per_lap) = plan.per_lap {
        let about = if plan.is_estimate { "about " } else { "" };
        lines.push(Line::from(vec![name_of("per lap"), Span::raw(format!("{about}{}", amount(per_lap)))]));
    }
    lines.push(match plan.to_add {
        Some(to_add) if to_add > 0.0 => {
            let text = format!("+{}", amount(to_add));
            Line::from(vec![name_of("to the end"), Span::styled(text, colored(ORANGE))])
        }
        Some(_) => Line::from(vec![name_of("to the end"), Span::styled("enough", colored(BLUE))]),
        None => return lines,
    });
    lines
}

fn location(now: &Now<'_>) -> String {
    match now.pages.graphics.car_location() {
        _ if now.pages.graphics.raw().is_in_pit_box => "pit box".into(),
        ACEvoCarLocation::Unassigned => "-".into(),
        ACEvoCarLocation::Pitlane => "pit lane".into(),
        ACEvoCarLocation::PitEntry => "pit entry".into(),
        ACEvoCarLocation::PitExit => "pit exit".into(),
        ACEvoCarLocation::Track => "on track".into(),
        ACEvoCarLocation::Unknown(value) => format!("unknown ({value})"),
    }
}

/// The others along the track, as many as fit around the player.
pub(crate) fn around(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>) {
    let inner = boxed(frame, area, "Around");
    let cars = &now.seen.cars;
    let rows = usize::from(inner.height);
    // The player stands in the middle.
    let before = cars.iter().filter(|car| car.gap_m > 0.0).count();
    others(frame, inner, now, before.saturating_sub(rows / 2));
}

/// Rows of the others and the player, the one furthest ahead first.
pub(crate) fn others(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, offset: usize) -> Extent {
    let cars = &now.seen.cars;
    if cars.is_empty() {
        let known = now.seen.outline.is_known();
        remark(
            frame,
            area,
            if known { "nobody else is on the track" } else { "the others show once the track is known" },
        );
        return Extent::default();
    }
    let before = cars.iter().filter(|car| car.gap_m > 0.0).count();
    let neighbours = [ahead(cars), behind(cars)].map(|car| car.map(|car| car.id));
    let width = usize::from(area.width);
    list(frame, area, cars.len() + 1, offset, |index| match index {
        index if index == before => {
            let place = now.seen.lap.as_ref().and_then(|lap| lap.place).map_or_else(String::new, percent);
            Line::from(vec![
                Span::styled(" ◆ ", bold().fg(BLUE)),
                Span::styled(format!("{:>9}", "you"), bold()),
                Span::raw(format!("  {place}")),
            ])
        }
        index => other(&cars[index - usize::from(index > before)], neighbours, width),
    })
}

fn percent(place: f64) -> String {
    format!("{:>3.0} %", place * 100.0)
}

fn other(car: &Gap, neighbours: [Option<acevo_shared_memory::CarId>; 2], width: usize) -> Line<'static> {
    let (sign, color) = match Some(car.id) {
        id if id == neighbours[0] => ("▲", ORANGE),
        id if id == neighbours[1] => ("▼", VIOLET),
        _ => ("•", Color::Reset),
    };
    let mut spans = vec![
        Span::styled(format!(" {sign} "), colored(color)),
        Span::styled(format!("{:>+7.0} m", car.gap_m), colored(color)),
        quiet(format!("  {}", percent(car.place))),
        Span::raw(if car.is_in_pit_lane { "  pits" } else { "      " }),
    ];
    if width >= 60 {
        spans.push(quiet(format!("  {}", car.id)));
    }
    Line::from(spans)
}
