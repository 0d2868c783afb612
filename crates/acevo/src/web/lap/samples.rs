//! All samples of a lap as bytes: a header in JSON, then columns of 32-bit numbers. `docs/web-api.md` describes them.

use acevo_recording::LapSamples;
use acevo_telemetry::analysis::Lap;
use serde::Serialize;

use super::super::traces::LapTrace;

/// What is known about a lap, beside its samples.
#[derive(Debug, Default, Serialize)]
pub(in crate::web) struct LapAbout {
    /// The id by which the lap was asked for.
    pub(super) id: String,
    /// The session of the library; `None` for a lap of the running session.
    pub(super) session: Option<i64>,
    pub(super) number: u32,
    pub(super) attempt: u32,
    pub(super) track: String,
    pub(super) track_name: String,
    pub(super) layout: String,
    pub(super) layout_name: String,
    pub(super) car: String,
    pub(super) car_name: String,
    pub(super) driver: String,
    /// When the lap began, in UTC.
    pub(super) began: Option<String>,
    pub(super) counts: bool,
    /// The lap time; `None` if the lap is not complete.
    pub(super) time_ms: Option<u32>,
    pub(super) sectors_ms: Vec<Option<u32>>,
    /// Ends of the sectors except the last one, as lap positions.
    pub(super) sector_ends: Vec<f64>,
    pub(super) length_m: Option<f64>,
}

impl LapAbout {
    /// What a lap of the running session knows about itself.
    pub(super) fn with_lap(self, lap: &Lap) -> Self {
        Self {
            number: lap.number,
            attempt: lap.attempt,
            counts: lap.counts(),
            time_ms: lap.time_ms.filter(|_| lap.incomplete.is_none()),
            sectors_ms: lap.sectors_ms.clone(),
            ..self
        }
    }
}

/// The header and the columns as bytes.
pub(super) fn encode(about: &LapAbout, channels: &[String], samples: &LapSamples) -> Vec<u8> {
    #[derive(Serialize)]
    struct Header<'a> {
        lap: &'a LapAbout,
        rows: usize,
        channels: &'a [String],
    }
    let rows = samples.time_s.len();
    let mut header = serde_json::to_vec(&Header { lap: about, rows, channels }).unwrap_or_default();
    header.resize(header.len().next_multiple_of(4), b' ');
    let mut bytes = Vec::with_capacity(4 + header.len() + 4 * rows * (channels.len() + 2));
    bytes.extend_from_slice(&u32::try_from(header.len()).unwrap_or_default().to_le_bytes());
    bytes.append(&mut header);
    let columns = [&samples.time_s, &samples.positions].into_iter().chain(&samples.channels);
    for value in columns.flatten() {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

/// The samples of a lap of the running session, of which only a trace is kept. Channels without a trace have no values.
pub(super) fn of_trace(trace: &LapTrace, channels: &[String]) -> LapSamples {
    let times = trace.channel("lap_time").unwrap_or_default();
    // Rows without a time are of no use: nothing can be compared there.
    let rows: Vec<usize> = (0..times.len()).filter(|row| times[*row].is_finite()).collect();
    let pick = |values: &[f32]| rows.iter().map(|row| values.get(*row).copied().unwrap_or(f32::NAN)).collect();
    let column = |id: &String| trace.channel(id).map_or_else(|| vec![f32::NAN; rows.len()], pick);
    let mut samples = LapSamples::default();
    (samples.time_s, samples.positions) = (pick(times), pick(trace.positions()));
    samples.channels = channels.iter().map(column).collect();
    samples
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn encode_writes_a_padded_header_and_columns() {
        let mut samples = LapSamples::default();
        (samples.time_s, samples.positions) = (vec![0.0, 1.5], vec![0.0, 0.5]);
        samples.channels = vec![vec![100.0, f32::NAN]];
        for number in [1, 12, 123, 1234] {
            let about = LapAbout { number, ..LapAbout::default() };
            let bytes = encode(&about, &["speed".into()], &samples);
            let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
            let header: Value = serde_json::from_slice(&bytes[4..4 + length]).unwrap();
            assert_eq!((length % 4, &header["lap"]["number"], &header["rows"]), (0, &number.into(), &2.into()));
            let values = bytes[4 + length..].chunks_exact(4).map(|value| f32::from_le_bytes(value.try_into().unwrap()));
            let values: Vec<_> = values.map(|value| (!value.is_nan()).then_some(value)).collect();
            assert_eq!(values, [Some(0.0), Some(1.5), Some(0.0), Some(0.5), Some(100.0), None]);
        }
    }
}
