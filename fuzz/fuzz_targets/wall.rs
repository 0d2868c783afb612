//! Messages of rigs, which anybody who may publish to the broker can send.
//!
//! The input is a sequence of messages: a line with the topic and the time in seconds, and a line with the text.
#![no_main]

use acevo_fleet::{Day, Message, QualityOfService, Wall};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let mut wall = Wall::new(Day { from_ms: 0, to_ms: 86_400_000 }, char::is_control);
    let mut lines = input.split('\n');
    while let (Some(head), Some(text)) = (lines.next(), lines.next()) {
        let (topic, time) = head.rsplit_once(' ').unwrap_or((head, "0"));
        let topic = match topic {
            "status" | "session" | "lap" | "sample" => format!("acevo/v1/club/one/{topic}"),
            topic => topic.to_owned(),
        };
        let time = time.parse::<u64>().unwrap_or(0).saturating_mul(1000);
        let quality = QualityOfService::AtMostOnce;
        wall.take(&Message { topic, text: text.to_owned(), quality, is_retained: false }, time);
        wall.check(time);
        // Every state and every change is JSON, and shows no control characters.
        let changes = serde_json::to_string(&wall.changes()).expect("JSON");
        assert!(changes.len() < 64 << 20);
        let state = serde_json::to_value(wall.state()).expect("JSON");
        assert!(!contains_control(&state), "{state}");
    }
});

fn contains_control(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains(char::is_control),
        serde_json::Value::Array(values) => values.iter().any(contains_control),
        serde_json::Value::Object(fields) => fields.values().any(contains_control),
        _ => false,
    }
}
