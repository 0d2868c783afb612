//! What an archive has.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use acevo_files::read_limited;
use acevo_recording::RawDump;
use sysinfo::System;

use super::settings_text::without_secrets;
use crate::commands::doctor::examine;
use crate::diagnostics::{log_files, log_path, tail};
use crate::format::text::error_chain;
use crate::output::{Paint, name_of};
use crate::redact::{self, Identity};
use crate::session::source::PageSource;
use crate::settings;

/// Maximum size of a settings file.
const MAX_SETTINGS: u64 = 1 << 20;

/// A file of an archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name, with `/` between folders.
    pub(super) name: String,
    pub(super) text: String,
    /// Human-readable content.
    pub(super) content: &'static str,
}

/// Collects all files. What cannot be read is left out, and the reason is in `versions.txt`.
pub(super) fn collect(source: &PageSource) -> Vec<Entry> {
    let identity = Identity::of_user();
    let hide = |text: &str| identity.hide(&redact::secrets(text));
    let mut missing = Vec::new();
    let mut others = Vec::new();

    let mut doctor = examine(source);
    doctor.change_texts(&hide);
    others.push(Entry { name: "doctor.txt".into(), text: doctor.as_text(Paint::none()), content: "diagnosis" });
    match serde_json::to_string_pretty(&doctor) {
        Ok(json) => others.push(Entry { name: "doctor.json".into(), text: json + "\n", content: "diagnosis" }),
        Err(error) => missing.push(format!("doctor.json: {error}")),
    }
    match read_settings() {
        Ok(text) => {
            let text = hide(&without_secrets(&text));
            others.push(Entry { name: "settings.toml".into(), text, content: "settings, without secrets" });
        }
        Err(why) => missing.push(format!("settings.toml: {why}")),
    }
    collect_log(&hide, &mut others, &mut missing);
    match dump(source, &hide) {
        Ok(text) => others.push(Entry {
            name: "pages.json".into(),
            text,
            content: "the pages as the game writes them, with the driver's name",
        }),
        Err(why) => missing.push(format!("pages.json: {why}")),
    }
    let versions =
        Entry { name: "versions.txt".into(), text: hide(&versions(&missing)), content: "versions, missing files" };
    [versions].into_iter().chain(others).collect()
}

fn versions(missing: &[String]) -> String {
    let unknown = || "unknown".to_owned();
    let mut text = format!(
        "acevo       {}\ntarget      {}, {}\nsystem      {}\nkernel      {}\nprocessor   {}, {} threads\nmemory      {} MB\n",
        env!("CARGO_PKG_VERSION"),
        env!("ACEVO_TARGET"),
        if cfg!(debug_assertions) { "debug" } else { "release" },
        System::long_os_version().unwrap_or_else(unknown),
        System::kernel_version().unwrap_or_else(unknown),
        System::cpu_arch(),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        memory() / 1_000_000,
    );
    for one in missing {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "left out    {one}");
    }
    text
}

/// Bytes of memory of this computer.
fn memory() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    system.total_memory()
}

/// The settings file, or why it is left out.
fn read_settings() -> Result<String, String> {
    let path = settings::path().ok_or("there is no home directory")?;
    match read_limited(&path, MAX_SETTINGS) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("there is no settings file".into()),
        Err(error) => Err(cannot_read(&path, &error)),
    }
}

fn collect_log(hide: &impl Fn(&str) -> String, entries: &mut Vec<Entry>, missing: &mut Vec<String>) {
    let paths = log_path().map(|path| log_files(&path)).unwrap_or_default();
    if paths.is_empty() {
        missing.push("log: nothing was logged yet".into());
    }
    for path in paths {
        let name = format!("log/{}", path.file_name().unwrap_or_default().to_string_lossy());
        match tail(&path) {
            Ok(tail) => entries.push(Entry { name, text: hide(&tail.text), content: "log" }),
            Err(error) => missing.push(format!("{name}: {}", cannot_read(&path, &error))),
        }
    }
}

/// A raw dump of the pages, or why it is left out.
fn dump(source: &PageSource, hide: &impl Fn(&str) -> String) -> Result<String, String> {
    let mut dump = source.open().and_then(|mapper| RawDump::of(&mapper)).map_err(|error| error_chain(&error))?;
    dump.change_places(hide);
    dump.to_json().map_err(|error| error.to_string())
}

fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", name_of(path))
}
