//! The short form of the attacks of `acevo-attack`: some rounds of each, with fixed seeds. `docs/reliability.md` lists the promises that they
//! check, and CONTRIBUTING.md has the command for the long form.

use std::path::Path;

use acevo_attack::{ATTACKS, Limit, Plan, run};
use acevo_testkit::left_out::left_out;

/// Runs rounds of an attack. A finding fails the test and names the folder with its input.
#[track_caller]
fn attack(name: &str, rounds: u32) {
    let plan = Plan {
        program: env!("CARGO_BIN_EXE_acevo").into(),
        attacks: ATTACKS.iter().filter(|attack| attack.name == name).collect(),
        seed: 1,
        limit: Limit::Rounds(rounds),
        is_long: false,
        findings: Path::new(env!("CARGO_TARGET_TMPDIR")).join("attack-findings"),
    };
    let report = run(&plan, |_| {}).expect("the attack runs");
    let figures = &report.attacks[0];
    figures.left_out.iter().for_each(left_out);
    assert!(report.findings.is_empty(), "{report}");
    assert!(figures.rounds == u64::from(rounds) && figures.runs > 0 && figures.inputs > 0, "{report}");
}

/// Nine rounds: random bytes, numbers, counters, names, sizes, replaced files, links and FIFOs, two writers, and all of them.
#[test]
fn followers_survive_hostile_pages() {
    attack("pages", 9);
}

#[test]
fn readers_survive_hostile_recordings() {
    attack("recordings", 3);
}

#[test]
fn readers_survive_hostile_raw_dumps_and_personal_bests() {
    attack("documents", 1);
}

#[test]
fn readers_refuse_paths_that_are_not_files() {
    attack("paths", 1);
}

#[test]
fn exports_never_change_other_files() {
    attack("outputs", 4);
}

#[test]
fn server_survives_hostile_http_clients() {
    attack("clients", 2);
}

#[test]
fn server_survives_hostile_websocket_clients() {
    attack("sockets", 1);
}

#[test]
fn killed_recorders_leave_whole_recordings() {
    attack("kills", 1);
}

#[test]
fn full_disk_loses_nothing_that_was_recorded() {
    attack("full-disk", 2);
}

#[test]
fn suspended_programs_count_every_packet() {
    attack("pauses", 1);
}
