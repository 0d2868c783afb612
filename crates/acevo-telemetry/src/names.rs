//! Names of tracks, cars and drivers, and the rule for placeholders.

use acevo_shared_memory::Frame;

use crate::text::clean_text;

/// Part of the text that the game writes instead of a name while it loads a session: `car_placeholder`, `track_placeholder`.
const PLACEHOLDER: &[u8] = b"placeholder";

/// A name of the game for display: trimmed, and empty if it is a placeholder.
///
/// While a session loads, names are empty or placeholders for some seconds (reported). The surname of a driver without one is a single
/// blank.
///
/// ```
/// use acevo_telemetry::shown_name;
///
/// assert_eq!(shown_name(" Valdombra "), "Valdombra");
/// assert_eq!(shown_name("car_placeholder"), "");
/// assert_eq!(shown_name(" "), "");
/// ```
pub fn shown_name(text: &str) -> &str {
    let is_placeholder = text.as_bytes().windows(PLACEHOLDER.len()).any(|part| part.eq_ignore_ascii_case(PLACEHOLDER));
    if is_placeholder { "" } else { text.trim() }
}

/// A name for display: [`clean_text`] of [`shown_name`]; empty if it is a placeholder.
pub fn display_name(text: &str) -> String {
    clean_text(shown_name(text))
}

/// First name and surname of the driver, separated by a blank; empty if the game has neither.
pub fn driver_name(frame: &Frame) -> String {
    let names = [frame.graphics.driver_name(), frame.graphics.driver_surname()].map(shown_name);
    names.join(" ").trim().to_owned()
}

/// True for a name: not empty, not blank, no placeholder.
pub(crate) fn is_name(text: &str) -> bool {
    !shown_name(text).is_empty()
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};

    use super::*;

    #[test]
    fn display_name_is_clean_and_empty_for_placeholders() {
        assert_eq!(["car_placeholder", " Velocita\n "].map(display_name), ["", "Velocita"]);
    }

    #[test]
    fn is_name_is_false_for_placeholders_and_blanks() {
        for text in ["", " ", "\t", "car_placeholder", "Track_Placeholder", "placeholder"] {
            assert!(!is_name(text) && shown_name(text).is_empty(), "{text:?}");
        }
        assert_eq!([" a ", "Place Holder"].map(shown_name), ["a", "Place Holder"]);
    }

    #[test]
    fn driver_name_works_without_a_surname() {
        let cases = [
            (["Žofie", " "], "Žofie"),
            (["", "Novák"], "Novák"),
            ([" Žofie ", "Novák"], "Žofie Novák"),
            (["", ""], ""),
        ];
        for ([first, surname], expected) in cases {
            let graphics =
                SPageFileGraphicEvo { driver_name: first.into(), driver_surname: surname.into(), ..Default::default() };
            let frame = Frame::new(
                View::from(SPageFilePhysics::default()),
                View::from(graphics),
                View::from(SPageFileStaticEvo::default()),
            );
            assert_eq!(driver_name(&frame), expected);
        }
    }
}
