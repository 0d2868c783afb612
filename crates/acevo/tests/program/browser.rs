//! Tests of the page and the overlays in a real browser.

use std::fs;

use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Server, Site, serve, serve_by};
use acevo_testkit::program::{acevo, spawn};
use acevo_testkit::user::User;
use serde_json::Value;
use tiny_skia::Pixmap;

const DEMO: [&str; 2] = ["--demo", "--quiet"];

/// Name, width, height, and device pixels per CSS pixel.
const SCREENS: [(&str, u32, u32, f64); 4] = [
    ("desktop", 1600, 900, 1.0),
    ("phone", 390, 844, 3.0),
    ("phone-landscape", 844, 390, 3.0),
    ("narrow", 320, 640, 2.0),
];

const VIEWS: [&str; 9] = ["dash", "traces", "laps", "sessions", "timing", "map", "session", "overlays", "control"];

/// Those that show something without other cars. `timing.rs` has tests of the others.
const OVERLAYS: [&str; 9] = ["inputs", "delta", "tyres", "map", "laps", "gg", "fuel", "gear", "session"];

/// The speed on the page; NaN if it is unknown.
const SPEED: &str = "Number.parseInt(document.querySelector('.speed-number').textContent)";

#[test]
fn page_shows_the_speed_of_the_server() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    browser.wait_for(&format!("{SPEED} > 0"));
    // The game reports names some seconds after the start.
    browser.wait_for("document.querySelector('.where').textContent.includes('Valdombra')");
    // The page's speed is between the server's speeds before and after.
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
fn every_view_fits_every_screen_width() {
    let Some(mut browser) = Chromium::start() else { return };
    // Four sectors: tables have a column more than usual.
    let site = serve(&["--demo", "--quiet", "--speed", "20", "--sectors", "0.25,0.5,0.75"]);
    browser.open(&url(&site, "/"));
    until_laps(&site, 3);
    for (screen, width, height, scale) in SCREENS {
        browser.resize(width, height, scale, scale > 1.0);
        for view in VIEWS {
            browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
            browser.wait_for(&format!("document.getElementById('view-{view}').offsetHeight > 0"));
            frames(&mut browser, 10);
            // Phones zoom out instead of scrolling, which makes the window wider than the screen.
            let wide = browser.evaluate("Math.max(document.documentElement.scrollWidth, window.innerWidth)");
            assert!(wide.as_u64().unwrap() <= width.into(), "{view} is {wide} pixels wide on a {screen} of {width}");
            browser.keep_picture(&format!("{view}-{screen}"));
        }
    }
    // All sectors are shown, and add up to the lap.
    browser.evaluate("document.getElementById('tab-session').click()");
    let heads = browser
        .evaluate("[...document.querySelectorAll('.view-session .board th')].map((it) => it.textContent).join()");
    assert_eq!(heads, "Lap,Time,Gap,S1,S2,S3,S4");
    browser.evaluate("document.getElementById('tab-dash').click()");
    assert_eq!(browser.evaluate("document.querySelectorAll('.sector').length"), 4);
    browser.evaluate("document.getElementById('tab-laps').click()");
    browser.wait_for(
        "[...document.querySelectorAll('.laps-table tbody tr')].some((row) => {
            const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
            const [lap, ...sectors] = [2, 4, 5, 6, 7].map((cell) => seconds(row.cells[cell].textContent));
            return lap > 0 && Math.abs(lap - sectors.reduce((a, b) => a + b)) < 0.0015;
        })",
    );
    // Touch screens have large targets.
    browser.resize(390, 844, 3.0, true);
    let small = browser.evaluate(
        "[...document.querySelectorAll('.tab, .choice button, .pick')].map((it) => it.getBoundingClientRect())
            .filter((box) => box.width > 0 && (box.width < 44 || box.height < 44)).length",
    );
    assert_eq!(small, 0, "targets are smaller than 44 pixels on a touch screen");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn what_if_form_shows_the_plan_of_the_server() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.resize(390, 844, 3.0, true);
    browser.open(&url(&site, "/#session"));
    browser.wait_for("document.querySelector('.plan-form') !== null");
    let fill = |browser: &mut Chromium, values: &[(&str, &str)]| {
        for (name, value) in values {
            browser.evaluate(&format!(
                "{{ const field = document.querySelector('.plan-form [name={name}]');
                    field.value = '{value}';
                    field.dispatchEvent(new Event('change')); }}"
            ));
        }
        browser.evaluate("document.querySelector('.plan-go').click()");
    };
    let result = "document.querySelector('.plan-result').textContent";
    // The form reads units from the server.
    browser.wait_for("document.querySelector('.plan-form').textContent.includes('Tank, l')");
    let race = [("race", "laps"), ("length", "36"), ("per_lap", "3"), ("tank", "60"), ("reserve", "0")];
    fill(&mut browser, &race);
    browser.wait_for(&format!("{result}.includes('1 stop:Box lap 16–18: add 54.0 l.')"));
    fill(&mut browser, &[("length", "five")]);
    browser.wait_for(&format!("{result} === 'Laps: a number is needed.'"));
    assert_eq!(browser.evaluate("document.activeElement.name"), "length");
    fill(&mut browser, &[("length", "0")]);
    browser.wait_for(&format!("{result} === 'No plan: laps is a whole number from 1 to 10000.'"));
    browser.errors.retain(|error| !error.contains("400"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn page_reconnects_after_a_restart_of_the_server() {
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
    assert_eq!(browser.evaluate("window.sameAsBefore"), Value::Bool(true), "the page was not loaded again");
    // The browser itself reports that the server did not answer.
    browser.errors.retain(|error| !error.contains("ERR_CONNECTION_REFUSED") && !error.contains("WebSocket"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn page_does_not_grow_with_laps() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    // Shows each view until its code has come, and returns the memory and the number of elements.
    let mut visit_all_views = || {
        for view in VIEWS {
            browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
            browser.wait_for(&format!("document.querySelector('#view-{view} > *')"));
            frames(&mut browser, 10);
        }
        (browser.heap(), browser.evaluate("document.getElementsByTagName('*').length").as_f64().unwrap())
    };
    until_laps(&site, 12);
    // Now the curves of the last minute are full. Some views ask the server for their contents and show them later.
    let mut visits = vec![visit_all_views()];
    let (heap, nodes) = loop {
        let (heap, nodes) = visit_all_views();
        if (nodes - visits.last().unwrap().1).abs() < 60.0 {
            break (heap, nodes);
        }
        visits.push((heap, nodes));
        assert!(visits.len() < 20, "each visit changes the number of elements: {visits:?}");
    };
    let before = lap_count(&site);
    until_laps(&site, before + 8);
    let (later, more) = visit_all_views();
    let laps = (lap_count(&site) - before) as f64;
    assert!(later < heap + laps * 20e3 + 1e6, "memory grew from {heap} to {later} bytes");
    assert!(more < nodes + laps * 60.0, "the page grew from {nodes} to {more} elements");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn overlays_are_transparent_and_empty_without_a_game() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 2);
    let directory = tempfile::tempdir().unwrap();
    let nothing = serve(&["--quiet", "--dir", directory.path().to_str().unwrap()]);
    browser.resize(1000, 700, 1.0, false);
    for name in OVERLAYS {
        browser.open(&url(&site, &format!("/overlay/{name}")));
        browser.wait_for("document.querySelector('#overlay:not([hidden]):not(.empty)')");
        frames(&mut browser, 10);
        let picture = Pixmap::decode_png(&browser.picture()).unwrap();
        browser.keep_picture(&format!("overlay-{name}"));
        assert_eq!(picture.pixel(999, 699).unwrap().alpha(), 0, "{name} is not transparent outside the widget");
        let drawn = picture.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
        assert!(drawn > 1000, "{name}: {drawn} pixels");
        browser.open(&url(&nothing, &format!("/overlay/{name}")));
        frames(&mut browser, 10);
        let picture = Pixmap::decode_png(&browser.picture()).unwrap();
        assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 0), "{name} shows something without a game");
        assert!(browser.errors.is_empty(), "{name}: {:?}", browser.errors);
    }
}

#[test]
fn pause_shows_the_reason_and_no_values() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--scenario", "pause", "--speed", "4"]);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    // In every animation frame: with a reason there is no gear and no speed, and the gear is never reverse.
    browser.evaluate(
        "(() => {
            const [gear, speed, rpm] = ['.gear-number', '.speed-number', '.rpm-number'].map((name) => document.querySelector(name));
            const word = document.querySelector('.speed-foot .gap-lamp');
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

/// Stores the points of every path that a page draws, in `paths`.
const KEEP_PATHS: &str = "
    window.paths = [];
    window.Path2D = class extends Path2D {
        points = [];
        constructor(...args) { super(...args); window.paths.push(this.points); }
        moveTo(x, y) { this.points.push([x, y]); super.moveTo(x, y); }
        lineTo(x, y) { this.points.push([x, y]); super.lineTo(x, y); }
    };
";

/// The track as one long path, as all views draw it; empty before it is drawn.
const LONG: &str = "(paths.find((points) => points.length > 1000) ?? [])";

/// Eight positions of a lap, as fractions of the width and the height of the box around all points.
fn eight_positions(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let reach = |axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        values.fold((f64::MAX, f64::MIN), |(min, max), value| (min.min(value), max.max(value)))
    };
    let ends = [reach(0), reach(1)];
    let part = |point: &[f64; 2], axis: usize| (point[axis] - ends[axis].0) / (ends[axis].1 - ends[axis].0);
    (0..8).map(|eighth| &points[eighth * points.len() / 8]).map(|point| [part(point, 0), part(point, 1)]).collect()
}

#[test]
fn every_map_has_x_to_the_right_and_z_downwards() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 3);
    let points = |value: &Value| -> Vec<[f64; 2]> { serde_json::from_value(value.clone()).unwrap() };
    // In pixels Y points down, as Z does in the world.
    let expected = eight_positions(&points(&site.json("/api/outline")["points"]));
    browser.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({"source": KEEP_PATHS}));
    // A wide and a high screen. Unit tests of the page try more shapes.
    for (screen, width, height, scale) in [SCREENS[0], SCREENS[1]] {
        browser.resize(width, height, scale, scale > 1.0);
        for view in ["dash", "map", "laps", "overlay"] {
            browser.open(&url(&site, if view == "overlay" { "/overlay/map" } else { "/" }));
            if view != "overlay" {
                browser.evaluate("document.getElementById('tab-dash').click()");
            }
            browser.wait_for(&format!("{LONG}.length > 0"));
            if view == "map" || view == "laps" {
                browser.evaluate(&format!("paths.length = 0; document.getElementById('tab-{view}').click()"));
            }
            browser.wait_for(&format!("{LONG}.length > 0"));
            let drawn = eight_positions(&points(&browser.evaluate(LONG)));
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
fn units_follow_the_choice_and_default_to_those_of_the_terminal() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/"));
    browser.wait_for(&format!("{SPEED} > 0"));
    let texts = "[...document.querySelectorAll('.speed-foot .unit, .tyres-legend .unit')].map((it) => it.textContent).join(' ')";
    browser.wait_for(&format!("{texts}.includes('km/h') && {texts}.includes('psi') && {texts}.includes('°C')"));
    let choose = |name: &str| {
        format!("[...document.querySelectorAll('.choice button')].find((it) => it.textContent === '{name}').click()")
    };
    browser.evaluate(&choose("Metric"));
    browser.wait_for(&format!("{texts}.includes('km/h') && {texts}.includes('bar')"));
    browser.evaluate(&choose("Imperial"));
    browser.wait_for(&format!("{texts}.includes('mph') && {texts}.includes('psi') && {texts}.includes('°F')"));
    browser.open(&url(&site, "/overlay/tyres"));
    browser.wait_for("document.querySelector('.tyres-legend').textContent.startsWith('psi · °C')");
    browser.open(&url(&site, "/overlay/tyres?units=metric"));
    browser.wait_for("document.querySelector('.tyres-legend').textContent.startsWith('bar · °C')");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn high_contrast_mode_keeps_every_distinction() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 3);
    let features = serde_json::json!({"features": [
        {"name": "forced-colors", "value": "active"}, {"name": "prefers-color-scheme", "value": "dark"}]});
    browser.call("Emulation.setEmulatedMedia", features);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/#dash"));
    browser.wait_for(&format!("matchMedia('(forced-colors: active)').matches && {SPEED} > 0"));
    frames(&mut browser, 30);
    browser.keep_picture("high-contrast-dash");
    let background = "(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor";
    for (chosen, other) in [
        (".tab[aria-selected=true]", ".tab[aria-selected=false]"),
        (".choice [aria-pressed=true]", ".choice [aria-pressed=false]"),
        (".pedal .fill", ".pedal .track"),
        (".track-flat .fill", ".track-flat"),
    ] {
        let [chosen, other] = [chosen, other].map(|it| browser.evaluate(&format!("({background})('{it}')")));
        assert_ne!(chosen, other, "the same background");
    }
    // Each state of a temperature has its own border or background.
    let states = browser.evaluate(
        "(() => {
            const strip = document.querySelector('.strip');
            return ['cold', 'ideal', 'hot'].map((state) => {
                strip.dataset.heat = state;
                const { borderStyle, backgroundColor } = getComputedStyle(strip);
                return `${borderStyle} ${backgroundColor}`;
            });
        })()",
    );
    let states: std::collections::HashSet<_> =
        states.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(states.len(), 3, "{states:?}");
    // Lit segments of the engine speed are higher than unlit ones.
    let rows = browser.evaluate(
        "(() => {
            const canvas = document.querySelector('.panel-rpm canvas');
            const painted = (y) => {
                const { data } = canvas.getContext('2d').getImageData(0, y, canvas.width, 1);
                return data.filter((_, index) => index % 4 === 3 && data[index] > 0).length;
            };
            return [painted(2), painted(canvas.height - 2)];
        })()",
    );
    assert!(rows[0].as_u64() < rows[1].as_u64(), "lit and unlit segments have the same height: {rows}");
    for view in ["laps", "session"] {
        browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
        frames(&mut browser, 20);
        browser.keep_picture(&format!("high-contrast-{view}"));
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn cursor_of_curves_moves_by_keyboard_and_describes_the_values() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&["--demo", "--quiet", "--speed", "20"]);
    until_laps(&site, 3);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/#laps"));
    let slider = "document.querySelector('.view-laps .scrubber')";
    browser.wait_for("document.querySelector('.compare-head .lap-b')?.textContent.startsWith('B  Lap')");
    browser.evaluate(&format!("{slider}.focus()"));
    for _ in 0..3 {
        browser.press("PageUp");
    }
    browser.wait_for(&format!("/km; Time A − B [+−]\\d.*; Speed A \\d+ km.h, B \\d+ km/.test({slider}.ariaValueText)"));
    browser.wait_for("/Speed over the lap; at .* km: Speed A \\d+/.test(document.querySelectorAll('.compare-strips canvas')[1].ariaLabel)");
    browser.keep_picture("cursor-laps");
    browser.press("Escape");
    browser.wait_for(&format!("{slider}.ariaValueText === 'No cursor'"));
    browser.open(&url(&site, "/#traces"));
    browser.wait_for("document.querySelector('.view-traces .scrubber')");
    browser.evaluate("document.querySelector('.view-traces .scrubber').focus()");
    browser.press("ArrowLeft");
    browser
        .wait_for("/ s before now; Speed .* km/.test(document.querySelector('.view-traces .scrubber').ariaValueText)");
    // The key F works with Shift and caps lock too.
    browser.evaluate("document.activeElement.blur(); document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'F', bubbles: true }))");
    browser.wait_for("document.documentElement.classList.contains('full')");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

