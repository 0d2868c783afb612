//! Command-line arguments. They are turned into plans for the commands; nothing is opened or started here.

mod corners;
mod export;
mod fleet;
mod follow;
mod help;
mod lake;
mod library;
mod pages;
mod plot;
mod recordings;
mod relay;
mod run;
mod settings;
mod simulate;
mod source;
mod timing;
mod tools;
mod upload;
mod values;

pub(crate) use corners::CornersArgs;
pub(crate) use export::ExportArgs;
pub(crate) use fleet::{PublishCommand, WallArgs};
pub(crate) use follow::{EventsArgs, LapsArgs, ServeArgs, WatchArgs, WatchCommand};
pub(crate) use help::ManualPage;
pub(crate) use lake::{LakeAddArgs, LakeArgs, LakeCheckArgs, LakeCommand, LakeCompactArgs};
pub(crate) use library::{BestsArgs, LapFormat, LapTablePlan, LibraryPlan, SessionsArgs};
pub(crate) use pages::{ChannelsArgs, DiffArgs, DoctorArgs, DumpArgs, OnceArgs, StatsArgs};
pub(crate) use plot::{PlotArgs, PlottedLap};
pub(crate) use recordings::{CutArgs, InfoArgs, MergeArgs, RecordArgs, RepairArgs, ReplayArgs};
pub(crate) use relay::{ReceiveArgs, RelayArgs};
pub(crate) use run::{RunArgs, StatusArgs};
pub(crate) use settings::SettingsArgs;
pub(crate) use simulate::{LogOutput, SimulateArgs};
pub(crate) use timing::{LogCheckArgs, TimingArgs, TimingSource};
pub(crate) use tools::{AutostartAction, AutostartArgs, CompletionsArgs, LogArgs, ManArgs, ReportArgs};
pub(crate) use upload::{CollectArgs, UploadArgs};

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use acevo_recording::LapSelector;
use acevo_settings::Settings;
use acevo_telemetry::is_unsafe_to_print;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::output::{name_of, say_lines};

/// Live telemetry for Assetto Corsa EVO, in the browser, in overlays and in the terminal.
///
/// Without a command it shows the live view of `acevo watch`, and waits for the game if it is not running.
#[derive(Debug, Parser)]
#[command(
    name = "acevo",
    version,
    propagate_version = true,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    long_about = None
)]
pub(crate) struct Acevo {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record every drive, and serve the page and the overlays, until Ctrl-C
    Run(Box<RunArgs>),
    /// Show what the running `acevo run` does
    Status(StatusArgs),
    /// End the running `acevo run`, and wait until its recording is complete
    Quit,
    /// Start `acevo run` at each login
    Autostart(AutostartArgs),
    /// Show a live view of the game; the default without a command
    Watch(WatchCommand),
    /// Print every field with value and unit, once
    Dump(DumpArgs),
    /// List all channels with unit and quality; with --values also their current values
    Channels(ChannelsArgs),
    /// Compare two raw dumps, field by field
    Diff(DiffArgs),
    /// Diagnose missing telemetry
    Doctor(DoctorArgs),
    /// Print the events of the session: laps, flags, pit stops, damage, tyres, fuel
    Events(EventsArgs),
    /// Show the laps of the session: times, sectors, validity, fuel, speeds
    Laps(Box<LapsArgs>),
    /// List the sessions of all recordings, by track, car, driver, date or kind
    Sessions(SessionsArgs),
    /// List the best lap of each car on each track, of all recordings
    Bests(BestsArgs),
    /// Show all cars: order, gaps, laps, sectors; also from the log of a server alone
    Timing(Box<TimingArgs>),
    /// Show what is understood of the game's log
    LogCheck(LogCheckArgs),
    /// Record every packet, one crash-safe file per session
    Record(RecordArgs),
    /// Publish a recording as if the game were running
    Replay(ReplayArgs),
    /// Send the pages of the game to other computers, until Ctrl-C
    Relay(RelayArgs),
    /// Publish the pages of a game on another computer as if it were running on this one
    Receive(ReceiveArgs),
    /// Deliver recordings to a store: a folder, a server, or presigned addresses
    Upload(Box<UploadArgs>),
    /// Accept recordings of rigs, and store them in a folder, until Ctrl-C
    Collect(CollectArgs),
    /// Describe a recording: car, track, sessions, laps, sizes
    Info(InfoArgs),
    /// Export recordings to CSV, JSON lines, Parquet, MoTeC or MCAP
    Export(ExportArgs),
    /// Collect many drives in Delta tables for DuckDB, Polars and Spark
    Lake(Box<LakeArgs>),
    /// Recover the readable part of a damaged recording into a new file
    Repair(RepairArgs),
    /// Copy some laps or minutes into a new recording
    Cut(CutArgs),
    /// Add the game's log to a recording that was made without it, as a new recording
    Merge(MergeArgs),
    /// Show where a lap loses time: braking points, speeds and losses, corner by corner
    Corners(CornersArgs),
    /// Draw laps: curves over the distance, the map, the g-g diagram
    Plot(PlotArgs),
    /// Measure packet rate, jitter, latency and CPU use
    Stats(StatsArgs),
    /// Serve a live page and overlays to browsers, OBS, phones and scripts
    Serve(ServeArgs),
    /// Publish laps, events and live values to a broker of MQTT or a database
    Publish(Box<PublishCommand>),
    /// Show all rigs of a broker of MQTT on one page, with the best laps of the day
    Wall(Box<WallArgs>),
    /// Print, check or create the file of settings
    Settings(SettingsArgs),
    /// Publish a simulated game, or write a recording of it
    Simulate(SimulateArgs),
    /// Print the end of the log of `run`, `serve` and `record`
    Log(LogArgs),
    /// Write an archive for a bug report: diagnosis, versions, settings, log, raw dump
    Report(ReportArgs),
    /// Print a script with which a shell completes command lines
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder
    Man(ManArgs),
}

