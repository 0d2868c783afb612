//! Rows of channel values.

use std::time::Duration;

use acevo_export::{Column, Exporter, MotecNames, Row, Sampler};
use acevo_recording::Recording;
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
use acevo_telemetry::{Channel, default_channels};
use anyhow::ensure;

use super::overview::Overview;
use super::progress::Progress;
use crate::cli::{Export, ExportFormat};
use crate::shutdown::Stop;

pub(super) fn columns(args: &Export) -> Vec<Column> {
    let all: Vec<&'static Channel> = match (&args.channels[..], args.to) {
        ([], ExportFormat::Motec) => MotecNames::from(args.names).channels().collect(),
        ([], _) => default_channels().collect(),
        (chosen, _) => chosen.to_vec(),
    };
    let mut columns: Vec<Column> = Vec::new();
    for channel in all {
        let unit = if args.to == ExportFormat::Motec { channel.unit() } else { channel.display_unit(args.units) };
        if columns.iter().all(|column| column.channel.id() != channel.id()) {
            columns.push(Column { channel, unit });
        }
    }
    columns
}

/// True for a row of the laps that were asked for.
pub(super) fn is_wanted(args: &Export, lap: Option<u32>) -> bool {
    args.laps.as_ref().is_none_or(|laps| lap.is_some_and(|lap| laps.contains(lap)))
}

pub(super) fn export_rows(
    recording: &mut Recording,
    args: &Export,
    overview: &Overview,
    columns: &[Column],
    mut exporter: Box<dyn Exporter + '_>,
    progress: &Progress<'_>,
    stop: &Stop,
) -> anyhow::Result<()> {
    let start = recording.info().start;
    let mut analysis = Analysis::new(Settings::default());
    let mut next: Option<Duration> = None;
    let (mut missed, mut skipped, mut count) = (0u32, 0u32, 0u64);
    let mut last = None;
    let mut offset = None;
    let mut sampler = Sampler::new(columns, overview.axes);
    recording.seek(Duration::ZERO)?;
    while let Some(step) = recording.next_step()? {
        let (at, frame) = (step.at, step.frame);
        analysis.feed(at, frame);
        let lap = analysis.current_lap_number();
        let is_wanted = is_wanted(args, lap);
        if is_wanted {
            offset.get_or_insert(at);
        }
        let since = |at: Duration| at.saturating_sub(offset.unwrap_or(start)).as_secs_f64();
        while let Some(event) = analysis.next_event() {
            if let SessionEventKind::Lap(lap) = event.kind
                && args.laps.as_ref().is_none_or(|laps| laps.contains(lap.number))
            {
                exporter.lap(&lap, since(analysis.ended_at(&lap)))?;
            }
        }
        count += 1;
        if count.is_multiple_of(1000) {
            progress.at(at);
            ensure!(!stop.is_requested(), "stopped; nothing was kept");
        }
        let Some(physics) = step.physics else { continue };
        // Pages that fade around a pause repeat their counter: they are no packets.
        if last.replace(frame.physics.packet_id()) == Some(frame.physics.packet_id()) {
            continue;
        }
        // What was missed before the first row is not between rows.
        if offset.is_some() {
            (missed, skipped) = (missed.saturating_add(physics.missed), skipped.saturating_add(physics.skipped));
        }
        if !is_wanted || next.is_some_and(|next| at < next) {
            continue;
        }
        if let Some(rate) = args.rate {
            let every = Duration::from_secs_f64(1.0 / rate);
            next = Some(next.map_or(at, |next| next).max(at.saturating_sub(every)) + every);
        }
        let values = sampler.values(frame);
        let row = Row {
            time_s: since(at),
            packet_id: frame.physics.packet_id(),
            session: analysis.session(),
            lap,
            missed: std::mem::take(&mut missed),
            skipped: std::mem::take(&mut skipped),
            values: &values,
        };
        exporter.row(&row)?;
    }
    exporter.finish()?;
    Ok(())
}
