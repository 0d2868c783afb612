//! A sampler returns the values of the channels.

use acevo_export::{Column, Sampler};
use acevo_simulator::Scenario;
use acevo_telemetry::acevo_shared_memory::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_telemetry::{Axes, ChannelValue, Frame, UnitSystem, channels};

/// The columns of all channels in the units of a system.
fn columns(system: UnitSystem) -> Vec<Column> {
    channels().iter().map(|channel| Column::new(channel, channel.display_unit(system))).collect()
}

fn direct<'a>(columns: &[Column], frame: &'a Frame, axes: &Axes) -> Vec<Option<ChannelValue<'a>>> {
    let value = |column: &Column| match column.channel.value(frame, axes)? {
        ChannelValue::Number(number) => column.channel.unit().convert(number, column.unit).map(ChannelValue::Number),
        value => Some(value),
    };
    columns.iter().map(value).collect()
}

/// Compares to the last bit.
#[track_caller]
fn assert_same(sampler: &mut Sampler, columns: &[Column], frame: &Frame, axes: &Axes) {
    let (values, expected) = (sampler.values(frame), direct(columns, frame, axes));
    let bits = |value: &Option<ChannelValue<'_>>| value.and_then(|value| value.as_f64()).map(f64::to_bits);
    assert_eq!(values.len(), expected.len());
    for ((value, expected), column) in values.iter().zip(&expected).zip(columns) {
        assert!(value == expected && bits(value) == bits(expected), "{}: {value:?}, {expected:?}", column.channel.id());
    }
}

/// Reproducible random numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn frame_of(pages: &[Vec<u8>; 3]) -> Frame {
    Frame::new(
        SPageFilePhysics::from_bytes(&pages[0]),
        SPageFileGraphicEvo::from_bytes(&pages[1]),
        SPageFileStaticEvo::from_bytes(&pages[2]),
    )
}

#[test]
fn sampler_matches_the_channels_if_pages_are_missed() {
    for (system, axes, scenario) in [
        (UnitSystem::Game, Axes::MEASURED, Scenario::HotLaps),
        (UnitSystem::Imperial, Axes::default(), Scenario::Pits),
        (UnitSystem::Kilopascal, Axes::DOCUMENTED, Scenario::Race),
    ] {
        let (columns, mut dice) = (columns(system), Dice(7));
        let mut sampler = Sampler::new(&columns, axes);
        let mut seen: Option<[Vec<u8>; 3]> = None;
        let mut count = 0;
        acevo_testkit::drive::each_frame(acevo_testkit::drive::options(scenario, 5, 1), |_, frame| {
            count += 1;
            // Every frame at first, then some.
            if count > 3000 && count % 29 != 0 || count > 60_000 {
                return;
            }
            let pages = PageKind::ALL.map(|page| frame.bytes(page).to_vec());
            let seen = seen.get_or_insert_with(|| pages.clone());
            for (seen, page) in seen.iter_mut().zip(pages) {
                if dice.roll(3) == 0 {
                    *seen = page;
                }
            }
            assert_same(&mut sampler, &columns, &frame_of(seen), &axes);
        });
        assert!(count > 3000, "there was a drive");
    }
}

/// The sources of a channel name all pages it is computed from.
#[test]
fn sampler_matches_the_channels_if_single_bytes_change() {
    let (columns, mut dice) = (columns(UnitSystem::Metric), Dice(11));
    let mut pages = [size_of::<SPageFilePhysics>(), size_of::<SPageFileGraphicEvo>(), size_of::<SPageFileStaticEvo>()]
        .map(|size| vec![0; size]);
    let mut sampler = Sampler::new(&columns, Axes::MEASURED);
    for page in 0..pages.len() {
        for byte in 0..pages[page].len() {
            // Including texts and small numbers.
            pages[page][byte] = [0, 1, b'A', 0x3f, 0x40, dice.roll(256) as u8][dice.roll(6)];
            assert_same(&mut sampler, &columns, &frame_of(&pages), &Axes::MEASURED);
        }
    }
    for _ in 0..5000 {
        let page = dice.roll(pages.len());
        let byte = dice.roll(pages[page].len());
        pages[page][byte] = dice.roll(256) as u8;
        assert_same(&mut sampler, &columns, &frame_of(&pages), &Axes::MEASURED);
    }
}
