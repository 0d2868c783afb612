//! All samples of one lap, at the rate of the physics page.

mod course;

use std::io::{Read, Seek};
use std::time::Duration;

use acevo_telemetry::personal::CarAndTrack;
use acevo_telemetry::{Axes, CarSample, Channel, watches_another_car};

use self::course::Course;
use super::error::RecordingError;
use super::field_set::FieldSet;
use super::laps::RecordedLap;
use super::reader::{FrameStep, Recording};
use super::summary::SessionNames;

/// Two packets that are further apart than this, in seconds, have a gap between them.
pub const MAX_SAMPLE_GAP_S: f64 = 0.05;

/// Maximum number of rows of a lap: twenty minutes at 333 rows per second. A longer lap has every second row, every fourth, and so on.
const MAX_ROWS: usize = 400_000;

/// Read before the first frame of the lap: the line was crossed a little earlier.
const LEAD: Duration = Duration::from_millis(250);

/// Read after the last frame of the lap.
const TAIL: Duration = Duration::from_millis(250);

/// Which part of a recording is a lap, as in [`RecordedLap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LapSpan {
    /// When the lap began, since the recording's zero.
    pub from: Duration,
    /// When the lap ended, since the recording's zero.
    pub to: Duration,
    /// Lap time in milliseconds; `None` if the lap is not complete, or has no time.
    pub time_ms: Option<u32>,
}

impl From<&RecordedLap> for LapSpan {
    fn from(RecordedLap { lap, from, to, .. }: &RecordedLap) -> Self {
        Self { from: *from, to: *to, time_ms: lap.time_ms.filter(|_| lap.incomplete.is_none()) }
    }
}

/// Channel values of one lap, a row for each physics packet. Rows are in the order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LapSamples {
    /// Car and track; names are empty if the game published none.
    pub car_and_track: CarAndTrack,
    /// Length of the track in metres, as published by the game.
    pub length_m: Option<f64>,
    /// When the packet of the row was read, since the recording's zero.
    pub at: Vec<Duration>,
    /// Seconds since the car crossed the line, ascending.
    pub time_s: Vec<f32>,
    /// Lap positions, 0..1, ascending. All are NaN if the game published none.
    ///
    /// The game publishes them 60 times per second; between two of them they follow the distance that the car has driven.
    pub positions: Vec<f32>,
    /// The values of each channel in its own unit, in the order in which they were asked for; NaN if there is no value. A row of NaN
    /// comes before the first row after a gap, with the same time and position.
    pub channels: Vec<Vec<f32>>,
}

/// Fields of the rows besides those of the channels.
const FIELDS: [&str; 12] = [
    "physics.speedKmh",
    "graphics.display_speed_kmh",
    "graphics.npos",
    "graphics.current_lap_time_ms",
    "graphics.car_model",
    "graphics.focused_car_id_a",
    "graphics.focused_car_id_b",
    "graphics.player_car_id_a",
    "graphics.player_car_id_b",
    "static.track",
    "static.track_configuration",
    "static.track_length_m",
];

