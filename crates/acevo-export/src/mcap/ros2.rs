//! ROS 2 message definitions with the layout of the pages.
//!
//! In CDR every number is aligned to its size. The numbers of the pages are too, except some of eight bytes, which are defined as two
//! numbers of four bytes. Padding is defined as arrays of bytes. No field depends on the length of another one.

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

/// Defines bytes that are not in the field table.
fn filler(text: &mut String, from: usize, to: usize) {
    if to > from {
        line(text, format_args!("uint8[{}] filler_{from}", to - from));
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
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
        // Types added later.
        _ => ("uint8", field.size()),
    }
}

/// Converts a field path to a ROS 2 field name: `tyre_lf.slip` to `tyre_lf_slip`, `isAIControlled` to `is_ai_controlled`.
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
    fn snake_case_converts_paths_of_fields() {
        let names = ["speedKmh", "tyre_lf.slip", "isAIControlled", "accG", "_padding1", "P2PStatus", "camberRAD"];
        let expected =
            ["speed_kmh", "tyre_lf_slip", "is_ai_controlled", "acc_g", "padding1", "p2_p_status", "camber_rad"];
        assert_eq!(names.map(snake_case), expected);
    }

    #[test]
    fn unaligned_numbers_of_eight_bytes_are_defined_as_two_of_four() {
        assert!(definition(PageKind::Graphics).contains("\nuint32[240] car_ids\n"));
        assert!(definition(PageKind::Physics).contains("\nfloat32 speed_kmh # km/h\n"));
    }
}
