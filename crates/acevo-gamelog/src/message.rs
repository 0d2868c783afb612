//! What a message means.

mod car;
mod session;
mod split;

use acevo_shared_memory::CarId;

use crate::event::LogEventKind;
use crate::line::Line;
use crate::scan::Scan;

/// A message of interest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Message {
    /// It is an event.
    Event(LogEventKind),
    /// A split and its car; other messages say what it is.
    SplitCompleted { car: CarId, index: u8, lap: Option<u32>, line_ms: u32 },
    /// The split of before, or one without a car, is a sector of a timed lap.
    OnSplit { index: u8, sector_ms: u32, ends_lap: bool },
    /// The split of before was not expected.
    UnexpectedSplit,
    /// The split of before belongs to an out-lap.
    OutLapSplit,
    /// A set-up or another preset with this name is loaded.
    PresetLoaded(String),
    /// The file of a set-up with this name was opened.
    SetUpOpened(String),
    /// It has a known form, but no meaning here.
    Nothing,
}

/// What came of reading a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// It is of no interest.
    Other,
    /// It begins as a known message, but does not continue so.
    Malformed,
    /// It is known.
    Known(Message),
}

/// Messages that begin with a text, and how they continue.
type Form = (&'static str, fn(&mut Scan<'_>) -> Option<Message>);

/// A car id that nothing follows.
fn of_car(scan: &mut Scan<'_>, kind: impl FnOnce(CarId) -> LogEventKind) -> Option<Message> {
    Some(Message::Event(kind(scan.car()?)))
}

impl Reading {
    pub(crate) fn of(line: &Line<'_>) -> Self {
        let message = line.message;
        match line.tag {
            b"gameplay" | b"server" | b"network" => {
                let message = without_prefixes(message);
                let forms = [split::FORMS, car::FORMS, session::FORMS];
                match read(forms.into_iter().flatten(), message) {
                    Self::Other => Self::known(car::connected(message).or_else(|| session::created(message))),
                    reading => reading,
                }
            }
            b"physics" => read(car::LIMITS, message),
            b"others" => read(session::PROGRAM, message),
            b"gameface" => read(session::REQUESTS, message),
            b"fastStorage" => Self::known(session::set_up_opened(message)),
            _ => Self::Other,
        }
        .or_preset(message)
    }

    fn known(message: Option<Message>) -> Self {
        message.map_or(Self::Other, Self::Known)
    }

    /// The tag of this message is not known.
    fn or_preset(self, message: &[u8]) -> Self {
        match self {
            Self::Other => read(session::PRESETS, message),
            reading => reading,
        }
    }
}

fn read<'a>(forms: impl IntoIterator<Item = &'a Form>, message: &[u8]) -> Reading {
    let mut scan = Scan(message);
    match forms.into_iter().find(|(text, _)| scan.is(text)) {
        Some((_, read)) => read(&mut scan).map_or(Reading::Malformed, Reading::Known),
        None => Reading::Other,
    }
}

/// The message without `ACEVO-1234: ` and `[C:4|G:0] ` before it.
fn without_prefixes(message: &[u8]) -> &[u8] {
    let mut scan = Scan(message);
    if scan.is("[C:") && scan.until("] ").is_none() {
        return message;
    }
    let rest = scan;
    if scan.is("ACEVO-") {
        scan.while_(|byte| byte.is_ascii_digit());
        scan.is(":");
        if scan.is(" ") {
            return scan.0;
        }
    }
    rest.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_prefixes_removes_numbers_of_tickets_and_clients() {
        assert_eq!(without_prefixes(b"ACEVO-12: Car"), b"Car");
        assert_eq!(without_prefixes(b"ACEVO-12 Car"), b"Car");
        assert_eq!(without_prefixes(b"[C:4|G:0] Car"), b"Car");
        assert_eq!(without_prefixes(b"[C:4|G:0] ACEVO-1: Car"), b"Car");
        assert_eq!(without_prefixes(b"ACEVO-x"), b"ACEVO-x");
        assert_eq!(without_prefixes(b"[C:4"), b"[C:4");
    }
}
