//! A manual page in the language of `man`.

use std::env;
use std::io;

use clap_mangen::Man;
use jiff::Timestamp;
use roff::{Roff, bold, roman};

use crate::cli::ManualPage;

/// The first line of each page. Files without it are not replaced.
pub(super) const MARK: &str = ".\\\" Written by `acevo man`, which also replaces this file.\n";

/// A page as a file.
#[derive(Debug)]
pub(super) struct Page {
    /// Such as `acevo-watch.1`.
    pub(super) file_name: String,
    pub(super) text: String,
}

impl Page {
    /// # Errors
    /// If the date in the environment variable `SOURCE_DATE_EPOCH` is wrong.
    pub(super) fn of(page: &ManualPage) -> io::Result<Self> {
        let command = &page.command;
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let man = Man::new(command.clone())
            .title(name.to_uppercase())
            .date(date()?)
            .source(concat!("acevo ", env!("CARGO_PKG_VERSION")))
            .manual("User Commands");
        let mut bytes = Vec::new();
        man.render_title(&mut bytes)?;
        man.render_name_section(&mut bytes)?;
        man.render_synopsis_section(&mut bytes)?;
        man.render_description_section(&mut bytes)?;
        man.render_options_section(&mut bytes)?;
        let is_program = command.has_subcommands();
        if is_program {
            man.render_subcommands_section(&mut bytes)?;
        }
        let mut end = Roff::new();
        if let Some(details) = &page.details {
            section(&mut end, "DETAILS", details);
        }
        section(&mut end, "EXAMPLES", page.examples.strip_prefix("Examples:\n").unwrap_or(page.examples));
        end.control("SH", ["EXIT STATUS"]);
        for (code, meaning) in &page.exit_codes {
            end.control("TP", []).text([bold(code.to_string())]).text([roman(*meaning)]);
        }
        if !is_program {
            end.control("SH", ["SEE ALSO"]).text([bold("acevo"), roman("(1)")]);
        }
        end.to_writer(&mut bytes)?;
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        // mandoc warns about line breaks around an empty line, with which lists of values begin.
        let text = without_repetitions(&text).replace("\n.br\n\n.br\n", "\n.sp\n");
        Ok(Self { file_name: format!("{name}.1"), text: MARK.to_owned() + &text })
    }
}

/// Adds a section: paragraphs, and indented lines as they are.
fn section(roff: &mut Roff, title: &str, text: &str) {
    roff.control("SH", [title]);
    let mut is_table = false;
    for line in text.lines() {
        let is_indented = line.starts_with("  ");
        if is_indented != is_table && !line.is_empty() {
            roff.control(if is_indented { "EX" } else { "EE" }, []);
            is_table = is_indented;
        }
        match line.strip_prefix("  ").unwrap_or(line) {
            "" if is_table => {
                roff.control("EE", []);
                is_table = false;
                roff.control("PP", []);
            }
            "" => {
                roff.control("PP", []);
            }
            line => {
                roff.text([roman(line)]);
            }
        }
    }
    if is_table {
        roff.control("EE", []);
    }
}

/// Removes definitions that each part of a page begins with, except for those of the first part.
fn without_repetitions(text: &str) -> String {
    let is_definition = |line: &str| line.starts_with(".ie ") || line.starts_with(".el ");
    let mut is_first = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        is_first &= is_definition(line);
        if is_first || !is_definition(line) {
            kept.push_str(line);
        }
    }
    kept
}

/// The date of the page: today, or that of `SOURCE_DATE_EPOCH`, with which builds are reproducible.
fn date() -> io::Result<String> {
    let invalid = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("SOURCE_DATE_EPOCH is not a time in seconds: {error}"))
    };
    let now = match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => {
            let seconds = seconds.parse().map_err(|error| invalid(&error))?;
            Timestamp::from_second(seconds).map_err(|error| invalid(&error))?
        }
        Err(_) => Timestamp::now(),
    };
    Ok(now.strftime("%Y-%m-%d").to_string())
}
