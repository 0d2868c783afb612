#[cfg(target_os = "linux")]
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use acevo_shared_memory::{
    Frame as Pages, Page, PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View,
};
use acevo_simulator::{Options, Scenario};
use acevo_telemetry::analysis::{Bests, FuelPlanning, Outline, Race, RaceEnd, RaceFuel, RaceProgress, Road, StopPlan};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Color, Modifier};

use super::app::{App, ScrollExtent, Tab};
use super::units::Units;
use super::view;
use super::view::data::ViewData;
use super::view::panels::map;
use crate::session::demo;
use crate::session::feeder::SourceKind;
use crate::session::snapshot::Snapshot;
use crate::session::status::ConnectionStatus;

const SIZES: [(u16, u16); 9] =
    [(80, 24), (120, 40), (200, 60), (300, 100), (40, 10), (75, 19), (10, 3), (1, 1), (200, 5)];

fn pages(physics: &[u8], graphics: &[u8], static_data: &[u8]) -> Pages {
    Pages::new(
        SPageFilePhysics::from_bytes(physics),
        SPageFileGraphicEvo::from_bytes(graphics),
        SPageFileStaticEvo::from_bytes(static_data),
    )
}

/// A race in its third lap: the track is known, laps have ended, other cars are near.
fn race() -> &'static Snapshot {
    static RACE: OnceLock<Snapshot> = OnceLock::new();
    RACE.get_or_init(|| {
        let mut options = Options::default();
        options.scenario = Scenario::Race;
        Snapshot::driven(options, Duration::from_secs(235))
    })
}

fn app(tab: Tab) -> App {
    App { tab, ..App::default() }
}

fn picture(snapshot: &Snapshot, app: &App, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = view::draw(frame, snapshot, app)).unwrap();
    let buffer = terminal.backend().buffer();
    let rows = buffer.content.chunks(usize::from(width).max(1));
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n")
        .collect()
}

fn assert_shows(picture: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(picture.contains(wanted), "{wanted} is not in\n{picture}");
    }
}

#[test]
fn drive_tab_fits_80_by_24() {
    let picture = picture(race(), &app(Tab::Drive), (80, 24));
    assert_shows(&picture, &["LIVE", "game 0.9.1", "Valdombra", "GT3", "1 Drive", "8 Health"]);
    assert_shows(&picture, &["km/h", "rpm", "thr", "brk", "clu", "steer", "esc", "limit"]);
    assert_shows(&picture, &["delta", "predicted", "last", "best", "behind", "of 20"]);
    assert_shows(&picture, &["FL", "RR", "psi", "core", "brake", "fuel", "laps", "flag", "bias", "on track", "g-g"]);
    assert_shows(&picture, &["333 Hz", "60 Hz", "0 missed", "q quit", "? help"]);
}

#[test]
fn drive_tab_shows_more_on_a_larger_terminal() {
    let mut app = app(Tab::Drive);
    app.units = Units::Imperial;
    let medium = picture(race(), &app, (120, 40));
    assert_shows(&medium, &["mph", "°F", "Track", "Around", "you", "◆", "per lap"]);
    let wide = picture(race(), &app, (200, 60));
    assert_shows(&wide, &["Events", "sectors", "ideal lap", "steer", "-10 s", "now", "lateral"]);
}

#[test]
fn each_tab_shows_its_values() {
    let shows = |tab, wanted: &[&str]| assert_shows(&picture(race(), &app(tab), (80, 24)), wanted);
    shows(Tab::Tyres, &["pressure", "pad", "camber", "out", "mid", "in", "Slick", "does not report tyre wear"]);
    shows(Tab::Timing, &["driver", "interval", "leader", "20 cars", "no log of the game"]);
    shows(Tab::Laps, &["sector 1", "flying", "to best", "ideal", "stint"]);
    shows(Tab::Car, &["TC cut", "ABS", "water", "oil", "Electronics", "Engine", "▼"]);
    shows(Tab::Session, &["Race", "ITA", "Track", "◆", "you", "road"]);
    shows(Tab::Fields, &["speed", "km/h", "✓ measured", "? guessed"]);
    shows(Tab::Events, &["sector 1", "green flag", "lap   1"]);
    shows(Tab::Health, &["332.6 Hz", "missed", "measured", "settled", "All packets arrive"]);
}

