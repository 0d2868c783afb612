//! Reading fields by path and serde agree with the structs.
#![cfg(feature = "serde")]

use acevo_shared_memory::{FieldType, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, Value, View};
use proptest::prelude::*;
use serde_json::json;

fn bytes(size: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..size * 2)
}

/// Replaces floats that are not finite, which JSON cannot represent.
fn with_finite_floats<T: Page>(bytes: &[u8]) -> T {
    let mut bytes = T::from_bytes(bytes).as_bytes().to_vec();
    for field in T::FIELDS.iter().filter(|field| field.ty == acevo_shared_memory::FieldType::F32) {
        for element in 0..field.count {
            let at = field.offset + element * 4;
            let number = f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            if !number.is_finite() {
                bytes[at..at + 4].fill(0);
            }
        }
    }
    T::from_bytes(&bytes)
}

fn assert_any_bytes_decode<T: Page>(input: &[u8]) {
    let page = T::from_bytes(input);
    let known = input.len().min(size_of::<T>());
    let out = page.as_bytes();
    assert_eq!(out.len(), size_of::<T>());
    for field in T::FIELDS {
        let range = field.offset..field.offset + field.size();
        let expected: Vec<u8> = range
            .clone()
            .map(|at| if at < known { input[at] } else { 0 })
            .map(|byte| if matches!(field.ty, FieldType::Bool) { u8::from(byte != 0) } else { byte })
            .collect();
        if matches!(field.ty, FieldType::Text(_)) {
            // Texts are repaired: valid UTF-8 stays unchanged, and the result is always UTF-8.
            let text = |bytes: &[u8]| bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
            let (before, after) = (text(&expected), text(&out[range]));
            assert!(std::str::from_utf8(&after).is_ok(), "{}: {after:?}", field.path);
            assert!(std::str::from_utf8(&before).is_err() || before == after, "{}: {before:?}", field.path);
        } else {
            assert_eq!(&out[range], expected, "{}", field.path);
        }
    }
    // Decoding is idempotent.
    assert_eq!(T::from_bytes(out).as_bytes(), out);
    // Formatting and reading never panic.
    let _ = format!("{page:?}");
    for field in T::FIELDS {
        let value = page.value(field.path).unwrap();
        let _ = value.to_string();
        assert_eq!(value.to_string(), field.read(out).to_string());
        // Every field of a truncated page can be read.
        let _ = field.read(&out[..known / 2]).to_string();
    }
    assert!(page.implausible().count() < 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 128 }))]

    #[test]
    fn from_bytes_decodes_any_physics_page(input in bytes(800)) {
        assert_any_bytes_decode::<SPageFilePhysics>(&input);
    }

    #[test]
    fn from_bytes_decodes_any_graphics_page(input in bytes(4900)) {
        assert_any_bytes_decode::<SPageFileGraphicEvo>(&input);
    }

    #[test]
    fn from_bytes_decodes_any_static_page(input in bytes(208)) {
        assert_any_bytes_decode::<SPageFileStaticEvo>(&input);
    }

    #[test]
    fn value_accepts_any_path_without_panic(path in "[a-zA-Z_.]{0,12}(\\[[0-9]{0,25}\\]?){0,3}") {
        let _ = SPageFilePhysics::default().value(&path);
        let _ = SPageFileGraphicEvo::default().value(&path);
    }

    #[test]
    fn json_of_any_page_round_trips(input in bytes(4900)) {
        let page: SPageFileGraphicEvo = with_finite_floats(&input);
        let json = serde_json::to_value(page).unwrap();
        for field in SPageFileGraphicEvo::FIELDS.iter().filter(|field| !field.hidden) {
            let pointer = format!("/{}", field.path.replace('.', "/"));
            let member = json.pointer(&pointer).unwrap_or_else(|| panic!("{pointer} is missing"));
            if !matches!(field.ty, FieldType::Text(_)) {
                prop_assert_eq!(member, &serde_json::to_value(page.value(field.path).unwrap()).unwrap(), "{}", field.path);
            }
        }
        let back: SPageFileGraphicEvo = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(back).unwrap(), json);
    }
}

#[test]
fn value_returns_typed_values() {
    let mut page = SPageFileGraphicEvo { status: 2, rpm: 7000, is_wrong_way: true, npos: 0.25, ..Default::default() };
    page.car_model = "Velocita".into();
    page.electronics.tc_level = -3;
    page.player_car_id_a = u64::MAX;
    page.car_coordinates[59] = [1.5, 2.5, -3.5];
    let value = |path: &str| page.value(path).unwrap();
    assert_eq!(value("status"), Value::Enum(2, "Live"));
    assert_eq!(value("rpm"), Value::UInt(7000));
    assert_eq!(value("is_wrong_way"), Value::Bool(true));
    assert_eq!(value("npos"), Value::Float(0.25));
    assert_eq!(value("car_model"), Value::Text("Velocita"));
    assert_eq!(value("electronics.tc_level"), Value::Int(-3));
    assert_eq!(value("player_car_id_a"), Value::UInt(u64::MAX));
    assert_eq!(value("car_coordinates[59]").to_string(), "[1.5, 2.5, -3.5]");
    assert_eq!(value("car_coordinates[59][2]"), Value::Float(-3.5));
    assert_eq!(value("status").to_string(), "2 (Live)");
    let Value::List(cars) = value("car_ids") else { panic!("a list") };
    assert_eq!((cars.len(), cars.iter().count(), cars.is_empty(), cars.get(60)), (60, 60, false, None));
}

#[test]
fn value_returns_none_for_invalid_paths() {
    let page = SPageFilePhysics::default();
    for path in [
        "",
        "speed",
        "speedKmh.x",
        "speedKmh[0]",
        "wheelSlip[4]",
        "wheelSlip[",
        "wheelSlip[1",
        "wheelSlip[]",
        "wheelSlip[-1]",
        "wheelSlip[1]x",
        "tyreContactPoint[1][3]",
        "tyreContactPoint[1][1][0]",
        "wheelSlip[99999999999999999999]",
    ] {
        assert_eq!(page.value(path), None, "{path}");
    }
}

#[test]
fn json_has_field_names_as_keys_and_omits_filler() {
    let page =
        SPageFileStaticEvo { track: "Žofín".into(), is_online: true, latitude: f32::NAN, ..Default::default() };
    let json = serde_json::to_value(View::from(page)).unwrap();
    assert_eq!((&json["track"], &json["is_online"], &json["latitude"]), (&json!("Žofín"), &json!(true), &json!(null)));
    assert!(json.as_object().unwrap().keys().all(|key| !key.starts_with('_')), "no padding");
    let part = serde_json::to_value(SPageFileGraphicEvo::default().tyre_lf).unwrap();
    assert!(part.get("place_holder").is_none() && part.get("tyre_pression").is_some());
}

#[test]
fn json_may_omit_fields_and_have_unknown_fields() {
    let view: View<'static, SPageFilePhysics> = serde_json::from_value(
        json!({"speedKmh": 88.5, "velocity": [1, 2, 3], "gas": null, "from_the_future": {"a": []}}),
    )
    .unwrap();
    assert_eq!((view.raw().speedKmh, view.raw().velocity, view.raw().gear), (88.5, [1.0, 2.0, 3.0], 0));
    assert!(view.raw().gas.is_nan());
    for wrong in [json!({"speedKmh": "fast"}), json!({"velocity": [1, 2]}), json!({"gear": 1e12}), json!(7)] {
        assert!(serde_json::from_value::<SPageFilePhysics>(wrong.clone()).is_err(), "{wrong}");
    }
}
