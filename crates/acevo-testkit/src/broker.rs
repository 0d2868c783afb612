//! Real brokers, subscribers and publishers: mosquitto, and NATS with its listener for MQTT.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::client::free_port;
use crate::left_out::left_out;
use crate::program::{Running, Signal, spawn_silent};
use crate::wait::{PATIENCE, until};

/// Where Debian has mosquitto and NATS.
const MOSQUITTO: [&str; 2] = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"];
const NATS: [&str; 3] = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];

/// A message that has arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The last level of its topic.
    pub name: String,
    /// Its topic.
    pub topic: String,
    /// Its JSON.
    pub content: Value,
}

/// A running broker. Subscriptions survive its end.
#[derive(Debug)]
pub struct Broker {
    /// Its configuration and its files.
    pub folder: TempDir,
    /// Its port for MQTT on this computer.
    pub port: u16,
    program: &'static str,
    running: Running,
}

/// The first of these programs that is installed. `None` is reported.
fn installed(programs: &[&'static str], name: &str) -> Option<&'static str> {
    let found = programs.iter().find(|program| Path::new(program).exists()).copied();
    if found.is_none() {
        left_out(format!("tests with {name}, which is not installed"));
    }
    found
}

impl Broker {
    /// Starts mosquitto. `None` if it is not installed, which is reported. `configure` returns lines of its configuration for its listener.
    pub fn mosquitto(configure: impl FnOnce(&Path) -> String) -> Option<Self> {
        let program = installed(&MOSQUITTO, "mosquitto")?;
        Some(Self::start(program, |folder, port| {
            let (lines, path) = (configure(folder), folder.display());
            let queued = if lines.contains("max_queued_messages") { "" } else { "max_queued_messages 0\n" };
            format!(
                "per_listener_settings false\nlistener {port} 127.0.0.1\n{lines}\nuser root\n{queued}\
                 persistence true\npersistence_location {path}/\nautosave_on_changes true\nautosave_interval 1\n"
            )
        }))
    }

    /// Mosquitto that accepts everybody.
    pub fn anonymous() -> Option<Self> {
        Self::mosquitto(|_| "allow_anonymous true".into())
    }

    /// NATS with JetStream, in which its listener for MQTT keeps sessions and messages. `docs/mqtt.md` has the same configuration. `None` if it
    /// is not installed, which is reported.
    pub fn nats() -> Option<Self> {
        let program = installed(&NATS, "nats-server")?;
        Some(Self::start(program, |folder, port| {
            format!(
                "server_name: acevo\nlisten: 127.0.0.1:{}\njetstream {{ store_dir: \"{}\" }}\nmqtt {{ listen: 127.0.0.1:{port} }}\n",
                free_port(),
                folder.display()
            )
        }))
    }

    fn start(program: &'static str, configure: impl FnOnce(&Path, u16) -> String) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        fs::write(folder.path().join("broker.conf"), configure(folder.path(), port)).unwrap();
        let running = run(program, folder.path());
        let broker = Self { folder, port, program, running };
        broker.until_it_listens();
        broker
    }

    fn until_it_listens(&self) {
        until(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Its address, without TLS.
    pub fn address(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Kills it, as a crash would.
    pub fn kill(&mut self) {
        self.running.kill();
    }

    /// Stops it in the middle of its work: it holds its connections, but answers nothing.
    pub fn suspend(&self) {
        self.running.signal(Signal::STOP);
    }

    /// Continues its work.
    pub fn resume(&self) {
        self.running.signal(Signal::CONT);
    }

    /// Starts it again.
    pub fn restart(&mut self) {
        self.running = run(self.program, self.folder.path());
        self.until_it_listens();
    }

    /// A subscriber to everything.
    pub fn subscribe(&self) -> Subscriber {
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

fn run(program: &str, folder: &Path) -> Running {
    spawn_silent(Command::new(program).arg("-c").arg(folder.join("broker.conf")).stderr(Stdio::null()))
}

/// A subscriber. It connects again by itself.
#[derive(Debug)]
pub struct Subscriber {
    child: std::process::Child,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Subscriber {
    /// What has arrived.
    pub fn all(&self) -> Vec<Arrived> {
        let arrived = self.arrived.lock().unwrap();
        arrived.iter().filter(|message| message.name != "ready").cloned().collect()
    }

    /// The contents of what has arrived with this last level of the topic.
    pub fn of(&self, name: &str) -> Vec<Value> {
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

/// A publisher of any bytes, without a last will, by hand: it checks nothing.
#[derive(Debug)]
pub struct Publisher(TcpStream);

impl Publisher {
    /// Connects to a broker of this computer, and waits until it has accepted the connection.
    pub fn connect(port: u16, client: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 0];
        body.extend(field(client));
        stream.write_all(&packet(0x10, &body)).unwrap();
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[3], 0, "the broker accepts the connection");
        Self(stream)
    }

    /// Publishes a message with QoS 0.
    pub fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>, is_retained: bool) {
        let mut body = field(topic);
        body.extend(payload.as_ref());
        self.0.write_all(&packet(0x30 | u8::from(is_retained), &body)).unwrap();
    }

    /// Publishes a message with QoS 1, and waits for its acknowledgement.
    pub fn publish_certainly(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        let mut body = field(topic);
        body.extend([0, 1]);
        body.extend(payload.as_ref());
        self.0.write_all(&packet(0x32, &body)).unwrap();
        let mut answer = [0; 4];
        self.0.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [0x40, 2, 0, 1], "an acknowledgement");
    }
}

fn field(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&length[..], text.as_bytes()].concat()
}

fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![head];
    let mut left = body.len();
    loop {
        let digit = (left % 128) as u8;
        left /= 128;
        packet.push(if left > 0 { digit | 128 } else { digit });
        if left == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}
