//! Telemetry of many rigs: messages, a crash-safe spool, and publishing to a broker and a database.
//!
//! - [`Sessions`] turns what a rig does into facts, each with the id of its session. A [`Sink`] takes them.
//! - [`Publisher`] turns facts and samples into messages, and sends them.
//! - `InfluxWriter` writes them to a database of time series (feature `influx`).
//! - [`Wall`] is what the messages of all rigs say, and [`WallSubscriber`] gets them.
//! - [`Spool`] keeps laps, events and sessions until they are acknowledged.
//! - [`Broker`] and [`Connection`] are what a client library of a broker has to do; `MqttBroker` does it by MQTT 3.1.1 (feature `mqtt`).
//! - `Store` delivers files to a folder, a server or an object store (feature `upload`).
//! - `HttpClient` sends requests to HTTP servers, with bounded answers and without redirects (feature `http`).
//!
//! Nothing here knows a game: the caller passes values that can be serialized. `docs/mqtt.md` of the repository describes the messages.

#![forbid(unsafe_code)]

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod broker;
#[cfg(feature = "upload")]
mod deliver;
mod home_assistant;
#[cfg(feature = "http")]
mod http;
mod id;
#[cfg(feature = "influx")]
mod influx;
mod message;
#[cfg(feature = "mqtt")]
mod mqtt;
mod outbox;
mod publisher;
mod retry;
mod sample;
mod session;
mod sink;
mod slug;
#[cfg(any(feature = "http", feature = "mqtt"))]
mod source;
mod spool;
#[cfg(all(feature = "tls", any(feature = "http", feature = "mqtt")))]
mod tls;
mod tls_files;
mod wall;

use std::time::{SystemTime, UNIX_EPOCH};

pub use self::broker::{
    Address, AddressError, Broker, BrokerError, BrokerEvent, Connection, Hello, Message, QualityOfService,
    Subscription, Ticket,
};
#[cfg(feature = "upload")]
pub use self::deliver::{
    DeliveryError, FileIndex, Fingerprint, FolderStore, IndexEntry, Interrupted, Lasting, NotADigest, Origin, Pace,
    Parcel, PresignedStore, Receipt, Sha256, Step, Store, Throttle, UploadStore, modified_us, names, path_part, wire,
};
#[cfg(feature = "http")]
pub use self::http::{
    HttpAddress, HttpAddressError, HttpAnswer, HttpBody, HttpClient, HttpCredentials, HttpError, HttpMethod,
};
pub use self::id::Uuid;
#[cfg(feature = "influx")]
pub use self::influx::{
    InfluxOptions, InfluxServer, InfluxState, InfluxWriter, LineServer, WriteAddress, WriteAddressError, WriteError,
};
pub use self::message::{Backlog, ChannelInfo};
#[cfg(feature = "mqtt")]
pub use self::mqtt::{Credentials, MqttBroker};
pub use self::publisher::{Identity, Options, Publisher, PublisherState};
pub use self::session::{
    DrivenNames, EventFact, Fact, LapFact, LapFacts, Moment, RigState, Session, SessionState, Sessions,
};
pub use self::sink::Sink;
pub use self::slug::slug;
pub use self::spool::{Entry, Spool, SpoolError, SpoolLimits};
pub use self::tls_files::TlsFiles;
pub use self::wall::{
    BestLap, BestTable, Day, LastLap, LiveValues, RigActivity, Wall, WallBroker, WallRig, WallState, WallStore,
    WallStoreError, WallSubscriber,
};

/// The time now, milliseconds since 1970.
fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
