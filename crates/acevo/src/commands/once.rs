//! Reads pages once: attaches to the game, or reads them from a file.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_recording::{PositionFinder, Recording, RecordingError, RecordingPosition};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error, Frame, PageKind};
use anyhow::{Context, ensure};

use super::raw_file::read_dump;
use crate::output::{is_dash, name_of, say};
use crate::session::source::PageSource;
use crate::session::status::ConnectionStatus;
use crate::shutdown::Stop;

/// Interval of attempts to attach.
const ATTACH_INTERVAL: Duration = Duration::from_millis(500);

/// Time after which a live game that sends no packet counts as ended.
const PACKET_TIMEOUT: Duration = Duration::from_millis(200);

/// Error text if the game ends between attaching and reading.
pub(super) const ENDED: &str = "the game has just ended";

/// Warning if a page could not be read settled.
pub(super) const UNSETTLED: &str = "acevo: warning: the game wrote all the time: values may mix two packets";

/// Attaches to the game, or waits for it. `None` if Ctrl-C ended the wait.
pub(super) fn attach(source: &PageSource, wait: bool) -> anyhow::Result<Option<ACEvoSharedMemoryMapper>> {
    // Blank pages: the game has not written to them yet.
    let open = || match source.open() {
        Ok(mapper) if wait && mapper.frame()?.is_blank() => {
            Err(Error::PageNotThere { page: PageKind::Graphics, location: mapper.location(PageKind::Graphics) })
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
                say(format_args!("acevo: {}", ConnectionStatus::absent(&error).message()));
            }
            Some(stop) if stop.is_requested() => return Ok(None),
            Some(_) => sleep(ATTACH_INTERVAL),
        }
    }
}

/// Pages in a file.
pub(super) enum SavedPages {
    /// A recording, and its pages at one time.
    Recording(Box<Recording>, Frame),
    /// A raw dump, and whether its pages are settled.
    Dump(Frame, bool),
}

/// Reads the pages of a recording at a position, or of a raw dump.
pub(super) fn read_saved_pages(file: &Path, at: Option<RecordingPosition>) -> anyhow::Result<SavedPages> {
    let opened = if is_dash(file) { Err(RecordingError::NotARecording) } else { Recording::open(file) };
    let mut recording = match opened {
        Ok(recording) => recording,
        // The content distinguishes a dump from other files.
        Err(RecordingError::NotARecording | RecordingError::Io(_)) => {
            let dump = read_dump(file)?;
            ensure!(at.is_none(), "{} is a raw dump, which has no positions: leave out --at", name_of(file));
            return Ok(SavedPages::Dump(dump.open()?.frame()?, dump.is_settled()));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", name_of(file))),
    };
    let frame = match at {
        None => {
            recording.seek(Duration::ZERO)?;
            recording.next_step()?.map(|step| *step.frame)
        }
        Some(position) => {
            let at = *PositionFinder::new(&mut recording).find(position)?.start();
            // Pages with that time belong to the position.
            recording.seek(at + Duration::from_micros(1))?;
            Some(*recording.frame())
        }
    };
    let frame = frame.with_context(|| format!("{} is empty", name_of(file)))?;
    Ok(SavedPages::Recording(Box::new(recording), frame))
}

/// Reads the pages of a game. If the game is live, this waits for two packets of physics, at most for [`PACKET_TIMEOUT`], because one
/// page alone does not show whether its values are current. Warns if the game reports that it is live but no packet arrives.
pub(super) fn read_game(mapper: &ACEvoSharedMemoryMapper) -> anyhow::Result<Frame> {
    let mut packets = mapper.packets();
    let (mut frame, mut has_packet, mut physics_packets) = (mapper.frame().context(ENDED)?, false, 0);
    let deadline = Instant::now() + PACKET_TIMEOUT;
    while frame.graphics.status() == ACEvoStatus::Live && physics_packets < 2 {
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(packet) = packets.wait(left).context(ENDED)? else { break };
        has_packet = true;
        physics_packets += u32::from(packet.physics.is_some());
        frame = mapper.frame().context(ENDED)?;
    }
    if frame.graphics.status() == ACEvoStatus::Live && !has_packet {
        say(format_args!(
            "acevo: warning: the game says it's live but sends nothing: these are the last values of a game that has ended"
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

    /// Reads pages whose values are scaled by `level`, with or without an increasing counter.
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
    fn read_game_compares_two_packets_for_validity() {
        assert_eq!(read_while(|_| 1.0, true), PhysicsValidity::Current);
        // Live, but the counter does not change: a single page does not show that.
        assert_eq!(read_while(|step| (0.8 + 0.002 * step as f32).min(1.0), false), PhysicsValidity::Resuming);
    }
}
