//! Tests of the timing of all cars in a real browser: the view of the page, the map, and overlays.

use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Site, serve};

/// A race of twenty cars whose names are in the game's log.
const FIELD: [&str; 6] = ["--demo", "--quiet", "--scenario", "field", "--speed", "8"];

/// Overlays that are empty without other cars.
const OVERLAYS: [&str; 3] = ["standings", "relative", "battle"];

fn url(site: &Site, path: &str) -> String {
    format!("http://{}{path}", site.host)
}

/// A promise that is true if `check`, an expression of `field`, is true for the field of the server before and after it.
fn with_field(check: &str) -> String {
    format!(
        "(async () => {{
            const load = async () => (await fetch('/api/field')).json();
            const order = (field) => field.cars.map(({{ car }}) => car).join();
            const field = await load();
            const isTrue = {check};
            return isTrue && order(await load()) === order(field);
        }})()"
    )
}

#[test]
fn timing_view_shows_all_cars_in_order_with_names_and_gaps() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&FIELD);
    browser.resize(1600, 900, 1.0, false);
    browser.open(&url(&site, "/#timing"));
    let names = "[...document.querySelectorAll('.timing tbody .name-long')].map((it) => it.textContent).join()";
    browser.wait_for_promise(&with_field(&format!(
        "field.cars.length >= 15 && field.cars.every(({{ label }}) => label)
            && field.cars.map(({{ label }}) => label).join() === {names}"
    )));
    browser.wait_for(
        "[...document.querySelectorAll('.timing tbody tr')].every((row, index) => row.cells[0].textContent === String(index + 1))",
    );
    browser.wait_for("document.querySelectorAll('.timing tr[aria-current=true]').length === 1");
    let filled = |column: &str, pattern: &str| {
        format!(
            "[...document.querySelectorAll('.timing td.col-{column}')].filter((it) => /{pattern}/.test(it.textContent)).length > 5"
        )
    };
    for (column, pattern) in [
        ("gap", "^\\+\\d"),
        ("interval", "^\\+\\d"),
        ("last", "^~?\\d:\\d\\d\\.\\d{3}"),
        ("sector", "^\\d\\d\\.\\d{3}"),
    ] {
        browser.wait_for(&filled(column, pattern));
    }
    // The best lap of the session has a sign and a word, not only a colour.
    browser.wait_for(
        "/◆ best of the session/.test(document.querySelector('.timing td.col-best[data-state=session]')?.textContent)",
    );
    browser.wait_for("document.querySelector('.timing-source').textContent.includes('log')");
    browser.keep_picture("timing-desktop");
    // A new value is written into the same row.
    browser.evaluate("for (const row of document.querySelectorAll('.timing tbody tr')) row.before = row.textContent");
    browser.wait_for(
        "[...document.querySelectorAll('.timing tbody tr')].some((row) => row.before && row.before !== row.textContent)",
    );
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn timing_view_fits_a_phone_with_all_cars() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&FIELD);
    browser.open(&url(&site, "/#timing"));
    browser.wait_for("document.querySelectorAll('.timing tbody tr').length >= 15");
    for (width, height) in [(390, 844), (320, 640), (844, 390)] {
        browser.resize(width, height, 2.0, true);
        browser.wait_for(&format!("document.documentElement.clientWidth === {width}"));
        let wide = browser.evaluate("Math.max(document.documentElement.scrollWidth, window.innerWidth)");
        assert!(wide.as_u64().unwrap() <= width.into(), "{wide} pixels wide on a screen of {width}");
        let hidden = browser.evaluate(
            "(() => {
                const holder = document.querySelector('.timing-scroll');
                return holder.scrollWidth - holder.clientWidth;
            })()",
        );
        assert_eq!(hidden, 0, "columns are cut off on a screen of {width}");
        browser.keep_picture(&format!("timing-{width}"));
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn overlays_of_all_cars_show_names_and_are_empty_without_other_cars() {
    let Some(mut browser) = Chromium::start() else { return };
    let site = serve(&FIELD);
    let alone = serve(&["--demo", "--quiet", "--scenario", "garage"]);
    browser.resize(500, 400, 1.0, false);
    for (name, names) in [("standings", ".standing-name"), ("relative", ".relative li:not(.free) .near-name")] {
        browser.open(&url(&site, &format!("/overlay/{name}?rows=3")));
        browser.wait_for("document.querySelector('#overlay:not([hidden]):not(.empty)')");
        let shown = format!("[...document.querySelectorAll('{names}')].map((it) => it.textContent.replace('▶ ', ''))");
        browser.wait_for_promise(&with_field(&format!(
            "{shown}.length >= 3 && {shown}.every((name) => field.cars.some(({{ label }}) => label === name))"
        )));
        browser.keep_picture(&format!("overlay-{name}"));
    }
    for name in OVERLAYS {
        browser.open(&url(&alone, &format!("/overlay/{name}")));
        browser.wait_for("document.querySelector('#overlay:not([hidden])')");
        // Until the first frames are there: before them every overlay is empty.
        browser
            .evaluate("(async () => { for (let n = 0; n < 60; n += 1) await new Promise(requestAnimationFrame); })()");
        assert_eq!(browser.evaluate("document.getElementById('overlay').classList.contains('empty')"), true, "{name}");
    }
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}
