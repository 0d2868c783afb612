//! Subscriptions: the only messages that clients send.

use serde::Deserialize;

/// Maximum length of a client's message, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// Maximum number of channels.
pub const MAX_CHANNELS: usize = 128;

/// Minimum and maximum of frames per second.
pub const RATES: (f64, f64) = (1.0, 60.0);

/// Frames per second if the client does not state a rate.
pub const DEFAULT_RATE: f64 = 30.0;

/// Channels at a rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Ids of channels, at most [`MAX_CHANNELS`]. They may be unknown.
    pub channels: Vec<String>,
    /// Frames per second, within [`RATES`].
    pub rate: f64,
}

impl Subscription {
    /// Reads a message of a client, or returns `None` if it is not a subscription or exceeds a limit.
    pub fn read(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Message {
            channels: Vec<String>,
            rate: Option<f64>,
        }
        if text.len() > MAX_LENGTH {
            return None;
        }
        let Message { channels, rate } = serde_json::from_str(text).ok()?;
        (channels.len() <= MAX_CHANNELS)
            .then(|| Self { channels, rate: rate.unwrap_or(DEFAULT_RATE).clamp(RATES.0, RATES.1) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn read_rejects_anything_but_subscriptions() {
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"channels": "speed"}"#,
            r#"{"channels": [1]}"#,
            r#"{"channels": [], "rate": "1"}"#,
            r#"{"channels": [], "rate": 1e999}"#,
            r#"{"channels": [], "channels": []}"#,
        ] {
            assert_eq!(Subscription::read(wrong), None, "{wrong}");
        }
        let many = |count| format!(r#"{{"channels": [{}]}}"#, vec![r#""rpm""#; count].join(","));
        assert!(
            Subscription::read(&many(MAX_CHANNELS)).is_some() && Subscription::read(&many(MAX_CHANNELS + 1)).is_none()
        );
        let long = format!(r#"{{"channels": ["{}"]}}"#, "x".repeat(MAX_LENGTH));
        assert_eq!(Subscription::read(&long), None);
    }

    #[test]
    fn read_limits_the_rate() {
        let rate = |text: &str| Subscription::read(&format!(r#"{{"channels": ["speed"]{text}}}"#)).unwrap().rate;
        assert_eq!((rate(""), rate(r#", "rate": null"#), rate(r#", "more": 1"#)), (30.0, 30.0, 30.0));
        assert_eq!(
            (rate(r#", "rate": 1e300"#), rate(r#", "rate": -1e300"#), rate(r#", "rate": 12.5"#)),
            (60.0, 1.0, 12.5)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn read_of_any_bytes_is_within_the_limits(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            check(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn read_of_any_json_is_within_the_limits(
            channels in prop::collection::vec("\\PC{0,3}", 0..140),
            rate in prop_oneof![Just("null".to_owned()), any::<f64>().prop_map(|rate| rate.to_string()), "\\PC{0,9}"],
        ) {
            let ids = channels.iter().map(|id| serde_json::Value::from(id.as_str()).to_string()).collect::<Vec<_>>();
            check(&format!(r#"{{"channels":[{}],"rate":{rate}}}"#, ids.join(",")));
        }
    }

    fn check(text: &str) {
        if let Some(read) = Subscription::read(text) {
            assert!(text.len() <= MAX_LENGTH && read.channels.len() <= MAX_CHANNELS, "{read:?}");
            assert!(read.rate >= RATES.0 && read.rate <= RATES.1, "{read:?}");
        }
    }
}
