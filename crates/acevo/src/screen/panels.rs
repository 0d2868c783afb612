//! What stands in each panel.

use acevo_shared_memory::{ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, Frame as Pages, SMEvoTyreState};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::big::big;
use super::units::{Units, Written as _};
use super::widgets::{bar, dim, entry, lamp, name_of, position};
use crate::text::{clean, clock, difference, lap_time, number};

/// Columns inside of a panel's frame.
pub(super) const fn inner_width(area: Rect) -> usize {
    area.width.saturating_sub(2) as usize
}

pub(super) fn lap(Pages { graphics, .. }: &Pages) -> Vec<Line<'static>> {
    let page = graphics.raw();
    let laps = match page.session_state.total_lap {
        total @ 1..10_000 => format!(" / {total}"),
        _ => String::new(),
    };
    let lap = format!("{}{laps}", i64::from(page.total_lap_count) + 1);
    let place = match (page.current_pos, page.total_drivers) {
        (pos @ 1..1000, drivers @ 1..1000) => format!("   P{pos} of {drivers}"),
        _ => String::new(),
    };
    let valid = if page.is_valid_lap {
        Span::styled("  valid", Style::new().fg(Color::Green))
    } else {
        Span::styled("  invalid", Style::new().fg(Color::Red))
    };
    let delta = graphics.delta();
    let delta_style = match delta {
        Some(delta) if delta < 0.0 => Style::new().fg(Color::Green),
        Some(delta) if delta > 0.0 => Style::new().fg(Color::Red),
        _ => Style::new(),
    };
    let gap = |seconds: f32| match number(seconds, 1).as_str() {
        "0.0" => "-".to_owned(),
        text => text.to_owned(),
    };
    vec![
        Line::from(vec![name_of("lap"), lap.bold(), Span::raw(place)]),
        Line::from(vec![name_of("time"), lap_time(graphics.current_lap_time()).bold(), valid]),
        entry("delta", Span::styled(difference(delta), delta_style)),
        entry("predicted", lap_time(graphics.predicted_lap_time())),
        entry("last", lap_time(graphics.last_lap_time())),
        entry("best", lap_time(graphics.best_lap_time())),
        entry("time left", clock(graphics.time_left())),
        Line::from(vec![
            name_of("gap ahead"),
            Span::raw(format!("{:<6}", gap(page.gap_ahead))),
            dim_text("behind "),
            Span::raw(gap(page.gap_behind)),
        ]),
    ]
}

/// A gear and a speed of three digits in large letters, with the unit. A number that is cut is a wrong number.
const BIG_WIDTH: usize = 40;

pub(super) fn driving(pages: &Pages, units: Units, width: usize) -> Vec<Line<'static>> {
    let Pages { physics, graphics, .. } = pages;
    let (page, screen) = (physics.raw(), graphics.raw());
    let top = f64::from(page.currentMaxRpm);
    let revs = if top > 0.0 { f64::from(page.rpms) / top } else { f64::from(screen.rpm_percent) };
    let color = if screen.is_rpm_limiter_on {
        Color::Red
    } else if screen.is_change_up_rpm {
        Color::Magenta
    } else if screen.is_change_down_rpm {
        Color::Blue
    } else {
        Color::Green
    };
    let gear = physics.gear().to_string();
    let speed = units.speed(page.speedKmh);
    let speed = if speed.is_finite() { format!("{:>3.0}", speed.clamp(0.0, 999.0)) } else { "---".into() };
    let gear_style = Style::new().fg(if screen.is_change_up_rpm { Color::Magenta } else { Color::Yellow }).bold();
    let unit = units.speed_unit();
    let mut lines = if width < BIG_WIDTH {
        let speed = Span::styled(format!("{speed} {unit}"), Style::new().bold());
        vec![Line::from(vec![Span::raw("  gear "), Span::styled(gear, gear_style), Span::raw("    "), speed])]
    } else {
        let (gear, speed) = (big(gear.get(..1).unwrap_or("?")), big(&speed));
        let row = |(row, (gear, speed))| {
            let unit = if row == 4 { format!(" {unit}") } else { String::new() };
            Line::from(vec![
                Span::raw("  "),
                Span::styled(gear, gear_style),
                Span::raw("    "),
                Span::raw(speed),
                Span::styled(unit, dim()),
            ])
        };
        gear.into_iter().zip(speed).enumerate().map(row).collect()
    };

    let mut rpm = vec![Span::styled(format!(" {:>6} rpm ", number(page.rpms, 0)), Style::new().bold())];
    let bar_width = width.saturating_sub(rpm_width(&rpm) + 1);
    rpm.extend(bar(bar_width, revs, Style::new().fg(color)));
    lines.push(Line::from(rpm));
    let half = (width.saturating_sub(2)) / 2;
    lines.push(pair(half, ("thr", page.gas, Color::Green), ("brk", page.brake, Color::Red)));
    let mut last = pedal(half, "clu", screen.clutch_percent, Color::Blue);
    last.push(Span::styled(" steer ", dim()));
    last.extend(position(half.saturating_sub(7), page.steerAngle.into(), Style::new().fg(Color::Yellow)));
    lines.push(Line::from(last));
    lines
}

