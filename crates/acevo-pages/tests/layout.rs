//! Golden tables: offset, size and type of every field of every struct must match the game's header.

use acevo_shared_memory::{
    FieldType, Page, PageKind, SMEvoAssistsState, SMEvoDamageState, SMEvoElectronics, SMEvoInstrumentation,
    SMEvoPitInfo, SMEvoSessionState, SMEvoTimingState, SMEvoTyreState, SPageFileGraphicEvo, SPageFilePhysics,
    SPageFileStaticEvo,
};

/// Generated from the header: fields per struct.
const STRUCTS: &str = include_str!("golden/structs.csv");
/// Generated from the header: fields per page, with absolute offsets.
const PAGES: &str = include_str!("golden/pages.csv");

struct Row<'a> {
    owner: &'a str,
    field: &'a str,
    offset: usize,
    size: usize,
    c_type: &'a str,
}

fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    table.lines().skip(1).map(|line| {
        let columns: Vec<_> = line.split(',').collect();
        let [owner, field, offset, size, c_type] = columns[..] else { panic!("{line}") };
        Row { owner, field, offset: offset.parse().unwrap(), size: size.parse().unwrap(), c_type }
    })
}

fn page_named(name: &str) -> PageKind {
    PageKind::ALL.into_iter().find(|page| page.to_string() == name).unwrap()
}

/// Element type, number of elements, number of elements in the innermost array.
fn shape(c_type: &str) -> (FieldType, usize, usize) {
    let (element, dimensions) = c_type.split_once('[').map_or((c_type, vec![]), |(element, rest)| {
        (element, rest.trim_end_matches(']').split("][").map(|n| n.parse::<usize>().unwrap()).collect())
    });
    let count = dimensions.iter().product();
    let row = dimensions.last().copied().unwrap_or(1);
    let plain = |ty| (ty, count, row);
    match element {
        "char" => (FieldType::Text(count), 1, 1),
        "float" => plain(FieldType::F32),
        "int" | "int32_t" => plain(FieldType::I32),
        "uint32_t" => plain(FieldType::U32),
        "int8_t" => plain(FieldType::I8),
        "uint8_t" => plain(FieldType::U8),
        "short" => plain(FieldType::I16),
        "unsigned short" => plain(FieldType::U16),
        "uint64_t" => plain(FieldType::U64),
        "bool" => plain(FieldType::Bool),
        other => panic!("{other}"),
    }
}

fn is_struct(c_type: &str) -> bool {
    c_type.starts_with("SMEvo")
}

#[test]
fn page_fields_match_the_header() {
    for row in rows(PAGES).filter(|row| !is_struct(row.c_type)) {
        let field = page_named(row.owner).fields().iter().find(|field| field.path == row.field);
        let field = field.unwrap_or_else(|| panic!("{} has no {}", row.owner, row.field));
        assert_eq!((field.offset, field.size()), (row.offset, row.size), "{}", row.field);
        match field.ty {
            FieldType::Enum(code) => {
                let name = format!("{code:?}").strip_prefix("ACEvo").unwrap().to_uppercase();
                let expected = row.c_type.strip_prefix("ACEVO_").unwrap().replace('_', "");
                assert_eq!(name, expected, "{}", row.field);
            }
            _ if field.path.ends_with("place_holder") => {
                assert!(field.hidden && row.c_type.starts_with("char["), "{}", row.field);
            }
            ty => assert_eq!((ty, field.count, field.row), shape(row.c_type), "{}", row.field),
        }
    }
}

#[test]
fn page_fields_are_in_the_header_or_padding() {
    for page in PageKind::ALL {
        let name = page.to_string();
        for field in page.fields() {
            let known = rows(PAGES).any(|row| row.owner == name && row.field == field.path);
            assert!(known != field.path.contains("_padding_"), "{}", field.path);
            assert!(!field.hidden || !known || field.path.ends_with("place_holder"), "{}", field.path);
        }
    }
}

