//! The channels that a client subscribes to, and what it gets of them.

use std::collections::BTreeMap;
use std::time::Duration;

use acevo_protocol::ValueFrame;
use acevo_telemetry::{Channel, ChannelKind, channel};
use serde::Serialize;

use super::frame::frame;
use super::json::json;
use super::messages::{message, text_of};
use super::state::State;

/// Channels at a rate.
#[derive(Debug)]
pub(super) struct Subscription {
    number: u16,
    /// `None` for those that do not exist.
    channels: Vec<Option<&'static Channel>>,
    rate: f64,
    /// The texts of its channels that were sent last, as JSON.
    texts: String,
}

impl Subscription {
    /// Reads a client's message, or returns `None` if it is not a subscription. `before` is the client's last subscription.
    pub(super) fn read(text: &str, before: Option<&Self>) -> Option<Self> {
        let request = acevo_protocol::Subscription::read(text)?;
        Some(Self {
            number: before.map_or(1, |before| before.number.checked_add(1).unwrap_or(1)),
            channels: request.channels.iter().map(|id| channel(id)).collect(),
            rate: request.rate,
            texts: String::new(),
        })
    }

    /// The answer to the client.
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

    /// The frame of a state, or `None` without channels.
    pub(super) fn frame(&self, state: &State) -> Option<ValueFrame> {
        (!self.channels.is_empty()).then(|| frame(self.number, state, &self.channels))
    }

    /// The message with the texts of its channels, if one has changed.
    pub(super) fn new_texts(&mut self, state: &State) -> Option<String> {
        let has_text = |channel: &&&Channel| matches!(channel.kind(), ChannelKind::Text | ChannelKind::Enum(_));
        let snapshot = &state.snapshot;
        let text = |channel: &Channel| snapshot.pages.as_ref().map(|pages| text_of(channel, pages, &snapshot.axes));
        let channels = self.channels.iter().flatten().filter(has_text);
        let values: BTreeMap<_, _> = channels.map(|channel| (channel.id(), text(channel))).collect();
        if values.is_empty() {
            return None;
        }
        let texts = json(&values);
        if texts == self.texts {
            return None;
        }
        self.texts = texts;
        Some(message("texts", &BTreeMap::from([("values", values)])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_describes_the_channels_and_the_rate() {
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
