//! WebSocket clients that violate the protocol, flood the server, or never read.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use acevo_testkit::client::Server;
use acevo_testkit::wait::PATIENCE;
use fastrand::Rng;

use crate::hostile::{self, chance, integer, one_of};
use crate::lab::Lab;
use crate::server::{Target, dial, exchange, status};

/// The highest number of channels of a subscription.
const MAX_CHANNELS: usize = 128;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let mut target = Target::start(lab, false)?;
    for _ in 0..lab.size(40, 600) {
        let mut stream = upgrade(&target.local)?;
        for _ in 0..lab.rng.usize(1..4) {
            let frame = frame(&mut lab.rng);
            exchange(&mut stream, &frame);
            lab.figures.inputs += 1;
        }
    }
    target.check_service();
    let unread = never_reading(lab, &target.local)?;
    target.check_service();
    flood(lab, &mut target)?;
    drop(unread);
    target.finish(lab)
}

/// Opens a WebSocket.
fn upgrade(server: &Server) -> anyhow::Result<TcpStream> {
    let mut stream = dial(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        server.host
    );
    let answer = exchange(&mut stream, request.as_bytes());
    anyhow::ensure!(status(&answer) == Some(101), "no WebSocket: {}", String::from_utf8_lossy(&answer));
    // From now on answers are not waited for.
    stream.set_read_timeout(Some(Duration::from_millis(20)))?;
    Ok(stream)
}

/// The bytes of a frame with this first byte. `length` is what its header states.
fn bytes_of(first: u8, payload: &[u8], length: u64, mask: Option<[u8; 4]>) -> Vec<u8> {
    let bit = if mask.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match length {
        0..126 => frame.push(bit | length as u8),
        126..0x1_0000 => {
            frame.push(bit | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        _ => {
            frame.push(bit | 127);
            frame.extend(length.to_be_bytes());
        }
    }
    let key = mask.unwrap_or_default();
    frame.extend(mask.iter().flatten());
    frame.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ key[at % 4]));
    frame
}

/// A frame that is wrong in some way, or has a hostile subscription.
fn frame(rng: &mut Rng) -> Vec<u8> {
    let payload = match rng.u32(..4) {
        0 => {
            let length = rng.usize(..300);
            hostile::bytes(rng, length)
        }
        1 => Vec::new(),
        _ => subscription(rng).into_bytes(),
    };
    let first = match rng.u32(..3) {
        0 => 0x81,
        1 => one_of(rng, &[0x01, 0x00, 0x80, 0x82, 0x88, 0x89, 0x8a, 0x08, 0x09, 0x83, 0x8b, 0xf1, 0xc1]),
        _ => rng.u8(..),
    };
    let length = if chance(rng, 20) { integer(rng) } else { payload.len() as u64 };
    let mask = chance(rng, 80).then(|| [rng.u8(..), rng.u8(..), rng.u8(..), rng.u8(..)]);
    bytes_of(first, &payload, length, mask)
}

/// A subscription with hostile channels and rates.
fn subscription(rng: &mut Rng) -> String {
    let channel = serde_json::Value::from(if rng.bool() { "speed".to_owned() } else { hostile::name(rng) }).to_string();
    let count = one_of(rng, &[0, 1, 2, MAX_CHANNELS, MAX_CHANNELS + 1, 1000]);
    let rate = one_of(rng, &["30", "0", "-1", "1e999", "NaN", "null", "\"30\"", "1e-300", "60.0001", "[]"]);
    match rng.u32(..6) {
        0 => "[".repeat(rng.usize(1..5000)),
        1 => format!(r#"{{"channels": {channel}, "rate": {rate}}}"#),
        2 => format!(r#"{{"rate": {rate}, "rate": 1}}"#),
        _ => format!(r#"{{"channels": [{}], "rate": {rate}}}"#, vec![channel; count].join(",")),
    }
}

/// Clients that subscribe to everything and read nothing.
fn never_reading(lab: &mut Lab, server: &Server) -> anyhow::Result<Vec<TcpStream>> {
    let text = format!(r#"{{"channels": [{}], "rate": 60}}"#, vec!["\"speed\""; MAX_CHANNELS].join(","));
    let request = bytes_of(0x81, text.as_bytes(), text.len() as u64, Some([1, 2, 3, 4]));
    let mut streams = Vec::new();
    for _ in 0..lab.size(10, 40) {
        let mut stream = upgrade(server)?;
        stream.write_all(&request)?;
        streams.push(stream);
        lab.figures.inputs += 1;
    }
    Ok(streams)
}

/// Floods of messages, pings and empty fragments: the server ends the connection, and others notice nothing.
fn flood(lab: &mut Lab, target: &mut Target) -> anyhow::Result<()> {
    let mask = Some([0; 4]);
    let fragments = [bytes_of(0x01, b"", 0, mask), bytes_of(0x00, b"", 0, mask).repeat(5000)].concat();
    let floods =
        [bytes_of(0x81, b"{}", 2, mask).repeat(2000), bytes_of(0x89, b"ping", 4, mask).repeat(2000), fragments];
    for flood in floods {
        let mut stream = upgrade(&target.local)?;
        for _ in 0..lab.size(10, 100) {
            lab.figures.inputs += 1;
            if stream.write_all(&flood).is_err() {
                break;
            }
            // Answers to pings would fill the buffers.
            let _ = stream.read(&mut [0; 65_536]);
        }
        target.check_service();
        lab.expect(is_ended(&mut stream), || format!("a flood of frames {:#x} does not end the connection", flood[0]));
    }
    Ok(())
}

/// Reads until the server closes the connection. False if it does not.
fn is_ended(stream: &mut TcpStream) -> bool {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        match stream.read(&mut [0; 65_536]) {
            Ok(0) => return true,
            Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return true,
            _ => {}
        }
    }
    false
}
