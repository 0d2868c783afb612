//! Tests of layouts of overlays in the real program: the addresses, the files, and the editor in a browser.

use std::fs;
use std::path::{Path, PathBuf};

use acevo_testkit::chromium::Chromium;
use acevo_testkit::client::{Response, Site, serve_by};
use acevo_testkit::program::acevo;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server whose settings are in a folder of its own.
struct Place {
    site: Site,
    config: TempDir,
}

impl Place {
    fn serve(args: &[&str]) -> Self {
        let config = tempfile::tempdir().unwrap();
        let site = serve_in(config.path(), args);
        Self { site, config }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.config.path().join("acevo/layouts").join(name)
    }
}

fn serve_in(config: &Path, args: &[&str]) -> Site {
    serve_by(
        acevo().args(["serve", "--port", "0", "--quiet"]).args(args).env("HOME", config).env("XDG_CONFIG_HOME", config),
    )
}

/// The response to a request with a JSON body. `headers` replace those that are sent otherwise.
fn send(site: &Site, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let usual = [("Host", site.host.as_str()), ("Content-Type", "application/json")];
    let is_replaced = |name: &str| headers.iter().any(|(other, _)| *other == name);
    let usual = usual.into_iter().filter(|(name, _)| !is_replaced(name));
    let headers: Vec<_> = usual.chain(headers.iter().copied()).collect();
    site.send_with(method, path, &headers, body)
}

fn layout(x: f64) -> Value {
    json!({"variants": [{"widgets": [{"kind": "gear", "x": x, "y": 40, "width": 340, "height": 150}]}]})
}

