//! Bars, lamps, frames, lists, and lines with a name and a value.

use acevo_telemetry::{ChannelQuality, ChannelValue, channel};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph};

use super::data::ViewData;
use crate::format::rows::ChannelRow;
use crate::format::styled_line::{self, Look};
use crate::tui::app::ScrollExtent;
use crate::tui::theme::{BLUE, ORANGE, VIOLET, badge, bold, colored, dim, faint};

/// Eighths of a filled cell.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Columns of a name before its value.
const NAME: usize = 10;

/// Draws a frame with a title. Returns the area inside.
pub(super) fn boxed(frame: &mut Frame<'_>, area: Rect, title: &str) -> Rect {
    boxed_with(frame, area, title, Line::default())
}

/// Draws a frame with a title and a text at its upper right. Returns the area inside.
pub(super) fn boxed_with(frame: &mut Frame<'_>, area: Rect, title: &str, aside: Line<'_>) -> Rect {
    let mut block = Block::bordered().border_type(BorderType::Rounded).border_style(faint());
    // Without a colour, the title would have that of the frame.
    block = block.title(Span::styled(format!(" {title} "), bold().fg(Color::Reset)));
    if crate::format::text::width(title) + aside.width() + 6 <= usize::from(area.width) {
        block = block.title(aside.right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// Draws lines in a frame.
pub(super) fn panel(frame: &mut Frame<'_>, area: Rect, title: &str, lines: Vec<Line<'_>>) {
    let inner = boxed(frame, area, title);
    frame.render_widget(Paragraph::new(lines), inner);
}

/// A line of a table in the colours of the screen.
pub(super) fn styled(line: &styled_line::Line) -> Line<'static> {
    let spans = line.parts().map(|(look, text)| {
        let style = match look {
            Look::Plain => Style::new(),
            Look::Title => bold(),
            Look::Aside => dim(),
            Look::Best => colored(VIOLET),
            Look::Good => colored(BLUE),
            Look::Warning => colored(ORANGE),
        };
        Span::styled(text.to_owned(), style)
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// Draws a text in the middle of an empty area.
pub(super) fn remark(frame: &mut Frame<'_>, area: Rect, text: &str) {
    let line = Line::styled(text.to_owned(), dim()).centered();
    let width = area.width.max(1);
    let rows = (line.width() as u16).div_ceil(width);
    let y = area.y + area.height.saturating_sub(rows) / 2;
    let area = Rect { y, height: rows.min(area.height), ..area }.intersection(area);
    frame.render_widget(Paragraph::new(line).wrap(ratatui::widgets::Wrap { trim: true }), area);
}

/// Draws a scrollable list from the offset on, with marks if there are more rows. `row` returns the row of an index.
pub(super) fn list<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    count: usize,
    offset: usize,
    row: impl FnMut(usize) -> Line<'a>,
) -> ScrollExtent {
    let page = usize::from(area.height);
    let max_offset = count.saturating_sub(page);
    let first = offset.min(max_offset);
    let rows: Vec<_> = (first..count.min(first + page)).map(row).collect();
    frame.render_widget(Paragraph::new(rows), area);
    let mark = |frame: &mut Frame<'_>, y: u16, text: &'static str| {
        let area = Rect { x: area.right().saturating_sub(1), y, width: area.width.min(1), height: area.height.min(1) };
        frame.render_widget(Span::styled(text, dim()), area);
    };
    if first > 0 {
        mark(frame, area.y, "▲");
    }
    if first < max_offset {
        mark(frame, area.bottom().saturating_sub(1), "▼");
    }
    ScrollExtent { max_offset, page }
}

/// A bar, filled from the left by `fraction`.
pub(super) fn bar(width: usize, fraction: f64, style: Style) -> Vec<Span<'static>> {
    zones(width, fraction, &[(0.0, style)])
}

/// A bar with zones of different colours, each from a fraction on.
pub(super) fn zones(width: usize, fraction: f64, zones: &[(f64, Style)]) -> Vec<Span<'static>> {
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (fraction * width as f64 * 8.0).round() as usize;
    let mut spans = Vec::new();
    for (index, (from, style)) in zones.iter().enumerate() {
        let cell = |part: f64| (part * width as f64).round() as usize * 8;
        let from = cell(*from);
        let to = zones.get(index + 1).map_or(width * 8, |zone| cell(zone.0));
        let filled = eighths.min(to).saturating_sub(from);
        if filled > 0 {
            spans.push(Span::styled("█".repeat(filled / 8) + EIGHTHS[filled % 8], *style));
        }
    }
    spans.push(Span::styled("─".repeat(width - eighths.div_ceil(8)), faint()));
    spans
}

/// A mark on a line from -1 to 1; no mark if the value is not finite.
pub(super) fn position(width: usize, value: f64, style: Style) -> Vec<Span<'static>> {
    let last = width.saturating_sub(1);
    let middle = last / 2;
    let line = |from: usize, to: usize| -> String {
        (from..to).map(|cell| if cell == middle { '┼' } else { '─' }).collect()
    };
    if !value.is_finite() {
        return vec![Span::styled(line(0, width), faint())];
    }
    let at = ((value.clamp(-1.0, 1.0) + 1.0) / 2.0 * last as f64).round() as usize;
    vec![
        Span::styled(line(0, at), faint()),
        Span::styled("█".repeat(width.min(1)), style),
        Span::styled(line(at + 1, width), faint()),
    ]
}

/// A bar from the middle: left and blue for a gain, right and orange for a loss. `value` is in -1..1.
pub(super) fn balance(width: usize, value: f64) -> Vec<Span<'static>> {
    let value = if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 };
    let half = width.saturating_sub(1) / 2;
    let cells = (value.abs() * half as f64).round() as usize;
    let (left, right) = if value < 0.0 { (cells, 0) } else { (0, cells) };
    vec![
        Span::styled("─".repeat(half - left), faint()),
        Span::styled("█".repeat(left), Style::new().fg(BLUE)),
        Span::styled("│".repeat(width.min(1)), dim()),
        Span::styled("█".repeat(right), Style::new().fg(ORANGE)),
        Span::styled("─".repeat(width.saturating_sub(1 + half + right)), faint()),
    ]
}