/// A lap of right-hand bends only, in coordinates of the game: X points right and Z points down.
fn right_hand_lap(place: f64) -> [f64; 3] {
    let angle = place * std::f64::consts::TAU;
    [300.0 * angle.sin(), 140.0, -400.0 - 200.0 * angle.cos()]
}

#[test]
fn tyre_temperatures_that_the_game_never_fills_are_not_drawn() {
    let snapshot = race();
    let with = |celsius: f32| {
        let mut pages = snapshot.pages.unwrap();
        let mut physics = *pages.physics.raw();
        (physics.tyreTempI, physics.tyreTempM, physics.tyreTempO) = ([celsius; 4], [celsius; 4], [celsius; 4]);
        pages.physics = View::from(physics);
        Snapshot { pages: Some(pages), ..snapshot.clone() }
    };
    let (zero, filled) = (with(0.0), with(177.7));
    for tab in [Tab::Drive, Tab::Tyres, Tab::Car, Tab::Fields] {
        let pictures = [&zero, &filled].map(|snapshot| picture(snapshot, &app(tab), (200, 60)));
        assert_eq!(pictures[0], pictures[1], "{tab:?}");
    }
}

/// Column and row of the player's car on the map.
fn player_on_the_map(position: [f64; 3], outline: &Outline) -> (usize, usize) {
    let mut graphics = SPageFileGraphicEvo { player_car_id_a: 1, ..Default::default() };
    graphics.car_ids[0] = [1, 0];
    graphics.car_coordinates[0] = position.map(|metres| metres as f32);
    let pages = Pages::new(SPageFilePhysics::default(), graphics, SPageFileStaticEvo::default());
    let mut snapshot = Snapshot::of(ConnectionStatus::Attached, Some(pages));
    snapshot.outline = Arc::new(outline.clone());
    let data = ViewData { snapshot: &snapshot, pages: snapshot.pages.as_ref().unwrap(), units: Units::default() };
    let mut terminal = Terminal::new(TestBackend::new(80, 40)).unwrap();
    terminal.draw(|frame| map::draw(frame, frame.area(), &data)).unwrap();
    let cells = &terminal.backend().buffer().content;
    let at = cells.iter().position(|cell| cell.symbol() == "◆").expect("the player is on the map");
    (at % 80, at / 80)
}

#[test]
fn map_shows_a_right_hand_lap_clockwise_and_smaller_z_above() {
    let mut outline = Outline::default();
    for frame in 0..=2001 {
        let place = f64::from(frame) / 2000.0;
        outline.note(place.fract(), right_hand_lap(place), Road::Track);
    }
    assert!(outline.is_known());
    let points: Vec<_> =
        (0..8).map(|part| player_on_the_map(right_hand_lap(f64::from(part) / 8.0), &outline)).collect();
    let (top, right, bottom, left) = (points[0], points[2], points[4], points[6]);
    assert!(top.1 < right.1 && right.1 < bottom.1, "{points:?}");
    assert!(left.0 < top.0 && top.0 < right.0, "{points:?}");
    let [above, below] = [-429.0, -368.0].map(|z| player_on_the_map([-28.0, 146.0, z], &outline).1);
    assert!(above < below, "{above} {below}");
}

