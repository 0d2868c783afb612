//! Stores of others: a server that takes files by PUT, and presigned addresses.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{output, spawn};
use acevo_testkit::user::User;
use serde_json::{Value, json};

use super::receiver::{Cutter, TOKEN, recording, upload};

/// A request that a server has received.
#[derive(Debug, Clone, Default)]
struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// A server that stores what is put, and answers POST by a function.
struct PutServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

type Sign = fn(SocketAddr, &Value) -> (u16, Value);

impl PutServer {
    fn start(sign: Sign) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                thread::spawn(move || while answer(&stream, address, sign, &kept).is_some() {});
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn of(&self, method: &str) -> Vec<Request> {
        self.requests.lock().unwrap().iter().filter(|request| request.method == method).cloned().collect()
    }
}

/// Answers a request; `None` if the connection has ended.
fn answer(mut stream: &TcpStream, address: SocketAddr, sign: Sign, kept: &Mutex<Vec<Request>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let mut request = Request { method: words.next()?, path: words.next()?, ..Request::default() };
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        request.headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = request.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    let known =
        kept.lock().unwrap().iter().rev().find(|known| known.method == "PUT" && known.path == request.path).cloned();
    let (status, text) = match request.method.as_str() {
        "PUT" => (201, String::new()),
        "POST" => {
            let (status, answer) = sign(address, &serde_json::from_slice(&request.body).unwrap());
            (status, answer.to_string())
        }
        _ => (if known.is_some() { 200 } else { 404 }, String::new()),
    };
    let length = if request.method == "HEAD" { known.map_or(0, |known| known.body.len()) } else { text.len() };
    kept.lock().unwrap().push(request);
    write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{text}").ok()
}

#[test]
fn upload_to_a_server_without_parts_is_one_put() {
    let (server, user) = (PutServer::start(|_, _| (404, Value::Null)), User::new());
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 30);
    // A cut connection means that everything is sent again.
    let cutter = Cutter::start(server.address, &[200_000]);
    let done = output(&mut upload(&user, &file, &format!("{}/dav?key=1", cutter.url())));
    assert!(done.status.success(), "{}", done.stderr);
    assert_eq!(done.stdout.trim(), format!("{}/dav/club/rig-1/a.acevo", cutter.url()), "no query");
    let [put] = &server.of("PUT")[..] else { panic!("one PUT is complete") };
    assert_eq!((put.path.as_str(), &put.body), ("/dav/club/rig-1/a.acevo?key=1", &bytes));
    assert_eq!(put.headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(put.headers["repr-digest"].starts_with("sha-256=:"));
    // Servers with users.
    let with_user = User::with("upload.user = \"me\"\n");
    let file = with_user.folder.path().join("a.acevo");
    fs::write(&file, &bytes).unwrap();
    assert!(output(&mut upload(&with_user, &file, &server.url())).status.success());
    assert!(server.of("PUT")[1].headers["authorization"].starts_with("Basic "));
}

#[test]
fn upload_to_presigned_addresses_sends_what_the_service_asks_for_and_no_token() {
    let user = User::new();
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 10);
    let server = PutServer::start(|address, file| {
        let name = file["name"].as_str().unwrap();
        let url = format!("http://{address}/bucket/{name}?X-Amz-Signature=secret");
        (200, json!({ "url": url, "headers": { "x-amz-checksum-sha256": file["sha256"] } }))
    });
    // The address has another host than the service: the token stays with the service.
    let service = Cutter::start(server.address, &[]);
    let done = output(upload(&user, &file, &format!("{}/sign", service.url())).args(["--presign", "--json"]));
    assert!(done.status.success(), "{}", done.stderr);
    let line: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(line["url"], format!("{}/bucket/a.acevo", server.url()));
    let [asked] = &server.of("POST")[..] else { panic!() };
    let question: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(
        (&question["site"], &question["rig"], question["bytes"].as_u64()),
        (&"club".into(), &"rig-1".into(), Some(bytes.len() as u64))
    );
    assert_eq!(question["sha256"], line["sha256"]);
    assert_eq!(asked.headers["authorization"], format!("Bearer {TOKEN}"));
    let [put] = &server.of("PUT")[..] else { panic!() };
    assert_eq!((put.path.as_str(), &put.body), ("/bucket/a.acevo?X-Amz-Signature=secret", &bytes));
    assert_eq!(put.headers["x-amz-checksum-sha256"], line["sha256"].as_str().unwrap());
    assert!(
        !put.headers.contains_key("authorization") && !put.headers.contains_key("repr-digest"),
        "{:?}",
        put.headers
    );
}

