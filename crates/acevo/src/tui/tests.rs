#[cfg(target_os = "linux")]
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use acevo_shared_memory::{Page, PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};
use acevo_simulator::{Options, Scenario};
use acevo_telemetry::analysis::{Bests, Outline, Road};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Color, Modifier};

use super::ui::Tab;
use super::*;
use crate::session::demo;
use crate::session::live::Link;

const SIZES: [(u16, u16); 9] =
    [(80, 24), (120, 40), (200, 60), (300, 100), (40, 10), (75, 19), (10, 3), (1, 1), (200, 5)];

fn pages(physics: &[u8], graphics: &[u8], static_data: &[u8]) -> Pages {
    Pages::new(
        SPageFilePhysics::from_bytes(physics),
        SPageFileGraphicEvo::from_bytes(graphics),
        SPageFileStaticEvo::from_bytes(static_data),
    )
}

/// A race in its third lap: the track is known, a lap has ended, others are around.
fn race() -> &'static Seen {
    static RACE: OnceLock<Seen> = OnceLock::new();
    RACE.get_or_init(|| {
        let mut options = Options::default();
        options.scenario = Scenario::Race;
        Seen::driven(options, Duration::from_secs(235))
    })
}

fn ui(tab: Tab) -> Ui {
    Ui { tab, ..Ui::default() }
}

fn picture(seen: &Seen, ui: &Ui, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = draw::draw(frame, seen, ui)).unwrap();
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
fn everything_asked_for_fits_the_smallest_terminal() {
    let picture = picture(race(), &ui(Tab::Drive), (80, 24));
    assert_shows(&picture, &["LIVE", "game 0.9.1", "Valdombra", "GT3", "1 Drive", "8 Health"]);
    assert_shows(&picture, &["km/h", "rpm", "thr", "brk", "clu", "steer", "esc", "limit"]);
    assert_shows(&picture, &["delta", "predicted", "last", "best", "behind", "of 20"]);
    assert_shows(&picture, &["FL", "RR", "psi", "core", "brake", "fuel", "laps", "flag", "bias", "on track", "g-g"]);
    assert_shows(&picture, &["333 Hz", "60 Hz", "0 missed", "q quit", "? help"]);
}

#[test]
fn a_larger_terminal_shows_more() {
    let mut ui = ui(Tab::Drive);
    ui.units = Units::Imperial;
    let medium = picture(race(), &ui, (120, 40));
    assert_shows(&medium, &["mph", "°F", "Track", "Around", "you", "◆", "per lap"]);
    let wide = picture(race(), &ui, (200, 60));
    assert_shows(&wide, &["Events", "sectors", "possible", "steer", "-10 s", "now", "lateral"]);
}

#[test]
fn every_screen_shows_what_it_is_for() {
    let shows = |tab, wanted: &[&str]| assert_shows(&picture(race(), &ui(tab), (80, 24)), wanted);
    shows(Tab::Tyres, &["pressure", "pad", "camber", "out", "mid", "in", "Slick", "tells no wear"]);
    shows(Tab::Laps, &["sector 1", "flying", "to best", "possible", "stint"]);
    shows(Tab::Car, &["TC cut", "ABS", "water", "oil", "Electronics", "Engine", "▼"]);
    shows(Tab::Session, &["Race", "ITA", "Track", "◆", "you", "road"]);
    shows(Tab::Fields, &["speed", "km/h", "✓ measured", "? guessed"]);
    shows(Tab::Events, &["sector 1", "green flag", "lap   1"]);
    shows(Tab::Health, &["332.6 Hz", "missed", "measured", "settled", "All packets arrive"]);
}

/// A lap that always turns to the right, in the world of the game: X points right and Z points down.
fn right_hand_lap(place: f64) -> [f64; 3] {
    let angle = place * std::f64::consts::TAU;
    [300.0 * angle.sin(), 140.0, -400.0 - 200.0 * angle.cos()]
}

#[test]
fn tyre_temperatures_that_the_game_never_fills_are_not_drawn() {
    let seen = race();
    let with = |celsius: f32| {
        let mut pages = seen.pages.unwrap();
        let mut physics = *pages.physics.raw();
        (physics.tyreTempI, physics.tyreTempM, physics.tyreTempO) = ([celsius; 4], [celsius; 4], [celsius; 4]);
        pages.physics = View::from(physics);
        Seen { pages: Some(pages), ..seen.clone() }
    };
    let (zero, filled) = (with(0.0), with(177.7));
    for tab in [Tab::Drive, Tab::Tyres, Tab::Car, Tab::Fields] {
        let pictures = [&zero, &filled].map(|seen| picture(seen, &ui(tab), (200, 60)));
        assert_eq!(pictures[0], pictures[1], "{tab:?}");
    }
}

