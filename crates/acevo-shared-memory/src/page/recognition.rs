//! Is this memory one of the pages? From outside Wine a section has no name: size and content must tell.

use super::field::{Field, FieldType, List, Value};
use super::plausibility::implausible;
use super::{Page, PageKind, SPageFilePhysics, SPageFileStaticEvo};

/// How much some memory looks like a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It is something else.
    None,
    /// All zero: any page may look so before the game has written it, and any other memory too.
    Blank,
    /// Nothing speaks against it, and little for it: a page in the menu, or something else.
    Weak,
    /// It is full of values that fit.
    Strong,
}

/// Fitting values other than zero that make a page strong evidence of itself. A simulated menu has about ten, a driven car
/// hundreds.
const ENOUGH: usize = 16;

/// Values that may be odd in a page that is full of fitting ones: a slip of nothing by nothing, a name in another encoding, a
/// range that a new game exceeds. Other memory is odd all over.
const ODD: usize = 4;

/// Compares the bytes of a section with what a page may hold.
pub(crate) fn likeness(page: PageKind, bytes: &[u8]) -> Likeness {
    if bytes.iter().all(|byte| *byte == 0) {
        return Likeness::Blank;
    }
    if !fits_size(page, bytes.len()) || !has_counter(page, bytes) {
        return Likeness::None;
    }
    let odd = odd_fields(page, bytes) + implausible(page, bytes).count() + contradictions(page, bytes);
    let full = match page {
        PageKind::Static => has_version(bytes),
        _ => page.fields().iter().filter(|field| !field.hidden && !is_zero(field.read(bytes))).count() >= ENOUGH,
    };
    match (odd, full) {
        (0..=ODD, true) => Likeness::Strong,
        (0, false) => Likeness::Weak,
        _ => Likeness::None,
    }
}

/// Sections take whole memory pages; only the graphics page needs more than one, and needed one less before game 0.6.
fn fits_size(page: PageKind, size: usize) -> bool {
    let memory_pages = size.div_ceil(4096);
    match page {
        PageKind::Graphics => size >= page.smallest_size() && memory_pages <= 4,
        _ => size >= page.size() && memory_pages == 1,
    }
}

/// Counters start at 0 and grow; the static page starts with its version instead.
fn has_counter(page: PageKind, bytes: &[u8]) -> bool {
    page == PageKind::Static || bytes.first_chunk().is_some_and(|word| i32::from_le_bytes(*word) >= 0)
}

/// Fields that hold no text, no bool, no finite number.
fn odd_fields(page: PageKind, bytes: &[u8]) -> usize {
    let is_odd = |field: &Field| match (field.ty, field.read(bytes)) {
        (FieldType::Text(size), Value::Text(text)) => !is_text(bytes, field.offset, size, text),
        (FieldType::Bool, _) => bytes.get(field.offset).is_some_and(|byte| *byte > 1),
        (_, Value::Float(number)) => !number.is_finite(),
        (FieldType::F32, Value::List(list)) => !all_finite(list),
        _ => false,
    };
    page.fields().iter().filter(|field| is_odd(field)).count()
}

/// Fields that contradict each other: speed must be the length of the velocity, whatever the axes are.
fn contradictions(page: PageKind, bytes: &[u8]) -> usize {
    if page != PageKind::Physics {
        return 0;
    }
    let page = SPageFilePhysics::from_bytes(bytes);
    let length = page.velocity.iter().map(|axis| f64::from(*axis).powi(2)).sum::<f64>().sqrt() * 3.6;
    let agree = (length - f64::from(page.speedKmh).abs()).abs() <= 5.0 + 0.1 * length;
    if agree { 0 } else { ODD + 1 }
}

/// A version starts the static page as soon as the game has written it.
fn has_version(bytes: &[u8]) -> bool {
    let page = SPageFileStaticEvo::from_bytes(bytes);
    [page.sm_version, page.ac_evo_version].iter().all(|version| version.as_str().contains(|c: char| c.is_ascii_digit()))
}

/// Valid UTF-8 without control characters; a letter cut at the end of the array is allowed.
fn is_text(bytes: &[u8], offset: usize, size: usize, valid: &str) -> bool {
    let room = bytes.get(offset..).unwrap_or_default();
    let room = &room[..size.min(room.len())];
    let length = room.iter().position(|byte| *byte == 0).unwrap_or(room.len());
    let cut = length == room.len() && length - valid.len() < 4;
    (valid.len() == length || cut) && !valid.contains(char::is_control)
}

