//! Arguments of `acevo settings`, and how settings become the defaults of other commands.

use std::path::PathBuf;

use acevo_settings::Settings;
use acevo_telemetry::UnitSystem;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};

use super::recordings::folder_of;
use super::{Acevo, Command};
use crate::output::name_of;

#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// Write a new file with every key, commented out; an existing file is never overwritten
    #[arg(long, conflicts_with_all = ["check", "json"])]
    pub(crate) init: bool,
    /// Check the file, or another one, and the environment; print each error with its line
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) check: Option<Option<PathBuf>>,
    /// Print JSON
    #[arg(long, conflicts_with = "check")]
    pub(crate) json: bool,
}

impl Acevo {
    /// True if the command takes defaults from the settings.
    pub(crate) fn uses_settings(&self) -> bool {
        match &self.command {
            None => true,
            Some(
                Command::Watch(_)
                | Command::Events(_)
                | Command::Laps(_)
                | Command::Sessions(_)
                | Command::Bests(_)
                | Command::Timing(_)
                | Command::Serve(_)
                | Command::Publish(_)
                | Command::Upload(_)
                | Command::Wall(_)
                | Command::Record(_)
                | Command::Run(_)
                | Command::Export(_)
                | Command::Plot(_)
                | Command::Channels(_),
            ) => true,
            Some(Command::Lake(args)) => args.uses_settings(),
            Some(
                Command::Dump(_)
                | Command::Diff(_)
                | Command::Doctor(_)
                | Command::Replay(_)
                | Command::Relay(_)
                | Command::Receive(_)
                | Command::Collect(_)
                | Command::Info(_)
                | Command::Repair(_)
                | Command::Cut(_)
                | Command::Merge(_)
                | Command::Corners(_)
                | Command::Stats(_)
                | Command::Settings(_)
                | Command::Status(_)
                | Command::Quit
                | Command::Autostart(_)
                | Command::Log(_)
                | Command::LogCheck(_)
                | Command::Report(_)
                | Command::Completions(_)
                | Command::Man(_)
                | Command::Simulate(_),
            ) => false,
        }
    }

