//! Logs for MoTeC i2: an `.ld` file with the samples, and an `.ldx` file with the laps.
//!
//! Both formats were derived from genuine files. The files written here have not been opened in MoTeC i2.

mod ascii;
mod channels;
mod earth;
mod ld;
mod ldx;
mod spool;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use acevo_files::PendingFile;
use acevo_telemetry::analysis::{Incomplete, Lap};
use acevo_telemetry::to_map;

use self::channels::{ChannelSource, Encoding, Output};
use self::earth::Plane;
use self::ldx::Fastest;
use self::spool::{Sample, Spool};
use crate::date::utc;
use crate::files::check_new;
use crate::names::safe_name;
use crate::resample::{MAX_GAP_S, Resampler};
use crate::{About, Column, ExportError, Exporter, Row, files};

pub use self::channels::MotecNames;

/// Maximum size of a file: its pointers have 32 bits.
const MAX_BYTES: u64 = u32::MAX as u64;

/// A lap that follows another one is noticed at most this late, in seconds: online the game publishes it late.
const MAX_LATE_S: f64 = 15.0;

/// Tolerance of a line crossing in seconds. Between two frames it is known to about 3 ms.
const LINE_S: f64 = 0.010;

/// A row notices the start of a lap at most this late, in seconds.
const NOTICED_S: f64 = 0.1;

/// Maximum time between two rows in seconds. Samples fill it with the last values.
const MAX_ROW_GAP_S: f64 = 3600.0;

/// Maximum magnitude of a value. Larger numbers are not measurements, and sums of them would overflow.
const MAX_VALUE: f64 = 1e30;

/// The common name of such logs: `<track>-<car>-<number>-<yyyy.mm.dd-hh.mm.ss>.ld`, UTC.
pub fn motec_file_name(about: &About, number: u32) -> String {
    let (track, car) = (safe_name(&about.names.track), safe_name(&about.names.car));
    format!("{track}-{car}-{number}-{}.ld", utc(about.unix_s).strftime("%Y.%m.%d-%H.%M.%S"))
}

/// Writes a log for MoTeC i2.
///
/// Samples are evenly spaced, 10 to 200 per second depending on the channel, from the first row on. Resampling has no phase shift: each
/// sample is the mean of the linear interpolation from half a sample before it to half a sample after it; for settings, gears and flags
/// it is the newest value. Without a value the last one is kept, or 0 before the first; the same applies to a gap of more than 0.25 s.
/// Rows more than an hour apart are an error. [`run`](crate::run) shortens each gap of more than 2 s without packets to 2 s, and reports
/// that ([`Note::ShortenedGaps`](crate::Note::ShortenedGaps)): the log of a recording with a long pause is as long as the driving.
///
/// Texts are left out. `LAP_BEACON`, or `Lap Number`, is the number of the lap, or 0 if no lap is running. If `position_x` and
/// `position_z` are among the columns, the log has GPS positions, from which MoTeC i2 draws its track map: X is east, -Z is north of
/// [`latitude_longitude`](acevo_recording::RecordedNames::latitude_longitude). Without coordinates they count from 0° N 0° E, far from
/// any track, and the comment of the log states that.
///
/// The log is divided at the end of each lap, at the line or where the lap was broken off, and at the start of a complete lap that
/// follows no other lap, so that the drive to the start line is not part of it. A lap is as long as its lap time if the car crossed the line
/// within 10 ms of that. Times and dates are UTC. Names are in ASCII: letters lose their diacritics, and other scripts become `?`.
///
/// Samples are kept in a temporary file next to the log. Memory is 64 KiB per channel.
#[derive(Debug)]
pub struct MotecExporter {
    log: PendingFile,
    laps: PendingFile,
    spool: Spool,
    about: About,
    channels: Vec<Channel>,
    plane: Plane,
    /// Columns of the position (X and Z).
    position: Option<(usize, usize)>,
    /// The newest position: metres east and north of the origin.
    map_m: [f64; 2],
    /// Times of the first and the newest row.
    span_s: Option<(f64, f64)>,
    /// The newest lap.
    lap: Option<LapKey>,
    /// The newest row has a lap.
    has_lap: bool,
    begun: Vec<Begun>,
    ended: Vec<Ended>,
}

#[derive(Debug)]
struct Channel {
    output: Output,
    resampler: Resampler,
    value: f64,
}

/// Session and number of a lap.
type LapKey = (u32, u32);

/// The first row of a lap.
#[derive(Debug, Clone, Copy)]
struct Begun {
    id: LapKey,
    at_s: f64,
    /// The previous lap, and whether it was running until then.
    before: Option<LapKey>,
    follows: bool,
}

/// A lap that has ended.
#[derive(Debug, Clone, Copy)]
struct Ended {
    id: LapKey,
    is_complete: bool,
    at_s: f64,
    /// Its time if it counts for the fastest lap.
    time_ms: Option<u32>,
    /// Its time in seconds if it is complete.
    lap_s: Option<f64>,
}

