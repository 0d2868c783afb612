//! Gear, speed, engine speed with shift light, pedals, and driving aids.

use acevo_shared_memory::{PhysicsValidity, PhysicsView};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::format::text::{NONE, number, width as width_of};
use crate::tui::theme::{ALARM, BLUE, ORANGE, VIOLET, badge, bold, colored};
use crate::tui::units::UnitsExt as _;
use crate::tui::view::big::{HEIGHT, big};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{bar, boxed, lamp, position, quiet, zones};

/// Columns of a gear and a three-digit speed in large digits, with the unit. A number that is cut off would be wrong.
const BIG_WIDTH: usize = 41;

/// Rows of the panel with large digits, engine speed and aids.
const BIG_ROWS: u16 = HEIGHT as u16 + 2;

/// Columns of the shift light.
const LIGHT: usize = 9;

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let inner = boxed(frame, area, "Driving");
    let width = usize::from(inner.width);
    let mut lines = vec![engine(data, width)];
    // A second digit of the gear takes a digit and the gap before it.
    let wider = 8 * width_of(&texts(data).0).saturating_sub(1);
    if data.physics().is_none() && inner.height >= BIG_ROWS {
        // Dashes at this size look like broken bars.
        let rows = inner.height - 2;
        lines.extend((0..(rows - 1) / 2).map(|_| Line::default()));
        lines.push(Line::from(quiet(format!("no driving data: {}", data.pages.validity))).centered());
        lines.extend((0..rows / 2).map(|_| Line::default()));
    } else if width >= BIG_WIDTH + wider && inner.height >= BIG_ROWS {
        let spare = inner.height - BIG_ROWS;
        lines.extend((0..spare / 2).map(|_| Line::default()));
        lines.extend(large(data, width - wider));
        lines.extend((0..spare.div_ceil(2)).map(|_| Line::default()));
    } else {
        lines.push(small(data));
    }
    lines.push(aids(data));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Gear and speed on one line.
pub(crate) fn small(data: &ViewData<'_>) -> Line<'static> {
    let (gear, speed) = texts(data);
    let speed = Span::styled(format!("{speed} {}", data.units.speed_unit()), bold());
    Line::from(vec![quiet(" gear "), Span::styled(gear, bold().fg(gear_color(data))), Span::raw("   "), speed])
}

fn texts(data: &ViewData<'_>) -> (String, String) {
    let gear = data.physics().map_or_else(|| NONE.into(), |page| page.gear().to_string());
    let speed = data.units.speed(data.of_physics(|page| page.speedKmh));
    let speed = if speed.is_finite() { format!("{:>3.0}", speed.clamp(0.0, 999.0)) } else { "---".into() };
    (gear, speed)
}

fn gear_color(data: &ViewData<'_>) -> Color {
    if data.pages.graphics.raw().is_change_up_rpm { ORANGE } else { BLUE }
}

fn large(data: &ViewData<'_>, width: usize) -> Vec<Line<'static>> {
    let (gear, speed) = texts(data);
    let (gear, speed) = (big(&gear), big(&speed));
    let gap = " ".repeat(((width - BIG_WIDTH) / 3).min(6));
    let style = bold().fg(gear_color(data));
    let row = |(row, (gear, speed))| {
        let unit = if row + 1 == HEIGHT { format!(" {}", data.units.speed_unit()) } else { String::new() };
        Line::from(vec![
            Span::raw(format!("  {gap}")),
            Span::styled(gear, style),
            Span::raw(format!("    {gap}")),
            Span::raw(speed),
            quiet(unit),
        ])
    };
    gear.into_iter().zip(speed).enumerate().map(row).collect()
}

/// Engine speed, its bar, and the shift light.
pub(crate) fn engine(data: &ViewData<'_>, width: usize) -> Line<'static> {
    let screen = data.pages.graphics.raw();
    let rpm = data.physics().map_or(f64::NAN, |page| page.raw().rpms.into());
    let top = data.of_physics(|page| page.currentMaxRpm as f32);
    let revs = if rpm.is_nan() || top > 0.0 { rpm / f64::from(top) } else { f64::from(screen.rpm_percent) };
    let light = if data.physics().is_none() {
        state(data.pages.validity)
    } else if screen.is_rpm_limiter_on {
        Span::styled(" LIMITER ", badge(ALARM))
    } else if screen.is_change_up_rpm {
        Span::styled(" SHIFT ▲ ", badge(ORANGE))
    } else if screen.is_change_down_rpm {
        Span::styled(" SHIFT ▼ ", badge(BLUE))
    } else {
        Span::raw(" ".repeat(LIGHT))
    };
    let rpm = number(rpm, 0);
    let mut spans = vec![Span::styled(format!(" {rpm:>6}"), bold()), quiet(" rpm ")];
    let used: usize = spans.iter().map(Span::width).sum();
    let zoned = [(0.0, colored(BLUE)), (0.8, colored(VIOLET)), (0.93, colored(ORANGE))];
    spans.extend(zones(width.saturating_sub(used + LIGHT + 1), revs, &zoned));
    spans.extend([Span::raw(" "), light]);
    Line::from(spans)
}

/// The reason for missing values, in place of the shift light.
fn state(validity: PhysicsValidity) -> Span<'static> {
    Span::styled(format!("{:^LIGHT$}", validity.to_string().to_uppercase()), badge(ORANGE))
}

/// Driving aids that are active, and switches.
fn aids(data: &ViewData<'_>) -> Line<'static> {
    let (physics, screen) = (data.physics(), data.pages.graphics.raw());
    let is_on = |of: fn(&PhysicsView<'static>) -> bool| physics.is_some_and(of);
    let electronics = screen.electronics;
    Line::from(vec![
        Span::raw(" "),
        lamp("TC", is_on(|page| page.traction_control()) || screen.tc_active, ORANGE),
        lamp("ABS", is_on(|page| page.anti_lock_brakes()) || screen.abs_active, ORANGE),
        lamp("ESC", screen.esc_active, ORANGE),
        lamp("DRS", electronics.is_drs_open || is_on(|page| page.drs_enabled()), BLUE),
        lamp("PIT", screen.is_in_pit_lane, VIOLET),
        lamp("LIMIT", electronics.is_pitlimiter_on || is_on(|page| page.pit_limiter_on()), VIOLET),
        lamp("WRONG", screen.is_wrong_way, ALARM),
    ])
}

/// Throttle, brake, clutch and steering.
pub(crate) fn pedals(data: &ViewData<'_>, width: usize) -> Vec<Line<'static>> {
    let clutch = if data.physics().is_some() { data.pages.graphics.raw().clutch_percent } else { f32::NAN };
    let half = width / 2;
    let mut last = pedal(half, "clu", clutch, VIOLET);
    last.push(quiet(" steer "));
    last.extend(position(
        (width - half).saturating_sub(8),
        data.of_physics(|page| page.steerAngle).into(),
        colored(BLUE),
    ));
    vec![
        Line::from(pedal(width, "thr", data.of_physics(|page| page.gas), BLUE)),
        Line::from(pedal(width, "brk", data.of_physics(|page| page.brake), ORANGE)),
        Line::from(last),
    ]
}

fn pedal(width: usize, name: &'static str, value: f32, color: Color) -> Vec<Span<'static>> {
    let mut spans = vec![quiet(format!(" {name} "))];
    spans.extend(bar(width.saturating_sub(11), value.into(), colored(color)));
    let percent =
        if value.is_finite() { format!("{:>4.0} %", (value * 100.0).clamp(-99.0, 999.0)) } else { "   - %".into() };
    spans.push(Span::raw(percent));
    spans
}
