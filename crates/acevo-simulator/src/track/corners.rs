//! The true corners of the circuits.

use super::Layout;
use crate::options::TrackName;

/// A corner of a track, as its designers see it: between start and end the radius of the centre line is below
/// 500 m, and it is smallest at the apex.
///
/// ```
/// use acevo_simulator::TrackName;
///
/// let corners = TrackName::Valdombra.corners();
/// assert_eq!((corners.len(), corners[0].number, corners[0].is_right), (10, 1, true));
/// assert!(corners[0].apex_m < TrackName::Valdombra.length_m());
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackCorner {
    /// Number, from 1 at the start line.
    pub number: u32,
    /// Track distance of its start, metres from the line.
    pub start_m: f64,
    /// Track distance of its tightest point, metres from the line. A corner with two apexes has that of the tighter one,
    /// or their middle if they are equally tight.
    pub apex_m: f64,
    /// Track distance of its end, metres from the line.
    pub end_m: f64,
    /// True if it turns to the right.
    pub is_right: bool,
}

impl TrackName {
    /// The corners of the track, along the lap.
    pub const fn corners(self) -> &'static [TrackCorner] {
        Layout::of(self).corners
    }

    /// Length of the centre line, metres. It is computed with each call.
    pub fn length_m(self) -> f64 {
        super::equal_distances(Layout::of(self).points).1
    }
}

const fn corner(number: u32, start_m: f64, apex_m: f64, end_m: f64, is_right: bool) -> TrackCorner {
    TrackCorner { number, start_m, apex_m, end_m, is_right }
}

/// The bend to the left at 2535 m, with a radius of 373 m, is none.
pub(super) const VALDOMBRA: &[TrackCorner] = &[
    corner(1, 490.0, 564.0, 641.0, true),
    corner(2, 753.0, 876.0, 1012.0, false),
    corner(3, 1087.0, 1235.0, 1361.0, true),
    corner(4, 1451.0, 1516.0, 1551.0, false),
    corner(5, 1582.0, 1678.0, 1708.0, true),
    corner(6, 1740.0, 1836.0, 1966.0, false),
    corner(7, 2008.0, 2117.0, 2336.0, true),
    corner(8, 2633.0, 2862.0, 2908.0, true),
    corner(9, 2930.0, 3000.0, 3185.0, false),
    corner(10, 3266.0, 3476.0, 3628.0, true),
];

pub(super) const KARSTHAFEN: &[TrackCorner] = &[
    corner(1, 456.0, 603.0, 777.0, false),
    corner(2, 808.0, 833.0, 940.0, true),
    corner(3, 969.0, 1079.0, 1145.0, false),
    corner(4, 1188.0, 1243.0, 1348.0, true),
    corner(5, 1372.0, 1481.0, 1530.0, false),
    corner(6, 1566.0, 1652.0, 1684.0, true),
    corner(7, 1715.0, 1894.0, 2105.0, false),
];

/// The bend to the left at 1095 m, with a radius of 349 m, is none. Corner 6 has two apexes of about the same radius, at 2828 m and 2980 m.
pub(super) const NORTHMOOR: &[TrackCorner] = &[
    corner(1, 667.0, 882.0, 989.0, true),
    corner(2, 1424.0, 1658.0, 1778.0, true),
    corner(3, 1820.0, 1852.0, 1980.0, false),
    corner(4, 2018.0, 2165.0, 2222.0, true),
    corner(5, 2288.0, 2392.0, 2462.0, false),
    corner(6, 2580.0, 2890.0, 3038.0, true),
    corner(7, 3096.0, 3181.0, 3376.0, false),
    corner(8, 3510.0, 3885.0, 4136.0, true),
];
