//! The syntax that selects laps and positions: `best`, `3`, `2/3`, `3#2`, `1,4-6`, `1:30`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use acevo_telemetry::analysis::{Lap, LapId};

/// Why a text does not select laps or a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseLapError(&'static str);

const NOT_A_LAP: ParseLapError =
    ParseLapError("expected a lap, such as 3, best, 2/3 (session/lap) or 3#2 (second attempt)");
const NOT_LAPS: ParseLapError = ParseLapError("expected laps, such as 3, 3-5, 1,4-6, 2/1-3 (session/laps) or best");
const NOT_A_POSITION: ParseLapError =
    ParseLapError("expected a lap, such as 3, best or 2/3 (session/lap), or a time, such as 90s, 1:30 or 1:02:30");
const NOT_A_REFERENCE: ParseLapError = ParseLapError(
    "expected a lap, such as 3, best or 2/3 (session/lap), or a lap of another recording, such as FILE:best",
);
const IS_A_TIME: ParseLapError = ParseLapError("this is a time; expected a lap, such as 3, best or 2/3 (session/lap)");

/// Selects one lap of a recording.
///
/// | text | lap |
/// |---|---|
/// | `best` | the fastest lap that counts |
/// | `3`, `lap3` | lap 3 |
/// | `2/3` | lap 3 of session 2 |
/// | `2/best` | the fastest lap of session 2 that counts |
/// | `3#2`, `2/3#2` | the second attempt at lap 3, if an earlier attempt was broken off |
///
/// ```
/// use acevo_recording::LapSelector;
///
/// assert_eq!("2/best".parse(), Ok(LapSelector::best().in_session(2)));
/// assert!("1:30".parse::<LapSelector>().is_err(), "a time is not a lap");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LapSelector {
    session: Option<u32>,
    choice: Choice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Choice {
    Best,
    Number { number: u32, attempt: Option<u32> },
}

impl LapSelector {
    /// The fastest lap that counts.
    pub const fn best() -> Self {
        Self { session: None, choice: Choice::Best }
    }

    /// The lap with this number, from 1.
    pub const fn number(number: u32) -> Self {
        Self { session: None, choice: Choice::Number { number, attempt: None } }
    }

    /// Only laps of this session, from 1.
    #[must_use]
    pub const fn in_session(self, session: u32) -> Self {
        Self { session: Some(session), ..self }
    }

    /// True for the fastest lap, false for a lap by number.
    pub const fn is_best(self) -> bool {
        matches!(self.choice, Choice::Best)
    }

    /// The session, if the selector names one.
    pub const fn session(self) -> Option<u32> {
        self.session
    }

    /// True if the selector may select this lap. `best` may select every lap that counts.
    pub fn matches(self, lap: &Lap) -> bool {
        let is_in_session = self.session.is_none_or(|session| session == lap.session);
        is_in_session
            && match self.choice {
                Choice::Best => lap.counts(),
                Choice::Number { number, attempt } => {
                    number == lap.number && attempt.is_none_or(|attempt| attempt == lap.attempt)
                }
            }
    }

    /// How a message names the lap: `lap 3 of session 2`.
    pub(crate) fn title(self) -> String {
        let lap = match self.choice {
            Choice::Best => "the best lap".to_owned(),
            Choice::Number { number, attempt: None } => format!("lap {number}"),
            Choice::Number { number, attempt: Some(attempt) } => format!("attempt {attempt} of lap {number}"),
        };
        self.session.map_or(lap.clone(), |session| format!("{lap} of session {session}"))
    }
}

/// Selects exactly this lap.
impl From<LapId> for LapSelector {
    fn from(id: LapId) -> Self {
        let choice = Choice::Number { number: id.number, attempt: Some(id.attempt) };
        Self { session: Some(id.session), choice }
    }
}

impl FromStr for LapSelector {
    type Err = ParseLapError;

    fn from_str(text: &str) -> Result<Self, ParseLapError> {
        let (session, lap) = split_session(text).ok_or(NOT_A_LAP)?;
        let choice = if lap == "best" { Some(Choice::Best) } else { choice(lap) };
        match choice {
            Some(choice) => Ok(Self { session, choice }),
            None if time(text).is_some() => Err(IS_A_TIME),
            None => Err(NOT_A_LAP),
        }
    }
}

/// Formats the selector in its own syntax.
impl fmt::Display for LapSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_session(f, self.session)?;
        match self.choice {
            Choice::Best => f.write_str("best"),
            Choice::Number { number, attempt: None } => write!(f, "{number}"),
            Choice::Number { number, attempt: Some(attempt) } => write!(f, "{number}#{attempt}"),
        }
    }
}

