//! Servers that are no databases.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use acevo_testkit::program::{Signal, output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;

use super::publish;

/// What a server does with a request, after it was read.
type Answer = fn(&mut TcpStream) -> std::io::Result<()>;

fn plain(stream: &mut TcpStream, head: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn accepted(stream: &mut TcpStream) -> std::io::Result<()> {
    plain(stream, "204 No Content")
}

/// A server that answers each request after its number.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    answered: Arc<AtomicUsize>,
}

impl Server {
    fn start(answers: impl Fn(usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/write", listener.local_addr().unwrap());
        let (requests, answered) = (Arc::new(Mutex::new(vec![])), Arc::new(AtomicUsize::new(0)));
        let server = Self { url, requests: Arc::clone(&requests), answered: Arc::clone(&answered) };
        thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let mut stream = stream;
                let Some(request) = read_request(&mut stream) else { continue };
                requests.lock().unwrap().push(request);
                // The client may have had enough of an answer.
                let _ = answers(number)(&mut stream);
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
        server
    }

    fn count(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

/// A request with its whole body.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut buffer) = (vec![], [0; 65_536]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split("content-length: ").nth(1)?.lines().next()?.trim().parse::<usize>().ok()?;
            if body.len() >= length {
                return Some(text);
            }
        }
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
}

#[test]
fn publish_survives_servers_that_are_no_databases() {
    const ANSWERS: [Answer; 8] = [
        |stream| stream.write_all(b"\x00\xff\x13 garbage \r\n\r\n\r\n"),
        |stream| plain(stream, "500 Broken"),
        |stream| plain(stream, "200"),
        |_| Ok(()),
        |stream| write!(stream, "HTTP/1.1 204 No Content\r\n{}", "X-Long: 1\r\n".repeat(50_000)),
        |stream| {
            // Without an end, as long as the client reads.
            write!(stream, "HTTP/1.1 400 Bad Request\r\n\r\n")?;
            (0..10_000).try_for_each(|_| stream.write_all(&[b'x'; 10_000]))
        },
        |stream| write!(stream, "HTTP/1.1 204 No Content\r\nContent-Length: 1000000\r\n\r\nshort"),
        |stream| plain(stream, "999 \u{1b}[31mred"),
    ];
    // The first answer is right: then acevo goes on. Every second one is right, too, so that the next request comes soon.
    let server = Server::start(|number| match number {
        0 => accepted,
        number if number % 2 == 0 => accepted,
        number => ANSWERS[(number / 2) % ANSWERS.len()],
    });
    let user = User::new();
    let mut acevo = spawn(&mut user.command(&publish(&server.url)));
    acevo.message_with("as rig one of site default");
    // 999 is nothing that becomes better soon, and ends the round.
    until(|| server.count() >= 2 * ANSWERS.len());
    assert!(!acevo.has_ended());
    acevo.signal(Signal::INT);
    let (status, messages) = acevo.wait();
    assert!(status.success() && !messages.contains("did not in time"), "{messages}");
    assert!(!messages.contains('\u{1b}'), "{messages:?}");
}

#[test]
fn publish_to_another_address_than_that_of_the_settings_ends_with_a_message() {
    let server = Server::start(|_| |stream| plain(stream, "301 Moved\r\nLocation: http://127.0.0.1:1/elsewhere"));
    let user = User::new();
    let refused = output(&mut user.command(&publish(&server.url)));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("http://127.0.0.1:1/elsewhere: set influx.url to that one"), "{}", refused.stderr);
}

#[test]
fn publish_sends_a_token_as_the_database_wants_it_and_to_it_alone() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "secret-token\n").unwrap();
    let user = User::with(&format!("[influx]\ntoken_file = '{}'\n", token.path().display()));
    for (path, header) in [
        ("/write", "authorization: Bearer secret-token\r\n"),
        ("/api/v2/write?org=a&bucket=b", "authorization: Token secret-token\r\n"),
    ] {
        let server = Server::start(|_| accepted);
        let url = server.url.replace("/write", path);
        let acevo = spawn(&mut user.command(&publish(&url)));
        acevo.message_with("as rig one of site default");
        let request = server.requests.lock().unwrap()[0].clone();
        let separator = if path.contains('?') { '&' } else { '?' };
        assert!(request.starts_with(&format!("POST {path}{separator}precision=ms HTTP/1.1\r\n")), "{request}");
        assert!(request.contains(header), "{request}");
    }
    let server = Server::start(|_| |stream| plain(stream, "401 Unauthorized"));
    let refused = output(&mut user.command(&publish(&server.url)));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("ACEVO_INFLUX_TOKEN") && !refused.stderr.contains("secret"), "{}", refused.stderr);
}

#[test]
fn publish_waits_for_a_server_that_is_busy_and_halves_what_is_too_large() {
    // 413 for everything with more than one lap or event.
    let is_large = |request: &str| {
        let lines = request.split("\r\n\r\n").nth(1).unwrap_or_default().lines();
        lines.filter(|line| !line.starts_with("live,")).count() > 1
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/write", listener.local_addr().unwrap());
    let (accepted_lines, busy) = (Arc::new(Mutex::new(vec![])), Arc::new(AtomicUsize::new(0)));
    let (lines, waits) = (Arc::clone(&accepted_lines), Arc::clone(&busy));
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let Some(request) = read_request(&mut stream) else { continue };
            let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
            let _ = if body.starts_with("rig,") && waits.fetch_add(1, Ordering::Relaxed) < 2 {
                plain(&mut stream, "429 Too Many Requests\r\nRetry-After: 1")
            } else if is_large(&request) {
                plain(&mut stream, "413 Payload Too Large")
            } else {
                lines.lock().unwrap().extend(body.lines().map(str::to_owned));
                accepted(&mut stream)
            };
        }
    });
    let user = User::new();
    let acevo = spawn(&mut user.command(&publish(&url)));
    acevo.message_with("is not ready: 429");
    acevo.message_with("as rig one of site default");
    let laps = || accepted_lines.lock().unwrap().iter().filter(|line| line.starts_with("laps,")).count();
    until(|| laps() >= 3);
    assert!(busy.load(Ordering::Relaxed) >= 3);
}
