//! What a client library of a broker has to do, and why it may fail.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The address of a broker: `mqtt://HOST[:PORT]`, or `mqtts://HOST[:PORT]` with TLS.
///
/// ```
/// let address: acevo_fleet::Address = "mqtts://broker.example".parse()?;
/// assert_eq!((address.host.as_str(), address.port, address.is_tls), ("broker.example", 8883, true));
/// # Ok::<(), acevo_fleet::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or an IP address, without brackets.
    pub host: String,
    /// The port; by default 1883, with TLS 8883.
    pub port: u16,
    /// The connection is encrypted.
    pub is_tls: bool,
}

/// Why a text is not the address of a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It has another form.
    #[error("the address of a broker is mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS")]
    Form,
    /// It contains a user or a password.
    #[error("the address of a broker has no user and no password: use the settings mqtt.user and mqtt.password_file")]
    Secret,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(AddressError::Form)?;
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "mqtt" | "tcp" => false,
            "mqtts" | "ssl" | "tls" => true,
            _ => return Err(AddressError::Form),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err(AddressError::Secret);
        }
        let default = if is_tls { 8883 } else { 1883 };
        let port = |text: &str| text.parse().ok().filter(|port| *port > 0).ok_or(AddressError::Form);
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => match rest.split_once(']').ok_or(AddressError::Form)? {
                (host, "") => (host, default),
                (host, end) => (host, port(end.strip_prefix(':').ok_or(AddressError::Form)?)?),
            },
            None => match rest.split_once(':') {
                Some((host, end)) => (host, port(end)?),
                None => (rest, default),
            },
        };
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':');
        if host.is_empty() || host.len() > 255 || !host.chars().all(is_host) {
            return Err(AddressError::Form);
        }
        Ok(Self { host: host.to_owned(), port, is_tls })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "mqtts" } else { "mqtt" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

/// Why there is no connection to a broker. The text has advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// Nothing listens there.
    #[error("nothing listens at {0}: is the broker running, and is the port right?")]
    Refused(Address),
    /// The name has no address.
    #[error("the name {0} is not found: check mqtt.broker and the network")]
    NameNotFound(String),
    /// The broker does not answer.
    #[error("{0} does not answer: check the address, the network and the firewall")]
    Timeout(Address),
    /// User and password are refused.
    #[error(
        "{0} refuses user and password: check mqtt.user and mqtt.password_file, or the variable ACEVO_MQTT_PASSWORD"
    )]
    Credentials(Address),
    /// Something listens there that does not answer as a broker.
    #[error("{0} does not answer as a broker of MQTT: is the port right, and does it need {scheme}?", scheme = other_scheme(.0))]
    NoBroker(Address),
    /// There is no connection for another reason.
    #[error("cannot connect to {0}: {1}")]
    NotConnected(Address, String),
    /// The broker refuses the client for another reason.
    #[error("{0} refuses the connection: {1}")]
    NotAccepted(Address, String),
    /// The certificate of the broker is not trusted, or not of this name.
    #[error("the certificate of {0} is not accepted: {1}. Check mqtt.ca_file and the name in mqtt.broker")]
    Certificate(Address, String),
    /// The broker does not accept our certificate, or its absence.
    #[error("{0} wants another client certificate: {1}. Check mqtt.client_certificate and mqtt.client_key")]
    ClientCertificate(Address, String),
    /// TLS is not spoken at this port, or fails.
    #[error("TLS with {0} has failed: {1}. Is it the port for TLS?")]
    Tls(Address, String),
    /// TLS is not possible here.
    #[error("TLS is not possible: {0}")]
    Unsupported(String),
    /// A file with a certificate, a key or a password cannot be used.
    #[error("cannot use {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The connection has ended.
    #[error("the connection to {0} was lost: {1}")]
    Lost(Address, String),
}

impl BrokerError {
    /// True if another attempt fails in the same way until settings or files change.
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Credentials(_)
                | Self::NotAccepted(..)
                | Self::Certificate(..)
                | Self::ClientCertificate(..)
                | Self::Unsupported(_)
                | Self::File { .. }
        )
    }
}

