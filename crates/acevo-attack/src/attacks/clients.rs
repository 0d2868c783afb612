//! HTTP clients that the server must refuse, survive, or keep from crowding out others.

use std::io::Write as _;
use std::net::TcpStream;

use acevo_testkit::client::Server;
use fastrand::Rng;

use crate::hostile::{self, chance, one_of};
use crate::lab::Lab;
use crate::server::{Target, dial, exchange, snapshot, status};

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let has_lan = lab.rng.bool();
    let mut target = Target::start(lab, has_lan)?;
    for _ in 0..lab.size(40, 600) {
        malformed(lab, &target)?;
    }
    target.check_service();
    foreign(lab, &target)?;
    target.check_service();
    let slow = unread(lab, &target)?;
    target.check_service();
    drop(slow);
    for _ in 0..lab.size(200, 3000) {
        // Dropped with or without a request that is never answered.
        let mut stream = dial(&target.local)?;
        if lab.rng.bool() {
            let _ = write!(stream, "GET /api/channels HTTP/1.1\r\nHost: {}\r\n\r\n", target.local.host);
        }
        lab.figures.inputs += 1;
    }
    target.check_service();
    match target.lan.clone() {
        Some(lan) => crowd(lab, &mut target, &lan)?,
        None if has_lan => lab.leave_out("silent clients of the network, because this computer has no network"),
        None => {}
    }
    target.finish(lab)
}

/// A request that is not quite HTTP. The answer, if any, is an error or a document, never an internal error.
fn malformed(lab: &mut Lab, target: &Target) -> anyhow::Result<()> {
    let request = request(&mut lab.rng, &target.local);
    let mut stream = dial(&target.local)?;
    let answer = exchange(&mut stream, &request);
    lab.figures.inputs += 1;
    lab.expect(status(&answer) != Some(500), || format!("500 for {:?}", String::from_utf8_lossy(&request)));
    Ok(())
}

fn request(rng: &mut Rng, server: &Server) -> Vec<u8> {
    let (host, query) = (&server.host, &server.query);
    let methods = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "", "GET\t", "\u{0}", "PRI"];
    let paths = [
        "/",
        "/api/laps/18446744073709551616/trace",
        "/api/laps/-1/trace",
        "/api/laps?from=99999999999999999999",
        "/api/fuel-plan?laps=10000&per_lap=1e-4&tank=1e308&tank=NaN&=&&minutes",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example/",
        "/\\evil.example",
        "/overlay/%00",
        "/overlay/../../x",
        "/%0d%0aSet-Cookie:a=b",
        "*",
        "http://evil.example/",
        "/api/snapshot?channels=",
        "/ws",
        "",
    ];
    let mut path = one_of(rng, &paths).to_owned();
    if chance(rng, 20) {
        path = format!("/api/snapshot?channels={}", "speed,".repeat(rng.usize(..3000)));
    }
    if chance(rng, 50) {
        path = format!("{path}?{query}");
    }
    let version = one_of(rng, &["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", ""]);
    let mut request = format!("{} {path} {version}\r\nHost: {host}\r\n", one_of(rng, &methods)).into_bytes();
    for _ in 0..rng.usize(..4) {
        let header: Vec<u8> = match rng.u32(..8) {
            0 => b"Content-Length: 99999999999999999999\r\n".to_vec(),
            1 => b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n".to_vec(),
            2 => format!("Host: {host}\r\n").into_bytes(),
            3 => format!("Cookie: {}\r\n", "a=b;".repeat(rng.usize(..5000))).into_bytes(),
            4 => b" folded: header\r\n".to_vec(),
            5 => b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\n".to_vec(),
            6 => [&b"X: "[..], &hostile::bytes(rng, 40), b"\r\n"].concat(),
            _ => format!("X-{}: y\r\n", rng.u32(..)).repeat(rng.usize(1..300)).into_bytes(),
        };
        request.extend(header);
    }
    match rng.u32(..6) {
        0 => request.truncate(rng.usize(..request.len())),
        1 => request = hostile::bytes(rng, 200),
        2 => request.extend(b"\n\n"),
        3 => request.extend([b"\r\nffffffffffffffff\r\n".to_vec(), hostile::bytes(rng, 100)].concat()),
        _ => request.extend(b"\r\n"),
    }
    request
}

/// Requests for other hosts and of other sites are refused, with and without a token.
fn foreign(lab: &mut Lab, target: &Target) -> anyhow::Result<()> {
    let host = target.local.host.clone();
    let port = host.rsplit(':').next().unwrap_or_default().to_owned();
    let hosts = [
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "127.0.0.2",
        "localhost.",
        "",
    ];
    let origins = [
        "http://evil.example",
        "null",
        "file://",
        "http://127.0.0.1",
        "https://localhost",
        "http://localhost.evil.example",
        "",
    ];
    let mut attempts: Vec<String> = hosts.iter().map(|foreign| format!("Host: {foreign}:{port}\r\n")).collect();
    attempts.extend(origins.iter().map(|origin| format!("Host: {host}\r\nOrigin: {origin}\r\n")));
    attempts.push(format!("Host: {host}\r\nHost: evil.example\r\n"));
    attempts.push(format!("Host: {host}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"));
    for headers in attempts {
        let request = format!("GET /api/snapshot?{} HTTP/1.1\r\n{headers}\r\n", target.local.query);
        let answer = exchange(&mut dial(&target.local)?, request.as_bytes());
        lab.figures.inputs += 1;
        let status = status(&answer);
        lab.expect(status.is_none_or(|status| (400..500).contains(&status)), || format!("{status:?} for {headers:?}"));
    }
    if target.local.query.is_empty() {
        return Ok(());
    }
    // Other computers need the token.
    let elsewhere = target.local.from_elsewhere();
    let host = &elsewhere.host;
    for token in ["", "0", "00000000000000000000000000000000", "*", "%00"] {
        let request =
            format!("GET /api/snapshot?token={token} HTTP/1.1\r\nHost: {host}\r\nCookie: acevo-{port}={token}\r\n\r\n");
        let answer = exchange(&mut dial(&elsewhere)?, request.as_bytes());
        lab.figures.inputs += 1;
        let status = status(&answer);
        lab.expect(status.is_none_or(|status| status == 401), || format!("{status:?} for the token {token:?}"));
    }
    Ok(())
}

/// Clients that send requests one after the other and read nothing, and clients that never complete a request.
fn unread(lab: &mut Lab, target: &Target) -> anyhow::Result<Vec<TcpStream>> {
    let Server { host, query } = &target.local;
    let request = format!("GET /api/channels?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut streams = Vec::new();
    for number in 0..lab.size(20, 40) {
        let mut stream = dial(&target.local)?;
        let text = if number % 2 == 0 { request.repeat(200) } else { request[..request.len() - 2].to_owned() };
        // The server stops reading at some point.
        let _ = stream.write_all(text.as_bytes());
        streams.push(stream);
        lab.figures.inputs += 1;
    }
    Ok(streams)
}

/// Silent clients of the network do not keep out this computer, or clients with the token.
fn crowd(lab: &mut Lab, target: &mut Target, lan: &Server) -> anyhow::Result<()> {
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(dial(lan)?);
        lab.figures.inputs += 1;
    }
    for _ in 0..5 {
        lab.expect(snapshot(&target.local).is_some(), || "silent clients keep out this computer".into());
        lab.expect(snapshot(lan).is_some(), || "silent clients keep out a client with the token".into());
    }
    target.check_service();
    Ok(())
}
