//! Laps from a stream of frames.

use std::mem;

use acevo_telemetry::analysis::{Analysis, Lap, Sectors, What, watches_another_car};
use acevo_telemetry::{Channel, Frame, channel};

use super::data::{Column, GAP, LapData, NOTHING};
use crate::text::name;

/// Equal parts of a lap of which at most one sample each is kept: 1.3 m of a track of 5 km.
const PARTS: f64 = 4000.0;

/// After the line the position may stay at the end of the old lap for some time (reported): places beyond this are not believed
/// until half a lap was driven.
const NOT_YET: f64 = 0.5;

/// Drawn whatever else is: where the car is, when, and how it is accelerated.
const ALWAYS: [&str; 6] = ["lap_time", "position_x", "position_z", "g_lateral", "g_longitudinal", "speed"];

/// Samples laps while they are driven.
///
/// Give it every frame after the analysis was fed with it, and every event that the analysis tells then. A lap takes about 4000
/// samples of each channel, whatever is fed.
#[derive(Debug)]
pub(crate) struct Collector {
    channels: Vec<&'static Channel>,
    sectors: Sectors,
    running: Samples,
    /// The lap that has crossed the line, until the game tells its time.
    ended: Option<Samples>,
}

#[derive(Debug, Clone, Default)]
struct Samples {
    places: Vec<f64>,
    columns: Vec<Vec<f64>>,
    subtitle: String,
    length_m: Option<f64>,
    sector_ends: Vec<f64>,
}

impl Collector {
    /// Samples these channels, and those that every picture needs.
    pub(crate) fn new(channels: &[&'static Channel], sectors: Sectors) -> Self {
        let mut all: Vec<&'static Channel> = ALWAYS.into_iter().filter_map(channel).collect();
        for channel in channels {
            if !all.contains(channel) {
                all.push(channel);
            }
        }
        Self { running: Samples::new(all.len()), channels: all, sectors, ended: None }
    }

    /// Takes a sample where the car has come further; none of another car that is watched.
    pub(crate) fn note(&mut self, frame: &Frame, analysis: &Analysis) {
        let place = f64::from(frame.graphics.raw().npos);
        let (last, count) = (self.running.places.last().copied(), self.running.places.len());
        let is_further = last.is_none_or(|last| place >= last + 1.0 / PARTS);
        let is_behind_the_line = count <= 1 && place > NOT_YET;
        if !(0.0..=1.0).contains(&place) || !is_further || is_behind_the_line || watches_another_car(frame) {
            return;
        }
        if self.running.subtitle.is_empty() {
            self.running.name(frame, &self.sectors);
        }
        // A hole is marked, so that no curve bridges it.
        if last.is_some_and(|last| place - last > GAP) {
            self.running.push(place, |_| NOTHING);
        }
        let axes = analysis.axes();
        let channels = &self.channels;
        self.running.push(place, |index| channels[index].number(frame, &axes).unwrap_or(NOTHING));
    }

    /// Takes what has happened; gives the lap that is over with it.
    pub(crate) fn take(&mut self, what: &What) -> Option<LapData> {
        match what {
            What::LapBegun => {
                let mut next = Samples::new(self.channels.len());
                // The timer is 0 at the line, which no frame may have shown.
                let time = self.channels.iter().position(|channel| channel.id() == "lap_time");
                next.push(0.0, |index| if Some(index) == time { 0.0 } else { NOTHING });
                self.ended = Some(mem::replace(&mut self.running, next));
                None
            }
            What::Lap(lap) => {
                let samples = match self.ended.take() {
                    Some(ended) => ended,
                    // It was broken off, or ends with the session.
                    None => mem::replace(&mut self.running, Samples::new(self.channels.len())),
                };
                Some(self.finish(samples, lap))
            }
            _ => None,
        }
    }

    fn finish(&self, mut samples: Samples, lap: &Lap) -> LapData {
        let is_whole = lap.incomplete.is_none() && samples.places.last().is_some_and(|last| *last >= 1.0 - GAP);
        if let (Some(time_ms), true) = (lap.time_ms, is_whole) {
            let time_s = f64::from(time_ms) / 1000.0;
            samples.push(1.0, |index| if self.channels[index].id() == "lap_time" { time_s } else { NOTHING });
        }
        let columns = self.channels.iter().zip(samples.columns);
        LapData {
            title: format!("Lap {}", lap.number),
            subtitle: samples.subtitle,
            time_ms: lap.time_ms,
            counts: lap.counts(),
            length_m: samples.length_m,
            sector_ends: samples.sector_ends,
            sectors_ms: lap.sectors_ms.clone(),
            places: samples.places,
            columns: columns.map(|(channel, values)| Column { channel, values }).collect(),
        }
    }
}

impl Samples {
    fn new(columns: usize) -> Self {
        Self { columns: vec![Vec::new(); columns], ..Self::default() }
    }

    fn push(&mut self, place: f64, value: impl Fn(usize) -> f64) {
        self.places.push(place);
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(value(index));
        }
    }

    /// Notes what is driven where.
    fn name(&mut self, frame: &Frame, sectors: &Sectors) {
        let session = &frame.static_data;
        let names = [session.track(), session.track_configuration(), frame.graphics.car_model()].map(name);
        self.subtitle = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" · ");
        self.length_m = session.track_length().map(f64::from);
        self.sector_ends = sectors.lines(session.track(), session.track_configuration()).to_vec();
    }
}
