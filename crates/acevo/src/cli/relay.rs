//! Arguments of the commands for a second computer: relay, receive.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};

use super::source::{PublishArgs, RecordingArg, SourceArgs};
use super::values;
use crate::relay::{PORT, SenderAddress};
use crate::session::publish::PublishTarget;
use crate::session::source::{LiveSource, SourceSpec};

/// Where the relay listens by default.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT);

#[derive(Debug, Args)]
pub(crate) struct RelayArgs {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// Address to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value_t = LISTEN, value_parser = listen)]
    pub(crate) listen: SocketAddr,
    /// File with the token; it is created if it does not exist [default: relay-token in the data folder]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// Packets of this time are kept for a receiver whose connection was cut, 1ms to 60s
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::relay_time)]
    pub(crate) buffer: Duration,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

impl RelayArgs {
    pub(crate) fn source(&self) -> SourceSpec {
        self.source.spec()
    }

    /// Seconds of the source per second.
    pub(crate) fn speed(&self) -> f64 {
        match self.source() {
            SourceSpec::Recording { speed, .. } => speed,
            SourceSpec::Live(LiveSource::Demo(demo)) => demo.speed,
            SourceSpec::Live(LiveSource::Game(_)) | SourceSpec::Log(_) => 1.0,
        }
    }

    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReceiveArgs {
    /// The computer on which `acevo relay` runs [default port: 7334]
    #[arg(value_name = "HOST[:PORT]")]
    pub(crate) address: SenderAddress,
    /// File with the token of the relay [default: relay-token in the data folder]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// Delay that evens out the network, 1ms to 60s
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = values::relay_time)]
    pub(crate) delay: Duration,
    #[command(flatten)]
    publish: PublishArgs,
    /// Print the state as JSON, an object per second
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl ReceiveArgs {
    pub(crate) fn target(&self) -> PublishTarget {
        self.publish.target()
    }

    pub(crate) fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }
}

/// An address with or without a port.
fn listen(text: &str) -> Result<SocketAddr, String> {
    values::listen(text, PORT)
}
