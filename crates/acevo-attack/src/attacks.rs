//! The attacks.

mod clients;
mod documents;
mod full_disk;
mod kills;
mod outputs;
mod pages;
mod paths;
mod pauses;
mod recordings;
mod sockets;

use std::ffi::{OsStr, OsString};

use crate::lab::Lab;

/// An attack: what a round of it does.
#[derive(Debug)]
pub struct Attack {
    /// Name on the command line.
    pub name: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    pub(crate) round: fn(&mut Lab) -> anyhow::Result<()>,
}

/// All attacks.
pub const ATTACKS: &[Attack] = &[
    Attack {
        name: "pages",
        summary: "page files with random bytes, numbers, counters, names and sizes; links, FIFOs, two writers; eight readers",
        round: pages::round,
    },
    Attack {
        name: "recordings",
        summary: "hostile recordings with valid checksums in every command that reads recordings",
        round: recordings::round,
    },
    Attack { name: "documents", summary: "hostile raw dumps, personal bests and token files", round: documents::round },
    Attack { name: "paths", summary: "FIFOs, devices, folders and hostile names as files", round: paths::round },
    Attack {
        name: "outputs",
        summary: "output files that exist, are links, or are written twice at once",
        round: outputs::round,
    },
    Attack {
        name: "clients",
        summary: "malformed and foreign HTTP requests, silent and slow clients, more connections than fit",
        round: clients::round,
    },
    Attack {
        name: "sockets",
        summary: "malformed WebSocket frames, floods, fragments and clients that never read",
        round: sockets::round,
    },
    Attack { name: "kills", summary: "SIGKILL of recorders and exports at random moments", round: kills::round },
    Attack {
        name: "full-disk",
        summary: "recorders and exports on a full disk, and beyond a limit of file sizes",
        round: full_disk::round,
    },
    Attack { name: "pauses", summary: "writers and readers that are suspended", round: pauses::round },
];

/// Formats of exports.
const FORMATS: [&str; 5] = ["csv", "jsonl", "parquet", "motec", "mcap"];

/// Arguments of different types as one list.
fn arguments<const N: usize>(items: [&dyn AsRef<OsStr>; N]) -> Vec<OsString> {
    items.iter().map(|item| item.as_ref().to_owned()).collect()
}
