//! Arguments of `acevo corners`.

use std::path::PathBuf;

use acevo_recording::{LapReference, LapSelector};
use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct CornersArgs {
    /// Recording with the laps
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Lap to show, such as best, 3, 2/3 (session/lap) or 3#2 (second attempt)
    #[arg(long, value_name = "LAP", default_value = "best")]
    pub(crate) lap: LapSelector,
    /// Lap to compare it with; FILE:LAP for a lap of another recording, such as other.acevo:best
    #[arg(long, value_name = "LAP", value_hint = ValueHint::AnyPath)]
    pub(crate) against: Option<LapReference>,
    /// Show the consistency of the stint of the lap: standard deviations of times, braking points and minimum speeds
    #[arg(long)]
    pub(crate) consistency: bool,
    /// File of the corners; it is created if it does not exist [default: that of the track, in your data directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) corners: Option<PathBuf>,
    /// Print the path of the file of the corners of this track, and nothing else
    #[arg(long, conflicts_with_all = ["against", "consistency", "json"])]
    pub(crate) path: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
