//! `acevo relay` and `acevo receive`, with a network in between that fails.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use acevo_recording::{Recording, RecordingItem};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, PageDirectory, PageKind};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_testkit::client::free_port;
use acevo_testkit::program::{Running, Signal, acevo, output, spawn};
use acevo_testkit::wait;
use tempfile::TempDir;

/// Slow enough for readers on a busy machine: 100 physics packets a second.
const SPEED: &str = "0.3";

/// A simulated drive on one computer, and a folder for the pages of the other one.
struct Fixture {
    folder: TempDir,
    game: Running,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let game = spawn(
            acevo()
                .args(["simulate", "--scenario", "hot-laps", "--speed", SPEED, "--dir"])
                .arg(folder.path().join("a")),
        );
        game.message_with("published as");
        Self { folder, game }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a relay of the game, and returns its address.
    fn relay(&self, options: &[&str]) -> (Running, SocketAddr) {
        let mut command = acevo();
        command.arg("relay").arg("--dir").arg(self.path("a")).arg("--token-file").arg(self.path("token"));
        let listen: &[&str] = if options.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
        let relay = spawn(command.args(listen).args(options));
        let address = address_of(&relay);
        (relay, address)
    }

    fn receive(&self, address: SocketAddr) -> Running {
        let mut command = acevo();
        command.args(["receive", &address.to_string(), "--json", "--token-file"]).arg(self.path("token"));
        spawn(command.arg("--dir").arg(self.path("b")))
    }

    /// Starts to record what is published on the other computer.
    fn record(&self) -> Running {
        let record = spawn(acevo().arg("record").arg("--dir").arg(self.path("b")).arg("-o").arg(self.path("b.acevo")));
        record.message_with("attached");
        record
    }

    /// The counter of the physics page of the game.
    fn counter(&self) -> i32 {
        let pages = PageDirectory::open(self.path("a")).unwrap();
        ACEvoSharedMemoryMapper::open_source(pages).unwrap().frame().unwrap().physics.raw().packetId
    }

    /// The number of packets that were recorded on the other computer, and of those that are missing between them.
    fn check_recording(&self) -> (u64, u64) {
        let recorded = recorded_pages(&self.path("b.acevo"));
        assert!(recorded.strange.is_empty(), "never published: {:?}", recorded.strange);
        (recorded.packets, recorded.missing)
    }
}

/// Waits until a relay listens, and returns where.
pub(crate) fn address_of(relay: &Running) -> SocketAddr {
    let message = relay.message_with("listening on");
    message.split_once("listening on ").unwrap().1.split(';').next().unwrap().parse().unwrap()
}

/// What a recording of the simulator's hot laps has.
pub(crate) struct RecordedPages {
    pub(crate) packets: u64,
    /// Packets that are missing between others.
    pub(crate) missing: u64,
    /// Settled pages that the simulator does not publish with their counter.
    pub(crate) strange: Vec<String>,
}

/// Compares each page of a recording with those that the simulator publishes in its first minute.
pub(crate) fn recorded_pages(path: &Path) -> RecordedPages {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let mut simulator = Simulator::new(options);
    let mut published = HashMap::<(PageKind, [u8; 4]), HashSet<Vec<u8>>>::new();
    let counter = |bytes: &[u8]| *bytes.first_chunk().unwrap();
    for _ in 0..333 * 60 {
        simulator.step();
        for (page, bytes) in [
            (PageKind::Physics, simulator.physics().as_bytes()),
            (PageKind::Graphics, simulator.graphics().as_bytes()),
            (PageKind::Static, simulator.static_data().as_bytes()),
        ] {
            published.entry((page, counter(bytes))).or_default().insert(bytes.to_vec());
        }
    }
    let mut recording = Recording::open(path).unwrap();
    let (mut packets, mut strange, mut counters) = (0, Vec::new(), [const { BTreeSet::new() }; 2]);
    while let Some(item) = recording.next_item().unwrap() {
        let RecordingItem::Record(record) = item else { continue };
        let is_published = |bytes: &[u8]| {
            let pages = published.get(&(record.page, counter(bytes)));
            pages.is_some_and(|pages| pages.contains(bytes))
        };
        // Publishers write the counter last. A reader can see the next page before it.
        let mut next = record.bytes.to_vec();
        let number = i32::from_le_bytes(counter(record.bytes)).wrapping_add(1);
        next[..4].copy_from_slice(&number.to_le_bytes());
        if record.settled && !is_published(record.bytes) && !is_published(&next) {
            strange.push(format!("{} at {:?}", record.page, record.at));
        }
        packets += u64::from(!record.carried);
        if let Some(counters) = counters.get_mut(record.page as usize) {
            counters.insert(i32::from_le_bytes(counter(record.bytes)));
        }
    }
    let missing = counters.iter().map(|counters| {
        let range = counters.last().unwrap() - counters.first().unwrap();
        range as u64 + 1 - counters.len() as u64
    });
    RecordedPages { packets, missing: missing.sum(), strange }
}

