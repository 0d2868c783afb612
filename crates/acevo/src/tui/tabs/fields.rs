//! Everything there is: channels with how sure they are, or the raw fields of the pages.

use acevo_telemetry::{ChannelQuality, channels};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::format::fields::select;
use crate::format::rows::{ChannelRow, FieldRow};
use crate::format::text::{clean, cut, padded, right_aligned, width as columns_of};
use crate::tui::Now;
use crate::tui::theme::{BLUE, ORANGE, bold, colored, dim};
use crate::tui::ui::{Extent, Ui};
use crate::tui::widgets::{boxed_with, list, quiet, remark};

/// Columns of values and units.
const VALUE: usize = 14;
const UNIT: usize = 6;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, now: &Now<'_>, ui: &Ui) -> Extent {
    let wanted = ui.search.to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let is_wanted =
        |texts: &[&str]| words.iter().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)));
    let (title, count) = if ui.is_raw { ("Raw fields", None) } else { ("Channels", Some(channels().len())) };
    let other = if ui.is_raw { " r: channels " } else { " r: raw fields " };
    let inner = boxed_with(frame, area, title, quiet(other).into());
    let [search, rows] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    if ui.is_raw {
        // Without a wish, all are selected.
        let all = select(&[], None, false).unwrap_or_default();
        let all: Vec<FieldRow> = all.iter().flat_map(|one| one.rows(now.pages.bytes(one.page))).collect();
        let found: Vec<_> = all.iter().filter(|row| is_wanted(&[&row.name, row.description])).collect();
        draw_search(frame, search, ui, found.len(), all.len());
        nothing_found(frame, rows, found.is_empty());
        let width = name_width(found.iter().map(|row| row.name.as_str()), rows.width);
        let value_width = usize::from(rows.width / 4).max(VALUE);
        return list(frame, rows, found.len(), ui.offset(), |index| field(found[index], width, value_width));
    }
    let found: Vec<_> = channels().iter().filter(|channel| is_wanted(&[channel.id(), channel.title()])).collect();
    draw_search(frame, search, ui, found.len(), count.unwrap_or_default());
    nothing_found(frame, rows, found.is_empty());
    let width = name_width(found.iter().map(|channel| channel.id()), rows.width);
    list(frame, rows, found.len(), ui.offset(), |index| {
        channel(&ChannelRow::of(found[index], Some((now.pages, &now.seen.axes)), Some(now.units)), width)
    })
}

fn draw_search(frame: &mut Frame<'_>, area: Rect, ui: &Ui, found: usize, all: usize) {
    let count = if found == all { format!("{all} ") } else { format!("{found} of {all} ") };
    let line = match (ui.is_typing, ui.search.is_empty()) {
        (false, true) => Line::from(quiet(" / searches names and titles")),
        (typing, _) => Line::from(vec![
            Span::styled(" / ", bold().fg(BLUE)),
            Span::styled(clean_search(&ui.search), bold()),
            Span::raw(if typing { "▏" } else { "" }),
            quiet(if typing { "   Enter keeps it, Esc forgets it" } else { "   Esc forgets it" }),
        ]),
    };
    frame.render_widget(line, area);
    frame.render_widget(Line::from(quiet(count)).right_aligned(), area);
}

/// What was typed, blanks at its end included.
fn clean_search(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn nothing_found(frame: &mut Frame<'_>, area: Rect, is_empty: bool) {
    if is_empty {
        remark(frame, area, "nothing is called so");
    }
}

/// Columns of names: what the longest needs, but not too much of all.
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

/// Arrays are long: values begin below each other, rather than end so.
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
