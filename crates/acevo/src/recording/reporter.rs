//! What a recording reports.

use std::path::Path;

/// Receives what the user has to know about a recording.
pub(crate) trait Reporter {
    /// A message.
    fn say(&mut self, text: &str);

    /// A file could not be completed or saved.
    fn fail(&mut self, error: &anyhow::Error);

    /// A file is complete. Returns false if that could not be reported, which is no reason to stop recording.
    fn complete(&mut self, path: &Path) -> bool;

    /// The current state in a line, computed only if it is shown.
    fn show(&mut self, line: &mut dyn FnMut() -> String);
}
