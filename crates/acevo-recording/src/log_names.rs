//! Events of the log that name cars, for recordings that begin later.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

use acevo_gamelog::{LogEvent, LogEventKind};
use acevo_shared_memory::CarId;

/// Maximum number of events. A session of 60 cars has 180.
const MAX_EVENTS: usize = 1024;

/// The newest event of each kind and car that a recording needs to know who drives what. At most 1024 events are kept.
#[derive(Debug, Clone, Default)]
pub struct LogNames {
    /// The index of each event.
    known: BTreeMap<(Option<CarId>, usize), usize>,
    kinds: Vec<Discriminant<LogEventKind>>,
    events: Vec<LogEvent>,
}

impl LogNames {
    /// Takes the next event of the log.
    pub fn note(&mut self, event: &LogEvent) {
        match &event.kind {
            LogEventKind::Build { .. } | LogEventKind::GameStarted(_) => *self = Self::default(),
            LogEventKind::TrackNamed { .. }
            | LogEventKind::CarConnected { .. }
            | LogEventKind::DriverNamed { .. }
            | LogEventKind::CarNumber { .. }
            | LogEventKind::PlayerCar { .. } => {}
            _ => return,
        }
        let kind = discriminant(&event.kind);
        let kind = self.kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        // The player has one car at a time.
        let car = event.kind.car().filter(|_| !matches!(event.kind, LogEventKind::PlayerCar { .. }));
        let next = self.events.len();
        let index = *self.known.entry((car, kind)).or_insert(next);
        match self.events.get_mut(index) {
            Some(known) => known.clone_from(event),
            None if next < MAX_EVENTS => self.events.push(event.clone()),
            None => {
                self.known.remove(&(car, kind));
            }
        }
    }

    /// The events, in the order in which their kinds and cars were seen first.
    pub fn events(&self) -> impl Iterator<Item = &LogEvent> {
        self.events.iter()
    }
}

#[cfg(test)]
mod tests {
    use acevo_gamelog::LogTime;

    use super::*;

    fn event(ms: i64, kind: LogEventKind) -> LogEvent {
        LogEvent { time: LogTime::from_ms(ms).unwrap(), kind }
    }

    #[test]
    fn events_have_the_newest_names_of_the_running_game() {
        let number = |car, number| LogEventKind::CarNumber { car: CarId(car, 0), number };
        let mut names = LogNames::default();
        let kinds = [
            number(1, 7),
            LogEventKind::Build { version: "0.5.4".into() },
            number(2, 8),
            number(3, 9),
            LogEventKind::Lap { car: CarId(2, 0), time_ms: 90_000 },
            number(2, 10),
        ];
        for (ms, kind) in (0..).zip(kinds) {
            names.note(&event(ms, kind));
        }
        let all: Vec<_> = names.events().cloned().collect();
        let expected = [
            event(1, LogEventKind::Build { version: "0.5.4".into() }),
            event(5, number(2, 10)),
            event(3, number(3, 9)),
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn note_keeps_a_limited_number_of_events() {
        let mut names = LogNames::default();
        for car in 0..5000 {
            names.note(&event(0, LogEventKind::CarNumber { car: CarId(car, 0), number: 1 }));
        }
        assert_eq!(names.events().count(), MAX_EVENTS);
    }
}
