//! Errors of settings.

use std::fmt;

/// An error in a file, a variable or a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `server.port`, or the name of an environment variable; empty if the text is not TOML.
    pub key: String,
    /// Number of the line, from 1; `None` if the value is not from a file.
    pub line: Option<usize>,
    /// What is wrong, and what is expected.
    pub message: String,
    /// What could be meant: a key, a value or advice.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem without a line.
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), line: None, message: message.into(), suggestion: None }
    }

    /// The same problem at a line, from 1.
    pub(crate) fn at(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The same problem with a suggestion, if there is one.
    pub(crate) fn suggest(self, suggestion: Option<String>) -> Self {
        Self { suggestion, ..self }
    }
}

/// `line 3: server.prot: unknown key; did you mean server.port?`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Similarity above which a name is taken for a misspelt one.
const MIN_SIMILARITY: f64 = 0.8;

/// The candidate that is most similar to a misspelt name.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Similarity of very long names costs quadratic time.
    let name: String = name.chars().take(100).flat_map(char::to_lowercase).collect();
    let rated = candidates.map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate));
    rated.filter(|(similarity, _)| *similarity >= MIN_SIMILARITY).max_by(|a, b| a.0.total_cmp(&b.0)).map(|best| best.1)
}

/// `did you mean NAME?`
pub(crate) fn did_you_mean(name: impl fmt::Display) -> String {
    format!("did you mean {name}?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_misspelt_names_and_nothing_for_others() {
        let names = ["units", "folder", "max_age", "max_size", "min_free"];
        let found = |name| nearest(name, names.into_iter());
        assert_eq!(found("foldr"), Some("folder"));
        assert_eq!(found("Units"), Some("units"));
        assert_eq!(found("max_aeg"), Some("max_age"));
        assert_eq!(found("telemetry"), None);
        assert_eq!(found(""), None);
    }
}
