//! The columns that every table has: what a row is about.

use acevo_export::{About, ColumnType, ColumnValues};
use acevo_telemetry::ChannelValue;

use crate::partition::Partition;
use crate::schema::LakeColumn;

/// Where recordings come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Origin {
    /// Name of the place, such as a centre or a league.
    pub site: String,
    /// Name of the rig.
    pub rig: String,
}

impl Origin {
    /// The names of a site and of a rig.
    pub fn new(site: impl Into<String>, rig: impl Into<String>) -> Self {
        Self { site: site.into(), rig: rig.into() }
    }
}

/// What a session of a recording is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Identity {
    pub(crate) origin: Origin,
    pub(crate) driver: String,
    pub(crate) car: String,
    pub(crate) track_name: String,
    pub(crate) layout: String,
    pub(crate) session: String,
    pub(crate) session_name: String,
    pub(crate) session_number: u32,
    pub(crate) recording: String,
    pub(crate) file: String,
    pub(crate) game_version: String,
    pub(crate) partition: Partition,
    /// When the first row of the session was, microseconds since 1970; `None` if that is not known.
    pub(crate) start_us: Option<i64>,
}

/// Times before are those of a recording whose date is not known, which counts from zero.
const MIN_US: f64 = 365.0 * 86_400e6;

/// The id of a recording: when it began, in microseconds since 1970, and its size. Copies have the same, also with other names.
pub fn recording_id(unix_us: u64, bytes: u64) -> String {
    format!("{unix_us:x}-{bytes:x}")
}

impl Identity {
    /// A session of a recording.
    pub(crate) fn new(origin: &Origin, recording: &str, file: &str, number: u32, about: &About) -> Self {
        let start_us = about.unix_s * 1e6;
        let start_us = (start_us > MIN_US && start_us < 9e15).then(|| start_us.round() as i64);
        let names = &about.names;
        Self {
            origin: origin.clone(),
            driver: names.driver.clone(),
            car: names.car.clone(),
            track_name: names.track.clone(),
            layout: names.configuration.clone(),
            session: format!("{recording}-{number}"),
            session_name: names.session.clone(),
            session_number: number,
            recording: recording.to_owned(),
            file: file.to_owned(),
            game_version: names.game_version.clone(),
            partition: Partition::new(&names.track, &names.configuration, start_us),
            start_us,
        }
    }

    /// Adds the values of a row to the columns of [`columns`]. Returns the columns that follow them.
    pub(crate) fn push<'a>(&self, values: &'a mut [ColumnValues], time_us: Option<i64>) -> &'a mut [ColumnValues] {
        let texts = [
            &self.origin.site,
            &self.origin.rig,
            &self.driver,
            &self.car,
            &self.track_name,
            &self.layout,
            &self.session,
            &self.session_name,
            &self.recording,
            &self.file,
            &self.game_version,
        ];
        let (own, others) = values.split_at_mut(OWN.min(values.len()));
        let mut own = own.iter_mut();
        if let Some(ColumnValues::Time(time)) = own.next() {
            time.push(time_us);
        }
        if let Some(number) = own.next() {
            number.push(Some(ChannelValue::Number(self.session_number.into())));
        }
        for (column, text) in own.zip(texts) {
            column.push((!text.is_empty()).then_some(ChannelValue::Text(text)));
        }
        others
    }
}

/// Number of these columns.
const OWN: usize = 13;

/// The columns that every table has, in the order of [`Identity::push`]. `time` describes the time of a row.
pub(crate) fn columns(time: &str) -> Vec<LakeColumn> {
    let texts = [
        ("site", "Site"),
        ("rig", "Rig"),
        ("driver", "Driver on the rig"),
        ("car", "Car on the rig"),
        ("track_name", "Track"),
        ("layout", "Layout of the track"),
        ("session", "Id of the session"),
        ("session_name", "Name of the session"),
        ("recording", "Id of the recording"),
        ("file", "Name of the file of the recording"),
        ("game_version", "Version of the game"),
    ];
    let mut columns = vec![
        LakeColumn::new("time", ColumnType::Time, time),
        LakeColumn::new("session_number", ColumnType::Whole, "Number of the session in the recording, from 1"),
    ];
    columns.extend(texts.map(|(name, comment)| LakeColumn::new(name, ColumnType::Text, comment)));
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn push_fills_exactly_its_columns() {
        let columns = columns("");
        let mut values: Vec<_> = columns.iter().map(|column| ColumnValues::new(column.kind)).collect();
        assert_eq!((columns.len(), values.len()), (OWN, OWN));
        let identity = Identity::new(&Origin::new("s", "r"), "a-b", "evening", 2, &About::default());
        assert!(identity.push(&mut values, Some(5)).is_empty());
        assert!(values.iter().all(|column| column.len() == 1));
        assert_eq!((identity.session.as_str(), identity.start_us), ("a-b-2", None));
    }

    #[test]
    fn recording_id_is_a_part_of_a_file_name() {
        assert_eq!(recording_id(1_775_030_461_500_000, 4096), "64e617c1f8a60-1000");
    }
}