/// What the scheme of an address may have to be instead.
const fn other_scheme(address: &Address) -> &'static str {
    if address.is_tls { "mqtt://, which is without TLS" } else { "mqtts://" }
}

/// How often a message may arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QualityOfService {
    /// At most once: it may be lost (QoS 0).
    AtMostOnce,
    /// At least once, until it is acknowledged (QoS 1).
    AtLeastOnce,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The complete topic.
    pub topic: String,
    /// The payload, which is JSON.
    pub text: String,
    /// How often it may arrive.
    pub quality: QualityOfService,
    /// The broker keeps it for those who subscribe later.
    pub is_retained: bool,
}

/// Identifies a message whose acknowledgement is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// How a client introduces itself.
#[derive(Debug, Clone)]
pub struct Hello {
    /// The id of the client, which one connection at a time can have.
    pub client_id: String,
    /// The message that the broker sends if the connection ends without [`Connection::close`]; `None` for a client that never publishes.
    pub last_will: Option<Message>,
    /// What is received.
    pub subscriptions: Vec<Subscription>,
    /// Time after which a silent client is asked whether it is there.
    pub keep_alive: Duration,
    /// While the client is away, the broker keeps its subscriptions, and messages that may arrive [`AtLeastOnce`] for it. The id of the client
    /// has to be the same each time.
    ///
    /// [`AtLeastOnce`]: QualityOfService::AtLeastOnce
    pub is_kept: bool,
    /// Maximum size of the text of a message that is received, bytes. Larger ones are reported as [`BrokerEvent::TooLarge`].
    pub max_received: usize,
}

/// Topics whose messages are received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The filter of the topics: `+` is any level, `#` at the end is all further levels.
    pub topics: String,
    /// How often a message may arrive at most.
    pub quality: QualityOfService,
}

/// What a connection reports.
#[derive(Debug)]
pub enum BrokerEvent {
    /// The broker has accepted the client.
    Connected,
    /// The broker has acknowledged a message.
    Acknowledged(Ticket),
    /// A message has arrived.
    Received(Message),
    /// A message with this number of bytes has arrived. It is larger than [`Hello::max_received`], and was thrown away.
    TooLarge(usize),
    /// The broker does not send the messages of a subscription.
    NotSubscribed,
    /// The connection has failed or ended. Nothing follows.
    Failed(BrokerError),
}

/// A broker that can be connected to.
pub trait Broker: Send {
    /// Begins a connection, and returns without waiting for the broker.
    ///
    /// # Errors
    /// If the configuration is wrong. What the network reports is an event.
    fn connect(&mut self, hello: Hello) -> Result<Box<dyn Connection>, BrokerError>;
}

/// A connection to a broker. It ends when it is dropped; then the broker sends the last will.
pub trait Connection: Send {
    /// Sends a message. Never waits: returns false if too many messages wait, or the connection has ended. A ticket is returned by
    /// [`BrokerEvent::Acknowledged`].
    fn publish(&mut self, message: Message, ticket: Option<Ticket>) -> bool;

    /// The next event that has happened. Never waits.
    fn next_event(&mut self) -> Option<BrokerEvent>;

    /// Sends what waits, at most for this time, and ends the connection without the last will.
    fn close(self: Box<Self>, timeout: Duration);
}

/// An error with its sources.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn address_has_default_ports_and_refuses_secrets() {
        let address = |text: &str| text.parse::<Address>().map(|address| address.to_string());
        assert_eq!(address("mqtt://localhost").unwrap(), "mqtt://localhost:1883");
        assert_eq!(address("mqtts://Broker.example:99/").unwrap(), "mqtts://Broker.example:99");
        assert_eq!(address("mqtt://[::1]:5").unwrap(), "mqtt://[::1]:5");
        assert_eq!(address("mqtt://user:secret@host").unwrap_err(), AddressError::Secret);
        for wrong in
            ["", "host", "http://host", "mqtt://", "mqtt://host:0", "mqtt://host:x", "mqtt://a b", "mqtt://h/x"]
        {
            assert_eq!(address(wrong).unwrap_err(), AddressError::Form, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn address_of_any_text_does_not_panic(text: String) {
            if let Ok(address) = format!("mqtt://{text}").parse::<Address>() {
                prop_assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
            }
        }
    }
}
