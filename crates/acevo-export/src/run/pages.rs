//! Exports the pages of a recording unchanged.

use std::time::Duration;

use acevo_files::PendingFile;
use acevo_recording::{Recording, RecordingItem};

use crate::progress::Tracker;
use crate::{ExportError, McapExporter, files};

pub(super) fn export_pages(
    recording: &mut Recording,
    file: PendingFile,
    tracker: &mut Tracker<'_>,
) -> Result<(), ExportError> {
    let zero_ns = recording.description().map_or(0, |description| description.unix_us).saturating_mul(1000);
    let mut exporter = McapExporter::new(file)?;
    let mut is_empty = true;
    recording.seek(Duration::ZERO)?;
    while let Some(item) = recording.next_item()? {
        let RecordingItem::Record(record) = item else { continue };
        let time_ns = zero_ns.saturating_add(u64::try_from(record.at.as_nanos()).unwrap_or(u64::MAX));
        exporter.page(time_ns, record.page, record.bytes)?;
        is_empty = false;
        tracker.step(record.at)?;
    }
    if is_empty {
        return Err(ExportError::EmptyRecording);
    }
    files::publish(exporter.finish()?)
}
