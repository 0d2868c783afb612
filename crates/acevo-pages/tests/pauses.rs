//! Validity of the physics page around a pause, with pages as measured on game 0.6.2.

#![cfg(feature = "publish")]

use std::time::Duration;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, LocalPages, Packets, PhysicsTracker, PhysicsValidity, Publisher,
    SPageFileGraphicEvo, SPageFilePhysics,
};
use proptest::prelude::*;

/// A simulated game that the test steps.
struct Game {
    publisher: Publisher,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
}

impl Game {
    fn live() -> (Self, ACEvoSharedMemoryMapper) {
        let pages = LocalPages::new();
        let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap();
        let graphics = SPageFileGraphicEvo { packetId: 1000, status: ACEvoStatus::Live.value(), ..Default::default() };
        let mut game = Self { publisher: Publisher::local(&pages), physics: physics_page(494_012), graphics };
        game.publisher.publish_graphics(&game.graphics).unwrap();
        game.publisher.publish_physics(&game.physics).unwrap();
        (game, mapper)
    }

    fn physics(&mut self, id: i32, share: f32) {
        self.physics = faded(&physics_page(id), share);
        self.publisher.publish_physics(&self.physics).unwrap();
    }

    fn frame(&mut self, status: ACEvoStatus) {
        self.graphics.packetId += 1;
        self.graphics.status = status.value();
        self.publisher.publish_graphics(&self.graphics).unwrap();
    }
}

fn physics_page(id: i32) -> SPageFilePhysics {
    SPageFilePhysics {
        packetId: id,
        gear: 5,
        rpms: 7000,
        fuel: 25.751,
        speedKmh: 180.0,
        airTemp: 26.0,
        roadTemp: 30.0,
        airDensity: 1.1856,
        brakeBias: 0.6,
        ..Default::default()
    }
}

/// The page with every float multiplied by `share`. The integers are zero unless `share` is 1.
fn faded(page: &SPageFilePhysics, share: f32) -> SPageFilePhysics {
    let (gear, rpms) = if share == 1.0 { (page.gear, page.rpms) } else { (0, 0) };
    SPageFilePhysics {
        packetId: page.packetId,
        gear,
        rpms,
        fuel: page.fuel * share,
        speedKmh: page.speedKmh * share,
        airTemp: page.airTemp * share,
        roadTemp: page.roadTemp * share,
        airDensity: page.airDensity * share,
        brakeBias: page.brakeBias * share,
        ..Default::default()
    }
}

/// Polls once and returns the validity of the packet, if there is one.
fn poll(packets: &mut Packets<&ACEvoSharedMemoryMapper>) -> Option<PhysicsValidity> {
    packets.wait(Duration::ZERO).unwrap().map(|packet| packet.validity)
}

#[test]
fn packets_follow_the_phases_of_a_pause_and_count_jumps_as_skipped() {
    let (mut game, mapper) = Game::live();
    let mut packets = mapper.packets();
    let mut id = game.physics.packetId;
    for step in 0..400 {
        id += 1;
        game.physics(id, 1.0);
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Current), "driving, step {step}");
    }
    // The counter stops for a second while the values fade.
    for frame in 0..87 {
        game.physics(id, 1.0 - frame as f32 / 87.0);
        game.frame(ACEvoStatus::Pause);
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Paused), "fading, frame {frame}");
    }
    // It jumps, and counts all-zero pages, two for each step.
    id += 671;
    for step in 0..1000 {
        game.physics(id, if step == 0 { 0.004 } else { 0.0 });
        if step % 4 == 0 {
            game.frame(ACEvoStatus::Pause);
        }
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Paused), "zero pages, step {step}");
        id += 2;
    }
    id -= 2;
    // Live again: the counter stops for two seconds while the values fade in.
    for frame in 0..174 {
        game.physics(id, frame as f32 / 174.0);
        game.frame(ACEvoStatus::Live);
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Resuming), "fading in, frame {frame}");
    }
    // It jumps again, and the values are true.
    id += 670;
    for step in 0..400 {
        game.physics(id, 1.0);
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Current), "driving again, step {step}");
        id += 1;
    }
    let stats = &packets.stats().physics;
    assert_eq!((stats.missed, stats.restarts), (0, 0));
    assert_eq!(stats.skipped, 670 + 999 + 669);
}

