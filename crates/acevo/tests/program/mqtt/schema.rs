//! Validates messages against `docs/schema/mqtt-v1.json`.
//!
//! Knows the keywords that the schema uses, and fails on others.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The schema of the messages.
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/mqtt-v1.json");
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Checks a message of a topic, of which `name` is the last level.
    pub(super) fn check(&self, name: &str, message: &Value) -> Result<(), String> {
        let definition = self.0["$defs"].get(name).ok_or_else(|| format!("the schema has no {name}"))?;
        self.validate(definition, message, name)
    }

    fn validate(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{at}: {what}: {value}"));
        let fields = schema.as_object().expect("a schema is an object");
        for (keyword, rule) in fields {
            match keyword.as_str() {
                "description" => {}
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    self.validate(&self.0["$defs"][name], value, at)?;
                }
                "type" => {
                    let is_any = match rule {
                        Value::Array(types) => types.iter().any(|kind| is_of(kind, value)),
                        kind => is_of(kind, value),
                    };
                    if !is_any {
                        return wrong(&format!("is not {rule}"));
                    }
                }
                "const" if rule != value => return wrong("is another constant"),
                "enum" if !rule.as_array().unwrap().contains(value) => return wrong("is not in the list"),
                "const" | "enum" => {}
                "minimum" => {
                    if value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) {
                        return wrong("is too small");
                    }
                }
                "pattern" => {
                    if value.as_str().is_some_and(|text| !matches(rule.as_str().unwrap(), text)) {
                        return wrong(&format!("does not match {rule}"));
                    }
                }
                "required" => {
                    for name in rule.as_array().unwrap() {
                        if value.get(name.as_str().unwrap()).is_none() {
                            return wrong(&format!("has no {name}"));
                        }
                    }
                }
                "properties" => {
                    for (name, rule) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.validate(rule, value, &format!("{at}.{name}"))?;
                        }
                    }
                }
                "additionalProperties" => {
                    let known = &fields["properties"];
                    for (name, value) in value.as_object().into_iter().flatten() {
                        match rule {
                            _ if known.get(name).is_some() => {}
                            Value::Bool(false) => return wrong(&format!("has {name:?}, which the schema lacks")),
                            rule => self.validate(rule, value, &format!("{at}.{name}"))?,
                        }
                    }
                }
                "items" => {
                    for value in value.as_array().into_iter().flatten() {
                        self.validate(rule, value, &format!("{at}[]"))?;
                    }
                }
                "anyOf" => {
                    let results: Vec<_> =
                        rule.as_array().unwrap().iter().map(|rule| self.validate(rule, value, at)).collect();
                    if results.iter().all(Result::is_err) {
                        return wrong("matches nothing");
                    }
                }
                keyword => panic!("the schema has a keyword that this test does not know: {keyword}"),
            }
        }
        Ok(())
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        kind => panic!("{kind}"),
    }
}

/// Matches the simple patterns of the schema: sets of letters, `{n}`, `{n,m}`, `+`, and one optional group at the end.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap();
    if let Some((before, group)) = pattern.split_once('(') {
        let group = group.strip_suffix(")?").unwrap();
        let whole = |pattern: &str| matches(&format!("^{pattern}$"), text);
        return whole(before) || whole(&format!("{before}{group}"));
    }
    let (mut pattern, mut text) = (pattern, text);
    while let Some(first) = pattern.chars().next() {
        let (set, rest) = match first {
            '[' => pattern[1..].split_once(']').unwrap(),
            _ => pattern.split_at(first.len_utf8()),
        };
        let (min, max, rest) = if let Some(rest) = rest.strip_prefix('{') {
            let (range, rest) = rest.split_once('}').unwrap();
            let (min, max) = range.split_once(',').unwrap_or((range, range));
            (min.parse().unwrap(), max.parse().unwrap(), rest)
        } else if let Some(rest) = rest.strip_prefix('+') {
            (1, usize::MAX, rest)
        } else {
            (1, 1, rest)
        };
        let count = text.chars().take_while(|letter| is_in(set, *letter)).take(max).count();
        if count < min {
            return false;
        }
        (pattern, text) = (rest, &text[count..]);
    }
    text.is_empty()
}

fn is_in(set: &str, letter: char) -> bool {
    let letters: Vec<_> = set.chars().collect();
    let in_range = |range: &[char]| range[1] == '-' && (range[0]..=range[2]).contains(&letter);
    letters.contains(&letter) || letters.windows(3).any(in_range)
}

#[test]
fn matches_knows_the_patterns_of_the_schema() {
    assert!(matches("^[0-9a-f-]{36}/[0-9]+(#[0-9]+)?$", "01a22be8-d41d-7c70-b85b-467e3045a55a/12#2"));
    assert!(matches("^[0-9a-f-]{36}/[0-9]+(#[0-9]+)?$", "01a22be8-d41d-7c70-b85b-467e3045a55a/12"));
    assert!(!matches("^[0-9a-f-]{36}/[0-9]+(#[0-9]+)?$", "01a22be8/12"));
    assert!(matches("^[a-z0-9_-]{1,48}$", "rig-3") && !matches("^[a-z0-9_-]{1,48}$", "Rig"));
}

#[test]
fn check_finds_what_is_wrong() {
    let schema = Schema::load();
    let boot = "01a22be8-d41d-7c70-b85b-467e3045a55a";
    schema.check("status", &serde_json::json!({ "online": false, "boot": boot })).unwrap();
    for wrong in [
        serde_json::json!({ "online": 1, "boot": boot }),
        serde_json::json!({ "online": true }),
        serde_json::json!({ "online": true, "boot": "x" }),
        serde_json::json!({ "online": true, "boot": boot, "other": 1 }),
        serde_json::json!({ "online": true, "boot": boot, "missed": -1 }),
    ] {
        schema.check("status", &wrong).unwrap_err();
    }
}
