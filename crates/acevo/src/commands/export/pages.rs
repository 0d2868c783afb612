//! Pages as they are.

use std::fs::File;
use std::io::BufWriter;
use std::time::Duration;

use acevo_export::McapExporter;
use acevo_recording::{Recording, RecordingItem};
use anyhow::{Context, ensure};

use super::progress::Progress;
use crate::shutdown::Stop;

pub(super) fn export_pages(
    recording: &mut Recording,
    out: BufWriter<File>,
    progress: &Progress<'_>,
    stop: &Stop,
) -> anyhow::Result<()> {
    let zero = recording.description().map_or(0, |told| told.unix_us).saturating_mul(1000);
    let mut exporter = McapExporter::new(out)?;
    recording.seek(Duration::ZERO)?;
    let mut count = 0u64;
    while let Some(item) = recording.next_item()? {
        let RecordingItem::Record(record) = item else { continue };
        let time = zero.saturating_add(u64::try_from(record.at.as_nanos()).unwrap_or(u64::MAX));
        exporter.page(time, record.page, record.bytes)?;
        count += 1;
        if count.is_multiple_of(1000) {
            progress.at(record.at);
            ensure!(!stop.is_requested(), "stopped; nothing was kept");
        }
    }
    ensure!(count > 0, "there is nothing in the recording");
    exporter.finish()?.into_inner().context("cannot write the export")?.sync_all()?;
    Ok(())
}
