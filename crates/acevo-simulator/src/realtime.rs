//! Publishing a simulation in real time.

use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{Error, Publisher};

use crate::simulator::{Changed, Simulator};

/// After a longer stall the simulation does not catch up, because readers would receive seconds of data in one burst.
const MAX_CATCH_UP: Duration = Duration::from_millis(100);
/// Shorter waits are not worth a sleep, which takes longer than requested. Steps of a fast simulation are written in small groups.
const MIN_SLEEP: Duration = Duration::from_micros(200);
/// Minimum and maximum speed.
const SPEEDS: (f64, f64) = (0.001, 1000.0);

/// Controls a simulation that [`run_controlled`] publishes. A closure is a control that only decides when the run ends.
pub trait Control {
    /// Returns false to end the run. Called before every step.
    fn keep_going(&mut self, simulator: &Simulator) -> bool;

    /// Called after a step, immediately before its changed pages are published. It may take the log of the simulation.
    fn publishing(&mut self, simulator: &mut Simulator, changed: Changed) {
        let _ = (simulator, changed);
    }
}

impl<F: FnMut(&Simulator) -> bool> Control for F {
    fn keep_going(&mut self, simulator: &Simulator) -> bool {
        self(simulator)
    }
}

/// Publishes the pages in real time until the simulation is over or `keep_going` returns false.
///
/// `speed` is the number of simulated seconds per second, limited to 0.001..=1000 (NaN counts as 1). `keep_going` is called before
/// every step. Deadlines are absolute, so a sleep that is too long does not slow the simulation down. After a stall of more than a
/// tenth of a second the simulation continues without catching up.
///
/// ```
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Publisher};
/// use acevo_simulator::{Options, Scenario, Simulator};
///
/// let mut options = Options::default();
/// options.scenario = Scenario::HotLaps;
/// let mut simulator = Simulator::new(options);
/// let pages = LocalPages::new();
/// let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone())?;
/// acevo_simulator::run(&mut simulator, &mut Publisher::local(&pages), 1000.0, |simulator| simulator.steps() < 333)?;
/// assert_eq!(mapper.physics().packet_id(), 333);
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
///
/// # Errors
/// The publisher's error if a page cannot be published.
pub fn run(
    simulator: &mut Simulator,
    publisher: &mut Publisher,
    speed: f64,
    keep_going: impl FnMut(&Simulator) -> bool,
) -> Result<(), Error> {
    run_controlled(simulator, publisher, speed, keep_going)
}

/// As [`run`], with a control that also receives each step before its pages are published.
///
/// # Errors
/// As for [`run`].
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
    // The last moment at which simulated and real time were in step. Deadlines count from there.
    let mut real = Instant::now();
    let mut simulated = simulator.time();
    while !simulator.is_finished() && control.keep_going(simulator) {
        let changed = simulator.step();
        let deadline = real + (simulator.time() - simulated).div_f64(speed);
        let now = Instant::now();
        if let Some(early) = deadline.checked_duration_since(now) {
            if early >= MIN_SLEEP {
                thread::sleep(early);
            }
        } else if now - deadline > MAX_CATCH_UP {
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
