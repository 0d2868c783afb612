//! The page and the overlays in Chromium.
#![cfg(unix)]

use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Site, serve};
use acevo_testkit::program::{acevo, spawn};
use serde_json::Value;
use tiny_skia::Pixmap;

const DEMO: [&str; 2] = ["--demo", "--quiet"];

/// A desktop, and a phone in both orientations: name, width, height, screen pixels per CSS pixel.
const SCREENS: [(&str, u32, u32, f64); 3] =
    [("desktop", 1600, 900, 1.0), ("phone", 390, 844, 3.0), ("phone-across", 844, 390, 3.0)];

const VIEWS: [&str; 6] = ["dash", "traces", "laps", "map", "session", "overlays"];

/// Names of the overlays.
const OVERLAYS: [&str; 8] = ["inputs", "delta", "tyres", "map", "laps", "gg", "fuel", "gear"];

/// JavaScript for the shown speed; NaN if none is shown.
const SPEED: &str = "Number.parseInt(document.querySelector('.speed-number').textContent)";

#[test]
fn page_shows_the_values_of_the_server() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    browser.wait_for(&format!("{SPEED} > 0"));
    // The game publishes names some seconds after loading.
    browser.wait_for("document.querySelector('.where').textContent.includes('Valdombra')");
    // The shown speed is between the server's speeds before and after.
    let agreed = format!(
        "(async () => {{
            const speed = async () => (await (await fetch('/api/snapshot?channels=speed')).json()).values.speed;
            const before = await speed(), shown = {SPEED}, after = await speed();
            return shown >= Math.min(before, after) - 8 && shown <= Math.max(before, after) + 8;
        }})()"
    );
    for _ in 0..5 {
        browser.wait_for_promise(&agreed);
        let (shown, place) =
            (browser.evaluate(SPEED), browser.evaluate("document.querySelector('.where').textContent"));
        assert!(place.as_str().unwrap().contains("Valdombra"), "{place}");
        browser.wait_for(&format!("{SPEED} !== {shown}"));
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn views_fit_desktop_and_phone_screens() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    browser.open(&url(&site, "/"));
    until_laps(&site, 3);
    for (screen, width, height, scale) in SCREENS {
        browser.resize(width, height, scale, scale > 1.0);
        for view in VIEWS {
            browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
            browser.wait_for(&format!("document.getElementById('view-{view}').offsetHeight > 0"));
            frames(&mut browser, 10);
            let over = browser.evaluate("document.documentElement.scrollWidth - window.innerWidth");
            assert!(over.as_i64().unwrap() <= 0, "{view} is {over} pixels too wide for a {screen}");
            browser.keep_picture(&format!("{view}-{screen}"));
        }
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn page_reconnects_after_a_server_restart() {
    let Some(mut browser) = Chromium::start() else { return };
    let mut site = serve(&DEMO);
    let port = site.host.rsplit_once(':').unwrap().1.to_owned();
    browser.open(&url(&site, "/"));
    browser.wait_for(&format!("{SPEED} > 0"));
    browser.evaluate("window.sameAsBefore = true");
    site.running.kill();
    browser.wait_for("document.body.textContent.includes('Disconnected')");
    browser.wait_for(&format!("Number.isNaN({SPEED})"));
    let again = spawn(acevo().args(["serve", "--port", &port]).args(DEMO));
    assert!(again.next_line().contains(&port));
    browser.wait_for(&format!("{SPEED} > 0"));
    assert_eq!(browser.evaluate("window.sameAsBefore"), Value::Bool(true), "the page was not reloaded");
    // The browser itself reports refused connections.
    browser.errors.retain(|error| !error.contains("ERR_CONNECTION_REFUSED") && !error.contains("WebSocket"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn page_memory_stays_bounded() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "40"]);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    let mut visit_all_views = |laps: usize| {
        until_laps(&site, laps);
        for view in VIEWS {
            browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
            frames(&mut browser, 10);
        }
        (browser.heap(), browser.evaluate("document.getElementsByTagName('*').length").as_f64().unwrap())
    };
    // All views have been open, and the traces of the last minute are full.
    let (heap, nodes) = visit_all_views(12);
    let (later, more) = visit_all_views(20);
    let laps = 8.0;
    assert!(later < heap + laps * 20e3 + 1e6, "{heap} bytes have become {later}");
    assert!(more < nodes + laps * 60.0, "{nodes} elements have become {more}");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn overlays_have_a_transparent_background() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 2);
    let empty = tempfile::tempdir().unwrap();
    let nothing = serve(&["--quiet", "--dir", empty.path().to_str().unwrap()]);
    browser.resize(1000, 700, 1.0, false);
    for name in OVERLAYS {
        browser.open(&url(&site, &format!("/overlay/{name}")));
        browser.wait_for("document.querySelector('#overlay:not([hidden]):not(.empty)')");
        frames(&mut browser, 10);
        let picture = Pixmap::decode_png(&browser.picture()).unwrap();
        browser.keep_picture(&format!("overlay-{name}"));
        assert_eq!(picture.pixel(999, 699).unwrap().alpha(), 0, "{name}: the background is transparent");
        let drawn = picture.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
        assert!(drawn > 1000, "{name}: {drawn} pixels");
        // Without a game the overlay is empty and reports no error.
        browser.open(&url(&nothing, &format!("/overlay/{name}")));
        frames(&mut browser, 10);
        let picture = Pixmap::decode_png(&browser.picture()).unwrap();
        assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 0), "{name} shows something without a game");
        assert!(browser.errors.is_empty(), "{name}: {:?}", browser.errors);
    }
}

