//! Pages over connections in this process, and hostile bytes instead of them.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use acevo_relay::acevo_shared_memory::{Page, PageKind};
use acevo_relay::{
    AcceptedReceiver, Group, GroupDecoder, GroupEncoder, Item, MAX_PAGE_BYTES, Position, Received, Receiver,
    RelayError, RelayQueue, RelayedPage,
};
use acevo_simulator::{Options, Scenario, Simulator};
use proptest::prelude::*;

const TOKEN: &str = "a-token_of-a-test";

fn page(kind: PageKind, at: Duration, bytes: &[u8]) -> RelayedPage {
    RelayedPage { page: kind, at, settled: true, restarted: false, carried: false, missed: 0, bytes: bytes.into() }
}

/// The pages of a simulated race.
fn race(steps: usize) -> Vec<Item> {
    let mut options = Options::default();
    options.scenario = Scenario::Race;
    let mut simulator = Simulator::new(options);
    let mut items = Vec::new();
    for _ in 0..steps {
        let changed = simulator.step();
        let pages = [
            (changed.static_data, PageKind::Static, simulator.static_data().as_bytes()),
            (changed.graphics, PageKind::Graphics, simulator.graphics().as_bytes()),
            (changed.physics, PageKind::Physics, simulator.physics().as_bytes()),
        ];
        let at = Duration::from_micros(simulator.time().as_micros() as u64);
        let changed = pages.into_iter().filter(|(changed, ..)| *changed);
        items.extend(changed.map(|(_, kind, bytes)| Item::Page(page(kind, at, bytes))));
    }
    items
}

/// Input from bytes, no output.
struct Bytes(VecDeque<u8>);

impl Bytes {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().collect())
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Serves one connection after the other until the queue is closed and sent. Returns how each has ended.
fn serve(listener: &TcpListener, queue: &RelayQueue, connections: usize) -> Vec<Result<(), RelayError>> {
    let serve_one = |_| {
        let (socket, _) = listener.accept().unwrap();
        let receiver = AcceptedReceiver::accept(&mut &socket, &mut &socket, TOKEN, || true, queue)?;
        receiver.send(&socket, &socket, queue, || drop(socket.shutdown(Shutdown::Both))).1
    };
    (0..connections).map(serve_one).collect()
}

/// Receives until the connection ends, or at least this many items have come.
fn receive(receiver: &mut Receiver<TcpStream>, most: usize, items: &mut Vec<Item>) -> u64 {
    let (mut gaps, before) = (0, items.len());
    while items.len() - before < most {
        match receiver.receive().unwrap() {
            Received::Group { group, gap } => {
                gaps += gap;
                items.extend(group.opening.into_iter().map(Item::Page));
                items.extend(group.items);
            }
            Received::Nothing => {}
            Received::Ended => break,
        }
    }
    gaps
}

#[test]
fn receiver_gets_every_page_byte_for_byte_over_connections_that_are_cut() {
    let items = race(3000);
    let queue = RelayQueue::new(Duration::from_secs(60));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut received = Vec::new();
    thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener, &queue, 4));
        let mut position = None;
        for _ in 0..3 {
            let mut receiver = Receiver::connect(TcpStream::connect(address).unwrap(), TOKEN, position).unwrap();
            if position.is_none() {
                // An empty opening: there are no pages yet.
                while receiver.position().is_none() {
                    receiver.receive().unwrap();
                }
                items.iter().for_each(|item| queue.push(item.clone()));
            }
            assert_eq!(receive(&mut receiver, 300, &mut received), 0);
            position = receiver.position();
        }
        queue.close();
        let mut receiver = Receiver::connect(TcpStream::connect(address).unwrap(), TOKEN, position).unwrap();
        assert!(!receiver.is_new());
        assert_eq!(receive(&mut receiver, usize::MAX, &mut received), 0);
        drop(receiver);
        let ends = server.join().unwrap();
        assert!(ends[..3].iter().all(|end| matches!(end, Err(RelayError::Closed))), "{ends:?}");
        assert!(ends[3].is_ok());
    });
    assert!(received == items, "{} of {} items", received.len(), items.len());
}

