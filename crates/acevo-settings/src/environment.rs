//! Environment variables: one per key.

use std::ffi::OsString;

use crate::key::{KEYS, Key};
use crate::problem::{Problem, did_you_mean, nearest};
use crate::settings::Settings;

/// Variables that are no keys: secrets are not printed with the settings.
const SECRETS: &[&str] = &["ACEVO_MQTT_PASSWORD", "ACEVO_INFLUX_PASSWORD", "ACEVO_INFLUX_TOKEN", "ACEVO_UPLOAD_TOKEN"];

/// Applies the variables that are set. An empty variable counts as not set. `on_key` gets each key that was set.
pub(crate) fn apply(
    variable: impl Fn(&str) -> Option<OsString>,
    settings: &mut Settings,
    mut on_key: impl FnMut(&'static Key),
) -> Vec<Problem> {
    let mut problems = vec![];
    for key in KEYS {
        let name = key.variable();
        let Some(text) = variable(&name).filter(|text| !text.is_empty()) else { continue };
        let set = match text.to_str() {
            Some(text) => settings.set(key, &key.kind.parse(text)),
            None => Err(Problem::new("", "the value is not UTF-8")),
        };
        match set {
            Ok(()) => on_key(key),
            Err(problem) => problems.push(Problem { key: name, ..problem }),
        }
    }
    problems
}

/// Variables that no key has, but that are similar to one: probably misspelt. Variables of other programs and of tests are not reported.
pub fn unknown_variables<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Problem> {
    let known: Vec<String> = KEYS.iter().map(|key| key.variable()["ACEVO_".len()..].to_lowercase()).collect();
    let mut problems = vec![];
    for name in names.into_iter().filter(|name| !SECRETS.contains(name)) {
        let Some(rest) = name.strip_prefix("ACEVO_").map(str::to_lowercase).filter(|rest| !known.contains(rest)) else {
            continue;
        };
        let leaf = KEYS.iter().find(|key| key.leaf() == rest).map(Key::variable);
        let alike =
            || nearest(&rest, known.iter().map(String::as_str)).map(|name| format!("ACEVO_{}", name.to_uppercase()));
        if let Some(meant) = leaf.or_else(alike) {
            problems.push(Problem::new(name, "unknown environment variable").suggest(Some(did_you_mean(meant))));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_variables_reports_misspelt_names_but_not_those_of_tests() {
        let reported = |name| unknown_variables([name]).first().map(ToString::to_string);
        assert_eq!(
            reported("ACEVO_SERVER_PROT").as_deref(),
            Some("ACEVO_SERVER_PROT: unknown environment variable; did you mean ACEVO_SERVER_PORT?")
        );
        for secret in SECRETS {
            assert_eq!(reported(secret), None, "{secret}");
        }
        assert!(reported("ACEVO_PORT").unwrap().contains("ACEVO_SERVER_PORT"));
        for other in [
            "ACEVO_UNITS",
            "ACEVO_SEEDS",
            "ACEVO_PYTHON",
            "ACEVO_CHROMIUM",
            "ACEVO_EXE",
            "ACEVO_GOLDEN",
            "PATH",
            "ACEVO",
        ] {
            assert_eq!(reported(other), None, "{other}");
        }
    }
}