/// Selects several laps of a recording: [`LapSelector`]s and ranges of lap numbers, separated by commas, such as `1,4-6`, `2/1-3` or
/// `best,3#2`.
///
/// A session applies to its own item only: `2/1,3` is lap 1 of session 2, and lap 3. A range has all attempts at its laps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LapSelection {
    pub(crate) items: Vec<SelectionItem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelectionItem {
    One(LapSelector),
    Range { session: Option<u32>, first: u32, last: u32 },
}

impl SelectionItem {
    pub(crate) fn matches(self, lap: &Lap) -> bool {
        match self {
            Self::One(selector) => selector.matches(lap),
            Self::Range { session, first, last } => {
                session.is_none_or(|session| session == lap.session) && (first..=last).contains(&lap.number)
            }
        }
    }

    pub(crate) fn title(self) -> String {
        match self {
            Self::One(selector) => selector.title(),
            Self::Range { session: None, first, last } => format!("laps {first} to {last}"),
            Self::Range { session: Some(session), first, last } => {
                format!("laps {first} to {last} of session {session}")
            }
        }
    }
}

impl From<LapSelector> for LapSelection {
    fn from(selector: LapSelector) -> Self {
        Self { items: vec![SelectionItem::One(selector)] }
    }
}

impl FromStr for LapSelection {
    type Err = ParseLapError;

    fn from_str(text: &str) -> Result<Self, ParseLapError> {
        let item = |part: &str| {
            let part = part.trim();
            let (session, laps) = split_session(part).ok_or(NOT_LAPS)?;
            let Some((first, last)) = laps.split_once('-') else {
                return part
                    .parse()
                    .map(SelectionItem::One)
                    .map_err(|error| if error == IS_A_TIME { error } else { NOT_LAPS });
            };
            let (first, last) = number(first.trim()).zip(number(last.trim())).ok_or(NOT_LAPS)?;
            if first <= last { Ok(SelectionItem::Range { session, first, last }) } else { Err(NOT_LAPS) }
        };
        text.split(',').map(item).collect::<Result<_, _>>().map(|items| Self { items })
    }
}

/// Formats the selection in its own syntax.
impl fmt::Display for LapSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match item {
                SelectionItem::One(selector) => selector.fmt(f)?,
                SelectionItem::Range { session, first, last } => {
                    write_session(f, *session)?;
                    write!(f, "{first}-{last}")?;
                }
            }
        }
        Ok(())
    }
}

/// A position in a recording: a time since its beginning, such as `90s`, `1:30` or `1:02:30`, or a lap, as [`LapSelector`] selects it.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_recording::{LapSelector, RecordingPosition};
///
/// assert_eq!("1:30".parse(), Ok(RecordingPosition::Time(Duration::from_secs(90))));
/// assert_eq!("3".parse(), Ok(RecordingPosition::Lap(LapSelector::number(3))));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RecordingPosition {
    /// Time since the first record.
    Time(Duration),
    /// A lap.
    Lap(LapSelector),
}

impl FromStr for RecordingPosition {
    type Err = ParseLapError;

    fn from_str(text: &str) -> Result<Self, ParseLapError> {
        let lap = || text.parse().map(Self::Lap);
        time(text).map(Self::Time).map_or_else(lap, Ok).map_err(|_| NOT_A_POSITION)
    }
}

/// Formats the position as a command takes it.
impl fmt::Display for RecordingPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => write!(f, "{}s", time.as_secs_f64()),
            Self::Lap(lap) => lap.fmt(f),
        }
    }
}

/// A lap of the current recording or of another one: `best`, `2/3`, `FILE:best`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LapReference {
    /// The other recording; `None` for the current one.
    pub recording: Option<PathBuf>,
    /// The lap.
    pub lap: LapSelector,
}

impl FromStr for LapReference {
    type Err = ParseLapError;

    fn from_str(text: &str) -> Result<Self, ParseLapError> {
        match text.parse() {
            Ok(lap) => return Ok(Self { recording: None, lap }),
            Err(IS_A_TIME) => return Err(IS_A_TIME),
            Err(_) => {}
        }
        let (file, lap) = text.rsplit_once(':').filter(|(file, _)| !file.is_empty()).ok_or(NOT_A_REFERENCE)?;
        // In `FILE:1:30` a time follows the file.
        let is_time =
            number(lap).is_some() && file.rsplit_once(':').is_some_and(|(_, minutes)| number(minutes).is_some());
        match lap.parse() {
            Ok(lap) if !is_time => Ok(Self { recording: Some(file.into()), lap }),
            Ok(_) | Err(IS_A_TIME) => Err(IS_A_TIME),
            Err(_) => Err(NOT_A_REFERENCE),
        }
    }
}