/// Reads the command line. Ends the program if it is wrong, or asks for help.
pub(crate) fn read() -> Acevo {
    let args: Vec<_> = std::env::args_os().collect();
    parse(&args).unwrap_or_else(|error| exit(&error, &args))
}

/// Gives every option that was not given the value of the settings. Ends the program if an option needs a setting that is off.
pub(crate) fn apply(acevo: &mut Acevo, settings: &Settings) {
    if let Err(error) = acevo.apply(settings) {
        exit(&error, &std::env::args_os().collect::<Vec<_>>());
    }
}

/// Ends the program with help or an error. An error repeats arguments, which can be names of files with escape sequences; then it is
/// printed without colours.
#[expect(clippy::disallowed_methods, reason = "the arguments are safe to print")]
fn exit(error: &clap::Error, args: &[OsString]) -> ! {
    if args.iter().any(|arg| arg.to_string_lossy().contains(is_unsafe_to_print)) {
        say_lines(error.render().to_string().trim_end());
        std::process::exit(error.exit_code())
    }
    error.exit()
}

/// The command line of the program, for shell completions.
pub(crate) fn command() -> clap::Command {
    Acevo::command()
}

/// The manual pages, that of the program first.
pub(crate) fn manual() -> Vec<ManualPage> {
    help::manual(Acevo::command())
}

/// `acevo FILE.acevo` is short for `acevo watch FILE.acevo`; a file that is dropped on the program is played, too.
fn with_command(args: &[OsString]) -> Vec<OsString> {
    let mut args = args.to_vec();
    let is_recording =
        |arg: &OsString| Path::new(arg).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("acevo"));
    if args.get(1).is_some_and(is_recording) {
        args.insert(1, "watch".into());
    }
    args
}

fn parse(args: &[OsString]) -> Result<Acevo, clap::Error> {
    let args = with_command(args);
    let is_long = help::is_long(args.iter().skip(1).filter_map(|arg| arg.to_str()));
    let mut command = help::complete(Acevo::command(), is_long);
    let matches = command.try_get_matches_from_mut(&args)?;
    let mut acevo = Acevo::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    acevo.resolve()?;
    Ok(acevo)
}

