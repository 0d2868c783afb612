//! The files of the page, embedded in the program. The server never reads a file from disk.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use include_dir::{Dir, include_dir};

/// The folder `web/`. Tests and configuration of the JavaScript code are outside it and are not embedded.
static WEB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web");

/// The page.
pub(super) const PAGE: &str = "index.html";

/// The page of all rigs.
pub(super) const WALL: &str = "wall.html";

/// The page of every overlay and every layout. The script reads the name from the address.
pub(super) const OVERLAY: &str = "overlay.html";

/// An embedded file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asset {
    pub(super) content_type: &'static str,
    pub(super) bytes: &'static [u8],
}

impl Asset {
    /// True for texts, which become a third of their size if they are compressed.
    pub(super) fn is_text(self) -> bool {
        self.content_type.starts_with("text/") || self.content_type == "image/svg+xml"
    }
}

/// A file compressed with gzip. That is done once, when it is asked for: a page loads a hundred files, most of them never.
pub(super) fn gzipped(path: &str, asset: Asset) -> Bytes {
    static GZIPPED: Mutex<BTreeMap<String, Bytes>> = Mutex::new(BTreeMap::new());
    let mut known = GZIPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = known.get(path) {
        return bytes.clone();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a `Vec` cannot fail.
    let _ = encoder.write_all(asset.bytes);
    let bytes = Bytes::from(encoder.finish().unwrap_or_default());
    known.insert(path.to_owned(), bytes.clone());
    bytes
}

/// The file with this path inside `web/`, or `None` if it is not embedded or is not a file of the page.
pub(super) fn asset(path: &str) -> Option<Asset> {
    if path.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return None;
    }
    let content_type = content_type(path)?;
    Some(Asset { content_type, bytes: WEB.get_file(path)?.contents() })
}

/// The content type, stated because the headers forbid browsers to guess it. `None` for files that are not part of the page.
fn content_type(path: &str) -> Option<&'static str> {
    match Path::new(path).extension()?.to_str()? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;
    use std::path::PathBuf;

    use super::*;

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn gzipped_files_are_the_files_and_a_third_of_their_size() {
        let script = asset("app.js").unwrap();
        let (first, second) = (gzipped("app.js", script), gzipped("app.js", script));
        assert_eq!(first, second);
        assert!(script.is_text() && first.len() * 2 < script.bytes.len());
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(&*first).read_to_end(&mut text).unwrap();
        assert_eq!(text, script.bytes);
    }

    #[test]
    fn every_file_of_the_web_folder_is_embedded_and_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        for path in files(&root) {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let bytes = asset(&name).unwrap_or_else(|| panic!("{name} is not served")).bytes;
            assert_eq!(bytes, fs::read(&path).unwrap(), "{name} is embedded in an older version");
        }
    }

    #[test]
    fn the_web_folder_holds_no_tests_and_no_configuration() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        for path in files(&root) {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(content_type(name).is_some() && !name.contains(".test."), "{name} belongs outside the web folder");
        }
    }

    #[test]
    fn asset_finds_only_embedded_files() {
        for path in [
            "",
            ".",
            "lib",
            "lib/",
            "../Cargo.toml",
            "lib/../app.js",
            "/app.js",
            "app.js/",
            "./app.js",
            "lib//dom.js",
            "LIB/dom.js",
            "x.js",
        ] {
            assert!(asset(path).is_none(), "{path}");
        }
        assert_eq!(asset("lib/dom.js").unwrap().content_type, "text/javascript; charset=utf-8");
    }
}
