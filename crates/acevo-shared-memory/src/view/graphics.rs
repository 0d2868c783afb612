//! Accessors of the graphics page.

use std::time::Duration;

use super::{Car, CarId, Gear, GraphicsView, TyreCompounds, Wheels};
use crate::page::SMEvoTyreState;
use crate::protocol::{ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoStatus};

/// What the game writes where it has no time or difference to tell (reported).
const NO_TIME: i32 = i32::MAX;

/// A time of the game in milliseconds; its "none" values are zero, negative ones and 0x7fffffff.
fn time(ms: i32) -> Option<Duration> {
    u64::try_from(ms).ok().filter(|_| ms != 0 && ms != NO_TIME).map(Duration::from_millis)
}

/// The game's state.
impl GraphicsView<'_> {
    /// Number of the frame; see [`SPageFileGraphicEvo::packetId`](crate::SPageFileGraphicEvo::packetId).
    pub const fn packet_id(&self) -> i32 {
        self.raw().packetId
    }

    /// What the game is doing.
    pub fn status(&self) -> ACEvoStatus {
        self.raw().status.into()
    }

    /// Name of the session's phase; empty where there is none.
    pub fn session_phase(&self) -> &str {
        self.raw().session_state.phase_name.as_str()
    }

    /// Time left in the session, where it has an end.
    pub fn time_left(&self) -> Option<Duration> {
        time(self.raw().session_state.time_left_ms)
    }

    /// Time of day in the game: hours, minutes, seconds.
    pub const fn time_of_day(&self) -> (i32, i32, i32) {
        let page = self.raw();
        (page.time_of_day_hours, page.time_of_day_minutes, page.time_of_day_seconds)
    }

    /// Flag shown to the player.
    pub fn flag(&self) -> ACEvoFlagType {
        self.raw().flag.into()
    }

    /// Flag shown to everybody.
    pub fn global_flag(&self) -> ACEvoFlagType {
        self.raw().global_flag.into()
    }
}

/// The player and the car.
impl GraphicsView<'_> {
    /// First name of the driver.
    pub fn driver_name(&self) -> &str {
        self.raw().driver_name.as_str()
    }

    /// Surname of the driver.
    pub fn driver_surname(&self) -> &str {
        self.raw().driver_surname.as_str()
    }

    /// Car. Reported: empty or a placeholder for seconds after loading.
    pub fn car_model(&self) -> &str {
        self.raw().car_model.as_str()
    }

    /// Name of the performance mode.
    pub fn performance_mode_name(&self) -> &str {
        self.raw().performance_mode_name.as_str()
    }

    /// What drives the car.
    pub fn engine_type(&self) -> ACEvoEngineType {
        self.raw().engine_type.into()
    }

    /// Where the car is.
    pub fn car_location(&self) -> ACEvoCarLocation {
        self.raw().car_location.into()
    }

    /// The gear that is in.
    pub fn gear(&self) -> Gear {
        i32::from(self.raw().gear_int).into()
    }

    /// Acceleration in g: x, y, z. Measured (0.6.2): y is vertical; the document calls the three lateral, longitudinal, vertical.
    pub const fn g_forces(&self) -> (f32, f32, f32) {
        let page = self.raw();
        (page.g_forces_x, page.g_forces_y, page.g_forces_z)
    }

    /// The four wheels with their tyres and brakes.
    pub const fn tyres(&self) -> Wheels<&SMEvoTyreState> {
        let page = self.raw();
        Wheels { fl: &page.tyre_lf, fr: &page.tyre_rf, rl: &page.tyre_lr, rr: &page.tyre_rr }
    }

    /// Tyre compounds, as the left front wheel tells them.
    pub fn tyre_compounds(&self) -> TyreCompounds<'_> {
        let tyre = &self.raw().tyre_lf;
        TyreCompounds { front: tyre.tyre_compound_front.as_str(), rear: tyre.tyre_compound_rear.as_str() }
    }
}

/// Lap times. `None` is any of the game's ways to say that there is none: zero, negative, 0x7fffffff.
impl GraphicsView<'_> {
    /// Time of the running lap.
    pub fn current_lap_time(&self) -> Option<Duration> {
        time(self.raw().current_lap_time_ms)
    }

    /// Time of the last lap. Reported: follows the timer's reset at the line by up to 2 s.
    pub fn last_lap_time(&self) -> Option<Duration> {
        time(self.raw().last_laptime_ms)
    }

    /// Best lap time.
    pub fn best_lap_time(&self) -> Option<Duration> {
        time(self.raw().best_laptime_ms)
    }

    /// Time the running lap will have, as the game predicts it.
    pub fn predicted_lap_time(&self) -> Option<Duration> {
        time(self.raw().predicted_lap_time_ms)
    }

    /// Difference to the game's reference lap in seconds, positive = slower; `None` without a reference (reported).
    pub fn delta(&self) -> Option<f32> {
        Some(self.raw().delta_time_ms).filter(|ms| *ms != NO_TIME).map(|ms| ms as f32 / 1000.0)
    }
}

/// All cars.
impl GraphicsView<'_> {
    /// Id of the car in view, both halves. [`CarId`] is made of it by `into()`.
    pub const fn focused_car_id(&self) -> (u64, u64) {
        let page = self.raw();
        (page.focused_car_id_a, page.focused_car_id_b)
    }

    /// Id of the player's car, both halves. [`CarId`] is made of it by `into()`.
    pub const fn player_car_id(&self) -> (u64, u64) {
        let page = self.raw();
        (page.player_car_id_a, page.player_car_id_b)
    }

    /// The cars of the session: the slots with an id. Empty with games before 0.6, which published none.
    pub fn cars(&self) -> impl Iterator<Item = Car> + '_ {
        let ids = self.raw().car_ids;
        self.raw().car_coordinates.iter().zip(ids).filter_map(|(coordinates, [a, b])| {
            let id = CarId(a, b);
            (!id.is_none()).then_some(Car { id, coordinates: *coordinates })
        })
    }

    /// The player's car among [`cars`](Self::cars).
    pub fn player_car(&self) -> Option<Car> {
        let player = CarId::from(self.player_car_id());
        self.cars().find(|car| car.id == player)
    }
}
