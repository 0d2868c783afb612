//! What acevo computes about laps, computed again in Python from an exported Parquet file.

use std::fs;

use acevo_testkit::client::serve_by;
use acevo_testkit::python::{python, run};
use acevo_testkit::user::User;
use serde_json::Value;

const RECOMPUTE: &str = include_str!("recompute.py");

#[test]
fn corners_deltas_and_samples_of_three_laps_are_those_of_their_parquet_export() {
    let Some(python) = python(&["numpy", "pyarrow"]) else { return };
    let user = User::new();
    let folder = user.folder.path();
    fs::create_dir_all(folder.join("acevo")).unwrap();
    let succeed = |args: &[&str]| {
        let output = user.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        output.stdout
    };
    // From the third lap on there is a mistake in one corner of each lap.
    succeed(&["simulate", "-o", "acevo/faults.acevo", "--scenario", "faults", "--laps", "5", "--quiet"]);
    succeed(&["export", "acevo/faults.acevo", "--to", "parquet", "-o", "faults.parquet", "--quiet"]);
    let sessions: Value = serde_json::from_str(&succeed(&["sessions", "--json"])).unwrap();
    let site = serve_by(&mut user.command(&["serve", "--demo", "--quiet", "--port", "0"]));
    let session = site.json(&format!("/api/library/sessions/{}", sessions[0]["id"]));
    let samples = |number: u32| {
        let lap = session["laps"].as_array().unwrap().iter().find(|lap| lap["number"] == number).unwrap();
        format!("http://{}/api/library/laps/{}/samples?channels=speed", site.host, lap["id"])
    };
    for lap in [3, 4, 5] {
        let number = lap.to_string();
        let corners = folder.join(format!("corners-{lap}.json"));
        let args = ["corners", "acevo/faults.acevo", "--lap", &number, "--against", "2", "--json"];
        fs::write(&corners, succeed(&args)).unwrap();
        let (of_lap, of_reference) = (samples(lap), samples(2));
        let table = folder.join("faults.parquet");
        let arguments = [table.as_os_str(), corners.as_os_str(), of_lap.as_ref(), of_reference.as_ref()];
        let checked: Value = serde_json::from_str(&run(&python, RECOMPUTE, &arguments)).unwrap();
        assert!(checked["checked"].as_u64() >= Some(16) && checked["lost_s"].as_f64() > Some(0.1), "{checked}");
        eprintln!("lap {lap}: {checked}");
    }
}
