//! Arguments of the commands that deliver and collect recordings: upload, collect.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use acevo_settings::{Settings, rate};
use anyhow::anyhow;
use clap::{Args, ValueHint};

use super::values;
use crate::collect::{CollectPlan, PORT};
use crate::fleet::plan::names_or;
use crate::upload::plan::{Destination, UploadPlan};

#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// Recordings, and folders of recordings
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// The store: a folder, or an address of http:// or https:// [default: upload.folder or upload.url of the settings]
    #[arg(long, value_name = "STORE", value_parser = values::STORE)]
    to: Option<String>,
    /// The store is a service that returns addresses, such as presigned ones of S3
    #[arg(long, requires = "to")]
    presign: bool,
    /// First name of the folder in the store, such as a club [default: the setting site, or default]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Second name of the folder in the store [default: the setting rig, or the name of this computer]
    #[arg(long, value_name = "NAME")]
    rig: Option<String>,
    /// File with the token; the variable ACEVO_UPLOAD_TOKEN replaces it [default: upload.token_file of the settings]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// File with certificates that are trusted (PEM) [default: upload.ca_file of the settings, or those of the system]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ca_file: Option<PathBuf>,
    /// Maximum rate, such as 20Mbit/s or 2.5MB/s; none for no limit [default: upload.limit of the settings]
    #[arg(long, value_name = "RATE", value_parser = limit)]
    limit: Option<Limit>,
    /// Print a JSON object per recording
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

/// A rate in bytes per second, or none.
#[derive(Debug, Clone, Copy)]
struct Limit(Option<u64>);

fn limit(text: &str) -> Result<Limit, String> {
    rate(text).map(Limit).ok_or_else(|| "expected 8kbit/s to 1000Gbit/s, such as 20Mbit/s or 2.5MB/s, or none".into())
}

impl UploadArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.defaults = settings.clone();
    }

    /// Where the recordings are delivered to.
    ///
    /// # Errors
    /// If there is no store, or its address is wrong.
    pub(crate) fn plan(&self) -> anyhow::Result<UploadPlan> {
        let mut upload = self.defaults.upload.clone();
        if let Some(Limit(limit)) = self.limit {
            upload.limit = limit;
        }
        let names = names_or(&self.defaults, self.site.as_deref(), self.rig.as_deref());
        let plan = match &self.to {
            Some(to) => UploadPlan::to(Destination::parse(to, self.presign)?, &upload, names, "game"),
            None => UploadPlan::new(&upload, names, "game")?.ok_or_else(|| {
                anyhow!("name the store: acevo upload FILE --to STORE, or the setting upload.folder or upload.url")
            })?,
        };
        Ok(plan.with_files(self.token_file.as_deref(), self.ca_file.as_deref()))
    }
}

/// Where recordings are accepted by default.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT);

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// Folder of the recordings; it must exist
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// Lake to which recordings are added after they are stored
    #[arg(long, value_name = "LAKE", value_hint = ValueHint::DirPath)]
    pub(crate) lake: Option<PathBuf>,
    /// Address to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value_t = LISTEN, value_parser = listen)]
    listen: SocketAddr,
    /// File with the token that all rigs have; it is created if it does not exist [default: collect-token in the data folder]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// File with a token per rig: lines of SITE/RIG and TOKEN
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "token_file")]
    rigs: Option<PathBuf>,
    /// Maximum size of a recording
    #[arg(long, value_name = "SIZE", default_value = "16GB", value_parser = values::byte_size)]
    max_size: u64,
    /// Free space of the disk that is left to others
    #[arg(long, value_name = "SIZE", default_value = "1GB", value_parser = values::byte_size)]
    min_free: u64,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
}

impl CollectArgs {
    pub(crate) fn plan(&self) -> CollectPlan {
        CollectPlan {
            folder: self.folder.clone(),
            listen: self.listen,
            max_bytes: self.max_size,
            min_free_bytes: self.min_free,
            is_quiet: self.quiet,
        }
    }

    /// The file with one token for all rigs.
    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }

    /// The file with a token per rig.
    pub(crate) fn rigs(&self) -> Option<&Path> {
        self.rigs.as_deref()
    }
}

/// An address with or without a port.
fn listen(text: &str) -> Result<SocketAddr, String> {
    values::listen(text, PORT)
}
