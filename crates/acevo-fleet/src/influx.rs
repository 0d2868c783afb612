//! Writing to databases of time series in the line protocol of InfluxDB, over HTTP.
//!
//! [`InfluxWriter`] makes lines of facts and samples, keeps laps and events in a spool until the database has them, and decides what is sent
//! when. [`LineServer`] is what it needs of a database; [`InfluxServer`] is one over HTTP, in a thread of its own.
//!
//! Bodies are not compressed: QuestDB refuses gzip, and a rig sends 2 kB a second.

mod address;
mod line;
mod points;
mod server;
mod writer;

pub use self::address::{WriteAddress, WriteAddressError};
pub use self::server::{InfluxServer, LineServer, WriteError};
pub use self::writer::{InfluxOptions, InfluxState, InfluxWriter};
