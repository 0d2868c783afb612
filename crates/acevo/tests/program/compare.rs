//! Tests of the session library and the comparison of laps in a real browser.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use acevo_recording::{Description, RecordingWriter};
use acevo_simulator::{CarModel, Options, Scenario, TrackName};
use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Site, serve_by};
use acevo_testkit::recordings;
use acevo_testkit::user::User;
use serde_json::Value;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// Name, width, height, and device pixels per CSS pixel.
const SCREENS: [(&str, u32, u32, f64); 3] =
    [("laptop", 1366, 768, 1.0), ("phone", 360, 740, 2.0), ("4k", 3840, 2160, 1.0)];

/// Recordings of a user: name, track, car, scenario, and age.
const DRIVES: [(&str, TrackName, CarModel, Scenario, Duration); 4] = [
    ("today", TrackName::Karsthafen, CarModel::Gt3, Scenario::HotLaps, Duration::from_secs(3600)),
    // From the third lap on there is a mistake in one corner of each lap.
    ("last-week", TrackName::Karsthafen, CarModel::Gt3, Scenario::Faults, WEEK),
    ("road-car", TrackName::Karsthafen, CarModel::Road, Scenario::HotLaps, WEEK),
    ("other-track", TrackName::Northmoor, CarModel::Gt3, Scenario::HotLaps, Duration::from_secs(7200)),
];

/// Other recordings of a driver, on other tracks with all cars: a lap each.
const OTHERS: usize = 96;

/// A user whose folder of recordings has the drives, and their server.
fn driver(drives: usize) -> (User, Site) {
    driver_with(drives, 0)
}

/// The same with other recordings.
fn driver_with(drives: usize, others: usize) -> (User, Site) {
    let user = User::new();
    let folder = user.folder.path().join("recordings");
    fs::create_dir_all(&folder).unwrap();
    record_others(&folder, others);
    for (name, track, car, scenario, age) in &DRIVES[..drives] {
        let mut options = Options::default();
        (options.track, options.car, options.scenario) = (*track, *car, *scenario);
        options.laps = Some(if *scenario == Scenario::Faults { 4 } else { 2 });
        record(&folder.join(name).with_extension("acevo"), options, *age);
    }
    fs::write(folder.join("broken.acevo"), "not a recording").unwrap();
    settle(&folder.join("broken.acevo"));
    let settings = format!("[recording]\nfolder = {:?}\n", folder.to_str().unwrap());
    fs::create_dir_all(user.file().parent().unwrap()).unwrap();
    fs::write(user.file(), settings).unwrap();
    // The server reads recordings slowly, so that it does not disturb the game.
    user.command(&["sessions"]).output().unwrap();
    let site = serve_by(&mut user.command(&["serve", "--demo", "--quiet", "--port", "0"]));
    while site.json("/api/library/sessions")["total"] != drives + others {
        std::thread::sleep(Duration::from_millis(100));
    }
    (user, site)
}

/// Records a lap of many cars on two tracks, each on another day of the last months.
fn record_others(folder: &Path, others: usize) {
    let tracks = [TrackName::Valdombra, TrackName::Northmoor];
    let half = |from: usize| {
        for number in (from..others).step_by(2) {
            let mut options = Options::default();
            (options.track, options.scenario, options.laps) = (tracks[number / 2 % 2], Scenario::HotLaps, Some(1));
            (options.car, options.seed) = (CarModel::ALL[number % CarModel::ALL.len()], number as u64);
            let age = Duration::from_secs(86_400 * (number as u64 + 8));
            record(&folder.join(format!("other-{number}.acevo")), options, age);
        }
    };
    std::thread::scope(|threads| {
        threads.spawn(|| half(1));
        half(0);
    });
}

/// Records a simulation that was driven some time ago.
fn record(path: &Path, options: Options, age: Duration) {
    let mut description = Description::new("test");
    description.unix_us -= u64::try_from(age.as_micros()).unwrap();
    let mut writer = RecordingWriter::create(path, &description).unwrap();
    recordings::append(&mut writer, Duration::ZERO, options, Duration::MAX, |_, _| {});
    writer.finish().unwrap();
    settle(path);
}

/// A file that has just changed may still grow, and is not read yet.
fn settle(path: &Path) {
    let file = File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
}

fn click(browser: &mut Chromium, element: &str) {
    browser.wait_for(&format!("{element} && !{element}.hidden"));
    browser.evaluate(&format!("{element}.click()"));
}

