//! Every value of the game's enums, including unknown ones.

use std::collections::HashSet;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use acevo_shared_memory::{
    ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoSessionType, ACEvoStartingGrip, ACEvoStatus, Page,
    SPageFileGraphicEvo, SPageFileStaticEvo, Value,
};
use strum::IntoEnumIterator;

/// Checks an enum. `names` are the known values, numbered from `first`; `other` is the name of the catch-all.
fn check<T>(first: i32, names: &[&str], other: &str, value: fn(T) -> i32)
where
    T: IntoEnumIterator + Copy + Debug + Display + PartialEq + From<i32> + Into<&'static str> + Into<i32> + FromStr,
{
    let known: Vec<T> = T::iter().collect();
    assert_eq!(known.iter().map(|known| (*known).into()).collect::<Vec<&'static str>>(), names);
    for (number, (known, name)) in (first..).zip(known.iter().zip(names)) {
        assert_eq!(value(*known), number);
        assert_eq!(Into::<i32>::into(*known), number);
        assert_eq!(T::from(number), *known);
        assert_eq!(known.to_string(), *name);
        assert_eq!(T::from_str(name).ok(), Some(*known));
    }
    let last = first + names.len() as i32 - 1;
    for number in [i32::MIN, first - 1, last + 1, 99, i32::MAX] {
        let unknown = T::from(number);
        assert_eq!(value(unknown), number);
        assert!(!known.contains(&unknown));
        assert_eq!(Into::<&'static str>::into(unknown), other);
        assert_eq!(unknown.to_string(), format!("{other}({number})"));
        assert_eq!(format!("{unknown:?}"), format!("{other}({number})"));
        assert!(T::from_str(&unknown.to_string()).is_err());
    }
}

#[test]
fn status_values() {
    check(0, &["Off", "Replay", "Live", "Pause"], "Unknown", ACEvoStatus::value);
}

#[test]
fn session_type_values() {
    check(-1, &["Unknown", "TimeAttack", "Race", "HotStint", "Cruise"], "Other", ACEvoSessionType::value);
}

#[test]
fn flag_values() {
    let names = [
        "NoFlag",
        "WhiteFlag",
        "GreenFlag",
        "RedFlag",
        "BlueFlag",
        "YellowFlag",
        "BlackFlag",
        "BlackWhiteFlag",
        "CheckeredFlag",
        "OrangeCircleFlag",
        "RedYellowStripesFlag",
    ];
    check(0, &names, "Unknown", ACEvoFlagType::value);
}

#[test]
fn car_location_values() {
    check(0, &["Unassigned", "Pitlane", "PitEntry", "PitExit", "Track"], "Unknown", ACEvoCarLocation::value);
}

#[test]
fn engine_type_values() {
    check(0, &["InternalCombustion", "ElectricMotor"], "Unknown", ACEvoEngineType::value);
}

#[test]
fn starting_grip_values() {
    check(0, &["Green", "Fast", "Optimum"], "Unknown", ACEvoStartingGrip::value);
}

#[test]
fn enums_support_hashing_and_padding() {
    assert_eq!(HashSet::from([ACEvoStatus::Live, ACEvoStatus::from(2), ACEvoStatus::Unknown(7)]).len(), 2);
    assert_eq!(format!("[{:>6}] [{:<12}]", ACEvoStatus::Live, ACEvoStatus::Unknown(9)), "[  Live] [Unknown(9)  ]");
    let name: &'static str = (&ACEvoFlagType::from(99)).into();
    assert_eq!(name, "Unknown");
}

#[test]
fn value_of_an_enum_field_has_the_name() {
    let page = SPageFileGraphicEvo { flag: 5, car_location: 77, engine_type: 1, ..Default::default() };
    assert_eq!(page.value("flag"), Some(Value::Enum(5, "YellowFlag")));
    assert_eq!(page.value("global_flag"), Some(Value::Enum(0, "NoFlag")));
    assert_eq!(page.value("car_location"), Some(Value::Enum(77, "Unknown")));
    assert_eq!(page.value("engine_type"), Some(Value::Enum(1, "ElectricMotor")));
    let page = SPageFileStaticEvo { session: -1, starting_grip: 2, ..Default::default() };
    assert_eq!(page.value("session"), Some(Value::Enum(-1, "Unknown")));
    assert_eq!(page.value("starting_grip"), Some(Value::Enum(2, "Optimum")));
}

#[cfg(feature = "serde")]
#[test]
fn serde_round_trips_known_and_unknown_values() {
    for flag in ACEvoFlagType::iter().chain([ACEvoFlagType::Unknown(-5)]) {
        let json = serde_json::to_string(&flag).unwrap();
        assert_eq!(serde_json::from_str::<ACEvoFlagType>(&json).unwrap(), flag, "{json}");
    }
    assert_eq!(serde_json::to_string(&ACEvoStatus::Live).unwrap(), "\"Live\"");
}
