//! `acevo`: live telemetry of Assetto Corsa EVO in the terminal.
//!
//! What was typed ([`args`]) is kept apart from what is done ([`commands`], one file each). Telemetry flows one way:
//! [`live`] telemetry from a connection that looks after itself, then a pure drawing of that
//! ([`screen`]), lines on stdout ([`output`]) or frames for browsers ([`web`]). A [`raw`] dump is a source like any other. Data goes to stdout, talk to stderr.

#![forbid(unsafe_code)]

mod args;
mod awake;
mod bests;
mod cockpit;
mod commands;
mod contents;
mod demo;
mod driven;
mod event_text;
mod follower;
mod keys;
mod lap_table;
mod live;
mod output;
mod pace;
mod pending;
mod playback;
mod plot;
mod process;
mod raw;
mod rows;
mod screen;
mod text;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::run(args::read()) {
        Ok(code) => code,
        // Whoever read our output has enough: `acevo watch --json | head -1`.
        Err(error) if error.is::<output::ReaderGone>() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}
