//! The file: reading with line numbers, and changing one key.

use acevo_telemetry::is_unsafe_to_print;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike};

use crate::key::{Key, SECTIONS};
use crate::kind::Kind;
use crate::problem::{Problem, did_you_mean, nearest};
use crate::settings::Settings;
use crate::value::Value;

/// The section whose further keys are names of tracks.
const SECTORS: &str = "sectors";

/// Maximum length of the name of a track with its configuration, bytes.
const MAX_TRACK_NAME: usize = 200;

impl Settings {
    /// Reads the text of a file. A key that is absent has its default.
    ///
    /// # Errors
    /// Every problem of the text, in the order of its lines.
    ///
    /// ```
    /// use acevo_settings::Settings;
    ///
    /// let settings = Settings::from_toml("[server]\nport = 8080\n").unwrap();
    /// assert_eq!(settings.server.port, 8080);
    /// let problems = Settings::from_toml("[server]\nprot = 8080\n").unwrap_err();
    /// assert_eq!(problems[0].to_string(), "line 2: server.prot: unknown key; did you mean server.port?");
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Vec<Problem>> {
        let mut settings = Self::default();
        let problems = apply(text, &mut settings, |_, _| {});
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }
}

/// Applies the text of a file. `on_key` gets each key that was set, and its line, from 1. Returns the problems in the order of their lines.
pub(crate) fn apply(text: &str, settings: &mut Settings, on_key: impl FnMut(&'static Key, usize)) -> Vec<Problem> {
    // Some editors of Windows write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![syntax(text, &error)],
    };
    let mut reader = Reader { text, settings, on_key, problems: vec![] };
    reader.read(document.as_table());
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// The number of the line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

fn syntax(text: &str, error: &toml_edit::TomlError) -> Problem {
    let at = error.span().map_or(0, |span| span.start);
    let line = line_of(text, at);
    let message: Vec<_> = error.message().lines().map(str::trim).filter(|part| !part.is_empty()).collect();
    let content = text.lines().nth(line - 1).unwrap_or_default();
    let advice = if content.contains('\\') {
        Some("write a path of Windows in single quotation marks: 'C:\\races'".to_owned())
    } else {
        None
    };
    Problem::new("", format!("this is not TOML: {}", message.join(", "))).at(line).suggest(advice)
}

struct Reader<'a, F> {
    text: &'a str,
    settings: &'a mut Settings,
    on_key: F,
    problems: Vec<Problem>,
}

impl<F: FnMut(&'static Key, usize)> Reader<'_, F> {
    fn read(&mut self, root: &Table) {
        for (name, item) in root.iter() {
            let line = self.line(root, name, item);
            if SECTIONS.iter().any(|(section, _)| *section == name) {
                match item.as_table_like() {
                    Some(table) => self.read_section(name, table),
                    None => {
                        let message =
                            format!("expected a section [{name}], found {}", Value::from_item(item).type_name());
                        self.problems.push(Problem::new(name, message).at(line));
                    }
                }
            } else if item.is_table_like() && Key::find(name).is_none() {
                let known = nearest(name, SECTIONS.iter().map(|(section, _)| *section));
                let suggestion = known.map(|section| did_you_mean(format!("[{section}]")));
                self.problems.push(Problem::new(name, "unknown section").at(line).suggest(suggestion));
            } else {
                self.read_key(name, item, line);
            }
        }
    }

    fn read_section(&mut self, section: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let line = self.line(table, name, item);
            let path = format!("{section}.{name}");
            if section == SECTORS && Key::find(&path).is_none() {
                if let Err(problem) = set_track(self.settings, name, &Value::from_item(item)) {
                    self.problems.push(problem.at(line));
                }
            } else {
                self.read_key(&path, item, line);
            }
        }
    }

    fn read_key(&mut self, path: &str, item: &Item, line: usize) {
        let Some(key) = Key::find(path) else {
            self.problems.push(unknown(path).at(line));
            return;
        };
        match self.settings.set(key, &Value::from_item(item)) {
            Ok(()) => (self.on_key)(key, line),
            Err(problem) => self.problems.push(problem.at(line)),
        }
    }

    fn line(&self, table: &dyn TableLike, name: &str, item: &Item) -> usize {
        let span = table.key(name).and_then(toml_edit::Key::span).or_else(|| item.span());
        line_of(self.text, span.map_or(0, |span| span.start))
    }
}