#[test]
fn validity_of_a_page_that_fades_before_the_status_changes_is_paused() {
    let (mut game, mapper) = Game::live();
    let mut packets = mapper.packets();
    game.physics(494_013, 1.0);
    assert_eq!(poll(&mut packets), Some(PhysicsValidity::Current));
    // A reader that polls late captures the last packet when it has begun to fade.
    game.physics(494_018, 0.9955);
    assert_eq!(poll(&mut packets), Some(PhysicsValidity::Paused));
    game.frame(ACEvoStatus::Pause);
    assert_eq!(poll(&mut packets), Some(PhysicsValidity::Paused));
    // A page that was captured in the pause has begun to fade in when the game is live again.
    game.physics(494_700, 0.117);
    game.frame(ACEvoStatus::Live);
    assert_eq!(poll(&mut packets), Some(PhysicsValidity::Resuming));
    game.physics(495_370, 1.0);
    assert_eq!(poll(&mut packets), Some(PhysicsValidity::Current));
}

#[test]
fn frame_detects_that_a_page_fades_while_its_counter_stands() {
    let (mut game, mapper) = Game::live();
    assert_eq!(mapper.frame().unwrap().validity, PhysicsValidity::Current);
    game.physics(494_012, 0.9);
    assert_eq!(mapper.frame().unwrap().validity, PhysicsValidity::Paused, "the status is still live");
}

#[test]
fn frame_is_not_current_after_attaching_during_a_fade_until_the_counter_moves() {
    let (mut game, mapper) = Game::live();
    for share in [0.3, 0.5, 0.7, 0.9, 0.99] {
        game.physics(494_012, share);
        game.frame(ACEvoStatus::Live);
        let validity = mapper.frame().unwrap().validity;
        // A single page that has faded this little looks valid. From the second page on the fade is detected.
        assert!(share == 0.7 || validity == PhysicsValidity::Resuming, "{share}: {validity}");
    }
    game.physics(494_682, 1.0);
    assert_eq!(mapper.frame().unwrap().validity, PhysicsValidity::Current);
}

#[test]
fn packets_lost_while_the_game_is_live_are_missed_not_skipped() {
    let (mut game, mapper) = Game::live();
    let mut packets = mapper.packets();
    for id in [494_013, 495_000, 495_001] {
        game.physics(id, 1.0);
        assert_eq!(poll(&mut packets), Some(PhysicsValidity::Current));
    }
    assert_eq!((packets.stats().physics.missed, packets.stats().physics.skipped), (986, 0));
}

#[test]
fn validity_is_not_current_in_the_menu_and_in_replays() {
    let (mut game, mapper) = Game::live();
    let mut packets = mapper.packets();
    for (status, validity) in [
        (ACEvoStatus::Off, PhysicsValidity::Menu),
        (ACEvoStatus::Replay, PhysicsValidity::Replay),
        (ACEvoStatus::Unknown(77), PhysicsValidity::Menu),
    ] {
        game.frame(status);
        assert_eq!(poll(&mut packets), Some(validity));
    }
}

#[test]
fn tracker_uses_physics_pages_alone_without_graphics_pages() {
    let mut tracker = PhysicsTracker::default();
    for (page, is_current) in [
        (physics_page(1), true),
        (physics_page(2), true),
        (faded(&physics_page(2), 0.5), false),
        (faded(&physics_page(673), 0.0), false),
        (physics_page(2000), true),
    ] {
        tracker.physics(&page);
        assert_eq!(tracker.validity().is_current(), is_current, "{}", page.packetId);
    }
}

proptest! {
    /// For any number of lost packets and any start of reading, no faded page is current once two pages have been seen.
    #[test]
    fn tracker_never_reports_a_faded_page_as_current(
        every in 1_usize..40,
        offset in 0_usize..2000,
        air in 5.0_f32..40.0,
    ) {
        let mut tracker = PhysicsTracker::default();
        let true_page = |id| SPageFilePhysics { airTemp: air, ..physics_page(id) };
        let mut timeline = Vec::new();
        let mut id = 1000;
        for _ in 0..333 { id += 1; timeline.push((true_page(id), ACEvoStatus::Live, true)); }
        for step in 1..=333 { timeline.push((faded(&true_page(id), 1.0 - step as f32 / 333.0), ACEvoStatus::Pause, false)); }
        id += 669;
        for _ in 0..333 { id += 2; timeline.push((faded(&true_page(id), 0.0), ACEvoStatus::Pause, false)); }
        for step in 0..666 { timeline.push((faded(&true_page(id), step as f32 / 666.0), ACEvoStatus::Live, false)); }
        id += 669;
        for _ in 0..333 { id += 1; timeline.push((true_page(id), ACEvoStatus::Live, true)); }
        let mut seen = 0;
        for (index, (physics, status, is_true)) in timeline.iter().enumerate().skip(offset).step_by(every) {
            tracker.graphics(&SPageFileGraphicEvo { packetId: index as i32 / 4, status: status.value(), ..Default::default() });
            tracker.physics(physics);
            seen += 1;
            if tracker.validity().is_current() {
                prop_assert!(*is_true || seen == 1 || (seen == 2 && every == 1), "page {index} after {seen}");
            }
        }
    }
}
