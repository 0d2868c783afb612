//! A real broker and a subscriber: mosquitto.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Running, Signal, spawn_silent};
use acevo_testkit::wait::until;
use serde_json::Value;
use tempfile::TempDir;

/// Where Debian has the broker.
const PROGRAMS: [&str; 2] = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"];

/// A message that has arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    /// The last level of its topic.
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) content: Value,
}

/// A running broker. Subscriptions survive its end.
pub(crate) struct Mosquitto {
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    running: Running,
}

/// A free port of this computer.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Mosquitto {
    /// Starts the broker. `None` if it is not installed, which is reported. `configure` returns lines of its configuration for its listener.
    pub(crate) fn start(configure: impl FnOnce(&Path) -> String) -> Option<Self> {
        if !PROGRAMS.iter().any(|program| Path::new(program).exists()) {
            left_out("mosquitto is not installed");
            return None;
        }
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let lines = configure(folder.path());
        let path = folder.path().display();
        let text = format!(
            "per_listener_settings false\nlistener {port} 127.0.0.1\n{lines}\nuser root\nmax_queued_messages 0\n\
             persistence true\npersistence_location {path}/\nautosave_on_changes true\nautosave_interval 1\n"
        );
        fs::write(folder.path().join("mosquitto.conf"), text).unwrap();
        let running = run(folder.path());
        let broker = Self { folder, port, running };
        broker.until_it_listens();
        Some(broker)
    }

    pub(crate) fn anonymous() -> Option<Self> {
        Self::start(|_| "allow_anonymous true".into())
    }

    fn until_it_listens(&self) {
        until(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    pub(crate) fn address(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Kills it, as a crash would.
    pub(crate) fn kill(&mut self) {
        self.running.kill();
    }

    /// Stops it in the middle of its work: it holds its connections, but answers nothing.
    pub(crate) fn suspend(&self) {
        self.running.signal(Signal::STOP);
    }

    /// Continues its work.
    pub(crate) fn resume(&self) {
        self.running.signal(Signal::CONT);
    }

    /// Starts it again.
    pub(crate) fn restart(&mut self) {
        self.running = run(self.folder.path());
        self.until_it_listens();
    }

    /// A subscriber to everything.
    pub(crate) fn subscribe(&self) -> Subscriber {
        let mut command = Command::new("mosquitto_sub");
        command.args(["-h", "127.0.0.1", "-q", "1", "-c", "-i", "test", "-t", "acevo/#", "-t", "homeassistant/#"]);
        command.args(["-t", "test/#", "-F", "%t %p", "-p"]).arg(self.port.to_string());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (lines, shared) = (BufReader::new(child.stdout.take().unwrap()).lines(), Arc::clone(&arrived));
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let Some((topic, text)) = line.split_once(' ') else { continue };
                let name = topic.rsplit('/').next().unwrap_or_default().to_owned();
                let content = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {line}"));
                let message = Arrived { name, topic: topic.into(), content };
                shared.lock().unwrap().push(message);
            }
        });
        let subscriber = Subscriber { child, arrived };
        // It is subscribed when a message arrives.
        until(|| {
            let mut publish = Command::new("mosquitto_pub");
            publish.args(["-h", "127.0.0.1", "-t", "test/ready", "-m", "1", "-p"]).arg(self.port.to_string());
            publish.stderr(Stdio::null()).status().unwrap();
            !subscriber.of("ready").is_empty()
        });
        subscriber
    }
}

fn run(folder: &Path) -> Running {
    let program = PROGRAMS.iter().find(|program| Path::new(program).exists()).unwrap();
    spawn_silent(Command::new(program).arg("-c").arg(folder.join("mosquitto.conf")).stderr(Stdio::null()))
}

/// A subscriber. It connects again by itself.
pub(crate) struct Subscriber {
    child: std::process::Child,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Subscriber {
    /// What has arrived.
    pub(crate) fn all(&self) -> Vec<Arrived> {
        let arrived = self.arrived.lock().unwrap();
        arrived.iter().filter(|message| message.name != "ready").cloned().collect()
    }

    /// The contents of what has arrived with this last level of the topic.
    pub(crate) fn of(&self, name: &str) -> Vec<Value> {
        let arrived = self.arrived.lock().unwrap();
        arrived.iter().filter(|message| message.name == name).map(|message| message.content.clone()).collect()
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
