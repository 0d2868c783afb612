//! The channels of samples, and their values.

use acevo_fleet::ChannelInfo;
use acevo_shared_memory::Frame;
use acevo_telemetry::{Axes, Channel, channel};

/// The channels of samples, with the decimals that they are sent with.
const CHANNELS: [(&str, usize); 18] = [
    ("speed", 1),
    ("rpm", 0),
    ("gear", 0),
    ("throttle", 3),
    ("brake", 3),
    ("steering", 3),
    ("g_lateral", 2),
    ("g_longitudinal", 2),
    ("position_x", 2),
    ("position_z", 2),
    ("fuel", 2),
    ("lap", 0),
    ("lap_position", 5),
    ("lap_time", 3),
    ("delta", 3),
    ("race_position", 0),
    ("flag", 0),
    ("in_pit_lane", 0),
];

fn channels() -> impl Iterator<Item = (&'static Channel, usize)> {
    CHANNELS.iter().filter_map(|(id, decimals)| Some((channel(id)?, *decimals)))
}

/// The catalogue of the channels.
pub(super) fn catalogue() -> Vec<ChannelInfo> {
    let info = |(channel, decimals): (&Channel, usize)| ChannelInfo {
        id: channel.id().into(),
        title: channel.title().into(),
        unit: channel.unit().symbol().into(),
        decimals,
        quality: channel.quality().to_string(),
    };
    channels().map(info).collect()
}

/// The values of a frame, in the order of the catalogue.
pub(super) fn values(frame: &Frame, axes: &Axes) -> Vec<Option<f64>> {
    channels().map(|(channel, _)| channel.number(frame, axes)).collect()
}

/// The channels whose values are known in a frame, with these.
pub(crate) fn known(frame: &Frame, axes: &Axes) -> Vec<(&'static Channel, f64)> {
    channels().filter_map(|(channel, _)| Some((channel, channel.number(frame, axes)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_has_every_channel() {
        assert_eq!(catalogue().len(), CHANNELS.len());
    }
}
