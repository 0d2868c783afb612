//! The `.ldx` file next to the log, with the ends of the laps. Without it MoTeC i2 shows one undivided outing.

use std::fmt::Write;
use std::time::Duration;

use acevo_telemetry::format_lap_time;

/// The ID of beacons in both files.
pub(super) const BEACON: u8 = 99;

/// The best lap of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fastest {
    pub(super) time_ms: u32,
    /// The part of the log; 0 is the one before the first beacon.
    pub(super) part: usize,
}

/// The text of the file with beacons at these seconds.
pub(super) fn document(beacons: &[f64], fastest: Option<Fastest>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\"?>\n\
         <LDXFile Locale=\"English_United States.1252\" DefaultLocale=\"C\" Version=\"1.6\">\n \
         <Layers>\n  <Layer>\n   <MarkerBlock>\n    <MarkerGroup Name=\"Beacons\" Index=\"0\">\n",
    );
    for (index, seconds) in beacons.iter().enumerate() {
        let time = scientific(seconds * 1e6);
        let marker = format_args!(
            "     <Marker Version=\"100\" ClassName=\"BCN\" Name=\"{index}, id={BEACON}\" Flags=\"13\" Time=\"{time}\"/>\n"
        );
        put(&mut text, marker);
    }
    text.push_str("    </MarkerGroup>\n   </MarkerBlock>\n   <RangeBlock/>\n  </Layer>\n  <Details>\n");
    put(&mut text, format_args!("   <String Id=\"Total Laps\" Value=\"{}\"/>\n", beacons.len() + 1));
    if let Some(Fastest { time_ms, part }) = fastest {
        let time = format_lap_time(Some(Duration::from_millis(time_ms.into())));
        put(&mut text, format_args!("   <String Id=\"Fastest Time\" Value=\"{time}\"/>\n"));
        put(&mut text, format_args!("   <String Id=\"Fastest Lap\" Value=\"{part}\"/>\n"));
    }
    text.push_str("  </Details>\n </Layers>\n</LDXFile>\n");
    text
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = text.write_fmt(arguments);
}

/// A number in the scientific notation of C: `7.15000000000000000e+05`.
fn scientific(number: f64) -> String {
    let text = format!("{number:.17e}");
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits}e{:+03}", exponent.parse::<i32>().unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_formats_like_c() {
        assert_eq!(scientific(715_000.0), "7.15000000000000000e+05");
        assert_eq!(scientific(0.0), "0.00000000000000000e+00");
        assert_eq!(scientific(1.234e12), "1.23400000000000000e+12");
    }
}
