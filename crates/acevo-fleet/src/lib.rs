//! Telemetry of many rigs: messages, a crash-safe spool, and publishing to a broker.
//!
//! - [`Publisher`] turns laps, events, sessions and samples into messages, and sends them.
//! - [`Wall`] is what the messages of all rigs say, and [`WallSubscriber`] gets them.
//! - [`Spool`] keeps laps, events and sessions until the broker has acknowledged them.
//! - [`Broker`] and [`Connection`] are what a client library of a broker has to do; `MqttBroker` does it by MQTT 3.1.1 (feature `mqtt`).
//!
//! Nothing here knows a game: the caller passes values that can be serialized. `docs/mqtt.md` of the repository describes the messages.

#![forbid(unsafe_code)]

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod broker;
mod home_assistant;
mod id;
mod message;
#[cfg(feature = "mqtt")]
mod mqtt;
mod publisher;
mod retry;
mod sample;
mod slug;
mod spool;
mod wall;

pub use self::broker::{
    Address, AddressError, Broker, BrokerError, BrokerEvent, Connection, Hello, Message, QualityOfService, Subscription,
    Ticket,
};
pub use self::id::Uuid;
pub use self::message::{Backlog, ChannelInfo, DrivenNames, SessionState};
#[cfg(feature = "mqtt")]
pub use self::mqtt::{Credentials, MqttBroker, TlsFiles};
pub use self::publisher::{Identity, LapFacts, Moment, Options, Publisher, PublisherState, RigState};
pub use self::slug::slug;
pub use self::spool::{Entry, Spool, SpoolError, SpoolLimits};
pub use self::wall::{
    BestLap, BestTable, Day, LastLap, LiveValues, RigActivity, Wall, WallBroker, WallRig, WallState, WallStore,
    WallStoreError, WallSubscriber,
};
