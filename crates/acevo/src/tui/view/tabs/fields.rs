//! All channels with their quality, or all raw fields.

use acevo_telemetry::{ChannelQuality, channels};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::format::fields::select;
use crate::format::rows::{ChannelRow, FieldRow};
use crate::format::text::{clean, cut, padded, right_aligned, width as columns_of};
use crate::tui::app::{App, ScrollExtent};
use crate::tui::theme::{BLUE, ORANGE, bold, colored, dim};
use crate::tui::view::data::ViewData;
use crate::tui::view::widgets::{boxed_with, list, quiet, remark};

/// Columns of values and units.
const VALUE: usize = 14;
const UNIT: usize = 6;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, data: &ViewData<'_>, app: &App) -> ScrollExtent {
    let wanted = app.search.to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let is_wanted =
        |texts: &[&str]| words.iter().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)));
    let (title, count) = if app.is_raw { ("Raw fields", None) } else { ("Channels", Some(channels().len())) };
    let other = if app.is_raw { " r: channels " } else { " r: raw fields " };
    let inner = boxed_with(frame, area, title, quiet(other).into());
    let [search, rows] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    if app.is_raw {
        // No name selects all fields.
        let all = select(&[], None, false).unwrap_or_default();
        let all: Vec<FieldRow> = all.iter().flat_map(|one| one.rows(data.pages.bytes(one.page))).collect();
        let found: Vec<_> = all.iter().filter(|row| is_wanted(&[&row.name, row.description])).collect();
        draw_search(frame, search, app, found.len(), all.len());
        nothing_found(frame, rows, found.is_empty());
        let width = name_width(found.iter().map(|row| row.name.as_str()), rows.width);
        let value_width = usize::from(rows.width / 4).max(VALUE);
        return list(frame, rows, found.len(), app.offset(), |index| field(found[index], width, value_width));
    }
    let found: Vec<_> = channels().iter().filter(|channel| is_wanted(&[channel.id(), channel.title()])).collect();
    draw_search(frame, search, app, found.len(), count.unwrap_or_default());
    nothing_found(frame, rows, found.is_empty());
    let width = name_width(found.iter().map(|channel| channel.id()), rows.width);
    list(frame, rows, found.len(), app.offset(), |index| {
        channel(&ChannelRow::of(found[index], Some((data.pages, &data.snapshot.axes)), Some(data.units)), width)
    })
}

fn draw_search(frame: &mut Frame<'_>, area: Rect, app: &App, found: usize, all: usize) {
    let count = if found == all { format!("{all} ") } else { format!("{found} of {all} ") };
    let line = match (app.is_typing, app.search.is_empty()) {
        (false, true) => Line::from(quiet(" /: search names and titles")),
        (typing, _) => Line::from(vec![
            Span::styled(" / ", bold().fg(BLUE)),
            Span::styled(clean_search(&app.search), bold()),
            Span::raw(if typing { "▏" } else { "" }),
            quiet(if typing { "   Enter: keep, Esc: clear" } else { "   Esc: clear" }),
        ]),
    };
    frame.render_widget(line, area);
    frame.render_widget(Line::from(quiet(count)).right_aligned(), area);
}

/// The search text without control characters.
fn clean_search(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn nothing_found(frame: &mut Frame<'_>, area: Rect, is_empty: bool) {
    if is_empty {
        remark(frame, area, "no matches");
    }
}

/// Columns of names: those of the longest name, but not more than two fifths of the width.
fn name_width<'a>(names: impl Iterator<Item = &'a str>, width: u16) -> usize {
    let longest = names.map(columns_of).max().unwrap_or_default();
    longest.min(usize::from(width) * 2 / 5)
}

fn channel(row: &ChannelRow<'_>, width: usize) -> Line<'static> {
    let quality = row.channel.quality();
    let (sign, style) = match quality {
        ChannelQuality::Measured => ("✓", colored(BLUE)),
        ChannelQuality::Documented | ChannelQuality::Reported => ("·", dim()),
        ChannelQuality::Guessed | ChannelQuality::Disputed => ("?", colored(ORANGE)),
        _ => ("✗", dim()),
    };
    let value_style = if row.value.is_none() { dim() } else { bold() };
    let mut spans = columns(row.channel.id(), width, &row.value(), row.unit.symbol(), value_style);
    spans.extend([Span::styled(format!(" {sign} {quality:<10}"), style), quiet(format!(" {}", row.channel.title()))]);
    Line::from(spans)
}

/// A row of a raw field. Values are left-aligned because arrays are long.
fn field(row: &FieldRow, width: usize, value_width: usize) -> Line<'static> {
    let name = padded(&cut(&row.name, width), width);
    Line::from(vec![
        Span::raw(format!(" {name} ")),
        Span::styled(padded(&clean(&row.value), value_width) + " ", bold()),
        quiet(format!("{:<UNIT$} {}", row.unit, row.description)),
    ])
}

fn columns(name: &str, width: usize, value: &str, unit: &'static str, style: Style) -> Vec<Span<'static>> {
    let name = padded(&cut(name, width), width);
    vec![
        Span::raw(format!(" {name} ")),
        Span::styled(right_aligned(value, VALUE) + " ", style),
        quiet(format!("{unit:<UNIT$}")),
    ]
}