fn unknown(path: &str) -> Problem {
    Problem::new(path, "unknown key").suggest(Key::nearest(path).map(did_you_mean))
}

fn set_track(settings: &mut Settings, name: &str, value: &Value) -> Result<(), Problem> {
    let problem = |message| Problem::new(format!("{SECTORS}.{name}"), message);
    if name.trim().is_empty() || name.len() > MAX_TRACK_NAME || name.contains(is_unsafe_to_print) {
        return Err(problem(format!("a track has a name of 1 to {MAX_TRACK_NAME} bytes without control characters")));
    }
    Kind::Positions.check(value).map_err(|(message, suggestion)| problem(message).suggest(suggestion))?;
    settings.sectors.set_track(name, value).map_err(problem)
}

/// The text of a file with one key changed, or removed with `None`. Comments and the order of keys stay as they are. A track is the key
/// `sectors.NAME`.
///
/// # Errors
/// The key is unknown, the value is wrong, or the file with the change has problems.
///
/// ```
/// use acevo_settings::change;
///
/// let text = "[server]\nport = 7333 # my port\n";
/// assert_eq!(change(text, "server.port", Some(&8080.into())).unwrap(), "[server]\nport = 8080 # my port\n");
/// ```
pub fn change(text: &str, key: &str, value: Option<&Value>) -> Result<String, Vec<Problem>> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let (section, leaf) = key.split_once('.').unwrap_or(("", key));
    let value = check(key, section, leaf, value).map_err(|problem| vec![problem])?;
    let mut document: DocumentMut = body.parse().map_err(|error| vec![syntax(body, &error)])?;
    let is_removed = value.is_none();
    let root = document.as_table_mut();
    let changed = if section.is_empty() { replace(root, leaf, value) } else { replace_in(root, section, leaf, value) };
    changed.ok_or_else(|| {
        vec![Problem::new(key, format!("the file has another value in the place of the section [{section}]"))]
    })?;
    let without = if is_removed { without_line(body, section, leaf) } else { None };
    let mut changed = without.unwrap_or_else(|| document.to_string());
    if body.contains("\r\n") {
        changed = changed.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    let text = format!("{mark}{changed}");
    Settings::from_toml(&text).map(|_| text)
}

/// The text of a file with several keys changed, as [`change`] does it.
///
/// # Errors
/// The problems of the file, which have lines, if it has any; else those of all changes.
pub fn change_all<'a>(
    text: &str,
    changes: impl IntoIterator<Item = (&'a str, Option<&'a Value>)>,
) -> Result<String, Vec<Problem>> {
    Settings::from_toml(text)?;
    let mut text = text.to_owned();
    let mut problems = vec![];
    for (key, value) in changes {
        match change(&text, key, value) {
            Ok(changed) => text = changed,
            // The file is right, so this is a problem of the change.
            Err(found) => problems.extend(found.into_iter().map(|problem| Problem { line: None, ..problem })),
        }
    }
    if problems.is_empty() { Ok(text) } else { Err(problems) }
}