/// JavaScript that enters a value into a field of the settings.
fn enter(name: &str, value: &str) -> String {
    format!(
        "{{ const field = document.querySelector('.settings-form [name=\"{name}\"]');
            if (field.type === 'checkbox') field.checked = {value} === true; else field.value = {value};
            for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }})); }}"
    )
}

/// JavaScript for the part of the form around a field.
fn setting(name: &str) -> String {
    format!("document.querySelector('.settings-form [name=\"{name}\"]').closest('.setting')")
}

#[test]
fn settings_form_saves_changes_and_shows_errors_next_to_fields() {
    let Some(mut browser) = Chromium::start() else { return };
    let user = User::with("# mine\nunits = \"metric\"\n");
    let mut command = user.command(&["run", "--demo", "--quiet", "--port", "0"]);
    let site = serve_by(command.env("ACEVO_RIG", "left"));
    browser.resize(390, 844, 3.0, true);
    browser.open(&url(&site, "/#control"));
    // The units of the settings, because none were chosen in this browser.
    browser.wait_for("document.querySelector('[aria-label=Units] [aria-pressed=true]').value === 'metric'");
    browser.wait_for("document.querySelectorAll('.settings-form .setting').length > 30");
    browser.wait_for(&format!("{}.textContent.includes('ACEVO_RIG')", setting("rig")));
    assert_eq!(browser.evaluate("document.querySelector('.settings-form [name=rig]').disabled"), true);
    assert_eq!(browser.evaluate("document.querySelector('.settings-bar').hidden"), true);

    browser.evaluate(&enter("recording.max_age", "'90'"));
    browser.evaluate(&enter("server.port", "'70000'"));
    browser.evaluate(&enter("units", "'imperial'"));
    browser.wait_for("document.querySelector('.settings-count').textContent === '3 changes'");
    assert_eq!(browser.evaluate(&format!("{}.dataset.changed", setting("units"))), "yes");
    browser.evaluate("document.querySelector('.settings-bar [type=submit]').click()");
    browser.wait_for(&format!(
        "{}.querySelector('.field-error').textContent.includes('1h to 100y')",
        setting("recording.max_age")
    ));
    browser.wait_for(&format!(
        "{}.querySelector('.field-error').textContent.includes('0 to 65535')",
        setting("server.port")
    ));
    browser.wait_for("document.activeElement.getAttribute('aria-invalid') === 'true'");
    browser.keep_picture("settings-errors-phone");
    assert_eq!(fs::read_to_string(user.file()).unwrap(), "# mine\nunits = \"metric\"\n");

    browser.evaluate(&enter("recording.max_age", "'90d'"));
    browser.evaluate(&enter("server.port", "'8080'"));
    browser.evaluate("[...document.querySelectorAll('.tracks > .tool')].at(-1).click()");
    browser.evaluate(
        "{ const [name, positions] = document.querySelectorAll('.track-row input');
           name.value = 'Monza/GP'; positions.value = '0.31, 0.68';
           for (const input of [name, positions]) input.dispatchEvent(new Event('input', { bubbles: true })); }",
    );
    browser.wait_for("document.querySelector('.settings-count').textContent === '4 changes'");
    browser.evaluate("document.querySelector('.settings-bar [type=submit]').click()");
    let result = "document.querySelector('.settings-form .result').textContent";
    browser.wait_for(&format!(
        "{result} === 'Saved 4 settings: 2 take effect now, 2 take effect after a restart of acevo.'"
    ));
    browser.wait_for(&format!("{}.textContent.includes('Takes effect after a restart')", setting("server.port")));
    browser.wait_for("document.querySelector('[aria-label=Units] [aria-pressed=true]').value === 'imperial'");
    let text = fs::read_to_string(user.file()).unwrap();
    for part in ["# mine\nunits = \"imperial\"", "port = 8080", "\"Monza/GP\" = [0.31, 0.68]", "max_age = \"90d\""] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // Back to the default, and discarding.
    browser.evaluate(&format!("{}.querySelector('.tool-small').click()", setting("recording.max_age")));
    browser.evaluate("document.querySelector('.track-row .tool-small').click()");
    browser.wait_for("document.querySelector('.settings-count').textContent === '2 changes'");
    browser.evaluate("document.querySelector('.settings-bar [type=button]').click()");
    browser.wait_for("document.querySelector('.settings-bar [type=submit]').hidden && document.querySelector('.track-row input').value === 'Monza/GP'");
    browser.evaluate(&format!("{}.querySelector('.tool-small').click()", setting("recording.max_age")));
    browser.evaluate("document.querySelector('.settings-bar [type=submit]').click()");
    browser.wait_for(&format!("{result} === 'Saved: it takes effect now.'"));
    assert!(!fs::read_to_string(user.file()).unwrap().contains("max_age"));
    // The browser itself reports the answer 422.
    browser.errors.retain(|error| !error.contains("422"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn control_view_switches_recording_and_reports_problems_in_every_view() {
    let Some(mut browser) = Chromium::start() else { return };
    let user = User::new();
    let mut site = serve_by(&mut user.command(&["run", "--demo", "--quiet", "--port", "0"]));
    browser.resize(1280, 800, 1.0, false);
    browser.open(&url(&site, "/#control"));
    let button = |text: &str| {
        format!("[...document.querySelectorAll('.panel-control button')].find((it) => it.textContent === '{text}')")
    };
    let lamp = "document.querySelector('.task-state').textContent";
    let result = "document.querySelector('.panel-control .result').textContent";
    browser.wait_for(&format!(
        "{lamp} === 'Recording' && document.querySelector('.panel-game').textContent.includes('Valdombra')"
    ));
    browser.keep_picture("control-desktop");
    browser.evaluate("document.querySelector('.mark-form input').value = 'contact'");
    browser.evaluate(&format!("{}.click()", button("Mark this moment")));
    browser.wait_for(&format!(
        "{result}.startsWith('Marked at ') && document.querySelector('.mark-form input').value === ''"
    ));
    browser.evaluate(&format!("{}.click()", button("Save the last minute")));
    browser.wait_for(&format!("/Saved .*_last-60s.acevo/.test({result})"));
    browser.evaluate(&format!("{}.click()", button("Stop recording")));
    browser.wait_for(&format!("{lamp} === 'Off' && {}", button("Start recording")));

    // The folder of recordings becomes a file.
    let state = site.json("/api/status");
    let folder = state["recording"]["folder"].as_str().unwrap();
    fs::rename(folder, format!("{folder}-before")).unwrap();
    fs::write(folder, "").unwrap();
    browser.evaluate(&format!("{}.click()", button("Start recording")));
    browser.wait_for("document.querySelector('.panel-problems li')?.textContent.includes('recording:')");
    assert_eq!(browser.evaluate("document.getElementById('tab-control').dataset.problem"), "yes");
    for view in VIEWS {
        browser.evaluate(&format!("document.getElementById('tab-{view}').click()"));
        frames(&mut browser, 2);
        let is_shown = "!document.getElementById('alarm').hidden || !document.querySelector('.panel-problems').hidden";
        browser.wait_for(&format!("document.getElementById('view-{view}').offsetHeight > 0 && ({is_shown})"));
    }
    browser.evaluate("document.getElementById('tab-dash').click()");
    browser.wait_for("document.getElementById('alarm').offsetHeight > 0");
    browser.keep_picture("problem-dash");
    fs::remove_file(folder).unwrap();
    browser.wait_for("document.getElementById('alarm').hidden");

    // Quitting asks first.
    browser.evaluate("document.getElementById('tab-control').click()");
    browser.evaluate(&format!("{}.click()", button("Quit acevo")));
    browser.wait_for("document.querySelector('dialog').open");
    browser.keep_picture("quit-desktop");
    browser.press("Escape");
    browser.wait_for("!document.querySelector('dialog').open");
    assert!(!site.running.has_ended());
    browser.evaluate(&format!("{}.click()", button("Quit acevo")));
    browser.evaluate("[...document.querySelectorAll('dialog button')].find((it) => it.textContent === 'Quit').click()");
    assert!(site.running.wait_for_exit().success());
    browser.wait_for("document.querySelector('#chip').textContent === 'Disconnected'");
    browser.errors.retain(|error| !error.contains("ERR_CONNECTION_REFUSED") && !error.contains("WebSocket"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn control_view_of_serve_names_acevo_run() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&DEMO);
    browser.resize(390, 844, 3.0, true);
    browser.open(&url(&site, "/#control"));
    browser.wait_for("document.querySelector('.view-control .intro').textContent.includes('acevo run') && document.querySelector('.view-control .intro').offsetHeight > 0");
    for panel in ["control", "recording", "settings", "problems"] {
        assert_eq!(browser.evaluate(&format!("document.querySelector('.panel-{panel}').hidden")), true, "{panel}");
    }
    browser.keep_picture("control-serve-phone");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn restart_with_another_token_explains_itself_on_page_and_overlay() {
    let Some(mut browser) = Chromium::start() else { return };
    let mut site = serve(&["--demo", "--quiet", "--lan"]);
    let port = site.host.rsplit_once(':').unwrap().1.to_owned();
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site.from_elsewhere(), &format!("/?{}", site.query)));
    browser.wait_for(&format!("{SPEED} > 0"));
    browser.evaluate("document.getElementById('tab-overlays').click()");
    // Only addresses for other devices have the token.
    browser.wait_for(&format!(
        "document.querySelector('.view-overlays .intro + .intro').textContent && [...document.querySelectorAll('.address')]
            .every((it) => it.value.includes('?{}') !== it.value.startsWith('http://127.0.0.1:'))",
        site.query
    ));
    browser.evaluate("document.getElementById('tab-dash').click()");
    site.running.kill();
    browser.wait_for("document.querySelector('#chip').textContent === 'Disconnected'");
    browser.evaluate(
        "window.states = []; new MutationObserver(() => states.push(document.querySelector('#chip').textContent))
            .observe(document.querySelector('#chip'), { childList: true, characterData: true, subtree: true })",
    );
    let again =
        spawn(acevo().args(["serve", "--port", &port, "--lan"]).args(DEMO).env("ACEVO_SERVER_KEEP_TOKEN", "false"));
    assert!(again.next_line().contains(&port));
    browser
        .wait_for("states.length > 0 && document.querySelector('#notice').textContent.includes('acevo was restarted')");
    // Several attempts later nothing has changed.
    frames(&mut browser, 120);
    assert_eq!(browser.evaluate("states.join()"), "Access denied");
    // Loaded with the old token, an overlay is a readable page.
    browser.open(&url(&site.from_elsewhere(), &format!("/overlay/gear?{}", site.query)));
    assert!(browser.evaluate("document.body.textContent").as_str().unwrap().contains("Access denied"));
    browser.keep_picture("access-denied-overlay");
}

#[test]
fn open_overlay_explains_a_restart_with_another_token() {
    let Some(mut browser) = Chromium::start() else { return };
    let mut site = serve(&["--demo", "--quiet", "--lan"]);
    browser.resize(340, 150, 1.0, false);
    browser.open(&url(&site.from_elsewhere(), &format!("/overlay/gear?{}", site.query)));
    browser.wait_for("document.querySelector('#overlay:not([hidden]):not(.empty)')");
    let port = site.host.rsplit_once(':').unwrap().1.to_owned();
    site.running.kill();
    let again =
        spawn(acevo().args(["serve", "--port", &port, "--lan"]).args(DEMO).env("ACEVO_SERVER_KEEP_TOKEN", "false"));
    assert!(again.next_line().contains(&port));
    browser.wait_for(
        "document.querySelector('.overlay-problem:not([hidden])')?.textContent.includes('Copy this overlay')",
    );
    let picture = Pixmap::decode_png(&browser.picture()).unwrap();
    browser.keep_picture("access-denied-open-overlay");
    assert!(picture.pixels().iter().filter(|pixel| pixel.alpha() > 0).count() > 1000, "the text is invisible");
}

/// `docs/pictures/make` runs this.
#[test]
#[ignore = "creates pictures in the directory ACEVO_PICTURES"]
fn pictures_for_the_readme() {
    let mut browser = Chromium::start().expect("a Chromium");
    let site = serve(&["--demo", "--quiet", "--scenario", "race", "--speed", "3"]);
    let screens = [("page", "/", 1440, 810, 1.0), ("phone", "/?view=dash", 390, 844, 2.0)];
    browser.open(&url(&site, "/"));
    until_laps(&site, 2);
    for (name, path, width, height, scale) in screens {
        browser.resize(width, height, scale, scale > 1.0);
        browser.open(&url(&site, path));
        // Until the curves are filled.
        frames(&mut browser, 600);
        browser.keep_picture(name);
    }
    browser.resize(524, 154, 2.0, false);
    browser.open(&url(&site, "/overlay/inputs"));
    frames(&mut browser, 600);
    browser.keep_picture("overlay");
}

fn url(site: &Server, path: &str) -> String {
    format!("http://{}{path}", site.host)
}

/// The number of laps that have ended.
fn lap_count(site: &Site) -> usize {
    site.json("/api/laps").as_array().unwrap().len()
}

/// Waits until this many laps have ended.
fn until_laps(site: &Site, laps: usize) {
    while lap_count(site) < laps {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Waits for this many animation frames.
fn frames(browser: &mut Chromium, count: u32) {
    browser.evaluate(&format!(
        "(async () => {{ for (let n = 0; n < {count}; n += 1) await new Promise(requestAnimationFrame); }})()"
    ));
}
