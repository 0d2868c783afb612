//! Converts data sets of `acevo export`: files in folders `track=…/car=…/driver=…/session=…`, in any units.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acevo_export::{
    About, Column, ColumnFileReader, ColumnType, ColumnValues, ExportError, Part, Progress, Series, Texts, find_files,
};
use acevo_telemetry::{ChannelValue, Unit, channel};
use serde::Deserialize;

use crate::add::Rows;
use crate::data_file::{DataFile, EXTENSION, group_rows};
use crate::identity::{Identity, Origin, recording_id};
use crate::lake::{Added, Outcome};
use crate::tables::{cars, samples};
use crate::{Lake, LakeError, TableName};

/// Columns of samples that are no channels, as the files have them.
const LEAD: [(&str, ColumnType); 5] = [
    ("lap", ColumnType::Whole),
    ("time_s", ColumnType::Double),
    ("packet_id", ColumnType::Whole),
    ("missed", ColumnType::Whole),
    ("skipped", ColumnType::Whole),
];

/// An old data set: its files by recordings.
#[derive(Debug)]
pub struct OldDataset {
    folder: PathBuf,
    recordings: BTreeMap<(String, u64, u64), Vec<(PathBuf, Part)>>,
}

/// What the metadata of a file says about its session.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OldAbout {
    track: String,
    configuration: String,
    car: String,
    driver: String,
    session: String,
    game_version: String,
    unix_s: f64,
}

/// What the metadata of a file says about a column.
#[derive(Debug, Deserialize)]
struct OldColumn {
    channel: String,
    unit: String,
}

impl OldDataset {
    /// Finds the files of a data set; `None` if the folder has none.
    ///
    /// # Errors
    /// [`LakeError::Export`] if a folder or a file cannot be read.
    pub fn find(folder: &Path) -> Result<Option<Self>, LakeError> {
        let mut recordings = BTreeMap::<_, Vec<_>>::new();
        for path in parquet_files(folder)? {
            if let Some(part) = Part::read(&path)? {
                let key = (part.recording.clone(), part.unix_us, part.bytes);
                recordings.entry(key).or_default().push((path, part));
            }
        }
        Ok((!recordings.is_empty()).then(|| Self { folder: folder.to_owned(), recordings }))
    }

    /// Names of the recordings that it was exported from, in the order in which they are added.
    pub fn recordings(&self) -> impl Iterator<Item = &str> {
        self.recordings.keys().map(|(name, ..)| name.as_str())
    }

    /// Size of its files in bytes.
    pub fn bytes(&self) -> u64 {
        self.recordings.values().flatten().map(|(path, _)| size(path)).sum()
    }

    /// The table of all cars beside it, such as `DATA-cars`: its file for a part.
    fn beside(&self, table: &str) -> Result<BTreeMap<(u64, u64, u32), PathBuf>, LakeError> {
        let Ok(folder) = std::fs::canonicalize(&self.folder) else { return Ok(BTreeMap::new()) };
        let Some(name) = folder.file_name() else { return Ok(BTreeMap::new()) };
        let folder = folder.with_file_name(format!("{}-{table}", name.to_string_lossy()));
        let mut files = BTreeMap::new();
        if folder.is_dir() {
            for path in parquet_files(&folder)? {
                if let Some(part) = Part::read(&path)? {
                    files.insert((part.unix_us, part.bytes, part.number), path);
                }
            }
        }
        Ok(files)
    }
}

fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    find_files(folder, EXTENSION, &mut files, &mut unreadable);
    unreadable.pop().map_or(Ok(files), |error| Err(error.into()))
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

impl Lake {
    /// Adds an old data set, recording by recording: samples, in their own units again, and the tables of all cars. Laps and events are not in
    /// it; adding a recording itself later adds only them. `each` gets the name of each recording and what became of it.
    ///
    /// `progress` gets the bytes of the files, and can cancel.
    ///
    /// # Errors
    /// [`LakeError`] if the work was cancelled or the lake cannot be written. A recording that fails is passed to `each`.
    pub fn add_dataset(
        &self,
        dataset: &OldDataset,
        origin: &Origin,
        progress: &mut dyn Progress,
        mut each: impl FnMut(&str, Result<Added, LakeError>),
    ) -> Result<(), LakeError> {
        let beside =
            [(TableName::Cars, dataset.beside("cars")?), (TableName::FieldLaps, dataset.beside("field_laps")?)];
        let mut done = 0;
        for ((name, unix_us, bytes), parts) in &dataset.recordings {
            let id = recording_id(*unix_us, *bytes);
            let conversion = Conversion { lake: self, origin, id: &id, file: name, parts, beside: &beside };
            let added = conversion.run(&mut done, progress);
            if added.as_ref().is_err_and(LakeError::is_cancelled) {
                return added.map(drop);
            }
            each(name, added);
        }
        Ok(())
    }
}