fn all_finite(list: List<'_>) -> bool {
    list.iter().all(|value| match value {
        Value::Float(number) => number.is_finite(),
        Value::List(row) => all_finite(row),
        _ => true,
    })
}

fn is_zero(value: Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.iter().all(is_zero),
        number => number.as_f64() == Some(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{SPageFileGraphicEvo, Text};

    fn driven() -> SPageFilePhysics {
        SPageFilePhysics {
            packetId: 5000,
            gas: 0.5,
            fuel: 40.0,
            gear: 4,
            rpms: 6000,
            speedKmh: 108.0,
            velocity: [0.0, 0.0, -30.0],
            wheelLoad: [3000.0; 4],
            wheelsPressure: [27.0; 4],
            wheelAngularSpeed: [90.0; 4],
            tyreCoreTemperature: [80.0; 4],
            heading: 1.0,
            airDensity: 1.2,
            airTemp: 22.0,
            roadTemp: 30.0,
            currentMaxRpm: 9000,
            isEngineRunning: 1,
            ignitionOn: 1,
            ..Default::default()
        }
    }

    fn session() -> SPageFileStaticEvo {
        SPageFileStaticEvo {
            sm_version: "1.0".into(),
            ac_evo_version: "0.9.1+release.6".into(),
            track: "Žofín".into(),
            track_length_m: 4500.0,
            ..Default::default()
        }
    }

    fn padded(bytes: &[u8]) -> Vec<u8> {
        let mut section = bytes.to_vec();
        section.resize(bytes.len().next_multiple_of(4096), 0);
        section
    }

    #[test]
    fn each_page_is_itself_and_no_other() {
        let mut graphics = SPageFileGraphicEvo { packetId: 77, status: 2, npos: 0.5, rpm: 4000, ..Default::default() };
        assert_eq!(likeness(PageKind::Graphics, &padded(graphics.as_bytes())), Likeness::Weak);
        graphics.car_model = "Velocita".into();
        graphics.driver_name = "Jürgen".into();
        (graphics.max_gears, graphics.total_drivers, graphics.current_pos, graphics.gear_int) = (6, 20, 3, 4);
        (graphics.gas_percent, graphics.rpm_percent, graphics.turbo_boost, graphics.max_fuel) = (0.5, 0.6, 0.7, 110.0);
        (graphics.fuel_per_lap, graphics.total_km, graphics.car_ids[0]) = (2.5, 17, [1, 2]);

        let sections = [padded(driven().as_bytes()), padded(graphics.as_bytes()), padded(session().as_bytes())];
        for (owner, section) in PageKind::ALL.into_iter().zip(&sections) {
            for page in PageKind::ALL {
                let expected = page == owner;
                assert_eq!(likeness(page, section) == Likeness::Strong, expected, "{owner} taken for {page}");
            }
        }
    }

    #[test]
    fn other_memory_is_no_page() {
        let noise: Vec<u8> = (0..8192_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let text = b"GET /index.html HTTP/1.1\r\n".repeat(320);
        for page in PageKind::ALL {
            assert_eq!(likeness(page, &[0; 4096]), Likeness::Blank);
            for other in [&noise, &text, &vec![0xff; 8192]] {
                for size in [4096, 8192] {
                    assert_eq!(likeness(page, &other[..size]), Likeness::None, "{page}");
                }
            }
        }
    }

    #[test]
    fn a_few_odd_values_do_not_hide_a_page() {
        let mut page = driven();
        (page.slipAngle[0], page.slipRatio[1], page.gas) = (f32::NAN, f32::INFINITY, 1.5);
        assert_eq!(likeness(PageKind::Physics, page.as_bytes()), Likeness::Strong);
        let mut session = session();
        session.session_name = Text::from([0xfc; 33]);
        session.latitude = f32::NAN;
        assert_eq!(likeness(PageKind::Static, session.as_bytes()), Likeness::Strong);
    }

    #[test]
    fn a_speed_that_is_not_the_velocity_is_no_physics() {
        let page = SPageFilePhysics { speedKmh: 300.0, ..driven() };
        assert_eq!(likeness(PageKind::Physics, page.as_bytes()), Likeness::None);
    }
}