/// The text without the line of a key. The comments before it stay, which the removal of an item would remove, too: in a file with all keys
/// commented out these are the lines of other keys. `None` if there is no such key, or other values are on its line.
fn without_line(text: &str, section: &str, leaf: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let root = document.as_table();
    let table: &dyn TableLike = if section.is_empty() { root } else { root.get(section)?.as_table_like()? };
    let (key, value) = (table.key(leaf)?.span()?, table.get(leaf)?.span()?);
    let start = text.get(..key.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(value.end..)?.find('\n').map_or(text.len(), |at| value.end + at + 1);
    let is_alone = !text[start..key.start].contains(['{', '=', '[']);
    let rest = text[value.end..end].trim();
    (is_alone && (rest.is_empty() || rest.starts_with('#'))).then(|| format!("{}{}", &text[..start], &text[end..]))
}

/// The value as TOML.
fn check(key: &str, section: &str, leaf: &str, value: Option<&Value>) -> Result<Option<toml_edit::Value>, Problem> {
    let mut scratch = Settings::default();
    match (Key::find(key), value) {
        (Some(known), Some(value)) => scratch.set(known, value)?,
        (None, value) if section == SECTORS => set_track(&mut scratch, leaf, value.unwrap_or(&Value::List(vec![])))?,
        (Some(_), None) => {}
        (None, _) => return Err(unknown(key)),
    }
    Ok(value.and_then(Value::to_toml))
}

/// Replaces a value in a table. The comment after the old value stays.
fn replace(table: &mut dyn TableLike, leaf: &str, value: Option<toml_edit::Value>) -> Option<()> {
    let Some(mut value) = value else {
        table.remove(leaf);
        return Some(());
    };
    match table.get_mut(leaf) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => drop(table.insert(leaf, Item::Value(value))),
    }
    Some(())
}

