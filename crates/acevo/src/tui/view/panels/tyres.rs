//! Tyres and brakes of the four wheels: a summary, and a panel per wheel.

use acevo_shared_memory::SMEvoTyreState;
use acevo_telemetry::analysis::Summary;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::format::text::{NONE, number};
use crate::tui::theme::{ALARM, ORANGE, Window, badge, bold, colored};
use crate::tui::units::UnitsExt as _;
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{bar, boxed_with, name_of, quiet, reading};

const NAMES: [&str; 4] = ["FL", "FR", "RL", "RR"];

/// Columns and rows of a wheel in the summary.
const SHORT: (u16, u16) = (13, 4);

/// One wheel.
struct Wheel<'a> {
    index: usize,
    tyre: &'a SMEvoTyreState,
    core: f32,
}

fn wheels<'a>(data: &ViewData<'a>) -> [Wheel<'a>; 4] {
    let tyres = data.pages.graphics.tyres().into_array();
    std::array::from_fn(|index| Wheel {
        index,
        tyre: tyres[index],
        core: data.of_physics(|page| page.tyreCoreTemperature[index]),
    })
}

/// The summary of the four wheels.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let (degrees, pressure) = (data.units.temperature_unit(), data.units.pressure_unit());
    let inner = boxed_with(frame, area, "Tyres", Line::from(quiet(format!(" {degrees} · {pressure} "))));
    let [front, _, rear] = Layout::vertical([
        Constraint::Length(SHORT.1),
        Constraint::Length(u16::from(inner.height > SHORT.1 * 2)),
        Constraint::Length(SHORT.1),
    ])
    .areas(inner);
    let columns = |row: Rect| {
        let middle = row.width.saturating_sub(SHORT.0 * 2).min(6);
        let [_, left, _, right, _] = Layout::horizontal([
            Constraint::Fill(1),
            Constraint::Length(SHORT.0),
            Constraint::Length(middle / 2),
            Constraint::Length(SHORT.0),
            Constraint::Fill(1),
        ])
        .areas(row);
        [left, right]
    };
    let areas = [columns(front), columns(rear)].concat();
    for (wheel, area) in wheels(data).iter().zip(areas) {
        frame.render_widget(Paragraph::new(wheel.short(data)), area);
    }
}

/// A panel per wheel.
pub(crate) fn draw_large(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
    let rows: [Rect; 2] = Layout::vertical([Constraint::Fill(1); 2]).areas(area);
    let areas = rows.map(|row| Layout::horizontal([Constraint::Fill(1); 2]).areas::<2>(row)).concat();
    for (wheel, area) in wheels(data).iter().zip(areas) {
        wheel.draw(frame, area, data);
    }
}

