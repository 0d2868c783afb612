//! `acevo`: live telemetry of Assetto Corsa EVO in the terminal.
//!
//! Layers, from the lowest to the highest; a module uses only layers before it:
//!
//! | module | content |
//! |---|---|
//! | [`output`], [`shutdown`], [`process`], [`keyboard`] | stdout, stderr and new files; Ctrl-C; resource usage; keys without a screen |
//! | [`folders`], [`redact`], [`diagnostics`] | the folders of the platform; texts without secrets; the log, and `--verbose` |
//! | [`mod@format`] | values, laps and events as text |
//! | [`session`] | the followed session: connection, analysis, snapshot; demo and playback |
//! | [`tui`], [`web`] | the terminal screen; the web server |
//! | [`cli`] | command-line arguments, turned into plans |
//! | [`commands`] | one file per command |

#![forbid(unsafe_code)]
// Only `output` prints, see `clippy.toml`.
#![deny(clippy::disallowed_macros, clippy::disallowed_methods)]

mod cli;
mod commands;
mod diagnostics;
mod folders;
mod format;
mod keyboard;
mod output;
mod process;
mod redact;
mod session;
mod shutdown;
mod tui;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    shutdown::report_file_size_limit();
    let code = match commands::run(cli::read()) {
        Ok(code) => code,
        // The reader of the output has ended: `acevo watch --json | head -1`.
        Err(error) if error.is::<output::OutputClosed>() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    };
    diagnostics::finish();
    code
}
