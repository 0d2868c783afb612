//! Recordings of the simulator, made without waiting for it.

use std::path::Path;

use acevo_shared_memory::{Page, PageKind};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};
use acevo_telemetry::recording::{Description, Record, RecordingWriter};

/// Records a drive to its end, as it is. Gives the times of the laps.
pub(crate) fn drive(path: &Path, car: CarModel, scenario: Scenario, laps: Option<u32>) -> Vec<i32> {
    let mut options = Options::default();
    (options.car, options.scenario, options.laps) = (car, scenario, laps);
    let mut simulator = Simulator::new(options);
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    while !simulator.is_finished() {
        let changed = simulator.step();
        let at = simulator.time();
        let pages = [
            (changed.static_data, PageKind::Static, simulator.static_data().as_bytes()),
            (changed.graphics, PageKind::Graphics, simulator.graphics().as_bytes()),
            (changed.physics, PageKind::Physics, simulator.physics().as_bytes()),
        ];
        for (_, page, bytes) in pages.into_iter().filter(|(changed, ..)| *changed) {
            writer.record(&Record::new(page, at, bytes)).unwrap();
        }
    }
    writer.finish().unwrap();
    simulator.truth().laps.iter().map(|lap| lap.time_ms).collect()
}
