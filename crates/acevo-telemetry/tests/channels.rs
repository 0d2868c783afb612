//! The channel table is consistent, and the values of channels are right.

use std::collections::HashSet;
use std::hint::black_box;

use acevo_shared_memory::{
    ACEvoStatus, Frame, Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, Value, View,
};
use acevo_simulator::{CarModel, Options, Scenario, Simulator};
use acevo_telemetry::{
    Axes, Channel, ChannelKind, ChannelQuality, ChannelValue, Unit, UnitSystem, UpdateRate, channel, channels,
    default_channels,
};

const WHEELS: [&str; 4] = ["fl", "fr", "rl", "rr"];

fn frame_of(physics: &[u8], graphics: &[u8], session: &[u8]) -> Frame {
    Frame::new(
        SPageFilePhysics::from_bytes(physics),
        SPageFileGraphicEvo::from_bytes(graphics),
        SPageFileStaticEvo::from_bytes(session),
    )
}

/// A frame of a car that is driven.
fn live(physics: SPageFilePhysics, graphics: SPageFileGraphicEvo) -> Frame {
    let physics = SPageFilePhysics { airDensity: 1.2, ..physics };
    let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..graphics };
    Frame::new(physics, graphics, SPageFileStaticEvo::default())
}

fn driven(scenario: Scenario, car: CarModel, seconds: usize) -> Simulator {
    let mut options = Options::default();
    (options.scenario, options.car) = (scenario, car);
    let mut simulator = Simulator::new(options);
    for _ in 0..seconds * 333 {
        simulator.step();
    }
    simulator
}

#[track_caller]
fn number(frame: &Frame, id: &str) -> Option<f64> {
    channel(id).unwrap_or_else(|| panic!("{id} is a channel")).number(frame, &Axes::MEASURED)
}

#[track_caller]
fn wheels(frame: &Frame, id: &str) -> [f64; 4] {
    WHEELS.map(|wheel| number(frame, &format!("{id}_{wheel}")).unwrap_or_else(|| panic!("{id} has a value")))
}

/// The raw field of a source.
fn field_of(source: &str) -> (PageKind, Option<&'static acevo_shared_memory::Field>, bool) {
    let (page, path) = source.split_once('.').unwrap();
    let page = PageKind::ALL.into_iter().find(|kind| kind.to_string() == page).unwrap_or_else(|| panic!("{source}"));
    let name = path.split('[').next().unwrap();
    let exists = match page {
        PageKind::Physics => SPageFilePhysics::default().value(path).is_some(),
        PageKind::Graphics => SPageFileGraphicEvo::default().value(path).is_some(),
        PageKind::Static => SPageFileStaticEvo::default().value(path).is_some(),
    };
    (page, page.fields().iter().find(|field| field.path == name), exists)
}

