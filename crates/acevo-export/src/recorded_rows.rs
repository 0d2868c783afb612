//! Rows of a recording as columns in memory.

use std::io::{Read, Seek};
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use acevo_recording::{FieldSet, Recording};
use acevo_telemetry::{Axes, ChannelValue};

use crate::resample::{MAX_GAP_S, Method, Resampler};
use crate::typed::{ColumnType, ColumnValues, Series};
use crate::{Column, ExportError, Exporter, Row, Sampler};

/// Maximum gap in metres that a distance is interpolated over.
const MAX_GAP_M: f64 = 50.0;

/// Rows of a recording: one for each physics packet, in the order of time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedRows {
    /// Seconds since the first record of the recording.
    pub time_s: Vec<f64>,
    /// The packet counter of the physics page. Empty after [`resampled`](Self::resampled).
    pub packet_id: Vec<i32>,
    /// Packets since the previous row that the recorder missed. Empty after [`resampled`](Self::resampled).
    pub missed: Vec<u32>,
    /// Steps of the counter since the previous row that the game skipped around a pause. Empty after [`resampled`](Self::resampled).
    pub skipped: Vec<u32>,
    /// The session of each row, from 1. Empty if the rows were [not analysed](read_rows).
    pub session: Vec<u32>,
    /// The running lap of each row, from 1. Empty if the rows were not analysed.
    pub lap: Series<i32>,
    /// The values of each column.
    pub columns: Vec<ColumnValues>,
}

