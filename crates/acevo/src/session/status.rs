//! The state of the connection as text.

use acevo_shared_memory::Error;
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState, LayoutWarning};
use serde::{Deserialize, Serialize};

use crate::format::text::error_chain;

/// Layout warnings that are printed; more add nothing.
const MAX_WARNINGS: usize = 5;

/// The state of the connection to the game, or to what is played in this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ConnectionStatus {
    /// There is no game to attach to, with the reason. The connection waits for it.
    Absent(String),
    /// The game is there but cannot be read, with the reason.
    Unusable(String),
    /// The game reports that it is live, but sends nothing.
    Frozen,
    /// The game reports that it is live, and its first packet has not arrived yet.
    Unconfirmed,
    /// Telemetry can be read.
    Attached,
    /// Only the log of a game or a server is read.
    LogAlone,
    /// A recording is played and has no page at this point: before its first page, or between two games.
    RecordingGap,
    /// A recording was played to its end.
    Ended,
    /// A recording could not be played to its end, with the reason.
    Broken(String),
}

impl ConnectionStatus {
    /// The state of a connection to the game.
    pub(crate) fn of(connection: &Connection) -> Self {
        match (connection.state(), connection.error()) {
            (ConnectionState::Frozen, _) => Self::Frozen,
            (ConnectionState::Attached, _) => Self::Unconfirmed,
            (ConnectionState::Waiting, None) => Self::Absent("looking for the game".into()),
            (ConnectionState::Waiting, Some(error)) if error.is_absence() => Self::absent(error),
            (ConnectionState::Waiting, Some(error)) => Self::Unusable(error_chain(error)),
            _ => Self::Attached,
        }
    }

    /// The state without a game to attach to. Where a game was looked for is left out: diagnostics and `acevo doctor` have it.
    pub(crate) fn absent(error: &Error) -> Self {
        Self::Absent(match error {
            Error::GameNotRunning { .. } => "start the game; acevo connects by itself".into(),
            error => error_chain(error),
        })
    }

    /// True after a recording was played: no more packets arrive.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self, Self::Ended | Self::Broken(_))
    }

    /// The state in a few words.
    pub(crate) const fn headline(&self) -> &'static str {
        match self {
            Self::Absent(_) => "Waiting for Assetto Corsa EVO",
            Self::Unusable(_) => "Assetto Corsa EVO cannot be read",
            Self::Frozen => "Telemetry has stopped",
            Self::Unconfirmed => "Waiting for the first packet",
            Self::Attached => "Attached",
            Self::LogAlone => "Timing from a log",
            Self::RecordingGap => "Nothing was recorded at this point",
            Self::Ended => "End of recording",
            Self::Broken(_) => "The recording cannot be played to its end",
        }
    }

    /// The reason, and what happens next.
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Absent(reason) | Self::Unusable(reason) | Self::Broken(reason) => reason,
            Self::Frozen => {
                "The game says it's live but has sent nothing for several seconds. It has probably closed or frozen. \
                 Waiting for new data."
            }
            Self::Unconfirmed => "The game reports that it is live.",
            Self::Attached => "Telemetry can be read.",
            Self::LogAlone => "The log has the laps of all cars, and no telemetry of a car. The tab Timing shows them.",
            Self::RecordingGap => "The recording continues.",
            Self::Ended => "The whole recording was played. Its laps and events remain available.",
        }
    }

    /// Headline and detail as one line.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Absent(reason) | Self::Unusable(reason) | Self::Broken(reason) => {
                format!("{}: {reason}", self.headline())
            }
            _ => format!("{}. {}", self.headline(), self.detail()),
        }
    }
}

/// Prints a connection event, line by line.
pub(crate) fn print_event(event: &ConnectionEvent, print: &mut dyn FnMut(std::fmt::Arguments<'_>)) {
    match event {
        ConnectionEvent::Attached { location } => print(format_args!("acevo: attached to {location}")),
        ConnectionEvent::Detached(reason) => print(format_args!("acevo: detached: {reason}")),
        ConnectionEvent::LayoutSuspicious(warnings) => {
            print(format_args!("acevo: warning: unknown page layout: values may be wrong:"));
            for warning in first_few(warnings) {
                print(format_args!("acevo:   {warning}"));
            }
            print(format_args!(
                "acevo: `acevo doctor` shows details; `acevo dump --raw FILE` writes the bytes for a bug report"
            ));
        }
        ConnectionEvent::Conflict(conflict) => {
            print(format_args!("acevo: warning: {conflict}: {CONFLICT_ADVICE}"));
        }
        _ => {}
    }
}

/// What to do if several programs write the pages.
pub(crate) const CONFLICT_ADVICE: &str = "end all but one, such as a second bridge, simulator or replay";

fn first_few(warnings: &[LayoutWarning]) -> &[LayoutWarning] {
    &warnings[..warnings.len().min(MAX_WARNINGS)]
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::PageKind;

    use super::*;

    #[test]
    fn absent_leaves_out_where_the_game_was_looked_for() {
        let message = ConnectionStatus::absent(&Error::GameNotRunning { looked_for: "/dev/shm/page".into() }).message();
        assert_eq!(message, "Waiting for Assetto Corsa EVO: start the game; acevo connects by itself");
        let error = Error::PageNotThere { page: PageKind::Graphics, location: "/dev/shm/page".into() };
        let message = ConnectionStatus::absent(&error).message();
        assert!(message.starts_with("Waiting for Assetto Corsa EVO: the game has no graphics page yet"), "{message}");
    }
}
