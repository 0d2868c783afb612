//! The catalogue of channels: one table of what can be measured, drawn, logged and exported. Its rows are in the submodules, built with
//! the macros of `define`.

mod channel;
mod define;
mod driving;
mod engine;
mod motion;
mod session;
mod settings;
mod wheels;

pub use channel::{Channel, ChannelKind, ChannelQuality, ChannelValue, UpdateRate};

use define::join;

/// The groups of the table, in order.
const GROUPS: [&[Channel]; 13] = [
    driving::CONTROLS,
    driving::AIDS,
    motion::ACCELERATION,
    motion::POSITION,
    wheels::EACH.as_flattened(),
    wheels::BODY,
    engine::ENGINE,
    engine::ENERGY,
    session::LAP,
    session::RACE,
    session::SESSION,
    settings::CAR,
    settings::ASSISTS,
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

static TABLE: [Channel; COUNT] = join(&GROUPS);

/// Every channel, including dead ones, with related ones next to each other. Wheels are in the order FL, FR, RL, RR.
pub fn channels() -> &'static [Channel] {
    &TABLE
}

/// The channel with this id; `None` if there is no such channel.
pub fn channel(id: &str) -> Option<&'static Channel> {
    TABLE.iter().find(|channel| channel.id == id)
}

/// The channels that are recorded and exported by default: all but dead channels and those that repeat another one.
pub fn default_channels() -> impl Iterator<Item = &'static Channel> + Clone {
    TABLE.iter().filter(|channel| channel.is_default())
}
