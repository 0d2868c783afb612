//! Test helpers: pages of a car on track, mappers, and a check that published pages are read back.
#![allow(dead_code, reason = "every test file uses only some of them")]

#[cfg(feature = "publish")]
use acevo_shared_memory::{ACEvoSharedMemoryMapper, CounterOrder, LocalPages, PageKind, Publisher};
use acevo_shared_memory::{Error, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

/// A mapper of pages in this process, and their publisher.
#[cfg(feature = "publish")]
pub(crate) fn mapper_and_publisher() -> (ACEvoSharedMemoryMapper, Publisher) {
    let pages = LocalPages::new();
    (ACEvoSharedMemoryMapper::open_source(pages.clone()).unwrap(), Publisher::local(&pages))
}

/// The physics page of a car on track.
pub(crate) fn physics_page() -> SPageFilePhysics {
    SPageFilePhysics {
        packetId: 5000,
        gas: 0.5,
        fuel: 40.0,
        gear: 4,
        rpms: 6000,
        speedKmh: 108.0,
        velocity: [0.0, 0.0, -30.0],
        wheelLoad: [3000.0; 4],
        wheelsPressure: [27.0; 4],
        wheelAngularSpeed: [90.0; 4],
        tyreCoreTemperature: [80.0; 4],
        tyreTemp: [80.0; 4],
        brakeTemp: [300.0; 4],
        heading: 1.0,
        airDensity: 1.2,
        airTemp: 22.0,
        roadTemp: 30.0,
        currentMaxRpm: 9000,
        isEngineRunning: 1,
        ignitionOn: 1,
        ..Default::default()
    }
}

/// The graphics page of the same car.
pub(crate) fn graphics_page() -> SPageFileGraphicEvo {
    let mut page = SPageFileGraphicEvo { packetId: 77, status: 2, npos: 0.5, rpm: 4000, ..Default::default() };
    page.car_model = "Velocita".into();
    page.driver_name = "Jürgen".into();
    (page.max_gears, page.total_drivers, page.current_pos, page.gear_int) = (6, 20, 3, 4);
    (page.gas_percent, page.rpm_percent, page.turbo_boost, page.max_fuel) = (0.5, 0.6, 0.7, 110.0);
    (page.fuel_per_lap, page.total_km, page.car_ids[0]) = (2.5, 17, [1, 2]);
    (page.oil_temperature_c, page.current_km, page.active_cars) = (90.0, 12.0, 20);
    page.use_single_compound = true;
    page.car_ids[59] = [1, u64::MAX];
    page
}

/// The static page of its session.
pub(crate) fn static_page() -> SPageFileStaticEvo {
    SPageFileStaticEvo {
        sm_version: "1.0".into(),
        ac_evo_version: "0.9.1+release.6".into(),
        track: "Valdombra".into(),
        track_length_m: 4124.0,
        ..Default::default()
    }
}

/// Reads until an error occurs, and returns it. Sources check every few milliseconds whether the game still runs.
pub(crate) fn read_until_error<T>(mut read: impl FnMut() -> Result<T, Error>) -> Error {
    loop {
        if let Err(error) = read() {
            return error;
        }
    }
}

/// Bytes from which their position can be seen.
pub(crate) fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8 + 1).collect()
}

/// Bytes for a page, of which many are neither 0 nor 1.
#[cfg(feature = "publish")]
pub(crate) fn arbitrary_bytes(page: PageKind, seed: u8) -> Vec<u8> {
    (0..page.size()).map(|index| (index as u8).wrapping_mul(37).wrapping_add(seed)).collect()
}

/// Publishes all three pages and reads them back, every byte, with the counter first and last.
#[cfg(feature = "publish")]
pub(crate) fn assert_published_pages_are_read(mut publisher: Publisher, mapper: &ACEvoSharedMemoryMapper) -> Publisher {
    let mut buffer = [0; PageKind::Graphics.size()];
    for (seed, order) in [(1, CounterOrder::First), (2, CounterOrder::Last)] {
        publisher = publisher.with_counter(order);
        for page in PageKind::ALL {
            publisher.publish_bytes(page, &arbitrary_bytes(page, seed)).unwrap();
        }
        mapper.frame().unwrap();
        for page in PageKind::ALL {
            assert_eq!(mapper.captured(page, &mut buffer), Some(page.size()));
            assert_eq!(buffer[..page.size()], arbitrary_bytes(page, seed), "{page}: all bytes, padding included");
        }
    }
    publisher = publisher.with_counter(CounterOrder::First);
    publisher.publish_physics(&SPageFilePhysics { packetId: 1, gas: 0.25, ..Default::default() }).unwrap();
    assert_eq!((mapper.physics().packet_id(), mapper.physics().raw().gas), (1, 0.25));
    publisher = publisher.with_counter(CounterOrder::Last);
    publisher.publish_physics(&physics_page()).unwrap();
    publisher.publish_graphics(&graphics_page()).unwrap();
    publisher.publish_static(&static_page()).unwrap();
    assert_eq!(*mapper.physics().raw(), physics_page());
    assert_eq!(*mapper.graphics().raw(), graphics_page());
    assert_eq!(*mapper.static_data().raw(), static_page());
    assert_eq!(mapper.packet_id(PageKind::Physics).unwrap(), physics_page().packetId);
    assert_eq!(mapper.packet_id(PageKind::Graphics).unwrap(), graphics_page().packetId);
    assert_eq!(mapper.packet_id(PageKind::Static).unwrap(), 0);
    assert!(mapper.physics().is_settled() && mapper.graphics().is_settled() && mapper.unsettled() == 0);
    publisher
}