    /// Gives every option that was not given the value of the settings. This is the only place where options and settings meet.
    ///
    /// # Errors
    /// If an option needs a setting that is off, or a recording is needed, which is in the folder of the settings.
    pub(crate) fn apply(&mut self, settings: &Settings) -> Result<(), clap::Error> {
        match &mut self.command {
            None => self.watch.apply(settings),
            Some(Command::Watch(args)) => args.watch.apply(settings),
            Some(Command::Events(args)) => args.follow.apply(settings),
            Some(Command::Laps(args)) => args.follow.apply(settings),
            Some(Command::Publish(args)) => args.apply(settings),
            Some(Command::Upload(args)) => args.apply(settings),
            Some(Command::Lake(args)) => args.apply(settings),
            Some(Command::Sessions(args)) => args.apply(settings),
            Some(Command::Bests(args)) => args.apply(settings),
            Some(Command::Timing(args)) => args.apply(settings),
            Some(Command::Serve(args)) => {
                args.apply(settings);
                if args.has_useless_token_file() {
                    return Err(useless_token_file());
                }
            }
            Some(Command::Wall(args)) => {
                args.apply(settings);
                if args.has_useless_token_file() {
                    return Err(useless_token_file());
                }
            }
            Some(Command::Record(args)) => args.apply(settings),
            Some(Command::Run(args)) => {
                args.apply(settings);
                if args.has_useless_token_file() {
                    return Err(useless_token_file());
                }
            }
            Some(Command::Export(args)) => args.apply(settings),
            Some(Command::Plot(args)) => {
                args.apply(settings);
                if args.lacks_laps() {
                    return Err(no_recording(settings));
                }
            }
            Some(Command::Channels(args)) => {
                // Without the option, channels have their own units, as the game has.
                let is_default = settings.units == UnitSystem::default();
                args.units = args.units.or(Some(settings.units).filter(|_| !is_default));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

fn useless_token_file() -> clap::Error {
    let message = "--token-file is for other devices in the network: add --lan";
    Acevo::command().error(ErrorKind::MissingRequiredArgument, message)
}

/// The error without a recording: where recordings are, and an example.
fn no_recording(settings: &Settings) -> clap::Error {
    let place = match folder_of(settings) {
        Some(folder) => {
            let example = name_of(&folder.join("FILE.acevo"));
            format!("Recordings are in {}. For example: acevo plot \"{example}\" --lap best", name_of(&folder))
        }
        None => "For example: acevo plot FILE.acevo --lap best".to_owned(),
    };
    let message = format!("name the recording whose laps are drawn, or --demo.\n{place}");
    Acevo::command().error(ErrorKind::MissingRequiredArgument, message)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use acevo_telemetry::analysis::Reference;

    use super::*;

    const FILE: &str = "units = \"imperial\"\n[recording]\nfolder = \"~/races\"\n[server]\nport = 8000\nlan = true\n\
        keep_token = false\n[analysis]\nreference = \"last\"\n[sectors]\ndefault = [0.5]\n\"Monza\" = [0.25]\n\
        [thresholds]\nlow_fuel_laps = 5\nhot_oil_c = 120\n";

    /// The arguments with the settings of [`FILE`] applied.
    fn applied(args: &[&str]) -> Acevo {
        let args: Vec<_> = ["acevo"].iter().chain(args).map(Into::into).collect();
        let mut acevo = super::super::parse(&args).unwrap();
        assert!(acevo.uses_settings(), "{args:?}");
        acevo.apply(&Settings::from_toml(FILE).unwrap()).unwrap();
        acevo
    }

    #[test]
    fn serve_takes_port_and_lan_from_the_settings_unless_options_are_given() {
        let server = |args: &[&str]| {
            let Some(Command::Serve(args)) = applied(args).command else { panic!("{args:?}") };
            args.server()
        };
        let server_by_file = server(&["serve"]);
        assert_eq!((server_by_file.port, server_by_file.is_lan, server_by_file.keeps_token), (8000, true, false));
        let by_option = server(&["serve", "--port", "0", "--lan=false"]);
        assert_eq!((by_option.port, by_option.is_lan), (0, false));
        assert!(server(&["serve", "--token-file", "x"]).token_file.is_some(), "the file turns --lan on");
    }

    #[test]
    fn analysis_takes_reference_sectors_and_thresholds_from_the_settings_unless_options_are_given() {
        for command in [&[][..], &["watch"], &["laps"], &["events"]] {
            let analysis = |options: &[&str]| {
                let acevo = applied(&[command, options].concat());
                match &acevo.command {
                    None => acevo.watch.follow.analysis(),
                    Some(Command::Watch(args)) => args.watch.follow.analysis(),
                    Some(Command::Laps(args)) => args.follow.analysis(),
                    Some(Command::Events(args)) => args.analysis(),
                    _ => panic!("{command:?}"),
                }
            };
            let by_file = analysis(&[]);
            assert_eq!((by_file.reference, by_file.settings.thresholds.low_fuel_laps), (Reference::Last, 5.0));
            assert_eq!(by_file.settings.sectors.lines("Monza", ""), [0.25]);
            assert_eq!(by_file.settings.sectors.lines("Spa", ""), [0.5]);
            let by_option = analysis(&["--reference", "best", "--sectors", "0.1,0.2"]);
            assert_eq!(by_option.reference, Reference::Best);
            assert_eq!(by_option.settings.sectors.lines("Monza", ""), [0.1, 0.2], "the option is for all tracks");
        }
        let Some(Command::Events(args)) = applied(&["events", "--threshold", "low_fuel_laps=2"]).command else {
            panic!()
        };
        let thresholds = args.analysis().settings.thresholds;
        assert_eq!((thresholds.low_fuel_laps, thresholds.hot_oil_c), (2.0, 120.0));
    }

    #[test]
    fn units_are_those_of_the_settings_unless_an_option_is_given() {
        let units = |args: &[&str]| match applied(args).command {
            Some(Command::Export(args)) => args.plan().units,
            Some(Command::Plot(args)) => args.units(),
            Some(Command::Channels(args)) => args.units.unwrap(),
            _ => panic!("{args:?}"),
        };
        for command in [&["export", "a.acevo", "--to", "csv"][..], &["plot", "--demo"], &["channels"]] {
            assert_eq!(units(command), UnitSystem::Imperial, "{command:?}");
            assert_eq!(units(&[command, &["--units", "metric"]].concat()), UnitSystem::Metric, "{command:?}");
        }
        assert_eq!(applied(&[]).watch.follow.units(), UnitSystem::Imperial);
    }

    #[test]
    fn record_takes_the_folder_of_the_settings_unless_an_option_is_given() {
        let Some(Command::Record(args)) = applied(&["record"]).command else { panic!() };
        assert!(args.output.is_none() && args.folder.is_some_and(|folder| folder.ends_with("races")));
        let Some(Command::Record(args)) = applied(&["record", "-o", "here"]).command else { panic!() };
        assert_eq!((args.output.as_deref(), args.folder), (Some(Path::new("here")), None));
    }

    #[test]
    fn run_records_simulated_drives_into_a_folder_of_their_own_unless_one_is_named() {
        let folder = |args: &[&str]| {
            let Some(Command::Run(args)) = applied(args).command else { panic!("{args:?}") };
            args.recording().folder.unwrap()
        };
        assert!(folder(&["run"]).ends_with("races"));
        assert!(folder(&["run", "--demo"]).ends_with("races/demo"));
        assert_eq!(folder(&["run", "--demo", "-o", "here"]), Path::new("here"));
    }

    #[test]
    fn plot_without_a_recording_is_an_error_that_names_the_folder() {
        let args = ["acevo", "plot"].map(Into::into);
        let settings = Settings::from_toml(FILE).unwrap();
        let error = super::super::parse(&args).unwrap().apply(&settings).unwrap_err().to_string();
        assert!(error.contains("races. For example: acevo plot \"") && error.contains("--demo"), "{error}");
    }

    #[test]
    fn token_file_without_lan_is_an_error() {
        let args = ["acevo", "serve", "--token-file", "x"].map(Into::into);
        let error = super::super::parse(&args).unwrap().apply(&Settings::default()).unwrap_err();
        assert!(error.to_string().contains("--lan"), "{error}");
    }
}
