//! The page in a real browser.

use acevo_testkit::broker::{Broker, Publisher};
use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::Site;
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::json;

use super::rigs::{Rigs, lap};
use super::wall;

fn url(site: &Site, query: &str) -> String {
    format!("http://{}/{query}", site.host)
}

/// A wall with rigs of which each has sent everything.
fn wall_of(broker: &Broker, user: &User, mut rigs: Rigs, count: usize) -> Site {
    let site = wall(user, broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    rigs.introduce();
    rigs.sample(187.0);
    rigs.laps();
    until(|| {
        let state = site.json("/api/snapshot");
        let rigs = state["rigs"].as_array().unwrap();
        rigs.len() == count && rigs.iter().all(|rig| rig["last"].is_object())
    });
    site
}

/// Rigs whose names are on the page.
const NAMES: &str = "[...document.querySelectorAll('.rigs .rig-name')].map((it) => it.textContent)";

#[test]
fn every_rig_can_be_read_on_a_television_and_on_a_phone() {
    let Some(mut browser) = Chromium::start() else { return };
    for count in [1, 8, 12, 30, 100] {
        for is_centre in [false, true] {
            let Some(broker) = Broker::anonymous() else { return };
            let user = User::new();
            let rigs = if is_centre { Rigs::of_one_centre(&broker, count) } else { Rigs::connect(&broker, count) };
            let site = wall_of(&broker, &user, rigs, count);
            let name = format!("wall-{count}{}", if is_centre { "-centre" } else { "" });
            browser.resize(1920, 1080, 1.0, false);
            browser.open(&url(&site, "?seconds=3"));
            // All rigs are shown, on pages in turn.
            browser.wait_for(
                "document.querySelectorAll('.rigs .rig').length > 0 && document.querySelectorAll('.best').length > 0",
            );
            browser.evaluate(&format!(
                "window.seen = new Set(); window.watch = setInterval(() => {NAMES}.forEach((name) => seen.add(name)), 50)"
            ));
            browser.wait_for(&format!("seen.size === {count}"));
            browser.keep_picture(&name);
            // Nothing is outside the screen or its box, and all texts are large enough.
            let wrong = browser.evaluate(
                "(() => {
                    const wrong = [];
                    const root = document.documentElement;
                    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push(`page ${root.scrollWidth}x${root.scrollHeight}`);
                    for (const rig of document.querySelectorAll('.rigs .rig')) {
                        const box = rig.getBoundingClientRect();
                        for (const part of rig.querySelectorAll('span, .value')) {
                            const inner = part.getBoundingClientRect();
                            if (!inner.width || !part.textContent) continue;
                            const text = part.textContent;
                            // Names of cars and tracks end with an ellipsis.
                            const right = part.closest('.rig-car') ? 0 : inner.right;
                            if (inner.bottom > box.bottom + 1 || right > box.right + 1 || inner.top < box.top - 1) wrong.push(`${text} is outside`);
                            const isValue = part.matches('.rig-name, .rig-driver, .value, .rig-word');
                            if (isValue && Number.parseFloat(getComputedStyle(part).fontSize) < 24) wrong.push(`${text} is small`);
                            if (part.matches('.value') && part.scrollWidth > part.clientWidth + 1) wrong.push(`${text} is cut`);
                        }
                    }
                    for (const part of document.querySelectorAll('.best-time, .best-hour')) if (part.scrollWidth > part.clientWidth + 1) wrong.push(`${part.textContent} is cut`);
                    for (const part of document.querySelectorAll('.best-laps')) {
                        if (part.getBoundingClientRect().bottom > document.getElementById('bests').getBoundingClientRect().bottom + 1) wrong.push('laps are outside');
                    }
                    return wrong.slice(0, 20);
                })()",
            );
            assert_eq!(wrong, json!([]), "{name}");
            // A phone has all of them on one page.
            browser.resize(390, 844, 3.0, true);
            browser.wait_for(&format!("{NAMES}.length === {count}"));
            let wide = browser.evaluate("Math.max(document.documentElement.scrollWidth, window.innerWidth)");
            assert!(wide.as_u64().unwrap() <= 390, "{wide} pixels on a phone");
            browser.keep_picture(&format!("{name}-phone"));
            // The page must not see the end of its server.
            browser.open("about:blank");
        }
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn names_of_drivers_are_texts_on_the_page() {
    let Some(mut browser) = Chromium::start() else { return };
    let Some(broker) = Broker::anonymous() else { return };
    let user = User::new();
    let site = wall(&user, &broker, &["--quiet"]);
    until(|| site.json("/api/snapshot")["broker"]["connected"] == true);
    let mut publisher = Publisher::connect(broker.port, "hostile");
    let evil = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";
    let shown = &evil[..64];
    let names = json!({ "id": "s", "state": "open", "track": evil, "car": evil, "driver": evil, "configuration": evil, "session_name": evil, "best_ms": 9 });
    publisher.publish(
        "acevo/v1/club/evil/status",
        json!({ "online": true, "state": "live", "source": evil, "version": evil }).to_string(),
        true,
    );
    publisher.publish("acevo/v1/club/evil/session", names.to_string(), true);
    let mut evil_lap = lap(evil, 1, 90_000);
    (evil_lap["track"], evil_lap["car"]) = (evil.into(), evil.into());
    publisher.publish_certainly("acevo/v1/club/evil/lap", evil_lap.to_string());
    browser.resize(1920, 1080, 1.0, false);
    browser.open(&url(&site, ""));
    let quoted = serde_json::to_string(shown.trim_end()).unwrap();
    browser.wait_for(&format!("document.querySelector('.rigs .rig-driver').textContent === {quoted}"));
    browser.wait_for(&format!("document.querySelector('.best-driver').textContent === {quoted}"));
    assert_eq!(browser.evaluate("document.images.length + document.scripts.length"), 1, "the script of the page");
    assert_eq!(browser.evaluate("window.hacked === undefined"), true);
    browser.keep_picture("wall-hostile");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn page_says_that_the_broker_or_the_wall_is_away_and_comes_back() {
    let Some(mut browser) = Chromium::start() else { return };
    let Some(mut broker) = Broker::anonymous() else { return };
    let user = User::new();
    let mut rigs = Rigs::of_one_centre(&broker, 2);
    let mut site = wall(&user, &broker, &["--quiet"]);
    browser.resize(1920, 1080, 1.0, false);
    browser.open(&url(&site, ""));
    browser
        .wait_for("document.getElementById('notice').textContent.includes('acevo publish --broker mqtt://127.0.0.1')");
    rigs.introduce();
    browser.wait_for(&format!("{NAMES}.length === 2 && document.getElementById('notice').hidden"));
    let alarm = "document.getElementById('alarm')";
    broker.kill();
    browser.wait_for(&format!("!{alarm}.hidden && {alarm}.textContent.startsWith('The broker is away since ')"));
    browser.keep_picture("wall-broker-away");
    broker.restart();
    browser.wait_for(&format!("{alarm}.hidden"));
    let port = site.host.rsplit_once(':').unwrap().1.to_owned();
    site.running.kill();
    browser.wait_for(&format!("!{alarm}.hidden && {alarm}.textContent.startsWith('acevo wall does not answer')"));
    let address = broker.address();
    let _again =
        acevo_testkit::program::spawn(&mut user.command(&["wall", "--port", &port, "--broker", &address, "--quiet"]));
    browser.wait_for(&format!("{alarm}.hidden && {NAMES}.length === 2"));
    browser.errors.retain(|error| !error.contains("ERR_CONNECTION_REFUSED") && !error.contains("WebSocket"));
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

/// The picture of `docs/wall.md`, in the folder `ACEVO_PICTURES`. `docs/pictures/make` runs it.
#[test]
#[ignore = "makes a picture"]
fn picture_for_the_documentation() {
    let mut browser = Chromium::start().expect("Chromium");
    let broker = Broker::anonymous().expect("mosquitto");
    let user = User::new();
    let site = wall_of(&broker, &user, Rigs::of_one_centre(&broker, 12), 12);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, ""));
    browser.wait_for(
        "document.querySelectorAll('.rigs .rig').length === 12 && document.querySelectorAll('.best').length > 0",
    );
    browser.keep_picture("wall");
}
