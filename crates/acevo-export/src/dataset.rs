//! Data sets of many drives: files in folders that readers take for columns.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::file::metadata::ParquetMetaDataReader;
use serde::{Deserialize, Serialize};

use super::date::Date;
use super::{About, ExportError};

/// What Hive calls a value that there is none of; readers make null of it.
const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";

/// Longest name of a folder or file in bytes, with some room for a reader's own additions: file systems take 255.
const LONGEST: usize = 200;

/// Times before this are no wall clock, but seconds since the beginning of a recording whose date is unknown.
const FIRST_DATE_S: f64 = 365.0 * 86_400.0;

/// Key of the metadata under which a [`Part`] stands.
pub(super) const PART_KEY: &str = "acevo.part";

/// What the folders are called. A column of the file must not have the same name: some readers refuse that.
const KEYS: [&str; 4] = ["track", "car", "driver", "session"];

/// What a column is called in a data set, where folders have names, too.
pub(super) fn name_beside_folders(name: &str) -> String {
    match name {
        "session" => "session_number".into(),
        name if KEYS.contains(&name) => format!("{name}_by_game"),
        name => name.into(),
    }
}

/// Where a session of a recording belongs in a data set of many drives, below its folder:
/// `track=…/car=…/driver=…/session=…/NAME.parquet`.
///
/// Readers take the folders for columns (Hive partitions). `track` is the track with its layout; `session` is when it began (UTC)
/// and what it was, or, where no date is known, the recording and the second in it. Characters that paths do not take are
/// written as Hive does, as `%` and two hex digits, and read back by the readers; an empty value becomes null.
///
/// ```
/// use std::path::Path;
///
/// use acevo_export::{About, partition_path};
///
/// let mut about = About::default();
/// (about.track, about.configuration, about.car) = ("Ring".into(), "GP".into(), "a/b".into());
/// (about.session, about.unix_s) = ("Hot Lap".into(), 1_775_030_461.5);
/// let path = partition_path(&about, "evening");
/// let folders = "track=Ring GP/car=a%2Fb/driver=__HIVE_DEFAULT_PARTITION__/session=2026-04-01T08-01-01.500Z Hot Lap";
/// assert_eq!(path, Path::new(folders).join("evening.parquet"));
/// ```
pub fn partition_path(about: &About, name: &str) -> PathBuf {
    let track = format!("{} {}", about.track, about.configuration);
    let session = format!("{} {}", began(about.unix_s, name), about.session);
    let folders = [&track, &about.car, &about.driver, &session].map(|value| escaped(value.trim()));
    let mut file = escaped(name);
    if file.starts_with(['_', '.']) {
        // Readers take such files for hidden.
        file = format!("%{:02X}{}", file.as_bytes()[0], &file[1..]);
    }
    let folders = KEYS.iter().zip(folders).map(|(key, value)| format!("{key}={value}"));
    folders.chain([format!("{file}.parquet")]).collect()
}

fn began(unix_s: f64, name: &str) -> String {
    if unix_s.is_nan() || unix_s < FIRST_DATE_S {
        return format!("{name}+{:.0}s", unix_s.max(0.0));
    }
    let Date { year, month, day, hour, minute, second } = Date::of(unix_s);
    let ms = (unix_s.fract() * 1000.0) as u32;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}.{ms:03}Z")
}

/// A value as the name of a folder. What is too long is cut, and only that cannot be read back.
fn escaped(value: &str) -> String {
    if value.is_empty() {
        return NOTHING.into();
    }
    let mut name = String::new();
    for (index, character) in value.char_indices() {
        // Windows drops them there.
        let is_lost_at_end = index + 1 == value.len() && matches!(character, '.' | ' ');
        let is_special = character.is_ascii_control() || "\"#%'*/:=?\\{}[]^<>|".contains(character);
        let mut bytes = [0; 4];
        let text = character.encode_utf8(&mut bytes);
        let text = if is_special || is_lost_at_end { format!("%{:02X}", text.as_bytes()[0]) } else { text.to_owned() };
        if name.len() + text.len() > LONGEST {
            break;
        }
        name.push_str(&text);
    }
    name
}

/// Which part of which recording a file of a data set is. It stands in the file's metadata, so that a later export knows what is
/// there already, without a list that could be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Part {
    /// Name of the recording's file, without folder and extension.
    pub recording: String,
    /// The recording's zero, in microseconds since 1970; tells recordings of the same name apart.
    pub unix_us: u64,
    /// Bytes that the recording had.
    pub bytes: u64,
    /// Number of the part, from 1.
    pub number: u32,
    /// Parts of the recording, one for each session.
    pub of: u32,
    /// Which rows and columns were exported, in the words of whoever did: files of one data set agree in it.
    pub selection: String,
}

impl Part {
    /// Reads it from a file; `None` where the file is a part of nothing, though it is of the format.
    ///
    /// # Errors
    /// [`ExportError`], where it cannot be read or is no complete Parquet file.
    pub fn read(path: &Path) -> Result<Option<Self>, ExportError> {
        let file = File::open(path).map_err(|source| ExportError::Io { path: path.to_owned(), source })?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let entries = metadata.file_metadata().key_value_metadata().map_or(&[][..], Vec::as_slice);
        let told = entries.iter().find(|entry| entry.key == PART_KEY).and_then(|entry| entry.value.as_deref());
        Ok(told.and_then(|json| serde_json::from_str(json).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back() {
        for value in ["Nürburgring GP", "../../etc/passwd", "100 % = a:b?", "ends with .", "a\0\u{7f}\\", "..", "."] {
            let name = escaped(value);
            assert!(!name.contains(['/', '\\', '=', '\0', ':']) && !name.ends_with(['.', ' ']), "{name}");
            let mut bytes = Vec::new();
            let mut rest = name.as_bytes();
            while let [first, tail @ ..] = rest {
                let is_escape = *first == b'%';
                let hex = is_escape.then(|| std::str::from_utf8(&tail[..2]).unwrap());
                bytes.push(hex.map_or(*first, |hex| u8::from_str_radix(hex, 16).unwrap()));
                rest = if is_escape { &tail[2..] } else { tail };
            }
            assert_eq!(String::from_utf8(bytes).unwrap(), value);
        }
        assert_eq!(escaped(""), NOTHING);
        assert!(escaped(&"ü%".repeat(100)).len() <= LONGEST);
    }

    #[test]
    fn paths_stay_below_their_folder_and_are_seen() {
        let about = About { unix_s: f64::NAN, ..About::default() };
        let path = partition_path(&about, "_..");
        let nothing = NOTHING;
        let expected = format!("track={nothing}/car={nothing}/driver={nothing}/session=_..+0s/%5F.%2E.parquet");
        assert_eq!(path, Path::new(&expected));
    }
}
