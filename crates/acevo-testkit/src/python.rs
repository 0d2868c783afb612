//! Python packages of other projects that read exported files.

use std::path::PathBuf;
use std::process::Command;

use crate::left_out::left_out;

/// A Python with these modules: the one in the environment variable `ACEVO_PYTHON`, or `python3`. `None`, after a message, if it cannot
/// import them; the test then skips that part.
pub fn python(modules: &[&str]) -> Option<PathBuf> {
    let python = std::env::var_os("ACEVO_PYTHON").map_or_else(|| "python3".into(), PathBuf::from);
    let program = format!("import {}", modules.join(", "));
    let found = Command::new(&python).args(["-c", &program]).output().is_ok_and(|output| output.status.success());
    if !found {
        left_out(format_args!("{} cannot import {}", python.display(), modules.join(", ")));
    }
    found.then_some(python)
}

/// Runs a program, which must succeed, and returns its output.
#[track_caller]
pub fn run(python: &PathBuf, program: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let output = Command::new(python).args(["-c", program]).args(arguments).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The Python in the environment variable `ACEVO_FLEET_PYTHON`, which has the packages of `.ci/python-fleet.txt`. `None`, after a message,
/// without it; the test then skips that part.
pub fn fleet_python() -> Option<PathBuf> {
    let python = std::env::var_os("ACEVO_FLEET_PYTHON").filter(|python| !python.is_empty()).map(PathBuf::from);
    if python.is_none() {
        left_out("ACEVO_FLEET_PYTHON names no Python with the packages of .ci/python-fleet.txt");
    }
    python
}
