//! The physics page, `Local\acevo_pmf_physics`: the vehicle, written 332-333 times a second.

use super::layout::layout;

layout! {
    /// The physics page: 800 bytes, written at every physics step (reported: 332-333 Hz).
    ///
    /// Arrays of four are wheels in the order front left, front right, rear left, rear right. World axes are right-handed: Y is
    /// up; seen from above, X points right and Z points down. For the marks *measured*, *reported* and *disputed* see
    /// [the module](crate::page).
    pub struct SPageFilePhysics {
        /// Packet counter: counts the physics steps. Measured (0.6.2): in a pause it stops, jumps, and counts at twice the rate. A decrease means a new session or a new game.
        packetId: i32,
        /// Throttle pedal, 0..1.
        gas: f32,
        /// Brake pedal, 0..1.
        brake: f32,
        /// Fuel in the tank.
        fuel: f32 ["l"],
        /// Gear: 0 reverse, 1 neutral, 2 first.
        gear: i32,
        /// Engine speed, 0..20000.
        rpms: i32 ["rpm"],
        /// Steering, -1..1, positive to the right (measured).
        steerAngle: f32,
        /// Speed over ground, 0..450.
        speedKmh: f32 ["km/h"],
        /// Velocity in world axes.
        velocity: [f32; 3] ["m/s"],
        /// Acceleration of the car without gravity. Measured (0.5, 0.6.2): left, up, forward; the document states lateral, longitudinal, vertical.
        accG: [f32; 3] ["g"],
        /// Combined slip per wheel, 0 = rolling.
        wheelSlip: [f32; 4],
        /// Vertical load per wheel.
        wheelLoad: [f32; 4] ["N"],
        /// Tyre pressures.
        wheelsPressure: [f32; 4] ["psi"],
        /// Rotation of the wheels.
        wheelAngularSpeed: [f32; 4] ["rad/s"],
        /// Always 0: the pages do not contain tyre wear.
        tyreWear: [f32; 4],
        /// Dirt on the tyres, 0 = clean.
        tyreDirtyLevel: [f32; 4],
        /// Core temperatures of the tyres.
        tyreCoreTemperature: [f32; 4] ["°C"],
        /// Camber. Measured (0.6.2): the right wheels have the opposite sign.
        camberRAD: [f32; 4] ["rad"],
        /// Travel of the suspension. Measured (0.6.2): signed; its zero depends on the car.
        suspensionTravel: [f32; 4] ["m"],
        /// Drag reduction system, 0 closed, 1 open.
        drs: f32,
        /// Activity of the traction control, 0..1. Reported: this is the signal to use; `tcinAction` stays 0 in many versions.
        tc: f32,
        /// Heading of the car, -π..π. Measured (0.5, 0.6.2): the forward direction is -sin(heading) in X and cos(heading) in Z; the heading increases in right bends.
        heading: f32 ["rad"],
        /// Pitch of the car. Measured (0.5, 0.6.2): positive with the nose up.
        pitch: f32 ["rad"],
        /// Roll of the car. Measured (0.5, 0.6.2): positive with the right side down.
        roll: f32 ["rad"],
        /// Height of the centre of gravity.
        cgHeight: f32 ["m"],
        /// Damage: front, rear, left, right, centre. Reported: not limited to 0..1 (237 was seen).
        carDamage: [f32; 5],
        /// Number of tyres outside the track, 0..4.
        numberOfTyresOut: i32,
        /// 1 while the pit limiter is limiting (reported). Its switch is `electronics.is_pitlimiter_on` of the graphics page.
        pitLimiterOn: i32,
        /// Activity of the anti-lock brakes, 0..1. Reported: this is the signal to use; `absInAction` stays 0 in many versions.
        abs: f32,
        /// Charge of the energy recovery battery, 0..1.
        kersCharge: f32,
        /// Power requested from the energy recovery system, 0..1.
        kersInput: f32,
        /// 1 if automatic gear shifting is on.
        autoShifterOn: i32,
        /// Ride height, front and rear. Measured: millimetres on 0.6.2, 0 on 0.5. Reported: metres for some cars (a value below 1).
        rideHeight: [f32; 2] ["mm"],
        /// Boost of the turbocharger.
        turboBoost: f32 ["bar"],
        /// Added weight.
        ballast: f32 ["kg"],
        /// Density of the air.
        airDensity: f32 ["kg/m³"],
        /// Temperature of the air.
        airTemp: f32 ["°C"],
        /// Temperature of the road.
        roadTemp: f32 ["°C"],
        /// Angular velocity in the car's axes. Measured (0.5): the second is the yaw rate, positive to the left.
        localAngularVel: [f32; 3] ["rad/s"],
        /// Force feedback. Disputed: N·m according to the document, -1..1 as measured.
        finalFF: f32,
        /// Time gained or lost against the reference lap. Disputed: its sign.
        performanceMeter: f32 ["s"],
        /// Setting of the engine brake.
        engineBrake: i32,
        /// Setting of the energy recovery.
        ersRecoveryLevel: i32,
        /// Setting of the energy deployment.
        ersPowerLevel: i32,
        /// Heat recovery: 0 drives the motor, 1 charges the battery.
        ersHeatCharging: i32,
        /// 1 while the battery is charging.
        ersIsCharging: i32,
        /// Energy used in this lap.
        kersCurrentKJ: f32 ["kJ"],
        /// 1 if the drag reduction system may be opened.
        drsAvailable: i32,
        /// 1 while the drag reduction system is open.
        drsEnabled: i32,
        /// Temperatures of the brakes.
        brakeTemp: [f32; 4] ["°C"],
        /// Clutch. Measured (0.6.2): 1 is engaged, 0 is disengaged (pedal pressed); `clutch_percent` of the graphics page has the opposite polarity.
        clutch: f32,
        /// Inner temperatures of the tyres. Reported: always 0; see `tyre_temperature_left/right` of the graphics page.
        tyreTempI: [f32; 4] ["°C"],
        /// Middle temperatures of the tyres. Reported: always 0.
        tyreTempM: [f32; 4] ["°C"],
        /// Outer temperatures of the tyres. Reported: always 0.
        tyreTempO: [f32; 4] ["°C"],
        /// 1 if the car is driven by the AI.
        isAIControlled: i32,
        /// Contact point of each tyre with the ground, in world axes.
        tyreContactPoint: [[f32; 3]; 4] ["m"],
        /// Normal of the ground under each tyre, a unit vector.
        tyreContactNormal: [[f32; 3]; 4],
        /// Direction of each tyre, a unit vector.
        tyreContactHeading: [[f32; 3]; 4],
        /// Front share of the braking force, 0..1.
        brakeBias: f32,
        /// Velocity in the car's axes. Measured (0.5): left, up, forward.
        localVelocity: [f32; 3] ["m/s"],
        /// Number of push-to-pass activations left.
        P2PActivations: i32,
        /// Push-to-pass: 0 off, 1 on.
        P2PStatus: i32,
        /// Current engine speed limit.
        currentMaxRpm: i32 ["rpm"],
        /// Self-aligning torque per wheel.
        mz: [f32; 4] ["N·m"],
        /// Longitudinal force per wheel.
        fx: [f32; 4] ["N"],
        /// Lateral force per wheel.
        fy: [f32; 4] ["N"],
        /// Slip ratio per wheel.
        slipRatio: [f32; 4],
        /// Slip angle per wheel.
        slipAngle: [f32; 4] ["rad"],
        /// 1 while the traction control is active. Reported: 0 in many versions; prefer `tc`.
        tcinAction: i32,
        /// 1 while the anti-lock brakes are active. Reported: 0 in many versions; prefer `abs`.
        absInAction: i32,
        /// Damage of the suspension. Reported: always 0; see `car_damage` of the graphics page.
        suspensionDamage: [f32; 4],
        /// Temperatures of the tyres.
        tyreTemp: [f32; 4] ["°C"],
        /// Temperature of the coolant. Unlike `water_temperature_c` of the graphics page it does not overflow.
        waterTemp: f32 ["°C"],
        /// Brake torque per wheel, in an unknown unit. Measured (0.6.2): not N·m, as the document states; 0.533 front and 0.356 rear at full pedal.
        brakeTorque: [f32; 4],
        /// Compound of the front brakes.
        frontBrakeCompound: i32,
        /// Compound of the rear brakes.
        rearBrakeCompound: i32,
        /// Thickness of the brake pads. Measured (0.6.2): 0.029 when new.
        padLife: [f32; 4] ["m"],
        /// Thickness of the brake discs. Measured (0.6.2): 0.032 when new.
        discLife: [f32; 4] ["m"],
        /// 1 while the ignition is on.
        ignitionOn: i32,
        /// 1 while the starter motor is turning.
        starterEngineOn: i32,
        /// 1 while the engine is running.
        isEngineRunning: i32,
        /// Vibration from kerbs, for haptics.
        kerbVibration: f32,
        /// Vibration from slip, for haptics.
        slipVibrations: f32,
        /// Vibration from the road, for haptics.
        roadVibrations: f32,
        /// Vibration from the anti-lock brakes, for haptics.
        absVibrations: f32,
    }
}
