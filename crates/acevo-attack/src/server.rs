//! A server under attack, with an honest client that must not notice.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use acevo_testkit::client::{Server, Socket};
use acevo_testkit::program::Signal;
use acevo_testkit::wait::{PATIENCE, until};
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::output::Form;
use crate::process::{Limits, Started};

/// Memory limit of the server in bytes.
const MAX_MEMORY: u64 = 100 << 20;

/// Descriptors that may be open in addition after an attack.
const SPARE_DESCRIPTORS: usize = 4;

/// Time that an attacker waits for an answer.
const ANSWER: Duration = Duration::from_millis(200);

/// A server and its honest client.
pub(crate) struct Target {
    running: Started,
    /// The address for this computer.
    pub(crate) local: Server,
    /// The address for other computers.
    pub(crate) lan: Option<Server>,
    honest: Socket,
    descriptors: usize,
}

impl Target {
    /// Starts a server with a simulated car, with or without access from the network.
    pub(crate) fn start(lab: &Lab, has_lan: bool) -> anyhow::Result<Self> {
        let mut command = lab.command(["serve", "--demo", "--port", "0", "--verbose"]);
        if has_lan {
            command.arg("--lan");
        }
        let mut running = lab.start(&mut command, &Limits::default())?;
        let lines = running.lines(if has_lan { 2 } else { 1 });
        let mut servers = lines.iter().filter(|line| line.starts_with("http://")).map(|line| Server::new(line));
        let local = servers.next().ok_or_else(|| anyhow::anyhow!("serve prints no address: {lines:?}"))?;
        // Without a network the only addresses are local.
        let lan = servers.find(|server| !server.host.starts_with("127.") && !server.host.starts_with('['));
        let honest = connect(&local);
        let mut target = Self { running, local, lan, honest, descriptors: 0 };
        target.check_service();
        target.running.sample();
        target.descriptors = target.running.usage.descriptors_now;
        Ok(target)
    }

    /// Waits for a frame that is newer than a document of now.
    ///
    /// # Panics
    /// If the honest client gets no document or no frame in time.
    pub(crate) fn check_service(&mut self) {
        self.running.sample();
        // Connections that were closed a moment ago may still count.
        let mut time = None;
        until(|| {
            self.honest.next_frame();
            time = snapshot(&self.local);
            time.is_some()
        });
        while time.is_some_and(|time| self.honest.next_frame().time < time) {}
        self.running.sample();
    }

    /// Ends the server, after all attackers have gone: it has returned what it took for them.
    pub(crate) fn finish(self, lab: &mut Lab) -> anyhow::Result<()> {
        let Self { mut running, mut honest, descriptors, local, .. } = self;
        let limit = descriptors + SPARE_DESCRIPTORS;
        until(|| {
            // It answers pings meanwhile.
            honest.next_frame();
            running.sample();
            running.usage.descriptors_now <= limit
        });
        assert!(snapshot(&local).is_some(), "the server answers after the attack");
        let outcome = lab.stop(running, Signal::INT, Form::Text, MAX_MEMORY)?;
        lab.expect(outcome.code == Some(0), || format!("serve: code {:?}", outcome.code));
        Ok(())
    }
}

/// The time of a document, or `None` if the server refuses it.
pub(crate) fn snapshot(server: &Server) -> Option<f64> {
    let Server { host, query } = server;
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let path = format!("/api/snapshot?channels=speed&{query}");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    // A refused connection may be reset.
    stream.read_to_end(&mut answer).ok()?;
    let body = String::from_utf8(answer).expect("an answer in UTF-8");
    let (head, body) = body.split_once("\r\n\r\n")?;
    let document: Option<Value> =
        (status(head.as_bytes()) == Some(200)).then(|| serde_json::from_str(body).expect("JSON"));
    document?["time_s"].as_f64()
}

/// An honest client that subscribes to frames.
fn connect(server: &Server) -> Socket {
    let token = server.query.trim_start_matches("token=");
    let authorization = format!("Bearer {token}");
    let mut socket = server.try_socket(&[("authorization", &authorization)]).expect("the honest client connects");
    socket.ask(&json!({"channels": ["speed", "rpm"], "rate": 30}));
    socket.next_frame();
    socket
}

/// Connects to a server.
pub(crate) fn dial(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(&server.host)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    Ok(stream)
}

/// Sends bytes, and returns the beginning of the answer as far as it comes in time. Errors are answers, too: the server may close.
pub(crate) fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    let _ = stream.write_all(bytes);
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).unwrap_or(0);
    answer.truncate(length);
    answer
}

/// The status of an answer.
pub(crate) fn status(answer: &[u8]) -> Option<u16> {
    String::from_utf8_lossy(answer).strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
