//! Samples: values of channels at an instant, alone or in columns.

use serde_json::{Map, Value};

use crate::id::Uuid;
use crate::message::ChannelInfo;

/// Values in a message. More are sent earlier: a message has less than 100 kB.
const MAX_VALUES: usize = 5_000;

/// Samples that will be a message.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    session: Option<Uuid>,
    /// The time of each sample, milliseconds since 1970.
    times: Vec<u64>,
    /// The values of one sample after the other.
    values: Vec<Option<f64>>,
}

impl Batch {
    /// True if this sample cannot be in the same message as the others.
    pub(crate) fn is_closed_for(&self, session: Option<Uuid>, channels: usize) -> bool {
        !self.times.is_empty() && (self.session != session || self.values.len() + channels > MAX_VALUES)
    }

    pub(crate) fn push(&mut self, session: Option<Uuid>, unix_ms: u64, values: impl IntoIterator<Item = Option<f64>>) {
        self.session = session;
        self.times.push(unix_ms);
        self.values.extend(values);
    }

    /// Time between the first and the last sample, milliseconds.
    pub(crate) fn span_ms(&self) -> u64 {
        match (self.times.first(), self.times.last()) {
            (Some(first), Some(last)) => last.saturating_sub(*first),
            _ => 0,
        }
    }

    /// The number of samples.
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// The message, and an empty batch. In columns each channel is an array, and `dt` has the times in milliseconds after `t`.
    pub(crate) fn take(&mut self, channels: &[ChannelInfo], format: u32, in_columns: bool) -> Option<String> {
        let Self { session, times, values } = std::mem::take(self);
        let first = *times.first()?;
        let mut fields = Map::new();
        fields.insert("t".into(), first.into());
        fields.insert("s".into(), session.map_or(Value::Null, |session| session.to_string().into()));
        fields.insert("f".into(), format.into());
        if in_columns {
            let times = times.iter().map(|time| Value::from(time.saturating_sub(first)));
            fields.insert("dt".into(), times.collect());
        }
        let width = channels.len().max(1);
        for (index, channel) in channels.iter().enumerate() {
            let mut column = values.iter().skip(index).step_by(width).map(|value| number(*value, channel.decimals));
            let value = if in_columns { column.collect() } else { column.next().unwrap_or_default() };
            fields.insert(channel.id.clone(), value);
        }
        Some(Value::Object(fields).to_string())
    }
}

/// A number that is finite, rounded to these decimals.
pub(crate) fn rounded(value: Option<f64>, decimals: usize) -> Option<f64> {
    let value = value.filter(|value| value.is_finite())?;
    let factor = 10f64.powi(i32::try_from(decimals.min(9)).unwrap_or(9));
    let rounded = (value * factor).round() / factor;
    Some(if rounded.is_finite() { rounded } else { value })
}

/// The same as JSON; null without one.
fn number(value: Option<f64>, decimals: usize) -> Value {
    match rounded(value, decimals) {
        // Without a decimal point, and never -0.
        Some(whole) if whole.fract() == 0.0 && whole.abs() < 9e15 => (whole as i64).into(),
        Some(rounded) => rounded.into(),
        None => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels() -> Vec<ChannelInfo> {
        let channel = |id: &str, decimals| ChannelInfo {
            id: id.into(),
            title: id.into(),
            unit: String::new(),
            decimals,
            quality: "measured".into(),
        };
        vec![channel("speed", 1), channel("gear", 0)]
    }

    #[test]
    fn take_writes_one_sample_as_an_object() {
        let mut batch = Batch::default();
        batch.push(None, 1_000, [Some(213.3782), Some(-0.2)]);
        let text = batch.take(&channels(), 7, false).unwrap();
        assert_eq!(text, r#"{"f":7,"gear":0,"s":null,"speed":213.4,"t":1000}"#);
        assert!(batch.take(&channels(), 7, false).is_none());
    }

    #[test]
    fn take_writes_several_samples_as_columns() {
        let mut batch = Batch::default();
        batch.push(None, 1_000, [Some(10.0), Some(1.0)]);
        batch.push(None, 1_100, [Some(f64::NAN), Some(2.0)]);
        assert_eq!(batch.span_ms(), 100);
        let text = batch.take(&channels(), 7, true).unwrap();
        assert_eq!(text, r#"{"dt":[0,100],"f":7,"gear":[1,2],"s":null,"speed":[10,null],"t":1000}"#);
    }

    #[test]
    fn batch_is_closed_for_another_session_and_before_a_message_is_too_large() {
        let mut batch = Batch::default();
        assert!(!batch.is_closed_for(None, 2));
        batch.push(None, 0, [None, None]);
        assert!(!batch.is_closed_for(None, 2));
        assert!(batch.is_closed_for(Some(Uuid::random().unwrap()), 2));
        (0..MAX_VALUES / 2).for_each(|time| batch.push(None, time as u64, [Some(0.123_456_789), None]));
        assert!(batch.is_closed_for(None, 2));
        assert!(batch.take(&channels(), u32::MAX, true).unwrap().len() < 100_000);
    }
}