/// Passes bytes between a receiver and a relay, until it is cut.
struct Proxy {
    address: SocketAddr,
    shared: Arc<ProxyState>,
}

struct ProxyState {
    relay: SocketAddr,
    sockets: Mutex<Vec<TcpStream>>,
    is_blocked: AtomicBool,
}

impl Proxy {
    fn start(relay: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(ProxyState { relay, sockets: Mutex::default(), is_blocked: AtomicBool::new(false) });
        let state = Arc::clone(&shared);
        thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(|socket| state.connect(socket)));
        Self { address, shared }
    }

    /// Cuts all connections.
    fn cut(&self) {
        for socket in self.shared.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// Cuts all connections, and accepts no more until it is unblocked.
    fn block(&self, is_blocked: bool) {
        self.shared.is_blocked.store(is_blocked, Ordering::SeqCst);
        if is_blocked {
            self.cut();
        }
    }
}

impl ProxyState {
    fn connect(&self, receiver: TcpStream) {
        let mut sockets = self.sockets.lock().unwrap();
        if self.is_blocked.load(Ordering::SeqCst) {
            return;
        }
        let Ok(relay) = TcpStream::connect(self.relay) else { return };
        for (from, to) in [(&receiver, &relay), (&relay, &receiver)] {
            let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        sockets.extend([receiver, relay]);
    }
}

/// Waits until this number of packets was published.
fn wait_for_packets(receive: &Running, packets: u64) -> serde_json::Value {
    receive.until_object(|state| state["packets"].as_u64().unwrap() >= packets)
}

/// Ends a program with Ctrl-C. Returns its messages.
#[track_caller]
fn end(program: &mut Running) -> String {
    program.signal(Signal::INT);
    let (status, messages) = program.wait();
    assert!(status.success(), "{status}: {messages}");
    messages
}

fn has_pages(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

#[test]
fn receive_publishes_the_bytes_of_the_game_over_connections_that_are_cut() {
    let fixture = Fixture::new();
    let (mut relay, address) = fixture.relay(&[]);
    let proxy = Proxy::start(address);
    let mut receive = fixture.receive(proxy.address);
    receive.message_with("the pages are published");
    let mut record = fixture.record();
    let mut packets = 0;
    for _ in 0..3 {
        packets = wait_for_packets(&receive, packets + 60)["packets"].as_u64().unwrap();
        proxy.cut();
        receive.message_with("connected again");
    }
    let state = wait_for_packets(&receive, packets + 200);
    assert_eq!((state["lost"].as_u64(), state["reconnects"].as_u64()), (Some(0), Some(3)), "{state}");
    assert!(state["delay_ms"].as_f64() > Some(0.0) && state["bytes"].as_u64() > Some(1000), "{state}");
    end(&mut record);
    let messages = end(&mut receive);
    assert!(messages.contains("0 gaps") && messages.contains("3 reconnects"), "{messages}");
    assert!(!has_pages(&fixture.path("b")));
    end(&mut relay);
    let (packets, _) = fixture.check_recording();
    assert!(packets >= 200, "{packets}");
}

#[test]
fn receive_reports_packets_that_are_lost_in_a_long_interruption() {
    let fixture = Fixture::new();
    let (_relay, address) = fixture.relay(&["--buffer", "100ms"]);
    let proxy = Proxy::start(address);
    let mut receive = fixture.receive(proxy.address);
    receive.message_with("the pages are published");
    let mut record = fixture.record();
    wait_for_packets(&receive, 60);
    proxy.block(true);
    receive.message_with("lost");
    let counter = fixture.counter();
    wait::until(|| fixture.counter() > counter + 100);
    proxy.block(false);
    let message = receive.message_with("gap of");
    let gap: u64 = message.split_once("gap of ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
    assert!(gap >= 80, "{message}");
    let state = receive.until_object(|state| state["gaps"] == 1);
    assert_eq!(state["lost"], gap);
    wait_for_packets(&receive, state["packets"].as_u64().unwrap() + 60);
    end(&mut record);
    assert!(end(&mut receive).contains("1 gaps"));
    let (packets, missing) = fixture.check_recording();
    // The newest pages from before the end of the gap are published.
    assert!(packets > 60 && missing + 3 >= gap, "{packets} packets, {missing} missing, gap of {gap}");
}

#[test]
fn receive_waits_for_another_relay_if_the_first_one_is_killed() {
    let mut fixture = Fixture::new();
    let (mut relay, address) = fixture.relay(&[]);
    let mut receive = fixture.receive(address);
    receive.message_with("the pages are published");
    wait_for_packets(&receive, 30);
    relay.kill();
    receive.message_with("trying again");
    assert!(has_pages(&fixture.path("b")));
    let (mut relay, _) = fixture.relay(&["--listen", &address.to_string()]);
    receive.message_with("connected to another start");
    let packets = wait_for_packets(&receive, 0)["packets"].as_u64().unwrap();
    wait_for_packets(&receive, packets + 30);
    // The game ends, and so do its pages on the other computer.
    end(&mut fixture.game);
    receive.message_with("the game has ended; the pages are removed");
    assert!(!has_pages(&fixture.path("b")));
    end(&mut relay);
    receive.message_with("has ended; waiting");
    end(&mut receive);
}

#[test]
fn receive_ends_if_the_token_is_wrong() {
    let fixture = Fixture::new();
    let (relay, address) = fixture.relay(&[]);
    let token = fs::read_to_string(fixture.path("token")).unwrap().trim().to_owned();
    fs::remove_file(fixture.path("token")).unwrap();
    let mut receive = acevo();
    receive.args(["receive", &address.to_string(), "--token-file"]).arg(fixture.path("token"));
    receive.arg("--dir").arg(fixture.path("b"));
    let missing = output(&mut receive);
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("copy the token"), "{missing:?}");
    let other =
        spawn(acevo().args(["relay", "--demo", "--listen", "127.0.0.1:0", "--token-file"]).arg(fixture.path("token")));
    other.message_with("listening on");
    let wrong = output(&mut receive);
    assert!(wrong.status.code() == Some(1) && wrong.stderr.contains("the token is wrong"), "{wrong:?}");
    assert!(!wrong.stderr.contains(fs::read_to_string(fixture.path("token")).unwrap().trim()), "{wrong:?}");
    let refused = relay.message_with("was refused");
    assert!(refused.contains("the token is wrong") && !refused.contains(&token), "{refused}");
    assert!(!has_pages(&fixture.path("b")));
}

#[test]
fn relay_survives_garbage_and_serves_others() {
    let fixture = Fixture::new();
    let (mut relay, address) = fixture.relay(&[]);
    let token = fs::read_to_string(fixture.path("token")).unwrap().trim().to_owned();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 5000], b"\x89ACEVOr\n\x01\x00\xff\xff\xff\xff"] {
        let mut socket = TcpStream::connect(address).unwrap();
        let _ = socket.write_all(garbage);
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        assert!(answer.len() < 100, "{answer:?}");
    }
    // A receiver whose reports are garbage.
    let mut greeting = b"\x89ACEVOr\n\x01\x00".to_vec();
    greeting.push(token.len() as u8);
    greeting.extend_from_slice(token.as_bytes());
    greeting.extend_from_slice(&[0; 17]);
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(&greeting).unwrap();
    socket.write_all(&[0xff; 4096]).unwrap();
    relay.message_with("receives the pages");
    drop(socket);
    relay.message_with("has left");
    let mut receive = fixture.receive(address);
    receive.message_with("the pages are published");
    end(&mut receive);
    end(&mut relay);
}

