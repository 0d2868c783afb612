//! The archive: a ZIP file.

use std::io::{Cursor, Write as _};

use anyhow::Context;
use jiff::Zoned;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use super::collect::Entry;

/// The bytes of an archive.
///
/// # Errors
/// If a file is too large for the format.
pub(super) fn zip(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(now()).unix_permissions(0o644);
    for entry in entries {
        archive
            .start_file(entry.name.as_str(), options)
            .and_then(|()| Ok(archive.write_all(entry.text.as_bytes())?))
            .with_context(|| format!("cannot pack {}", entry.name))?;
    }
    Ok(archive.finish().context("cannot complete the archive")?.into_inner())
}

/// The local time, which is what archives have. Years that they cannot have become 1980.
fn now() -> DateTime {
    let now = Zoned::now();
    let part = |part: i8| part.unsigned_abs();
    u16::try_from(now.year())
        .ok()
        .and_then(|year| {
            let (month, day) = (part(now.month()), part(now.day()));
            DateTime::from_date_and_time(year, month, day, part(now.hour()), part(now.minute()), part(now.second()))
                .ok()
        })
        .unwrap_or_default()
}
