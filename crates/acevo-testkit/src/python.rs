//! Programs of other people that open what was exported.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

/// A Python that has these modules: the one that `ACEVO_PYTHON` names, or `python3`. Where there is none, a test says so and
/// leaves that part out.
pub fn python(modules: &[&str]) -> Option<PathBuf> {
    let python = std::env::var_os("ACEVO_PYTHON").map_or_else(|| "python3".into(), PathBuf::from);
    let program = format!("import {}", modules.join(", "));
    let found = Command::new(&python).args(["-c", &program]).output().is_ok_and(|output| output.status.success());
    if !found {
        // Past the harness, which keeps what tests that pass have to say.
        let told = writeln!(io::stderr(), "LEFT OUT: {} cannot import {}", python.display(), modules.join(", "));
        told.expect("can be told");
    }
    found.then_some(python)
}

/// Runs a program, which has to succeed, and gives what it says.
#[track_caller]
pub fn run(python: &PathBuf, program: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let output = Command::new(python).args(["-c", program]).args(arguments).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
