//! Systems without a mechanism.

use std::path::Path;

use anyhow::bail;

use super::entry::{Entry, State, TurnedOn};

const WHY: &str = "autostart is supported on Windows and Linux only, where the game runs";

pub(super) fn turn_on(_: &Path, _: bool) -> anyhow::Result<TurnedOn> {
    bail!(WHY)
}

pub(super) fn turn_off() -> anyhow::Result<Vec<Entry>> {
    bail!(WHY)
}

pub(super) fn find(_: &mut State) -> anyhow::Result<()> {
    bail!(WHY)
}