impl Wheel<'_> {
    const fn name(&self) -> &'static str {
        NAMES[self.index]
    }

    /// The thirds of the surface as seen by the driver, with their temperature windows.
    fn thirds(&self) -> [(f32, Window); 3] {
        let tyre = self.tyre;
        [
            (tyre.tyre_temperature_left, Window::of(tyre.tyre_normalized_temperature_left)),
            (tyre.tyre_temperature_center, Window::of(tyre.tyre_normalized_temperature_center)),
            (tyre.tyre_temperature_right, Window::of(tyre.tyre_normalized_temperature_right)),
        ]
    }

    /// The window of the core, whose temperature is on the physics page.
    fn core_window(&self) -> Window {
        Window::of(if self.core.is_finite() { self.tyre.tyre_normalized_temperature_core } else { f32::NAN })
    }

    fn short(&self, data: &ViewData<'_>) -> Vec<Line<'static>> {
        let units = data.units;
        let tyre = self.tyre;
        let degrees = |celsius: f32, window: Window| {
            let text = format!("{:>3}{}", units.temperature(celsius), window.mark());
            Span::styled(text, colored(window.color()))
        };
        let pressure = Window::of(tyre.tyre_normalized_pressure);
        let core = self.core_window();
        let brake = Window::of(tyre.brake_normalized_temperature);
        let first = if tyre.lock {
            Span::styled(" LOCKED ", badge(ALARM))
        } else {
            let text = format!("{:>6}{}", units.pressure(tyre.tyre_pression), pressure.mark());
            Span::styled(text, bold().fg(pressure.color()))
        };
        let thirds = self.thirds().map(|(celsius, window)| degrees(celsius, window));
        vec![
            Line::from(vec![Span::styled(format!("{} ", self.name()), bold()), first]),
            Line::from(thirds.to_vec()),
            Line::from(vec![quiet("core  "), degrees(self.core, core)]),
            Line::from(vec![quiet("brake "), degrees(tyre.brake_temperature_c, brake)]),
        ]
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>) {
        let locked = if self.tyre.lock { Span::styled(" LOCKED ", badge(ALARM)) } else { Span::raw("") };
        let inner = boxed_with(frame, area, self.name(), Line::from(locked));
        let third = (inner.width / 10).clamp(5, 10);
        let [picture, values] =
            Layout::horizontal([Constraint::Length(third * 3 + 1), Constraint::Fill(1)]).areas(inner);
        self.draw_picture(frame, picture, data, usize::from(third));
        frame.render_widget(Paragraph::new(self.values(data, usize::from(values.width))), values);
    }

    /// The tyre from above: its thirds in the colours of their temperature windows.
    fn draw_picture(&self, frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, third: usize) {
        let is_left = self.index.is_multiple_of(2);
        let faces = if is_left { ["out", "mid", "in"] } else { ["in", "mid", "out"] };
        let thirds = self.thirds();
        let block = third - 1;
        let rows = usize::from(area.height.saturating_sub(3)).min(block * 2);
        let blocks = || {
            let block =
                |(_, window): (f32, Window)| Span::styled(format!(" {}", "█".repeat(block)), colored(window.color()));
            Line::from(thirds.map(block).to_vec())
        };
        let numbers = thirds.map(|(celsius, window)| {
            let text = format!("{:>3}{}", data.units.temperature(celsius), window.mark());
            Span::styled(format!(" {text:^block$}"), colored(window.color()))
        });
        let mut lines = vec![Line::from(quiet(faces.map(|face| format!(" {face:^block$}")).concat()))];
        lines.extend((0..rows).map(|_| blocks()));
        lines.push(Line::from(numbers.to_vec()));
        let core = self.core_window();
        let text = format!("{}{} {}", data.units.temperature(self.core), core.mark(), data.units.temperature_unit());
        lines.push(Line::from(vec![quiet(" core "), Span::styled(text, bold().fg(core.color()))]));
        frame.render_widget(Paragraph::new(lines), area);
    }

    /// The most important first.
    fn values(&self, data: &ViewData<'_>, width: usize) -> Vec<Line<'static>> {
        let wheel = ["fl", "fr", "rl", "rr"][self.index];
        let tyre = self.tyre;
        let id = |name: &str| format!("{name}_{wheel}");
        let windowed = |mut line: Line<'static>, normalized: f32| {
            let window = Window::of(normalized);
            if let Some(value) = line.spans.get_mut(1) {
                value.style = bold().fg(window.color());
                value.content.to_mut().push_str(window.mark());
            }
            line
        };
        let mut slip = vec![name_of("slip")];
        slip.push(Span::raw(format!("{} ", number(tyre.slip, 2))));
        slip.extend(bar(width.saturating_sub(18).min(12), tyre.slip.into(), colored(ORANGE)));
        let mut lines = vec![
            windowed(reading(data, "pressure", &id("tyre_pressure")), tyre.tyre_normalized_pressure),
            windowed(reading(data, "brake", &id("brake_temp")), tyre.brake_normalized_temperature),
            Line::from(slip),
        ];
        let more = [
            ("load", "wheel_load"),
            ("pad", "brake_pad"),
            ("disc", "brake_disc"),
            ("camber", "camber"),
            ("slip angle", "slip_angle"),
            ("slip ratio", "slip_ratio"),
            ("travel", "suspension_travel"),
            ("torque", "brake_torque"),
            ("dirt", "tyre_dirt"),
        ];
        lines.extend(more.map(|(name, channel)| reading(data, name, &id(channel))));
        lines.extend(self.stint(data));
        lines
    }

    /// Minimum, mean and maximum of this stint.
    fn stint(&self, data: &ViewData<'_>) -> [Line<'static>; 3] {
        let figures = &data.snapshot.stint.stats;
        let units = data.units;
        let celsius = |value: f64| units.temperature(value as f32);
        let psi = |value: f64| units.pressure(value as f32);
        let line = |name: &'static str, of: Summary, show: &dyn Fn(f64) -> String, unit: &'static str| {
            let text = match (of.min(), of.mean(), of.max()) {
                (Some(min), Some(mean), Some(max)) => [min, mean, max].map(show).join(" · "),
                _ => NONE.into(),
            };
            Line::from(vec![name_of(name), Span::raw(text), quiet(format!(" {unit}"))])
        };
        [
            line("stint core", figures.tyre_core_c.into_array()[self.index], &celsius, units.temperature_unit()),
            line("  pressure", figures.tyre_pressure_psi.into_array()[self.index], &psi, units.pressure_unit()),
            line("  brake", figures.brake_c.into_array()[self.index], &celsius, units.temperature_unit()),
        ]
    }
}

/// The tyre compounds, and a note.
pub(crate) fn compounds(data: &ViewData<'_>) -> Line<'static> {
    let compounds = data.pages.graphics.tyre_compounds();
    let names = [compounds.front, compounds.rear].map(crate::format::text::clean);
    let name = match &names {
        [front, rear] if front == rear || rear.is_empty() => front.clone(),
        [front, rear] => format!("{front} / {rear}"),
    };
    let name = if name.is_empty() { "unknown compound".into() } else { name };
    Line::from(vec![
        Span::raw(format!(" {name}")),
        quiet(" · ↓ below ↑ above its window · the game does not report tyre wear"),
    ])
}
