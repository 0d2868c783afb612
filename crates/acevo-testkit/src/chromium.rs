//! A real browser, controlled through the DevTools protocol.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::left_out::left_out;
use crate::wait::PATIENCE;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Options that keep the browser from connecting to other servers and from asking questions.
const QUIET: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--js-flags=--expose-gc",
];

/// A browser with one page. Dropping it ends the browser.
pub struct Chromium {
    child: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    next: u64,
    /// Errors on the console, and exceptions.
    pub errors: VecDeque<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts a browser, or returns `None` if none is installed. With `ACEVO_CHROMIUM=required` that is a failure.
    pub fn start() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let spawn = |name: &&str| {
            Command::new(name)
                .args(QUIET)
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .arg("about:blank")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .ok()
        };
        let give_up = || {
            assert!(std::env::var_os("ACEVO_CHROMIUM").is_none(), "Chromium is required but cannot be started");
            left_out("tests of web pages, because Chromium cannot be started");
            None
        };
        let Some(mut child) = NAMES.iter().find_map(spawn) else { return give_up() };
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
        let Some(address) = address else {
            let _ = child.wait();
            return give_up();
        };
        // The browser writes more lines, and would wait if they were not read.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = tungstenite::connect(address).unwrap();
        let MaybeTlsStream::Plain(stream) = socket.get_ref() else { unreachable!("no TLS to this machine") };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut browser =
            Self { child, socket, session: String::new(), next: 0, errors: VecDeque::new(), _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and waits for its result.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut request = json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            request["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::text(request.to_string())).unwrap();
        loop {
            let message = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}"));
            let Message::Text(text) = message else { continue };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        let error = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => params["exceptionDetails"].to_string(),
            Some("Runtime.consoleAPICalled") if params["type"] == "error" => params["args"].to_string(),
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => params["entry"].to_string(),
            _ => return,
        };
        self.errors.push_back(error);
    }

    /// Sets the size of the page in CSS pixels, with `scale` device pixels per CSS pixel. A mobile device has a touch screen.
    pub fn resize(&mut self, width: u32, height: u32, scale: f64, mobile: bool) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile});
        self.call("Emulation.setDeviceMetricsOverride", size);
        self.call("Emulation.setTouchEmulationEnabled", json!({"enabled": mobile}));
    }

    /// Opens an address and waits until the page has loaded.
    pub fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({"url": url}));
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
        self.wait_for("document.readyState === 'complete'");
    }

    /// Presses a key on the focused element.
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "PageUp" => 33,
            "ArrowLeft" => 37,
            "Escape" => 27,
            "+" => 187,
            "]" => 221,
            _ => unreachable!("{key} has no code here"),
        };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Drags the mouse from one point of the page to another, in CSS pixels.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        self.mouse("mouseMoved", from, json!({}));
        let pressed = json!({"button": "left", "buttons": 1, "clickCount": 1});
        self.mouse("mousePressed", from, pressed.clone());
        for point in [middle, to] {
            self.mouse("mouseMoved", point, json!({"button": "left", "buttons": 1}));
        }
        self.mouse("mouseReleased", to, pressed);
    }

    /// Turns the wheel of the mouse at a point, in CSS pixels; a negative value is away from the user.
    pub fn wheel(&mut self, at: (f64, f64), by: f64) {
        self.mouse("mouseWheel", at, json!({"deltaX": 0, "deltaY": by}));
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64), more: Value) {
        let mut event = json!({"type": kind, "x": x, "y": y});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Puts two fingers on the page at the first points, moves them to the second ones, and lifts them.
    pub fn pinch(&mut self, from: [(f64, f64); 2], to: [(f64, f64); 2]) {
        let fingers =
            |points: [(f64, f64); 2]| json!([0, 1].map(|id| json!({"id": id, "x": points[id].0, "y": points[id].1})));
        for (kind, points) in [("touchStart", fingers(from)), ("touchMove", fingers(to)), ("touchEnd", json!([]))] {
            self.call("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points}));
        }
    }

    /// The value of an expression. Waits for promises.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true. It may fail before: a part of the page that it looks at may not be there yet.
    #[track_caller]
    pub fn wait_for(&mut self, expression: &str) {
        self.wait_for_promise(&format!(
            "(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()"
        ));
    }

    /// Waits until the promise of an expression resolves to true.
    #[track_caller]
    pub fn wait_for_promise(&mut self, truth: &str) {
        let start = Instant::now();
        while self.evaluate(truth) != Value::Bool(true) {
            assert!(start.elapsed() < PATIENCE, "never true: {truth}; errors: {:?}", self.errors);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A picture of the page as PNG, transparent if the page has no background.
    pub fn picture(&mut self) -> Vec<u8> {
        let clear = json!({"color": {"r": 0, "g": 0, "b": 0, "a": 0}});
        self.call("Emulation.setDefaultBackgroundColorOverride", clear);
        let shot = self.call("Page.captureScreenshot", json!({"format": "png"}));
        base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }

    /// Saves a picture of the page in the directory `ACEVO_PICTURES`, if that is set.
    pub fn keep_picture(&mut self, name: &str) {
        if let Some(directory) = std::env::var_os("ACEVO_PICTURES") {
            let picture = self.picture();
            std::fs::write(Path::new(&directory).join(name).with_extension("png"), picture).unwrap();
        }
    }

    /// Bytes of JavaScript objects that are in use.
    pub fn heap(&mut self) -> f64 {
        self.call("HeapProfiler.collectGarbage", json!({}));
        self.call("Runtime.getHeapUsage", json!({}))["usedSize"].as_f64().unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
