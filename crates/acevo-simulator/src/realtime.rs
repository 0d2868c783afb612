//! Publishing a simulation in real time.

use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{Error, Publisher};

use crate::simulator::Simulator;

/// A stall longer than this is not caught up: readers would get seconds in one burst.
const LONGEST_CATCH_UP: Duration = Duration::from_millis(100);
/// Not worth a sleep, which takes longer than asked for: the steps of a fast simulation go out in small groups.
const SHORTEST_SLEEP: Duration = Duration::from_micros(200);
const SPEEDS: (f64, f64) = (0.001, 1000.0);

/// Publishes the pages in real time until the simulation is over or `keep_going` says no.
///
/// `speed` is simulated seconds per second, brought into 0.001..=1000 (not a number counts as 1). `keep_going` is asked
/// before every step. Deadlines are absolute, so sleeping too long once does not slow the simulation down; after a stall
/// of more than a tenth of a second it goes on from where it was.
///
/// # Errors
///
/// When a page cannot be published.
pub fn run(
    simulator: &mut Simulator,
    publisher: &mut Publisher,
    speed: f64,
    mut keep_going: impl FnMut(&Simulator) -> bool,
) -> Result<(), Error> {
    let speed = if speed.is_nan() { 1.0 } else { speed.clamp(SPEEDS.0, SPEEDS.1) };
    publisher.publish_static(simulator.static_data())?;
    publisher.publish_graphics(simulator.graphics())?;
    publisher.publish_physics(simulator.physics())?;
    // Where simulated and real time met last; deadlines count from here.
    let mut real = Instant::now();
    let mut simulated = simulator.time();
    while !simulator.is_finished() && keep_going(simulator) {
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
