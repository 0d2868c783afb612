//! Lines of the line protocol.
//!
//! Databases escape differently: after a backslash, InfluxDB and VictoriaMetrics disagree. So names and tags have none, and no line has a
//! character of control. What is left is escaped in the one way that all of them read.

use std::fmt::{self, Write as _};

/// Maximum length of a name or tag, bytes.
const MAX_NAME: usize = 200;

/// Maximum length of a text, bytes.
const MAX_TEXT: usize = 2_000;

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FieldValue {
    /// One that is not finite is left out.
    Float(f64),
    Integer(i64),
    Switch(bool),
    Text(String),
}

/// A point: values of one series at an instant.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Point {
    pub(super) measurement: &'static str,
    /// In the order of their names. Empty ones are left out.
    pub(super) tags: Vec<(&'static str, String)>,
    pub(super) fields: Vec<(String, FieldValue)>,
    /// Milliseconds since 1970.
    pub(super) unix_ms: u64,
}

impl Point {
    /// The line without its end; `None` if no field has a value.
    pub(super) fn line(&self) -> Option<String> {
        let mut line = String::with_capacity(400);
        name(&mut line, self.measurement);
        for (key, value) in self.tags.iter().filter(|(_, value)| !value.is_empty()) {
            line.push(',');
            name(&mut line, key);
            line.push('=');
            name(&mut line, value);
        }
        let mut separator = ' ';
        for (key, value) in self.fields.iter().filter(|(key, value)| !key.is_empty() && value.is_possible()) {
            line.push(separator);
            separator = ',';
            name(&mut line, key);
            // Writing to a text does not fail.
            let _ = write!(line, "={value}");
        }
        let _ = write!(line, " {}", self.unix_ms);
        (separator == ',').then_some(line)
    }
}

impl FieldValue {
    fn is_possible(&self) -> bool {
        !matches!(self, Self::Float(number) if !number.is_finite())
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Whole numbers have no point: shorter, and still a float.
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => write!(f, "{}", *number as i64),
            // Very large and very small ones have an exponent.
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Integer(number) => write!(f, "{number}i"),
            Self::Switch(is_on) => write!(f, "{is_on}"),
            Self::Text(text) => {
                f.write_char('"')?;
                for letter in limited(text, MAX_TEXT).chars() {
                    match letter {
                        '"' | '\\' => write!(f, "\\{letter}")?,
                        letter => f.write_char(printable(letter))?,
                    }
                }
                f.write_char('"')
            }
        }
    }
}

/// Appends a measurement, a key or a tag.
fn name(line: &mut String, name: &str) {
    for letter in limited(name, MAX_NAME).chars() {
        match letter {
            ',' | '=' | ' ' => line.extend(['\\', letter]),
            '\\' => line.push('/'),
            letter => match printable(letter) {
                ' ' => line.push_str("\\ "),
                letter => line.push(letter),
            },
        }
    }
}