#[test]
fn page_shows_the_reason_instead_of_zeros_during_a_pause() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--scenario", "pause", "--speed", "4"]);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    // Checks every drawn frame: with a reason there is no gear and no speed, and the gear is never reverse.
    browser.evaluate(
        "(() => {
            const [gear, speed, rpm] = ['.gear-number', '.speed-number', '.rpm-number'].map((name) => document.querySelector(name));
            const word = document.querySelector('.speed-foot .lamp-warn');
            window.seen = { words: [], wrong: [] };
            const look = () => {
                const said = word.hidden ? '' : word.textContent;
                if (seen.words.at(-1) !== said) seen.words.push(said);
                const values = [gear, speed, rpm].map(({ textContent }) => textContent);
                if (values[0] === 'R' || (said && values.some((text) => text !== '–'))) seen.wrong.push([said, ...values]);
                requestAnimationFrame(look);
            };
            look();
        })()",
    );
    browser
        .wait_for("seen.words.at(-1) === 'PAUSED' && document.querySelector('#chip').textContent.includes('Paused')");
    browser.keep_picture("pause-dash");
    for view in VIEWS {
        browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
        frames(&mut browser, 2);
    }
    browser.evaluate("document.getElementById('tab-dash').click()");
    browser.wait_for("seen.words.join().includes('PAUSED,RESUMING,')");
    assert_eq!(browser.evaluate("seen.wrong"), Value::Array(Vec::new()));
    for (overlay, empty) in [("inputs", ".pedal-number"), ("tyres", ".core-number"), ("gear", ".gear-number")] {
        browser.open(&url(&site, &format!("/overlay/{overlay}")));
        browser.wait_for(&format!(
            "document.querySelector('.lamp-warn:not([hidden])')?.textContent.toUpperCase() === 'PAUSED'
                && document.querySelector('{empty}').textContent.startsWith('–')"
        ));
        browser.keep_picture(&format!("pause-overlay-{overlay}"));
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

/// JavaScript that stores the points of every drawn path in `paths`.
const KEEP_PATHS: &str = "
    window.paths = [];
    window.Path2D = class extends Path2D {
        points = [];
        constructor(...args) { super(...args); window.paths.push(this.points); }
        moveTo(x, y) { this.points.push([x, y]); super.moveTo(x, y); }
        lineTo(x, y) { this.points.push([x, y]); super.lineTo(x, y); }
    };
";

/// JavaScript for the track as one long path, as in most views; empty until it is drawn.
const LONG: &str = "(paths.find((points) => points.length > 1000) ?? [])";

/// JavaScript for the track in 200 pieces, as in the comparison of laps.
const PIECES: &str = "paths.slice(0, 200).map(([first]) => first)";

/// Eight points of a lap, as fractions of the width and height of the bounding box.
fn eight_places(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let reach = |axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        values.fold((f64::MAX, f64::MIN), |(min, max), value| (min.min(value), max.max(value)))
    };
    let ends = [reach(0), reach(1)];
    let part = |point: &[f64; 2], axis: usize| (point[axis] - ends[axis].0) / (ends[axis].1 - ends[axis].0);
    (0..8).map(|eighth| &points[eighth * points.len() / 8]).map(|point| [part(point, 0), part(point, 1)]).collect()
}

