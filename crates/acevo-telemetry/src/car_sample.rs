//! One interpretation of the raw fields of a frame: range-checked values in SI units.

use acevo_shared_memory::{ACEvoCarLocation, ACEvoEngineType, Car, Frame, Gear, SPageFileGraphicEvo, SPageFilePhysics};
use serde::Serialize;

use crate::limits;
use crate::names::is_name;

/// The state of the player's car in one frame. A value that the game does not write, or that cannot be real, is `None`.
///
/// Analysis, traces and events read the pages through this type, so a quantity has one source and one range check everywhere.
///
/// ```
/// use acevo_shared_memory::{ACEvoStatus, Frame, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
/// use acevo_telemetry::CarSample;
/// # use acevo_telemetry::acevo_shared_memory;
///
/// let physics = SPageFilePhysics { fuel: 41.5, speedKmh: 180.0, ..Default::default() };
/// let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), npos: 1.25, ..Default::default() };
/// let sample = CarSample::of(&Frame::new(physics, graphics, SPageFileStaticEvo::default()));
/// assert_eq!((sample.fuel_l, sample.speed_m_s, sample.lap_position), (Some(41.5), Some(50.0), Some(0.25)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct CarSample {
    /// Lap position, 0..1.
    pub lap_position: Option<f64>,
    /// Speed, m/s: from the physics page if it is current, from the displayed one (whole km/h) otherwise.
    pub speed_m_s: Option<f64>,
    /// The selected gear; `None` while physics is not current, and if the page has none that exists.
    pub gear: Option<Gear>,
    /// Fuel in the tank, litres: from the physics page, or from the graphics page if physics is not current or has nothing. Measured:
    /// both have the same value to the last bit.
    pub fuel_l: Option<f64>,
    /// Charge of the traction battery, 0..1, with the same choice of the page. It is assumed that `kersCharge` and `kers_charge_perc` are
    /// this charge.
    pub charge: Option<f64>,
    /// Size of the tank, litres; `None` if the game does not publish it, or if there is more in the tank.
    pub tank_l: Option<f64>,
    /// True for a car with an electric motor only.
    pub is_electric: bool,
    /// The road that the car is on; `None` if it is on none, as in a menu.
    pub road: Option<Road>,
    /// The car is in the pit lane, its entry or exit, or in its pit box.
    pub is_in_pits: bool,
    /// The car is in its pit box.
    pub is_in_pit_box: bool,
    /// Lap timer, milliseconds; 0 if it does not run.
    pub lap_timer_ms: u32,
    /// Last lap time, milliseconds.
    pub last_lap_ms: Option<u32>,
    /// Completed laps of the session.
    pub laps_completed: Option<u32>,
    /// The game counts the lap so far. Around the line this may be about the previous or the next lap.
    pub is_lap_valid: bool,
    /// The car goes the wrong way.
    pub is_wrong_way: bool,
    /// Tyres that are off the track, 0..=4.
    pub tyres_off_track: u8,
    /// Length of a lap, metres, as published by the game.
    pub track_length_m: Option<f64>,
}

