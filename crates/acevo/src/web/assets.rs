//! What is served: files that are in the program. There is no other one, and no directory.

use std::path::Path;

/// A file.
#[derive(Debug)]
pub(super) struct Asset {
    name: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal),+ $(,)?) => {
        [$(Asset { name: $name, bytes: include_bytes!(concat!("../../web/", $name)) }),+]
    };
}

/// All of them, by their names in `web/`.
static ASSETS: &[Asset] = &assets![
    "app.css",
    "app.js",
    "awake.js",
    "base.css",
    "car.js",
    "compare.js",
    "connection.js",
    "delta.js",
    "dom.js",
    "drive.js",
    "events.js",
    "format.js",
    "fuel.js",
    "gg.js",
    "history.js",
    "icon.svg",
    "index.html",
    "inputs.js",
    "lap.js",
    "loop.js",
    "map.js",
    "model.js",
    "options.js",
    "overlay.css",
    "overlay.html",
    "overlay.js",
    "race.js",
    "settings.js",
    "statement.js",
    "surface.js",
    "track.js",
    "tyres.js",
    "view-dash.js",
    "view-laps.js",
    "view-map.js",
    "view-overlays.js",
    "view-session.js",
    "view-traces.js",
    "views.css",
    "widgets.css",
    "widgets.js",
];

/// The page.
pub(super) const PAGE: &str = "index.html";

/// Every overlay: which one it is stands in the address.
pub(super) const OVERLAY: &str = "overlay.html";

/// The asset of this name.
pub(super) fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

impl Asset {
    /// What it is, for browsers, which do not guess.
    pub(super) fn content_type(&self) -> &'static str {
        match Path::new(self.name).extension().and_then(|extension| extension.to_str()) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("webmanifest") => "application/manifest+json",
            _ => "text/plain; charset=utf-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    fn files(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_file_of_the_directory_is_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let files = files(&root);
        for path in &files {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            assert!(asset(&name).is_some_and(|asset| !asset.bytes.is_empty()), "{name} is not in the table, or empty");
        }
        assert_eq!(files.len(), ASSETS.len(), "a name stands there twice");
    }
}