#[test]
fn maps_have_x_to_the_right_and_z_downwards() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 3);
    let points = |value: &Value| -> Vec<[f64; 2]> { serde_json::from_value(value.clone()).unwrap() };
    // Y of pixels points down, like Z of the world.
    let expected = eight_places(&points(&site.json("/api/outline")["points"]));
    browser.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({"source": KEEP_PATHS}));
    for (screen, width, height, scale) in SCREENS {
        browser.resize(width, height, scale, scale > 1.0);
        for (view, drawn) in [("dash", LONG), ("map", LONG), ("laps", PIECES), ("overlay", LONG)] {
            browser.open(&url(&site, if view == "overlay" { "/overlay/map" } else { "/" }));
            if view != "overlay" {
                browser.evaluate("document.getElementById('tab-dash').click()");
            }
            browser.wait_for(&format!("{LONG}.length > 0"));
            if view == "map" || view == "laps" {
                browser.evaluate(&format!("paths.length = 0; document.getElementById('tab-{view}').click()"));
            }
            browser.wait_for(&format!("{drawn}.length >= 200"));
            let drawn = eight_places(&points(&browser.evaluate(drawn)));
            for (place, expected) in drawn.iter().zip(&expected) {
                let off = (place[0] - expected[0]).abs().max((place[1] - expected[1]).abs());
                assert!(off < 0.05, "{view} on a {screen}: {drawn:?}, not {expected:?}");
            }
            browser.keep_picture(&format!("orientation-{view}-{screen}"));
        }
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn maps_show_a_right_hand_lap_clockwise() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.open(&url(&site, "/"));
    // Twice the enclosed area, positive if clockwise in pixels; and whether a smaller Z is further up.
    let drawn = browser.evaluate(
        "(async () => {
            const { fit } = await import('/assets/track.js');
            const lap = Array.from({ length: 100 }, (_, index) => (index / 50) * Math.PI)
                .map((angle) => [300 * Math.sin(angle), -400 - 200 * Math.cos(angle)]);
            return [[300, 100], [100, 300], [200, 200]].map(([width, height]) => {
                const at = fit(lap, { width, height }, 5);
                const points = lap.map(([x, z]) => at(x, z));
                const next = (index) => points[(index + 1) % points.length];
                const area = points.reduce((sum, [x, y], index) => sum + x * next(index)[1] - next(index)[0] * y, 0);
                return [area > 0, at(0, -429)[1] < at(0, -368)[1], at(-1, 0)[0] < at(1, 0)[0]];
            });
        })()",
    );
    assert_eq!(drawn, serde_json::json!([[true, true, true], [true, true, true], [true, true, true]]));
}

/// `docs/pictures/make` runs this.
#[test]
#[ignore = "makes pictures, in the directory that ACEVO_PICTURES names"]
fn pictures_for_the_readme() {
    let mut browser = Chromium::start().expect("a Chromium");
    let site = serve(&["--demo", "--quiet", "--scenario", "race", "--speed", "3"]);
    let screens = [("page", "/", 1440, 810, 1.0), ("phone", "/?view=dash", 390, 844, 2.0)];
    browser.open(&url(&site, "/"));
    until_laps(&site, 2);
    for (name, path, width, height, scale) in screens {
        browser.resize(width, height, scale, scale > 1.0);
        browser.open(&url(&site, path));
        // Wait until the traces are full.
        frames(&mut browser, 600);
        browser.keep_picture(name);
    }
    browser.resize(524, 154, 2.0, false);
    browser.open(&url(&site, "/overlay/inputs"));
    frames(&mut browser, 600);
    browser.keep_picture("overlay");
}

fn url(site: &Site, path: &str) -> String {
    format!("http://{}{path}", site.host)
}

/// Waits until the server has this many laps.
fn until_laps(site: &Site, laps: usize) {
    while site.json("/api/laps").as_array().unwrap().len() < laps {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Waits until the browser has drawn this many frames.
fn frames(browser: &mut Chromium, count: u32) {
    browser.evaluate(&format!(
        "(async () => {{ for (let n = 0; n < {count}; n += 1) await new Promise(requestAnimationFrame); }})()"
    ));
}
