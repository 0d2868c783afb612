//! Definitions of messages of ROS 2 that have the layout of the pages.
//!
//! In CDR every number stands at a multiple of its size. So do those of the pages, but for some of eight bytes, which are told as
//! two of four; fillers are arrays of bytes. No field depends on the length of another one.

use std::fmt::Write;

use acevo_shared_memory::{Field, FieldType, PageKind};

pub(super) fn name(page: PageKind) -> &'static str {
    match page {
        PageKind::Physics => "acevo/msg/Physics",
        PageKind::Graphics => "acevo/msg/Graphics",
        PageKind::Static => "acevo/msg/Static",
    }
}

pub(super) fn definition(page: PageKind) -> String {
    let (mut text, mut end) = (String::new(), 0);
    for field in page.fields() {
        filler(&mut text, end, field.offset);
        let (ty, count) = type_of(field);
        let array = if count > 1 { format!("[{count}]") } else { String::new() };
        let unit = if field.unit.is_empty() { String::new() } else { format!(" # {}", field.unit) };
        line(&mut text, format_args!("{ty}{array} {}{unit}", snake_case(field.path)));
        end = field.offset + field.size();
    }
    filler(&mut text, end, page.size());
    text
}

/// Bytes that have no name in the table.
fn filler(text: &mut String, from: usize, to: usize) {
    if to > from {
        line(text, format_args!("uint8[{}] filler_{from}", to - from));
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Memory takes everything.
    let _ = writeln!(text, "{line}");
}

fn type_of(field: &Field) -> (&'static str, usize) {
    let size = field.ty.size();
    match field.ty {
        FieldType::U64 if !field.offset.is_multiple_of(size) => ("uint32", field.count * 2),
        FieldType::Text(size) => ("uint8", size * field.count),
        _ if !field.offset.is_multiple_of(size) => ("uint8", field.size()),
        FieldType::I8 => ("int8", field.count),
        FieldType::U8 => ("uint8", field.count),
        FieldType::I16 => ("int16", field.count),
        FieldType::U16 => ("uint16", field.count),
        FieldType::I32 | FieldType::Enum(_) => ("int32", field.count),
        FieldType::U32 => ("uint32", field.count),
        FieldType::U64 => ("uint64", field.count),
        FieldType::F32 => ("float32", field.count),
        FieldType::Bool => ("bool", field.count),
        // Types that are not known here.
        _ => ("uint8", field.size()),
    }
}

/// `tyre_lf.slip` as `tyre_lf_slip`, `isAIControlled` as `is_ai_controlled`: names of fields have no capitals, and begin with
/// a letter.
fn snake_case(path: &str) -> String {
    let characters: Vec<char> = path.chars().collect();
    let mut name = String::new();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| characters[before]);
        let follows_small = before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
        let begins_word = before.is_some_and(|before| before.is_ascii_uppercase())
            && characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let is_word = character.is_ascii_alphanumeric();
        let splits = !is_word || (character.is_ascii_uppercase() && (follows_small || begins_word));
        if splits && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if is_word {
            name.push(character.to_ascii_lowercase());
        }
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_snake_case() {
        let names = ["speedKmh", "tyre_lf.slip", "isAIControlled", "accG", "_padding1", "P2PStatus", "camberRAD"];
        let expected =
            ["speed_kmh", "tyre_lf_slip", "is_ai_controlled", "acc_g", "padding1", "p2_p_status", "camber_rad"];
        assert_eq!(names.map(snake_case), expected);
    }

    #[test]
    fn the_identity_of_cars_is_told_in_halves() {
        assert!(definition(PageKind::Graphics).contains("\nuint32[240] car_ids\n"));
        assert!(definition(PageKind::Physics).contains("\nfloat32 speed_kmh # km/h\n"));
    }
}
