//! The client of HTTP servers, with servers that behave and servers that don't.

#![cfg(feature = "http")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use acevo_fleet::{HttpAddress, HttpBody, HttpClient, HttpCredentials, HttpError, HttpMethod, TlsFiles};

/// A server that answers each connection with these bytes. Returns its address, and the requests that it gets.
fn server(answer: impl Fn() -> Vec<u8> + Send + 'static) -> (HttpAddress, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/in?a=b", listener.local_addr().unwrap()).parse().unwrap();
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            // The bodies of these tests end with this word.
            while !request.ends_with(b"END") && !request.ends_with(b"\r\n\r\n") || is_open(&request) {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => request.extend_from_slice(&buffer[..count]),
                }
            }
            let _ = sender.send(String::from_utf8_lossy(&request).into_owned());
            // The client may have had enough.
            let _ = stream.write_all(&answer());
        }
    });
    (address, requests)
}

/// The request has a body that has not come to its end.
fn is_open(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    text.contains("content-length: ") && !text.contains("content-length: 0") && !text.ends_with("END")
}

fn client(address: &HttpAddress) -> HttpClient {
    HttpClient::new(address.clone(), &HttpCredentials::Bearer("secret".into()), &TlsFiles::default()).unwrap()
}

#[test]
fn send_passes_headers_body_and_credentials_and_returns_any_status() {
    let (address, requests) = server(|| {
        b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 9\r\nConnection: close\r\n\r\n\nnot now\n".to_vec()
    });
    let client = client(&address);
    let mut content: &[u8] = b"some bytes END";
    let body = HttpBody::Reader(&mut content, 14);
    let answer = client.send(HttpMethod::Put, &address, &[("x-test", "1")], body).unwrap();
    assert_eq!((answer.status, answer.is_success()), (503, false));
    assert_eq!(answer.retry_after().unwrap().as_secs(), 7);
    assert_eq!(answer.summary(), "503 Service Unavailable: not now");
    let request = requests.recv().unwrap();
    assert!(request.starts_with("PUT /in?a=b HTTP/1.1\r\n"), "{request}");
    for part in
        ["content-length: 14\r\n", "x-test: 1\r\n", "authorization: Bearer secret\r\n", "\r\n\r\nsome bytes END"]
    {
        assert!(request.contains(part), "{part} in {request}");
    }
    assert!(!format!("{client:?}").contains("secret"));
}

#[test]
fn send_follows_no_redirect_and_passes_credentials_to_no_other_server() {
    let (other, requests) = server(|| b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec());
    let to = other.to_string();
    let (address, _first) = server(move || {
        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
    });
    let client = client(&address);
    let answer = client.send(HttpMethod::Get, &address, &[], HttpBody::Empty).unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some(other.as_str())));
    client.send(HttpMethod::Get, &other, &[], HttpBody::Empty).unwrap();
    let request = requests.recv().unwrap();
    assert!(!request.contains("secret"), "{request}");
}

#[test]
fn send_keeps_the_beginning_of_an_endless_answer() {
    let (address, _requests) = server(|| {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n".to_vec();
        answer.resize(1 << 20, b'x');
        answer
    });
    let answer = client(&address).send(HttpMethod::Get, &address, &[], HttpBody::Empty).unwrap();
    assert_eq!(answer.text.len(), 64 * 1024);
}

#[test]
fn send_returns_an_error_for_an_answer_that_is_not_http_or_breaks_off() {
    let answers: [(&'static [u8], &str); 4] = [
        (b"", "has closed the connection before its answer"),
        (b"\x00\xff garbage", "does not answer as a web server: is the port right, and does it need https://?"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "has failed: the answer breaks off"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "does not answer as a web server"),
    ];
    for (bytes, expected) in answers {
        let (address, _requests) = server(move || bytes.to_vec());
        let error = client(&address).send(HttpMethod::Get, &address, &[], HttpBody::Empty).unwrap_err();
        assert!(error.to_string().contains(expected) && !error.is_permanent(), "{error:?}: {error}");
    }
}

#[test]
fn send_to_a_name_that_does_not_exist_reports_the_name() {
    let address: HttpAddress = "http://server.invalid/write".parse().unwrap();
    let error = client(&address).send(HttpMethod::Get, &address, &[], HttpBody::Empty).unwrap_err();
    assert!(matches!(error, HttpError::NameNotFound(_)), "{error:?}");
}

#[test]
fn send_to_a_port_without_a_server_is_refused() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address: HttpAddress = format!("http://127.0.0.1:{port}/?token=secret").parse().unwrap();
    let error = client(&address).send(HttpMethod::Get, &address, &[], HttpBody::Empty).unwrap_err();
    assert!(matches!(error, HttpError::Refused(_)) && !error.to_string().contains("secret"), "{error}");
}

#[test]
fn new_and_send_refuse_characters_that_headers_have_not() {
    let address: HttpAddress = "http://127.0.0.1:1/".parse().unwrap();
    let error = HttpClient::new(address.clone(), &HttpCredentials::Bearer("a\r\nb".into()), &TlsFiles::default());
    assert!(matches!(error, Err(HttpError::Secret)));
    let error = client(&address).send(HttpMethod::Get, &address, &[("x", "a\r\nb")], HttpBody::Empty).unwrap_err();
    assert!(matches!(error, HttpError::Header(_)), "{error:?}");
}
