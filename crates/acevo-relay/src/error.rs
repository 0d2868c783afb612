//! Errors of a connection.

use std::io;

/// Why a connection cannot go on. No error contains a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The other side is not a relay, or a receiver.
    #[error("the other side does not speak the protocol of acevo relay")]
    NotARelay,
    /// The other side has another version of the protocol.
    #[error(
        "the other side has version {theirs} of the protocol, this one has version {ours}: use the same version of acevo on both"
    )]
    Version {
        /// Version of this side.
        ours: u16,
        /// Version of the other side.
        theirs: u16,
    },
    /// The receiver's token is not that of the sender.
    #[error("the token is wrong: it is not the one that acevo relay has printed")]
    WrongToken,
    /// The sender serves as many receivers as it can.
    #[error("the relay has too many receivers already")]
    TooManyReceivers,
    /// The bytes are no message, or the messages contradict each other.
    #[error("the data of the other side is damaged")]
    Damaged,
    /// A message or a page is larger than the limit.
    #[error("a message is larger than the limit")]
    TooLarge,
    /// The other side has closed the connection.
    #[error("the other side has closed the connection")]
    Closed,
    /// The other side is silent.
    #[error("the other side does not answer")]
    Silent,
    /// The connection has failed.
    #[error("the connection has failed")]
    Io(#[source] io::Error),
}

impl RelayError {
    /// True if another attempt has the same result, until a user changes something.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::WrongToken | Self::Version { .. } | Self::NotARelay)
    }
}

impl From<io::Error> for RelayError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
        match error.kind() {
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe => Self::Closed,
            TimedOut | WouldBlock => Self::Silent,
            _ => Self::Io(error),
        }
    }
}
