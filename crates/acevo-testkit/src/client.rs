//! A running server, and clients written from `docs/web-api.md`.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Deref;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::{Message, WebSocket};

use crate::program::{Running, acevo, spawn};
use crate::wait::PATIENCE;

/// A running server, started by [`serve`].
pub struct Site {
    /// Its process.
    pub running: Running,
    server: Server,
}

impl Deref for Site {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// A free port of this computer, which stays free: the system does not choose such a port for other sockets.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Processes of tests begin at different ports.
    let first = u16::try_from(std::process::id() % 20_000).unwrap_or_default();
    let mut ports = (0..20_000).map(|_| 10_000 + (first + NEXT.fetch_add(7, Ordering::Relaxed) % 20_000) % 20_000);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("there is a free port")
}

/// The address of a server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its address and port.
    pub host: String,
    /// The query of its address, with the token if it has one.
    pub query: String,
}

/// Starts a server on a free port.
pub fn serve(args: &[&str]) -> Site {
    serve_by(acevo().args(["serve", "--port", "0"]).args(args))
}

/// Starts a server by a command.
pub fn serve_by(command: &mut Command) -> Site {
    let running = spawn(command);
    let server = Server::new(&running.next_line());
    Site { running, server }
}

/// An answer of the server.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    head: String,
    /// The body.
    pub body: String,
}

impl Response {
    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    /// The server of an address that `acevo serve` prints.
    pub fn new(address: &str) -> Self {
        let (host, query) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
        Self { host: host.to_owned(), query: query.trim_start_matches('?').to_owned() }
    }

    /// The same server at another local address. Its clients count as other computers, because their own address is not the same.
    #[must_use]
    pub fn from_elsewhere(&self) -> Self {
        let (_, port) = self.host.rsplit_once(':').unwrap();
        Self { host: format!("127.0.0.2:{port}"), query: self.query.clone() }
    }

    /// The response to a GET request.
    pub fn get(&self, path: &str) -> Response {
        self.request(path, &[("Host", &self.host)])
    }

    /// A JSON document.
    pub fn json(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")), "{path}");
        serde_json::from_str(&response.body).unwrap()
    }

    /// A value of `/metrics`.
    pub fn metric(&self, name: &str) -> f64 {
        let page = self.get("/metrics").body;
        let mut values = page.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        values.next().unwrap_or_else(|| panic!("{name}: {page}")).parse().unwrap()
    }

    /// Sends a request with exactly this path and these headers.
    pub fn request(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        request_on(TcpStream::connect(&self.host).unwrap(), path, headers).unwrap()
    }

    /// The response to a request of a method with a JSON body, as the page sends it.
    pub fn send(&self, method: &str, path: &str, body: &str) -> Response {
        self.send_with(method, path, &[("Host", &self.host), ("Content-Type", "application/json")], body)
    }

    /// Sends a request with exactly these headers and a body.
    pub fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", &*length)]].concat();
        let stream = TcpStream::connect(&self.host).unwrap();
        exchange(stream, method, path, &headers, body.as_bytes()).unwrap()
    }

    /// The response to a request of a method with any bytes.
    pub fn send_bytes(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let length = body.len().to_string();
        let headers = [("Host", &*self.host), ("Content-Length", &*length)];
        exchange(TcpStream::connect(&self.host).unwrap(), method, path, &headers, body).unwrap()
    }

    /// A connection on which a request was answered, and which stays open.
    pub fn connect_and_ask(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET /api/token HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        stream
    }

    /// Opens a WebSocket.
    pub fn socket(&self) -> Socket {
        self.try_socket(&[]).unwrap()
    }

    /// Tries to open a WebSocket with additional headers.
    pub fn try_socket(&self, headers: &[(&'static str, &str)]) -> Result<Socket, String> {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = format!("ws://{}/ws", self.host).into_client_request().unwrap();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        tungstenite::client(request, stream).map(|(socket, _)| Socket(socket)).map_err(|error| error.to_string())
    }
}

/// Sends a request with exactly this path and these headers on a new connection.
///
/// # Errors
/// If the connection fails, or the answer is not complete.
pub fn request_on(stream: TcpStream, path: &str, headers: &[(&str, &str)]) -> io::Result<Response> {
    exchange(stream, "GET", path, headers, b"")
}

fn exchange(
    mut stream: TcpStream,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")?;
    // A server that refuses a body may close the connection while it is sent.
    let _ = stream.write_all(body);
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut response = Response { status, head: head.to_owned(), body: body.to_owned() };
    if response.header("transfer-encoding") == Some("chunked") {
        response.body = unchunked(body).ok_or(io::ErrorKind::UnexpectedEof)?;
    }
    Ok(response)
}

/// The body of an answer that was sent in pieces, or `None` if it is not complete.
fn unchunked(mut text: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (length, rest) = text.split_once("\r\n")?;
        let (piece, rest) = rest.split_at_checked(usize::from_str_radix(length, 16).ok()?)?;
        text = rest.strip_prefix("\r\n")?;
        if piece.is_empty() {
            return Some(body);
        }
        body.push_str(piece);
    }
}

/// A decoded frame.
#[derive(Debug)]
pub struct Frame {
    /// Flags of the frame's validity.
    pub flags: u8,
    /// The subscription it belongs to.
    pub subscription: u16,
    /// Its number; missing numbers are frames that were not sent.
    pub number: u32,
    /// Time of the session in seconds.
    pub time: f64,
    /// One value per subscribed channel; NaN if it has none.
    pub values: Vec<f32>,
}

impl Frame {
    fn read(bytes: &[u8]) -> Self {
        assert!(bytes[0] == 1 && bytes.len() >= 16 && bytes.len().is_multiple_of(4), "{bytes:?}");
        Self {
            flags: bytes[1],
            subscription: u16::from_le_bytes(bytes[2..4].try_into().unwrap()),
            number: u32::from_le_bytes(bytes[4..8].try_into().unwrap()),
            time: f64::from_le_bytes(bytes[8..16].try_into().unwrap()),
            values: bytes[16..].chunks_exact(4).map(|value| f32::from_le_bytes(value.try_into().unwrap())).collect(),
        }
    }
}

/// A client with a WebSocket.
pub struct Socket(WebSocket<TcpStream>);

impl Socket {
    /// Sends a message.
    pub fn send(&mut self, message: Message) {
        self.0.send(message).unwrap();
    }

    /// Sends a message, unless the server has closed the connection.
    pub fn try_send(&mut self, message: Message) {
        let _ = self.0.send(message);
    }

    /// Sends a subscription.
    pub fn ask(&mut self, subscription: &Value) {
        self.send(Message::text(subscription.to_string()));
    }

    /// Waits for a message. A read with a timeout is interrupted if this process is stopped and continued.
    fn read(&mut self) -> tungstenite::Result<Message> {
        loop {
            match self.0.read() {
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Waits for a text message of this type.
    pub fn next_of(&mut self, kind: &str) -> Value {
        loop {
            if let Message::Text(text) = self.read().unwrap() {
                let message: Value = serde_json::from_str(&text).unwrap();
                if message["type"] == kind {
                    return message;
                }
            }
        }
    }

    /// Waits for a frame.
    pub fn next_frame(&mut self) -> Frame {
        loop {
            if let Message::Binary(bytes) = self.read().unwrap() {
                return Frame::read(&bytes);
            }
        }
    }

    /// Waits until the server closes the connection, and returns its close code.
    pub fn end(&mut self) -> Option<u16> {
        loop {
            match self.read() {
                Ok(Message::Close(close)) => return close.map(|close| close.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}
