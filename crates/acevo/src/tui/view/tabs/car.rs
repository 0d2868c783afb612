//! Electronics, engine, fuel, damage, assists and body of the car.

use acevo_telemetry::Unit;
use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::text::{Line, Span};

use crate::tui::app::ScrollExtent;
use crate::tui::theme::{ORANGE, bold, colored};
use crate::tui::units::Units;
use crate::tui::view::data::ViewData;
use crate::tui::view::panels::race::{fuel, fuel_plan, fuel_saving};
use crate::tui::view::widgets::{boxed, heading, list, name_of, panel, quiet, reading, readings, setting};

/// Width from which on there are three columns.
const MIN_WIDTH_FOR_THREE_COLUMNS: u16 = 100;

/// A section: its title and lines.
type Section = (&'static str, Vec<Line<'static>>);

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, offset: usize) -> ScrollExtent {
    let [electronics, engine, energy, damage, assists, body] = [
        ("Electronics", electronics(data)),
        ("Engine", engine(data)),
        ("Fuel and energy", energy(data)),
        ("Damage and pit stop", damage(data)),
        ("Assists and lights", assists(data)),
        ("Body and controls", body(data)),
    ];
    let columns: Vec<Vec<Section>> = if area.width >= MIN_WIDTH_FOR_THREE_COLUMNS {
        vec![vec![electronics, assists], vec![engine, energy], vec![damage, body]]
    } else {
        vec![vec![electronics, energy, assists], vec![engine, damage, body]]
    };
    let areas = Layout::horizontal(columns.iter().map(|_| Constraint::Fill(1))).split(area);
    let mut extent = ScrollExtent::default();
    for (sections, area) in columns.into_iter().zip(areas.iter()) {
        let rows = sections.iter().map(|(_, lines)| lines.len() + 2);
        if rows.sum::<usize>() <= usize::from(area.height) {
            boxes(frame, *area, sections);
        } else {
            let of_column = scrolled(frame, *area, sections, offset);
            extent = ScrollExtent { max_offset: extent.max_offset.max(of_column.max_offset), page: of_column.page };
        }
    }
    extent
}

/// A box per section.
fn boxes(frame: &mut Frame<'_>, area: Rect, sections: Vec<Section>) {
    let heights = sections.iter().map(|(_, lines)| Constraint::Length(lines.len() as u16 + 2));
    let areas = Layout::vertical(heights).flex(Flex::Start).split(area);
    for ((title, lines), area) in sections.into_iter().zip(areas.iter()) {
        panel(frame, *area, title, lines);
    }
}

/// All sections in one scrollable box.
fn scrolled(frame: &mut Frame<'_>, area: Rect, sections: Vec<Section>, offset: usize) -> ScrollExtent {
    let titles: Vec<_> = sections.iter().map(|(title, _)| *title).collect();
    let mut lines = Vec::new();
    for (title, section) in sections {
        if !lines.is_empty() {
            lines.extend([Line::default(), heading(title)]);
        }
        lines.extend(section);
    }
    let inner = boxed(frame, area, titles.first().copied().unwrap_or_default());
    list(frame, inner, lines.len(), offset, |index| std::mem::take(&mut lines[index]))
}

/// Settings, their maximum, and which of them are fixed.
fn electronics(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let screen = data.pages.graphics.raw();
    let (set, most, free) = (screen.electronics, screen.electronics_max_limit, screen.electronics_is_modifiable);
    let level = |name: &'static str, set: i8, most: i8, free: i8| {
        let mut spans = vec![name_of(name), Span::styled(setting(set, most), bold())];
        if most > 0 {
            spans.push(quiet(format!(" of {most}")));
        }
        if free == 0 && most > 0 {
            spans.push(quiet(" fixed"));
        }
        Line::from(spans)
    };
    let mut lines = vec![
        level("TC", set.tc_level, most.tc_level, free.tc_level),
        level("TC cut", set.tc_cut_level, most.tc_cut_level, free.tc_cut_level),
        level("ABS", set.abs_level, most.abs_level, free.abs_level),
        level("ESC", set.esc_level, most.esc_level, free.esc_level),
        level("EBB", set.ebb_level, most.ebb_level, free.ebb_level),
        level("engine map", set.engine_map_level, most.engine_map_level, free.engine_map_level),
        level("diff power", set.diff_power_level, most.diff_power_level, free.diff_power_level),
        level("diff coast", set.diff_coast_level, most.diff_coast_level, free.diff_coast_level),
    ];
    lines.extend(readings(
        data,
        &[
            ("brake bias", "brake_bias"),
            ("mode", "performance_mode_name"),
            ("TC active", "tc_intervention"),
            ("ABS active", "abs_intervention"),
            ("ESC active", "esc_active"),
            ("launch", "launch_active"),
            ("DRS", "drs_open"),
            ("limiter", "pit_limiter"),
        ],
    ));
    lines
}

