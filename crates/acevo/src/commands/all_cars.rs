//! All cars of a recording, for the commands that print them.

use std::path::Path;

use acevo_recording::analyze_field;
use acevo_telemetry::analysis::Settings;
use acevo_telemetry::field::Field;
use anyhow::{Context as _, bail};

use crate::output::name_of;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Reads a recording to its end.
pub(super) fn field(path: &Path, settings: &Settings, stop: &Stop) -> anyhow::Result<Field> {
    let mut recording = open(path)?;
    let field = analyze_field(&mut recording, settings, |_, _| !stop.is_requested());
    match field.with_context(|| format!("cannot read {}", name_of(path)))? {
        Some(field) => Ok(field),
        None => bail!("stopped; nothing was written"),
    }
}
