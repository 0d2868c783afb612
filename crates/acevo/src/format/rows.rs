//! What can be measured, a row each: channels, and the raw fields behind them.

mod channel;
mod field;

pub(crate) use channel::ChannelRow;
pub(crate) use field::FieldRow;