fn engine(data: &ViewData<'_>) -> Vec<Line<'static>> {
    readings(
        data,
        &[
            ("rpm", "rpm"),
            ("limit", "rpm_limit"),
            ("power", "power"),
            ("torque", "torque"),
            ("water", "water_temp"),
            ("oil", "oil_temp"),
            ("exhaust", "exhaust_temp"),
            ("oil pr.", "oil_pressure"),
            ("water pr.", "water_pressure"),
            ("fuel pr.", "fuel_pressure"),
            ("boost", "turbo_boost"),
            ("boost max", "turbo_boost_max"),
            ("ignition", "ignition"),
        ],
    )
}

fn energy(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let mut lines = vec![fuel(data)];
    lines.extend(fuel_plan(data));
    lines.extend(fuel_saving(data));
    lines.extend(readings(
        data,
        &[
            ("tank", "fuel_capacity"),
            ("used", "fuel_used"),
            (distance_name(data.units), "fuel_per_distance"),
            ("battery", "kers_charge"),
            ("KERS", "kers_power"),
            ("temp.", "battery_temp"),
            ("voltage", "battery_voltage"),
            ("ERS map", "ers_deployment_map"),
        ],
    ));
    lines
}

/// The name of a value per distance.
const fn distance_name(units: Units) -> &'static str {
    match units.display(Unit::Kilometre) {
        Unit::Mile => "per mile",
        _ => "per km",
    }
}

fn damage(data: &ViewData<'_>) -> Vec<Line<'static>> {
    let marked = |name, id| {
        let mut line = reading(data, name, id);
        let hurt = line.spans.get(1).is_some_and(|value| value.content.parse().is_ok_and(|value: f64| value > 0.0));
        if hurt {
            line.spans[1].style = colored(ORANGE);
            line.push_span(Span::styled(" !", bold().fg(ORANGE)));
        }
        line
    };
    let mut lines: Vec<_> = [
        ("front", "damage_front"),
        ("rear", "damage_rear"),
        ("left", "damage_left"),
        ("right", "damage_right"),
        ("centre", "damage_center"),
        ("susp. FL", "suspension_damage_fl"),
        ("susp. FR", "suspension_damage_fr"),
        ("susp. RL", "suspension_damage_rl"),
        ("susp. RR", "suspension_damage_rr"),
    ]
    .map(|(name, id)| marked(name, id))
    .into();
    let pits = data.pages.graphics.raw().pit_info;
    let state = |state: i8| match state {
        -1 => "no",
        1 => "now",
        _ => "-",
    };
    lines.push(heading("pit stop"));
    lines.push(Line::from(vec![name_of("repairs"), Span::raw(state(pits.damage))]));
    lines.push(Line::from(vec![name_of("fuel"), Span::raw(state(pits.fuel))]));
    let tyres = [pits.tyres_lf, pits.tyres_rf, pits.tyres_lr, pits.tyres_rr].map(state);
    lines.push(Line::from(vec![name_of("tyres"), Span::raw(tyres.join(" "))]));
    lines
}

fn assists(data: &ViewData<'_>) -> Vec<Line<'static>> {
    readings(
        data,
        &[
            ("gears", "assist_gear"),
            ("blip", "assist_blip"),
            ("clutch", "assist_clutch"),
            ("limiter", "assist_pit_limiter"),
            ("start", "assist_start"),
            ("steering", "assist_steering"),
            ("stability", "assist_stability"),
            ("lights", "headlights"),
            ("rain light", "rain_light"),
            ("wipers", "wipers"),
            ("flashing", "headlights_flashing"),
            ("hazard", "hazard_lights"),
        ],
    )
}

fn body(data: &ViewData<'_>) -> Vec<Line<'static>> {
    readings(
        data,
        &[
            ("wheel", "steering_wheel"),
            ("FFB", "force_feedback"),
            ("FFB gain", "force_feedback_gain"),
            ("pitch", "pitch"),
            ("roll", "roll"),
            ("heading", "heading"),
            ("yaw rate", "yaw_rate"),
            ("g lateral", "g_lateral"),
            ("g longit.", "g_longitudinal"),
            ("g vertical", "g_vertical"),
            ("ride front", "ride_height_front"),
            ("ride rear", "ride_height_rear"),
            ("ballast", "ballast"),
            ("driven", "distance_driven"),
        ],
    )
}