impl CarSample {
    /// Reads a frame. Any bits give a defined result.
    pub fn of(frame: &Frame) -> Self {
        let (physics, page) = (current_physics(frame), frame.graphics.raw());
        let is_in_lane = matches!(
            frame.graphics.car_location(),
            ACEvoCarLocation::Pitlane | ACEvoCarLocation::PitEntry | ACEvoCarLocation::PitExit
        );
        let (fuel, charge) = physics.map(|physics| (physics.fuel, physics.kersCharge)).unzip();
        let fuel_l = level(fuel, page.fuel_liter_current_quantity, limits::MAX_FUEL_L);
        Self {
            lap_position: lap_position(page),
            speed_m_s: physics.map_or_else(|| speed_m_s(page.display_speed_kmh.into()), physics_speed_m_s),
            gear: physics.map(|_| frame.physics.gear()).filter(|gear| !matches!(gear, Gear::Unknown(_))),
            fuel_l,
            charge: level(charge, page.kers_charge_perc, limits::MAX_CHARGE),
            tank_l: tank_l(page, fuel_l),
            is_electric: frame.graphics.engine_type() == ACEvoEngineType::ElectricMotor,
            road: Road::of(frame),
            is_in_pits: page.is_in_pit_lane || page.is_in_pit_box || is_in_lane,
            is_in_pit_box: page.is_in_pit_box,
            lap_timer_ms: milliseconds(page.current_lap_time_ms).unwrap_or(0),
            last_lap_ms: milliseconds(page.last_laptime_ms),
            laps_completed: u32::try_from(page.total_lap_count).ok().filter(|count| *count < limits::MAX_LAP_COUNT),
            is_lap_valid: page.is_valid_lap,
            is_wrong_way: page.is_wrong_way,
            tyres_off_track: physics.map_or(0, |physics| physics.numberOfTyresOut.clamp(0, 4) as u8),
            track_length_m: Some(f64::from(frame.static_data.raw().track_length_m))
                .filter(|metres| limits::TRACK_LENGTHS_M.contains(metres)),
        }
    }

    /// The amount that the car drives with: fuel in litres, or charge (0..1) if it has an electric motor only.
    pub fn drive_amount(&self) -> Option<f64> {
        if self.is_electric { self.charge } else { self.fuel_l }
    }

    /// Position of the player's car in the world, metres, Y up. Not a field, because finding the player among the cars takes time.
    pub fn world_position(frame: &Frame) -> Option<[f32; 3]> {
        frame.graphics.player_car().map(|Car { coordinates, .. }| coordinates).filter(is_in_world)
    }

    /// True if the game has published the names of the track and the car. While a session loads they are empty or placeholders for
    /// some seconds.
    pub fn has_names(frame: &Frame) -> bool {
        is_name(frame.static_data.track()) && is_name(frame.graphics.car_model())
    }
}

/// The kind of road that the car is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// The track.
    Track,
    /// The pit lane, including its entry, its exit and the boxes.
    PitLane,
}

impl Road {
    /// Reads a frame; `None` if the car is on no road, as in a menu.
    pub fn of(frame: &Frame) -> Option<Self> {
        match frame.graphics.car_location() {
            ACEvoCarLocation::Track if frame.graphics.raw().is_in_pit_lane => Some(Self::PitLane),
            ACEvoCarLocation::Track => Some(Self::Track),
            ACEvoCarLocation::Pitlane | ACEvoCarLocation::PitEntry | ACEvoCarLocation::PitExit => Some(Self::PitLane),
            _ => None,
        }
    }
}

/// The physics page of a frame, if it describes the car at this moment.
pub(crate) fn current_physics(frame: &Frame) -> Option<&SPageFilePhysics> {
    Some(frame.physics.raw()).filter(|_| frame.validity.is_current())
}

/// True if the graphics page shows another car than the player's, as while the driver watches another car from the box: its laps,
/// times, fuel and names are not the player's. Pages without ids show the player's car.
pub fn watches_another_car(frame: &Frame) -> bool {
    let (focused, player) = (frame.graphics.focused_car_id(), frame.graphics.player_car_id());
    focused != player && focused != (0, 0) && player != (0, 0)
}

/// The speed of a physics page, m/s.
pub(crate) fn physics_speed_m_s(physics: &SPageFilePhysics) -> Option<f64> {
    speed_m_s(physics.speedKmh.into())
}

fn speed_m_s(kmh: f64) -> Option<f64> {
    Some(kmh / 3.6).filter(|speed| (0.0..limits::MAX_SPEED_M_S).contains(speed))
}

