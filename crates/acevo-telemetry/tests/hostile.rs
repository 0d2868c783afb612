//! Frames of any bytes cause no panics and no values that are not finite.

use acevo_shared_memory::{Frame, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_telemetry::analysis::{Consumption, FuelNow, Gaps, Outline, Race, Road, TraceRecorder};
use proptest::prelude::*;

fn page<T: Page>() -> impl Strategy<Value = T> {
    let size = size_of::<T>();
    let any = prop::collection::vec(any::<u8>(), size);
    // Words of one kind make extreme numbers and NaN more likely.
    let words = prop::sample::select(vec![
        0u32,
        1,
        0x7fff_ffff,
        0x8000_0000,
        0x7f80_0000,
        0xff80_0000,
        0x7fc0_0000,
        u32::MAX,
        0x3f00_0000,
    ]);
    let words = prop::collection::vec(words, size / 4 + 1)
        .prop_map(|words| words.iter().flat_map(|word| word.to_le_bytes()).collect());
    prop_oneof![any, words].prop_map(move |bytes: Vec<u8>| T::from_bytes(&bytes[..size]))
}

fn frame() -> impl Strategy<Value = Frame> {
    let pages = (page::<SPageFilePhysics>(), page::<SPageFileGraphicEvo>(), page::<SPageFileStaticEvo>());
    pages.prop_map(|(physics, graphics, static_data)| Frame::new(physics, graphics, static_data))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn wait_and_feed_accept_any_pages(frames in prop::collection::vec(frame(), 1..8)) {
        let (mut outline, mut gaps, mut recorder) = (Outline::default(), Gaps::default(), TraceRecorder::default());
        let mut consumption = Consumption::default();
        for lap in 0..=2100 {
            let lap_position = f64::from(lap) / 2000.0;
            let angle = lap_position * std::f64::consts::TAU;
            outline.note(lap_position.fract(), [500.0 * angle.sin(), 0.0, 500.0 * angle.cos()], Road::Track);
        }
        recorder.begin();
        for frame in &frames {
            let page = frame.graphics.raw();
            let elapsed = f64::from(page.current_lap_time_ms) / 1000.0;
            recorder.note(page.npos.into(), elapsed);
            outline.set_track(frame.static_data.track(), frame.static_data.track_configuration(), frame.static_data.track_length().map(f64::from));
            for position in page.car_coordinates {
                outline.note(page.npos.into(), position.map(f64::from), Road::of(frame).unwrap_or(Road::Track));
            }
            gaps.update(&frame.graphics, &outline);
            prop_assert!(gaps.cars().iter().all(|car| car.gap_m.is_finite() && car.offset_m.is_finite()));
            let now = FuelNow::of(frame);
            consumption.note(now.amount, page.current_km.into());
            consumption.lap(now.amount, elapsed);
            let plan = consumption.plan(&now, Race::of(frame).as_ref());
            let values = [plan.amount, plan.per_lap, plan.laps_left, plan.time_left_s, plan.needed, plan.to_add, plan.surplus];
            prop_assert!(values.into_iter().flatten().all(f64::is_finite));
        }
        recorder.finish(f64::from(frames[0].graphics.raw().last_laptime_ms) / 1000.0);
        prop_assert!(outline.points().iter().flatten().all(|value| value.is_finite()));
    }
}