impl Acevo {
    /// Assigns positional arguments, and checks what clap cannot check.
    fn resolve(&mut self) -> Result<(), clap::Error> {
        match &mut self.command {
            Some(Command::Watch(args)) => args.watch.follow.source.read_from(&mut args.recording),
            Some(Command::Events(args)) => args.follow.source.read_from(&mut args.recording),
            Some(Command::Publish(args)) => args.follow.source.read_from(&mut args.recording),
            Some(Command::Laps(args)) => {
                args.follow.source.read_from(&mut args.recording);
                args.check().map_err(|message| Self::command().error(ErrorKind::MissingRequiredArgument, message))?;
            }
            Some(Command::Timing(args)) => args.source.read_from(&mut args.recording),
            Some(Command::Serve(args)) => args.source.read_from(&mut args.recording),
            Some(Command::Relay(args)) => args.source.read_from(&mut args.recording),
            Some(Command::Dump(args)) => {
                let others = [(args.wait, "--wait"), (args.raw.is_some(), "--raw")];
                args.fields = take_file(&mut args.items, &mut args.once, &others)?;
            }
            Some(Command::Channels(args)) => {
                args.ids = take_file(&mut args.items, &mut args.once, &[(args.wait, "--wait")])?;
            }
            Some(Command::Autostart(args)) => {
                args.check().map_err(|message| Self::command().error(ErrorKind::ArgumentConflict, message))?;
            }
            Some(Command::Plot(args)) => {
                args.laps().map_err(|message| Self::command().error(ErrorKind::ArgumentConflict, message))?;
            }
            Some(Command::Repair(args)) => args.output = args.new.take().or(args.output.take()),
            _ => {}
        }
        match self.unused_simulator_option() {
            Some(option) => {
                let message = format!("{option} is an option of the simulator: add --demo");
                Err(Self::command().error(ErrorKind::MissingRequiredArgument, message))
            }
            None => Ok(()),
        }
    }

    /// The lap of a recording that is to be stored as a reference lap before the command begins.
    pub(crate) fn reference_lap(&self) -> Option<(&Path, LapSelector)> {
        let analysis = match &self.command {
            None => self.watch.follow.analysis_args(),
            Some(Command::Watch(args)) => args.watch.follow.analysis_args(),
            Some(Command::Events(args)) => args.follow.analysis_args(),
            Some(Command::Laps(args)) => args.follow.analysis_args(),
            Some(Command::Timing(args)) => args.analysis_args(),
            Some(Command::Publish(args)) => args.follow.analysis_args(),
            Some(Command::Serve(args)) => args.analysis_args(),
            Some(Command::Run(args)) => args.analysis_args(),
            Some(_) => return None,
        };
        analysis.reference_lap()
    }

    fn unused_simulator_option(&self) -> Option<&'static str> {
        match &self.command {
            None => self.watch.follow.source.unused_option(),
            Some(Command::Watch(args)) => args.watch.follow.source.unused_option(),
            Some(Command::Serve(args)) => args.source.unused_option(),
            Some(Command::Run(args)) => args.demo.unused_option(),
            Some(Command::Events(args)) => args.follow.source.unused_option(),
            Some(Command::Laps(args)) => args.follow.source.unused_option(),
            Some(Command::Timing(args)) => args.source.unused_option(),
            Some(Command::Publish(args)) => args.follow.source.unused_option(),
            Some(Command::Dump(args)) => args.once.demo.unused_option(),
            Some(Command::Channels(args)) => args.once.demo.unused_option(),
            Some(Command::Stats(args)) => args.demo.unused_option(),
            Some(Command::Record(args)) => args.demo.unused_option(),
            Some(Command::Relay(args)) => args.source.unused_option(),
            Some(_) => None,
        }
    }
}

/// Takes the file from the front of positional arguments, if they begin with one, and returns the rest. `others` are more options that a
/// file cannot be used with.
fn take_file(
    items: &mut Vec<OsString>,
    once: &mut OnceArgs,
    others: &[(bool, &str)],
) -> Result<Vec<String>, clap::Error> {
    if once.from.is_none() && items.first().is_some_and(|first| is_file(Path::new(first))) {
        let file = PathBuf::from(items.remove(0));
        let is_demo = (once.demo.demo, "--demo");
        let conflict = others.iter().chain([&is_demo]).find_map(|(is_given, option)| is_given.then_some(*option));
        if let Some(option) = conflict.or_else(|| once.place.given()) {
            let message = format!("'{}' cannot be used with '{option}'", name_of(&file));
            return Err(Acevo::command().error(ErrorKind::ArgumentConflict, message));
        }
        once.from = Some(file);
    }
    if once.at.is_some() && once.from.is_none() {
        let message = "--at is a position in a recording: name the recording first";
        return Err(Acevo::command().error(ErrorKind::MissingRequiredArgument, message));
    }
    Ok(items.iter().map(|item| item.to_string_lossy().into_owned()).collect())
}

