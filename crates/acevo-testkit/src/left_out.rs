//! Messages about tests that cannot run on this system.

use std::fmt;
use std::io::{self, Write};

/// Prints that a test is left out, and why. Unlike `eprintln`, the message is visible although the test passes.
pub fn left_out(what: impl fmt::Display) {
    // A closed stderr is no reason to fail.
    let _ = writeln!(io::stderr(), "LEFT OUT: {what}");
}