/// As [`replace`], in a section, which is created if it does not exist. `None` if its name belongs to a value.
fn replace_in(root: &mut Table, section: &str, leaf: &str, value: Option<toml_edit::Value>) -> Option<()> {
    match root.get_mut(section) {
        Some(item) => replace(item.as_table_like_mut()?, leaf, value),
        None if value.is_none() => Some(()),
        None => {
            let mut table = Table::new();
            replace(&mut table, leaf, value)?;
            root.insert(section, Item::Table(table));
            Some(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::KEYS;
    use crate::template::commented_default;

    fn problems(text: &str) -> Vec<String> {
        Settings::from_toml(text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_problem_has_its_line_and_a_suggestion() {
        let text = "unts = \"metric\"\nunits = \"imperal\"\n\n[server]\nport = 70000\nlan = \"true\"\n# a comment\nlann = true\n\n\
            [recordings]\nfolder = \"x\"\n[recording]\nfolder = \"races\"\nmax_age = 90\n[sectors]\ndefault = [0.7, 0.3]\nMonza = 1\n";
        let expected = [
            "line 1: unts: unknown key; did you mean units?",
            "line 2: units: expected game, metric, kpa, imperial, found \"imperal\"; did you mean imperial?",
            "line 5: server.port: expected 0 to 65535, found 70000",
            "line 6: server.lan: expected true, false, found \"true\"; write true without quotation marks",
            "line 8: server.lann: unknown key; did you mean server.lan?",
            "line 10: recordings: unknown section; did you mean [recording]?",
            "line 13: recording.folder: expected an absolute path, or one that begins with ~/, found \"races\"",
            "line 14: recording.max_age: expected 1h to 100y, such as 36h, 90d, 12w or 2y; none, found 90; \
                write the number with its unit, in quotation marks",
            "line 16: sectors.default: expected thirds, or ascending lap positions between 0 and 1, such as [0.31, 0.68], found [0.7, 0.3]",
            "line 17: sectors.Monza: expected thirds, or ascending lap positions between 0 and 1, such as [0.31, 0.68], found 1",
        ];
        assert_eq!(problems(text), expected);
    }

    #[test]
    fn syntax_errors_have_their_line_and_advice_about_backslashes() {
        assert!(
            problems("units = \"game\"\nrig = \n")[0].starts_with("line 2: this is not TOML"),
            "{:?}",
            problems("rig =")
        );
        let path = problems("[recording]\nfolder = \"C:\\Users\\me\"\n");
        assert!(path[0].starts_with("line 2: ") && path[0].contains("single quotation marks"), "{path:?}");
        assert!(problems("rig = \"a\"\nrig = \"b\"\n")[0].starts_with("line 2: "));
    }

    #[test]
    fn sections_can_be_inline_or_dotted_but_not_values() {
        for text in
            ["server = { port = 80 }", "server.port = 80", "[server]\nport = 80", "\u{feff}[server]\r\nport = 80\r\n"]
        {
            assert_eq!(Settings::from_toml(text).unwrap().server.port, 80, "{text}");
        }
        for text in ["server = 80", "[[server]]\nport = 80", "[units]\na = 1", "[server.port]\na = 1", "[a.b.c]\nd = 1"]
        {
            assert!(Settings::from_toml(text).is_err(), "{text}");
        }
        assert_eq!(
            problems("\n[[server]]\nport = 80"),
            ["line 2: server: expected a section [server], found an array of tables"]
        );
    }

    #[test]
    fn change_keeps_comments_order_and_other_keys() {
        let text = "# mine\nrig = \"a\" # left\n\n[server] # web\n# before\nport = 80   # port\nlan = true\n\n# end\n";
        let changed = change(text, "server.port", Some(&Value::Integer(81))).unwrap();
        assert_eq!(changed, text.replace("80", "81"));
        let changed = change(text, "rig", Some(&"b\"c".into())).unwrap();
        assert_eq!(Settings::from_toml(&changed).unwrap().rig, "b\"c");
        assert!(changed.contains("# left") && changed.contains("# end"), "{changed}");
        let changed = change(text, "server.lan", None).unwrap();
        assert_eq!(changed, text.replace("lan = true\n", ""));
        let changed = change(text, "log.level", Some(&"debug".into())).unwrap();
        assert!(changed.contains("[log]\nlevel = \"debug\"\n") && changed.contains("# mine"), "{changed}");
        let changed = change(text, "sectors.Ring/GP", Some(&Value::List(vec![0.5.into()]))).unwrap();
        assert_eq!(Settings::from_toml(&changed).unwrap().sectors.sectors().lines("Ring", "GP"), [0.5]);
        assert_eq!(change(&changed, "sectors.Ring/GP", None).unwrap().matches("Ring").count(), 0);
    }

    #[test]
    fn change_that_removes_a_key_keeps_the_comments_before_it() {
        let text =
            "# mine\nunits = \"kpa\" # kpa\n# about the rig\n[server]\n#port = 7333\n# network\nlan = true\n\n# end\n";
        let changed = change(text, "server.lan", None).unwrap();
        assert_eq!(changed, text.replace("lan = true\n", ""));
        assert_eq!(change(&changed, "units", None).unwrap(), changed.replace("units = \"kpa\" # kpa\n", ""));
        assert_eq!(change(text, "server.port", None).unwrap(), text, "a key that is absent");
        for (inline, expected) in [
            ("server = { port = 80, lan = true }\n", "server = { lan = true }"),
            ("server.port = 80\nserver.lan = true\n", "server.lan = true"),
        ] {
            let changed = change(inline, "server.port", None).unwrap();
            assert_eq!(changed.replace("  ", " ").trim_end(), expected);
        }
        // Lists over several lines.
        let list = "[sectors]\n\"Ring\" = [\n  0.3, # first\n  0.6,\n] # two\n# end\n";
        assert_eq!(change(list, "sectors.Ring", None).unwrap(), "[sectors]\n# end\n");
    }

    #[test]
    fn change_keeps_the_line_ends_and_the_mark_of_windows() {
        let text = "\u{feff}# mine\r\n[server]\r\nport = 80 # web\r\nlan = true\r\n";
        assert_eq!(change(text, "server.port", Some(&Value::Integer(81))).unwrap(), text.replace("80", "81"));
        assert_eq!(change(text, "server.lan", None).unwrap(), text.replace("lan = true\r\n", ""));
        let added = change(text, "log.level", Some(&"debug".into())).unwrap();
        assert_eq!(added.matches('\n').count(), added.matches("\r\n").count(), "{added:?}");
    }

    #[test]
    fn change_all_makes_every_change_or_reports_every_problem() {
        let text = "rig = \"a\" # mine\n";
        let (metric, port) = (Value::from("metric"), Value::Integer(70_000));
        let changed = change_all(text, [("units", Some(&metric)), ("rig", None), ("sectors.Ring", None)]).unwrap();
        let settings = Settings::from_toml(&changed).unwrap();
        assert_eq!((settings.units.name(), settings.rig.as_str()), ("metric", ""));
        let problems =
            change_all(text, [("server.port", Some(&port)), ("units", Some(&metric)), ("x", None)]).unwrap_err();
        let keys: Vec<_> = problems.iter().map(|problem| (problem.key.as_str(), problem.line)).collect();
        assert_eq!(keys, [("server.port", None), ("x", None)]);
        let problems = change_all("x = 1\nrig = 1\n", [("units", Some(&metric))]).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(1), Some(2)]);
    }

    #[test]
    fn change_refuses_unknown_keys_wrong_values_and_broken_files() {
        let first = |result: Result<String, Vec<Problem>>| result.unwrap_err()[0].to_string();
        assert_eq!(
            first(change("", "server.prot", Some(&1.into()))),
            "server.prot: unknown key; did you mean server.port?"
        );
        assert!(first(change("", "server.port", Some(&(-1).into()))).contains("0 to 65535"));
        assert!(first(change("server = 1", "server.port", Some(&1.into()))).contains("[server]"));
        assert!(first(change("x = 1", "server.port", Some(&1.into()))).contains("line 1"));
        assert!(first(change("= 1", "server.port", Some(&1.into()))).contains("not TOML"));
        for name in ["", "a\nb", "\u{202e}"] {
            assert!(change("", &format!("sectors.{name}"), Some(&Value::List(vec![]))).is_err(), "{name:?}");
        }
    }

    #[test]
    fn change_of_a_new_file_sets_every_key() {
        let mut text = commented_default();
        for key in KEYS {
            text = change(&text, key.name, Some(&key.default_value())).unwrap();
        }
        assert_eq!(Settings::from_toml(&text), Ok(Settings::default()));
        assert!(text.lines().filter(|line| line.starts_with('#')).count() > KEYS.len(), "{text}");
    }

    /// Values of all types.
    const VALUES: &[&str] = &[
        "1",
        "-1",
        "0.5",
        "true",
        "\"none\"",
        "\"90d\"",
        "\"\"",
        "[]",
        "[0.3, 0.6]",
        "[[1]]",
        "{a=1}",
        "1979-05-27",
        "nan",
        "inf",
        "9e99",
        "\"\\u0000\"",
    ];

    /// Texts that are nearly settings.
    fn text() -> impl Strategy<Value = String> {
        let names: Vec<_> =
            KEYS.iter().flat_map(|key| [key.name, key.leaf()]).chain(SECTIONS.map(|(name, _)| name)).collect();
        let line =
            (prop::sample::select(names), prop::sample::select(VALUES), 0..6).prop_map(
                |(name, value, form)| match form {
                    0 => format!("[{name}]\n"),
                    1 => format!("[[{name}]]\n"),
                    2 => format!("# {name}\n"),
                    _ => format!("{name} = {value}\n"),
                },
            );
        prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
    }

    proptest! {
        #[test]
        fn any_text_gives_settings_or_problems(text in prop_oneof![text(), any::<String>(), "[\\[\\]{}=.\"'a-z0-9\n#, ]{0,200}"]) {
            match Settings::from_toml(&text) {
                Ok(settings) => {
                    for key in KEYS {
                        prop_assert_eq!(settings.clone().set(key, &settings.get(key)), Ok(()));
                    }
                    settings.sectors.sectors();
                }
                Err(problems) => {
                    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
                    prop_assert!(!problems.is_empty());
                    prop_assert!(problems.iter().all(|problem| problem.line.is_some_and(|line| line <= lines)), "{problems:?}");
                }
            }
        }

        #[test]
        fn change_of_any_text_sets_the_value_or_fails(text in text(), index in 0..KEYS.len()) {
            let key = &KEYS[index];
            if let Ok(changed) = change(&text, key.name, Some(&key.default_value())) {
                let changed = Settings::from_toml(&changed).unwrap();
                prop_assert_eq!(changed.get(key), key.default_value());
                // The change may have corrected the text.
                let before = Settings::from_toml(&text).unwrap_or_else(|_| changed.clone());
                prop_assert!(KEYS.iter().filter(|other| *other != key).all(|key| changed.get(key) == before.get(key)));
            }
        }
    }
}
