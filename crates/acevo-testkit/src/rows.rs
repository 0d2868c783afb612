//! Rows of a simulated session, for exporters.

use acevo_export::{About, Column, Exporter, Row};
use acevo_telemetry::{Axes, Channel, ChannelValue, Frame};

/// Columns of these channels in their own units.
pub fn columns(channels: impl IntoIterator<Item = &'static Channel>) -> Vec<Column> {
    channels.into_iter().map(|channel| Column::new(channel, channel.unit())).collect()
}

/// A description with letters outside ASCII, for file headers.
pub fn about() -> About {
    let mut about = About::default();
    about.names.track = "Testring".into();
    about.names.car = "Übercar 992".into();
    about.names.driver = "Ada \"Räcer\"".into();
    about.names.session = "Practice".into();
    about.names.latitude_longitude = Some((50.3356, 6.9475));
    about.unix_s = 1_775_030_400.0;
    about
}

/// A row that owns its frame.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Seconds since the first row.
    pub time_s: f64,
    /// The counter of the physics page.
    pub packet_id: i32,
    /// The lap number.
    pub lap: Option<u32>,
    /// The three pages.
    pub frame: Frame,
}

impl Moment {
    /// The value of each column.
    pub fn values<'a>(&'a self, columns: &[Column], axes: &Axes) -> Vec<Option<ChannelValue<'a>>> {
        columns.iter().map(|column| column.channel.value(&self.frame, axes)).collect()
    }

    /// Writes this row with an exporter.
    pub fn give(&self, columns: &[Column], axes: &Axes, exporter: &mut dyn Exporter) {
        let values = self.values(columns, axes);
        let (time_s, packet_id, lap) = (self.time_s, self.packet_id, self.lap);
        exporter
            .row(&Row { time_s, packet_id, session: 1, lap, missed: 0, skipped: 0, values: &values })
            .expect("the row is written");
    }
}