/// The end of a lap: its start plus its time if that is at most [`LINE_S`] from when the car crossed the line. MoTeC i2 takes the time
/// between two beacons for the lap time.
fn end_by_lap_time(crossed_s: f64, start_s: Option<f64>, lap_s: Option<f64>) -> f64 {
    let end = start_s.zip(lap_s).map(|(start, lap)| start + lap);
    end.filter(|end| (end - crossed_s).abs() <= LINE_S).unwrap_or(crossed_s)
}

impl MotecExporter {
    /// Creates the files under temporary names. `path` is that of the `.ld` file.
    ///
    /// # Errors
    /// [`ExportError`] if a file cannot be created or the `.ldx` file exists.
    pub fn create(path: &Path, about: About, columns: &[Column], names: MotecNames) -> Result<Self, ExportError> {
        let outputs = channels::outputs(names, columns);
        let laps_path = path.with_extension("ldx");
        check_new(&laps_path)?;
        let spool = Spool::create(&path.with_extension("samples"), outputs.len())?;
        let channel = |output: Output| {
            let resampler = Resampler::new(output.method, output.rate.into(), MAX_GAP_S);
            Channel { output, resampler, value: 0.0 }
        };
        Ok(Self {
            log: files::create(path)?,
            laps: files::create(&laps_path)?,
            spool,
            plane: about.names.latitude_longitude.and_then(Plane::at).unwrap_or(Plane::neutral()),
            about,
            channels: outputs.into_iter().map(channel).collect(),
            position: channels::position(columns),
            map_m: [0.0; 2],
            span_s: None,
            lap: None,
            has_lap: false,
            begun: Vec::new(),
            ended: Vec::new(),
        })
    }

    /// Length of the log in tenths of a second: every channel has a whole number of samples in each.
    fn tenths(seconds: f64) -> u64 {
        // Casts of floats saturate.
        ((seconds * 10.0).floor() as u64).saturating_add(1)
    }

    /// Checks that a log of this length is not too large.
    ///
    /// # Errors
    /// [`ExportError::Unfit`].
    pub(crate) fn check_size(&self, seconds: f64) -> Result<(), ExportError> {
        let in_a_tenth: u64 = self.channels.iter().map(|channel| u64::from(channel.output.rate / 10) * 4).sum();
        let samples = Self::tenths(seconds).saturating_mul(in_a_tenth);
        if samples.saturating_add(ld::head_size(self.channels.len())) > MAX_BYTES {
            let why = format!(
                "{seconds:.0} s of {} channels do not fit into 4 GiB, the most a log may have",
                self.channels.len()
            );
            return Err(ExportError::Unfit(why));
        }
        Ok(())
    }

    /// The beacons, in seconds from the first sample, and the best lap.
    fn beacons(&self, seconds: f64, start_s: f64) -> (Vec<f64>, Option<Fastest>) {
        let mut ended = self.ended.clone();
        ended.extend(self.starts());
        ended.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        let (mut beacons, mut fastest) = (Vec::new(), None::<Fastest>);
        let mut before_s = None;
        for Ended { at_s, time_ms, lap_s, .. } in ended {
            let at_s = end_by_lap_time(at_s, before_s, lap_s);
            before_s = Some(at_s);
            let at_s = at_s - start_s;
            if !(at_s > 0.0 && at_s <= seconds) {
                continue;
            }
            if let Some(time_ms) = time_ms
                && fastest.is_none_or(|fastest| time_ms < fastest.time_ms)
            {
                fastest = Some(Fastest { time_ms, part: beacons.len() });
            }
            beacons.push(at_s);
        }
        (beacons, fastest)
    }

    fn follow_lap(&mut self, row: &Row<'_>) {
        let follows = std::mem::replace(&mut self.has_lap, row.lap.is_some());
        let Some(id) = row.lap.map(|lap| (row.session, lap)) else { return };
        let before = self.lap.replace(id);
        if before != Some(id) {
            self.begun.push(Begun { id, at_s: row.time_s, before, follows });
        }
    }

    /// The starts of complete laps that follow no ended lap.
    fn starts(&self) -> impl Iterator<Item = Ended> {
        let ended: BTreeMap<LapKey, &Ended> = self.ended.iter().map(|ended| (ended.id, ended)).collect();
        self.begun.iter().filter_map(move |begun| {
            let before = begun.before.and_then(|before| ended.get(&before));
            let max_s = if begun.follows { MAX_LATE_S } else { 1.0 };
            let has_end = before.is_some_and(|before| (before.at_s - begun.at_s).abs() < max_s);
            let lap = ended.get(&begun.id).filter(|lap| lap.is_complete && lap.at_s > begun.at_s && !has_end)?;
            // A row notices the start late. The end minus the lap time is more exact.
            let exact = lap.lap_s.map(|lap_s| lap.at_s - lap_s).filter(|exact| (exact - begun.at_s).abs() <= NOTICED_S);
            let at_s = exact.unwrap_or(begun.at_s);
            Some(Ended { id: begun.id, is_complete: false, at_s, time_ms: None, lap_s: None })
        })
    }
}