#[test]
fn upload_to_a_service_that_knows_the_file_or_refuses_sends_nothing() {
    let user = User::new();
    let file = user.folder.path().join("a.acevo");
    recording(&file, 5);
    let known = PutServer::start(|_, _| (200, json!({ "url": "https://store.example/x?y", "stored": true })));
    let done = output(upload(&user, &file, &known.url()).args(["--presign"]));
    assert!(done.status.success() && done.stdout.trim() == "https://store.example/x", "{}", done.stderr);
    assert!(known.of("PUT").is_empty());
    for (status, answer, part) in [
        (403, json!("not you"), "answers 403"),
        (200, json!(["wrong"]), "is not that of a store"),
        (200, json!({ "url": "ftp://host/x" }), "http://HOST:PORT/PATH"),
    ] {
        // A function cannot capture: the answer is chosen by the status and the type.
        let sign: Sign = match (status, answer.is_array()) {
            (403, _) => |_, _| (403, json!("not you")),
            (_, true) => |_, _| (200, json!(["wrong"])),
            _ => |_, _| (200, json!({ "url": "ftp://host/x" })),
        };
        let service = PutServer::start(sign);
        let refused = output(upload(&user, &file, &service.url()).args(["--presign"]));
        assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
}

/// A service as that of `docs/collect.md`, and the object store of moto.
const S3: &str = r#"
import base64, json, sys, boto3
from http.server import BaseHTTPRequestHandler, HTTPServer
from moto.server import ThreadedMotoServer

moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
moto.start()
host, port = moto.get_host_and_port()
s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=f"http://{host}:{port}",
                  aws_access_key_id="test", aws_secret_access_key="test")
s3.create_bucket(Bucket="acevo")

class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        file = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = f'{file["site"]}/{file["rig"]}/{file["name"]}'
        checksum = base64.b64encode(bytes.fromhex(file["sha256"])).decode()
        url = s3.generate_presigned_url("put_object", ExpiresIn=3600, Params={
            "Bucket": "acevo", "Key": key, "ContentLength": file["bytes"], "ChecksumSHA256": checksum})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"url": url, "headers": {"x-amz-checksum-sha256": checksum}}).encode())

    def do_GET(self):
        content = s3.get_object(Bucket="acevo", Key=self.path[1:])["Body"].read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Service)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

#[test]
fn upload_to_presigned_addresses_of_s3() {
    let Some(python) = std::env::var_os("ACEVO_FLEET_PYTHON").map(PathBuf::from) else {
        return left_out("S3: ACEVO_FLEET_PYTHON is no Python with moto[server] and boto3");
    };
    let service = spawn(Command::new(python).args(["-c", S3]));
    // Moto prints lines of its own.
    let port: u16 = std::iter::repeat_with(|| service.next_line()).find_map(|line| line.parse().ok()).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let user = User::new();
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 20);
    let done = output(upload(&user, &file, &format!("http://{address}/")).args(["--presign"]));
    assert!(done.status.success() && done.stdout.trim().ends_with("/acevo/club/rig-1/a.acevo"), "{}", done.stderr);
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /club/rig-1/a.acevo HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.ends_with(&bytes) && answer.starts_with(b"HTTP/1.0 200"));
}
