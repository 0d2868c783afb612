//! Channels and raw fields as table rows.

mod channel;
mod field;

pub(crate) use channel::ChannelRow;
pub(crate) use field::FieldRow;