/// Splits `SESSION/LAP`; `None` if there is a session that is not a number.
fn split_session(text: &str) -> Option<(Option<u32>, &str)> {
    match text.split_once('/') {
        Some((session, lap)) => Some((Some(number(session)?), lap)),
        None => Some((None, text)),
    }
}

fn choice(text: &str) -> Option<Choice> {
    let text = text.strip_prefix("lap").unwrap_or(text);
    Some(match text.split_once('#') {
        Some((lap, attempt)) => Choice::Number { number: number(lap)?, attempt: Some(number(attempt)?) },
        None => Choice::Number { number: number(text)?, attempt: None },
    })
}

/// A number from 1, in digits only.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|letter| letter.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number > 0)
}

/// A time such as `90s`, `1:30.5` or `1:02:30`.
fn time(text: &str) -> Option<Duration> {
    let seconds = match text.rsplit_once(':') {
        Some((minutes, seconds)) => {
            let (hours, minutes) = minutes.split_once(':').unwrap_or(("0", minutes));
            let whole = |text: &str| text.parse::<u32>().map(f64::from).ok();
            whole(hours)? * 3600.0 + whole(minutes)? * 60.0 + seconds.parse::<f64>().ok()?
        }
        None => text.strip_suffix('s')?.parse().ok()?,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

fn write_session(f: &mut fmt::Formatter<'_>, session: Option<u32>) -> fmt::Result {
    session.map_or(Ok(()), |session| write!(f, "{session}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lap_selector_parses_what_it_displays() {
        for text in ["best", "3", "2/3", "2/best", "3#2", "2/3#2"] {
            assert_eq!(text.parse::<LapSelector>().map(|selector| selector.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("lap12".parse(), Ok(LapSelector::number(12)));
        for wrong in
            ["", "lap", "0", "-1", "+3", "3-5", "3,4", "1.5", "3#", "#2", "3#0", "/3", "2/", "x/3", "2/3/4", "best#2"]
        {
            assert_eq!(wrong.parse::<LapSelector>(), Err(NOT_A_LAP), "{wrong}");
        }
        for time in ["1:30", "90s", "1:02:30", "2.5s"] {
            assert_eq!(time.parse::<LapSelector>(), Err(IS_A_TIME), "{time}");
            assert_eq!(time.parse::<LapReference>(), Err(IS_A_TIME), "{time}");
            assert_eq!(time.parse::<LapSelection>(), Err(IS_A_TIME), "{time}");
        }
    }

    #[test]
    fn lap_selection_parses_what_it_displays() {
        for text in ["1,4-6", "2/1-3", "best,3#2", "1/2,2/best", "7"] {
            assert_eq!(text.parse::<LapSelection>().map(|selection| selection.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("1, 4-6".parse(), "1,4-6".parse::<LapSelection>());
        for wrong in ["", "x", "3-", "-3", "5-3", "1,,2", "0-3", "2/", "best-3", "3#2-4"] {
            assert_eq!(wrong.parse::<LapSelection>(), Err(NOT_LAPS), "{wrong}");
        }
    }

    #[test]
    fn recording_position_is_a_lap_or_a_time() {
        let seconds = |seconds| Ok(RecordingPosition::Time(Duration::from_secs_f64(seconds)));
        assert_eq!(["1:30.5", "90s", "1:02:03"].map(str::parse), [seconds(90.5), seconds(90.0), seconds(3723.0)]);
        assert_eq!("2/best".parse(), Ok(RecordingPosition::Lap(LapSelector::best().in_session(2))));
        let wrong = ["", "1.5", "lap", "1:", ":1", "-5s", "xs", "NaNs", "infs", "1:2:3:4", "1:-2:3", "99999999999"];
        for wrong in wrong {
            assert_eq!(wrong.parse::<RecordingPosition>(), Err(NOT_A_POSITION), "{wrong}");
        }
    }

    #[test]
    fn lap_reference_names_another_recording_before_the_last_colon() {
        let parsed = |text: &str| text.parse::<LapReference>().map(|it| (it.recording, it.lap.to_string()));
        assert_eq!(parsed("2/best"), Ok((None, "2/best".into())));
        assert_eq!(parsed("b.acevo:best"), Ok((Some("b.acevo".into()), "best".into())));
        assert_eq!(parsed(r"C:\a b\c.acevo:2/3#1"), Ok((Some(r"C:\a b\c.acevo".into()), "2/3#1".into())));
        for wrong in ["", ":best", "b.acevo", "b.acevo:"] {
            assert_eq!(parsed(wrong), Err(NOT_A_REFERENCE), "{wrong}");
        }
        for time in ["b.acevo:1:30", "b.acevo:90s"] {
            assert_eq!(parsed(time), Err(IS_A_TIME), "{time}");
        }
    }
}
