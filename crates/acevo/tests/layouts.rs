//! Tests of layouts of overlays in the real program: the addresses, the files, and the editor in a browser.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use acevo_testkit::client::{Site, serve_by};
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

fn layout(x: f64) -> Value {
    json!({"variants": [{"widgets": [{"kind": "gear", "x": x, "y": 40, "width": 340, "height": 150}]}]})
}

#[test]
fn layouts_are_saved_listed_read_and_removed() {
    let place = Place::serve(&["--demo"]);
    let site = &place.site;
    assert_eq!(site.json("/api/layouts"), json!({"layouts": []}));
    let put = |name: &str, headers: &[(&str, &str)], body: &str| {
        site.send("PUT", &format!("/api/layouts/{name}"), headers, body).status
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
    let delete = |name: &str| site.send("DELETE", &format!("/api/layouts/{name}"), &[], "").status;
    assert_eq!((delete("Broken"), delete("My%20race"), delete("My%20race")), (204, 204, 404));
    assert_eq!(site.get("/api/layouts/My%20race").status, 404);
    assert_eq!(fs::read_dir(place.file("")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn changes_of_layouts_are_refused_for_other_sites_and_wrong_requests() {
    let place = Place::serve(&["--demo"]);
    let site = &place.site;
    let body = layout(20.0).to_string();
    let put = |headers: &[(&str, &str)], body: &str| site.send("PUT", "/api/layouts/Race", headers, body);
    assert_eq!(put(&[], &body).status, 204);
    for foreign in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Host", "evil.example"),
    ] {
        assert_eq!(put(&[foreign], &body).status, 403, "{foreign:?}");
        assert_eq!(site.send("DELETE", "/api/layouts/Race", &[foreign], "").status, 403, "{foreign:?}");
    }
    // No preflight is granted, so browsers do not even send such requests of other sites.
    let preflight = [("Origin", "http://evil.example"), ("Access-Control-Request-Method", "DELETE")];
    let answer = site.send("OPTIONS", "/api/layouts/Race", &preflight, "");
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
            let status = site.send(method, &path, &[], body).status;
            assert!(matches!(status, 400 | 404 | 405), "{method} {name}: {status}");
        }
    }
    let files: Vec<_> = fs::read_dir(place.file("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["Race.json"]);
    assert_eq!(fs::read_dir(place.config.path().join("acevo")).unwrap().count(), 1, "only the folder of layouts");
    assert_eq!(site.json("/api/layouts/Race")["variants"][0]["widgets"][0]["x"], 20, "it is unchanged");
}