#[test]
fn receiver_counts_a_gap_and_gets_the_pages_from_before_it() {
    let queue = RelayQueue::new(Duration::ZERO);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    queue.push(Item::Page(page(PageKind::Static, Duration::ZERO, &[1; 8])));
    thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener, &queue, 2));
        let mut receiver = Receiver::connect(TcpStream::connect(address).unwrap(), TOKEN, None).unwrap();
        let mut received = Vec::new();
        receive(&mut receiver, 1, &mut received);
        let position = receiver.position();
        drop(receiver);
        // A queue that keeps nothing but the newest item.
        for number in 1..=10 {
            queue.push(Item::Page(page(PageKind::Physics, Duration::from_millis(number), &[number as u8; 8])));
        }
        queue.close();
        let mut receiver = Receiver::connect(TcpStream::connect(address).unwrap(), TOKEN, position).unwrap();
        received.clear();
        let gap = receive(&mut receiver, usize::MAX, &mut received);
        let pages: Vec<_> = received.iter().map(|item| matches!(item, Item::Page(page) if page.carried)).collect();
        let carried = pages.iter().filter(|is_carried| **is_carried).count();
        assert_eq!(gap as usize + received.len() - carried, 10, "{pages:?}");
        assert!(gap >= 9 && carried == 2, "{gap}, {carried}");
        drop(receiver);
        server.join().unwrap();
    });
}

#[test]
fn queue_drops_pages_for_a_receiver_that_does_not_read() {
    let items = race(4000);
    let queue = RelayQueue::new(Duration::ZERO);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener, &queue, 1));
        let mut receiver = Receiver::connect(TcpStream::connect(address).unwrap(), TOKEN, None).unwrap();
        while receiver.position().is_none() {
            receiver.receive().unwrap();
        }
        // Adding pages does not wait for the receiver, which reads nothing meanwhile.
        items.iter().for_each(|item| queue.push(item.clone()));
        queue.close();
        let mut received = Vec::new();
        let gaps = receive(&mut receiver, usize::MAX, &mut received);
        received.retain(|item| !matches!(item, Item::Page(page) if page.carried));
        assert_eq!(gaps as usize + received.len(), items.len());
        assert!(gaps > 0 && received.last() == items.last() && received.iter().all(|item| items.contains(item)));
        drop(receiver);
        server.join().unwrap();
    });
}

#[test]
fn accept_refuses_a_wrong_token_and_does_not_show_it() {
    let queue = RelayQueue::new(Duration::from_secs(1));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for (token, expected) in [("a-token_of-a-tesT", "the token is wrong"), ("", "the token is wrong")] {
        thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener, &queue, 1));
            let error = Receiver::connect(TcpStream::connect(address).unwrap(), token, None).unwrap_err();
            assert!(error.is_final() && error.to_string().contains(expected), "{error}");
            let ends = server.join().unwrap();
            let message = format!("{ends:?}");
            assert!(matches!(&ends[0], Err(RelayError::WrongToken)) && !message.contains("a-token"), "{message}");
        });
    }
}

#[test]
fn accept_refuses_another_version_and_too_many_receivers() {
    let queue = RelayQueue::new(Duration::from_secs(1));
    let mut greeting = b"\x89ACEVOr\n\x07\x00".to_vec();
    let error = AcceptedReceiver::accept(&mut &greeting[..], &mut io::sink(), TOKEN, || true, &queue).unwrap_err();
    assert!(matches!(error, RelayError::Version { ours: 1, theirs: 7 }), "{error}");
    greeting[8] = 1;
    greeting.push(TOKEN.len() as u8);
    greeting.extend_from_slice(TOKEN.as_bytes());
    greeting.extend_from_slice(&[0; 17]);
    let error = AcceptedReceiver::accept(&mut &greeting[..], &mut io::sink(), TOKEN, || false, &queue).unwrap_err();
    assert!(matches!(error, RelayError::TooManyReceivers), "{error}");
    assert!(AcceptedReceiver::accept(&mut &greeting[..], &mut io::sink(), TOKEN, || true, &queue).is_ok());
}