/// Reads the rows of a part of a recording, without finding its laps. Times are those of the recording, since its zero.
///
/// Only the fields that the columns need are decoded. Columns of a [corrected](Column::is_corrected) channel have the values of the game;
/// [`read_analyzed_rows`](crate::read_analyzed_rows) corrects them. `keep_going` is called with the time of each step; reading stops if it
/// returns false, and what was read is returned.
///
/// ```no_run
/// use std::time::Duration;
///
/// use acevo_export::{Column, read_rows};
/// use acevo_recording::Recording;
/// use acevo_telemetry::{Axes, channel};
///
/// let mut recording = Recording::open("monza.acevo")?;
/// let speed = channel("speed").unwrap();
/// let minute = Duration::ZERO..=Duration::from_secs(60);
/// let rows = read_rows(&mut recording, &[Column::new(speed, speed.unit())], Axes::default(), minute, |_| true)?;
/// println!("{} rows, {:?}", rows.len(), rows.columns[0]);
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
///
/// # Errors
/// Those of [`Recording::next_step`].
pub fn read_rows<R: Read + Seek>(
    recording: &mut Recording<R>,
    columns: &[Column],
    axes: Axes,
    span: RangeInclusive<Duration>,
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<RecordedRows, ExportError> {
    let fields = FieldSet::of_channels(columns.iter().map(|column| column.channel));
    let selected = recording.select(fields);
    let rows = read_selected(recording, columns, axes, &span, &mut keep_going);
    recording.select(selected);
    rows
}

fn read_selected<R: Read + Seek>(
    recording: &mut Recording<R>,
    columns: &[Column],
    axes: Axes,
    span: &RangeInclusive<Duration>,
    keep_going: &mut dyn FnMut(Duration) -> bool,
) -> Result<RecordedRows, ExportError> {
    let start = recording.info().start;
    let mut rows = RecordedRows::of(columns);
    let mut sampler = Sampler::new(columns, axes);
    recording.seek(*span.start())?;
    // The packet before the part is not a part of it.
    let mut last_packet = (recording.frame().physics.packet_id() != 0).then(|| recording.frame().physics.packet_id());
    while let Some(step) = recording.next_step()? {
        if step.at > *span.end() || !keep_going(step.at) {
            break;
        }
        let Some(physics) = step.physics else { continue };
        // Pages that fade around a pause repeat their counter. They are not packets.
        let packet_id = step.frame.physics.packet_id();
        if last_packet.replace(packet_id) == Some(packet_id) {
            continue;
        }
        rows.time_s.push(step.at.saturating_sub(start).as_secs_f64());
        rows.packet_id.push(packet_id);
        rows.missed.push(physics.missed);
        rows.skipped.push(physics.skipped);
        rows.push_values(&sampler.values(step.frame));
    }
    Ok(rows)
}

impl RecordedRows {
    /// Rows of any columns with one value per row, for [`resampled`](Self::resampled). They have no packets.
    pub fn new(time_s: Vec<f64>, columns: Vec<ColumnValues>) -> Self {
        Self { time_s, columns, ..Self::of(&[]) }
    }

    /// No rows of these columns.
    pub(crate) fn of(columns: &[Column]) -> Self {
        Self {
            time_s: Vec::new(),
            packet_id: Vec::new(),
            missed: Vec::new(),
            skipped: Vec::new(),
            session: Vec::new(),
            lap: Series::default(),
            columns: columns.iter().map(|column| ColumnValues::new(ColumnType::of(column))).collect(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time_s.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.time_s.is_empty()
    }

    /// Adds the rows of the part that follows, with the same columns.
    pub fn append(&mut self, mut next: Self) {
        self.time_s.append(&mut next.time_s);
        self.packet_id.append(&mut next.packet_id);
        self.missed.append(&mut next.missed);
        self.skipped.append(&mut next.skipped);
        self.session.append(&mut next.session);
        self.lap.append(next.lap);
        self.columns.iter_mut().zip(next.columns).for_each(|(column, next)| column.append(next));
    }

    /// The rows with these indices, which are not greater than the last one, in this order.
    #[must_use]
    pub fn gathered(&self, rows: &[usize]) -> Self {
        fn of<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().filter_map(|row| values.get(*row).copied()).collect()
        }
        Self {
            time_s: of(&self.time_s, rows),
            packet_id: of(&self.packet_id, rows),
            missed: of(&self.missed, rows),
            skipped: of(&self.skipped, rows),
            session: of(&self.session, rows),
            lap: self.lap.gathered(rows),
            columns: self.columns.iter().map(|column| column.gathered(rows)).collect(),
        }
    }

    fn push_values(&mut self, values: &[Option<ChannelValue<'_>>]) {
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(*value));
    }

    /// Rows at a rate per second: at 0, 1/rate, 2/rate, … seconds.
    ///
    /// Floats are the mean of the linear interpolation from half a row before to half a row after, which shifts no phase. Other values are
    /// the newest ones. There are no rows in gaps of more than a quarter of a second.
    #[must_use]
    pub fn resampled(&self, rate: f64) -> Self {
        let grid = Grid::new(&self.time_s, rate, MAX_GAP_S);
        Self { time_s: grid.places(), ..self.resampled_over(&grid, &self.time_s) }
    }

    /// Rows at each multiple of a step in metres, and their distances. `distance_m` has the distance of each row and never goes back;
    /// missing distances are NaN. Values are as in [`resampled`](Self::resampled); there are no rows in gaps of more than 50 m.
    #[must_use]
    pub fn resampled_by_distance(&self, distance_m: &[f64], step_m: f64) -> (Self, Vec<f64>) {
        let grid = Grid::new(distance_m, 1.0 / step_m, MAX_GAP_M);
        let time_s = grid.means(distance_m, |row| self.time_s.get(row).copied().unwrap_or(f64::NAN));
        (Self { time_s, ..self.resampled_over(&grid, distance_m) }, grid.places())
    }

    fn resampled_over(&self, grid: &Grid, places: &[f64]) -> Self {
        let newest = grid.newest(places);
        Self {
            time_s: Vec::new(),
            packet_id: Vec::new(),
            missed: Vec::new(),
            skipped: Vec::new(),
            session: newest.iter().filter_map(|row| self.session.get(*row).copied()).collect(),
            lap: self.lap.gathered(&newest),
            columns: self.columns.iter().map(|column| grid.column(places, column, &newest)).collect(),
        }
    }
}

/// Places at equal distances, except for those in gaps.
struct Grid {
    rate: f64,
    max_gap: f64,
    /// Numbers of the places, in runs without a gap, with the source rows of each run.
    runs: Vec<(Range<u64>, Range<usize>)>,
}

impl Grid {
    fn new(places: &[f64], rate: f64, max_gap: f64) -> Self {
        let mut grid = Self { rate, max_gap, runs: Vec::new() };
        let (mut start, mut last) = (0, None);
        for (row, place) in places.iter().enumerate() {
            let follows = last.is_some_and(|last| *place - last <= max_gap);
            if !follows {
                grid.end_run(places, start..row);
                start = row;
            }
            last = place.is_finite().then_some(*place);
        }
        grid.end_run(places, start..places.len());
        grid
    }

    /// Adds the places from half a step before the first row to half a step after the last one.
    fn end_run(&mut self, places: &[f64], rows: Range<usize>) {
        let mut finite = places[rows.clone()].iter().copied().filter(|place| place.is_finite());
        let Some(first) = finite.next() else { return };
        let last = finite.next_back().unwrap_or(first);
        // Casts of floats saturate.
        let before = self.runs.last().map_or(0, |(numbers, _)| numbers.end);
        let from = ((first * self.rate - 0.5).ceil().max(0.0) as u64).max(before);
        let to = ((last * self.rate + 0.5).floor().max(-1.0) + 1.0) as u64;
        if from < to && to < u64::MAX {
            self.runs.push((from..to, rows));
        }
    }

    /// The places.
    fn places(&self) -> Vec<f64> {
        let numbers = self.runs.iter().flat_map(|(numbers, _)| numbers.clone());
        numbers.map(|number| number as f64 / self.rate).collect()
    }

    /// The newest row at each place; the first row of a run for the place before it.
    fn newest(&self, places: &[f64]) -> Vec<usize> {
        let mut newest = Vec::new();
        for (numbers, rows) in &self.runs {
            let mut row = rows.start;
            for number in numbers.clone() {
                let at = number as f64 / self.rate;
                while row + 1 < rows.end && places[row + 1] <= at {
                    row += 1;
                }
                newest.push(row);
            }
        }
        newest
    }

    fn means(&self, places: &[f64], of: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut all = Vec::new();
        for (numbers, rows) in &self.runs {
            let resampler = Resampler::new(Method::Mean, self.rate, self.max_gap);
            let mut resampler = resampler.starting_at(numbers.start);
            let end = all.len() + (numbers.end - numbers.start) as usize;
            for row in rows.clone().filter(|row| places[*row].is_finite()) {
                resampler.push(places[row], of(row), |sample| all.push(sample));
            }
            resampler.finish(numbers.end, |sample| all.push(sample));
            all.truncate(end);
        }
        all
    }

    fn mean_of<T: Copy + Into<f64>>(&self, places: &[f64], series: &Series<T>) -> impl Iterator<Item = Option<f64>> {
        let rows = series.expanded();
        let of = |row: usize| rows.get(row).copied().flatten().map_or(f64::NAN, Into::into);
        self.means(places, of).into_iter().map(|mean| Some(mean).filter(|mean| !mean.is_nan()))
    }

    /// Means of floats, and the newest of other values.
    fn column(&self, places: &[f64], column: &ColumnValues, newest: &[usize]) -> ColumnValues {
        match column {
            ColumnValues::Float(from) => {
                let mut to = Series::default();
                self.mean_of(places, from).for_each(|mean| to.push(mean.map(|mean| mean as f32)));
                ColumnValues::Float(to)
            }
            ColumnValues::Double(from) => {
                let mut to = Series::default();
                self.mean_of(places, from).for_each(|mean| to.push(mean));
                ColumnValues::Double(to)
            }
            other => other.gathered(newest),
        }
    }
}

/// Collects the rows of an export.
#[derive(Debug)]
pub(crate) struct Collector<'a>(pub(crate) &'a mut RecordedRows);

impl Exporter for Collector<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let rows = &mut *self.0;
        rows.time_s.push(row.time_s);
        rows.packet_id.push(row.packet_id);
        rows.missed.push(row.missed);
        rows.skipped.push(row.skipped);
        rows.session.push(row.session);
        rows.lap.push(row.lap.map(|lap| i32::try_from(lap).unwrap_or(i32::MAX)));
        rows.push_values(row.values);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine of this frequency at 333 rows per second for ten seconds, with a pause of a second in the middle.
    fn sine(hertz: f64) -> RecordedRows {
        let (mut times, mut values) = (Vec::new(), Series::default());
        for packet in (0..3330).filter(|packet| !(1500..1833).contains(packet)) {
            let time = f64::from(packet) / 333.0;
            times.push(time);
            values.push(Some((time * hertz * std::f64::consts::TAU).sin()));
        }
        RecordedRows::new(times, vec![ColumnValues::Double(values)])
    }

    fn doubles(column: &ColumnValues) -> Vec<Option<f64>> {
        let ColumnValues::Double(series) = column else { panic!("{column:?}") };
        series.expanded()
    }

    #[test]
    fn recorded_rows_resampled_shift_no_phase_and_skip_pauses() {
        let rows = sine(2.0).resampled(50.0);
        let values = doubles(&rows.columns[0]);
        assert_eq!(values.len(), rows.len());
        // The pause is from 4.5 to 5.5 seconds.
        assert!(rows.time_s.iter().all(|time| !(4.53..5.47).contains(time)), "{:?}", rows.time_s);
        assert_eq!(rows.time_s.iter().filter(|time| **time < 4.4).count(), 220);
        for (time, value) in rows.time_s.iter().zip(&values).filter(|(time, _)| !(4.4..5.6).contains(*time)) {
            let expected = (time * 2.0 * std::f64::consts::TAU).sin();
            assert!(
                (value.unwrap() - expected).abs() < 0.01 || *time < 0.02 || *time > 9.9,
                "{time}: {value:?}, {expected}"
            );
        }
    }

    #[test]
    fn recorded_rows_resampled_by_distance_have_exact_distances() {
        let rows = sine(1.0);
        // 30 m/s, and no distance before the first second.
        let distance: Vec<_> =
            rows.time_s.iter().map(|time| if *time < 1.0 { f64::NAN } else { (time - 1.0) * 30.0 }).collect();
        let (rows, metres) = rows.resampled_by_distance(&distance, 10.0);
        assert_eq!(metres[..4], [0.0, 10.0, 20.0, 30.0]);
        for (metres, time) in metres.iter().zip(&rows.time_s).skip(1).take(8) {
            assert!((time - 1.0 - metres / 30.0).abs() < 0.01, "{metres}: {time}");
        }
    }

    #[test]
    fn recorded_rows_resampled_keep_missing_values_missing() {
        let mut gears = Series::default();
        let mut speeds = Series::default();
        for row in 0..300 {
            gears.push((row % 100 >= 50).then_some(3));
            speeds.push((row % 100 >= 50).then_some(1.5_f32));
        }
        let times = (0..300).map(|row| f64::from(row) / 100.0).collect();
        let rows =
            RecordedRows::new(times, vec![ColumnValues::Whole(gears), ColumnValues::Float(speeds)]).resampled(10.0);
        let (ColumnValues::Whole(gears), ColumnValues::Float(speeds)) = (&rows.columns[0], &rows.columns[1]) else {
            panic!("{rows:?}")
        };
        assert_eq!(gears.expanded()[..10], [None, None, None, None, None, Some(3), Some(3), Some(3), Some(3), Some(3)]);
        // The mean around 0.5 s has missing values.
        assert_eq!(speeds.expanded()[4..9], [None, None, Some(1.5), Some(1.5), Some(1.5)]);
    }

    #[test]
    fn recorded_rows_resampled_of_any_times_return() {
        for times in [vec![], vec![f64::NAN], vec![0.0], vec![5.0, 5.0, 5.0], vec![f64::INFINITY], vec![-1.0, 1e300]] {
            let values = ColumnValues::Double(Series { values: vec![1.0; times.len()], levels: Vec::new() });
            let rows = RecordedRows::new(times.clone(), vec![values]).resampled(0.001);
            assert_eq!(rows.columns[0].len(), rows.len(), "{times:?}");
        }
    }
}
