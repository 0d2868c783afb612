//! The client of brokers, with servers that are none.

#![cfg(feature = "mqtt")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use acevo_fleet::{Address, Broker as _, BrokerEvent, Credentials, Hello, MqttBroker, TlsFiles};

/// Why a connection to a server that answers with these bytes, and then closes, has failed.
fn failure(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: Address = format!("mqtt://{}", listener.local_addr().unwrap()).parse().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 1024];
        let _ = stream.read(&mut greeting);
        let _ = stream.write_all(answer);
    });
    let hello = Hello {
        client_id: "one".into(),
        last_will: None,
        subscriptions: vec![],
        keep_alive: Duration::from_secs(15),
        is_kept: false,
        max_received: 1000,
    };
    let mut broker = MqttBroker::new(address, Credentials::default(), TlsFiles::default());
    let mut connection = broker.connect(hello).unwrap();
    loop {
        match connection.next_event() {
            Some(BrokerEvent::Failed(error)) => return error.to_string(),
            Some(_) => {}
            None => thread::sleep(Duration::from_millis(2)),
        }
    }
}

#[test]
fn connection_to_what_is_no_broker_asks_for_the_port_and_never_existed() {
    for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"220 mail\r\n"] {
        let text = failure(answer);
        let advice = "does not answer as a broker of MQTT: is the port right, and does it need mqtts://?";
        assert!(text.contains(advice) && !text.contains("lost"), "{text}");
    }
}

#[test]
fn connection_that_the_broker_closes_was_lost() {
    let text = failure(b"\x20\x02\x00\x00");
    assert!(text.ends_with(" was lost: the broker has closed it"), "{text}");
}
