//! Logs for MoTeC i2: an `.ld` file with the samples, and an `.ldx` file with the laps beside it.
//!
//! Both were written from tables taken from genuine files; the program itself has not been run on them.

mod ascii;
mod channels;
mod earth;
mod ld;
mod ldx;
mod resample;
mod spool;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use self::channels::{Encoding, From, Output};
use self::earth::Plane;
use self::ldx::Fastest;
use self::resample::Resampler;
use self::spool::{Sample, Spool};
use super::date::Date;
use super::names::safe_name;
use super::pending::PendingFile;
use super::{About, Column, ExportError, Exporter, Row};
use acevo_telemetry::analysis::{Incomplete, Lap};
use acevo_telemetry::to_map;

pub use self::channels::MotecNames;

/// What pointers of the file reach.
const LARGEST: u64 = u32::MAX as u64;

/// So late at most, in seconds, a lap is met that follows another one: online the game takes its time to tell.
const LATE_S: f64 = 15.0;

/// Where a car crosses the line between two frames is known to some 3 ms.
const LINE_S: f64 = 0.010;

/// That a lap has begun is noticed with a frame and a row, so late at most.
const NOTICED_S: f64 = 0.1;

/// Greater numbers are no measurements, and sums of them would not fit.
const GREATEST: f64 = 1e30;

/// The name that users of such logs know: `<track>-<car>-<number>-<yyyy.mm.dd-hh.mm.ss>.ld`, UTC.
pub fn motec_file_name(about: &About, number: u32) -> String {
    let Date { year, month, day, hour, minute, second } = Date::of(about.unix_s);
    let (track, car) = (safe_name(&about.track), safe_name(&about.car));
    format!("{track}-{car}-{number}-{year:04}.{month:02}.{day:02}-{hour:02}.{minute:02}.{second:02}.ld")
}

/// Writes a log for MoTeC i2.
///
/// Samples are at equal distances, 10 to 200 a second by the channel, from the first row on. They are made without a shift in
/// time: each is the mean of the straight lines between the values, from half a sample before it to half a sample behind; of
/// settings, gears and flags it is the newest value. What there is no value of keeps the last one, 0 before the first; so does
/// everything across a gap of more than 0.25 s.
///
/// Texts are left out. `LAP_BEACON`, or `Lap Number`, is the number of the lap, 0 where there is none. With `position_x` and
/// `position_z` among the columns there are places on the earth, too, from which the program draws its track map: X is east, -Z is
/// north of the place that [`About::latitude_longitude`] has. If it has none, they count from 0° N 0° E, where no track is, and the
/// log's comment says so.
///
/// Laps are divided where one ends, at the line or because it was broken off, and where a whole one begins that follows no other: a
/// way to the start is no part of it. A lap is as long as its time if the car was seen to cross the line within 10 ms of that.
/// Times and dates are UTC. Names are in ASCII: letters lose their marks, and those of other scripts become `?`.
///
/// Samples wait in a temporary file beside the log: memory depends on the number of channels alone, 64 KiB for each.
#[derive(Debug)]
pub struct MotecExporter {
    log: PendingFile,
    laps: PendingFile,
    spool: Spool,
    about: About,
    channels: Vec<Channel>,
    plane: Plane,
    /// Columns of the position (X and Z), and the newest position in metres east and north of the origin.
    position: Option<(usize, usize)>,
    place_m: [f64; 2],
    /// Times of the first and the newest row.
    span_s: Option<(f64, f64)>,
    /// The newest lap, and where each was met first.
    lap: Option<LapId>,
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
type LapId = (u32, u32);

/// A lap that is driven.
#[derive(Debug, Clone, Copy)]
struct Begun {
    id: LapId,
    at_s: f64,
    /// The one before it, and whether that was driven until then.
    before: Option<LapId>,
    follows: bool,
}

/// A lap that has ended.
#[derive(Debug, Clone, Copy)]
struct Ended {
    id: LapId,
    is_whole: bool,
    at_s: f64,
    /// Its time, where it may be the best one.
    time_ms: Option<u32>,
    /// Its time in seconds, if it was driven from line to line.
    lap_s: Option<f64>,
}

/// When a lap has ended: when it began and its time, if that is no more than [`LINE_S`] from when the car was seen to cross the
/// line. The program takes the time between two beacons for the lap's.
fn by_lap_time(seen_s: f64, began_s: Option<f64>, lap_s: Option<f64>) -> f64 {
    let told = began_s.zip(lap_s).map(|(began, lap)| began + lap);
    told.filter(|told| (told - seen_s).abs() <= LINE_S).unwrap_or(seen_s)
}

impl MotecExporter {
    /// Creates the files under temporary names. `path` is that of the `.ld` file.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn create(path: &Path, about: About, columns: &[Column], names: MotecNames) -> Result<Self, ExportError> {
        let outputs = channels::outputs(names, columns);
        let spool = Spool::create(&path.with_extension("samples"), outputs.len())?;
        let channel = |output: Output| {
            let resampler = Resampler::new(output.method, output.rate);
            Channel { output, resampler, value: 0.0 }
        };
        Ok(Self {
            log: PendingFile::create(path)?,
            laps: PendingFile::create(&path.with_extension("ldx"))?,
            spool,
            plane: about.latitude_longitude.and_then(Plane::at).unwrap_or(Plane::neutral()),
            about,
            channels: outputs.into_iter().map(channel).collect(),
            position: channels::position(columns),
            place_m: [0.0; 2],
            span_s: None,
            lap: None,
            has_lap: false,
            begun: Vec::new(),
            ended: Vec::new(),
        })
    }

