//! File names of recordings: time, track, car, session.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use jiff::Zoned;

pub(crate) use acevo_recording::SessionNames as Names;

use crate::output::{is_dash, name_of};

/// The names in a form that every file system accepts.
fn as_file_name(names: &Names) -> String {
    let parts = [&names.track, &names.car, &names.session];
    parts.map(|part| plain(part)).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// Letters and digits; everything else becomes a hyphen.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars().take(40) {
        if letter.is_alphanumeric() {
            plain.push(letter);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    plain.trim_end_matches('-').to_owned()
}

/// A stem with the names of a session appended, as far as they have letters or digits.
pub(crate) fn named(stem: &str, names: &Names) -> String {
    match as_file_name(names) {
        name if name.is_empty() => stem.to_owned(),
        name => format!("{stem}_{name}"),
    }
}

/// Maximum number of characters of a name that another program gives.
const MAX_NAME: usize = 100;

/// Names of devices, which Windows does not use for files, with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name that a user or another program gives, without its extension, as a stem that every system accepts: no folders, no devices.
pub(crate) fn plain_stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ' | '.');
    let plain: String = name.chars().take(MAX_NAME).map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    match plain.trim_matches(['.', ' ']) {
        "" => "recording".to_owned(),
        plain if is_device(plain) => format!("_{plain}"),
        plain => plain.to_owned(),
    }
}

/// True if Windows takes a name for a device.
fn is_device(name: &str) -> bool {
    let name = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_numbered = |prefix| name.strip_prefix(prefix).is_some_and(|end: &str| end.chars().count() == 1);
    DEVICES.contains(&&*name) || is_numbered("com") || is_numbered("lpt")
}

/// Rejects an output that cannot be meant.
///
/// # Errors
/// If it is the standard output, has nothing but an extension, or is an existing file without an extension.
pub(crate) fn check_output(output: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = output else { return Ok(()) };
    ensure!(!is_dash(path), "a recording cannot be written to the standard output: name a directory or a file with -o");
    if path.is_dir() {
        return Ok(());
    }
    ensure!(
        path.file_name().is_none_or(|name| name != ".acevo"),
        "{} has an extension, but no name: name a file such as evening.acevo, or a directory",
        name_of(path)
    );
    ensure!(
        path.extension().is_some() || path.symlink_metadata().is_err(),
        "{} exists and is not a directory: name a directory, or a new file that ends in .acevo",
        name_of(path)
    );
    Ok(())
}

/// The local time, in a form that sorts by time.
pub(crate) fn timestamp() -> String {
    Zoned::now().strftime("%Y-%m-%d_%H-%M-%S").to_string()
}

/// A path that does not exist yet.
pub(crate) fn free(directory: &Path, stem: &str) -> PathBuf {
    let mut path = directory.join(format!("{stem}.acevo"));
    let mut number = 2;
    // A dangling link occupies the path, too.
    while path.symlink_metadata().is_ok() {
        path = directory.join(format!("{stem}_{number}.acevo"));
        number += 1;
    }
    path
}

/// The path of a session: `path` for the first one, with a number for each further one.
pub(crate) fn numbered(path: &Path, number: usize) -> PathBuf {
    if number <= 1 {
        return path.into();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{number}.{extension}"))
}

/// The given directory, or the default one.
pub(crate) fn directory(output: Option<&Path>) -> anyhow::Result<PathBuf> {
    let default = || default_directory().context("there is no home directory to record to: choose a directory with -o");
    output.map_or_else(default, |path| Ok(path.into()))
}

/// `acevo` in the user's documents, or in the home directory if there is no such folder.
fn default_directory() -> Option<PathBuf> {
    let home = std::env::home_dir()?;
    let documents = home.join("Documents");
    Some(if documents.is_dir() { documents } else { home }.join("acevo"))
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
    use acevo_telemetry::Frame;

    use super::*;

    #[test]
    fn as_file_name_removes_path_separators() {
        let names = Names {
            track: "../Nürburgring / GP".into(),
            configuration: String::new(),
            car: "Porsche 992 GT3 R: \"Rennsport\"".into(),
            session: "Race\0".into(),
        };
        assert_eq!(as_file_name(&names), "Nürburgring-GP_Porsche-992-GT3-R-Rennsport_Race");
    }

    #[test]
    fn plain_stem_has_no_folders_no_devices_and_no_signs_that_systems_refuse() {
        for (name, plain) in [
            ("evening", "evening"),
            ("../../etc/passwd", "passwd"),
            ("C:\\races\\Spa 1", "Spa 1"),
            ("a:b*c?", "a-b-c-"),
            ("..", "recording"),
            ("", "recording"),
            ("a\u{202e}\u{1b}b", "a--b"),
            ("NUL", "_NUL"),
            ("com1.2026", "_com1.2026"),
            ("lpt\u{b9}", "_lpt\u{b9}"),
            ("console", "console"),
        ] {
            assert_eq!(plain_stem(name), plain, "{name:?}");
        }
        assert_eq!(plain_stem(&"x".repeat(500)).len(), MAX_NAME);
    }

    #[test]
    fn named_leaves_out_names_without_letters_and_digits() {
        let names = |track: &str, car: &str| Names {
            track: track.into(),
            configuration: String::new(),
            car: car.into(),
            session: "..".into(),
        };
        assert_eq!(named("2026", &names("\u{1f3ce}", "   ")), "2026");
        assert_eq!(named("2026", &names("..", "GT3")), "2026_GT3");
        assert_eq!(named("2026", &names("Ring", "")), "2026_Ring");
    }

    #[test]
    fn names_leave_out_a_watched_car() {
        let mut graphics = SPageFileGraphicEvo { car_model: "GT3".into(), player_car_id_a: 1, ..Default::default() };
        let session = SPageFileStaticEvo { track: "Valdombra".into(), ..Default::default() };
        for (focused, car) in [(0, Some("GT3")), (1, Some("GT3")), (2, None)] {
            graphics.focused_car_id_a = focused;
            let frame = Frame::new(SPageFilePhysics::default(), graphics, session);
            assert_eq!(Names::of(&frame).as_ref().map(|names| &*names.car), car, "{focused}");
        }
    }

    #[test]
    fn free_and_numbered_avoid_existing_files() {
        let directory = tempfile::tempdir().unwrap();
        let first = free(directory.path(), "a");
        std::fs::write(&first, "").unwrap();
        let second = free(directory.path(), "a");
        std::fs::write(&second, "").unwrap();
        assert_eq!(second, directory.path().join("a_2.acevo"));
        assert_eq!(free(directory.path(), "a"), directory.path().join("a_3.acevo"));
        assert_eq!(numbered(Path::new("x/evening.acevo"), 3), Path::new("x/evening-3.acevo"));
    }
}