/// True for a recording, a raw dump or `-`; false for the name of a field or a channel.
fn is_file(path: &Path) -> bool {
    let has_extension = |extension: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
    let has_folder = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty());
    path.as_os_str() == "-" || has_folder || ["acevo", "json"].into_iter().any(has_extension)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acevo_telemetry::analysis::Thresholds;

    use super::*;

    #[test]
    fn command_passes_the_checks_of_clap() {
        for is_long in [false, true] {
            help::complete(Acevo::command(), is_long).debug_assert();
        }
    }

    fn parsed(args: &[&str]) -> Result<Acevo, clap::Error> {
        parse(&["acevo"].iter().chain(args).map(OsString::from).collect::<Vec<_>>())
    }

    fn command(args: &[&str]) -> Result<Command, clap::Error> {
        parsed(args).map(|acevo| acevo.command.expect("a command"))
    }

    #[test]
    fn every_command_takes_a_positional_recording() {
        for args in [&["a.acevo"][..], &["watch", "a.acevo"], &["watch", "--from", "a.acevo"]] {
            let Ok(Command::Watch(args)) = command(args) else { panic!("{args:?}") };
            assert_eq!(args.watch.follow.source().recording(), Some(Path::new("a.acevo")));
        }
        for args in [&["dump", "a.acevo", "gear", "--at", "3"][..], &["dump", "gear", "--from", "a.acevo"]] {
            let Ok(Command::Dump(args)) = command(args) else { panic!("{args:?}") };
            assert_eq!(
                (args.once.from.as_deref(), &args.fields[..]),
                (Some(Path::new("a.acevo")), &["gear".to_owned()][..])
            );
        }
        for file in ["-", "bug.json", "A.ACEVO", "./bug"] {
            let Ok(Command::Channels(args)) = command(&["channels", file, "speed"]) else { panic!("{file}") };
            assert_eq!((args.once.from.as_deref(), &args.ids[..]), (Some(Path::new(file)), &["speed".to_owned()][..]));
        }
        let Ok(Command::Dump(args)) = command(&["dump", "physics.fuel", "a.acevo"]) else { panic!() };
        assert!(args.once.from.is_none() && args.fields.len() == 2);
        for wrong in [
            &["dump", "a.acevo", "--wait"][..],
            &["channels", "a.acevo", "--demo"],
            &["laps", "a.acevo", "--demo"],
            &["dump", "gear", "--at", "3"],
            &["laps", "--all-cars"],
            &["laps", "--all-cars", "a.acevo", "--lines"],
            &["merge", "a.acevo", "-o", "b.acevo"],
            &["simulate", "--log-delay", "1s"],
            &["simulate", "--log", "log.txt", "--log-delay", "1s", "-o", "a.acevo"],
            &["simulate", "--log-style", "server"],
            &["simulate", "--cars", "61"],
            &["plot", "a.acevo", "--lap", "1:30"],
            &["plot", "a.acevo:2", "--lap", "3"],
            &["plot", "a.acevo:2", "b.acevo", "--against", "3"],
            &["plot", "a", "b", "c", "d", "e"],
            &["plot", "a.acevo", "--from", "-3"],
            &["plot", "a.acevo", "--against", "b.acevo:90s"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn watch_is_the_default_command() {
        let args = parsed(&["--demo", "--json", "--every", "250ms"]).unwrap();
        assert!(args.command.is_none() && args.watch.follow.json);
        assert_eq!(args.watch.follow.source().kind(), crate::session::feeder::SourceKind::Demo);
        assert_eq!(args.watch.every, Some(Duration::from_millis(250)));
    }

    #[test]
    fn help_of_events_lists_every_threshold_with_its_default() {
        let Ok(serde_json::Value::Object(all)) = serde_json::to_value(Thresholds::default()) else { panic!() };
        for (name, value) in all {
            assert!(help::EVENTS.contains(&format!("{name} {}", value.as_f64().unwrap())), "{name} {value}");
        }
    }
}
