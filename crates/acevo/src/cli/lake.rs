//! Arguments of the commands about lakes: add, check, compact.

use std::path::PathBuf;
use std::time::Duration;

use acevo_fleet::slug;
use acevo_lake::{AddOptions, Origin};
use acevo_settings::Settings;
use acevo_telemetry::Channel;
use clap::{Args, Subcommand, ValueHint};

use super::values;
use crate::fleet::plan;

#[derive(Debug, Args)]
pub(crate) struct LakeArgs {
    #[command(subcommand)]
    pub(crate) command: LakeCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LakeCommand {
    /// Add recordings, or a data set of `acevo export`; what is there already is left out
    Add(Box<LakeAddArgs>),
    /// Check that all files are there, and are those of the log
    Check(LakeCheckArgs),
    /// Merge small files, and remove files that no reader needs
    Compact(LakeCompactArgs),
}

#[derive(Debug, Args)]
pub(crate) struct LakeAddArgs {
    /// Recordings, folders with recordings, and data sets of `acevo export`
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder of the lake; it is created if it does not exist
    #[arg(short, long, value_name = "LAKE", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
    /// Site of the rig [default: the setting mqtt.site or site, or `default`]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Name of the rig [default: the setting mqtt.rig or rig, or the name of this computer]
    #[arg(long, value_name = "NAME")]
    rig: Option<String>,
    /// Samples with only these channels, by the IDs that `acevo channels` lists
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::channel_id(), hide_possible_values = true)]
    channels: Vec<&'static Channel>,
    /// Maximum number of samples per second [default: one per physics packet]
    #[arg(long, value_name = "HZ", value_parser = values::rate)]
    rate: Option<f64>,
    /// Print what became of each recording as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

impl LakeAddArgs {
    /// Where the recordings come from.
    pub(crate) fn origin(&self) -> Origin {
        let (site, rig) = plan::names_or(&self.defaults, self.site.as_deref(), self.rig.as_deref());
        // As in topics and stores, so that a rig has one name everywhere.
        Origin::new(slug(&site), slug(&rig))
    }

    /// Which samples are added.
    pub(crate) fn options(&self) -> AddOptions {
        let mut options = AddOptions::default();
        (options.channels, options.rate) = (self.channels.clone(), self.rate);
        options
    }
}

#[derive(Debug, Args)]
pub(crate) struct LakeCheckArgs {
    /// Folder of the lake
    #[arg(value_name = "LAKE", value_hint = ValueHint::DirPath)]
    pub(crate) lake: PathBuf,
    /// Print tables and findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only damage
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LakeCompactArgs {
    /// Folder of the lake
    #[arg(value_name = "LAKE", value_hint = ValueHint::DirPath)]
    pub(crate) lake: PathBuf,
    /// Also remove files that were merged, or left by a killed program, at least this long ago: 1h or more, such as 7d
    #[arg(long, value_name = "AGE", value_parser = vacuum_age)]
    pub(crate) vacuum: Option<Duration>,
    /// Print what was merged and removed as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl LakeArgs {
    /// True if the command takes defaults from the settings.
    pub(super) fn uses_settings(&self) -> bool {
        matches!(self.command, LakeCommand::Add(_))
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        if let LakeCommand::Add(args) = &mut self.command {
            args.defaults = settings.clone();
        }
    }
}

/// The age of files that may be removed: a number of hours or days. Readers and writers need files for a while.
fn vacuum_age(text: &str) -> Result<Duration, String> {
    let unknown = || "expected hours or days, such as 24h or 7d".to_owned();
    let (number, unit_s) = match text.strip_suffix('d') {
        Some(number) => (number, 86_400),
        None => (text.strip_suffix('h').ok_or_else(unknown)?, 3600),
    };
    match number.parse::<u32>().map_err(|_| unknown())? {
        0 => Err("readers and writers at work need their files for at least 1h".into()),
        number => Ok(Duration::from_secs(u64::from(number) * unit_s)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vacuum_age_has_a_unit_and_is_an_hour_at_least() {
        assert_eq!(vacuum_age("7d"), Ok(Duration::from_secs(7 * 86_400)));
        assert_eq!(vacuum_age("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "0h", "0d", "5", "5m", "-1d", "1.5h", "d", "99999999999d"] {
            assert!(vacuum_age(wrong).is_err(), "{wrong}");
        }
    }
}
