//! Recognises the pages by size and content. Seen from outside Wine, a section has no name.

use super::field::{Field, FieldType, List, Value};
use super::plausibility::implausible;
use super::{Page, PageKind, SPageFilePhysics, SPageFileStaticEvo};

/// How closely a piece of memory resembles a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It is not this page.
    None,
    /// It is all zero, like any page before the game has written it, and like other memory.
    Blank,
    /// It could be this page, but few values confirm it: a page in the menu, or something else.
    Weak,
    /// Many values confirm that it is this page.
    Strong,
}

/// Number of non-zero fields from which a page counts as [`Likeness::Strong`]. A simulated menu has about ten, a car on track
/// hundreds.
const MIN_NON_ZERO_FIELDS: usize = 16;

/// Number of invalid fields that a [`Likeness::Strong`] page may have: a slip of 0/0, a name in another encoding, a range that
/// a new game version exceeds. In other memory most fields are invalid.
const MAX_INVALID_FIELDS: usize = 4;

/// Compares the bytes of a section with the layout and plausible values of a page.
pub(crate) fn likeness(page: PageKind, bytes: &[u8]) -> Likeness {
    if bytes.iter().all(|byte| *byte == 0) {
        return Likeness::Blank;
    }
    if !fits_size(page, bytes.len()) || !has_counter(page, bytes) {
        return Likeness::None;
    }
    let invalid = invalid_fields(page, bytes) + implausible(page, bytes).count() + contradictions(page, bytes);
    let is_filled = match page {
        PageKind::Static => has_version(bytes),
        _ => {
            page.fields().iter().filter(|field| !field.hidden && !is_zero(field.read(bytes))).count()
                >= MIN_NON_ZERO_FIELDS
        }
    };
    match (invalid, is_filled) {
        (0..=MAX_INVALID_FIELDS, true) => Likeness::Strong,
        (0, false) => Likeness::Weak,
        _ => Likeness::None,
    }
}

/// Checks the size of a section. Sections occupy whole memory pages: two for the graphics page (one before game 0.6), else one.
fn fits_size(page: PageKind, size: usize) -> bool {
    let memory_pages = size.div_ceil(4096);
    match page {
        PageKind::Graphics => size >= page.smallest_size() && memory_pages <= 4,
        _ => size >= page.size() && memory_pages == 1,
    }
}

/// Checks the packet counter, which is never negative here. The static page has none.
fn has_counter(page: PageKind, bytes: &[u8]) -> bool {
    page == PageKind::Static || bytes.first_chunk().is_some_and(|word| i32::from_le_bytes(*word) >= 0)
}

/// Counts fields that hold an invalid text, an invalid `bool` or a number that is not finite.
fn invalid_fields(page: PageKind, bytes: &[u8]) -> usize {
    let is_invalid = |field: &Field| match (field.ty, field.read(bytes)) {
        (FieldType::Text(size), Value::Text(text)) => !is_text(bytes, field.offset, size, text),
        (FieldType::Bool, _) => bytes.get(field.offset).is_some_and(|byte| *byte > 1),
        (_, Value::Float(number)) => !number.is_finite(),
        (FieldType::F32, Value::List(list)) => !all_finite(list),
        _ => false,
    };
    page.fields().iter().filter(|field| is_invalid(field)).count()
}

/// Counts contradictions between fields: the speed must be the length of the velocity, for any order of the axes.
fn contradictions(page: PageKind, bytes: &[u8]) -> usize {
    if page != PageKind::Physics {
        return 0;
    }
    let page = SPageFilePhysics::from_bytes(bytes);
    let length = page.velocity.iter().map(|axis| f64::from(*axis).powi(2)).sum::<f64>().sqrt() * 3.6;
    let agree = (length - f64::from(page.speedKmh).abs()).abs() <= 5.0 + 0.1 * length;
    if agree { 0 } else { MAX_INVALID_FIELDS + 1 }
}

/// Checks the version texts at the start of the static page, which the game writes first.
fn has_version(bytes: &[u8]) -> bool {
    let page = SPageFileStaticEvo::from_bytes(bytes);
    [page.sm_version, page.ac_evo_version].iter().all(|version| version.as_str().contains(|c: char| c.is_ascii_digit()))
}

/// Checks for valid UTF-8 without control characters. A character may be cut at the end of the array.
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

    fn physics_page() -> SPageFilePhysics {
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

    fn static_page() -> SPageFileStaticEvo {
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
    fn likeness_is_strong_for_the_right_page_only() {
        let mut graphics = SPageFileGraphicEvo { packetId: 77, status: 2, npos: 0.5, rpm: 4000, ..Default::default() };
        assert_eq!(likeness(PageKind::Graphics, &padded(graphics.as_bytes())), Likeness::Weak);
        graphics.car_model = "Velocita".into();
        graphics.driver_name = "Jürgen".into();
        (graphics.max_gears, graphics.total_drivers, graphics.current_pos, graphics.gear_int) = (6, 20, 3, 4);
        (graphics.gas_percent, graphics.rpm_percent, graphics.turbo_boost, graphics.max_fuel) = (0.5, 0.6, 0.7, 110.0);
        (graphics.fuel_per_lap, graphics.total_km, graphics.car_ids[0]) = (2.5, 17, [1, 2]);

        let sections =
            [padded(physics_page().as_bytes()), padded(graphics.as_bytes()), padded(static_page().as_bytes())];
        for (owner, section) in PageKind::ALL.into_iter().zip(&sections) {
            for page in PageKind::ALL {
                let expected = page == owner;
                assert_eq!(likeness(page, section) == Likeness::Strong, expected, "{owner} recognised as {page}");
            }
        }
    }

    #[test]
    fn likeness_rejects_other_memory() {
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
    fn likeness_tolerates_a_few_invalid_values() {
        let mut page = physics_page();
        (page.slipAngle[0], page.slipRatio[1], page.gas) = (f32::NAN, f32::INFINITY, 1.5);
        assert_eq!(likeness(PageKind::Physics, page.as_bytes()), Likeness::Strong);
        let mut session = static_page();
        session.session_name = Text::from([0xfc; 33]);
        session.latitude = f32::NAN;
        assert_eq!(likeness(PageKind::Static, session.as_bytes()), Likeness::Strong);
    }

    #[test]
    fn likeness_rejects_a_speed_that_contradicts_the_velocity() {
        let page = SPageFilePhysics { speedKmh: 300.0, ..physics_page() };
        assert_eq!(likeness(PageKind::Physics, page.as_bytes()), Likeness::None);
    }
}
