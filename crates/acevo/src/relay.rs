//! Sending the pages of the game to other computers, and receiving them.

mod address;
mod destination;
mod link;
mod publish;
mod server;

pub(crate) use self::address::SenderAddress;
pub(crate) use self::destination::RelayDestination;
pub(crate) use self::link::{Link, LinkEvent};
pub(crate) use self::publish::{Published, RelayedPages};
pub(crate) use self::server::RelayServer;

/// The port of `acevo relay`.
pub(crate) const PORT: u16 = 7334;
