use acevo_shared_memory::{Frame as Pages, Page, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::live::{Health, Link};

const SIZES: [(u16, u16); 8] = [(80, 24), (120, 40), (140, 45), (300, 100), (40, 10), (10, 3), (1, 1), (200, 5)];

fn shown(link: Link, pages: Option<Pages>) -> Shown {
    let health = Health { physics_rate: Some(332.6), graphics_rate: Some(60.0), ..Health::default() };
    Shown { link, pages, health, place: "a test".into(), demo: false }
}

fn pages(physics: &[u8], graphics: &[u8], static_data: &[u8]) -> Pages {
    Pages {
        physics: View::from(SPageFilePhysics::from_bytes(physics)),
        graphics: View::from(SPageFileGraphicEvo::from_bytes(graphics)),
        static_data: View::from(SPageFileStaticEvo::from_bytes(static_data)),
    }
}

fn simulated() -> Pages {
    let mut options = acevo_simulator::Options::default();
    options.scenario = acevo_simulator::Scenario::HotLaps;
    crate::demo::frame(options)
}

fn picture(shown: &Shown, units: Units, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw::draw(frame, shown, units)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn everything_asked_for_fits_the_smallest_terminal() {
    let picture = picture(&shown(Link::Attached, Some(simulated())), Units::Game, (80, 24));
    let wanted = [
        "LIVE",
        "game 0.9.1",
        "Valdombra",
        "GT3",
        "km/h",
        "rpm",
        "thr",
        "brk",
        "clu",
        "steer",
        "FL",
        "RR",
        "psi",
        "fuel",
        "flag",
        "brake bias",
        "limiter",
        "333 Hz physics",
        "60 Hz graphics",
        "0 missed",
        "q quit",
        "predicted",
        "behind",
    ];
    for wanted in wanted {
        assert!(picture.contains(wanted), "{wanted} is not in\n{picture}");
    }
}

#[test]
fn a_larger_terminal_shows_more() {
    let picture = picture(&shown(Link::Attached, Some(simulated())), Units::Imperial, (120, 40));
    for wanted in ["mph", "°F", "Electronics", "Damage", "suspension"] {
        assert!(picture.contains(wanted), "{wanted} is not in\n{picture}");
    }
}

#[test]
fn waiting_says_why_and_what_to_do() {
    let reason = "Assetto Corsa EVO is not running (looked for something)\x1b[2J";
    let picture = picture(&shown(Link::Absent(reason.into()), None), Units::Game, (80, 24));
    for wanted in ["Waiting for", "looked for something", "acevo --demo", "acevo doctor", "q quit"] {
        assert!(picture.contains(wanted), "{wanted} is not in\n{picture}");
    }
    assert!(!picture.contains('\x1b'));
}

#[test]
fn the_menu_is_no_row_of_zeros() {
    let picture = picture(&shown(Link::Attached, Some(pages(&[], &[1], &[]))), Units::Game, (80, 24));
    assert!(picture.contains("in its menu") && !picture.contains("km/h"), "{picture}");
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
        let pages = pages(&page, &live(page.clone()), &page);
        for size in SIZES {
            for units in [Units::Game, Units::Metric, Units::Imperial] {
                let picture = picture(&shown(Link::Attached, Some(pages)), units, size);
                assert!(!picture.chars().any(|letter| letter.is_control() && letter != '\n'), "{picture}");
            }
        }
    }
}

#[test]
fn every_state_can_be_drawn_on_any_terminal() {
    for size in SIZES {
        for link in [Link::Frozen, Link::Unproven, Link::Unusable("no".repeat(500)), Link::Absent(String::new())] {
            picture(&shown(link, None), Units::Game, size);
        }
        picture(&shown(Link::Attached, Some(simulated())), Units::Game, size);
        picture(&shown(Link::Attached, None), Units::Game, size);
    }
}

#[test]
fn keys_mean_what_the_footer_says() {
    let key = |code, modifiers| action(KeyEvent::new(code, modifiers));
    assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Some(Action::Quit));
    assert_eq!(key(KeyCode::Esc, KeyModifiers::NONE), Some(Action::Quit));
    assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
    assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
    assert_eq!(key(KeyCode::Char('u'), KeyModifiers::NONE), Some(Action::Units));
}

#[test]
fn without_colors_lamps_are_still_told_apart() {
    let shown = shown(Link::Attached, Some(simulated()));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let drawn = terminal
        .draw(|frame| {
            draw::draw(frame, &shown, Units::Game);
            draw::discolor(frame.buffer_mut());
        })
        .unwrap();
    let cells = &drawn.buffer.content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells[1..6].iter().all(|cell| cell.modifier.contains(Modifier::REVERSED)), "the status");
}