#[test]
fn encode_refuses_pages_that_are_empty_or_too_large() {
    for size in [0, MAX_PAGE_BYTES + 1] {
        let items = vec![Item::Page(page(PageKind::Physics, Duration::ZERO, &vec![0; size]))];
        let group = Group { items, ..Group::default() };
        assert!(matches!(GroupEncoder::default().encode(&group, &mut Vec::new()), Err(RelayError::TooLarge)), "{size}");
    }
}

/// Pages of any size, which often resemble the one before, with any flags.
fn items() -> impl Strategy<Value = Vec<Item>> {
    let one = (0..4_usize, any::<[bool; 3]>(), 0..9_u32, 0..50_000_u64, 1..70_usize, any::<[u8; 4]>(), any::<bool>());
    prop::collection::vec(one, 0..40).prop_map(|all| {
        let mut at = Duration::ZERO;
        let item = |(kind, flags, missed, step, size, noise, is_random): (
            usize,
            [bool; 3],
            u32,
            u64,
            usize,
            [u8; 4],
            bool,
        )| {
            at += Duration::from_micros(step);
            let Some(kind) = PageKind::ALL.get(kind) else { return Item::GameEnded(at) };
            let size = if is_random { size } else { 32 };
            let mut bytes = vec![7; size];
            bytes.iter_mut().zip(noise).for_each(|(byte, noise)| *byte = noise);
            let [settled, restarted, carried] = flags;
            Item::Page(RelayedPage { settled, restarted, carried, missed, ..page(*kind, at, &bytes) })
        };
        all.into_iter().map(item).collect()
    })
}

proptest! {
    #[test]
    fn decode_returns_what_was_encoded(groups in prop::collection::vec(items(), 1..5), first in any::<u32>()) {
        let (mut encoder, mut decoder) = (GroupEncoder::default(), GroupDecoder::default());
        for items in groups {
            let group = Group { first: first.into(), items, held: Duration::from_micros(9), ..Group::default() };
            let mut bytes = Vec::new();
            encoder.encode(&group, &mut bytes).unwrap();
            prop_assert_eq!(decoder.decode(&bytes).unwrap(), group);
        }
    }

    #[test]
    fn decode_never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600), opening in 0..5_u8, items in any::<u16>()) {
        let _ = GroupDecoder::default().decode(&bytes);
        // With a plausible header.
        let mut bytes = bytes;
        if bytes.len() >= 30 {
            bytes[24..28].copy_from_slice(&[opening, 0, 0, 0]);
            bytes[28..30].copy_from_slice(&(items % 5000).to_le_bytes());
        }
        let _ = GroupDecoder::default().decode(&bytes);
    }

    #[test]
    fn decode_never_panics_on_a_damaged_group(items in items(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = Vec::new();
        GroupEncoder::default().encode(&Group { items, ..Group::default() }, &mut bytes).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = GroupDecoder::default().decode(&bytes);
        let _ = GroupDecoder::default().decode(&bytes[..at]);
    }

    #[test]
    fn accept_never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), is_plausible in any::<bool>()) {
        let queue = RelayQueue::new(Duration::from_secs(1));
        let greeting = if is_plausible { [&b"\x89ACEVOr\n\x01\x00"[..], &bytes].concat() } else { bytes };
        prop_assert!(AcceptedReceiver::accept(&mut &greeting[..], &mut io::sink(), TOKEN, || true, &queue).is_err());
    }

    #[test]
    fn receiver_never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..6_u8, position in any::<Option<u64>>()) {
        let position = position.map(|next| Position { stream: 0, next });
        prop_assert!(Receiver::connect(Bytes::new(&bytes), TOKEN, position).is_err());
        let status = [&b"\x89ACEVOs\n\x01\x00\x00"[..], &[0; 8], &[kind], &bytes].concat();
        let mut receiver = Receiver::connect(Bytes::new(&status), TOKEN, position).unwrap();
        while let Ok(received) = receiver.receive() {
            if matches!(received, Received::Ended) {
                break;
            }
        }
    }
}
