//! Reading selected fields returns the same values as reading all of them.

use std::io::Cursor;
use std::time::Duration;

use acevo_recording::{Description, FieldSet, LapSpan, Record, Recording, RecordingItem, RecordingWriter, lap_samples};
use acevo_shared_memory::{
    Frame, Page, PageKind, PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo,
};
use acevo_simulator::{Scenario, Simulator, TruthEventKind};
use acevo_telemetry::{Axes, Channel, channel, channels};
use acevo_testkit::pages::{Kept, drive, open, options, read_all, recorded, time};
use proptest::prelude::*;

/// Values of channels as text, so that texts, flags and enums are compared, too.
fn values(channels: &[&'static Channel], frame: &Frame) -> Vec<String> {
    channels.iter().map(|channel| format!("{:?}", channel.value(frame, &Axes::MEASURED))).collect()
}

/// Time and validity of every step, and values of channels at every seventh.
fn steps(
    recording: &mut Recording<Cursor<&[u8]>>,
    channels: &[&'static Channel],
) -> Vec<(Duration, PhysicsValidity, Vec<String>)> {
    let mut steps = Vec::new();
    while let Some(step) = recording.next_step().unwrap() {
        let values = if steps.len() % 7 == 0 { values(channels, step.frame) } else { Vec::new() };
        steps.push((step.at, step.frame.validity, values));
    }
    steps
}

/// A pause from shortly before it until the car drives again.
fn pause() -> Vec<u8> {
    let mut simulator = Simulator::new(options(Scenario::Pause));
    let is_paused =
        |simulator: &Simulator| simulator.truth().events.iter().any(|event| event.kind == TruthEventKind::Paused(true));
    while !is_paused(&simulator) {
        simulator.step();
    }
    let paused = simulator.time();
    let mut simulator = Simulator::new(options(Scenario::Pause));
    let mut records = Vec::new();
    while simulator.time() < paused + Duration::from_secs(9) {
        let changed = simulator.step();
        if simulator.time() + Duration::from_secs(1) < paused {
            continue;
        }
        let at = time(&simulator);
        let mut keep = |page, bytes: &[u8]| records.push(Kept::new(Record::new(page, at, bytes)));
        if changed.graphics {
            keep(PageKind::Static, simulator.static_data().as_bytes());
            keep(PageKind::Graphics, simulator.graphics().as_bytes());
        }
        if changed.physics {
            keep(PageKind::Physics, simulator.physics().as_bytes());
        }
    }
    recorded(&records)
}

#[test]
fn channels_of_a_selection_have_the_same_values_as_without_it() {
    let files = [recorded(&drive(Scenario::Race, 2)), recorded(&drive(Scenario::Incidents, 4)), pause()];
    let all: Vec<&'static Channel> = channels().iter().collect();
    let mut validities = Vec::new();
    for file in &files {
        let expected = steps(&mut open(file), &all);
        let mut recording = open(file);
        for (index, channel) in all.iter().enumerate() {
            recording.select(FieldSet::of_channels([*channel]));
            for (step, expected) in steps(&mut recording, &[channel]).iter().zip(&expected) {
                assert_eq!((step.0, step.1), (expected.0, expected.1), "{}", channel.id());
                assert_eq!(step.2.first(), expected.2.get(index), "{} at {:?}", channel.id(), step.0);
            }
        }
        validities.extend(expected.iter().map(|step| step.1));
    }
    for validity in [PhysicsValidity::Current, PhysicsValidity::Paused, PhysicsValidity::Resuming] {
        assert!(validities.contains(&validity), "{validity}");
    }
}

/// Bytes of a page whose words are often 0, small, or the bits of a number that a car may have.
fn any_page(page: PageKind) -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        3 => Just(0),
        3 => 0..4_u32,
        3 => (-200.0..200.0_f32).prop_map(f32::to_bits),
        1 => any::<u32>(),
    ];
    let bytes = |words: Vec<u32>| words.into_iter().flat_map(u32::to_le_bytes).collect();
    prop::collection::vec(word, page.size() / 4).prop_map(bytes)
}

