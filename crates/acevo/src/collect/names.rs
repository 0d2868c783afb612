//! Names that rigs give: they become folders and files.

use acevo_fleet::slug;
use axum::http::StatusCode;

use super::refusal::Refusal;
use crate::recording::file_name::plain_stem;

/// Where a recording is stored: `SITE/RIG/NAME`. Nothing in it leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) site: String,
    pub(crate) rig: String,
    /// The name of the file, which ends in `.acevo`.
    pub(crate) name: String,
}

impl Place {
    /// The place of an address. Site and rig must be slugs; what a file name must not have is replaced.
    ///
    /// # Errors
    /// If the names are none.
    pub(crate) fn new(site: &str, rig: &str, name: &str) -> Result<Self, Refusal> {
        let bad = |reason: &str| Refusal::new(StatusCode::BAD_REQUEST, reason);
        if slug(site) != site || slug(rig) != rig {
            return Err(bad("Site and rig have 1 to 48 small letters, digits, - and _."));
        }
        let is_recording = name.to_ascii_lowercase().ends_with(".acevo");
        if !is_recording || name.len() > 1000 {
            return Err(bad("The name of a recording ends in .acevo."));
        }
        let name = format!("{}.acevo", plain_stem(&name[..name.len() - ".acevo".len()]));
        Ok(Self { site: site.to_owned(), rig: rig.to_owned(), name })
    }

    /// The folder in the index and in addresses.
    pub(crate) fn folder(&self) -> String {
        format!("{}/{}", self.site, self.rig)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn new_refuses_what_is_no_slug_and_no_recording() {
        assert!(Place::new("club", "rig-3", "2026 Spa.acevo").is_ok());
        for (site, rig, name) in [
            ("..", "rig", "a.acevo"),
            ("Club", "rig", "a.acevo"),
            ("club", "", "a.acevo"),
            ("club", ".acevo-collect", "a.acevo"),
            ("club", "rig", "a.exe"),
            ("club", "rig", "acevo"),
        ] {
            assert!(Place::new(site, rig, name).is_err(), "{site} {rig} {name}");
        }
    }

    proptest! {
        #[test]
        fn place_of_any_names_is_one_file_in_one_folder(site in ".{0,60}", rig in "[a-z./]{0,9}", name in r"[a-zA-Z0-9./\\: \x00-\x1f]{0,40}") {
            if let Ok(place) = Place::new(&site, &rig, &format!("{name}.acevo")) {
                let path = Path::new(&place.site).join(&place.rig).join(&place.name);
                let parts: Vec<_> = path.components().collect();
                prop_assert_eq!(parts.len(), 3);
                prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))));
                prop_assert!(!place.name.contains(['/', '\\', ':', '\0']) && !place.name.starts_with('.'));
            }
        }
    }
}
