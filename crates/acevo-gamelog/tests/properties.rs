//! Any bytes, in any pieces.

use acevo_gamelog::{LogEvent, LogSummary, Parser};
use proptest::prelude::*;

fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<LogEvent>, acevo_gamelog::Counts) {
    let (mut parser, mut events) = (Parser::new(), Vec::new());
    for piece in pieces {
        parser.feed(piece);
        events.extend(std::iter::from_fn(|| parser.next_event()));
    }
    parser.finish();
    events.extend(std::iter::from_fn(|| parser.next_event()));
    assert_eq!(parser.next_event(), None);
    (events, parser.counts())
}

/// A line that is similar to those of the game.
fn line() -> impl Strategy<Value = Vec<u8>> {
    const ID: &str = "00000000000000a1-00000000000000b2";
    let message = prop_oneof![
        (0..4_u8, 0..3_u32)
            .prop_map(|(i, lap)| format!("Split completed for car {ID}: (40000 ms, splitindex {i}) lap:{lap}")),
        (0..4_u8, 0..2_u8).prop_map(|(i, end)| format!("On Split start 0 end {end} id {i} splittime 40000")),
        Just("Unexpected On Split".to_owned()),
        Just("Outplap split".to_owned()),
        (0..200_u32).prop_map(|s| format!("New lap carId {ID}: {:02}:{:02}.000", s / 60, s % 60)),
        "[ -~•\u{0}-\u{1f}]{0,40}".prop_map(|name| format!("connecting gamecar {ID} ({name} | 12345678901234567)")),
        "[0-9\u{0}]{0,60}".prop_map(|name| format!("setSessionPhase {name}")),
        "Load preset [a-b]".prop_map(|text| text),
        Just("Game Started! GameModeType_A | B 3 laps @1 | C | D | 5 opponents".to_owned()),
        Just("RemoteGameServer InstantRaceRemote reset()".to_owned()),
        ".{0,60}",
    ];
    let tag = prop_oneof![Just("gameplay"), Just("server"), Just("network"), Just("audio"), Just("physics")];
    let line = (0..30_u32, tag, message)
        .prop_map(|(ms, tag, message)| format!("[2026-05-01 20:00:00.{ms:03}] [{tag}] [info] {message}"));
    let end = prop_oneof![8 => Just(&b"\n"[..]), 4 => Just(&b"\r\n"[..]), 1 => Just(&b"\0"[..]), 1 => Just(&b""[..])];
    let bytes = prop_oneof![
        8 => line.prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..50),
        1 => (4090..4100_usize).prop_map(|length| vec![b'x'; length]),
    ];
    (bytes, end).prop_map(|(mut bytes, end)| {
        bytes.extend(end);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn parser_accepts_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
        let (events, counts) = parse([bytes.as_slice()]);
        prop_assert_eq!(counts.bytes, bytes.len() as u64);
        prop_assert!(events.len() as u64 <= counts.understood);
    }

    #[test]
    fn parser_gives_the_same_events_for_any_pieces(lines in prop::collection::vec(line(), 0..60), size in 1..5000_usize) {
        let bytes = lines.concat();
        let (events, counts) = parse([bytes.as_slice()]);
        let in_pieces = parse(bytes.chunks(size));
        prop_assert_eq!(&in_pieces.0, &events);
        prop_assert_eq!(in_pieces.1, counts);
        prop_assert_eq!(LogSummary::read(bytes.as_slice()).unwrap().counts, counts);
    }

    #[test]
    fn texts_have_no_control_characters_and_no_long_numbers(lines in prop::collection::vec(line(), 0..30)) {
        for event in parse([lines.concat().as_slice()]).0 {
            let text = format!("{:?}", event.kind);
            let name = text.split('"').nth(1).unwrap_or_default();
            let digits = name.split(|character: char| !character.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            prop_assert!(digits < 15 && !name.chars().any(char::is_control), "{}", text);
        }
    }
}

#[test]
fn parser_memory_is_bounded_if_a_split_is_never_explained() {
    let mut parser = Parser::new();
    let id = "00000000000000a1-00000000000000b2";
    let mut count = 0;
    parser.feed(
        format!("[2026-05-01 20:00:00.000] [gameplay] [info] Split completed for car {id}: (1 ms, splitindex 0)\n")
            .as_bytes(),
    );
    for _ in 0..1000 {
        parser.feed(format!("[2026-05-01 20:00:00.000] [gameplay] [info] AI LOADED {id}\n").as_bytes());
        count += usize::from(parser.next_event().is_some());
    }
    assert!(count > 900, "{count} events");
    let mut endless = 0;
    for _ in 0..100 {
        parser.feed(&[b'x'; 10_000]);
        endless += parser.counts().too_long;
    }
    assert_eq!(endless, 0, "the line has no end");
    parser.finish();
    assert_eq!(parser.counts().too_long, 1);
}