/// Reads all samples of one lap. Only the part of the recording that has the lap is read, and only the fields that are needed. The
/// recording is at its beginning afterwards.
///
/// `keep_going` is called with the time of each step. If it returns false, reading stops, and the samples up to there are returned.
///
/// # Errors
/// Those of [`Recording::next_step`].
///
/// ```no_run
/// use acevo_recording::{LapIndex, LapSpan, Recording, lap_samples};
/// use acevo_telemetry::channel;
///
/// let mut recording = Recording::open("monza.acevo")?;
/// let laps = LapIndex::read(&mut recording, |_| true)?;
/// let best = LapSpan::from(laps.find("best".parse()?)?);
/// let samples = lap_samples(&mut recording, best, &[channel("speed").unwrap()], |_| true)?;
/// println!("{} rows, {} km/h at the end", samples.time_s.len(), samples.channels[0].last().unwrap_or(&f32::NAN));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lap_samples<R: Read + Seek>(
    recording: &mut Recording<R>,
    lap: LapSpan,
    channels: &[&'static Channel],
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<LapSamples, RecordingError> {
    let fields = FieldSet::of_channels(channels.iter().copied());
    let before = recording.select(FIELDS.into_iter().fold(fields, FieldSet::with_field));
    let rows = read_rows(recording, lap, channels, &mut keep_going);
    recording.select(before);
    rows.map(|rows| rows.finish(lap))
}

fn read_rows<R: Read + Seek>(
    recording: &mut Recording<R>,
    lap: LapSpan,
    channels: &[&'static Channel],
    keep_going: &mut impl FnMut(Duration) -> bool,
) -> Result<Rows, RecordingError> {
    let mut rows = Rows::new(channels, lap.from);
    recording.seek(lap.from.saturating_sub(LEAD))?;
    while let Some(step) = recording.next_step()? {
        if step.at > lap.to.saturating_add(TAIL) || !keep_going(step.at) {
            break;
        }
        rows.take(&step);
    }
    Ok(rows)
}

/// The rows that were read.
struct Rows {
    channels: Vec<&'static Channel>,
    samples: LapSamples,
    course: Course,
    /// Times of the rows since the recording's zero, also in seconds.
    at: Vec<Duration>,
    at_s: Vec<f64>,
    /// Distance of the rows, in metres since the first one.
    driven_m: Vec<f64>,
    columns: Vec<Vec<f32>>,
    /// True if the next row follows a gap, and for each row whether it does.
    is_after_gap: bool,
    gaps: Vec<bool>,
    /// One row of this many packets is kept, and the packets since the last one.
    stride: usize,
    skipped: usize,
}

impl Rows {
    fn new(channels: &[&'static Channel], from: Duration) -> Self {
        Self {
            channels: channels.to_vec(),
            samples: LapSamples::default(),
            course: Course::new(from.as_secs_f64()),
            at: Vec::new(),
            at_s: Vec::new(),
            driven_m: Vec::new(),
            columns: vec![Vec::new(); channels.len()],
            is_after_gap: false,
            gaps: Vec::new(),
            stride: 1,
            skipped: 0,
        }
    }

    fn take(&mut self, step: &FrameStep<'_>) {
        let frame = step.frame;
        self.is_after_gap |= step.after_damage;
        if watches_another_car(frame) || !frame.validity.is_current() {
            self.is_after_gap = true;
            return;
        }
        let (car, at_s) = (CarSample::of(frame), step.at.as_secs_f64());
        if step.physics.is_some() {
            self.take_row(step, at_s, car.speed_m_s.unwrap_or(0.0));
        }
        if step.graphics.is_some() {
            SessionNames::update_car_and_track(&mut self.samples.car_and_track, frame);
            self.samples.length_m = car.track_length_m.or(self.samples.length_m);
            self.course.note(at_s, self.driven_at(at_s, &car), car.lap_timer_ms, car.lap_position);
        }
    }

    /// The distance at a time that is not before the last row.
    fn driven_at(&self, at_s: f64, car: &CarSample) -> f64 {
        let (Some(driven), Some(last)) = (self.driven_m.last(), self.at_s.last()) else { return 0.0 };
        driven + (at_s - last).max(0.0) * car.speed_m_s.unwrap_or(0.0)
    }

    fn take_row(&mut self, step: &FrameStep<'_>, at_s: f64, speed_m_s: f64) {
        if let Some(last) = self.at_s.last() {
            self.is_after_gap |= at_s - last > MAX_SAMPLE_GAP_S * self.stride as f64;
        }
        self.skipped += 1;
        if self.skipped < self.stride && !self.is_after_gap {
            return;
        }
        self.skipped = 0;
        let driven = match (self.driven_m.last(), self.at_s.last()) {
            (Some(driven), Some(last)) => driven + (at_s - last).max(0.0) * speed_m_s,
            _ => 0.0,
        };
        self.at.push(step.at);
        self.at_s.push(at_s);
        self.driven_m.push(driven);
        self.gaps.push(std::mem::take(&mut self.is_after_gap));
        // A lap alone has no evidence of other axes than those that were measured on the real game.
        let axes = Axes::default();
        for (channel, column) in self.channels.iter().zip(&mut self.columns) {
            column.push(channel.number(step.frame, &axes).map_or(f32::NAN, |value| value as f32));
        }
        if self.at_s.len() >= MAX_ROWS {
            self.thin();
        }
    }

    /// Keeps every second row.
    fn thin(&mut self) {
        let gaps = &self.gaps;
        let merged = |row: usize| gaps[row] || row.checked_sub(1).is_some_and(|before| gaps[before]);
        self.gaps = (0..gaps.len()).step_by(2).map(merged).collect();
        every_second(&mut self.at);
        every_second(&mut self.at_s);
        every_second(&mut self.driven_m);
        self.columns.iter_mut().for_each(every_second);
        self.stride *= 2;
    }

    /// The rows between the line and the end of the lap.
    fn finish(mut self, lap: LapSpan) -> LapSamples {
        let end_s = lap.time_ms.map(|ms| f64::from(ms) / 1000.0);
        self.course.finish(end_s, (&self.at_s, &self.driven_m));
        let mut samples = std::mem::take(&mut self.samples);
        samples.channels = vec![Vec::new(); self.columns.len()];
        let is_of_lap = |row: usize, time: f64| match end_s {
            Some(end) => (0.0..=end).contains(&time),
            None => time >= 0.0 && self.at_s[row] <= lap.to.as_secs_f64(),
        };
        let (mut last_time, mut last_position) = (0.0, 0.0);
        for row in 0..self.at_s.len() {
            let time = self.course.time_s(self.at_s[row]);
            if !is_of_lap(row, time) {
                continue;
            }
            last_time = time.max(last_time);
            let position = self.course.position(self.at_s[row], self.driven_m[row]);
            last_position = position.max(last_position);
            let position = if position.is_nan() { f64::NAN } else { last_position };
            if self.gaps[row] && !samples.time_s.is_empty() {
                samples.push(self.at[row], last_time, position, |_| f32::NAN);
            }
            samples.push(self.at[row], last_time, position, |index| self.columns[index][row]);
        }
        samples
    }
}

impl LapSamples {
    fn push(&mut self, at: Duration, time: f64, position: f64, value: impl Fn(usize) -> f32) {
        self.at.push(at);
        self.time_s.push(time as f32);
        self.positions.push(position as f32);
        for (index, column) in self.channels.iter_mut().enumerate() {
            column.push(value(index));
        }
    }
}

fn every_second<T: Copy>(values: &mut Vec<T>) {
    *values = values.iter().copied().step_by(2).collect();
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use acevo_simulator::Scenario;
    use acevo_telemetry::channels;
    use acevo_testkit::pages::{drive, recorded};

    use super::*;

    #[test]
    fn lap_samples_returns_the_same_as_with_all_fields() {
        let channels: Vec<_> = channels().iter().step_by(5).collect();
        for scenario in [Scenario::HotLaps, Scenario::Race] {
            let file = recorded(&drive(scenario, 6));
            let mut recording = Recording::from_input(Cursor::new(file)).unwrap();
            let lap = LapSpan { from: Duration::from_secs(1), to: Duration::from_secs(5), time_ms: None };
            let expected = read_rows(&mut recording, lap, &channels, &mut |_| true).unwrap().finish(lap);
            let samples = lap_samples(&mut recording, lap, &channels, |_| true).unwrap();
            assert!(
                expected.time_s.len() > 500 && expected.length_m.is_some() && !expected.car_and_track.car.is_empty()
            );
            // NaN differs from itself.
            assert_eq!(format!("{samples:?}"), format!("{expected:?}"));
        }
    }

    #[test]
    fn thin_keeps_gaps() {
        let mut rows = Rows::new(&[], Duration::ZERO);
        rows.at = (0..6).map(Duration::from_secs).collect();
        rows.at_s = (0..6).map(f64::from).collect();
        rows.driven_m = rows.at_s.clone();
        rows.gaps = vec![false, false, false, true, false, false];
        rows.thin();
        assert_eq!((rows.at_s, rows.gaps, rows.stride), (vec![0.0, 2.0, 4.0], vec![false, false, true], 2));
    }
}