fn lap_position(page: &SPageFileGraphicEvo) -> Option<f64> {
    let raw = f64::from(page.npos);
    // Nearly always; the remainder below costs more than the rest of a sample.
    if (0.0..1.0).contains(&raw) {
        return Some(raw);
    }
    let position = limits::RAW_LAP_POSITIONS.contains(&raw).then(|| raw.rem_euclid(1.0));
    // The remainder of a tiny negative number is rounded to 1.
    position.filter(|position| *position < 1.0)
}

/// True for a position in the world; the origin means that the game has written none.
fn is_in_world(position: &[f32; 3]) -> bool {
    let is_plausible = |part: &f32| f64::from(part.abs()) < limits::MAX_COORDINATE_M;
    position.iter().all(is_plausible) && position.iter().any(|part| *part != 0.0)
}

/// A time of the game. It writes 0, a negative number or the largest number for no time.
fn milliseconds(value: i32) -> Option<u32> {
    u32::try_from(value).ok().filter(|_| value != 0 && value != i32::MAX)
}

/// The size of the tank, litres. A full tank may be read as slightly more than its size.
fn tank_l(page: &SPageFileGraphicEvo, fuel_l: Option<f64>) -> Option<f64> {
    let size = f64::from(page.max_fuel);
    let is_plausible = (limits::MIN_TANK_L..=limits::MAX_FUEL_L).contains(&size);
    Some(size).filter(|size| is_plausible && fuel_l.is_none_or(|fuel| fuel <= size + limits::TANK_TOLERANCE_L))
}