/// Ends of lines and other characters of control become spaces.
fn printable(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

/// The beginning of a text, at most with this length in bytes.
fn limited(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The parts of a line.
    #[derive(Debug, PartialEq)]
    struct Parsed {
        measurement: String,
        tags: Vec<(String, String)>,
        fields: Vec<(String, String)>,
        time: String,
    }

    /// Takes a text up to one of these characters that is not escaped, and without escapes.
    fn take(rest: &mut &str, ends: &str) -> String {
        let mut taken = String::new();
        let mut letters = rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => taken.extend(letters.next().map(|(_, letter)| letter)),
                letter if ends.contains(letter) => {
                    *rest = &rest[at..];
                    return taken;
                }
                letter => taken.push(letter),
            }
        }
        *rest = "";
        taken
    }

    /// A reader after the definition of the protocol, that shares nothing with the writer.
    fn parse(line: &str) -> Parsed {
        let mut rest = line;
        let measurement = take(&mut rest, ", ");
        let mut tags = vec![];
        while let Some(next) = rest.strip_prefix(',') {
            rest = next;
            let key = take(&mut rest, "=");
            rest = rest.strip_prefix('=').unwrap();
            tags.push((key, take(&mut rest, ", ")));
        }
        let mut fields = vec![];
        let mut separator = ' ';
        while let Some(next) = rest.strip_prefix(separator).filter(|_| separator == ' ' || !rest.starts_with(' ')) {
            rest = next;
            separator = ',';
            let key = take(&mut rest, "=");
            rest = rest.strip_prefix('=').unwrap();
            let value = match rest.strip_prefix('"') {
                Some(text) => {
                    rest = text;
                    let text = take(&mut rest, "\"");
                    rest = rest.strip_prefix('"').unwrap();
                    format!("\"{text}")
                }
                None => take(&mut rest, ", "),
            };
            fields.push((key, value));
        }
        Parsed { measurement, tags, fields, time: rest.strip_prefix(' ').unwrap().to_owned() }
    }

    fn point(tags: &[(&'static str, &str)], fields: &[(&str, FieldValue)]) -> Point {
        Point {
            measurement: "laps",
            tags: tags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
            fields: fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            unix_ms: 1_780_000_000_123,
        }
    }

    #[test]
    fn line_escapes_what_has_a_meaning() {
        let tags = [("car", "Velocita GT3, \"R\" a=b"), ("driver", ""), ("track", "C:\\Spa\n")];
        let fields = [
            ("text", FieldValue::Text("say \"hi\" \\ there\n".into())),
            ("speed", FieldValue::Float(213.4)),
            ("gear", FieldValue::Float(-0.0)),
            ("nothing", FieldValue::Float(f64::NAN)),
            ("number", FieldValue::Integer(-3)),
            ("valid", FieldValue::Switch(true)),
            ("huge", FieldValue::Float(1e300)),
        ];
        assert_eq!(
            point(&tags, &fields).line().unwrap(),
            "laps,car=Velocita\\ GT3\\,\\ \"R\"\\ a\\=b,track=C:/Spa\\  text=\"say \\\"hi\\\" \\\\ there \",speed=213.4,\
             gear=0,number=-3i,valid=true,huge=1e300 1780000000123"
        );
    }

    #[test]
    fn line_without_a_value_is_none() {
        assert_eq!(point(&[], &[]).line(), None);
        assert_eq!(point(&[], &[("speed", FieldValue::Float(f64::INFINITY))]).line(), None);
    }

    #[test]
    fn line_shortens_long_names_and_texts() {
        let long = "ü".repeat(5_000);
        let line = point(&[("car", &long)], &[("text", FieldValue::Text(long.clone()))]).line().unwrap();
        assert!(line.len() < MAX_NAME + MAX_TEXT + 50, "{}", line.len());
    }

    fn any_value() -> impl Strategy<Value = FieldValue> {
        prop_oneof![
            any::<f64>().prop_map(FieldValue::Float),
            any::<i64>().prop_map(FieldValue::Integer),
            any::<bool>().prop_map(FieldValue::Switch),
            ".{0,40}".prop_map(FieldValue::Text),
            any::<String>().prop_map(FieldValue::Text),
        ]
    }

    fn spaced(text: &str) -> String {
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
    }

    proptest! {
        #[test]
        fn line_is_read_as_it_was_written(
            tag: String,
            other in "[a-z ,=\"\\\\]{0,20}",
            key in "[a-z ,=\"é]{1,20}",
            value in any_value(),
            unix_ms: u64,
        ) {
            let mut point = point(&[("car", &tag), ("track", &other)], &[(&key, value.clone()), ("n", FieldValue::Integer(1))]);
            point.unix_ms = unix_ms;
            let line = point.line().unwrap();
            prop_assert!(!line.chars().any(char::is_control));
            let parsed = parse(&line);
            prop_assert_eq!(&parsed.measurement, "laps");
            let tags = [("car", tag), ("track", other)].into_iter().filter(|(_, value)| !value.is_empty());
            let tags: Vec<_> = tags.map(|(key, value)| (key.to_owned(), spaced(&value).replace('\\', "/"))).collect();
            prop_assert_eq!(parsed.tags, tags);
            prop_assert_eq!(parsed.time.parse::<u64>().unwrap(), unix_ms);
            let mut fields = parsed.fields;
            prop_assert_eq!(fields.pop().unwrap(), ("n".to_owned(), "1i".to_owned()));
            match value {
                FieldValue::Float(number) if !number.is_finite() => prop_assert!(fields.is_empty()),
                value => {
                    let (read_key, read) = fields.pop().unwrap();
                    prop_assert_eq!(read_key, key);
                    match value {
                        FieldValue::Float(number) => prop_assert_eq!(read.parse::<f64>().unwrap(), number),
                        FieldValue::Integer(number) => prop_assert_eq!(read, format!("{number}i")),
                        FieldValue::Switch(is_on) => prop_assert_eq!(read, is_on.to_string()),
                        FieldValue::Text(text) => prop_assert_eq!(read, format!("\"{}", spaced(&text))),
                    }
                }
            }
        }
    }
}