/// Column and row of the player's car on the map.
fn player_on_the_map(position: [f64; 3], outline: &Outline) -> (usize, usize) {
    let mut graphics = SPageFileGraphicEvo { player_car_id_a: 1, ..Default::default() };
    graphics.car_ids[0] = [1, 0];
    graphics.car_coordinates[0] = position.map(|metres| metres as f32);
    let pages = Pages::new(SPageFilePhysics::default(), graphics, SPageFileStaticEvo::default());
    let mut seen = Seen::of(Link::Attached, Some(pages));
    seen.outline = Arc::new(outline.clone());
    let now = Now { seen: &seen, pages: seen.pages.as_ref().unwrap(), units: Units::default() };
    let mut terminal = Terminal::new(TestBackend::new(80, 40)).unwrap();
    terminal.draw(|frame| panels::map::draw(frame, frame.area(), &now)).unwrap();
    let cells = &terminal.backend().buffer().content;
    let at = cells.iter().position(|cell| cell.symbol() == "◆").expect("the player is on the map");
    (at % 80, at / 80)
}

#[test]
fn the_map_shows_a_right_hand_lap_clockwise_and_a_lesser_z_above() {
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
fn fields_are_searched_by_words_of_their_names() {
    let press = |ui: &mut Ui, keys: &str| {
        for key in keys.chars() {
            let _ = ui.press(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        }
    };
    let mut ui = Ui::default();
    press(&mut ui, "/tyre press fl");
    let found = picture(race(), &ui, (80, 24));
    assert_shows(&found, &["tyre_pressure_fl", " of "]);
    assert!(!found.contains("speed_displayed") && !found.contains("tyre_pressure_fr"), "{found}");
    let _ = ui.press(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
    press(&mut ui, "r/");
    for _ in 0.."tyre press fl".len() {
        let _ = ui.press(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
    }
    press(&mut ui, "tyre_lf.slip");
    assert_shows(&picture(race(), &ui, (80, 24)), &["graphics.tyre_lf.slip", "1 of"]);
    press(&mut ui, "qq");
    assert_shows(&picture(race(), &ui, (80, 24)), &["nothing is called so"]);
}

#[test]
fn lists_scroll_to_their_ends_and_say_where_they_go_on() {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut ui = ui(Tab::Fields);
    let mut draw = |ui: &mut Ui| {
        let mut extent = Extent::default();
        terminal.draw(|frame| extent = draw::draw(frame, race(), ui)).unwrap();
        ui.note(extent);
        terminal.backend().to_string()
    };
    let top = draw(&mut ui);
    assert!(top.contains('▼') && !top.contains('▲'), "{top}");
    let _ = ui.press(KeyEvent::new(KeyCode::End, KeyModifiers::NONE));
    let end = draw(&mut ui);
    assert!(end.contains('▲') && !end.contains('▼') && end.contains("ping"), "{end}");
}

#[test]
fn waiting_says_why_and_what_to_do() {
    let reason = "Assetto Corsa EVO is not running (looked for something)\x1b[2J";
    let picture = picture(&Seen::of(Link::Absent(reason.into()), None), &Ui::default(), (80, 24));
    assert_shows(&picture, &["Waiting for", "looked for something", "acevo --demo", "acevo doctor", "q quit"]);
    assert!(!picture.contains('\x1b'));
}

#[test]
fn the_menu_is_no_row_of_zeros() {
    let seen = Seen::of(Link::Attached, Some(pages(&[], &[1], &[])));
    let drive = picture(&seen, &Ui::default(), (80, 24));
    assert!(drive.contains("in its menu") && !drive.contains("km/h"), "{drive}");
    assert_shows(&picture(&seen, &ui(Tab::Fields), (80, 24)), &["speed", "km/h"]);
}

#[test]
fn the_end_of_a_recording_is_no_crash_and_no_menu() {
    let ended = |pages| Seen { recording: true, ..Seen::of(Link::Ended, pages) };
    let live = ended(race().pages);
    let menu = ended(Some(pages(&[], &[1], &[])));
    for seen in [&live, &menu, &ended(None)] {
        let picture = picture(seen, &Ui::default(), (80, 24));
        let is_told = picture.to_lowercase().contains("end of recording");
        let accuses = ["stands still", "hangs", "doctor", "in its menu", "LIVE", "looking"];
        assert!(is_told && !accuses.iter().any(|word| picture.contains(word)), "{picture}");
    }
    assert_shows(&picture(&live, &Ui::default(), (80, 24)), &["END OF RECORDING", "km/h"]);
}

/// A race whose graphics page is changed.
fn changed(change: impl FnOnce(&mut SPageFileGraphicEvo)) -> Seen {
    let mut seen = race().clone();
    let pages = seen.pages.as_mut().unwrap();
    let mut graphics = *pages.graphics.raw();
    change(&mut graphics);
    pages.graphics = View::from(graphics);
    seen
}

#[test]
fn wide_letters_keep_columns_aligned() {
    for name in ["漢字漢字漢字", "🏎🏁 Żółć", "e\u{301}\u{301}é", "Novák"] {
        let seen = changed(|page| {
            page.driver_name = name.into();
            page.car_model = name.into();
            page.performance_mode_name = name.into();
        });
        for tab in Tab::ALL {
            let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
            terminal.draw(|frame| _ = draw::draw(frame, &seen, &ui(tab))).unwrap();
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
                let picture = picture(&seen, &ui(tab), (80, 24));
                let plain = self::picture(race(), &ui(tab), (80, 24));
                // What stands at the right end stays there.
                let end = |picture: &str| {
                    picture.lines().next().unwrap().trim_end_matches('"').rsplit("  ").next().unwrap().to_owned()
                };
                assert_eq!(end(&picture), end(&plain), "{name}");
            }
        }
    }
}

#[test]
fn placeholders_and_blank_surnames_are_not_shown() {
    let seen = changed(|page| {
        page.car_model = "car_placeholder".into();
        (page.driver_name, page.driver_surname) = ("Žofie".into(), " ".into());
    });
    for tab in Tab::ALL.into_iter().filter(|tab| *tab != Tab::Fields) {
        let picture = picture(&seen, &ui(tab), (120, 40));
        assert!(picture.contains("Žofie") && !picture.contains("placeholder"), "{picture}");
    }
}

#[test]
fn a_lap_after_the_last_one_is_the_last_one() {
    let mut seen = changed(|page| (page.total_lap_count, page.session_state.total_lap) = (3, 3));
    seen.lap = None;
    let picture = picture(&seen, &Ui::default(), (80, 24));
    assert!(picture.contains("3 / 3") && !picture.contains("4 / 3"), "{picture}");
}

/// A hot lap that is paused after 20 s: the moment at which physics is for the first time as wanted.
fn paused(validity: PhysicsValidity) -> Seen {
    let mut options = Options::default();
    options.scenario = Scenario::Pause;
    let mut wanted = None;
    demo::drive_while(options.clone(), |at, frame| {
        wanted = (frame.validity == validity && at > Duration::from_secs(5)).then_some(at);
        wanted.is_none()
    });
    // Half a second later the values have faded.
    Seen::driven(options, wanted.expect("the scenario gets there") + Duration::from_millis(500))
}

#[test]
fn while_physics_is_not_current_screens_say_why_and_show_no_values() {
    for (validity, word) in [(PhysicsValidity::Paused, "PAUSED"), (PhysicsValidity::Resuming, "RESUMING")] {
        let seen = paused(validity);
        assert_eq!(seen.pages.as_ref().unwrap().validity, validity);
        for size in [(80, 24), (120, 40), (200, 60), (40, 12)] {
            let picture = picture(&seen, &Ui::default(), size);
            assert_shows(&picture, &[word, " - rpm", "- %"]);
            for zero in [" 0 rpm", " 0 km/h", " 0 %", "fuel 0.0", "core    0", "bias 0.0"] {
                assert!(!picture.contains(zero), "{zero} in\n{picture}");
            }
        }
        let health = picture(&seen, &ui(Tab::Health), (80, 24));
        assert_shows(&health, &[&word.to_lowercase(), "does not describe the car"]);
        assert_shows(&picture(&seen, &ui(Tab::Fields), (80, 24)), &[&format!("- ({})", word.to_lowercase())]);
        // What was driven before is still drawn, and nothing of the pause.
        assert!(seen.history.iter().all(|sample| sample.speed > 5.0), "zeros in the history");
    }
}

#[test]
fn a_watched_car_is_named_so_and_its_numbers_are_not_the_players() {
    let mut seen = changed(|page| {
        (page.player_car_id_a, page.focused_car_id_a) = (1, 2);
        page.best_laptime_ms = 65_432;
        (page.current_pos, page.total_drivers) = (0, 20);
    });
    seen = Seen { lap: None, delta: None, fuel: None, bests: Bests::default(), watches: true, ..seen };
    let picture = picture(&seen, &Ui::default(), (120, 40));
    assert_shows(&picture, &["WATCHING ANOTHER CAR", "of the watched car", "1:05.432"]);
    assert!(!picture.contains("P0"), "position 0 is no position");
}

#[test]
fn a_best_lap_of_zero_is_no_lap() {
    let mut seen = changed(|page| (page.best_laptime_ms, page.last_laptime_ms) = (0, 95_169));
    seen.bests = Bests::default();
    let picture = picture(&seen, &Ui::default(), (80, 24));
    let best = picture.lines().find(|line| line.contains(" best ")).unwrap();
    assert!(best.contains("best       -") && picture.contains("1:35.169"), "{picture}");
}

#[test]
fn gears_above_nine_are_shown_whole() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut seen = race().clone();
        let pages = seen.pages.as_mut().unwrap();
        let mut physics = *pages.physics.raw();
        let nine = |seen: &Seen| picture(seen, &Ui::default(), size);
        physics.gear = 2;
        pages.physics = View::from(physics);
        let first = nine(&seen);
        let pages = seen.pages.as_mut().unwrap();
        physics.gear = 13;
        pages.physics = View::from(physics);
        assert_ne!(nine(&seen), first, "the twelfth is not the first: {first}");
    }
}

#[test]
fn a_recording_that_has_no_page_yet_does_not_wait_for_the_game() {
    let seen = Seen { recording: true, ..Seen::of(Link::Silent, None) };
    let picture = picture(&seen, &Ui::default(), (80, 24));
    assert!(!picture.contains("Waiting") && !picture.contains("doctor"), "{picture}");
}

#[test]
fn help_tells_every_key() {
    let ui = Ui { has_help: true, ..Ui::default() };
    let help = picture(race(), &ui, (80, 24));
    assert_shows(&help, &["1-8", "Shift-Tab", "PgUp", "search", "units", "Ctrl-C", "km/h, °C, psi"]);
}

#[test]
fn any_bytes_can_be_drawn_on_any_terminal() {
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
        let seen = Seen { pages: Some(pages(&page, &live(page.clone()), &page)), ..race().clone() };
        for tab in Tab::ALL {
            for (size, units) in
                SIZES.into_iter().zip([Units::Game, Units::Metric, Units::Imperial].into_iter().cycle())
            {
                for is_raw in [false, true].into_iter().take(if tab == Tab::Fields { 2 } else { 1 }) {
                    let picture = picture(&seen, &Ui { units, is_raw, ..ui(tab) }, size);
                    assert!(!picture.chars().any(|letter| letter.is_control() && letter != '\n'), "{picture}");
                }
            }
        }
    }
}