/// The tables of all cars: their files by recording and part.
type Beside = [(TableName, BTreeMap<(u64, u64, u32), PathBuf>)];

/// The conversion of the files of one recording.
struct Conversion<'a> {
    lake: &'a Lake,
    origin: &'a Origin,
    id: &'a str,
    file: &'a str,
    parts: &'a [(PathBuf, Part)],
    beside: &'a Beside,
}

impl Conversion<'_> {
    fn run(&self, done: &mut u64, progress: &mut dyn Progress) -> Result<Added, LakeError> {
        let missing = self.lake.missing(self.id)?;
        let before = *done;
        let total: u64 = self.parts.iter().map(|(path, _)| size(path)).sum();
        if !missing.contains(&TableName::Samples) {
            *done = before + total;
            let recording = self.id.to_owned();
            return Ok(Added { recording, outcome: Outcome::AlreadyThere, rows: BTreeMap::new() });
        }
        let (of, first) = self.parts.first().map_or((0, PathBuf::new()), |(path, part)| (part.of, path.clone()));
        let has = |number| self.parts.iter().any(|(_, part)| part.number == number);
        if !(1..=of).all(has) {
            let reason = format!("is one of {of} files of {}, and not all of them are there", self.file);
            return Err(LakeError::OldFile { path: first, reason });
        }
        let mut all = BTreeMap::<TableName, Rows>::new();
        for (path, part) in self.parts {
            let Some(identity) = self.add_samples(path, &mut all, done, progress)? else { continue };
            for (table, files) in self.beside.iter().filter(|(table, _)| missing.contains(table)) {
                if let Some(path) = files.get(&(part.unix_us, part.bytes, part.number)) {
                    self.add_cars(*table, path, &identity, &mut all)?;
                }
            }
        }
        *done = before + total;
        self.lake.commit(self.id, all)
    }

    /// Writes the samples of a file. Returns the identity of its session; `None` for a file without rows.
    fn add_samples(
        &self,
        path: &Path,
        all: &mut BTreeMap<TableName, Rows>,
        done: &mut u64,
        progress: &mut dyn Progress,
    ) -> Result<Option<Identity>, LakeError> {
        let unusable = |reason: String| LakeError::OldFile { path: path.to_owned(), reason };
        let reader = ColumnFileReader::open(path)?;
        let about: OldAbout = metadata(&reader, "acevo.about").map_err(unusable)?;
        let described: BTreeMap<String, OldColumn> = metadata(&reader, "acevo.columns").map_err(unusable)?;
        let session = place(&reader, "session_number", ColumnType::Whole).map_err(unusable)?;
        let mut sources = Vec::new();
        for (name, kind) in LEAD {
            sources.push(SourceColumn {
                place: place(&reader, name, kind).map_err(unusable)?,
                from: kind,
                units: None,
            });
        }
        let mut channels = Vec::new();
        for (index, (name, kind)) in reader.columns().iter().enumerate() {
            // Channels that this version does not know are left out.
            let Some(column) = described.get(name).and_then(|old| old.column(name)) else { continue };
            let Some(from) = *kind else { continue };
            let units = (column.0 != column.1.unit).then_some((column.0, column.1.unit));
            sources.push(SourceColumn { place: index, from, units });
            channels.push(column.1);
        }
        let columns = samples::columns(&channels);
        let places: Vec<_> = std::iter::once(session).chain(sources.iter().map(|source| source.place)).collect();
        let (mut open, before, bytes) = (None::<(Identity, DataFile)>, *done, size(path));
        let (rows, mut read) = (reader.rows().max(1), 0_u64);
        reader.read(&places, group_rows(columns.len()) / 4, |count, values| {
            let mut values = values.into_iter();
            let number = values.next().and_then(first_number);
            let values: Vec<_> = values.collect();
            let (identity, file) = open.get_or_insert_with(|| {
                let identity = Identity::new(self.origin, self.id, self.file, number.unwrap_or(1), &about.to_about());
                let folder = self.lake.folder().join(TableName::Samples.name());
                let file = DataFile::new(&folder, identity.partition.clone(), &columns);
                (identity, file)
            });
            let times = values.get(1).map(numbers).unwrap_or_default();
            let own = columns.len() - values.len();
            for row in 0..count {
                let time_s = times.get(row).copied().flatten();
                let time_us = identity.start_us.zip(time_s).map(|(start, s)| start + (s * 1e6).round() as i64);
                identity.push(file.values(), time_us);
            }
            for ((column, source), values) in file.values()[own..].iter_mut().zip(&sources).zip(values) {
                source.append(column, values);
            }
            read += count as u64;
            progress.advance(before + (read as f64 / rows as f64 * bytes as f64) as u64);
            if progress.is_cancelled() {
                return Err(ExportError::Cancelled);
            }
            file.flush()
        })?;
        *done = before + bytes;
        let Some((identity, file)) = open else { return Ok(None) };
        let rows = all.entry(TableName::Samples).or_default();
        // Files of one recording have the same columns.
        rows.columns = columns;
        rows.files.extend(file.finish()?);
        Ok(Some(identity))
    }

    fn add_cars(
        &self,
        table: TableName,
        path: &Path,
        identity: &Identity,
        all: &mut BTreeMap<TableName, Rows>,
    ) -> Result<(), LakeError> {
        let reader = ColumnFileReader::open(path)?;
        let own: Option<Vec<_>> =
            reader.columns().iter().map(|(name, kind)| kind.map(|kind| (name.as_str(), kind))).collect();
        let unusable = || LakeError::OldFile { path: path.to_owned(), reason: "has columns of other types".into() };
        let columns = cars::columns(&own.ok_or_else(unusable)?);
        let folder = self.lake.folder().join(table.name());
        let mut file = DataFile::new(&folder, identity.partition.clone(), &columns);
        let places: Vec<_> = (0..reader.columns().len()).collect();
        reader.read(&places, group_rows(columns.len()), |count, values| {
            cars::append_values(file.values(), identity, count, values);
            file.flush()
        })?;
        let rows = all.entry(table).or_default();
        rows.columns = columns;
        rows.files.extend(file.finish()?);
        Ok(())
    }
}

