//! Messages, as they are on the wire. PROTOCOL.md describes them.

use std::io::{Read, Write};

use subtle::ConstantTimeEq as _;

use crate::error::RelayError;

/// Version of the protocol.
pub const VERSION: u16 = 1;

/// Maximum bytes of a message after its header.
pub const MAX_BODY: usize = 256 << 10;

/// Maximum bytes of a token.
pub const MAX_TOKEN: usize = 128;

/// First bytes of a receiver.
const RECEIVER: [u8; 8] = *b"\x89ACEVOr\n";
/// First bytes of a sender.
const SENDER: [u8; 8] = *b"\x89ACEVOs\n";

/// Bytes before the body of a message: kind, length, checksum.
const HEADER: usize = 9;

/// Kinds of messages from the sender.
mod kind {
    pub(super) const GROUP: u8 = 1;
    pub(super) const HEARTBEAT: u8 = 2;
    pub(super) const ANSWER: u8 = 3;
    pub(super) const BYE: u8 = 4;
}

/// What a receiver has of which sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The sender since its start.
    pub stream: u64,
    /// Number of the first item that the receiver lacks.
    pub next: u64,
}

/// Answers to the greeting of a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Accepted,
    WrongToken,
    Version,
    TooManyReceivers,
}

/// A message from the sender.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// An encoded group.
    Group(Vec<u8>),
    /// The sender lives.
    Heartbeat,
    /// The answer to the number of a [`Report`], and the microseconds between its arrival and this answer.
    Answer(u64, u32),
    /// The sender ends.
    Bye,
}

/// A message from the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    /// Number of the first item that has not arrived.
    pub(crate) next: u64,
    /// A number to be answered at once; 0 if no answer is needed.
    pub(crate) question: u64,
}

fn read_array<const N: usize>(from: &mut impl Read) -> Result<[u8; N], RelayError> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Writes the greeting of a receiver. Without a position it begins with the newest pages.
pub(crate) fn write_greeting(token: &str, position: Option<Position>, to: &mut impl Write) -> Result<(), RelayError> {
    let length = u8::try_from(token.len()).ok().filter(|length| usize::from(*length) <= MAX_TOKEN);
    let mut bytes = RECEIVER.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.push(length.ok_or(RelayError::TooLarge)?);
    bytes.extend_from_slice(token.as_bytes());
    bytes.push(u8::from(position.is_some()));
    let position = position.unwrap_or(Position { stream: 0, next: 0 });
    bytes.extend_from_slice(&position.stream.to_le_bytes());
    bytes.extend_from_slice(&position.next.to_le_bytes());
    to.write_all(&bytes)?;
    Ok(to.flush()?)
}

/// Reads the greeting of a receiver. The outer error is that of the connection; the inner one has to be answered.
pub(crate) fn read_greeting(
    token: &str,
    from: &mut impl Read,
) -> Result<Result<Option<Position>, RelayError>, RelayError> {
    if read_array(from)? != RECEIVER {
        return Err(RelayError::NotARelay);
    }
    let theirs = u16::from_le_bytes(read_array(from)?);
    if theirs != VERSION {
        return Ok(Err(RelayError::Version { ours: VERSION, theirs }));
    }
    let [length] = read_array(from)?;
    if usize::from(length) > MAX_TOKEN {
        return Err(RelayError::TooLarge);
    }
    let mut candidate = [0; MAX_TOKEN];
    let candidate = &mut candidate[..usize::from(length)];
    from.read_exact(candidate)?;
    let [has_position] = read_array(from)?;
    let (stream, next) = (u64::from_le_bytes(read_array(from)?), u64::from_le_bytes(read_array(from)?));
    // An empty token is never right. The time of the comparison does not depend on where the two differ.
    if token.is_empty() || !bool::from(token.as_bytes().ct_eq(candidate)) {
        return Ok(Err(RelayError::WrongToken));
    }
    Ok(Ok((has_position != 0).then_some(Position { stream, next })))
}

/// Writes the answer to a greeting.
pub(crate) fn write_status(status: Status, stream: u64, to: &mut impl Write) -> Result<(), RelayError> {
    let mut bytes = SENDER.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.push(status as u8);
    bytes.extend_from_slice(&stream.to_le_bytes());
    to.write_all(&bytes)?;
    Ok(to.flush()?)
}

/// Reads the answer to a greeting: the sender since its start.
pub(crate) fn read_status(from: &mut impl Read) -> Result<u64, RelayError> {
    if read_array(from)? != SENDER {
        return Err(RelayError::NotARelay);
    }
    let theirs = u16::from_le_bytes(read_array(from)?);
    if theirs != VERSION {
        return Err(RelayError::Version { ours: VERSION, theirs });
    }
    let [status] = read_array(from)?;
    let stream = u64::from_le_bytes(read_array(from)?);
    match status {
        status if status == Status::Accepted as u8 => Ok(stream),
        status if status == Status::WrongToken as u8 => Err(RelayError::WrongToken),
        status if status == Status::TooManyReceivers as u8 => Err(RelayError::TooManyReceivers),
        _ => Err(RelayError::Damaged),
    }
}

impl Message {
    /// Appends the message.
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) -> Result<(), RelayError> {
        let mut answer = [0; 12];
        let (kind, body) = match self {
            Self::Group(body) => (kind::GROUP, &body[..]),
            Self::Heartbeat => (kind::HEARTBEAT, &[][..]),
            Self::Answer(number, held) => {
                answer[..8].copy_from_slice(&number.to_le_bytes());
                answer[8..].copy_from_slice(&held.to_le_bytes());
                (kind::ANSWER, &answer[..])
            }
            Self::Bye => (kind::BYE, &[][..]),
        };
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_BODY).ok_or(RelayError::TooLarge)?;
        out.push(kind);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
        out.extend_from_slice(body);
        Ok(())
    }

    /// Reads a message. Its length is checked before memory is allocated.
    pub(crate) fn read(from: &mut impl Read) -> Result<Self, RelayError> {
        let header: [u8; HEADER] = read_array(from)?;
        let [kind, l0, l1, l2, l3, c0, c1, c2, c3] = header;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let is_possible = match kind {
            kind::GROUP => length <= MAX_BODY,
            kind::ANSWER => length == 12,
            kind::HEARTBEAT | kind::BYE => length == 0,
            _ => return Err(RelayError::Damaged),
        };
        if !is_possible {
            return Err(RelayError::TooLarge);
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body)?;
        if crc32fast::hash(&body) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Err(RelayError::Damaged);
        }
        match (kind, &body[..]) {
            (kind::GROUP, _) => Ok(Self::Group(body)),
            (kind::HEARTBEAT, _) => Ok(Self::Heartbeat),
            (kind::BYE, _) => Ok(Self::Bye),
            (_, answer) => {
                let (number, held) = answer.split_first_chunk().ok_or(RelayError::Damaged)?;
                let held = held.first_chunk().ok_or(RelayError::Damaged)?;
                Ok(Self::Answer(u64::from_le_bytes(*number), u32::from_le_bytes(*held)))
            }
        }
    }
}

impl Report {
    pub(crate) fn write(self, to: &mut impl Write) -> Result<(), RelayError> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next.to_le_bytes());
        bytes[8..].copy_from_slice(&self.question.to_le_bytes());
        to.write_all(&bytes)?;
        Ok(to.flush()?)
    }

    pub(crate) fn read(from: &mut impl Read) -> Result<Self, RelayError> {
        let (next, question) = (read_array(from)?, read_array(from)?);
        Ok(Self { next: u64::from_le_bytes(next), question: u64::from_le_bytes(question) })
    }
}
