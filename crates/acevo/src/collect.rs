//! Recordings of rigs, which `web::collect` accepts. `docs/collect.md` describes the protocol.
//!
//! [`rigs`] has the tokens, [`depot`] is the folder of what is complete, [`incoming`] has what is not, and [`queue`] adds to a lake.

mod depot;
mod incoming;
mod names;
mod queue;
mod refusal;
mod rigs;

use std::net::SocketAddr;
use std::path::PathBuf;

pub(crate) use self::depot::{Depot, Stored};
pub(crate) use self::incoming::Part;
pub(crate) use self::names::Place;
pub(crate) use self::queue::{AddToLake, LakeQueue, Waker};
pub(crate) use self::refusal::Refusal;
pub(crate) use self::rigs::Tokens;

/// The port by default.
pub(crate) const PORT: u16 = 7336;

/// What is accepted, and where it is stored.
#[derive(Debug, Clone)]
pub(crate) struct CollectPlan {
    /// The folder of the recordings.
    pub(crate) folder: PathBuf,
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Maximum size of a recording.
    pub(crate) max_bytes: u64,
    /// Free bytes of the disk that are left.
    pub(crate) min_free_bytes: u64,
    /// Only errors are printed.
    pub(crate) is_quiet: bool,
}