/// A column of a file, and how its values become those of the lake.
struct SourceColumn {
    place: usize,
    from: ColumnType,
    /// The unit in the file, and the own one of the channel, if they differ.
    units: Option<(Unit, Unit)>,
}

impl SourceColumn {
    fn append(&self, column: &mut ColumnValues, values: ColumnValues) {
        if self.units.is_none() && self.from == column.column_type() {
            return column.append(values);
        }
        for number in numbers(&values) {
            let number = match self.units {
                Some((from, to)) => number.and_then(|number| from.convert(number, to)),
                None => number,
            };
            column.push(number.map(ChannelValue::Number));
        }
    }
}

impl OldAbout {
    fn to_about(&self) -> About {
        let mut about = About::default();
        let names = &mut about.names;
        names.track.clone_from(&self.track);
        names.configuration.clone_from(&self.configuration);
        names.car.clone_from(&self.car);
        names.driver.clone_from(&self.driver);
        names.session.clone_from(&self.session);
        names.game_version.clone_from(&self.game_version);
        about.unix_s = self.unix_s;
        about
    }
}

impl OldColumn {
    /// The unit of the values, and the column with this name in the channel's own unit; `None` for a channel that is not known.
    fn column(&self, name: &str) -> Option<(Unit, Column)> {
        let channel = channel(&self.channel)?;
        let own = channel.unit();
        let unit = if self.unit == own.symbol() {
            own
        } else {
            let is_same = |unit: &&Unit| unit.symbol() == self.unit && unit.convert(0.0, own).is_some();
            *Unit::ALL.iter().find(is_same)?
        };
        let column = Column::new(channel, own);
        let is_raw = column.is_corrected() && name != channel.id();
        Some((unit, if is_raw { column.raw() } else { column }))
    }
}

fn metadata<T: for<'a> Deserialize<'a>>(reader: &ColumnFileReader, key: &str) -> Result<T, String> {
    let text =
        reader.metadata(key).ok_or_else(|| format!("has no metadata {key}: `acevo export` has not written it"))?;
    serde_json::from_str(text).map_err(|error| format!("has broken metadata {key}: {error}"))
}

fn place(reader: &ColumnFileReader, name: &str, kind: ColumnType) -> Result<usize, String> {
    let found = reader.columns().iter().position(|column| *column == (name.to_owned(), Some(kind)));
    found.ok_or_else(|| format!("has no column {name} of samples"))
}

/// The numbers of a column. Flags are 0 and 1; texts are no numbers.
fn numbers(values: &ColumnValues) -> Vec<Option<f64>> {
    fn of<T: Copy>(series: &Series<T>, number: impl Fn(T) -> f64) -> Vec<Option<f64>> {
        series.expanded().into_iter().map(|value| value.map(&number)).collect()
    }
    match values {
        ColumnValues::Float(series) => of(series, f64::from),
        ColumnValues::Double(series) => of(series, |number| number),
        ColumnValues::Whole(series) => of(series, f64::from),
        ColumnValues::Flag(series) => of(series, |flag| f64::from(u8::from(flag))),
        ColumnValues::Time(series) => of(series, |us| us as f64),
        ColumnValues::Text(Texts { rows, .. }) => vec![None; rows.len()],
    }
}

fn first_number(values: ColumnValues) -> Option<u32> {
    let number = numbers(&values).into_iter().flatten().next()?;
    (number >= 0.0).then_some(number as u32)
}