/// The first of two readings that is plausible and not 0, or 0 if all plausible ones are. A field that the game does not fill is 0.
fn level(physics: Option<f32>, graphics: f32, max: f64) -> Option<f64> {
    let mut plausible =
        physics.into_iter().chain([graphics]).map(f64::from).filter(|value| (0.0..=max).contains(value));
    let level = plausible.next().filter(|level| *level > 0.0 || physics.is_some())?;
    Some(if level > 0.0 { level } else { plausible.next().unwrap_or(level) })
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{ACEvoStatus, SPageFileStaticEvo};
    use proptest::prelude::*;

    use super::*;

    fn live() -> (SPageFilePhysics, SPageFileGraphicEvo) {
        (
            SPageFilePhysics { packetId: 1, airDensity: 1.2, ..Default::default() },
            SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() },
        )
    }

    fn sample(physics: SPageFilePhysics, graphics: SPageFileGraphicEvo) -> CarSample {
        CarSample::of(&Frame::new(physics, graphics, SPageFileStaticEvo::default()))
    }

    #[test]
    fn fuel_and_charge_come_from_physics_unless_it_has_nothing_plausible() {
        let cases = [
            ((40.0, 30.0), Some(40.0)),
            ((0.0, 30.0), Some(30.0)),
            ((f32::NAN, 30.0), Some(30.0)),
            ((1e9, 30.0), Some(30.0)),
            ((0.0, 0.0), Some(0.0)),
            ((f32::NAN, -1.0), None),
        ];
        for ((on_physics, on_graphics), expected) in cases {
            let (mut physics, mut graphics) = live();
            (physics.fuel, graphics.fuel_liter_current_quantity) = (on_physics, on_graphics);
            (physics.kersCharge, graphics.kers_charge_perc) = (on_physics / 100.0, on_graphics / 100.0);
            let sample = sample(physics, graphics);
            let charge = expected.map(|fuel: f64| (fuel as f32 / 100.0).into());
            assert_eq!((sample.fuel_l, sample.charge), (expected, charge), "{on_physics} {on_graphics}");
        }
    }

    #[test]
    fn tank_is_unknown_if_it_is_implausible_or_holds_more() {
        for (size, fuel, expected) in [
            (117.0, 30.0, Some(117.0)),
            (60.0, 60.05, Some(60.0)),
            (0.0, 30.0, None),
            (20.0, 30.0, None),
            (f32::NAN, 30.0, None),
            (1e9, 30.0, None),
        ] {
            let (mut physics, mut graphics) = live();
            (physics.fuel, graphics.max_fuel) = (fuel, size);
            assert_eq!(sample(physics, graphics).tank_l, expected, "{size} {fuel}");
        }
    }

    #[test]
    fn drive_amount_is_the_charge_of_an_electric_car() {
        let (mut physics, mut graphics) = live();
        (physics.fuel, physics.kersCharge) = (40.0, 0.5);
        assert_eq!(sample(physics, graphics).drive_amount(), Some(40.0));
        graphics.engine_type = ACEvoEngineType::ElectricMotor.value();
        assert_eq!(sample(physics, graphics).drive_amount(), Some(0.5));
    }

    #[test]
    fn lap_position_is_folded_into_one_lap_and_implausible_ones_are_none() {
        let position = |npos| sample(live().0, SPageFileGraphicEvo { npos, ..live().1 }).lap_position;
        assert_eq!([0.0, 0.25, 1.25, -0.25].map(position), [Some(0.0), Some(0.25), Some(0.25), Some(0.75)]);
        assert_eq!([-1e-30, 7.0, f32::NAN, f32::INFINITY].map(position), [None; 4]);
    }

    #[test]
    fn is_in_pits_is_true_for_each_sign_of_the_pits() {
        let is_in_pits = |change: fn(&mut SPageFileGraphicEvo)| {
            let (physics, mut graphics) = live();
            change(&mut graphics);
            sample(physics, graphics).is_in_pits
        };
        assert!(!is_in_pits(|page| page.car_location = ACEvoCarLocation::Track.value()));
        assert!(is_in_pits(|page| page.is_in_pit_lane = true) && is_in_pits(|page| page.is_in_pit_box = true));
        assert!(is_in_pits(|page| page.car_location = ACEvoCarLocation::PitExit.value()));
    }

    #[test]
    fn speed_is_the_displayed_one_while_physics_is_not_current() {
        let (physics, graphics) = live();
        let (physics, mut graphics) =
            (SPageFilePhysics { speedKmh: 72.0, ..physics }, SPageFileGraphicEvo { display_speed_kmh: 36, ..graphics });
        assert_eq!(sample(physics, graphics).speed_m_s, Some(20.0));
        graphics.status = ACEvoStatus::Pause.value();
        let paused = sample(physics, graphics);
        assert_eq!((paused.speed_m_s, paused.gear), (Some(10.0), None));
    }

    proptest! {
        #[test]
        fn of_gives_values_in_range_for_any_numbers(
            npos in any::<f32>(), speed in any::<f32>(), fuel in any::<f32>(), charge in any::<f32>(),
            times in any::<[i32; 3]>(), out in any::<i32>(), length in any::<f32>(), location in any::<i32>(),
        ) {
            let (mut physics, mut graphics) = live();
            (physics.speedKmh, physics.fuel, physics.kersCharge, physics.numberOfTyresOut) = (speed, fuel, charge, out);
            (graphics.npos, graphics.car_location) = (npos, location);
            graphics.current_lap_time_ms = times[0];
            (graphics.last_laptime_ms, graphics.total_lap_count) = (times[1], times[2]);
            let session = SPageFileStaticEvo { track_length_m: length, ..Default::default() };
            let sample = CarSample::of(&Frame::new(physics, graphics, session));
            prop_assert!(sample.lap_position.is_none_or(|position| (0.0..1.0).contains(&position)));
            prop_assert!(sample.speed_m_s.is_none_or(|speed| (0.0..limits::MAX_SPEED_M_S).contains(&speed)));
            prop_assert!(sample.fuel_l.is_none_or(|fuel| (0.0..=1000.0).contains(&fuel)));
            prop_assert!(sample.charge.is_none_or(|charge| (0.0..=1.0).contains(&charge)));
            prop_assert!(sample.tyres_off_track <= 4 && sample.last_lap_ms != Some(0));
        }
    }
}
