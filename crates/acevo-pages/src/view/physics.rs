//! Accessors of the physics page.

use super::{Gear, PhysicsView, Wheels};

macro_rules! switches {
    ($($(#[$doc:meta])+ $name:ident: $field:ident,)+) => {
        /// Switches and lamps. A non-zero value means on.
        impl PhysicsView<'_> {
            $($(#[$doc])+ pub const fn $name(&self) -> bool { self.raw().$field != 0 })+
        }
    };
}

switches! {
    /// Automatic gear shifting is on.
    auto_shifter_on: autoShifterOn,
    /// Traction control is active, by `tcinAction`. Reported: stays off in many versions; see
    /// [`traction_control`](PhysicsView::traction_control).
    tc_in_action: tcinAction,
    /// Anti-lock brakes are active, by `absInAction`. Reported: stays off in many versions; see
    /// [`anti_lock_brakes`](PhysicsView::anti_lock_brakes).
    abs_in_action: absInAction,
    /// The drag reduction system may be opened.
    drs_available: drsAvailable,
    /// The drag reduction system is open.
    drs_enabled: drsEnabled,
    /// The pit limiter is limiting (reported). Its switch is `electronics.is_pitlimiter_on` of the graphics page.
    pit_limiter_on: pitLimiterOn,
    /// The energy recovery system is charging the battery.
    ers_is_charging: ersIsCharging,
    /// The ignition is on.
    ignition_on: ignitionOn,
    /// The starter motor is turning.
    starter_engine_on: starterEngineOn,
    /// The engine is running.
    is_engine_running: isEngineRunning,
    /// The car is driven by the AI.
    is_ai_controlled: isAIControlled,
}

macro_rules! wheels {
    ($($(#[$doc:meta])+ $name:ident: $field:ident,)+) => {
        /// Values per wheel.
        impl PhysicsView<'_> {
            $($(#[$doc])+ pub fn $name(&self) -> Wheels<f32> { self.raw().$field.into() })+
        }
    };
}

wheels! {
    /// Combined slip, 0 = rolling.
    wheel_slip: wheelSlip,
    /// Vertical load, newtons.
    wheel_load: wheelLoad,
    /// Tyre pressure, psi.
    wheel_pressure: wheelsPressure,
    /// Rotation, radians per second.
    wheel_angular_speed: wheelAngularSpeed,
    /// Core temperature of the tyre, °C.
    tyre_core_temperature: tyreCoreTemperature,
    /// Temperature of the brake, °C.
    brake_temperature: brakeTemp,
    /// Camber, radians. Measured (0.6.2): the right wheels have the opposite sign.
    camber: camberRAD,
    /// Travel of the suspension, metres. Measured (0.6.2): signed; its zero depends on the car.
    suspension_travel: suspensionTravel,
    /// Slip ratio.
    slip_ratio: slipRatio,
    /// Slip angle, radians.
    slip_angle: slipAngle,
    /// Brake, in an unknown unit. Measured (0.6.2): not newton metres, as the document states.
    brake_torque: brakeTorque,
}

impl PhysicsView<'_> {
    /// Packet counter of the page; see [`SPageFilePhysics::packetId`](crate::SPageFilePhysics::packetId).
    pub const fn packet_id(&self) -> i32 {
        self.raw().packetId
    }

    /// The engaged gear.
    pub fn gear(&self) -> Gear {
        self.raw().gear.into()
    }

    /// Traction control is active, by either of its two signals in this page.
    pub fn traction_control(&self) -> bool {
        self.raw().tc > 0.0 || self.tc_in_action()
    }

    /// Anti-lock brakes are active, by either of its two signals in this page.
    pub fn anti_lock_brakes(&self) -> bool {
        self.raw().abs > 0.0 || self.abs_in_action()
    }

    /// Contact point of each tyre with the ground, in metres. World axes: Y is up; seen from above, X points right and Z down.
    pub fn tyre_contact_point(&self) -> Wheels<[f32; 3]> {
        self.raw().tyreContactPoint.into()
    }
}
