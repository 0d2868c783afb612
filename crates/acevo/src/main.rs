//! `acevo`: live telemetry for Assetto Corsa EVO, in the browser, in overlays and in the terminal.
//!
//! Layers, from the lowest to the highest; a module uses only layers before it:
//!
//! | module | content |
//! |---|---|
//! | [`output`], [`shutdown`], [`process`], [`keyboard`] | stdout, stderr and new files; Ctrl-C; resource usage; keys without a screen |
//! | [`token`], [`secret`] | tokens for other computers; passwords and tokens of other servers |
//! | [`redact`], [`diagnostics`], [`settings`] | texts without secrets; the log, and `--verbose`; `acevo.toml` |
//! | [`layouts`] | layouts of overlays: names, content, files |
//! | [`library`] | the session library: its database, and the thread that updates it |
//! | [`mod@format`] | values, laps and events as text |
//! | [`session`] | the followed session: connection, analysis, snapshot; demo and playback |
//! | [`own_file`], [`autostart`] | files with a mark of acevo; starting at login |
//! | [`recording`] | recording the followed session, into files or memory |
//! | [`fleet`] | publishing the followed session to a broker of MQTT and to a database of time series |
//! | [`upload`] | delivering finished recordings to a store |
//! | [`relay`] | sending the pages to other computers, and receiving them |
//! | [`instance`] | the lock and the address of the running `acevo run` |
//! | [`collect`] | recordings of rigs: tokens, what has arrived, what is stored |
//! | [`tui`], [`web`] | the terminal screen; the web server |
//! | [`cli`] | command-line arguments, turned into plans |
//! | [`commands`] | one file per command |

#![forbid(unsafe_code)]
// Only `output` prints, see `clippy.toml`.
#![deny(clippy::disallowed_macros, clippy::disallowed_methods)]

mod autostart;
mod cli;
mod collect;
mod commands;
mod diagnostics;
mod fleet;
mod format;
mod instance;
mod keyboard;
mod layouts;
mod library;
mod network;
mod output;
mod own_file;
mod process;
mod recording;
mod redact;
mod relay;
mod secret;
mod session;
mod settings;
mod shutdown;
mod token;
mod tui;
mod upload;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    shutdown::report_file_size_limit();
    let code = match run() {
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

/// Does what was asked for. Options that were not given have the values of the settings.
fn run() -> anyhow::Result<ExitCode> {
    let mut args = cli::read();
    if args.uses_settings() {
        let mut settings = settings::load()?.settings;
        settings.sectors.learned = session::learned_sectors::load();
        cli::apply(&mut args, &settings);
    }
    if let Some((file, lap)) = args.reference_lap() {
        session::reference_laps::choose(file, lap)?;
    }
    commands::run(args)
}
