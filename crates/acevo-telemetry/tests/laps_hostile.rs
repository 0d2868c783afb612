//! Pages that no game writes cause no panics, and laps after them are right.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};
use acevo_simulator::Scenario;
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, Lap, SessionEventKind, Settings, Summary};
use acevo_testkit::drive::{cases, each_frame_of, options};
use proptest::prelude::*;

/// Reproducible bytes.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn page<T: Page>(&mut self) -> T {
        let bytes: Vec<u8> = (0..T::KIND.size()).map(|_| self.next() as u8).collect();
        T::from_bytes(&bytes)
    }

    /// The page with one byte that is another.
    fn spoiled<T: Page>(&mut self, page: &T) -> T {
        let mut bytes = page.as_bytes().to_vec();
        let lap_position = self.below(bytes.len());
        bytes[lap_position] = self.next() as u8;
        T::from_bytes(&bytes)
    }

    /// Extreme values in some field of the page, the rest as it was.
    fn extreme<T: Page>(&mut self, page: &T) -> T {
        const WORDS: [u32; 8] =
            [0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0, 0x7f7f_ffff];
        let mut bytes = page.as_bytes().to_vec();
        for _ in 0..8 {
            let lap_position = self.below(bytes.len() / 4) * 4;
            bytes[lap_position..lap_position + 4].copy_from_slice(&WORDS[self.below(WORDS.len())].to_le_bytes());
        }
        T::from_bytes(&bytes)
    }
}

fn garbage(noise: &mut Noise) -> Frame {
    let mut graphics: SPageFileGraphicEvo = noise.page();
    // Most of them are live, because others are ignored.
    if !noise.next().is_multiple_of(4) {
        graphics.status = ACEvoStatus::Live.value();
    }
    Frame::new(noise.page::<SPageFilePhysics>(), graphics, noise.page::<SPageFileStaticEvo>())
}

fn assert_sane(lap: &Lap) {
    let stats = &lap.stats;
    let sane = |summary: &Summary, least: f64, greatest: f64| {
        let within = |value: Option<f64>| value.is_none_or(|value| (least..=greatest).contains(&value));
        assert!(within(summary.min()) && within(summary.mean()) && within(summary.max()), "{summary:?}");
    };
    sane(&stats.speed_kmh, 0.0, 600.0);
    sane(&stats.water_c, -60.0, 300.0);
    for wheel in stats.tyre_core_c.into_array().iter().chain(&stats.brake_c.into_array()) {
        sane(wheel, -60.0, 2000.0);
    }
    for amount in [lap.fuel_used_l, lap.fuel_added_l, lap.charge_used].into_iter().flatten() {
        assert!(amount.is_finite());
    }
}

/// Calls every method.
fn ask(analysis: &mut Analysis, events: &mut u64) {
    analysis.laps().back().iter().for_each(|lap| assert_sane(lap));
    if let Some(lap) = analysis.current_lap() {
        assert!(lap.elapsed_s.is_finite());
    }
    analysis.bests().ideal_ms();
    let stint = analysis.stints().current();
    assert!(stint.distance_km.is_finite() && stint.fuel_used_l.is_finite() && stint.time_s.is_finite());
    assert!(analysis.delta().is_none_or(|delta| delta.seconds.is_finite() && delta.predicted_s.is_finite()));
    if let Some(plan) = analysis.fuel() {
        assert!([plan.per_lap, plan.needed, plan.surplus].into_iter().flatten().all(f64::is_finite));
    }
    assert!(analysis.axes().confidence().is_finite());
    while let Some(event) = analysis.next_event() {
        *events += 1;
        serde_json::to_string(&event).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(12), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn feed_accepts_random_pages(seed in 1u64.., millis in 1u64..200) {
        let mut noise = Noise(seed);
        let mut analysis = Analysis::new(Settings::default());
        let mut events = 0;
        for index in 0..1500 {
            let mut frame = garbage(&mut noise);
            let (mut physics, mut graphics) = (*frame.physics.raw(), *frame.graphics.raw());
            if seed % 2 == 0 {
                // Counters that continue.
                (physics.packetId, graphics.packetId) = (index * 5, index);
                graphics.current_lap_time_ms = index * 15 % 7000;
            }
            (frame.physics, frame.graphics) = (View::from(physics), View::from(graphics));
            analysis.feed(Duration::from_millis(millis * index as u64), &frame);
            ask(&mut analysis, &mut events);
        }
    }

    #[test]
    fn laps_after_garbage_are_right(seed in 1u64.., bursts in prop::collection::vec((0.0f64..300.0, 1u32..40), 1..4), kind in 0..3) {
        let mut noise = Noise(seed);
        let mut analysis = Analysis::new(Settings::default());
        let mut events = 0;
        let mut left: Vec<(f64, u32)> = bursts.clone();
        let mut result = Ok(());
        let mut complete = 0;
        each_frame_of(options(Scenario::HotLaps, seed % 20, 4), |at, frame, truth| {
            for (start, count) in &mut left {
                if at.as_secs_f64() >= *start && *count > 0 {
                    *count -= 1;
                    let bad = match kind {
                        0 => garbage(&mut noise),
                        1 => Frame::new(noise.spoiled(frame.physics.raw()), noise.spoiled(frame.graphics.raw()), noise.spoiled(frame.static_data.raw())),
                        _ => Frame::new(noise.extreme(frame.physics.raw()), noise.extreme(frame.graphics.raw()), noise.extreme(frame.static_data.raw())),
                    };
                    analysis.feed(at, &bad);
                    ask(&mut analysis, &mut events);
                }
            }
            analysis.feed(at, frame);
            while let Some(event) = analysis.next_event() {
                if let SessionEventKind::Lap(lap) = event.kind {
                    assert_sane(&lap);
                    let right = truth.last().map(|lap| lap.time_ms as u32);
                    if lap.time_ms.is_some() && lap.time_ms != right && result.is_ok() {
                        result = Err(TestCaseError::fail(format!("{:?} of {:?}", lap.time_ms, truth.last())));
                    }
                    complete += usize::from(lap.incomplete.is_none());
                }
            }
        });
        result?;
        // A burst spoils at most the lap it falls into, and the one before, whose time may be on its way.
        prop_assert!(complete + 2 * bursts.len() >= 4, "{} complete laps", complete);
    }
}
