//! Publishing a simulation in real time.

use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{Error, Publisher};

use crate::simulator::{Changed, Simulator};

/// A stall longer than this is not caught up: readers would get seconds in one burst.
const LONGEST_CATCH_UP: Duration = Duration::from_millis(100);
/// Not worth a sleep, which takes longer than asked for: the steps of a fast simulation go out in small groups.
const SHORTEST_SLEEP: Duration = Duration::from_micros(200);
const SPEEDS: (f64, f64) = (0.001, 1000.0);

/// Controls a simulation that [`run_controlled`] publishes. A closure is a control that only decides when the run ends.
pub trait Control {
    /// Returns false to end the run. Called before every step.
    fn keep_going(&mut self, simulator: &Simulator) -> bool;

    /// Called after a step, immediately before its changed pages are published.
    fn publishing(&mut self, simulator: &Simulator, changed: Changed) {
        let _ = (simulator, changed);
    }
}

impl<F: FnMut(&Simulator) -> bool> Control for F {
    fn keep_going(&mut self, simulator: &Simulator) -> bool {
        self(simulator)
    }
}

/// Publishes the pages in real time until the simulation is over or `keep_going` returns false. It is called before every step.
///
/// `speed` is simulated seconds per second, brought into 0.001..=1000 (not a number counts as 1). Deadlines are absolute, so sleeping too long once does not slow the simulation down; after a stall
/// of more than a tenth of a second it goes on from where it was.
///
/// # Errors
///
/// When a page cannot be published.
pub fn run(
    simulator: &mut Simulator,
    publisher: &mut Publisher,
    speed: f64,
    keep_going: impl FnMut(&Simulator) -> bool,
) -> Result<(), Error> {
    run_controlled(simulator, publisher, speed, keep_going)
}

/// As [`run`], with a control that also knows what is about to be published.
///
/// # Errors
///
/// As [`run`].
pub fn run_controlled(
    simulator: &mut Simulator,
    publisher: &mut Publisher,
    speed: f64,
    mut control: impl Control,
) -> Result<(), Error> {
    let speed = if speed.is_nan() { 1.0 } else { speed.clamp(SPEEDS.0, SPEEDS.1) };
    publisher.publish_static(simulator.static_data())?;
    publisher.publish_graphics(simulator.graphics())?;
    publisher.publish_physics(simulator.physics())?;
    // Where simulated and real time met last; deadlines count from here.
    let mut real = Instant::now();
    let mut simulated = simulator.time();
    while !simulator.is_finished() && control.keep_going(simulator) {
        let changed = simulator.step();
        let deadline = real + (simulator.time() - simulated).div_f64(speed);
        let now = Instant::now();
        if let Some(early) = deadline.checked_duration_since(now) {
            if early >= SHORTEST_SLEEP {
                thread::sleep(early);
            }
        } else if now - deadline > LONGEST_CATCH_UP {
            real = now;
            simulated = simulator.time();
        }
        control.publishing(simulator, changed);
        if changed.static_data {
            publisher.publish_static(simulator.static_data())?;
        }
        if changed.physics {
            publisher.publish_physics(simulator.physics())?;
        }
        if changed.graphics {
            publisher.publish_graphics(simulator.graphics())?;
        }
    }
    Ok(())
}
