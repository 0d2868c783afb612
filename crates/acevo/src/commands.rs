//! One file per command.

mod all_cars;
mod autostart;
mod background;
mod bests;
mod channels;
mod collect;
mod completions;
mod corners;
mod cut;
mod diff;
mod doctor;
mod dump;
mod events;
mod export;
mod follow_loop;
mod in_place;
mod info;
mod lake;
mod laps;
mod library;
mod log;
mod log_check;
mod man;
mod merge;
mod once;
mod plot;
mod progress;
mod publish;
mod quit;
mod raw_file;
mod receive;
mod record;
mod recorded_laps;
mod relay;
mod repair;
mod replay;
mod report;
mod run;
mod serve;
mod sessions;
mod settings;
mod simulate;
mod stats;
mod status;
mod timing;
mod upload;
mod wall;
mod watch;

use std::process::ExitCode;

use crate::cli::{Acevo, Command};

/// Does what was asked for.
pub(crate) fn run(args: Acevo) -> anyhow::Result<ExitCode> {
    match args.command {
        None => watch::run(&args.watch),
        Some(Command::Watch(args)) => watch::run(&args.watch),
        Some(Command::Dump(args)) => dump::run(&args),
        Some(Command::Channels(args)) => channels::run(&args),
        Some(Command::Diff(args)) => Ok(diff::run(&args)),
        Some(Command::Doctor(args)) => doctor::run(&args),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Status(args)) => status::run(&args),
        Some(Command::Quit) => quit::run(),
        Some(Command::Autostart(args)) => autostart::run(&args),
        Some(Command::Record(args)) => record::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Relay(args)) => relay::run(&args),
        Some(Command::Receive(args)) => receive::run(&args),
        Some(Command::Upload(args)) => upload::run(&args),
        Some(Command::Collect(args)) => collect::run(&args),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Lake(args)) => lake::run(&args),
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Repair(args)) => repair::run(&args),
        Some(Command::Cut(args)) => cut::run(&args),
        Some(Command::Merge(args)) => merge::run(&args),
        Some(Command::Stats(args)) => stats::run(&args),
        Some(Command::Events(args)) => events::run(&args),
        Some(Command::Laps(args)) => laps::run(&args),
        Some(Command::Corners(args)) => corners::run(&args),
        Some(Command::Sessions(args)) => sessions::run(&args),
        Some(Command::Bests(args)) => bests::run(&args),
        Some(Command::Plot(args)) => plot::run(&args),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Publish(args)) => publish::run(&args),
        Some(Command::Wall(args)) => wall::run(&args),
        Some(Command::Settings(args)) => settings::run(&args),
        Some(Command::Simulate(args)) => simulate::run(&args),
        Some(Command::Log(args)) => log::run(&args),
        Some(Command::LogCheck(args)) => log_check::run(&args),
        Some(Command::Timing(args)) => timing::run(&args),
        Some(Command::Report(args)) => report::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}
