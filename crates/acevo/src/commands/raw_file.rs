//! Raw dumps as files.

use std::io;
use std::path::Path;

use acevo_files::open_file;
use acevo_recording::{RawDump, RawDumpError};
use anyhow::Context;

use crate::output::{is_dash, name_of, print_json, write_new};

/// Reads a raw dump; `-` is the standard input.
pub(super) fn read_dump(path: &Path) -> anyhow::Result<RawDump> {
    let name = name_of(path);
    let dump = if is_dash(path) {
        RawDump::read(io::stdin().lock())
    } else {
        RawDump::read(open_file(path).with_context(|| format!("cannot read {name}"))?)
    };
    match dump {
        Err(RawDumpError::Io(error)) => Err(error).with_context(|| format!("cannot read {name}")),
        dump => dump.with_context(|| format!("cannot use {name}")),
    }
}

/// Writes a raw dump to a new file; `-` is the standard output. Existing files are never overwritten.
pub(super) fn write_dump(dump: &RawDump, path: &Path) -> anyhow::Result<()> {
    let text = dump.to_json()?;
    if is_dash(path) { print_json(&text) } else { write_new(path, text.as_bytes()) }
}