fn rpm_width(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}

fn pair(half: usize, left: (&'static str, f32, Color), right: (&'static str, f32, Color)) -> Line<'static> {
    let mut spans = pedal(half, left.0, left.1, left.2);
    spans.extend(pedal(half, right.0, right.1, right.2));
    Line::from(spans)
}

fn pedal(width: usize, name: &'static str, value: f32, color: Color) -> Vec<Span<'static>> {
    let mut spans = vec![Span::styled(format!(" {name} "), dim())];
    spans.extend(bar(width.saturating_sub(10), value.into(), Style::new().fg(color)));
    let percent =
        if value.is_finite() { format!("{:>4.0}%", (value * 100.0).clamp(-99.0, 999.0)) } else { "   -%".into() };
    spans.push(Span::raw(percent));
    spans
}

pub(super) fn tyres(frame: &mut Frame<'_>, area: Rect, pages: &Pages, units: Units) {
    let wheels = pages.graphics.tyres().into_array();
    let [front, _, rear] =
        Layout::vertical([Constraint::Length(4), Constraint::Length(1), Constraint::Length(4)]).areas(area);
    let columns = |row| Layout::horizontal([Constraint::Fill(1); 2]).areas::<2>(row);
    let [[fl, fr], [rl, rr]] = [columns(front), columns(rear)];
    for (index, (area, name)) in [(fl, "FL"), (fr, "FR"), (rl, "RL"), (rr, "RR")].into_iter().enumerate() {
        let core = pages.physics.raw().tyreCoreTemperature[index];
        frame.render_widget(Paragraph::new(tyre(name, wheels[index], core, units)), area);
    }
}

fn tyre(name: &'static str, tyre: &SMEvoTyreState, core: f32, units: Units) -> Vec<Line<'static>> {
    let temperature = |celsius: f32, normalized: f32| {
        Span::styled(format!("{:>4}", units.temperature(celsius)), Style::new().fg(heat(normalized)))
    };
    let degrees = units.temperature_unit();
    let pressure = Span::styled(
        format!("{:>5} ", units.pressure(tyre.tyre_pression)),
        Style::new().fg(heat(tyre.tyre_normalized_pressure)).bold(),
    );
    let locked = if tyre.lock { lamp("LOCK", true, Color::Red) } else { Span::raw("") };
    vec![
        Line::from(vec![
            Span::styled(format!(" {name} "), Style::new().bold()),
            pressure,
            dim_text(units.pressure_unit()),
            Span::raw(" "),
            locked,
        ]),
        Line::from(vec![
            Span::raw("   "),
            temperature(tyre.tyre_temperature_left, tyre.tyre_normalized_temperature_left),
            temperature(tyre.tyre_temperature_center, tyre.tyre_normalized_temperature_center),
            temperature(tyre.tyre_temperature_right, tyre.tyre_normalized_temperature_right),
            dim_text(&format!(" {degrees}")),
        ]),
        Line::from(vec![
            dim_text("    core"),
            temperature(core, tyre.tyre_normalized_temperature_core),
            dim_text(" brake"),
            temperature(tyre.brake_temperature_c, tyre.brake_normalized_temperature),
        ]),
        {
            let mut slip = vec![dim_text("    slip ")];
            slip.extend(bar(6, tyre.slip.into(), Style::new().fg(Color::Yellow)));
            slip.push(Span::raw(format!(" {:>4}", number(tyre.slip, 2))));
            Line::from(slip)
        },
    ]
}

fn dim_text(text: &str) -> Span<'static> {
    Span::styled(text.to_owned(), dim())
}

/// Colour of a value relative to its ideal one; none where the game does not tell.
fn heat(normalized: f32) -> Color {
    match normalized {
        0.001..0.85 => Color::Blue,
        0.85..1.15 => Color::Green,
        1.15.. => Color::Red,
        _ => Color::Reset,
    }
}

pub(super) fn car(pages: &Pages, units: Units) -> Vec<Line<'static>> {
    let Pages { physics, graphics, .. } = pages;
    let (page, screen) = (physics.raw(), graphics.raw());
    let energy = if graphics.engine_type() == ACEvoEngineType::ElectricMotor {
        entry("battery", format!("{} %", number(screen.kers_charge_perc * 100.0, 0)))
    } else {
        let laps = screen.fuel_estimated_laps;
        let laps = if laps > 0.0 { format!("  {} laps", number(laps, 1)) } else { String::new() };
        entry("fuel", format!("{} l{laps}", number(page.fuel, 1)))
    };
    let degrees = units.temperature_unit();
    let electronics = screen.electronics;
    vec![
        energy,
        Line::from(vec![name_of("flag"), flag(graphics.flag())]),
        Line::from(vec![name_of("flag (all)"), flag(graphics.global_flag())]),
        entry("where", location(graphics.car_location(), screen.is_in_pit_box)),
        entry("water", format!("{} {degrees}", units.temperature(page.waterTemp))),
        entry("oil", format!("{} {degrees}", units.temperature(screen.oil_temperature_c))),
        entry("brake bias", format!("{} %", number(page.brakeBias * 100.0, 1))),
        Line::from(vec![
            Span::raw(" "),
            lamp("TC", physics.traction_control() || screen.tc_active, Color::Yellow),
            lamp("ABS", physics.anti_lock_brakes() || screen.abs_active, Color::Yellow),
            lamp("ESC", screen.esc_active, Color::Yellow),
            lamp("DRS", electronics.is_drs_open || physics.drs_enabled(), Color::Green),
        ]),
        Line::from(vec![
            Span::raw(" "),
            lamp("PIT", screen.is_in_pit_lane, Color::Cyan),
            lamp("LIMITER", electronics.is_pitlimiter_on || physics.pit_limiter_on(), Color::Cyan),
            lamp("WRONG", screen.is_wrong_way, Color::Red),
        ]),
    ]
}

