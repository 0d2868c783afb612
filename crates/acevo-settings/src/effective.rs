//! Settings that are in effect: those of the environment, of the file, and the defaults.

use std::ffi::OsString;

use crate::key::Key;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{environment, file};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The key is not set.
    Default,
    /// The file.
    File,
    /// An environment variable.
    Environment,
}

impl Origin {
    /// `default`, `file` or `environment`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
        }
    }
}

/// Settings that are in effect. A variable of the environment replaces the value of the file; options of a command replace both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effective {
    /// The settings.
    pub settings: Settings,
    origins: Vec<(&'static str, Origin)>,
    /// Keys of the file, and their lines.
    lines: Vec<(&'static str, usize)>,
}

impl Effective {
    /// Merges the text of a file, if there is one, with the environment.
    ///
    /// # Errors
    /// Every problem: those of the file have lines, those of the environment the names of variables.
    ///
    /// ```
    /// use acevo_settings::{Effective, Key, Origin};
    ///
    /// let file = "[server]\nport = 8080\nlan = true\n";
    /// let variable = |name: &str| (name == "ACEVO_SERVER_PORT").then(|| "9090".into());
    /// let effective = Effective::new(Some(file), variable).unwrap();
    /// assert_eq!((effective.settings.server.port, effective.settings.server.lan), (9090, true));
    /// assert_eq!(effective.origin(Key::find("server.port").unwrap()), Origin::Environment);
    /// ```
    pub fn new(file: Option<&str>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, Vec<Problem>> {
        let (effective, problems) = Self::with_problems(file, variable);
        if problems.is_empty() { Ok(effective) } else { Err(problems) }
    }

    /// Merges as [`new`](Self::new), but leaves out what is wrong and returns it.
    pub fn with_problems(file: Option<&str>, variable: impl Fn(&str) -> Option<OsString>) -> (Self, Vec<Problem>) {
        let Self { mut settings, mut origins, mut lines } = Self::default();
        let mut problems = vec![];
        if let Some(text) = file {
            problems = file::apply(text, &mut settings, |key, line| {
                origins.push((key.name, Origin::File));
                lines.push((key.name, line));
            });
        }
        problems
            .extend(environment::apply(variable, &mut settings, |key| origins.push((key.name, Origin::Environment))));
        (Self { settings, origins, lines }, problems)
    }

    /// Where the value of a key comes from.
    pub fn origin(&self, key: &Key) -> Origin {
        let found = self.origins.iter().filter(|(name, _)| *name == key.name).map(|(_, origin)| *origin);
        found.max().unwrap_or(Origin::Default)
    }
}

impl Effective {
    /// A problem with the value of a key that others have found: with its line in the file, or with the name of the variable that has it.
    ///
    /// ```
    /// let effective = acevo_settings::Effective::new(Some("\n[mqtt]\nbroker = \"host\"\n"), |_| None).unwrap();
    /// assert_eq!(effective.problem("mqtt.broker", "it is wrong").to_string(), "line 3: mqtt.broker: it is wrong");
    /// ```
    pub fn problem(&self, name: &str, message: impl Into<String>) -> Problem {
        match Key::find(name).map(|key| (key, self.origin(key))) {
            Some((key, Origin::Environment)) => Problem::new(key.variable(), message),
            Some((key, Origin::File)) => {
                let line = self.lines.iter().rfind(|(name, _)| *name == key.name).map(|(_, line)| *line);
                Problem { line, ..Problem::new(name, message) }
            }
            _ => Problem::new(name, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KEYS;

    /// A value of each key that is not its default, as a variable has it.
    fn other(key: &Key) -> String {
        use crate::kind::Kind;

        match key.kind {
            Kind::Switch => (key.default_value() != true.into()).to_string(),
            Kind::Choice(names) => names.last().map(ToString::to_string).unwrap_or_default(),
            Kind::Choices(names) => names[..2].join(","),
            Kind::Integer { max, .. } => max.to_string(),
            Kind::Number { max, .. } => max.to_string(),
            Kind::Text { .. } => "left rig".into(),
            Kind::Folder => "~/races".into(),
            Kind::Age => "90d".into(),
            Kind::Size => "50GB".into(),
            Kind::Rate => "20Mbit/s".into(),
            Kind::Positions => "0.2,0.9".into(),
        }
    }

    #[test]
    fn every_key_has_a_variable_that_replaces_the_file() {
        let file: String = KEYS.iter().map(|key| format!("{} = {}\n", key.name, key.default_value())).collect();
        for key in KEYS {
            let variable = |name: &str| (name == key.variable()).then(|| other(key).into());
            let effective = Effective::new(Some(&file), variable).unwrap();
            assert_eq!(effective.origin(key), Origin::Environment);
            assert_eq!(effective.settings.get(key).to_json(), key.kind.parse(&other(key)).to_json(), "{}", key.name);
            assert!(KEYS.iter().filter(|other| *other != key).all(|key| effective.origin(key) == Origin::File));
        }
    }

    #[test]
    fn with_problems_keeps_what_is_right() {
        let file = "units = \"metric\"\n[server]\nport = 70000\nlan = true\n";
        let variable = |name: &str| (name == "ACEVO_RIG").then(|| "\u{1}".into());
        let (effective, problems) = Effective::with_problems(Some(file), variable);
        assert_eq!((effective.settings.server.port, effective.settings.server.lan), (7333, true));
        assert_eq!(effective.origin(Key::find("server.port").unwrap()), Origin::Default);
        assert_eq!(
            problems.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(),
            ["server.port", "ACEVO_RIG"]
        );
    }

    #[test]
    fn wrong_variables_are_problems_with_their_names() {
        for key in KEYS.iter().filter(|key| !key.name.ends_with("rig")) {
            let variable = |name: &str| (name == key.variable()).then(|| "\u{1}wrong".into());
            let problems = Effective::new(None, variable).unwrap_err();
            assert_eq!((problems.len(), problems[0].line, &problems[0].key), (1, None, &key.variable()));
        }
        assert!(Effective::new(None, |_| Some("".into())).is_ok(), "an empty variable is not set");
    }
}