#[test]
fn fields_tab_searches_words_of_names() {
    let press = |app: &mut App, keys: &str| {
        for key in keys.chars() {
            let _ = app.press(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        }
    };
    let mut app = App::default();
    press(&mut app, "/tyre press fl");
    let found = picture(race(), &app, (80, 24));
    assert_shows(&found, &["tyre_pressure_fl", " of "]);
    assert!(!found.contains("speed_displayed") && !found.contains("tyre_pressure_fr"), "{found}");
    let _ = app.press(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
    press(&mut app, "r/");
    for _ in 0.."tyre press fl".len() {
        let _ = app.press(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
    }
    press(&mut app, "tyre_lf.slip");
    assert_shows(&picture(race(), &app, (80, 24)), &["graphics.tyre_lf.slip", "1 of"]);
    press(&mut app, "qq");
    assert_shows(&picture(race(), &app, (80, 24)), &["no matches"]);
}

#[test]
fn lists_scroll_to_their_ends_and_mark_hidden_rows() {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut app = app(Tab::Fields);
    let mut draw = |app: &mut App| {
        let mut extent = ScrollExtent::default();
        terminal.draw(|frame| extent = view::draw(frame, race(), app)).unwrap();
        app.set_extent(extent);
        terminal.backend().to_string()
    };
    let top = draw(&mut app);
    assert!(top.contains('▼') && !top.contains('▲'), "{top}");
    let _ = app.press(KeyEvent::new(KeyCode::End, KeyModifiers::NONE));
    let end = draw(&mut app);
    assert!(end.contains('▲') && !end.contains('▼') && end.contains("ping"), "{end}");
}

#[test]
fn waiting_message_has_the_reason_and_hints() {
    let reason = "Assetto Corsa EVO is not running (looked for something)\x1b[2J";
    let picture = picture(&Snapshot::of(ConnectionStatus::Absent(reason.into()), None), &App::default(), (80, 24));
    assert_shows(&picture, &["Waiting for", "looked for something", "acevo --demo", "acevo doctor", "q quit"]);
    assert!(!picture.contains('\x1b'));
}

#[test]
fn menu_shows_a_message_but_fields_are_available() {
    let snapshot = Snapshot::of(ConnectionStatus::Attached, Some(pages(&[], &[1], &[])));
    let drive = picture(&snapshot, &App::default(), (80, 24));
    assert!(drive.contains("in its menu") && !drive.contains("km/h"), "{drive}");
    assert_shows(&picture(&snapshot, &app(Tab::Fields), (80, 24)), &["speed", "km/h"]);
}

#[test]
fn end_of_a_recording_has_its_own_message() {
    let ended = |pages| Snapshot { source: SourceKind::Recording, ..Snapshot::of(ConnectionStatus::Ended, pages) };
    let live = ended(race().pages);
    let menu = ended(Some(pages(&[], &[1], &[])));
    for snapshot in [&live, &menu, &ended(None)] {
        let picture = picture(snapshot, &App::default(), (80, 24));
        let has_message = picture.to_lowercase().contains("end of recording");
        let wrong = ["has stopped", "frozen", "doctor", "in its menu", "LIVE", "looking"];
        assert!(has_message && !wrong.iter().any(|word| picture.contains(word)), "{picture}");
    }
    assert_shows(&picture(&live, &App::default(), (80, 24)), &["END OF RECORDING", "km/h"]);
}

/// A race whose graphics page is changed.
fn changed(change: impl FnOnce(&mut SPageFileGraphicEvo)) -> Snapshot {
    let mut snapshot = race().clone();
    let pages = snapshot.pages.as_mut().unwrap();
    let mut graphics = *pages.graphics.raw();
    change(&mut graphics);
    pages.graphics = View::from(graphics);
    snapshot
}

#[test]
fn wide_letters_keep_columns_aligned() {
    for name in ["漢字漢字漢字", "🏎🏁 Żółć", "e\u{301}\u{301}é", "Novák"] {
        let snapshot = changed(|page| {
            page.driver_name = name.into();
            page.car_model = name.into();
            page.performance_mode_name = name.into();
        });
        for tab in Tab::ALL {
            let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
            terminal.draw(|frame| _ = view::draw(frame, &snapshot, &app(tab))).unwrap();
            let buffer = terminal.backend().buffer();
            for row in 0..24_u16 {
                let mut column = 0;
                let mut shown = 0;
                while column < 80 {
                    let width = crate::format::text::width(buffer[(column, row)].symbol()).max(1) as u16;
                    (column, shown) = (column + width, shown + width);
                }
                assert_eq!(shown, 80, "{name} {tab:?} row {row}");
            }
            if tab == Tab::Drive {
                let picture = picture(&snapshot, &app(tab), (80, 24));
                let plain = self::picture(race(), &app(tab), (80, 24));
                // The text on the right does not move.
                let end = |picture: &str| {
                    picture.lines().next().unwrap().trim_end_matches('"').rsplit("  ").next().unwrap().to_owned()
                };
                assert_eq!(end(&picture), end(&plain), "{name}");
            }
        }
    }
}

#[test]
fn placeholder_names_and_blank_surnames_are_hidden() {
    let snapshot = changed(|page| {
        page.car_model = "car_placeholder".into();
        (page.driver_name, page.driver_surname) = ("Žofie".into(), " ".into());
    });
    for tab in Tab::ALL.into_iter().filter(|tab| *tab != Tab::Fields) {
        let picture = picture(&snapshot, &app(tab), (120, 40));
        assert!(picture.contains("Žofie") && !picture.contains("placeholder"), "{picture}");
    }
}

#[test]
fn lap_number_is_clamped_to_the_last_lap() {
    let mut snapshot = changed(|page| (page.total_lap_count, page.session_state.total_lap) = (3, 3));
    snapshot.lap = None;
    let picture = picture(&snapshot, &App::default(), (80, 24));
    assert!(picture.contains("3 / 3") && !picture.contains("4 / 3"), "{picture}");
}

/// A hot lap with a pause, half a second after physics has this validity for the first time.
fn paused(validity: PhysicsValidity) -> Snapshot {
    let mut options = Options::default();
    options.scenario = Scenario::Pause;
    let mut wanted = None;
    demo::drive_while(options.clone(), |at, frame| {
        wanted = (frame.validity == validity && at > Duration::from_secs(5)).then_some(at);
        wanted.is_none()
    });
    // Half a second later the values have faded.
    Snapshot::driven(options, wanted.expect("the scenario gets there") + Duration::from_millis(500))
}

#[test]
fn outdated_physics_is_hidden_with_the_reason() {
    for (validity, word) in [(PhysicsValidity::Paused, "PAUSED"), (PhysicsValidity::Resuming, "RESUMING")] {
        let snapshot = paused(validity);
        assert_eq!(snapshot.pages.as_ref().unwrap().validity, validity);
        for size in [(80, 24), (120, 40), (200, 60), (40, 12)] {
            let picture = picture(&snapshot, &App::default(), size);
            assert_shows(&picture, &[word, " - rpm", "- %"]);
            for zero in [" 0 rpm", " 0 km/h", " 0 %", "fuel 0.0", "core    0", "bias 0.0"] {
                assert!(!picture.contains(zero), "{zero} in\n{picture}");
            }
        }
        let health = picture(&snapshot, &app(Tab::Health), (80, 24));
        assert_shows(&health, &[&word.to_lowercase(), "do not describe the car"]);
        assert_shows(&picture(&snapshot, &app(Tab::Fields), (80, 24)), &[&format!("- ({})", word.to_lowercase())]);
        // The history has samples from before the pause, and none from the pause.
        assert!(snapshot.history.iter().all(|sample| sample.speed > 5.0), "zeros in the history");
    }
}

#[test]
fn watched_car_is_marked_and_has_no_player_values() {
    let mut snapshot = changed(|page| {
        (page.player_car_id_a, page.focused_car_id_a) = (1, 2);
        page.best_laptime_ms = 65_432;
        (page.current_pos, page.total_drivers) = (0, 20);
    });
    snapshot =
        Snapshot { lap: None, delta: None, fuel: None, bests: Bests::default(), watches_another_car: true, ..snapshot };
    let picture = picture(&snapshot, &App::default(), (120, 40));
    assert_shows(&picture, &["WATCHING ANOTHER CAR", "of the watched car", "1:05.432"]);
    assert!(!picture.contains("P0"), "position 0 is no position");
}

#[test]
fn best_lap_of_zero_is_shown_as_missing() {
    let mut snapshot = changed(|page| (page.best_laptime_ms, page.last_laptime_ms) = (0, 95_169));
    snapshot.bests = Bests::default();
    let picture = picture(&snapshot, &App::default(), (80, 24));
    let best = picture.lines().find(|line| line.contains(" best ")).unwrap();
    assert!(best.contains("best       -") && picture.contains("1:35.169"), "{picture}");
}

#[test]
fn validity_is_hidden_before_the_first_lap() {
    let mut snapshot = changed(|page| page.is_valid_lap = false);
    snapshot.lap = None;
    let picture = picture(&snapshot, &App::default(), (80, 24));
    assert!(!picture.contains("invalid") && !picture.contains("✗"), "{picture}");
}

#[test]
fn all_sectors_of_the_running_lap_are_shown_as_far_as_they_fit() {
    let mut snapshot = race().clone();
    let lap = snapshot.lap.as_mut().unwrap();
    lap.splits_ms = (1..=3).map(|sector| Some(sector * 10_001)).collect();
    assert_shows(&picture(&snapshot, &app(Tab::Drive), (200, 60)), &["10.001  10.001  10.001"]);
    snapshot.lap.as_mut().unwrap().splits_ms = (1..=9).map(|sector| Some(sector * 10_000 + sector * sector)).collect();
    let picture = picture(&snapshot, &app(Tab::Drive), (200, 60));
    assert_shows(&picture, &["sectors    …", "10.015  10.017"]);
    assert!(!picture.contains("10.003"), "{picture}");
}

#[test]
fn stops_have_the_next_amount_its_laps_and_what_saves_a_stop() {
    let with = |laps, tank, tab| {
        let mut snapshot = race().clone();
        let fuel = RaceFuel {
            race: Some(Race::new(RaceEnd::Laps(laps))),
            progress: RaceProgress::Running { amount: 20.0, lap_position: 0.0 },
            per_lap: Some(2.0),
            lap_time_s: None,
            tank,
            is_electric: false,
        };
        snapshot.stop_plan = StopPlan::new(&fuel, &FuelPlanning::default());
        picture(&snapshot, &app(tab), (120, 40))
    };
    assert_shows(&with(5, None, Tab::Drive), &["to finish  enough fuel"]);
    // The race is in its third lap: the ninth one from now is lap 11.
    let two_stops = ["stops      2, next 40.5 l", "box in lap 3 to 11"];
    assert_shows(&with(50, Some(60.0), Tab::Drive), &two_stops);
    let car = with(41, Some(60.0), Tab::Car);
    assert_shows(&car, &["stops      2, next 31.5 l", "save stop  1.90 l a lap, -5.0 %", "reserve    1.0 l"]);
    assert_shows(&with(12, None, Tab::Drive), &["to add     5.0 l "]);
    let endless = with(5000, None, Tab::Drive);
    assert!(
        !endless.contains("to add") && !endless.contains("stops "),
        "a day without a known tank has no sensible plan"
    );
}

#[test]
fn session_without_an_end_shows_no_finish() {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let snapshot = Snapshot::driven(options, Duration::from_secs(130));
    for tab in [Tab::Drive, Tab::Car] {
        let picture = picture(&snapshot, &app(tab), (120, 40));
        assert!(picture.contains("per lap"), "{picture}");
        for absent in ["to finish", "to add", "stops  ", "save stop"] {
            assert!(!picture.contains(absent), "{absent}: {picture}");
        }
    }
}

#[test]
fn imperial_units_are_used_for_consumption_track_length_and_gaps() {
    let imperial = |tab| picture(race(), &App { units: Units::Imperial, ..app(tab) }, (200, 60));
    let car = imperial(Tab::Car);
    assert!(car.contains("per mile") && !car.contains("per km"), "{car}");
    let session = imperial(Tab::Session);
    assert_shows(&session, &["length     2.56 mi", " ft  "]);
    assert!(!session.contains(" m "), "{session}");
}

#[test]
fn gears_above_nine_have_both_digits() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut snapshot = race().clone();
        let pages = snapshot.pages.as_mut().unwrap();
        let mut physics = *pages.physics.raw();
        let nine = |snapshot: &Snapshot| picture(snapshot, &App::default(), size);
        physics.gear = 2;
        pages.physics = View::from(physics);
        let first = nine(&snapshot);
        let pages = snapshot.pages.as_mut().unwrap();
        physics.gear = 13;
        pages.physics = View::from(physics);
        assert_ne!(nine(&snapshot), first, "the twelfth is not the first: {first}");
    }
}

#[test]
fn recording_without_pages_does_not_wait_for_the_game() {
    let snapshot = Snapshot { source: SourceKind::Recording, ..Snapshot::of(ConnectionStatus::RecordingGap, None) };
    let picture = picture(&snapshot, &App::default(), (80, 24));
    assert!(!picture.contains("Waiting") && !picture.contains("doctor"), "{picture}");
}

#[test]
fn help_lists_the_keys() {
    let app = App { has_help: true, ..App::default() };
    let help = picture(race(), &app, (80, 24));
    assert_shows(&help, &["1-9", "Shift-Tab", "PgUp", "search", "units", "Ctrl-C", "km/h, °C, psi"]);
}

#[test]
fn view_draws_any_bytes_at_any_size() {
    let live = |mut graphics: Vec<u8>| {
        graphics[4..8].copy_from_slice(&2_i32.to_le_bytes());
        graphics
    };
    let mut seed = 7_u64;
    let mut noise = |size: usize| -> Vec<u8> {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        };
        (0..size).map(|_| next()).collect()
    };
    let numbers = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -1.0];
    let floats = numbers.map(|number| number.to_le_bytes().repeat(4900 / 4));
    let mut garbage = vec![vec![0xff; 4900], vec![0; 4900], vec![b'A'; 4900], vec![0x1b; 4900], vec![0x7f; 4900]];
    garbage.extend(floats);
    garbage.extend((0..8).map(|_| noise(4900)));
    for page in garbage {
        let snapshot = Snapshot { pages: Some(pages(&page, &live(page.clone()), &page)), ..race().clone() };
        for tab in Tab::ALL {
            for (size, units) in
                SIZES.into_iter().zip([Units::Game, Units::Metric, Units::Imperial].into_iter().cycle())
            {
                for is_raw in [false, true].into_iter().take(if tab == Tab::Fields { 2 } else { 1 }) {
                    let picture = picture(&snapshot, &App { units, is_raw, ..app(tab) }, size);
                    assert!(!picture.chars().any(|letter| letter.is_control() && letter != '\n'), "{picture}");
                }
            }
        }
    }
}

