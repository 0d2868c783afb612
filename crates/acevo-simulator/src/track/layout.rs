//! The layouts of the circuits: control points, pits, and values of the static page.

use super::corners::{self, TrackCorner};
use crate::options::TrackName;

/// The layout of a circuit. World axes: Y is up, and seen from above X points right and Z down.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) configuration: &'static str,
    pub(crate) nation: &'static str,
    /// In degrees; 0/0 if the game does not publish coordinates.
    pub(crate) latitude: f32,
    pub(crate) longitude: f32,
    /// True if the game publishes the starting temperatures.
    pub(crate) publishes_temperatures: bool,
    /// Position of the player's box: track distance in metres, negative before the line.
    pub(crate) pit_box: f64,
    /// 1 if the pit lane is to the right of the track, -1 if it is to the left.
    pub(crate) pit_side: f64,
    /// Lap positions of the ends of the first two sectors in the game's log.
    pub(crate) sectors: [f64; 2],
    pub(crate) corners: &'static [TrackCorner],
    /// Control points of a closed cubic B-spline: x, height, z in metres. The first one is on the start line.
    pub(super) points: &'static [(f64, f64, f64)],
}

impl Layout {
    pub(crate) const fn of(track: TrackName) -> &'static Self {
        match track {
            TrackName::Valdombra => &VALDOMBRA,
            TrackName::Karsthafen => &KARSTHAFEN,
            TrackName::Northmoor => &NORTHMOOR,
        }
    }
}

const VALDOMBRA: Layout = Layout {
    name: "Valdombra",
    configuration: "Gran Premio",
    nation: "ITA",
    latitude: 44.213,
    longitude: 11.874,
    publishes_temperatures: true,
    pit_box: 45.0,
    pit_side: 1.0,
    sectors: [0.31, 0.68],
    corners: corners::VALDOMBRA,
    points: VALDOMBRA_POINTS,
};

const KARSTHAFEN: Layout = Layout {
    name: "Karsthafen",
    configuration: "Stadtkurs",
    nation: "AUT",
    latitude: 0.0,
    longitude: 0.0,
    publishes_temperatures: false,
    pit_box: -13.0,
    pit_side: -1.0,
    sectors: [0.285, 0.645],
    corners: corners::KARSTHAFEN,
    points: KARSTHAFEN_POINTS,
};

const NORTHMOOR: Layout = Layout {
    name: "Northmoor",
    configuration: "GP",
    nation: "GBR",
    latitude: 54.087,
    longitude: -2.311,
    publishes_temperatures: true,
    pit_box: -14.8,
    pit_side: 1.0,
    sectors: [0.355, 0.705],
    corners: corners::NORTHMOOR,
    points: NORTHMOOR_POINTS,
};

const VALDOMBRA_POINTS: &[(f64, f64, f64)] = &[
    (0.0, 0.0, 0.0),
    (0.0, 0.4, -120.0),
    (0.0, 1.2, -240.0),
    (0.0, 2.6, -360.0),
    (0.0, 4.2, -450.0),
    (0.0, 5.2, -516.0),
    (16.0, 6.4, -556.0),
    (62.0, 7.4, -566.0),
    (150.0, 9.4, -552.0),
    (240.0, 12.0, -536.0),
    (330.0, 15.0, -548.0),
    (400.0, 17.6, -600.0),
    (440.0, 19.4, -680.0),
    (478.0, 20.6, -752.0),
    (526.0, 21.2, -792.0),
    (578.0, 21.2, -780.0),
    (590.0, 20.8, -730.0),
    (586.0, 19.8, -670.0),
    (560.0, 17.6, -590.0),
    (540.0, 14.6, -500.0),
    (562.0, 11.4, -420.0),
    (556.0, 8.6, -340.0),
    (510.0, 6.6, -268.0),
    (496.0, 5.6, -190.0),
    (540.0, 5.2, -128.0),
    (620.0, 5.8, -112.0),
    (700.0, 7.0, -96.0),
    (752.0, 8.2, -36.0),
    (748.0, 8.6, 60.0),
    (704.0, 7.6, 150.0),
    (640.0, 5.2, 230.0),
    (590.0, 2.0, 320.0),
    (566.0, -1.6, 420.0),
    (528.0, -4.4, 500.0),
    (450.0, -5.4, 524.0),
    (390.0, -5.0, 484.0),
    (384.0, -4.0, 410.0),
    (366.0, -3.0, 340.0),
    (300.0, -2.2, 322.0),
    (244.0, -1.4, 370.0),
    (226.0, -0.4, 460.0),
    (206.0, 0.8, 560.0),
    (150.0, 1.8, 632.0),
    (72.0, 2.4, 640.0),
    (14.0, 2.4, 584.0),
    (0.0, 2.0, 480.0),
    (0.0, 1.2, 340.0),
    (0.0, 0.5, 170.0),
];