    /// Tenths of a second that a log of this length has: all channels have whole numbers of samples in one.
    fn tenths(seconds: f64) -> u64 {
        // A negative or an endless time stops at the ends of what fits.
        ((seconds * 10.0).floor() as u64).saturating_add(1)
    }

    fn check_size(&self, seconds: f64) -> Result<(), ExportError> {
        let in_a_tenth: u64 = self.channels.iter().map(|channel| u64::from(channel.output.rate / 10) * 4).sum();
        let samples = Self::tenths(seconds).saturating_mul(in_a_tenth);
        if samples.saturating_add(ld::head_size(self.channels.len())) > LARGEST {
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
        ended.extend(self.beginnings());
        ended.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        let (mut beacons, mut fastest) = (Vec::new(), None::<Fastest>);
        let mut before_s = None;
        for Ended { at_s, time_ms, lap_s, .. } in ended {
            let at_s = by_lap_time(at_s, before_s, lap_s);
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

    /// The ends of what came before whole laps, where that was no lap that has an end of its own.
    fn beginnings(&self) -> impl Iterator<Item = Ended> {
        let ended: BTreeMap<LapId, &Ended> = self.ended.iter().map(|ended| (ended.id, ended)).collect();
        self.begun.iter().filter_map(move |begun| {
            let before = begun.before.and_then(|before| ended.get(&before));
            let most_s = if begun.follows { LATE_S } else { 1.0 };
            let has_end = before.is_some_and(|before| (before.at_s - begun.at_s).abs() < most_s);
            let lap = ended.get(&begun.id).filter(|lap| lap.is_whole && lap.at_s > begun.at_s && !has_end)?;
            // A row notices the beginning late; the end and the time tell it more exactly.
            let told = lap.lap_s.map(|lap_s| lap.at_s - lap_s).filter(|told| (told - begun.at_s).abs() <= NOTICED_S);
            let at_s = told.unwrap_or(begun.at_s);
            Some(Ended { id: begun.id, is_whole: false, at_s, time_ms: None, lap_s: None })
        })
    }
}

impl Exporter for MotecExporter {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let (start_s, before_s) = self.span_s.unwrap_or((row.time_s, row.time_s));
        if !row.time_s.is_finite() || row.time_s < before_s {
            return Err(ExportError::Unfit(format!("a row at {} s comes after one at {before_s} s", row.time_s)));
        }
        let time_s = row.time_s - start_s;
        self.check_size(time_s)?;
        self.span_s = Some((start_s, row.time_s));
        self.follow_lap(row);

        let number = |column: usize| {
            let value = row.values.get(column).copied().flatten()?.as_f64();
            value.filter(|value| value.abs() <= GREATEST)
        };
        if let Some((x, z)) = self.position.and_then(|(x, z)| number(x).zip(number(z))) {
            self.place_m = to_map(x, z);
        }
        let [east_m, north_m] = self.place_m;
        let (latitude, longitude) = self.plane.degrees(east_m, north_m);
        for (index, channel) in self.channels.iter_mut().enumerate() {
            let value = match channel.output.from {
                From::Column(column, unit, to) => number(column).and_then(|value| unit.convert(value, to)),
                From::Lap => Some(row.lap.unwrap_or_default().into()),
                From::Latitude => Some(latitude),
                From::Longitude => Some(longitude),
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
        // What was interrupted ends where the log does.
        if lap.incomplete != Some(Incomplete::Interrupted) {
            let (id, is_whole) = ((lap.session, lap.number), lap.incomplete.is_none());
            let lap_s = lap.time_ms.filter(|_| is_whole).map(|ms| f64::from(ms) / 1000.0);
            let time_ms = lap.time_ms.filter(|_| lap.counts());
            self.ended.push(Ended { id, is_whole, at_s: ended_s, time_ms, lap_s });
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
        self.log.write_all(&head).map_err(|source| self.log.failed(source))?;
        for index in 0..outputs.len() {
            self.spool.copy(index, &mut self.log)?;
        }
        let text = ldx::document(&beacons, fastest);
        self.laps.write_all(text.as_bytes()).map_err(|source| self.laps.failed(source))?;
        // Both are on the disk before one of them has its name.
        self.log.complete()?;
        self.laps.complete()?;
        self.log.publish()?;
        self.laps.publish()
    }
}

impl Encoding {
    fn sample(self, value: f64) -> Sample {
        match self {
            Self::Float => Sample::Float(value as f32),
            Self::Place => Sample::Integer((value * 10_f64.powi(ld::PLACE_DECIMALS.into())).round() as i32),
        }
    }
}
