//! Results as a page that can be printed.

use std::io::{self, Write};

use acevo_telemetry::field::{FieldOrder, Standing, Standings};
use acevo_telemetry::is_unsafe_to_print;

use super::{gap, lap_time, state};
/// The head of the page. It needs no other file, and is readable on paper.
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Results</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #111; background: #fff; }
h1, h2 { font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2em; page-break-inside: auto; }
th, td { text-align: left; padding: .3em .6em; border-bottom: 1px solid #ccc; white-space: nowrap; }
th { border-bottom: 2px solid #111; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr { page-break-inside: avoid; }
.best { font-weight: 700; }
@media print { body { margin: 0; max-width: none; } }
</style>
";

/// The titles of the columns, and whether they hold numbers.
const COLUMNS: [(&str, bool); 9] = [
    ("Pos", true),
    ("No", true),
    ("Driver", false),
    ("Car", false),
    ("Laps", true),
    ("Gap", true),
    ("Best lap", true),
    ("Pits", true),
    ("", false),
];

/// Writes results as an HTML page with a table per session. All text is escaped.
///
/// # Errors
/// If the output cannot be written.
///
/// ```
/// use acevo_export::results::write_html;
///
/// let mut page = Vec::new();
/// write_html(&mut page, "Round <3>", &[])?;
/// assert!(String::from_utf8(page)?.contains("<h1>Round &lt;3&gt;</h1>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_html(mut output: impl Write, title: &str, sessions: &[Standings]) -> io::Result<()> {
    writeln!(output, "{HEAD}<h1>{}</h1>", escaped(title))?;
    for session in sessions {
        write_session(&mut output, session)?;
    }
    output.flush()?;
    Ok(())
}

fn write_session(output: &mut impl Write, session: &Standings) -> io::Result<()> {
    let kind = match session.order {
        FieldOrder::Race => "race",
        _ => "best laps",
    };
    let track = if session.track.is_empty() { String::new() } else { format!(" · {}", escaped(&session.track)) };
    write!(output, "<h2>Session {}: {kind}{track}</h2>\n<table>\n<thead><tr>", session.session)?;
    for (title, is_number) in COLUMNS {
        write!(output, "<th scope=\"col\"{}>{title}</th>", class(is_number))?;
    }
    output.write_all(b"</tr></thead>\n<tbody>\n")?;
    for car in &session.cars {
        output.write_all(b"<tr>")?;
        let is_best = car.best.is_some_and(|best| session.best_ms == Some(best.ms));
        for ((title, is_number), text) in COLUMNS.into_iter().zip(cells(car)) {
            let text = escaped(&text);
            let text =
                if is_best && title == "Best lap" { format!("<span class=\"best\">{text} ★</span>") } else { text };
            write!(output, "<td{}>{text}</td>", class(is_number))?;
        }
        output.write_all(b"</tr>\n")?;
    }
    output.write_all(b"</tbody>\n</table>\n")?;
    Ok(())
}

const fn class(is_number: bool) -> &'static str {
    if is_number { " class=\"number\"" } else { "" }
}

fn cells(car: &Standing) -> [String; COLUMNS.len()] {
    let model = car.identity.model.as_deref().unwrap_or_default();
    [
        car.position.to_string(),
        car.identity.number.map(|number| number.to_string()).unwrap_or_default(),
        car.label.clone(),
        model.strip_prefix("ks_").unwrap_or(model).replace('_', " "),
        car.laps.to_string(),
        gap(car.to_leader),
        lap_time(car.best.map(|best| best.ms)),
        car.pit_visits.to_string(),
        state(car).to_owned(),
    ]
}

/// Text without characters that mean something in HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter if is_unsafe_to_print(letter) => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