/// The first element with a selector and this text in it.
fn with_text(selector: &str, text: &str) -> String {
    format!("[...document.querySelectorAll('{selector}')].find((it) => it.textContent.includes('{text}'))")
}

#[test]
fn driver_finds_compares_and_shares_a_lap() {
    let Some(mut browser) = Chromium::start() else { return };
    // A hundred recordings.
    let (_user, site) = driver_with(4, OTHERS);
    let url = |path: &str| format!("http://{}{path}", site.host);
    browser.resize(1366, 768, 1.0, false);
    browser.open(&url("/#sessions"));
    browser.wait_for(&with_text(".panel-sessions .hint", "100 sessions"));
    browser.wait_for("document.querySelectorAll('.panel-sessions .session-row').length === 50");
    click(&mut browser, &with_text(".panel-sessions button", "Show more"));
    browser.wait_for("document.querySelectorAll('.panel-sessions .session-row').length === 100");
    browser.wait_for(&with_text(".panel-unreadable li", "broken.acevo"));
    browser.keep_picture("sessions-laptop");

    // The best lap of the car on the track.
    let choose = |name: &str, text: &str| {
        format!(
            "{{ const select = [...document.querySelectorAll('.session-filters label')].find((it) => it.textContent.startsWith('{name}')).querySelector('select');
                select.value = [...select.options].find((it) => it.textContent.includes('{text}')).value;
                select.dispatchEvent(new Event('change')); }}"
        )
    };
    browser.evaluate(&choose("Track", "Karsthafen"));
    browser.wait_for("document.querySelectorAll('.panel-sessions .session-row').length === 3");
    browser.evaluate(&choose("Car", "Velocita GT3"));
    browser.wait_for("document.querySelectorAll('.panel-sessions .session-row').length === 2");
    browser.wait_for("document.querySelectorAll('.panel-bests .session-row').length === 1");
    assert!(browser.evaluate("location.hash").as_str().unwrap().contains("car="), "filters are in the address");
    click(&mut browser, "document.querySelector('.panel-bests .basket-pick')");

    // Last week's third lap, which has a mistake.
    let sessions = site.json("/api/library/sessions?track=Karsthafen");
    let sessions = sessions["sessions"].as_array().unwrap();
    let last_week = &sessions.iter().find(|session| session["file"] == "last-week.acevo").unwrap()["id"];
    click(&mut browser, &format!("document.querySelector('.session-row a[href=\"#sessions/{last_week}\"]')"));
    browser.wait_for("document.querySelectorAll('.session-laps tbody tr').length >= 3");
    browser.wait_for("document.querySelector('.panel-session-map canvas').width > 10");
    browser.keep_picture("session-laptop");
    let laps = site.json(&format!("/api/library/sessions/{last_week}"));
    let laps = laps["laps"].as_array().unwrap();
    let faulty = laps.iter().find(|lap| lap["number"] == 3).unwrap();
    let row = "[...document.querySelectorAll('.session-laps tbody tr')].find((it) => it.cells[0].textContent === '3')";
    click(&mut browser, &format!("{row}.querySelector('.basket-pick')"));
    click(&mut browser, &with_text(".basket-go", "Compare 2 laps"));

    // Both laps are drawn, and the difference at the end of the lap is that of their times.
    browser.wait_for("document.querySelectorAll('.lap-chip:not([hidden]) .chip-title').length === 2");
    browser.wait_for("document.querySelector('.compare-curves .value.lap-b').textContent !== ''");
    let times = "[...document.querySelectorAll('.lap-chip:not([hidden]) .chip-title')].map((it) => it.textContent)";
    let times = browser.evaluate(times);
    let seconds = |title: &Value| {
        let (minutes, seconds) = title.as_str().unwrap().rsplit_once(' ').unwrap().1.split_once(':').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    };
    let lost = seconds(&times[1]) - seconds(&times[0]);
    assert!(
        (seconds(&times[1]) - faulty["time_ms"].as_f64().unwrap() / 1000.0).abs() < 0.0005 && lost > 0.0,
        "{times}"
    );
    let delta = "Number(document.querySelector('.compare-curves .value.lap-b').textContent.replace('\u{2212}', '-'))";
    browser.wait_for(&format!("Math.abs({delta} - {lost}) < 0.01"));

    // With keys only: the first corner, then closer. The address keeps what is visible.
    browser.wait_for("document.querySelectorAll('.corner-table tbody tr').length > 3");
    browser.press("]");
    browser.wait_for("location.hash.includes('from=')");
    let span = "(() => { const query = new URLSearchParams(location.hash.split('?')[1]); return query.get('to') - query.get('from'); })()";
    let before = browser.evaluate(span).as_f64().unwrap();
    browser.press("+");
    browser.wait_for(&format!("{span} < {before} / 1.4"));
    browser.wait_for("document.querySelector('.compare-position').textContent.includes('km')");
    browser.keep_picture("compare-corner-laptop");

    // The losses in the corners are ranked, and add up to the difference of the lap times.
    let losses = "[...document.querySelectorAll('.corner-table tbody tr')].map((it) => Number.parseFloat(it.cells[1].textContent.replace('\u{2212}', '-')))";
    let losses: Vec<f64> = serde_json::from_value(browser.evaluate(losses)).unwrap();
    assert!(losses.is_sorted_by(|a, b| a >= b) && losses[0] > 0.05, "{losses:?}");
    let advice = browser.evaluate("document.querySelector('.corner-table .advice').textContent");
    assert!(advice.as_str().unwrap().len() > 20, "{advice}");
    let sum = browser.evaluate("document.querySelector('.corner-sum').textContent");
    let together: f64 = sum.as_str().unwrap().rsplit_once(' ').unwrap().0.rsplit_once('+').unwrap().1.parse().unwrap();
    assert!((together - lost).abs() < 0.01, "{sum}, {lost}");

    // The lap is shared, and opened by another driver.
    let file = format!("/api/library/laps/{}/file", faulty["id"]);
    browser.evaluate(&format!(
        "(async () => {{ const bytes = new Uint8Array(await (await fetch('{file}')).arrayBuffer());
            window.shared = Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''); return bytes.length; }})()"
    ));
    let shared = browser.evaluate("btoa(window.shared)");
    let shared = shared.as_str().unwrap();
    assert!(shared.len() < 8_000_000, "{} bytes for one lap", shared.len() * 3 / 4);
    let (_other, elsewhere) = driver(0);
    browser.open(&format!("http://{}/#sessions", elsewhere.host));
    browser.wait_for("document.querySelector('.session-filters') !== null");
    browser.evaluate(&format!(
        "{{ const bytes = Uint8Array.from(atob('{shared}'), (letter) => letter.charCodeAt(0));
            const dropped = new DataTransfer();
            dropped.items.add(new File([bytes], 'shared lap.acevo'));
            document.querySelector('.view-sessions').dispatchEvent(new DragEvent('drop', {{ dataTransfer: dropped, bubbles: true, cancelable: true }})); }}"
    ));
    browser.wait_for("location.hash.startsWith('#sessions/')");
    browser.wait_for("document.querySelectorAll('.session-laps tbody tr').length > 0");
    let opened = elsewhere.json("/api/library/sessions");
    let opened = elsewhere.json(&format!("/api/library/sessions/{}", opened["sessions"][0]["id"]));
    let complete: Vec<_> =
        opened["laps"].as_array().unwrap().iter().filter(|lap| lap["incomplete"].is_null()).collect();
    assert_eq!(complete.len(), 1, "exactly one lap: {opened}");
    assert_eq!((&complete[0]["time_ms"], &complete[0]["number"]), (&faulty["time_ms"], &faulty["number"]));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn compare_is_zoomed_and_moved_by_mouse_and_touch_and_corners_are_dragged() {
    let Some(mut browser) = Chromium::start() else { return };
    let (_user, site) = driver(2);
    let sessions = site.json("/api/library/sessions");
    let laps: Vec<_> = sessions["sessions"].as_array().unwrap().iter().map(|it| it["best_lap"].to_string()).collect();
    browser.resize(1366, 768, 1.0, false);
    browser.open(&format!("http://{}/#compare?laps={}", site.host, laps.join(",")));
    browser.wait_for("document.querySelectorAll('.corner-table tbody tr').length > 3");
    browser.wait_for("document.querySelector('.compare-curves .value.lap-b').textContent !== ''");
    // Without from and to, everything is visible.
    let at = |name: &str| format!("Number(new URLSearchParams(location.hash.split('?')[1]).get('{name}'))");
    let span = format!("({} - {})", at("to"), at("from"));
    let box_of = |browser: &mut Chromium, element: &str| {
        let size = browser.evaluate(&format!(
            "(() => {{ const box = document.querySelector('{element}').getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }})()"
        ));
        serde_json::from_value::<[f64; 4]>(size).unwrap()
    };
    let [left, top, width, _] = box_of(&mut browser, ".compare-curves canvas");
    let point = |part: f64| (left + width * part, top + 40.0);
    browser.wheel(point(0.5), -600.0);
    browser.wait_for(&format!("{span} > 0"));
    let (zoomed, from) = (browser.evaluate(&span).as_f64().unwrap(), browser.evaluate(&at("from")).as_f64().unwrap());
    // To the left: what follows becomes visible.
    browser.drag(point(0.7), point(0.3));
    browser.wait_for(&format!(
        "{} > {from} + 0.3 * {zoomed} && Math.abs({span} - {zoomed}) < 0.02 * {zoomed}",
        at("from")
    ));

    browser.resize(1366, 768, 1.0, true);
    let [left, top, width, _] = box_of(&mut browser, ".compare-curves canvas");
    let point = |part: f64| (left + width * part, top + 40.0);
    browser.pinch([point(0.4), point(0.6)], [point(0.2), point(0.8)]);
    browser.wait_for(&format!("{span} < 0.5 * {zoomed} && {span} > 0"));
    browser.resize(1366, 768, 1.0, false);
    browser.evaluate(
        "document.querySelector('.compare-curves').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))",
    );
    browser.wait_for("!location.hash.includes('from=')");

    // The apex of the first corner is dragged along the track, and kept.
    click(&mut browser, &with_text(".panel-tools button", "Corners"));
    browser.wait_for("document.querySelector('dialog[open] canvas') !== null && document.querySelector('dialog[open] canvas').width > 10");
    let layout = sessions["sessions"][0]["layout"].as_str().unwrap().replace(' ', "%20");
    let track = &format!("/api/library/corners?track=Karsthafen&layout={layout}");
    assert_eq!(site.json(track)["corners"], Value::Array(vec![]), "corners of the simulator are not stored");
    let shown = "[...document.querySelectorAll('dialog[open] .editor-position')].map((it) => it.textContent).join()";
    let before = browser.evaluate(shown);
    let [left, top, width, height] = box_of(&mut browser, "dialog[open] canvas");
    // Presses on a grid find the handle: its place depends on the shape of the track.
    let is_moved = (0..40).any(|x| {
        (0..40).any(|y| {
            let from = (left + width * (f64::from(x) + 0.5) / 40.0, top + height * (f64::from(y) + 0.5) / 40.0);
            browser.drag(from, (from.0 + 6.0, from.1 + 6.0));
            browser.evaluate(shown) != before
        })
    });
    assert!(is_moved, "no handle was found");
    click(&mut browser, &with_text("dialog[open] button", "Save"));
    browser.wait_for("document.querySelector('dialog[open]') === null");
    assert!(site.json(track)["corners"].as_array().unwrap().len() > 3, "{}", site.json(track));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn library_views_fit_every_screen_and_keep_what_the_user_writes() {
    let Some(mut browser) = Chromium::start() else { return };
    let (_user, site) = driver(2);
    let url = |path: &str| format!("http://{}{path}", site.host);
    let sessions = site.json("/api/library/sessions");
    let laps: Vec<_> = sessions["sessions"].as_array().unwrap().iter().map(|it| it["best_lap"].to_string()).collect();
    let session = sessions["sessions"][0]["id"].to_string();
    for (screen, width, height, scale) in SCREENS {
        browser.resize(width, height, scale, scale > 1.0);
        for (name, hash, shown) in [
            ("sessions", "sessions".to_owned(), ".session-row"),
            ("session", format!("sessions/{session}"), ".session-laps tbody tr"),
            ("compare", format!("compare?laps={}", laps.join(",")), ".corner-table tbody tr"),
        ] {
            browser.open(&url("/#dash"));
            browser.open(&url(&format!("/#{hash}")));
            browser.wait_for(&format!("document.querySelector('{shown}') !== null"));
            let wide = browser.evaluate("Math.max(document.documentElement.scrollWidth, window.innerWidth)");
            assert!(wide.as_u64().unwrap() <= width.into(), "{name} is {wide} pixels wide on a {screen} of {width}");
            browser.keep_picture(&format!("{name}-{screen}"));
        }
    }
    // Notes are kept, also if the page gets an older state of the session later, and a deleted recording comes back.
    browser.resize(1366, 768, 1.0, false);
    browser.open(&url("/#dash"));
    browser.evaluate(
        "window.fetchNow = window.fetch;
        window.fetch = async (path, options) => {
            const answer = await window.fetchNow(path, options);
            if (!/library.sessions.-?[0-9]+$/.test(path) || window.answer) return answer;
            window.answer = answer;
            await new Promise((go) => { window.go = go; });
            return answer;
        };",
    );
    browser.open(&url(&format!("/#sessions/{session}")));
    browser.wait_for("document.querySelector('.session-laps tbody tr') !== null && window.go");
    let write = |browser: &mut Chromium, name: &str, text: &str| {
        browser.evaluate(&format!(
            "{{ const field = document.querySelector('.session-notes [name={name}]');
                field.value = '{text}';
                field.dispatchEvent(new Event('change')); }}"
        ));
    };
    write(&mut browser, "title", "Evening");
    browser.wait_for("document.querySelector('.session-heading').textContent === 'Evening'");
    browser.evaluate("window.go()");
    browser.wait_for("window.answer.bodyUsed");
    browser.evaluate("new Promise(requestAnimationFrame)");
    write(&mut browser, "tags", "wet, setup 3");
    let tags = || site.json(&format!("/api/library/sessions/{session}"))["session"]["tags"].as_array().map(Vec::len);
    while tags() != Some(2) {
        std::thread::sleep(Duration::from_millis(20));
    }
    browser.wait_for("document.querySelector('.session-notes .result').textContent === 'Saved.'");
    click(&mut browser, &with_text(".session-head button", "Delete"));
    click(&mut browser, &with_text("dialog button", "Delete"));
    browser.wait_for(
        "location.hash === '#sessions' && document.querySelectorAll('.panel-sessions .session-row').length === 1",
    );
    click(&mut browser, &with_text(".notice-bar button", "Undo"));
    browser.wait_for("document.querySelectorAll('.panel-sessions .session-row').length === 2");
    browser.wait_for(&with_text(".session-title", "Evening"));
    browser.wait_for(&with_text(".tag", "setup 3"));
    // Back and forward.
    browser.evaluate("history.back()");
    browser.wait_for(&format!(
        "location.hash === '#sessions/{session}' && !document.querySelector('.session-page').hidden"
    ));
    browser.evaluate("history.forward()");
    browser.wait_for("!document.querySelector('.session-list').hidden");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn sectors_that_are_drawn_are_kept() {
    let (_user, site) = driver(0);
    let address = "/api/library/sectors?track=Karsthafen&layout=";
    assert_eq!(site.json(address)["kind"], "thirds");
    assert_eq!(site.send("PUT", address, r#"{"ends": [0.2, 0.4, 0.6, 0.8]}"#).status, 204);
    let drawn = site.json(address);
    assert_eq!((&drawn["kind"], drawn["ends"].as_array().unwrap().len()), (&"custom".into(), 4));
    for wrong in [r#"{"ends": [0.4, 0.2]}"#, r#"{"ends": [2]}"#, r#"{"ends": "x"}"#, "{}x"] {
        assert_eq!(site.send("PUT", address, wrong).status, 400, "{wrong}");
    }
    assert_eq!(site.send("PUT", "/api/library/sectors", r#"{"ends": []}"#).status, 400);
    assert_eq!(site.send("PUT", address, r#"{"ends": null}"#).status, 204);
    assert_eq!(site.json(address)["kind"], "thirds");
}

#[test]
fn corners_that_are_edited_are_kept() {
    let (_user, site) = driver(0);
    let address = "/api/library/corners?track=Karsthafen&layout=";
    assert_eq!(site.json(address)["corners"], Value::Array(vec![]));
    let corner =
        r#"{"corners": [{"number": 1, "name": "Quay", "start": 0.1, "apex": 0.12, "end": 0.15, "direction": "left"}]}"#;
    assert_eq!(site.send("PUT", address, corner).status, 204);
    assert_eq!(site.json(address)["corners"][0]["name"], "Quay");
    let wrong = corner.replace("0.12", "0.9");
    let refused = site.send("PUT", address, &wrong);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert_eq!(site.json(address)["corners"][0]["apex"], 0.12);
}

#[test]
fn laps_that_do_not_exist_are_refused() {
    let (_user, site) = driver(0);
    for (path, status) in [
        ("/api/library/laps/1/samples?channels=speed", 404),
        ("/api/library/laps/live-0/samples?channels=speed", 404),
        ("/api/library/laps/x/file", 404),
        ("/api/library/laps/-5/csv", 404),
        ("/api/library/laps/99999999999999999999/png", 404),
        ("/api/library/laps/1/corners?against=2", 404),
    ] {
        assert_eq!(site.get(path).status, status, "{path}");
    }
    let many = vec!["speed"; 33].join(",");
    assert_eq!(site.get(&format!("/api/library/laps/1/samples?channels={many}")).status, 400);
}
