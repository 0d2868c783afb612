//! Reading the game once: attaching, and doubting what does not move.

use std::thread::sleep;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error, PageKind};

use super::Stop;
use crate::args::Place;
use crate::output::say;

/// Between two looks for a game that is not there.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A live game sends a packet long before that.
const DEAD_AFTER: Duration = Duration::from_millis(200);

/// Said where the game has gone between being found and being read.
pub(super) const ENDED: &str = "the game has ended just now";

/// Said where a page never stood still.
pub(super) const UNSETTLED: &str = "acevo: the game wrote all the time: values may be of two packets";

/// Attaches to the game, or waits for it. `None` where waiting was ended by Ctrl-C.
pub(super) fn attach(place: &Place, wait: bool) -> anyhow::Result<Option<ACEvoSharedMemoryMapper>> {
    // Pages that nothing was ever written to are not a game yet.
    let open = || match place.open() {
        Ok(mapper) if wait && mapper.frame()?.is_blank() => {
            Err(Error::PageNotThere { page: PageKind::Graphics, place: mapper.place(PageKind::Graphics) })
        }
        result => result,
    };
    let mut stop = None;
    loop {
        let error = match open() {
            Ok(mapper) => return Ok(Some(mapper)),
            Err(error) if wait && error.is_absence() => error,
            Err(error) => return Err(error.into()),
        };
        match &stop {
            None => {
                stop = Some(Stop::on_signal()?);
                say(format_args!("acevo: waiting: {error}"));
            }
            Some(stop) if stop.is_asked_for() => return Ok(None),
            Some(_) => sleep(LOOK_EVERY),
        }
    }
}

/// Says so where a game that is live by its own word does not move.
pub(super) fn warn_of_silence(mapper: &ACEvoSharedMemoryMapper, status: ACEvoStatus) {
    if status == ACEvoStatus::Live && !moves(mapper) {
        say(format_args!(
            "acevo: nothing moves though the status is live: these are the last values of a game that has ended"
        ));
    }
}

/// True as soon as something comes.
fn moves(mapper: &ACEvoSharedMemoryMapper) -> bool {
    mapper.packets().wait(DEAD_AFTER).is_ok_and(|packet| packet.is_some())
}
