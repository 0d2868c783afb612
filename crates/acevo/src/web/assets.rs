//! What is served: files that are in the program. There is no other one, and no directory.

/// A file.
#[derive(Debug)]
pub(super) struct Asset {
    name: &'static str,
    pub(super) content_type: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $content_type:expr) => {
        Asset { name: $name, content_type: $content_type, bytes: include_bytes!(concat!("../../web/", $name)) }
    };
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// The page.
pub(super) static PAGE: Asset = asset!("index.html", HTML);

/// Every overlay; its name is in the address.
pub(super) static OVERLAY: Asset = asset!("overlay.html", HTML);

/// What they need, under `/assets/`.
static ASSETS: [Asset; 39] = [
    asset!("app.css", STYLE),
    asset!("app.js", SCRIPT),
    asset!("awake.js", SCRIPT),
    asset!("base.css", STYLE),
    asset!("car.js", SCRIPT),
    asset!("compare.js", SCRIPT),
    asset!("connection.js", SCRIPT),
    asset!("delta.js", SCRIPT),
    asset!("dom.js", SCRIPT),
    asset!("drive.js", SCRIPT),
    asset!("events.js", SCRIPT),
    asset!("format.js", SCRIPT),
    asset!("fuel.js", SCRIPT),
    asset!("gg.js", SCRIPT),
    asset!("history.js", SCRIPT),
    asset!("icon.svg", IMAGE),
    asset!("inputs.js", SCRIPT),
    asset!("lap.js", SCRIPT),
    asset!("loop.js", SCRIPT),
    asset!("map.js", SCRIPT),
    asset!("model.js", SCRIPT),
    asset!("options.js", SCRIPT),
    asset!("overlay.css", STYLE),
    asset!("overlay.js", SCRIPT),
    asset!("race.js", SCRIPT),
    asset!("settings.js", SCRIPT),
    asset!("statement.js", SCRIPT),
    asset!("surface.js", SCRIPT),
    asset!("track.js", SCRIPT),
    asset!("tyres.js", SCRIPT),
    asset!("view-dash.js", SCRIPT),
    asset!("view-laps.js", SCRIPT),
    asset!("view-map.js", SCRIPT),
    asset!("view-overlays.js", SCRIPT),
    asset!("view-session.js", SCRIPT),
    asset!("view-traces.js", SCRIPT),
    asset!("views.css", STYLE),
    asset!("widgets.css", STYLE),
    asset!("widgets.js", SCRIPT),
];

/// The asset of this name.
pub(super) fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn files(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_file_is_served_as_what_it_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let all = || ASSETS.iter().chain([&PAGE, &OVERLAY]);
        for path in files(&root) {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let asset = all().find(|asset| asset.name == name);
            let asset = asset.unwrap_or_else(|| panic!("{name} is not in the table"));
            let expected = match path.extension().and_then(|extension| extension.to_str()) {
                Some("html") => HTML,
                Some("js") => SCRIPT,
                Some("css") => "text/css; charset=utf-8",
                Some("svg") => "image/svg+xml",
                Some("png") => "image/png",
                Some("webmanifest") => "application/manifest+json",
                _ => "text/plain; charset=utf-8",
            };
            assert_eq!(asset.content_type, expected, "{name}");
        }
        assert!(all().all(|asset| !asset.bytes.is_empty()));
    }
}
