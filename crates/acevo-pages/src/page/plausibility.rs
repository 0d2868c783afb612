//! Plausible ranges of fields. A page with values outside them has an unknown layout, is torn, or is not the game's.

use std::fmt;

use super::field::{Field, Value, find};
use super::kind::PageKind;

/// A field whose value is outside its plausible range.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Implausible {
    /// The field.
    pub field: &'static Field,
    /// Index of the element; 0 for a plain value.
    pub index: usize,
    /// The value found.
    pub value: f64,
    /// Smallest plausible value.
    pub min: f64,
    /// Largest plausible value.
    pub max: f64,
}

impl fmt::Display for Implausible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.path)?;
        if self.field.count > 1 {
            write!(f, "[{}]", self.index)?;
        }
        write!(f, " is {}, plausible range is {} to {}", self.value, self.min, self.max)
    }
}

/// Path, minimum and maximum plausible value of every element.
///
/// The ranges are wide on purpose: they include reported values that exceed the official ranges. Lap times have no range,
/// because any negative number is reported to mean "no time".
const PHYSICS: &[(&str, f64, f64)] = &[
    ("gas", -0.05, 1.05),
    ("brake", -0.05, 1.05),
    ("fuel", -1.0, 1000.0),
    ("gear", 0.0, 12.0),
    ("rpms", -100.0, 20_000.0),
    ("steerAngle", -4.0, 4.0),
    ("speedKmh", -1.0, 450.0),
    ("velocity", -150.0, 150.0),
    ("wheelsPressure", -1.0, 200.0),
    ("numberOfTyresOut", 0.0, 4.0),
    ("airTemp", -60.0, 80.0),
    ("roadTemp", -60.0, 120.0),
    ("airDensity", 0.0, 3.0),
    ("currentMaxRpm", 0.0, 30_000.0),
];

const GRAPHICS: &[(&str, f64, f64)] = &[
    ("status", 0.0, 15.0),
    ("rpm", 0.0, 20_000.0),
    ("display_speed_kmh", -450.0, 450.0),
    ("gear_int", 0.0, 12.0),
    ("gas_percent", -0.05, 1.05),
    ("brake_percent", -0.05, 1.05),
    ("npos", -0.05, 1.05),
    ("car_location", 0.0, 15.0),
    ("current_pos", 0.0, 60.0),
    ("total_drivers", 0.0, 60.0),
    ("max_gears", 0.0, 12.0),
    ("time_of_day_hours", 0.0, 24.0),
    ("time_of_day_minutes", 0.0, 60.0),
    ("time_of_day_seconds", 0.0, 60.0),
];

const STATIC: &[(&str, f64, f64)] = &[
    ("session", -1.0, 15.0),
    ("starting_grip", 0.0, 15.0),
    ("starting_ambient_temperature_c", -60.0, 80.0),
    ("starting_ground_temperature_c", -60.0, 120.0),
    ("number_of_sessions", 0.0, 100.0),
    ("longitude", -360.0, 360.0),
    ("latitude", -360.0, 360.0),
    ("track_length_m", 0.0, 30_000.0),
];

/// The fields in the bytes of a page that are out of range. NaN is out of every range.
pub(crate) fn implausible(kind: PageKind, page: &[u8]) -> impl Iterator<Item = Implausible> + '_ {
    let ranges = match kind {
        PageKind::Physics => PHYSICS,
        PageKind::Graphics => GRAPHICS,
        PageKind::Static => STATIC,
    };
    ranges.iter().flat_map(move |&(path, min, max)| {
        let field = find(kind.fields(), path);
        let elements = field.map_or(0, |field| field.count);
        (0..elements).filter_map(move |index| {
            let field = field?;
            let value = match field.read(page) {
                Value::List(list) => list.get(index)?.as_f64()?,
                value => value.as_f64()?,
            };
            (!(min..=max).contains(&value)).then_some(Implausible { field, index, value, min, max })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::field::FieldType;
    use crate::page::{Page, SPageFileGraphicEvo, SPageFilePhysics};

    #[test]
    fn ranges_name_numeric_fields() {
        for (kind, ranges) in [(PageKind::Physics, PHYSICS), (PageKind::Graphics, GRAPHICS), (PageKind::Static, STATIC)]
        {
            for (path, min, max) in ranges {
                let field = find(kind.fields(), path).unwrap_or_else(|| panic!("no field {path}"));
                assert!(!matches!(field.ty, FieldType::Text(_)) && min < max, "{path}");
            }
        }
    }

    #[test]
    fn implausible_reports_values_out_of_range_and_accepts_a_zero_page() {
        assert_eq!(SPageFileGraphicEvo::default().implausible().count(), 0);
        let mut physics = SPageFilePhysics::default();
        physics.velocity[1] = f32::NAN;
        physics.gear = 13;
        let named: Vec<_> = physics.implausible().map(|off| (off.field.path, off.index)).collect();
        assert_eq!(named, [("gear", 0), ("velocity", 1)]);
        assert_eq!(physics.implausible().next().unwrap().to_string(), "gear is 13, plausible range is 0 to 12");
    }
}