#[test]
fn layouts_are_saved_listed_read_and_removed() {
    let place = Place::serve(&["--demo"]);
    let site = &place.site;
    assert_eq!(site.json("/api/layouts"), json!({"layouts": []}));
    let put = |name: &str, headers: &[(&str, &str)], body: &str| {
        send(site, "PUT", &format!("/api/layouts/{name}"), headers, body).status
    };
    assert_eq!(put("My%20race", &[("If-None-Match", "*")], &layout(20.0).to_string()), 204);
    assert_eq!(put("My%20race", &[("If-None-Match", "*")], &layout(30.0).to_string()), 409);
    assert_eq!(put("my%20RACE", &[], &layout(30.0).to_string()), 409);
    assert_eq!(put("My%20race", &[], &layout(30.0).to_string()), 204);
    let file: Value = serde_json::from_slice(&fs::read(place.file("My race.json")).unwrap()).unwrap();
    assert_eq!(file["variants"][0]["widgets"][0]["x"], 30);
    assert_eq!(site.json("/api/layouts/My%20race"), file);
    assert_eq!(site.json("/api/layouts/my%20race"), file, "the case does not matter");
    let entry = json!({"file": "My race.json", "name": "My race", "variants": 1, "error": null});
    assert_eq!(site.json("/api/layouts"), json!({"layouts": [entry]}));
    // The overlay page is the same for every layout.
    for address in ["/overlay", "/overlay?layout=My%20race", "/overlay?layout=none"] {
        let page = site.get(address);
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{address}");
    }
    // A broken file is reported with its field, and the other file still works.
    fs::write(place.file("Broken.json"), r#"{"variants": [{"widgets": [{"kind": "gear", "x": "left"}]}]}"#).unwrap();
    let list = site.json("/api/layouts");
    let error = "Broken.json: variants[0].widgets[0].x: a number is needed";
    assert_eq!((&list["layouts"][0]["error"], &list["layouts"][1]), (&json!(error), &entry));
    let broken = site.get("/api/layouts/Broken");
    assert_eq!((broken.status, broken.body.trim_end()), (422, error));
    assert_eq!(site.get("/api/layouts/My%20race").status, 200);
    let delete = |name: &str| send(site, "DELETE", &format!("/api/layouts/{name}"), &[], "").status;
    assert_eq!((delete("Broken"), delete("My%20race"), delete("My%20race")), (204, 204, 404));
    assert_eq!(site.get("/api/layouts/My%20race").status, 404);
    assert_eq!(fs::read_dir(place.file("")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn changes_of_layouts_are_refused_for_other_sites_and_wrong_requests() {
    let place = Place::serve(&["--demo"]);
    let site = &place.site;
    let body = layout(20.0).to_string();
    let put = |headers: &[(&str, &str)], body: &str| send(site, "PUT", "/api/layouts/Race", headers, body);
    assert_eq!(put(&[], &body).status, 204);
    for foreign in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Host", "evil.example"),
    ] {
        assert_eq!(put(&[foreign], &body).status, 403, "{foreign:?}");
        assert_eq!(send(site, "DELETE", "/api/layouts/Race", &[foreign], "").status, 403, "{foreign:?}");
    }
    // No preflight is granted, so browsers do not even send such requests of other sites.
    let preflight = [("Origin", "http://evil.example"), ("Access-Control-Request-Method", "DELETE")];
    let answer = send(site, "OPTIONS", "/api/layouts/Race", &preflight, "");
    assert!(answer.status == 403 && answer.header("access-control-allow-origin").is_none());
    assert_eq!(put(&[("Content-Type", "text/plain")], &body).status, 415);
    assert_eq!(put(&[], &" ".repeat(300_000)).status, 413);
    let refused = put(&[], r#"{"variants": [{"widgets": [{"kind": "gear", "x": 1, "z": 2}]}]}"#);
    assert_eq!(refused.status, 400);
    assert!(refused.body.starts_with("variants[0].widgets[0].z: there is no such field here"), "{}", refused.body);
    // Names that leave the folder, or that are devices.
    for name in
        ["..%2F..%2Facevo", "%2Fetc%2Fpasswd", "a%5Cb", "..", ".", "NUL", "com1", "a%00b", "a%2Ejson", "%20a", "%FF"]
    {
        let path = format!("/api/layouts/{name}");
        for (method, body) in [("PUT", body.as_str()), ("DELETE", "")] {
            let status = send(site, method, &path, &[], body).status;
            assert!(matches!(status, 400 | 404 | 405), "{method} {name}: {status}");
        }
    }
    let files: Vec<_> = fs::read_dir(place.file("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["Race.json"]);
    assert_eq!(fs::read_dir(place.config.path().join("acevo")).unwrap().count(), 1, "only the folder of layouts");
    assert_eq!(site.json("/api/layouts/Race")["variants"][0]["widgets"][0]["x"], 20, "it is unchanged");
}

/// A widget's left and top edge on the page, rounded to pixels.
fn corner(browser: &mut Chromium, selector: &str) -> Value {
    browser.evaluate(&format!(
        "(() => {{ const {{ x, y }} = document.querySelector('{selector}').getBoundingClientRect(); return [Math.round(x), Math.round(y)]; }})()"
    ))
}

/// Drags the middle of an element by CSS pixels.
fn drag(browser: &mut Chromium, selector: &str, [dx, dy]: [f64; 2]) {
    let middle = browser.evaluate(&format!(
        "(() => {{ const {{ x, y, width, height }} = document.querySelector('{selector}').getBoundingClientRect(); return [x + width / 2, y + height / 2]; }})()"
    ));
    let [x, y] = [0, 1].map(|axis| middle[axis].as_f64().unwrap());
    let mut mouse = |kind: &str, x: f64, y: f64| {
        let event = json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": u8::from(kind != "mouseReleased"), "clickCount": 1});
        browser.call("Input.dispatchMouseEvent", event);
    };
    mouse("mousePressed", x, y);
    for step in [0.25, 0.5, 0.75, 1.0] {
        mouse("mouseMoved", x + dx * step, y + dy * step);
    }
    mouse("mouseReleased", x + dx, y + dy);
}

/// Clicks the button with this text in the bar of the editor.
fn click(browser: &mut Chromium, text: &str) {
    browser.evaluate(&format!(
        "[...document.querySelectorAll('.editor-bar .tool')].find((button) => button.textContent === '{text}').click()"
    ));
}

const STATE: &str = "document.querySelector('.editor-state').textContent";

#[test]
fn editor_saves_a_dragged_widget_and_the_overlay_shows_it_there() {
    let Some(mut browser) = Chromium::start() else { return };
    let place = Place::serve(&["--demo"]);
    let page = format!("http://{}", place.site.host);
    browser.resize(1280, 800, 1.0, false);
    browser.open(&format!("{page}/#layouts"));
    browser.wait_for("document.querySelectorAll('.frame').length > 2");
    browser.keep_picture("layout-editor-desktop");
    // The layout with gear and pedals only.
    browser.evaluate(
        "{ const presets = document.querySelectorAll('.editor-bar select')[1];
            presets.value = '3';
            presets.dispatchEvent(new Event('change')); }",
    );
    browser.wait_for("document.querySelectorAll('.frame').length === 2");
    drag(&mut browser, ".frame:has(.widget-gear)", [-203.0, -151.0]);
    browser.wait_for(&format!("{STATE} === 'Unsaved changes'"));
    let dragged = browser.evaluate(
        "[...document.querySelectorAll('.details input[type=number]')].slice(0, 4).map((it) => it.valueAsNumber)",
    );
    let [x, y] = [0, 1].map(|index| dragged[index].as_i64().unwrap());
    assert!(x < 900 && y < 800 && x % 10 == 0, "the widget has moved and follows the grid: {dragged}");
    assert_eq!((&dragged[2], &dragged[3]), (&json!(340), &json!(150)), "its size is the same");
    // Keys move it, and undo moves it back.
    browser.evaluate(
        "{ const frame = document.querySelector('.frame:has(.widget-gear)');
            frame.focus();
            for (const shiftKey of [true, false, false]) frame.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', shiftKey, bubbles: true })); }",
    );
    let left = "document.querySelector('.details input[type=number]').valueAsNumber";
    assert_eq!(browser.evaluate(left), x + 12);
    click(&mut browser, "Undo");
    assert_eq!(browser.evaluate(left), x);
    click(&mut browser, "Save");
    browser.wait_for(&format!("{STATE} === 'Saved'"));
    let saved: Value = serde_json::from_slice(&fs::read(place.file("Streaming.json")).unwrap()).unwrap();
    let gear = &saved["variants"][0]["widgets"][0];
    assert_eq!((&gear["kind"], &gear["x"], &gear["y"]), (&json!("gear"), &json!(x), &json!(y)));
    let address = browser.evaluate("document.querySelector('.editor-address .address').value");
    assert_eq!(address, format!("{page}/overlay?layout=Streaming"));

    browser.resize(1920, 1080, 1.0, false);
    browser.open(address.as_str().unwrap());
    browser.wait_for("document.querySelector('.widget-gear:not(.empty)')");
    assert_eq!(corner(&mut browser, ".widget-gear"), json!([x, y]));
    browser.keep_picture("layout-overlay");
    let picture = tiny_skia::Pixmap::decode_png(&browser.picture()).unwrap();
    assert_eq!(picture.pixel(5, 5).unwrap().alpha(), 0, "the page is transparent");
    browser.resize(960, 540, 1.0, false);
    browser.wait_for(&format!(
        "Math.abs(document.querySelector('.widget-gear').getBoundingClientRect().x - {x} / 2) < 0.6"
    ));

    // An open overlay takes a saved change, and the variant of the session. The demo begins with practice or hot laps.
    let moved = json!([{"kind": "gear", "x": 100, "y": 100, "width": 340, "height": 150},
        {"kind": "inputs", "x": 500, "y": 100, "width": 520, "height": 150, "hide": {"menu": false}}]);
    let variant = |session: &str| json!({"session": session, "widgets": moved});
    let document = json!({"variants": [variant("practice"), variant("time_attack"), {"widgets": []}]});
    assert_eq!(send(&place.site, "PUT", "/api/layouts/Streaming", &[], &document.to_string()).status, 204);
    browser.wait_for("Math.abs(document.querySelector('.widget-gear')?.getBoundingClientRect().x - 50) < 0.6");

    // In the menu only the widget that stays is visible. The name of the layout in the address may have any case.
    let document = json!({"variants": [{"widgets": moved}]});
    assert_eq!(send(&place.site, "PUT", "/api/layouts/Streaming", &[], &document.to_string()).status, 204);
    let menu = serve_in(place.config.path(), &["--demo", "--scenario", "menu"]);
    browser.open(&format!("http://{}/overlay?layout=streaming", menu.host));
    browser.wait_for("document.querySelector('.widget-inputs:not(.empty)')");
    assert_eq!(browser.evaluate("getComputedStyle(document.querySelector('.widget-gear')).visibility"), "hidden");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
}

#[test]
fn editor_fits_a_phone_and_names_broken_files() {
    let Some(mut browser) = Chromium::start() else { return };
    let place = Place::serve(&["--demo", "--scenario", "menu"]);
    fs::create_dir_all(place.file("")).unwrap();
    fs::write(place.file("Broken.json"), r#"{"variants": [{"widgets": 1}]}"#).unwrap();
    browser.resize(390, 844, 2.0, true);
    browser.open(&format!("http://{}/#layouts", place.site.host));
    browser.wait_for(
        "document.querySelector('.editor-problems:not([hidden])')?.textContent === 'Broken.json: variants[0].widgets: an array is needed'",
    );
    // Without telemetry the widgets show sample data.
    browser.wait_for("document.querySelector('.frame .speed-number')?.textContent > 0");
    browser.keep_picture("layout-editor-phone");
    let wide = browser.evaluate("Math.max(document.documentElement.scrollWidth, window.innerWidth)");
    assert_eq!(wide, 390);
    let outside = browser.evaluate(
        "(() => {
            const canvas = document.querySelector('.editor-canvas').getBoundingClientRect();
            return [...document.querySelectorAll('.frame')].map((it) => it.getBoundingClientRect())
                .filter((box) => box.left < canvas.left - 1 || box.right > canvas.right + 1 || box.bottom > canvas.bottom + 1).length;
        })()",
    );
    assert_eq!(outside, 0, "widgets outside the canvas");
    assert!(browser.errors.is_empty(), "{:?}", browser.errors);
    // A layout that does not exist is explained, with those that do.
    assert_eq!(send(&place.site, "PUT", "/api/layouts/Race", &[], &layout(20.0).to_string()).status, 204);
    browser.open(&format!("http://{}/overlay?layout=Rally", place.site.host));
    browser.wait_for("document.querySelector('.unknown:not([hidden]) a')?.textContent === 'Race'");
    assert!(
        browser.evaluate("document.body.textContent").as_str().unwrap().contains("There is no layout with this name.")
    );
}