#[test]
fn page_fields_cover_every_byte_once_and_in_order() {
    for page in PageKind::ALL {
        let mut end = 0;
        for field in page.fields() {
            assert_eq!(field.offset, end, "{}", field.path);
            end += field.size();
        }
        assert_eq!(end, page.size());
    }
}

#[test]
fn struct_sizes_and_field_offsets_match_the_header() {
    let sizes = [
        ("SPageFilePhysics", size_of::<SPageFilePhysics>(), align_of::<SPageFilePhysics>()),
        ("SMEvoTyreState", size_of::<SMEvoTyreState>(), align_of::<SMEvoTyreState>()),
        ("SMEvoDamageState", size_of::<SMEvoDamageState>(), align_of::<SMEvoDamageState>()),
        ("SMEvoPitInfo", size_of::<SMEvoPitInfo>(), 1),
        ("SMEvoElectronics", size_of::<SMEvoElectronics>(), align_of::<SMEvoElectronics>()),
        ("SMEvoInstrumentation", size_of::<SMEvoInstrumentation>(), 1),
        ("SMEvoSessionState", size_of::<SMEvoSessionState>(), align_of::<SMEvoSessionState>()),
        ("SMEvoTimingState", size_of::<SMEvoTimingState>(), align_of::<SMEvoTimingState>()),
        ("SMEvoAssistsState", size_of::<SMEvoAssistsState>(), align_of::<SMEvoAssistsState>()),
        ("SPageFileGraphicEvo", size_of::<SPageFileGraphicEvo>(), align_of::<SPageFileGraphicEvo>()),
        ("SPageFileStaticEvo", size_of::<SPageFileStaticEvo>(), align_of::<SPageFileStaticEvo>()),
    ];
    let mut structs = 0;
    for row in rows(STRUCTS) {
        let (_, size, align) =
            sizes.iter().find(|(name, ..)| *name == row.owner).unwrap_or_else(|| panic!("{}", row.owner));
        assert!(*align <= 4, "{}", row.owner);
        if row.c_type == "struct" {
            assert_eq!(*size, row.size, "{}", row.owner);
            structs += 1;
            continue;
        }
        // If the struct is a part, every occurrence in a page must have the field; if it is a page, the page must.
        let occurrences: Vec<(PageKind, String, usize)> = match row.owner {
            "SPageFilePhysics" => vec![(PageKind::Physics, row.field.into(), 0)],
            "SPageFileGraphicEvo" => vec![(PageKind::Graphics, row.field.into(), 0)],
            "SPageFileStaticEvo" => vec![(PageKind::Static, row.field.into(), 0)],
            part => rows(PAGES)
                .filter(|occurrence| occurrence.c_type == part)
                .map(|row_of_part| {
                    (page_named(row_of_part.owner), format!("{}.{}", row_of_part.field, row.field), row_of_part.offset)
                })
                .collect(),
        };
        assert!(!occurrences.is_empty(), "{}", row.owner);
        for (page, path, base) in occurrences.iter().filter(|_| !is_struct(row.c_type)) {
            let field = page.fields().iter().find(|field| field.path == path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!((field.offset - base, field.size()), (row.offset, row.size), "{path}");
        }
    }
    assert_eq!(structs, sizes.len());
}

#[test]
fn every_field_has_a_description() {
    for field in PageKind::ALL.iter().flat_map(|page| page.fields()) {
        assert!(
            field.description.ends_with('.') && field.description.len() > 5 || field.hidden,
            "{}: {:?}",
            field.path,
            field.description
        );
        assert_eq!(field.description, field.description.trim(), "{}", field.path);
    }
    assert_eq!(SPageFilePhysics::field("speedKmh").unwrap().unit, "km/h");
    assert_eq!(SPageFileGraphicEvo::field("tyre_rr.tyre_temperature_left").unwrap().unit, "°C");
}

#[test]
fn page_kind_sizes_match_the_header() {
    assert_eq!(PageKind::ALL.map(PageKind::size), [800, 4900, 208]);
    assert_eq!(PageKind::ALL.map(PageKind::smallest_size), [800, 3940, 208], "3940: before `car_ids`");
}
