//! Any bytes can be read as a log of the game, in pieces of any size: the events are the same, and their texts can be shown. The summary
//! counts the same lines.
#![no_main]

use acevo_gamelog::{Counts, LogEvent, LogSummary, Parser};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<LogEvent>, Counts) {
    let (mut parser, mut events) = (Parser::new(), Vec::new());
    for piece in pieces {
        parser.feed(piece);
        events.extend(std::iter::from_fn(|| parser.next_event()));
    }
    parser.finish();
    events.extend(std::iter::from_fn(|| parser.next_event()));
    (events, parser.counts())
}

fn check_texts(value: &Value) {
    match value {
        Value::String(text) => {
            assert!(text.chars().count() <= 100 && !text.chars().any(char::is_control), "{text:?}");
            let digits = text.split(|character: char| !character.is_ascii_digit()).map(str::len).max();
            assert!(digits.is_none_or(|digits| digits < 15), "{text:?}");
        }
        Value::Object(fields) => fields.values().for_each(check_texts),
        _ => {}
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [size, bytes @ ..] = bytes else { return };
    let (events, counts) = parse([bytes]);
    let (in_pieces, counts_in_pieces) = parse(bytes.chunks(usize::from(*size) + 1));
    assert_eq!(counts, counts_in_pieces);
    // Debug texts are equal if the numbers are, also those that are not equal to themselves.
    assert_eq!(format!("{events:?}"), format!("{in_pieces:?}"));
    assert!(events.len() as u64 <= counts.understood && counts.bytes == bytes.len() as u64);
    for event in &events {
        let json = serde_json::to_string(event).expect("an event can be written");
        let again: LogEvent = serde_json::from_str(&json).expect("a written event can be read");
        assert_eq!(again, *event);
        check_texts(&serde_json::to_value(event).expect("an event can be written"));
    }
    let summary = LogSummary::read(bytes).expect("a slice can be read");
    assert_eq!(summary.counts, counts);
    let laps = summary.sessions.iter().flat_map(|session| &session.cars).map(|car| car.laps.len()).sum::<usize>();
    assert!(laps as u64 <= counts.understood);
});
