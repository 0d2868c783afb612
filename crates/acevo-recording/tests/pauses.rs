//! Pauses in recordings by every version of the writer.

use std::io::Cursor;
use std::time::Duration;

use acevo_recording::{Description, Record, Recording, RecordingWriter};
use acevo_shared_memory::{ACEvoStatus, Page, PageKind, PhysicsValidity, SPageFileGraphicEvo};
use acevo_testkit::pages::faded_physics;

/// Writes pages, 3 ms apart. Each entry has the status, the physics counter, the share of the values that has not faded, and the number of
/// packets that the writer counted as missed before it.
fn recording(pages: &[(ACEvoStatus, i32, f32, u32)]) -> Recording<Cursor<Vec<u8>>> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test 1.0")).unwrap();
    for (index, (status, id, share, missed)) in pages.iter().enumerate() {
        let at = Duration::from_millis(3 * index as u64);
        let graphics = SPageFileGraphicEvo { packetId: index as i32 + 1, status: status.value(), ..Default::default() };
        writer.record(&Record::new(PageKind::Graphics, at, graphics.as_bytes())).unwrap();
        let physics = faded_physics(*id, *share);
        let mut record = Record::new(PageKind::Physics, at, physics.as_bytes());
        record.missed = *missed;
        writer.record(&record).unwrap();
    }
    Recording::from_input(Cursor::new(writer.finish().unwrap().0)).unwrap()
}

/// The phases of a pause. `jump` is the number of packets that a writer counted as missed at each of the two jumps.
fn pause(jump: u32) -> Vec<(ACEvoStatus, i32, f32, u32)> {
    let mut pages = vec![(ACEvoStatus::Live, 100, 1.0, 0), (ACEvoStatus::Live, 101, 1.0, 0)];
    pages.extend((1..=20).map(|step| (ACEvoStatus::Pause, 101, 1.0 - step as f32 / 20.0, 0)));
    pages.push((ACEvoStatus::Pause, 772, 0.0, jump));
    pages.extend((1..=20).map(|step| (ACEvoStatus::Pause, 772 + step, 0.0, 0)));
    pages.extend((1..=20).map(|step| (ACEvoStatus::Live, 792, step as f32 / 21.0, 0)));
    pages.push((ACEvoStatus::Live, 1462, 1.0, jump.saturating_sub(1)));
    pages.extend((1..=5).map(|step| (ACEvoStatus::Live, 1462 + step, 1.0, 0)));
    pages
}

#[test]
fn next_step_counts_the_jumps_of_a_pause_as_skipped_in_old_recordings_too() {
    for jump in [0, 670] {
        let pages = pause(jump);
        let mut recording = recording(&pages);
        let (mut missed, mut skipped) = (0, 0);
        for (index, (status, _, share, _)) in pages.iter().enumerate() {
            let step = recording.next_step().unwrap().unwrap();
            let physics = step.physics.unwrap();
            (missed, skipped) = (missed + physics.missed, skipped + physics.skipped);
            let expected = match status {
                ACEvoStatus::Pause => PhysicsValidity::Paused,
                _ if *share < 1.0 => PhysicsValidity::Resuming,
                _ => PhysicsValidity::Current,
            };
            assert_eq!(step.frame.validity, expected, "page {index}");
        }
        assert_eq!((missed, skipped), (0, 670 + 669), "written with {jump} missed");
    }
}
