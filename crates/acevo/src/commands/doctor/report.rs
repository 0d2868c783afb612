//! The findings, and their output.

use serde::Serialize;

use crate::format::text::{clean, padded, width};
use crate::output::Paint;

/// The result of the examination.
#[derive(Debug, Default, Serialize)]
pub(in crate::commands) struct Report {
    /// Version of this program.
    pub(in crate::commands) version: &'static str,
    /// Telemetry flows.
    pub(in crate::commands) flowing: bool,
    /// The conclusion, in one sentence.
    pub(in crate::commands) verdict: String,
    /// What to do next.
    pub(in crate::commands) next: Vec<String>,
    pub(in crate::commands) sections: Vec<Section>,
}

/// Findings that belong together.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Section {
    pub(in crate::commands) title: &'static str,
    pub(in crate::commands) findings: Vec<Finding>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Finding {
    pub(in crate::commands) state: State,
    pub(in crate::commands) what: String,
    pub(in crate::commands) result: String,
}

/// The meaning of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::commands) enum State {
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
    pub(in crate::commands) const fn new(title: &'static str) -> Self {
        Self { title, findings: Vec::new() }
    }

    /// Adds a finding. Its texts can contain names of processes and files, of which each takes part of one line.
    pub(in crate::commands) fn add(&mut self, state: State, what: impl Into<String>, result: impl Into<String>) {
        self.findings.push(Finding { state, what: clean(&what.into()), result: clean(&result.into()) });
    }
}

impl Report {
    /// Changes all texts that can contain names of files, processes and users.
    pub(in crate::commands) fn change_texts(&mut self, change: &impl Fn(&str) -> String) {
        let findings = self.sections.iter_mut().flat_map(|section| &mut section.findings);
        let texts = findings.flat_map(|finding| [&mut finding.what, &mut finding.result]);
        for text in texts.chain([&mut self.verdict]).chain(&mut self.next) {
            *text = change(text);
        }
    }

    pub(in crate::commands) fn as_text(&self, paint: Paint) -> String {
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
