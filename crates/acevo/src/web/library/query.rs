//! The part of an address after the question mark, as a filter.

use acevo_library::SessionFilter;
use axum::http::StatusCode;

use crate::web::change::Refusal;

/// Number of sessions in an answer, unless the query has another one, and its maximum.
const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 10_000;

/// The filter of a query. Unknown parameters are ignored, among them the token.
pub(super) fn filter(query: &str) -> Result<SessionFilter, Refusal> {
    let mut filter = SessionFilter::default();
    filter.limit = Some(DEFAULT_LIMIT);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = decoded(value).ok_or_else(|| wrong(name, "text in UTF-8"))?;
        let number = || value.parse::<u32>().map_err(|_| wrong(name, "a number"));
        match name {
            "track" => filter.track = Some(value),
            "layout" => filter.layout = Some(value),
            "car" => filter.car = Some(value),
            "driver" => filter.driver = Some(value),
            "kind" => filter.kind = Some(value),
            "since" => filter.since = Some(value),
            "until" => filter.until = Some(value),
            "tag" => filter.tag = Some(value),
            "text" => filter.text = Some(value),
            "offset" => filter.offset = number()?,
            "limit" => filter.limit = Some(number()?.min(MAX_LIMIT)),
            _ => {}
        }
    }
    Ok(filter)
}

/// A parameter of a query; `None` without it.
pub(in crate::web) fn parameter(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == name)
        .and_then(|(_, value)| decoded(value))
}

fn wrong(name: &str, expected: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, format!("`{}` is {expected}.", crate::format::text::clean(name)))
}

/// A value with its escapes replaced; `None` if it is not UTF-8.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, used) = match (first, after) {
            (b'%', [high, low, ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, 3),
                _ => (b'%', 1),
            },
            (b'+', _) => (b' ', 1),
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[used..];
    }
    String::from_utf8(bytes).ok()
}

fn digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_decodes_values_and_limits_the_length() {
        let filter = filter("track=M%C3%BCnchen+1&car=a%26b%3d&limit=99999&offset=3&token=x&kind=race").unwrap();
        assert_eq!((filter.track.as_deref(), filter.car.as_deref()), (Some("München 1"), Some("a&b=")));
        assert_eq!((filter.limit, filter.offset, filter.kind.as_deref()), (Some(MAX_LIMIT), 3, Some("race")));
        assert_eq!(super::filter("").unwrap().limit, Some(DEFAULT_LIMIT));
        for wrong in ["limit=x", "offset=-1", "track=%FF"] {
            assert!(super::filter(wrong).is_err(), "{wrong}");
        }
        assert_eq!(decoded("%"), Some("%".into()));
        assert_eq!(decoded("%4"), Some("%4".into()));
        assert_eq!(decoded("%zz%41"), Some("%zzA".into()));
    }
}
