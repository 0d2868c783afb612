//! Partitioned data sets: files in folders that readers take for columns.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use acevo_files::open_file;
use acevo_telemetry::is_unsafe_to_print;
use parquet::file::metadata::ParquetMetaDataReader;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode_byte, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::date::utc;
use crate::{About, ExportError};

/// The name of a missing value in Hive. Readers take it for null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Maximum length of a folder or file name in bytes. File systems allow 255; readers may append something.
const MAX_BYTES: usize = 200;

/// Earlier times are seconds since the start of a recording whose date is unknown.
const MIN_DATE_S: f64 = 365.0 * 86_400.0;

/// ASCII characters that Hive encodes in folder names, and `<`, `>` and `|`, which Windows does not allow.
const SPECIAL: &AsciiSet = &CONTROLS
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'\'')
    .add(b'*')
    .add(b'/')
    .add(b':')
    .add(b'=')
    .add(b'?')
    .add(b'\\')
    .add(b'{')
    .add(b'}')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'<')
    .add(b'>')
    .add(b'|');

/// Metadata key of a [`Part`].
pub(super) const PART_KEY: &str = "acevo.part";

/// Names of the folders. A column of the file must have another name, because some readers refuse duplicates.
const KEYS: [&str; 4] = ["track", "car", "driver", "session"];

/// Name of a column in a data set, different from the names of the folders.
pub(super) fn name_beside_folders(name: &str) -> String {
    match name {
        "session" => "session_number".into(),
        name if KEYS.contains(&name) => format!("{name}_by_game"),
        name => name.into(),
    }
}

/// The path of a session of a recording in a data set, relative to the folder of the data set:
/// `track=…/car=…/driver=…/session=…/NAME.parquet`.
///
/// Readers take the folders for columns (Hive partitions). `track` is the track with its layout; `session` is the start (UTC) and the
/// name of the session, or the recording and the seconds since its start if no date is known. Characters that paths cannot contain, and
/// those that are unsafe to print, are percent-encoded, as Hive does it, and decoded by the readers. An empty value becomes null.
///
/// ```
/// use std::path::Path;
///
/// use acevo_export::{About, partition_path};
///
/// let mut about = About::default();
/// (about.names.track, about.names.configuration, about.names.car) = ("Ring".into(), "GP".into(), "a/b".into());
/// (about.names.session, about.unix_s) = ("Hot Lap".into(), 1_775_030_461.5);
/// let path = partition_path(&about, "evening");
/// let folders = "track=Ring GP/car=a%2Fb/driver=__HIVE_DEFAULT_PARTITION__/session=2026-04-01T08-01-01.500Z Hot Lap";
/// assert_eq!(path, Path::new(folders).join("evening.parquet"));
/// ```
pub fn partition_path(about: &About, name: &str) -> PathBuf {
    let track = format!("{} {}", about.names.track, about.names.configuration);
    let session = format!("{} {}", start_name(about.unix_s, name), about.names.session);
    let folders = [&track, &about.names.car, &about.names.driver, &session].map(|value| escaped(value.trim()));
    let mut file = escaped(name);
    if file.starts_with(['_', '.']) {
        // Readers ignore such files.
        file = format!("{}{}", percent_encode_byte(file.as_bytes()[0]), &file[1..]);
    }
    let folders = KEYS.iter().zip(folders).map(|(key, value)| format!("{key}={value}"));
    folders.chain([format!("{file}.parquet")]).collect()
}

fn start_name(unix_s: f64, name: &str) -> String {
    if unix_s.is_nan() || unix_s < MIN_DATE_S {
        return format!("{name}+{:.0}s", unix_s.max(0.0));
    }
    let ms = (unix_s.fract() * 1000.0) as u32;
    format!("{}.{ms:03}Z", utc(unix_s).strftime("%Y-%m-%dT%H-%M-%S"))
}

/// A value as the name of a folder. Long values are cut.
fn escaped(value: &str) -> String {
    if value.is_empty() {
        return NULL.into();
    }
    let mut name = String::new();
    for (index, character) in value.char_indices() {
        // Windows drops these at the end of a name.
        let is_lost_at_end = index + 1 == value.len() && matches!(character, '.' | ' ');
        let mut bytes = [0; 4];
        let text: Cow<'_, str> = match &*character.encode_utf8(&mut bytes) {
            text if is_lost_at_end => percent_encode_byte(text.as_bytes()[0]).into(),
            text if character.is_ascii() || is_unsafe_to_print(character) => utf8_percent_encode(text, SPECIAL).into(),
            // The crate encodes all other characters. Paths keep them, so that they can be read.
            text => text.into(),
        };
        if name.len() + text.len() > MAX_BYTES {
            break;
        }
        name.push_str(&text);
    }
    name
}

/// Identifies the recording and session of a file of a data set. It is part of the file's metadata, so that a later export knows which
/// files exist without a separate list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Part {
    /// File name of the recording, without folder and extension.
    pub recording: String,
    /// Start of the recording in microseconds since 1970; distinguishes recordings with the same name.
    pub unix_us: u64,
    /// Size of the recording in bytes when it was exported.
    pub bytes: u64,
    /// Number of the part, from 1.
    pub number: u32,
    /// Number of parts of the recording, one for each session.
    pub of: u32,
    /// Description of the exported rows and columns. All files of a data set have the same.
    pub selection: String,
    /// The session has other cars: the tables of all cars have a file with this number.
    pub has_field: bool,
}

impl Part {
    /// Reads the part from a Parquet file; `None` if the file has none.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be read or is not a complete Parquet file.
    pub fn read(path: &Path) -> Result<Option<Self>, ExportError> {
        let file = open_file(path).map_err(|source| ExportError::read(path, source))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let entries = metadata.file_metadata().key_value_metadata().map_or(&[][..], Vec::as_slice);
        let part = entries.iter().find(|entry| entry.key == PART_KEY).and_then(|entry| entry.value.as_deref());
        Ok(part.and_then(|json| serde_json::from_str(json).ok()))
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;

    use super::*;

    #[test]
    fn escaped_values_are_safe_and_decode() {
        for value in [
            "Nürburgring GP",
            "../../etc/passwd",
            "100 % = a:b?",
            "ends with .",
            "a\0\u{7f}\\",
            "..",
            ".",
            "\u{9b}1m\u{202e}\u{e0041}",
        ] {
            let name = escaped(value);
            assert!(!name.contains(['/', '\\', '=', '\0', ':']) && !name.ends_with(['.', ' ']), "{name}");
            assert!(!name.contains(is_unsafe_to_print), "{name}");
            assert_eq!(percent_decode_str(&name).decode_utf8().unwrap(), value);
        }
        assert_eq!(escaped(""), NULL);
        assert!(escaped(&"ü%".repeat(100)).len() <= MAX_BYTES);
    }

    #[test]
    fn partition_paths_are_below_the_folder_and_visible() {
        let about = About { unix_s: f64::NAN, ..About::default() };
        let path = partition_path(&about, "_..");
        let null = NULL;
        let expected = format!("track={null}/car={null}/driver={null}/session=_..+0s/%5F.%2E.parquet");
        assert_eq!(path, Path::new(&expected));
    }
}