impl Exporter for MotecExporter {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let (start_s, before_s) = self.span_s.unwrap_or((row.time_s, row.time_s));
        if !row.time_s.is_finite() || row.time_s < before_s {
            return Err(ExportError::Unfit(format!("a row at {} s comes after one at {before_s} s", row.time_s)));
        }
        if row.time_s - before_s > MAX_ROW_GAP_S {
            let gap_s = row.time_s - before_s;
            return Err(ExportError::Unfit(format!(
                "there is no row for {gap_s:.0} s, and a log has samples all the time"
            )));
        }
        let time_s = row.time_s - start_s;
        self.check_size(time_s)?;
        self.span_s = Some((start_s, row.time_s));
        self.follow_lap(row);

        let number = |column: usize| {
            let value = row.values.get(column).copied().flatten()?.as_f64();
            value.filter(|value| value.abs() <= MAX_VALUE)
        };
        if let Some((x, z)) = self.position.and_then(|(x, z)| number(x).zip(number(z))) {
            self.map_m = to_map(x, z);
        }
        let [east_m, north_m] = self.map_m;
        let (latitude, longitude) = self.plane.degrees(east_m, north_m);
        for (index, channel) in self.channels.iter_mut().enumerate() {
            let value = match channel.output.source {
                ChannelSource::Column(column, unit, to) => number(column).and_then(|value| unit.convert(value, to)),
                ChannelSource::Lap => Some(row.lap.unwrap_or_default().into()),
                ChannelSource::Latitude => Some(latitude),
                ChannelSource::Longitude => Some(longitude),
            };
            channel.value = value.unwrap_or(channel.value);
            let (spool, encoding, mut result) = (&mut self.spool, channel.output.encoding, Ok(()));
            channel.resampler.push(time_s, channel.value, |sample| {
                if result.is_ok() {
                    result = spool.push(index, encoding.sample(sample));
                }
            });
            result.map_err(|source| self.spool.failed(source))?;
        }
        Ok(())
    }

    fn lap(&mut self, lap: &Lap, ended_s: f64) -> Result<(), ExportError> {
        // An interrupted lap ends with the log.
        if lap.incomplete != Some(Incomplete::Interrupted) {
            let (id, is_complete) = ((lap.session, lap.number), lap.incomplete.is_none());
            let lap_s = lap.time_ms.filter(|_| is_complete).map(|ms| f64::from(ms) / 1000.0);
            let time_ms = lap.time_ms.filter(|_| lap.counts());
            self.ended.push(Ended { id, is_complete, at_s: ended_s, time_ms, lap_s });
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        let (start_s, end_s) = self.span_s.unwrap_or_default();
        let seconds = end_s - start_s;
        let tenths = if self.span_s.is_some() { Self::tenths(seconds) } else { 0 };
        let (beacons, fastest) = self.beacons(seconds, start_s);

        let channels = std::mem::take(&mut self.channels);
        let mut outputs = Vec::with_capacity(channels.len());
        for (index, Channel { output, resampler, .. }) in channels.into_iter().enumerate() {
            let samples = tenths * u64::from(output.rate / 10);
            let (spool, mut result) = (&mut self.spool, Ok(()));
            resampler.finish(samples, |sample| {
                if result.is_ok() {
                    result = spool.push(index, output.encoding.sample(sample));
                }
            });
            result.map_err(|source| self.spool.failed(source))?;
            outputs.push((output, samples));
        }
        let entries: Vec<ld::Entry<'_>> = outputs
            .iter()
            .enumerate()
            .map(|(index, (output, samples))| ld::Entry { output, samples: *samples, range: self.spool.range(index) })
            .collect();
        let head = ld::head(&self.about, &entries);
        self.log.write_all(&head).map_err(|source| files::failed(&self.log, source))?;
        for index in 0..outputs.len() {
            self.spool.copy(index, &mut self.log)?;
        }
        let text = ldx::document(&beacons, fastest);
        self.laps.write_all(text.as_bytes()).map_err(|source| files::failed(&self.laps, source))?;
        // Both are on the disk before one of them is renamed.
        self.laps.complete().map_err(|source| files::failed(&self.laps, source))?;
        let log = self.log.path().to_owned();
        files::publish(self.log)?;
        files::publish(self.laps).inspect_err(|_| {
            // A log without its laps would block the next attempt. The error is returned.
            let _ = fs::remove_file(log);
        })
    }
}

impl Encoding {
    fn sample(self, value: f64) -> Sample {
        match self {
            Self::Float => Sample::Float(value as f32),
            Self::Coordinate => {
                Sample::Integer((value * 10_f64.powi(channels::COORDINATE_DECIMALS.into())).round() as i32)
            }
        }
    }
}
