//! What a client wants.

use std::collections::BTreeMap;
use std::time::Duration;

use acevo_telemetry::{Channel, ChannelKind, channel};
use serde::{Deserialize, Serialize};

use super::documents::{in_words, json, message};
use super::frame::Frame;
use super::moment::Moment;

/// The longest message of a client, in bytes.
const LONGEST: usize = 4096;

/// Channels at a time.
const MOST_CHANNELS: usize = 128;

/// Frames per second that can be asked for.
const RATES: (f64, f64) = (1.0, 60.0);

/// Frames per second where nobody says how many.
const USUAL_RATE: f64 = 30.0;

/// Channels at a rate.
#[derive(Debug)]
pub(super) struct Subscription {
    number: u16,
    /// `None` for those that do not exist.
    channels: Vec<Option<&'static Channel>>,
    rate: f64,
    /// What its texts were when they were told last.
    words: String,
}

impl Subscription {
    /// Reads a client's message; `None` where it is none. The number is that after the one of the subscription before.
    pub(super) fn read(text: &str, before: Option<&Self>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wanted {
            channels: Vec<String>,
            rate: Option<f64>,
        }
        if text.len() > LONGEST {
            return None;
        }
        let wanted: Wanted = serde_json::from_str(text).ok()?;
        if wanted.channels.len() > MOST_CHANNELS {
            return None;
        }
        Some(Self {
            number: before.map_or(1, |before| before.number.checked_add(1).unwrap_or(1)),
            channels: wanted.channels.iter().map(|id| channel(id)).collect(),
            rate: wanted.rate.unwrap_or(USUAL_RATE).clamp(RATES.0, RATES.1),
            words: String::new(),
        })
    }

    /// What the client is answered.
    pub(super) fn answer(&self) -> String {
        #[derive(Serialize)]
        struct Entry {
            id: &'static str,
            unit: &'static str,
            decimals: usize,
            kind: String,
        }
        #[derive(Serialize)]
        struct Answer {
            subscription: u16,
            channels: Vec<Option<Entry>>,
            rate: f64,
        }
        let entry = |channel: &Channel| Entry {
            id: channel.id(),
            unit: channel.unit().symbol(),
            decimals: channel.decimals(),
            kind: channel.kind().to_string(),
        };
        let channels = self.channels.iter().map(|channel| channel.map(entry)).collect();
        message("channels", &Answer { subscription: self.number, channels, rate: self.rate })
    }

    /// Time between two frames.
    pub(super) fn period(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }

    /// The frame of a moment; `None` where no channel is wanted.
    pub(super) fn frame(&self, moment: &Moment) -> Option<Frame> {
        (!self.channels.is_empty()).then(|| Frame::new(self.number, moment, &self.channels))
    }

    /// What its channels say in words, where that has changed.
    pub(super) fn new_words(&mut self, moment: &Moment) -> Option<String> {
        let speaking = |channel: &Channel| matches!(channel.kind(), ChannelKind::Text | ChannelKind::Enum(_));
        let speaking = self.channels.iter().flatten().filter(|channel| speaking(channel));
        let seen = &moment.seen;
        let words = |channel: &Channel| seen.pages.as_ref().map(|pages| in_words(channel, pages, &seen.axes));
        let values: BTreeMap<_, _> = speaking.map(|channel| (channel.id(), words(channel))).collect();
        if values.is_empty() {
            return None;
        }
        let words = json(&values);
        if words == self.words {
            return None;
        }
        self.words = words;
        Some(message("texts", &BTreeMap::from([("values", values)])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_subscription_is_none() {
        for wrong in
            ["", "[]", "{}", r#"{"channels": "speed"}"#, r#"{"channels": [1]}"#, r#"{"channels": [], "rate": "1"}"#]
        {
            assert!(Subscription::read(wrong, None).is_none(), "{wrong}");
        }
        let many = |count| format!(r#"{{"channels": [{}]}}"#, vec![r#""rpm""#; count].join(","));
        assert!(Subscription::read(&many(128), None).is_some() && Subscription::read(&many(129), None).is_none());
        let long = format!(r#"{{"channels": ["{}"]}}"#, "x".repeat(5000));
        assert!(Subscription::read(&long, None).is_none());
    }

    #[test]
    fn the_answer_tells_what_comes() {
        let first = Subscription::read(r#"{"channels": ["speed", "spede"], "rate": 1000, "more": 1}"#, None).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&first.answer()).unwrap();
        assert_eq!(answer["channels"][0]["id"], "speed");
        assert_eq!(answer["channels"][0]["unit"], "km/h");
        assert!(answer["channels"][1].is_null());
        assert_eq!(
            (&answer["rate"], &answer["subscription"], &answer["type"]),
            (&60.0.into(), &1.into(), &"channels".into())
        );
        let second = Subscription::read(r#"{"channels": []}"#, Some(&first)).unwrap();
        assert_eq!((second.number, second.rate), (2, 30.0));
        let last = Subscription { number: u16::MAX, ..second };
        assert_eq!(Subscription::read(r#"{"channels": []}"#, Some(&last)).unwrap().number, 1);
    }
}
