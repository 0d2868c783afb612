//! Cars: their drivers, where they are, fuel.

use super::{Form, Message, of_car};
use crate::event::{LogEventKind, StartingPlace};
use crate::scan::Scan;
use crate::text;

/// All messages of this module but [`LIMITS`] and [`connected`].
pub(super) const FORMS: &[Form] = &[
    ("Car [", numbered_driver),
    ("Car ", car),
    ("connecting gamecar ", connecting),
    ("[ServerVehicleSystem][", creating),
    ("onAssociateCarNumberEvent: ", number),
    ("Pit slot number: ", pit_slot),
    ("onSetPlayerCurrentCarCommand: ", player_car),
    ("AI LOADED ", |scan| of_car(scan, |car| LogEventKind::AiLoaded { car })),
    ("CarTeleportCompleted ", |scan| of_car(scan, |car| LogEventKind::TeleportCompleted { car })),
    ("Teleporting ", teleporting),
    ("FUEL car ", fuel),
    ("Energy source car ", fuel_used),
    ("Cut Investigations cleared for car ", |scan| of_car(scan, |car| LogEventKind::CutsCleared { car })),
    ("Removing car ", |scan| of_car(scan, |car| LogEventKind::CarRemoved { car })),
    ("Removing disconnected remote_car ", |scan| of_car(scan, |car| LogEventKind::CarRemoved { car })),
    ("Disconnected carId ", |scan| of_car(scan, |car| LogEventKind::CarRemoved { car })),
];

/// Messages of the physics.
pub(super) const LIMITS: &[Form] =
    &[("Limits: car ", tyres_out), ("Removing car ", |scan| of_car(scan, |car| LogEventKind::CarRemoved { car }))];

/// The computer's drivers on servers have such short names.
const SERVER_AI: &[u8] = b"VAI-";

fn car(scan: &mut Scan<'_>) -> Option<Message> {
    let Some(car) = scan.car() else { return Some(Message::Nothing) };
    Some(Message::Event(match scan.0.trim_ascii() {
        b"has started the race!" => LogEventKind::RaceStarted { car },
        b"entered to pitlane" => LogEventKind::PitLaneEntered { car },
        b"exited to pitlane" => LogEventKind::PitLaneLeft { car },
        b"pitted" => LogEventKind::Pitted { car },
        _ => return Some(Message::Nothing),
    }))
}

/// `ID] #N for driver NAME [user]`
fn numbered_driver(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.text("]")?;
    let number = if scan.is(" #") { Some(scan.u32()?) } else { None };
    if scan.until(" for driver ").is_none() {
        return Some(Message::Nothing);
    }
    let name = memchr::memmem::rfind(scan.0, b" [").and_then(|end| scan.0.get(..end)).unwrap_or(scan.0);
    let (name, is_ai) = text::driver(name);
    Some(Message::Event(LogEventKind::DriverNamed { car, name, is_ai, number }))
}

/// `ID (NAME | SHORT)`
fn connecting(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    let name = in_parentheses(scan)?;
    let (name, short) = match memchr::memrchr(b'|', name) {
        Some(at) => name.split_at(at),
        None => (name, &b"|"[..]),
    };
    let (name, is_ai) = text::driver(name);
    let is_ai = is_ai
        || short.trim_ascii_start().strip_prefix(b"|").is_some_and(|short| short.trim_ascii().starts_with(SERVER_AI));
    Some(Message::Event(LogEventKind::DriverNamed { car, name, is_ai, number: None }))
}

/// `ID] Creating Car (NAME<tab>user)`
fn creating(scan: &mut Scan<'_>) -> Option<Message> {
    let Some(car) = scan.car() else { return Some(Message::Nothing) };
    if !scan.is("] Creating Car") {
        return Some(Message::Nothing);
    }
    let name = in_parentheses(scan)?;
    let name = memchr::memrchr(b'\t', name).and_then(|end| name.get(..end)).unwrap_or(name);
    let (name, is_ai) = text::driver(name);
    Some(Message::Event(LogEventKind::DriverNamed { car, name, is_ai, number: None }))
}

/// Names may have parentheses, too.
fn in_parentheses<'a>(scan: &mut Scan<'a>) -> Option<&'a [u8]> {
    scan.text(" (")?;
    scan.0.get(..memchr::memrchr(b')', scan.0)?)
}

/// `SHORT connected on car MODEL, with new carId ID`; servers write `connected (true)`.
pub(super) fn connected(message: &[u8]) -> Option<Message> {
    let mut scan = Scan(message);
    let short = scan.until(" connected ")?;
    if scan.is("(") {
        scan.until(") ")?;
    }
    scan.text("on car ")?;
    let model = text::clean(scan.until(", with new carId ")?);
    let car = scan.car()?;
    let short_name = if text::is_steam_id(short) { None } else { text::non_empty(short) };
    Some(Message::Event(LogEventKind::CarConnected { car, model, short_name }))
}

fn number(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.text(" ")?;
    Some(Message::Event(LogEventKind::CarNumber { car, number: scan.u32()? }))
}

fn pit_slot(scan: &mut Scan<'_>) -> Option<Message> {
    let slot = scan.u32()?;
    scan.text(" for car ")?;
    of_car(scan, |car| LogEventKind::PitSlot { car, slot })
}

fn player_car(scan: &mut Scan<'_>) -> Option<Message> {
    if scan.is("remove car ") {
        return of_car(scan, |car| LogEventKind::PlayerCarRemoved { car });
    }
    if !scan.is("Set new car ") {
        return Some(Message::Nothing);
    }
    let car = scan.car()?;
    let model = scan.until(r"content\cars\").and_then(|_| text::non_empty(scan.while_(|byte| byte != b'\\')));
    Some(Message::Event(LogEventKind::PlayerCar { car, model }))
}

/// `ID pos N (StartingPositionType_Grid) [x y z]`
fn teleporting(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.text(" pos ")?;
    let slot = scan.u32()?;
    scan.text(" (")?;
    scan.is("StartingPositionType_");
    let place = match scan.until(") [")? {
        b"Grid" => StartingPlace::Grid,
        b"Pit" => StartingPlace::Pit,
        b"Box" => StartingPlace::Box,
        _ => StartingPlace::Other,
    };
    let mut position = [0.0; 3];
    for number in &mut position {
        *number = scan.f32()?;
        scan.while_(|byte| matches!(byte, b' ' | b','));
    }
    Some(Message::Event(LogEventKind::Teleported { car, slot, place, position }))
}

fn fuel(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    if !scan.is(" setup with ") && !scan.is(" filled with ") {
        return Some(Message::Nothing);
    }
    Some(Message::Event(LogEventKind::Fuel { car, litres: scan.f32()? }))
}

fn fuel_used(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.until(" hundredmeters done: ")?;
    let hundred_metres = scan.u32()?;
    scan.text(" fuel consumed: ")?;
    Some(Message::Event(LogEventKind::FuelUsed { car, hundred_metres, litres: scan.f32()? }))
}

/// `ID tyres out changed: 1 -> 3 with ...`
fn tyres_out(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    if !scan.is(" tyres out changed: ") {
        return Some(Message::Nothing);
    }
    scan.until(" -> ")?;
    let tyres = u8::try_from(scan.u32()?).ok().filter(|tyres| *tyres <= 4)?;
    Some(Message::Event(LogEventKind::TyresOut { car, tyres }))
}
