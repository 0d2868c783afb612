//! Names of tracks, cars and drivers for display.

use acevo_shared_memory::Frame;

/// What the game writes in place of a name while it loads a session: `car_placeholder`, `track_placeholder`.
const PLACEHOLDER: &[u8] = b"placeholder";

/// A name of the game as it should be shown: without blanks at its ends, and empty if it is a placeholder.
///
/// Reported: while a session loads, names are empty or a placeholder for seconds. A driver without a surname has one of a single
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

/// Text of the game that is safe to print: trimmed, without control characters and without characters that change the direction
/// of writing.
pub fn clean_text(text: &str) -> String {
    let is_invisible = |letter: &char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.trim().chars().filter(|letter| !letter.is_control() && !is_invisible(letter)).collect()
}

/// A name for display: [`clean_text`] of [`shown_name`]; empty if it is a placeholder.
pub fn display_name(text: &str) -> String {
    clean_text(shown_name(text))
}

/// First name and surname of the driver, joined by a blank; empty if the game has neither.
pub fn driver_name(frame: &Frame) -> String {
    let names = [frame.graphics.driver_name(), frame.graphics.driver_surname()].map(shown_name);
    names.join(" ").trim().to_owned()
}

/// True for a name that can be shown.
pub(crate) fn is_name(text: &str) -> bool {
    !shown_name(text).is_empty()
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};

    use super::*;

    #[test]
    fn clean_text_cannot_move_the_cursor() {
        assert_eq!(clean_text(" \x1b[2JMünchen\r\n\u{9b}31m\u{202e}\0 "), "[2JMünchen31m");
        assert_eq!(["car_placeholder", " Velocita\n "].map(display_name), ["", "Velocita"]);
    }

    #[test]
    fn placeholders_and_blanks_are_no_names() {
        for text in ["", " ", "\t", "car_placeholder", "Track_Placeholder", "placeholder"] {
            assert!(!is_name(text) && shown_name(text).is_empty(), "{text:?}");
        }
        assert_eq!([" a ", "Place Holder"].map(shown_name), ["a", "Place Holder"]);
    }

    #[test]
    fn a_driver_needs_no_surname() {
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