#[test]
fn receive_survives_garbage() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    let create = spawn(acevo().args(["relay", "--demo", "--listen", "127.0.0.1:0", "--token-file"]).arg(&token));
    create.message_with("listening on");
    let start = || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = acevo();
        command.args(["receive", &listener.local_addr().unwrap().to_string(), "--token-file"]).arg(&token);
        command.arg("--dir").arg(folder.path().join("b"));
        (listener, spawn(&mut command))
    };
    let (listener, mut receive) = start();
    let (mut socket, _) = listener.accept().unwrap();
    let _ = socket.write_all(&[0xff; 5000]);
    let (status, messages) = receive.wait();
    assert!(status.code() == Some(1) && messages.contains("does not speak the protocol"), "{messages}");
    // Garbage after the greeting may be a fault of the network.
    let (listener, mut receive) = start();
    for garbage in [&[0xff; 64][..], &[1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], &[1, 2, 0, 0, 0, 9, 9, 9, 9, 1, 2]] {
        let (mut socket, _) = listener.accept().unwrap();
        socket.write_all(b"\x89ACEVOs\n\x01\x00\x0012345678").unwrap();
        socket.write_all(garbage).unwrap();
        let message = receive.message_with("trying again");
        assert!(message.contains("damaged") || message.contains("larger than the limit"), "{message}");
    }
    assert!(!has_pages(&folder.path().join("b")));
    end(&mut receive);
}

#[test]
fn relay_sends_a_recording_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let (file, token) = (folder.path().join("race.acevo"), folder.path().join("token"));
    let recorded = output(acevo().args(["simulate", "--for", "4s", "-o"]).arg(&file));
    assert!(recorded.status.success(), "{recorded:?}");
    let address = format!("127.0.0.1:{}", free_port());
    let create = spawn(acevo().args(["relay", "--demo", "--listen", &address, "--token-file"]).arg(&token));
    create.message_with("listening on");
    drop(create);
    let receive = spawn(
        acevo().args(["receive", &address, "--token-file"]).arg(&token).arg("--dir").arg(folder.path().join("b")),
    );
    receive.message_with("trying again");
    let mut relay = spawn(acevo().arg("relay").arg(&file).args(["--listen", &address, "--token-file"]).arg(&token));
    receive.message_with("the pages are published");
    receive.message_with("the relay on");
    receive.message_with("the game has ended; the pages are removed");
    let (status, messages) = relay.wait();
    assert!(status.success(), "{messages}");
}