/// A lamp: its name in capitals if it is lit, in lower case if it is dark, so that it is readable without colours.
pub(super) fn lamp(name: &'static str, lit: bool, color: Color) -> Span<'static> {
    if lit {
        Span::styled(format!(" {name} "), badge(color))
    } else {
        Span::styled(format!(" {} ", name.to_lowercase()), faint())
    }
}

pub(super) fn quiet(text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), dim())
}

/// A name and its value.
pub(super) fn entry(name: &'static str, value: impl Into<Span<'static>>) -> Line<'static> {
    Line::from(vec![name_of(name), value.into()])
}

/// The name of a value.
pub(super) fn name_of(name: &'static str) -> Span<'static> {
    quiet(format!(" {name:<NAME$} "))
}

/// A text, or `-` if it is empty.
fn or_none(text: &str) -> &str {
    if text.is_empty() { crate::format::text::NONE } else { text }
}

/// A setting of the car, or `-` if the car does not have it: then its maximum is 0.
pub(super) fn setting(set: i8, highest: i8) -> String {
    if set > 0 || (set == 0 && highest > 0) { set.to_string() } else { crate::format::text::NONE.into() }
}

/// A name and the value of a channel in the selected units. A value whose meaning is uncertain has a question mark.
pub(super) fn reading(data: &ViewData<'_>, name: &'static str, id: &str) -> Line<'static> {
    let Some(channel) = channel(id) else {
        debug_assert!(false, "unknown channel {id}");
        return Line::default();
    };
    let row = ChannelRow::of(channel, Some((data.pages, &data.snapshot.axes)), Some(data.units));
    let (value, unit) = match row.value {
        Some(ChannelValue::Number(_)) => (row.value(), row.unit.symbol()),
        Some(ChannelValue::Flag(yes)) => (if yes { "yes" } else { "no" }.to_owned(), ""),
        Some(ChannelValue::Enum(_, name)) => (name.to_owned(), ""),
        Some(ChannelValue::Text(text)) => (or_none(&crate::format::text::name(text)).to_owned(), ""),
        _ => (crate::format::text::NONE.to_owned(), ""),
    };
    let mut spans = vec![name_of(name), Span::raw(value)];
    if !unit.is_empty() {
        spans.push(quiet(format!(" {unit}")));
    }
    if matches!(channel.quality(), ChannelQuality::Guessed | ChannelQuality::Disputed) {
        spans.push(quiet(" ?"));
    }
    Line::from(spans)
}

/// A line per channel.
pub(super) fn readings(data: &ViewData<'_>, rows: &[(&'static str, &str)]) -> Vec<Line<'static>> {
    rows.iter().map(|(name, id)| reading(data, name, id)).collect()
}

/// A heading among lines.
pub(super) fn heading(text: &'static str) -> Line<'static> {
    Line::from(Span::raw(format!(" {text}")).bold())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &[Span<'_>]) -> String {
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn bars_have_their_width_for_any_value() {
        let style = Style::new();
        for value in [0.0, 0.31, 0.999, 1.0, -5.0, 7.0, f64::NAN, f64::INFINITY, f64::MIN] {
            for width in [0, 1, 2, 17] {
                let zoned = zones(width, value, &[(0.0, style), (0.6, style), (0.9, style)]);
                for spans in [bar(width, value, style), position(width, value, style), balance(width, value), zoned] {
                    assert_eq!(text(&spans).chars().count(), width, "{value} {width}");
                }
            }
        }
        assert_eq!(text(&bar(4, 0.5, style)), "██──");
        assert_eq!(text(&position(5, 0.0, style)), "──█──");
        assert_eq!(text(&position(5, -1.0, style)), "█─┼──");
        assert_eq!(text(&position(5, f64::NAN, style)), "──┼──");
        assert_eq!([-1.0, 0.5, 0.0].map(|value| text(&balance(9, value))), ["████│────", "────│██──", "────│────"]);
    }
}
