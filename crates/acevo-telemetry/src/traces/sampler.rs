//! Samples lap traces from a stream of frames.

use std::mem;

use super::{LapTraces, MAX_GAP, Trace};
use crate::analysis::{Analysis, Lap, SessionEventKind};
use crate::car_sample::watches_another_car;
use crate::names::display_name;
use acevo_shared_memory::Frame;

use crate::car_sample::CarSample;
use crate::channels::{Channel, channel};

/// Parts of a lap with at most one sample each: 1.3 m of a track of 5 km.
const SAMPLES_PER_LAP: f64 = 4000.0;

/// After the line the position may stay at the end of the previous lap for some time (reported). Positions beyond this are ignored
/// at the start of a lap.
const MAX_FIRST_POSITION: f64 = 0.5;

/// Channels that are always sampled: every plot needs position, time and acceleration.
const ALWAYS: [&str; 6] = ["lap_time", "position_x", "position_z", "g_lateral", "g_longitudinal", "speed"];

/// Samples laps while they are driven.
///
/// Feed the analysis with a frame, pass all of its events to [`on_event`](Self::on_event), then the frame to
/// [`on_frame`](Self::on_frame). A lap takes at most about 4000 samples per channel.
#[derive(Debug)]
pub struct LapSampler {
    channels: Vec<&'static Channel>,
    running: Samples,
    /// The lap that has crossed the line, until the game publishes its time.
    ended: Option<Samples>,
}

#[derive(Debug, Clone, Default)]
struct Samples {
    positions: Vec<f64>,
    columns: Vec<Vec<f64>>,
    track: String,
    layout: String,
    car: String,
    length_m: Option<f64>,
    sector_ends: Vec<f64>,
}

impl LapSampler {
    /// Samples these channels, and those that every plot needs: time, position, speed and acceleration.
    pub fn new(channels: &[&'static Channel]) -> Self {
        let mut all: Vec<&'static Channel> = ALWAYS.into_iter().filter_map(channel).collect();
        for channel in channels {
            if !all.contains(channel) {
                all.push(channel);
            }
        }
        Self { running: Samples::new(all.len()), channels: all, ended: None }
    }

    /// Takes a sample if the car has moved on. Frames of another car that is watched are ignored.
    pub fn on_frame(&mut self, frame: &Frame, analysis: &Analysis) {
        let Some(position) = CarSample::of(frame).lap_position else { return };
        let (last, count) = (self.running.positions.last().copied(), self.running.positions.len());
        let has_moved = last.is_none_or(|last| position >= last + 1.0 / SAMPLES_PER_LAP);
        let is_before_the_line = count <= 1 && position > MAX_FIRST_POSITION;
        if !has_moved || is_before_the_line || watches_another_car(frame) {
            return;
        }
        if !self.running.is_named() {
            self.running.take_names(frame, analysis.sector_ends());
        }
        // A gap is marked, so that no curve spans it.
        if last.is_some_and(|last| position - last > MAX_GAP) {
            self.running.push(position, |_| f64::NAN);
        }
        let axes = analysis.axes();
        let channels = &self.channels;
        self.running.push(position, |index| channels[index].number(frame, &axes).unwrap_or(f64::NAN));
    }

    /// Takes an event of the analysis. Returns the traces of the lap that ended with it.
    pub fn on_event(&mut self, event: &SessionEventKind) -> Option<LapTraces> {
        match event {
            SessionEventKind::LapBegun => {
                let mut next = Samples::new(self.channels.len());
                // The timer is 0 at the line, between two frames.
                let time = self.channels.iter().position(|channel| channel.id() == "lap_time");
                next.push(0.0, |index| if Some(index) == time { 0.0 } else { f64::NAN });
                self.ended = Some(mem::replace(&mut self.running, next));
                None
            }
            SessionEventKind::Lap(lap) => {
                let samples = match self.ended.take() {
                    Some(ended) => ended,
                    // The lap was interrupted, or ended with the session.
                    None => mem::replace(&mut self.running, Samples::new(self.channels.len())),
                };
                Some(self.finish(samples, lap))
            }
            _ => None,
        }
    }

    fn finish(&self, mut samples: Samples, lap: &Lap) -> LapTraces {
        // A lap may begin before the game has published the names of its session.
        let later = &self.running;
        if !samples.is_named() && later.is_named() {
            samples.copy_names(later);
        }
        let is_complete =
            lap.incomplete.is_none() && samples.positions.last().is_some_and(|last| *last >= 1.0 - MAX_GAP);
        if let (Some(time_ms), true) = (lap.time_ms, is_complete) {
            let time_s = f64::from(time_ms) / 1000.0;
            samples.push(1.0, |index| if self.channels[index].id() == "lap_time" { time_s } else { f64::NAN });
        }
        let columns = self.channels.iter().zip(samples.columns);
        LapTraces {
            recording: String::new(),
            number: lap.number,
            track: samples.track,
            layout: samples.layout,
            car: samples.car,
            time_ms: lap.time_ms,
            counts: lap.counts(),
            length_m: samples.length_m,
            sector_ends: samples.sector_ends,
            sectors_ms: lap.sectors_ms.clone(),
            positions: samples.positions,
            traces: columns.map(|(channel, values)| Trace { channel, values }).collect(),
        }
    }
}

impl Samples {
    fn new(columns: usize) -> Self {
        Self { columns: vec![Vec::new(); columns], ..Self::default() }
    }

    fn push(&mut self, position: f64, value: impl Fn(usize) -> f64) {
        self.positions.push(position);
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(value(index));
        }
    }

    fn is_named(&self) -> bool {
        !self.track.is_empty() && !self.car.is_empty() && self.length_m.is_some()
    }

    fn take_names(&mut self, frame: &Frame, sector_ends: &[f64]) {
        let session = &frame.static_data;
        self.track = display_name(session.track());
        self.layout = display_name(session.track_configuration());
        self.car = display_name(frame.graphics.car_model());
        self.length_m = session.track_length().map(f64::from);
        self.sector_ends = sector_ends.to_vec();
    }

    fn copy_names(&mut self, other: &Self) {
        self.track.clone_from(&other.track);
        self.layout.clone_from(&other.layout);
        self.car.clone_from(&other.car);
        self.length_m = other.length_m;
        self.sector_ends.clone_from(&other.sector_ends);
    }
}
