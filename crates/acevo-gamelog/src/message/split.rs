//! Splits and laps.

use super::{Form, Message};
use crate::event::LogEventKind;
use crate::scan::Scan;

/// All messages of this module.
pub(super) const FORMS: &[Form] = &[
    ("Split completed for car ", split_completed),
    ("On Split start ", on_split),
    ("On Split end", |_| Some(Message::Nothing)),
    ("Unexpected On Split", |_| Some(Message::UnexpectedSplit)),
    ("Outplap split", |_| Some(Message::OutLapSplit)),
    ("Outlap split", |_| Some(Message::OutLapSplit)),
    ("New lap carId ", new_lap),
    ("Relevant onSplit for Combo ", validity),
];

fn split_completed(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.text(": (")?;
    let line_ms = scan.u32()?;
    scan.text(" ms, splitindex ")?;
    let index = u8::try_from(scan.u32()?).ok()?;
    scan.text(")")?;
    let lap = if scan.is(" lap:") { Some(scan.u32()?) } else { None };
    Some(Message::SplitCompleted { car, index, lap, line_ms })
}

fn on_split(scan: &mut Scan<'_>) -> Option<Message> {
    scan.flag()?;
    scan.text(" end ")?;
    let ends_lap = scan.flag()?;
    scan.text(" id ")?;
    let index = u8::try_from(scan.u32()?).ok()?;
    scan.text(" splittime ")?;
    Some(Message::OnSplit { index, sector_ms: scan.u32()?, ends_lap })
}

fn new_lap(scan: &mut Scan<'_>) -> Option<Message> {
    let car = scan.car()?;
    scan.text(": ")?;
    Some(Message::Event(LogEventKind::Lap { car, time_ms: scan.duration_ms()? }))
}

/// The parts may come in any order.
fn validity(scan: &mut Scan<'_>) -> Option<Message> {
    scan.until(":")?;
    let part = |name: &str| {
        let mut scan = *scan;
        scan.until(name)?;
        Some(scan)
    };
    let is_valid = part(" valid ")?.flag()?;
    let lap = part(" lap ").and_then(|mut scan| scan.u32());
    Some(Message::Event(LogEventKind::Validity { time_ms: part(" laptime ")?.u32()?, is_valid, lap }))
}
