//! Accessors of the graphics page.

use std::time::Duration;

use super::{Car, CarId, Gear, GraphicsView, TyreCompounds, Wheels};
use crate::page::SMEvoTyreState;
use crate::protocol::{ACEvoCarLocation, ACEvoEngineType, ACEvoFlagType, ACEvoStatus};

/// The value that the game writes if it has no time or no difference (reported).
const NO_TIME: i32 = i32::MAX;

/// Converts a time of the game in milliseconds. Zero, negative values and 0x7fffffff mean "no time".
fn time(ms: i32) -> Option<Duration> {
    u64::try_from(ms).ok().filter(|_| ms != 0 && ms != NO_TIME).map(Duration::from_millis)
}

/// State of the game.
impl GraphicsView<'_> {
    /// Packet counter of the page; see [`SPageFileGraphicEvo::packetId`](crate::SPageFileGraphicEvo::packetId).
    pub const fn packet_id(&self) -> i32 {
        self.raw().packetId
    }

    /// Status of the game.
    pub fn status(&self) -> ACEvoStatus {
        self.raw().status.into()
    }

    /// Name of the session's phase; empty if there is no phase.
    pub fn session_phase(&self) -> &str {
        self.raw().session_state.phase_name.as_str()
    }

    /// Time left in the session; `None` if the session has no time limit.
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

    /// Flag shown to all drivers.
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

    /// Name of the car. Reported: empty or a placeholder for some seconds after loading.
    pub fn car_model(&self) -> &str {
        self.raw().car_model.as_str()
    }

    /// Name of the performance mode.
    pub fn performance_mode_name(&self) -> &str {
        self.raw().performance_mode_name.as_str()
    }

    /// Type of the engine.
    pub fn engine_type(&self) -> ACEvoEngineType {
        self.raw().engine_type.into()
    }

    /// Location of the car.
    pub fn car_location(&self) -> ACEvoCarLocation {
        self.raw().car_location.into()
    }

    /// The engaged gear.
    pub fn gear(&self) -> Gear {
        i32::from(self.raw().gear_int).into()
    }

    /// Acceleration in g: x, y, z. Measured (0.6.2): y is vertical; the document calls the three lateral, longitudinal, vertical.
    pub const fn g_forces(&self) -> (f32, f32, f32) {
        let page = self.raw();
        (page.g_forces_x, page.g_forces_y, page.g_forces_z)
    }

    /// Tyres and brakes of the four wheels.
    pub const fn tyres(&self) -> Wheels<&SMEvoTyreState> {
        let page = self.raw();
        Wheels { fl: &page.tyre_lf, fr: &page.tyre_rf, rl: &page.tyre_lr, rr: &page.tyre_rr }
    }

    /// Tyre compounds, read from the left front wheel.
    pub fn tyre_compounds(&self) -> TyreCompounds<'_> {
        let tyre = &self.raw().tyre_lf;
        TyreCompounds { front: tyre.tyre_compound_front.as_str(), rear: tyre.tyre_compound_rear.as_str() }
    }
}

/// Lap times. `None` stands for all values that mean "no time": zero, negative values and 0x7fffffff.
impl GraphicsView<'_> {
    /// Time of the running lap.
    pub fn current_lap_time(&self) -> Option<Duration> {
        time(self.raw().current_lap_time_ms)
    }

    /// Time of the last lap. Reported: it changes up to 2 s after the timer is reset at the line.
    pub fn last_lap_time(&self) -> Option<Duration> {
        time(self.raw().last_laptime_ms)
    }

    /// Best lap time.
    pub fn best_lap_time(&self) -> Option<Duration> {
        time(self.raw().best_laptime_ms)
    }

    /// The game's prediction of the running lap's time.
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
    /// Id of the watched car, both halves. `into()` converts it to a [`CarId`].
    pub const fn focused_car_id(&self) -> (u64, u64) {
        let page = self.raw();
        (page.focused_car_id_a, page.focused_car_id_b)
    }

    /// Id of the player's car, both halves. `into()` converts it to a [`CarId`].
    pub const fn player_car_id(&self) -> (u64, u64) {
        let page = self.raw();
        (page.player_car_id_a, page.player_car_id_b)
    }

    /// The cars of the session, which are the slots with an id. Empty for games before 0.6, which did not publish ids.
    ///
    /// ```
    /// use acevo_shared_memory::{CarId, GraphicsView, SPageFileGraphicEvo};
    ///
    /// let mut page = SPageFileGraphicEvo::default();
    /// page.car_ids[3] = [1, 2];
    /// page.car_coordinates[3] = [100.0, 0.0, -50.0];
    /// let view = GraphicsView::from(page);
    /// let car = view.cars().next().unwrap();
    /// assert_eq!((car.id, car.coordinates), (CarId(1, 2), [100.0, 0.0, -50.0]));
    /// ```
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
