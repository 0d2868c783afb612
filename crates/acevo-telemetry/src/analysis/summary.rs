//! Minimum, mean and maximum.

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::MAX_MAGNITUDE;

/// Minimum, mean and maximum of values.
///
/// Values that are not finite, or whose magnitude is above 1e9, are ignored: one of them would spoil the mean. The JSON form is `{"min":…,"mean":…,"max":…}`, each `null` if there is no value.
///
/// ```
/// use acevo_telemetry::analysis::Summary;
///
/// let mut pressures = Summary::default();
/// for psi in [26.0, f64::NAN, 27.0, 27.0] {
///     pressures.add(psi);
/// }
/// assert_eq!((pressures.min(), pressures.max(), pressures.count()), (Some(26.0), Some(27.0), 3));
/// assert_eq!(serde_json::to_string(&Summary::default()).unwrap(), r#"{"min":null,"mean":null,"max":null}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    min: f64,
    max: f64,
    sum: f64,
    count: u64,
}

impl Summary {
    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        if value.is_nan() || value.abs() > MAX_MAGNITUDE {
            return;
        }
        if self.count == 0 {
            self.min = value;
            self.max = value;
        } else {
            self.min = self.min.min(value);
            self.max = self.max.max(value);
        }
        self.sum += value;
        self.count = self.count.saturating_add(1);
    }

    /// The minimum; `None` without values.
    pub fn min(&self) -> Option<f64> {
        self.known(self.min)
    }

    /// The arithmetic mean; `None` without values. It is never below the minimum or above the maximum.
    pub fn mean(&self) -> Option<f64> {
        self.known((self.sum / self.count.max(1) as f64).max(self.min).min(self.max))
    }

    /// The maximum; `None` without values.
    pub fn max(&self) -> Option<f64> {
        self.known(self.max)
    }

    /// Number of values.
    pub const fn count(&self) -> u64 {
        self.count
    }

    fn known(&self, value: f64) -> Option<f64> {
        (self.count > 0).then_some(value)
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut summary = serializer.serialize_struct("Summary", 3)?;
        summary.serialize_field("min", &self.min())?;
        summary.serialize_field("mean", &self.mean())?;
        summary.serialize_field("max", &self.max())?;
        summary.end()
    }
}

/// Reads the JSON form. The number of values is not in it: it is 1 if there were any.
impl<'de> Deserialize<'de> for Summary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Form {
            min: Option<f64>,
            mean: Option<f64>,
            max: Option<f64>,
        }
        match Form::deserialize(deserializer)? {
            Form { min: None, mean: None, max: None } => Ok(Self::default()),
            Form { min: Some(min), mean: Some(sum), max: Some(max) }
                if min <= sum && sum <= max && min.abs().max(max.abs()) <= MAX_MAGNITUDE =>
            {
                Ok(Self { min, max, sum, count: 1 })
            }
            _ => Err(D::Error::custom("a summary has finite min <= mean <= max, or only null")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn add_ignores_implausible_values() {
        let mut summary = Summary::default();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -1e30] {
            summary.add(value);
        }
        assert_eq!(summary, Summary::default());
        assert_eq!((summary.min(), summary.mean(), summary.max()), (None, None, None));
    }

    #[test]
    fn serialize_writes_minimum_mean_and_maximum() {
        let mut summary = Summary::default();
        summary.add(-1.0);
        summary.add(2.0);
        let json = r#"{"min":-1.0,"mean":0.5,"max":2.0}"#;
        assert_eq!(serde_json::to_string(&summary).unwrap(), json);
        let read: Summary = serde_json::from_str(json).unwrap();
        assert_eq!((read.min(), read.mean(), read.max()), (Some(-1.0), Some(0.5), Some(2.0)));
        for wrong in
            [r#"{"min":1,"mean":0,"max":2}"#, r#"{"min":1,"mean":null,"max":2}"#, r#"{"min":0,"mean":1,"max":1e10}"#]
        {
            assert!(serde_json::from_str::<Summary>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn mean_lies_between_minimum_and_maximum(values in prop::collection::vec(any::<f64>(), 0..200)) {
            let mut summary = Summary::default();
            let good: Vec<f64> = values.iter().copied().filter(|value| value.abs() <= MAX_MAGNITUDE).collect();
            values.into_iter().for_each(|value| summary.add(value));
            prop_assert_eq!(summary.count(), good.len() as u64);
            if let (Some(min), Some(mean), Some(max)) = (summary.min(), summary.mean(), summary.max()) {
                prop_assert!(min <= mean && mean <= max);
                prop_assert_eq!(min, good.iter().copied().fold(f64::INFINITY, f64::min));
                prop_assert_eq!(max, good.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            } else {
                prop_assert!(good.is_empty());
            }
        }
    }
}
