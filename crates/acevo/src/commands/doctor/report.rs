//! The findings, and their output.

use serde::Serialize;

use crate::format::text::{clean, padded, width};
use crate::output::Paint;

/// The result of the examination.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// Version of this program.
    pub(super) version: &'static str,
    /// Telemetry flows.
    pub(super) flowing: bool,
    /// The conclusion, in one sentence.
    pub(super) verdict: String,
    /// What to do next.
    pub(super) next: Vec<String>,
    pub(super) sections: Vec<Section>,
}

/// Findings that belong together.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) state: State,
    pub(super) what: String,
    pub(super) result: String,
}

/// The meaning of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As expected.
    Good,
    /// Missing, which alone is not a fault.
    Missing,
    /// Unusual.
    Warning,
    /// A problem that prevents telemetry.
    Bad,
}

impl Section {
    pub(super) const fn new(title: &'static str) -> Self {
        Self { title, findings: Vec::new() }
    }

    /// Adds a finding. Its texts can contain names of processes and files, of which each takes part of one line.
    pub(super) fn add(&mut self, state: State, what: impl Into<String>, result: impl Into<String>) {
        self.findings.push(Finding { state, what: clean(&what.into()), result: clean(&result.into()) });
    }
}

impl Report {
    pub(super) fn as_text(&self, paint: Paint) -> String {
        let mut text = String::new();
        for section in &self.sections {
            text.push_str(&paint.bold(section.title));
            text.push('\n');
            let widest = section.findings.iter().map(|finding| width(&finding.what)).max().unwrap_or_default();
            for Finding { state, what, result } in &section.findings {
                let mark = match state {
                    State::Good => paint.green(" ok "),
                    State::Missing => " -- ".into(),
                    State::Warning => paint.yellow(" !  "),
                    State::Bad => paint.red(" !! "),
                };
                text.push_str(&format!("{mark} {}  {result}\n", padded(what, widest)));
            }
            text.push('\n');
        }
        let verdict = clean(&self.verdict);
        let verdict = if self.flowing { paint.green(&verdict) } else { paint.red(&verdict) };
        text.push_str(&verdict);
        text.push('\n');
        for step in &self.next {
            text.push_str(&format!("  - {}\n", clean(step)));
        }
        text
    }
}
