//! The program, games and sessions.

use super::{Form, Message, of_car};
use crate::event::{GameStarted, LogEventKind};
use crate::scan::Scan;
use crate::text;

/// All messages of this module that the game itself writes.
pub(super) const FORMS: &[Form] = &[
    ("Game Started!", game_started),
    ("EXECUTE SERVER GAME MODE CHANGE", |_| Some(Message::Event(LogEventKind::ModeChanged))),
    ("RemoteGameServer ", reset),
    ("TRACK NAME ", |scan| Some(Message::Event(LogEventKind::TrackNamed { name: text::non_empty(scan.0)? }))),
    ("setSessionPhase ", |scan| Some(Message::Event(LogEventKind::Phase { name: text::non_empty(scan.0)? }))),
    ("END_SESSION ", end_session),
    ("RACE GRID: #", grid),
    ("RACE GRID:", |_| Some(Message::Nothing)),
    ("#", grid),
];

/// Messages about the program.
pub(super) const PROGRAM: &[Form] = &[("Build release ", build), ("SessionResults saved into ", results_saved)];

/// Messages of the menus.
pub(super) const REQUESTS: &[Form] = &[
    ("request made GameModeRequest", |scan| {
        Some(Message::Event(LogEventKind::Requested { request: text::non_empty(scan.0)? }))
    }),
    ("TRACK NAME ", |scan| Some(Message::Event(LogEventKind::TrackNamed { name: text::non_empty(scan.0)? }))),
];

/// Messages whose tag is not known.
pub(super) const PRESETS: &[Form] = &[("Load preset ", |scan| Some(Message::PresetLoaded(text::non_empty(scan.0)?)))];

fn build(scan: &mut Scan<'_>) -> Option<Message> {
    Some(Message::Event(LogEventKind::Build { version: text::non_empty(scan.while_(|byte| byte != b','))? }))
}

fn results_saved(scan: &mut Scan<'_>) -> Option<Message> {
    Some(Message::Event(LogEventKind::ResultsSaved { file_name: file_name(scan.0)? }))
}

/// The last part of a path in quotation marks, in which backslashes may be doubled.
fn file_name(path: &[u8]) -> Option<String> {
    let path = path.trim_ascii().strip_suffix(b"\"").unwrap_or(path);
    text::non_empty(path.rsplit(|byte| matches!(byte, b'\\' | b'/' | b'"')).next()?)
}

/// `Opening non-packed file "...\Car Setups\...\NAME.carsetup"`
pub(super) fn set_up_opened(message: &[u8]) -> Option<Message> {
    let path = message.trim_ascii().strip_suffix(b".carsetup\"")?;
    Some(Message::SetUpOpened(file_name(path)?))
}

/// `MODE created` and `MODE Race created`, if the first word is the name of a mode.
pub(super) fn created(message: &[u8]) -> Option<Message> {
    let mut scan = Scan(message.trim_ascii().strip_suffix(b" created")?);
    let mode = scan.while_(|byte| byte.is_ascii_alphanumeric());
    let is_mode = mode.ends_with(b"GameMode") || mode.ends_with(b"Remote");
    let is_end = scan.0.is_empty() || scan.0.strip_prefix(b" ").is_some_and(|word| !word.contains(&b' '));
    (is_mode && is_end).then(|| Message::Event(LogEventKind::ModeCreated { mode: text::clean(mode) }))
}

fn reset(scan: &mut Scan<'_>) -> Option<Message> {
    match scan.until(" reset()").and_then(text::non_empty) {
        Some(mode) => Some(Message::Event(LogEventKind::SessionReset { mode })),
        None => Some(Message::Nothing),
    }
}

/// ` GameModeType_MODE | TRACK ... 3 laps @DATE | CAR | GameModeSelectionWeatherType_WEATHER | 5 opponents: ...`
fn game_started(scan: &mut Scan<'_>) -> Option<Message> {
    let mut parts = scan.0.split(|byte| *byte == b'|').map(<[u8]>::trim_ascii);
    let mode = parts.next().map(|mode| mode.strip_prefix(b"GameModeType_").unwrap_or(mode));
    let mut game = GameStarted { mode: text::non_empty(mode?)?, ..GameStarted::default() };
    if let Some(event) = parts.next() {
        let (event, date) = match memchr::memrchr(b'@', event) {
            Some(at) => event.split_at(at),
            None => (event, &b""[..]),
        };
        game.date = text::non_empty(date.strip_prefix(b"@").unwrap_or(date));
        let (track, length) = without_length(event.trim_ascii());
        (game.track, game.laps) = (text::non_empty(track), length);
    }
    game.car = parts.next().and_then(text::non_empty);
    game.weather = parts
        .next()
        .and_then(|weather| text::non_empty(weather.strip_prefix(b"GameModeSelectionWeatherType_").unwrap_or(weather)));
    game.opponents = parts.next().and_then(|opponents| {
        let mut scan = Scan(opponents);
        let count = scan.u32()?;
        scan.is(" opponent").then_some(count)
    });
    Some(Message::Event(LogEventKind::GameStarted(game)))
}

/// The text without `3 laps` or `15 minutes` at its end, and the number of laps.
fn without_length(text: &[u8]) -> (&[u8], Option<u32>) {
    let mut words = text.rsplitn(3, |byte| *byte == b' ');
    let (Some(unit), Some(count), Some(rest)) = (words.next(), words.next(), words.next()) else { return (text, None) };
    let mut count = Scan(count);
    match (count.u32(), count.0, unit) {
        (Some(count), [], b"lap" | b"laps") => (rest, Some(count)),
        (Some(_), [], b"second" | b"seconds" | b"minute" | b"minutes" | b"hour" | b"hours") => (rest, None),
        _ => (text, None),
    }
}

/// `car ID has ended ...`, `... Ending Lap for ID car`, `All cars pitted`
fn end_session(scan: &mut Scan<'_>) -> Option<Message> {
    if scan.is("All cars pitted") {
        return Some(Message::Event(LogEventKind::AllCarsPitted));
    }
    if scan.is("car ") {
        return of_car(scan, |car| LogEventKind::SessionEndedFor { car });
    }
    match scan.until(" Ending Lap for ") {
        Some(_) => of_car(scan, |car| LogEventKind::LastLapEnded { car }),
        None => Some(Message::Nothing),
    }
}

/// `0 - [2] NAME`; other messages begin with such a number, too.
fn grid(scan: &mut Scan<'_>) -> Option<Message> {
    let position = scan.u32();
    if !scan.is(" - [") {
        return Some(Message::Nothing);
    }
    let position = position?;
    let number = scan.u32()?;
    scan.text("] ")?;
    let (name, is_ai) = text::driver(scan.0);
    Some(Message::Event(LogEventKind::Grid { position, number, name, is_ai }))
}
