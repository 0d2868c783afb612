//! Reading the game once: attaching, and doubting what does not move.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_recording::{Recording, RecordingError};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error, Frame, PageKind};
use anyhow::{Context, ensure};

use crate::cli::Place;
use crate::driven::Spot;
use crate::output::{is_dash, name_of, say};
use crate::raw::RawDump;
use crate::shutdown::Stop;

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
            Some(stop) if stop.is_requested() => return Ok(None),
            Some(_) => sleep(LOOK_EVERY),
        }
    }
}

/// Pages that were kept in a file.
pub(super) enum Kept {
    /// A recording, and its pages at one moment.
    Recording(Box<Recording>, Frame),
    /// A raw dump; false where it may mix two packets.
    Dump(Frame, bool),
}

/// Reads the pages of a recording at a moment, or of a raw dump.
pub(super) fn read_kept(file: &Path, at: Option<Spot>) -> anyhow::Result<Kept> {
    let opened = if is_dash(file) { Err(RecordingError::NotARecording) } else { Recording::open(file) };
    let mut recording = match opened {
        Ok(recording) => recording,
        // A dump is told by what is in it, and so is a file that is neither.
        Err(RecordingError::NotARecording | RecordingError::Io(_)) => {
            let dump = RawDump::read(file)?;
            ensure!(at.is_none(), "{} is a raw dump, which has one moment: leave out --at", name_of(file));
            return Ok(Kept::Dump(dump.open()?.frame()?, dump.is_settled()));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", name_of(file))),
    };
    let frame = match at {
        None => {
            recording.seek(Duration::ZERO)?;
            recording.next_step()?.map(|step| *step.frame)
        }
        Some(spot) => {
            let (at, _) = spot.find(&mut recording)?;
            // What comes with that moment belongs to it.
            recording.seek(at + Duration::from_micros(1))?;
            Some(*recording.frame())
        }
    };
    let frame = frame.with_context(|| format!("there is nothing in {}", name_of(file)))?;
    Ok(Kept::Recording(Box::new(recording), frame))
}

/// Reads the pages of a game. If the game is live, this waits for two packets of physics, for one page alone does not show whether its
/// values are current; no longer than [`DEAD_AFTER`]. Warns if nothing moves though the status is live.
pub(super) fn read_game(mapper: &ACEvoSharedMemoryMapper) -> anyhow::Result<Frame> {
    let mut packets = mapper.packets();
    let (mut frame, mut has_moved, mut judged) = (mapper.frame().context(ENDED)?, false, 0);
    let deadline = Instant::now() + DEAD_AFTER;
    while frame.graphics.status() == ACEvoStatus::Live && judged < 2 {
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(packet) = packets.wait(left).context(ENDED)? else { break };
        has_moved = true;
        judged += u32::from(packet.physics.is_some());
        frame = mapper.frame().context(ENDED)?;
    }
    if frame.graphics.status() == ACEvoStatus::Live && !has_moved {
        say(format_args!(
            "acevo: nothing moves though the status is live: these are the last values of a game that has ended"
        ));
    }
    if !frame.is_settled() {
        say(format_args!("{UNSETTLED}"));
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use acevo_shared_memory::{LocalPages, PhysicsValidity, Publisher, SPageFileGraphicEvo};
    use acevo_testkit::pages::faded_physics;

    use super::*;

    /// Values that have faded to this level, with or without a counter that goes on.
    fn read_while(level: impl Fn(i32) -> f32 + Sync, moves: bool) -> PhysicsValidity {
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        let mut publish = |step: i32| {
            let physics = faded_physics(if moves { step } else { 1 }, level(step));
            publisher.publish_physics(&physics).unwrap();
            let status = ACEvoStatus::Live.value();
            publisher.publish_graphics(&SPageFileGraphicEvo { packetId: step, status, ..Default::default() }).unwrap();
        };
        publish(1);
        let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
        let is_read = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut step = 1;
                while !is_read.load(Ordering::Relaxed) {
                    step += 1;
                    publish(step);
                    thread::sleep(Duration::from_millis(3));
                }
            });
            let frame = read_game(&mapper);
            is_read.store(true, Ordering::Relaxed);
            frame.unwrap().validity
        })
    }

    #[test]
    fn whether_physics_is_current_is_seen_from_page_to_page() {
        assert_eq!(read_while(|_| 1.0, true), PhysicsValidity::Current);
        // Live, with a counter that stands: a single page looks as good as any.
        assert_eq!(read_while(|step| (0.8 + 0.002 * step as f32).min(1.0), false), PhysicsValidity::Resuming);
    }
}
