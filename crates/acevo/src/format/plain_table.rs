//! Tables of texts whose columns are as wide as their content.

use super::styled_line::{Line, Look, cell, left_cell};
use super::text::width;

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// The lines of a table: titles, then rows. Each row has a text for each column.
pub(crate) fn lines<const N: usize>(columns: [(&str, Align); N], rows: &[[String; N]]) -> Vec<Line> {
    let titles = columns.map(|(title, _)| title.to_owned());
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().chain([&titles]).map(|row| width(&row[column])).max().unwrap_or(0));
    let line = |look: Look, row: &[String; N]| {
        let cells = row.iter().zip(widths).zip(columns).map(|((text, width), (_, align))| match align {
            Align::Left => left_cell(text, width) + " ",
            Align::Right => cell(text, width) + " ",
        });
        Line::default().with(look, cells.collect::<String>())
    };
    std::iter::once(line(Look::Title, &titles)).chain(rows.iter().map(|row| line(Look::Plain, row))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Paint;

    #[test]
    fn lines_align_columns_by_their_longest_text() {
        let columns = [("car", Align::Left), ("laps", Align::Right)];
        let rows = [["Velocita", "3"], ["A", "120"]].map(|row| row.map(str::to_owned));
        let text: Vec<_> = lines(columns, &rows).iter().map(|line| line.painted(Paint::none(), 80)).collect();
        assert_eq!(text, [" car       laps", " Velocita     3", " A          120"]);
    }
}