#[test]
fn ids_and_titles_are_unique_and_well_formed() {
    let ids: HashSet<_> = channels().iter().map(Channel::id).collect();
    let titles: HashSet<_> = channels().iter().map(Channel::title).collect();
    assert_eq!((ids.len(), titles.len()), (channels().len(), channels().len()));
    for id in ids {
        let snake = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        assert!(id.chars().all(snake) && id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
        assert!(!id.ends_with('_') && !id.contains("__"), "{id}");
        assert_eq!(channel(id).map(Channel::id), Some(id));
    }
    assert_eq!(channel("no_such_channel"), None);
}

#[test]
fn every_source_is_a_field_and_every_page_has_channels() {
    for channel in channels() {
        assert!(!channel.sources().is_empty(), "{}", channel.id());
        let mut pages = HashSet::new();
        for source in channel.sources() {
            let (page, field, exists) = field_of(source);
            assert!(exists && field.is_some_and(|field| !field.hidden), "{}: {source}", channel.id());
            pages.insert(page);
        }
        assert_eq!(channel.pages().collect::<HashSet<_>>(), pages, "{}", channel.id());
    }
    for rate in [UpdateRate::Physics, UpdateRate::Graphics, UpdateRate::Session] {
        assert!(channels().iter().filter(|channel| channel.rate() == rate).count() > 10, "{rate}");
    }
}

#[test]
fn a_raw_number_has_the_unit_of_its_field() {
    let mut compared = 0;
    for channel in channels().iter().filter(|channel| channel.kind() == ChannelKind::Number) {
        let [source] = channel.sources() else { continue };
        let unit = field_of(source).1.unwrap().unit;
        // Milliseconds become seconds, millimetres metres; fractions have no unit in the table.
        if unit.is_empty() || matches!((unit, channel.unit()), ("ms", Unit::Second) | ("mm", Unit::Metre)) {
            continue;
        }
        let expected = if channel.unit() == Unit::None { "%" } else { channel.unit().symbol() };
        assert!(unit == expected || unit == "1/s", "{}: {unit}, not {expected}", channel.id());
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn channels_cover_every_field_except_listed_ones() {
    let known: HashSet<_> = channels()
        .iter()
        .flat_map(|channel| channel.sources())
        .map(|source| source.split('[').next().unwrap().to_owned())
        .collect();
    let left_out = |path: &str| {
        // Counters and ids; limits of settings; texts that are numbers elsewhere; the state of menus and of the connection.
        let parts = [
            "instrumentation_m",
            "electronics_m",
            "electronics_is",
            "timing_state",
            "session_state",
            "instrumentation.",
        ];
        let names = [
            "packetId",
            "sm_version",
            "event_id",
            "session_id",
            "number_of_sessions",
            "use_single_compound",
            "display_speed_mph",
            "display_speed_ms",
            "gear_int",
            "gas_percent",
            "brake_percent",
            "steering_percent",
            "distance_to_deadline",
            "tyreContactNormal",
            "tyreContactHeading",
            "electronics.is_ers_heat_charging_on",
            "electronics.is_ignition_on",
        ];
        names.contains(&path)
            || parts.iter().any(|part| path.starts_with(part))
            || path.starts_with("player_")
            || path.starts_with("focused_")
            || path.contains("tyre_compound")
    };
    for page in PageKind::ALL {
        for field in page.fields().iter().filter(|field| !field.hidden && !left_out(field.path)) {
            assert!(known.contains(&format!("{page}.{}", field.path)), "{page}.{}", field.path);
        }
    }
}

#[test]
fn ranges_notes_and_default_channels_are_consistent() {
    for one in channels() {
        match one.kind() {
            ChannelKind::Text => assert!(one.range().is_none() && one.unit() == Unit::None, "{}", one.id()),
            _ => {
                let range = one.range().unwrap();
                assert!(range.start() < range.end() && range.end().is_finite(), "{}", one.id());
            }
        }
        if one.kind() != ChannelKind::Number {
            assert_eq!((one.unit(), one.decimals()), (Unit::None, 0), "{}", one.id());
        }
        let is_plain = matches!(one.quality(), ChannelQuality::Measured | ChannelQuality::Documented);
        assert!(is_plain || !one.note().is_empty(), "{} says why", one.id());
        assert_eq!(one.quality() == ChannelQuality::Measured, !one.versions().is_empty(), "{} has versions", one.id());
        assert!(one.versions().is_sorted(), "{}", one.id());
        if let Some(twin) = one.repeats() {
            assert!(
                channel(twin).is_some_and(|twin| twin.is_default() && twin.unit() == one.unit()),
                "{}: {twin}",
                one.id()
            );
        }
        let is_default = default_channels().any(|other| other == one);
        assert_eq!(is_default, one.quality() != ChannelQuality::Dead && one.repeats().is_none(), "{}", one.id());
    }
    assert!(channel("tyre_wear_fl").is_some_and(|dead| dead.quality() == ChannelQuality::Dead));
    assert!(default_channels().count() > 200);
}

#[test]
fn values_of_the_simulator_are_in_range() {
    let mut outside = std::collections::BTreeMap::new();
    for car in CarModel::ALL {
        let mut simulator = driven(Scenario::Weekend, *car, 20);
        for step in 0..333 * 200 {
            simulator.step();
            if step % 333 != 0 {
                continue;
            }
            let frame = simulator.frame();
            for channel in channels().iter().filter(|channel| channel.kind() != ChannelKind::Text) {
                if let Some(value) = channel.number(&frame, &Axes::MEASURED)
                    && !channel.range().unwrap().contains(&value)
                {
                    outside.insert(channel.id(), value);
                }
            }
        }
    }
    assert_eq!(outside, Default::default());
}

#[test]
fn value_is_finite_for_any_bytes() {
    let mut seed = 7_u64;
    let mut noise = |size: usize| -> Vec<u8> {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        };
        (0..size).map(|_| next()).collect()
    };
    let words = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -1.0].map(f32::to_le_bytes);
    let integers = [i32::MAX, i32::MIN, -1, 0, 1].map(i32::to_le_bytes);
    let mut pages: Vec<Vec<u8>> = words.iter().chain(&integers).map(|word| word.repeat(4900 / 4)).collect();
    pages.extend((0..300).map(|_| noise(4900)));
    pages.extend([vec![], vec![0xff; 4900], vec![b'A'; 4900]]);
    for axes in [Axes::default(), Axes::MEASURED, Axes::DOCUMENTED] {
        for page in &pages {
            let frame = frame_of(page, page, page);
            for channel in channels() {
                match channel.value(&frame, &axes) {
                    Some(ChannelValue::Number(value)) => assert!(value.is_finite(), "{}", channel.id()),
                    Some(ChannelValue::Text(text)) => assert!(!text.is_empty(), "{}", channel.id()),
                    _ => {}
                }
                assert!(channel.number(&frame, &axes).is_none_or(f64::is_finite));
                if channel.quality() == ChannelQuality::Dead {
                    assert_eq!(channel.value(&frame, &axes), None, "{}", channel.id());
                }
            }
        }
    }
}

#[test]
fn value_allocates_nothing() {
    let frame = driven(Scenario::HotLaps, CarModel::Gt3, 5).frame();
    let counted = allocation_counter::measure(|| {
        for channel in channels() {
            black_box(channel.value(black_box(&frame), &Axes::MEASURED));
            black_box((channel.pages().count(), channel.rate(), channel.display_unit(UnitSystem::Imperial)));
        }
        black_box(channel("tyre_temp_inner_rr"));
        black_box(default_channels().count());
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn value_of_a_raw_channel_is_its_field() {
    let frame = driven(Scenario::HotLaps, CarModel::Road, 40).frame();
    let mut compared = 0;
    for one in
        channels().iter().filter(|one| one.kind() == ChannelKind::Number && one.quality() != ChannelQuality::Dead)
    {
        let [source] = one.sources() else { continue };
        let skipped = [
            "camber_fr",
            "camber_rr",
            "gear",
            "lap",
            "yaw_rate",
            "clutch_physics",
            "ride_height_front",
            "ride_height_rear",
        ];
        let (_, field, _) = field_of(source);
        if skipped.contains(&one.id()) || one.id().starts_with("g_") || field.unwrap().unit == "ms" {
            continue;
        }
        let (page, path) = source.split_once('.').unwrap();
        let value = match page {
            "physics" => frame.physics.raw().value(path),
            "graphics" => frame.graphics.raw().value(path),
            _ => frame.static_data.raw().value(path),
        };
        let raw = value.and_then(|value| Value::as_f64(&value));
        if let Some(value) = one.number(&frame, &Axes::default()) {
            assert_eq!(Some(value), raw, "{}", one.id());
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn value_resolves_tyre_faces_and_camber_by_side() {
    let mut graphics = SPageFileGraphicEvo::default();
    let mut tyres = [graphics.tyre_lf; 4];
    for (index, tyre) in tyres.iter_mut().enumerate() {
        let base = 10.0 * index as f32;
        (tyre.tyre_temperature_left, tyre.tyre_temperature_center, tyre.tyre_temperature_right) =
            (base + 1.0, base + 2.0, base + 3.0);
        (tyre.tyre_normalized_temperature_left, tyre.tyre_normalized_temperature_right) =
            ((base + 4.0) / 8.0, (base + 5.0) / 8.0);
    }
    [graphics.tyre_lf, graphics.tyre_rf, graphics.tyre_lr, graphics.tyre_rr] = tyres;
    let physics = SPageFilePhysics { camberRAD: [-0.05, 0.06, -0.03, 0.04], ..Default::default() };
    let made_up = live(physics, graphics);
    assert_eq!(wheels(&made_up, "tyre_temp_inner"), [3.0, 11.0, 23.0, 31.0]);
    assert_eq!(wheels(&made_up, "tyre_temp_middle"), [2.0, 12.0, 22.0, 32.0]);
    assert_eq!(wheels(&made_up, "tyre_temp_outer"), [1.0, 13.0, 21.0, 33.0]);
    assert_eq!(wheels(&made_up, "tyre_temp_inner_normalized"), [5.0, 14.0, 25.0, 34.0].map(|part| part / 8.0));
    assert_eq!(wheels(&made_up, "tyre_temp_outer_normalized"), [4.0, 15.0, 24.0, 35.0].map(|part| part / 8.0));
    assert_eq!(wheels(&made_up, "camber").map(|camber| camber as f32), [-0.05, -0.06, -0.03, -0.04]);
    // The simulator presses the inner edges: with camber they are the hotter ones.
    let simulated = driven(Scenario::HotLaps, CarModel::Gt3, 60).frame();
    let (inner, outer) = (wheels(&simulated, "tyre_temp_inner"), wheels(&simulated, "tyre_temp_outer"));
    assert!(inner[0] + inner[1] > outer[0] + outer[1], "{inner:?} {outer:?}");
    assert!(wheels(&simulated, "camber").iter().all(|camber| *camber < 0.0));
}

#[test]
fn value_of_a_pressed_clutch_is_1_on_both_pages() {
    let mut simulator = driven(Scenario::Race, CarModel::Gt3, 3);
    let (mut most, mut least): (f64, f64) = (0.0, 1.0);
    for _ in 0..333 * 20 {
        if !simulator.step().graphics {
            continue;
        }
        let frame = simulator.frame();
        let (pedal, physics) = (number(&frame, "clutch").unwrap(), number(&frame, "clutch_physics").unwrap());
        assert!((pedal - physics).abs() < 0.01, "{pedal} {physics}");
        (most, least) = (most.max(pedal), least.min(pedal));
    }
    assert!(most > 0.5 && least < 0.01, "{least}..{most}");
}

#[test]
fn value_of_the_ride_height_is_in_metres_for_both_raw_units() {
    let with = |heights| {
        let physics = SPageFilePhysics { rideHeight: heights, ..Default::default() };
        let frame = live(physics, SPageFileGraphicEvo::default());
        ["front", "rear"].map(|end| number(&frame, &format!("ride_height_{end}")).map(|height| height as f32))
    };
    assert_eq!(with([62.0, 0.074]), [Some(0.062), Some(0.074)]);
    assert_eq!(with([-12.0, f32::NAN]), [Some(-0.012), None]);
    assert_eq!(with([61.26, 0.0]).map(|height| height.map(|metres| metres * 1000.0)), [Some(61.26), None]);
    let simulated = driven(Scenario::HotLaps, CarModel::Gt3, 10).frame();
    assert!((0.006..0.1).contains(&number(&simulated, "ride_height_front").unwrap()));
    let front = channel("ride_height_front").unwrap();
    assert_eq!(
        [UnitSystem::Metric, UnitSystem::Imperial].map(|system| front.display_unit(system)),
        [Unit::Millimetre, Unit::Inch]
    );
    assert_eq!([Unit::Millimetre, Unit::Inch].map(|unit| front.decimals_in(unit)), [1, 2]);
}

#[test]
fn value_of_accelerations_and_yaw_is_positive_to_the_right() {
    // A left bend, over a crest, while braking.
    let physics = SPageFilePhysics { accG: [0.5, 0.25, -1.5], localAngularVel: [0.0, 0.75, 0.0], ..Default::default() };
    let frame = live(physics, SPageFileGraphicEvo::default());
    let with = |axes: Axes| {
        ["g_lateral", "g_longitudinal", "g_vertical", "yaw_rate"].map(|id| channel(id).unwrap().number(&frame, &axes))
    };
    assert_eq!(with(Axes::default()), [Some(-0.5), Some(-1.5), Some(0.25), Some(-0.75)]);
    assert_eq!(with(Axes::MEASURED), with(Axes::default()));
    assert_eq!(with(Axes::DOCUMENTED), [Some(-0.5), Some(0.25), Some(-1.5), Some(-0.75)]);
    let raw = ["acc_g_x", "acc_g_y", "acc_g_z"].map(|id| channel(id).unwrap().number(&frame, &Axes::default()));
    assert_eq!(raw, [Some(0.5), Some(0.25), Some(-1.5)]);
}

#[test]
fn value_is_none_for_nan_denormal_and_implausible_numbers() {
    let mut physics = SPageFilePhysics { speedKmh: 1e6, rpms: -2528, slipRatio: [85.9; 4], ..Default::default() };
    (physics.fuel, physics.gas, physics.wheelSlip) = (f32::NAN, f32::NEG_INFINITY, [1600.0; 4]);
    let graphics = SPageFileGraphicEvo {
        // An integer in a float, as the real game has it.
        max_turbo_boost: f32::from_bits(477),
        fuel_liter_per_km: 53.0,
        instantaneous_fuel_liter_per_km: f32::NAN,
        instantaneous_km_per_fuel_liter: f32::INFINITY,
        km_per_fuel_liter: 96_411.0,
        oil_temperature_c: -0.0,
        ..Default::default()
    };
    let session = SPageFileStaticEvo { latitude: f32::NAN, ..Default::default() };
    let mut made_up = live(physics, graphics);
    made_up.static_data = View::from(session);
    for id in [
        "speed",
        "fuel",
        "throttle",
        "turbo_boost_max",
        "fuel_per_distance",
        "fuel_per_distance_now",
        "distance_per_fuel_now",
        "distance_per_fuel",
        "latitude",
        "longitude",
        "race_position",
    ] {
        assert_eq!(channel(id).unwrap().value(&made_up, &Axes::default()), None, "{id}");
    }
    // Seen on the real game in spins.
    assert_eq!(
        ["rpm", "wheel_slip_fl", "oil_temp"].map(|id| number(&made_up, id)),
        [Some(-2528.0), Some(1600.0), Some(0.0)]
    );
    assert!((number(&made_up, "slip_ratio_rr").unwrap() - 85.9).abs() < 1e-5);
}

#[test]
fn value_is_none_for_coordinates_and_starting_temperatures_of_zero() {
    let with = |latitude, longitude, air, road| {
        let session = SPageFileStaticEvo {
            latitude,
            longitude,
            starting_ambient_temperature_c: air,
            starting_ground_temperature_c: road,
            ..Default::default()
        };
        let mut frame = frame_of(&[], &[], &[]);
        frame.static_data = View::from(session);
        ["latitude", "longitude", "start_air_temp", "start_road_temp"].map(|id| number(&frame, id))
    };
    assert_eq!(with(0.0, 0.0, 0.0, 0.0), [None; 4]);
    assert_eq!(with(51.5, 0.0, 0.0, 4.5), [Some(51.5), Some(0.0), Some(0.0), Some(4.5)]);
    assert_eq!(with(91.0, 7.0, f32::NAN, 4.5), [None, None, None, Some(4.5)]);
}

#[test]
fn value_of_the_position_is_found_with_and_without_ids() {
    let simulator = driven(Scenario::Race, CarModel::Gt3, 20);
    let lap_position = |frame: &Frame| ["x", "y", "z"].map(|axis| number(frame, &format!("position_{axis}")).unwrap());
    let with_ids = simulator.frame();
    let player = with_ids.graphics.player_car().unwrap();
    assert_eq!(lap_position(&with_ids), player.coordinates.map(f64::from));
    let mut older = with_ids;
    older.graphics = View::from(SPageFileGraphicEvo::from_bytes(&simulator.graphics().as_bytes()[..3940]));
    for (one, other) in lap_position(&with_ids).into_iter().zip(lap_position(&older)) {
        // The frame may be some physics steps old.
        assert!((one - other).abs() < 3.0, "{one} {other}");
    }
    assert_eq!(number(&frame_of(&[], &[], &[]), "position_x"), None);
}

#[test]
fn value_is_none_for_the_games_missing_values() {
    let nothing = frame_of(&[], &[], &[]);
    for id in [
        "lap_time",
        "last_lap_time",
        "best_lap_time",
        "predicted_lap_time",
        "race_position",
        "session_laps",
        "lap_distance",
    ] {
        assert_eq!(number(&nothing, id), None, "{id}");
    }
    let mut graphics = SPageFileGraphicEvo {
        delta_time_ms: i32::MAX,
        last_laptime_ms: -1,
        best_laptime_ms: i32::MAX,
        current_lap_time_ms: 62_345,
        npos: 0.25,
        ..Default::default()
    };
    (graphics.time_of_day_hours, graphics.time_of_day_minutes) = (14, 30);
    let session = SPageFileStaticEvo { track_length_m: 4_000.0, ..Default::default() };
    let frame = Frame::new(SPageFilePhysics::default(), graphics, session);
    assert_eq!(["delta", "last_lap_time", "best_lap_time"].map(|id| number(&frame, id)), [None; 3]);
    assert_eq!(number(&frame, "lap_time"), Some(62.345));
    assert_eq!(number(&frame, "lap_distance"), Some(1_000.0));
    assert_eq!(number(&frame, "time_of_day"), Some(52_200.0));
}

#[test]
fn value_of_an_aid_uses_any_of_its_signals() {
    let with = |change: &dyn Fn(&mut SPageFilePhysics, &mut SPageFileGraphicEvo)| {
        let (mut physics, mut graphics) = (SPageFilePhysics::default(), SPageFileGraphicEvo::default());
        change(&mut physics, &mut graphics);
        let frame = live(physics, graphics);
        ["tc_active", "abs_active"].map(|id| number(&frame, id).unwrap())
    };
    assert_eq!(with(&|_, _| {}), [0.0, 0.0]);
    assert_eq!(with(&|physics, _| physics.tc = 0.1), [1.0, 0.0]);
    assert_eq!(with(&|physics, _| physics.tcinAction = 1), [1.0, 0.0]);
    assert_eq!(with(&|_, graphics| graphics.tc_active = true), [1.0, 0.0]);
    assert_eq!(with(&|physics, _| physics.abs = 0.1), [0.0, 1.0]);
    assert_eq!(with(&|physics, _| physics.absInAction = 1), [0.0, 1.0]);
    assert_eq!(with(&|_, graphics| graphics.abs_active = true), [0.0, 1.0]);
}

#[test]
fn value_of_enums_and_texts_has_names() {
    let simulator = driven(Scenario::HotLaps, CarModel::Gt3, 20);
    let frame = simulator.frame();
    let value = |id: &str| channel(id).unwrap().value(&frame, &Axes::default());
    assert_eq!(value("status"), Some(ChannelValue::Enum(2, "Live")));
    assert_eq!(value("location"), Some(ChannelValue::Enum(4, "Track")));
    assert_eq!(value("driver_name"), Some(ChannelValue::Text("Žofie")));
    assert!(matches!(channel("flag").unwrap().kind(), ChannelKind::Enum(_)));
}