#[test]
fn every_state_can_be_drawn_on_any_terminal() {
    let unusable = Link::Unusable("no".repeat(500));
    let links = [Link::Frozen, Link::Unproven, unusable, Link::Absent(String::new()), Link::Silent, Link::Ended];
    for size in SIZES {
        for tab in Tab::ALL {
            for link in &links {
                picture(&Seen::of(link.clone(), None), &ui(tab), size);
            }
            picture(race(), &ui(tab), size);
            picture(&Seen::of(Link::Attached, race().pages), &ui(tab), size);
            picture(&Seen::of(Link::Attached, None), &Ui { has_help: true, ..ui(tab) }, size);
        }
    }
}

#[test]
fn without_colors_lamps_are_still_told_apart() {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let drawn = terminal
        .draw(|frame| {
            draw::draw(frame, race(), &Ui::default());
            draw::discolor(frame.buffer_mut());
        })
        .unwrap();
    let cells = &drawn.buffer.content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells[1..6].iter().all(|cell| cell.modifier.contains(Modifier::REVERSED)), "the status");
}

/// The pictures of a race, as they are meant to be. `ACEVO_GOLDEN=write cargo test golden` writes them anew: look at them.
///
/// Sines and cosines are the system's: elsewhere a last digit may be another one.
#[test]
#[cfg(target_os = "linux")]
fn golden_pictures() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/golden");
    let mut pictures: Vec<_> = Tab::ALL.into_iter().map(|tab| (tab.name().to_lowercase(), ui(tab), (80, 24))).collect();
    pictures.push(("drive".into(), ui(Tab::Drive), (120, 40)));
    pictures.push(("drive".into(), ui(Tab::Drive), (200, 60)));
    pictures.push(("tiny".into(), ui(Tab::Drive), (40, 12)));
    pictures.push(("help".into(), Ui { has_help: true, ..Ui::default() }, (80, 24)));
    for (name, ui, size) in pictures {
        let file = directory.join(format!("{name}-{}x{}.txt", size.0, size.1));
        let picture = picture(race(), &ui, size);
        if std::env::var_os("ACEVO_GOLDEN").is_some() {
            std::fs::write(&file, picture).unwrap();
            continue;
        }
        let golden = std::fs::read_to_string(&file).unwrap();
        assert_eq!(picture, golden, "{} is another picture:\n{picture}", file.display());
    }
}