#[test]
fn view_draws_every_state_at_any_size() {
    let unusable = ConnectionStatus::Unusable("no".repeat(500));
    let links = [
        ConnectionStatus::Frozen,
        ConnectionStatus::Unconfirmed,
        unusable,
        ConnectionStatus::Absent(String::new()),
        ConnectionStatus::RecordingGap,
        ConnectionStatus::Ended,
    ];
    for size in SIZES {
        for tab in Tab::ALL {
            for link in &links {
                picture(&Snapshot::of(link.clone(), None), &app(tab), size);
            }
            picture(race(), &app(tab), size);
            picture(&Snapshot::of(ConnectionStatus::Attached, race().pages), &app(tab), size);
            picture(&Snapshot::of(ConnectionStatus::Attached, None), &App { has_help: true, ..app(tab) }, size);
        }
    }
}

#[test]
fn removed_colors_leave_reversed_badges() {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let drawn = terminal
        .draw(|frame| {
            view::draw(frame, race(), &App::default());
            view::remove_colors(frame.buffer_mut());
        })
        .unwrap();
    let cells = &drawn.buffer.content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells[1..6].iter().all(|cell| cell.modifier.contains(Modifier::REVERSED)), "the status");
}

/// Compares pictures of a race with files. `ACEVO_GOLDEN=write cargo test golden` rewrites the files; review them.
///
/// Linux only: the last digit of a sine depends on the system.
#[test]
#[cfg(target_os = "linux")]
fn view_matches_golden_pictures() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/golden");
    let mut pictures: Vec<_> =
        Tab::ALL.into_iter().map(|tab| (tab.name().to_lowercase(), app(tab), (80, 24))).collect();
    pictures.push(("drive".into(), app(Tab::Drive), (120, 40)));
    pictures.push(("drive".into(), app(Tab::Drive), (200, 60)));
    pictures.push(("tiny".into(), app(Tab::Drive), (40, 12)));
    pictures.push(("help".into(), App { has_help: true, ..App::default() }, (80, 24)));
    for (name, app, size) in pictures {
        let file = directory.join(format!("{name}-{}x{}.txt", size.0, size.1));
        let picture = picture(race(), &app, size);
        if std::env::var_os("ACEVO_GOLDEN").is_some() {
            std::fs::write(&file, picture).unwrap();
            continue;
        }
        let golden = std::fs::read_to_string(&file).unwrap();
        assert_eq!(picture, golden, "{file:?} differs from:\n{picture}");
    }
}

#[test]
fn remove_unsafe_cleans_every_cell() {
    let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 5, 1));
    for (cell, symbol) in buffer.content.iter_mut().zip(["a\u{202e}", "\u{9b}", "漢", "e\u{301}", "🏎"]) {
        cell.set_symbol(symbol);
    }
    view::remove_unsafe(&mut buffer);
    let symbols: Vec<_> = buffer.content.iter().map(|cell| cell.symbol()).collect();
    assert_eq!(symbols, ["a", " ", "漢", "e\u{301}", "🏎"]);
}
