//! A lap as it is drawn: columns of numbers over the places of the lap.

use acevo_telemetry::{Channel, Kind, Unit, UnitSystem};

use super::axis::possible;

/// What stands in a column where there is no value.
pub(crate) const NOTHING: f64 = f64::NAN;

/// Between two samples further apart than this part of a lap nobody knows what happened: curves have a gap there.
pub(crate) const GAP: f64 = 0.01;

/// A lap, sampled.
#[derive(Debug, Clone, Default)]
pub(crate) struct LapData {
    /// What it is called: `Lap 2`.
    pub(crate) title: String,
    /// Track and car, as far as they are known.
    pub(crate) subtitle: String,
    pub(crate) time_ms: Option<u32>,
    /// Whether a best time may be made of it.
    pub(crate) counts: bool,
    /// Length of the track in metres, as the game has it.
    pub(crate) length_m: Option<f64>,
    /// Ends of the sectors but the last one, as parts of the lap.
    pub(crate) sector_ends: Vec<f64>,
    /// Times of the sectors in milliseconds.
    pub(crate) sectors_ms: Vec<Option<u32>>,
    /// Parts of the lap, 0..1, ascending.
    pub(crate) places: Vec<f64>,
    pub(crate) columns: Vec<Column>,
}

/// A channel's values at all places of a lap.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) channel: &'static Channel,
    /// As many as there are places, in the channel's unit; [`NOTHING`] where there is none.
    pub(crate) values: Vec<f64>,
}

impl LapData {
    /// The values of a channel, if it was sampled.
    pub(crate) fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.channel.id() == id)
    }

    /// The values of a channel in the unit that it is shown in: stretches of (place, value) without gaps.
    pub(crate) fn stretches(&self, id: &str, units: UnitSystem) -> Vec<Vec<(f64, f64)>> {
        let Some(column) = self.column(id) else { return Vec::new() };
        let unit = column.channel.display_unit(units);
        let values = column.values.iter().map(|value| column.channel.unit().convert(*value, unit).unwrap_or(*value));
        split(self.places.iter().copied().zip(values))
    }

    /// The same in the channel's own unit.
    pub(crate) fn own_stretches(&self, id: &str) -> Vec<Vec<(f64, f64)>> {
        let column = self.column(id);
        column.map_or_else(Vec::new, |column| split(self.places.iter().copied().zip(column.values.iter().copied())))
    }

    /// Two channels that belong together, such as coordinates: (place, first, second) where both have values.
    pub(crate) fn pairs(&self, first: &str, second: &str) -> Vec<(f64, f64, f64)> {
        let (Some(a), Some(b)) = (self.column(first), self.column(second)) else { return Vec::new() };
        let rows = self.places.iter().zip(&a.values).zip(&b.values);
        rows.filter_map(|((place, a), b)| Some((possible(*place)?, possible(*a)?, possible(*b)?))).collect()
    }

    /// Seconds from the line to places, without gaps: what another lap is compared with.
    fn times(&self) -> Vec<Vec<(f64, f64)>> {
        self.stretches("lap_time", UnitSystem::Game)
    }

    /// By how many seconds this lap is slower (positive) than another one, at the places of this lap where both are known.
    pub(crate) fn delta_to(&self, other: &Self) -> Vec<Vec<(f64, f64)>> {
        let theirs = other.times();
        let delta =
            |(place, time): (f64, f64)| (place, interpolate(&theirs, place).map_or(NOTHING, |other| time - other));
        self.times().into_iter().flat_map(|stretch| split(stretch.into_iter().map(delta))).collect()
    }
}

/// The unit of a channel for people, in brackets; nothing for plain numbers.
pub(crate) fn heading(channel: &Channel, units: UnitSystem) -> String {
    let unit = channel.display_unit(units);
    if unit == Unit::None { channel.title().to_owned() } else { format!("{} ({unit})", channel.title()) }
}

/// Whether a channel can be drawn as a curve.
pub(crate) fn is_drawable(channel: &Channel) -> bool {
    channel.kind() != Kind::Text
}

/// Points without those that have no value, apart where they are too far from each other.
fn split(points: impl Iterator<Item = (f64, f64)>) -> Vec<Vec<(f64, f64)>> {
    let mut stretches: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (place, value) in points {
        let is_new = match (stretches.last().and_then(|stretch| stretch.last()), possible(value)) {
            (_, None) => true,
            (Some((before, _)), Some(_)) => !(0.0..=GAP).contains(&(place - before)),
            (None, Some(_)) => false,
        };
        if is_new && stretches.last().is_some_and(|stretch| !stretch.is_empty()) {
            stretches.push(Vec::new());
        }
        if let (Some(value), true, Some(stretch)) =
            (possible(value), (0.0..=1.0).contains(&place), stretches.last_mut())
        {
            stretch.push((place, value));
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// The value at a place, between the points before and after it; `None` in gaps.
pub(crate) fn interpolate(stretches: &[Vec<(f64, f64)>], place: f64) -> Option<f64> {
    let stretch = stretches.iter().find(|stretch| {
        stretch.first().is_some_and(|first| first.0 <= place) && stretch.last().is_some_and(|last| place <= last.0)
    })?;
    let after = stretch.partition_point(|point| point.0 < place);
    let (to, right) = *stretch.get(after)?;
    let Some((from, left)) = after.checked_sub(1).and_then(|before| stretch.get(before)) else { return Some(right) };
    let part = if to > *from { (place - from) / (to - from) } else { 1.0 };
    Some(left + (right - left) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_not_bridged() {
        let points = [(0.0, 1.0), (0.005, 2.0), (0.01, f64::NAN), (0.012, 3.0), (0.1, 4.0), (7.0, 5.0), (0.105, 1e300)];
        let stretches = split(points.into_iter());
        assert_eq!(stretches, [vec![(0.0, 1.0), (0.005, 2.0)], vec![(0.012, 3.0)], vec![(0.1, 4.0)]]);
        assert_eq!(interpolate(&stretches, 0.0025), Some(1.5));
        assert_eq!((interpolate(&stretches, 0.05), interpolate(&stretches, 0.1)), (None, Some(4.0)));
    }

    #[test]
    fn slower_is_positive() {
        let lap = |pace: f64| {
            let places: Vec<_> = (0..=1000).map(|part| f64::from(part) / 1000.0).collect();
            let values = places.iter().map(|place| place * pace).collect();
            let channel = acevo_telemetry::channel("lap_time").expect("a channel");
            LapData { places, columns: vec![Column { channel, values }], ..LapData::default() }
        };
        let delta = lap(101.0).delta_to(&lap(100.0));
        assert!((interpolate(&delta, 0.5).expect("a delta") - 0.5).abs() < 1e-9);
    }
}
