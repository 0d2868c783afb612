//! Telemetry of many rigs: messages, a crash-safe spool, and publishing to a broker.
//!
//! - [`Publisher`] turns laps, events, sessions and samples into messages, and sends them.
//! - [`Wall`] is what the messages of all rigs say, and [`WallSubscriber`] gets them.
//! - [`Spool`] keeps laps, events and sessions until the broker has acknowledged them.
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
mod message;
#[cfg(feature = "mqtt")]
mod mqtt;
mod publisher;
mod retry;
mod sample;
mod slug;
#[cfg(any(feature = "http", feature = "mqtt"))]
mod source;
mod spool;
#[cfg(all(feature = "tls", any(feature = "http", feature = "mqtt")))]
mod tls;
mod tls_files;
mod wall;

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
pub use self::message::{Backlog, ChannelInfo, DrivenNames, SessionState};
#[cfg(feature = "mqtt")]
pub use self::mqtt::{Credentials, MqttBroker};
pub use self::publisher::{Identity, LapFacts, Moment, Options, Publisher, PublisherState, RigState};
pub use self::slug::slug;
pub use self::spool::{Entry, Spool, SpoolError, SpoolLimits};
pub use self::tls_files::TlsFiles;
pub use self::wall::{
    BestLap, BestTable, Day, LastLap, LiveValues, RigActivity, Wall, WallBroker, WallRig, WallState, WallStore,
    WallStoreError, WallSubscriber,
};