fn flag(flag: ACEvoFlagType) -> Span<'static> {
    let (name, color) = match flag {
        ACEvoFlagType::NoFlag => return dim_text("none"),
        ACEvoFlagType::WhiteFlag => ("WHITE", Color::White),
        ACEvoFlagType::GreenFlag => ("GREEN", Color::Green),
        ACEvoFlagType::RedFlag => ("RED", Color::Red),
        ACEvoFlagType::BlueFlag => ("BLUE", Color::LightBlue),
        ACEvoFlagType::YellowFlag => ("YELLOW", Color::Yellow),
        ACEvoFlagType::BlackFlag => ("BLACK", Color::Gray),
        ACEvoFlagType::BlackWhiteFlag => ("BLACK AND WHITE", Color::White),
        ACEvoFlagType::CheckeredFlag => ("CHEQUERED", Color::White),
        ACEvoFlagType::OrangeCircleFlag => ("ORANGE CIRCLE", Color::LightRed),
        ACEvoFlagType::RedYellowStripesFlag => ("SLIPPERY", Color::LightYellow),
        ACEvoFlagType::Unknown(value) => return Span::raw(format!("unknown ({value})")),
    };
    lamp(name, true, color)
}

fn location(location: ACEvoCarLocation, in_box: bool) -> String {
    match location {
        _ if in_box => "pit box".into(),
        ACEvoCarLocation::Unassigned => "-".into(),
        ACEvoCarLocation::Pitlane => "pit lane".into(),
        ACEvoCarLocation::PitEntry => "pit entry".into(),
        ACEvoCarLocation::PitExit => "pit exit".into(),
        ACEvoCarLocation::Track => "track".into(),
        ACEvoCarLocation::Unknown(value) => format!("unknown ({value})"),
    }
}

pub(super) fn session(pages: &Pages, units: Units) -> Vec<Line<'static>> {
    let page = pages.static_data.raw();
    let screen = pages.graphics.raw();
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    vec![
        entry("kind", pages.static_data.session().to_string()),
        entry("nation", clean(pages.static_data.nation())),
        entry("length", format!("{} m", number(page.track_length_m, 0))),
        entry("grip", pages.static_data.starting_grip().to_string()),
        entry(
            "at start",
            format!(
                "air {} road {} {}",
                units.temperature(page.starting_ambient_temperature_c),
                units.temperature(page.starting_ground_temperature_c),
                units.temperature_unit()
            ),
        ),
        entry("online", yes(page.is_online)),
        entry("cars", format!("{} on track", screen.active_cars)),
    ]
}

pub(super) fn electronics(pages: &Pages) -> Vec<Line<'static>> {
    let screen = pages.graphics.raw();
    let (now, most) = (screen.electronics, screen.electronics_max_limit);
    let level = |now: i8, most: i8| if most > 0 { format!("{now} of {most}") } else { now.to_string() };
    vec![
        entry("TC", level(now.tc_level, most.tc_level)),
        entry("TC cut", level(now.tc_cut_level, most.tc_cut_level)),
        entry("ABS", level(now.abs_level, most.abs_level)),
        entry("ESC", level(now.esc_level, most.esc_level)),
        entry("engine", level(now.engine_map_level, most.engine_map_level)),
        entry("turbo", format!("{} bar", number(screen.turbo_boost, 2))),
        entry("mode", clean(pages.graphics.performance_mode_name())),
    ]
}

pub(super) fn damage(pages: &Pages) -> Vec<Line<'static>> {
    let damage = pages.graphics.raw().car_damage;
    let line = |name, value: f32| {
        let style = if value > 0.0 { Style::new().fg(Color::Red) } else { dim() };
        entry(name, Span::styled(number(value, 2), style))
    };
    let suspension = [
        damage.damage_suspension_lf,
        damage.damage_suspension_rf,
        damage.damage_suspension_lr,
        damage.damage_suspension_rr,
    ];
    let [fl, fr, rl, rr] = suspension.map(|value| number(value, 2));
    vec![
        line("front", damage.damage_front),
        line("rear", damage.damage_rear),
        line("left", damage.damage_left),
        line("right", damage.damage_right),
        line("centre", damage.damage_center),
        entry("suspension", format!("{fl} {fr}")),
        entry("", format!("{rl} {rr}")),
    ]
}