fn any_pages() -> impl Strategy<Value = [Vec<u8>; 3]> {
    PageKind::ALL.map(any_page)
}

fn current_frame(pages: &[Vec<u8>; 3]) -> Frame {
    let mut frame = Frame::new(
        SPageFilePhysics::from_bytes(&pages[0]),
        SPageFileGraphicEvo::from_bytes(&pages[1]),
        SPageFileStaticEvo::from_bytes(&pages[2]),
    );
    frame.validity = PhysicsValidity::Current;
    frame
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn value_of_a_channel_depends_on_its_sources_only(pages in any_pages(), others in any_pages()) {
        let frame = current_frame(&pages);
        for channel in channels() {
            let set = FieldSet::of_channels([channel]);
            let mut mixed = pages.clone();
            for page in PageKind::ALL {
                for field in page.fields().iter().filter(|field| !set.has_field(&format!("{page}.{}", field.path))) {
                    let bytes = field.offset..field.offset + field.size();
                    mixed[page as usize][bytes.clone()].copy_from_slice(&others[page as usize][bytes]);
                }
            }
            prop_assert_eq!(values(&[channel], &current_frame(&mixed)), values(&[channel], &frame), "{}", channel.id());
        }
    }
}

#[test]
fn select_leaves_other_bytes_zero_and_keeps_everything_else() {
    let records = drive(Scenario::Race, 3);
    let file = recorded(&records);
    let mut recording = open(&file);
    let fields = FieldSet::of_channels([channel("speed").unwrap()]).with_field("static.track");
    assert_eq!(recording.select(fields.clone()), FieldSet::all());
    let read = read_all(&mut recording).records;
    assert_eq!(read.len(), records.len());
    for (read, written) in read.iter().zip(&records) {
        let mut expected = written.clone();
        for field in
            read.page.fields().iter().filter(|field| !fields.has_field(&format!("{}.{}", read.page, field.path)))
        {
            expected.bytes[field.offset..field.offset + field.size()].fill(0);
        }
        assert_eq!(read, &expected, "{:?}", read.at);
    }
    assert_eq!(recording.select(FieldSet::all()), fields);
    assert_eq!(read_all(&mut recording).records, records);
}

#[test]
fn select_goes_back_to_the_beginning() {
    let records = drive(Scenario::HotLaps, 4);
    let file = recorded(&records);
    let mut recording = open(&file);
    recording.seek(Duration::from_secs(3)).unwrap();
    recording.select(FieldSet::default());
    let Some(RecordingItem::Record(record)) = recording.next_item().unwrap() else { panic!("a record") };
    assert_eq!(record.at, records[0].at);
    assert!(recording.opening(PageKind::Physics).is_none());
}

#[test]
fn select_reads_physics_without_air_density_completely() {
    let page = SPageFilePhysics { packetId: 7, rpms: 6000, ..Default::default() };
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    writer.record(&Record::new(PageKind::Physics, Duration::ZERO, page.as_bytes())).unwrap();
    let file = writer.finish().unwrap().0;
    let mut recording = open(&file);
    recording.select(FieldSet::default());
    let step = recording.next_step().unwrap().unwrap();
    assert_eq!((step.frame.physics.raw(), step.frame.validity), (&page, PhysicsValidity::Current));
}

#[test]
fn lap_samples_restores_the_selection() {
    let file = recorded(&drive(Scenario::HotLaps, 4));
    let mut recording = open(&file);
    let fields = FieldSet::of_channels([channel("rpm").unwrap()]);
    recording.select(fields.clone());
    let lap = LapSpan { from: Duration::from_secs(1), to: Duration::from_secs(4), time_ms: None };
    lap_samples(&mut recording, lap, &[channel("speed").unwrap()], |_| true).unwrap();
    assert_eq!(recording.select(FieldSet::all()), fields);
}