const KARSTHAFEN_POINTS: &[(f64, f64, f64)] = &[
    (0.0, 0.0, 0.0),
    (0.0, 0.4, -120.0),
    (0.0, 0.9, -240.0),
    (0.0, 1.4, -360.0),
    (0.0, 1.9, -450.0),
    (-14.0, 2.3, -530.0),
    (-70.0, 2.7, -575.0),
    (-140.0, 3.0, -555.0),
    (-175.0, 3.3, -480.0),
    (-165.0, 3.7, -390.0),
    (-195.0, 4.1, -310.0),
    (-255.0, 4.6, -250.0),
    (-275.0, 5.1, -170.0),
    (-235.0, 5.6, -90.0),
    (-195.0, 6.0, -20.0),
    (-215.0, 6.3, 60.0),
    (-275.0, 6.3, 120.0),
    (-290.0, 6.1, 200.0),
    (-240.0, 5.7, 275.0),
    (-205.0, 4.9, 355.0),
    (-215.0, 4.0, 440.0),
    (-190.0, 3.0, 525.0),
    (-130.0, 2.0, 575.0),
    (-60.0, 1.1, 565.0),
    (-12.0, 0.3, 510.0),
    (0.0, -0.1, 430.0),
    (0.0, -0.3, 340.0),
    (0.0, -0.3, 170.0),
];

const NORTHMOOR_POINTS: &[(f64, f64, f64)] = &[
    (0.0, 0.0, 0.0),
    (0.0, 0.6, -140.0),
    (0.0, 1.3, -280.0),
    (0.0, 1.8, -420.0),
    (0.0, 2.3, -560.0),
    (0.0, 2.6, -690.0),
    (30.0, 2.8, -790.0),
    (110.0, 3.1, -850.0),
    (210.0, 3.4, -850.0),
    (320.0, 4.0, -820.0),
    (450.0, 4.8, -830.0),
    (600.0, 5.9, -860.0),
    (750.0, 7.1, -850.0),
    (860.0, 8.5, -790.0),
    (900.0, 9.9, -690.0),
    (880.0, 11.1, -580.0),
    (920.0, 12.0, -480.0),
    (1000.0, 12.5, -410.0),
    (1020.0, 12.7, -300.0),
    (960.0, 12.5, -200.0),
    (920.0, 12.0, -90.0),
    (960.0, 11.4, 30.0),
    (1000.0, 10.7, 150.0),
    (980.0, 10.2, 280.0),
    (900.0, 9.7, 360.0),
    (790.0, 9.4, 380.0),
    (690.0, 9.2, 330.0),
    (600.0, 8.9, 300.0),
    (510.0, 8.6, 350.0),
    (460.0, 8.0, 450.0),
    (430.0, 7.2, 560.0),
    (380.0, 6.1, 660.0),
    (290.0, 4.9, 720.0),
    (180.0, 3.5, 730.0),
    (90.0, 2.1, 690.0),
    (30.0, 0.9, 610.0),
    (0.0, 0.0, 500.0),
    (0.0, -0.5, 370.0),
    (0.0, -0.7, 240.0),
    (0.0, -0.5, 120.0),
];
