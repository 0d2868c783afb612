//! Transfers the telemetry pages of Assetto Corsa EVO to another computer, byte for byte and packet by packet.
//!
//! The side of the game adds pages to a [`RelayQueue`], which keeps the last seconds, and sends them to each [`AcceptedReceiver`]. Adding
//! pages never waits for the network. A [`Receiver`] gets the pages in groups, and continues after a connection that was cut;
//! [`Playout`] decides when each page is published. All of this works over anything that reads and writes.
//!
//! ```
//! use std::net::{TcpListener, TcpStream};
//! use std::thread;
//! use std::time::Duration;
//!
//! use acevo_recording::Record;
//! use acevo_relay::acevo_shared_memory::PageKind;
//! use acevo_relay::{AcceptedReceiver, Item, Received, Receiver, RelayQueue, RelayedPage};
//!
//! let token = "a token that is hard to guess";
//! let queue = RelayQueue::new(Duration::from_secs(10));
//! queue.push(Item::Page(RelayedPage::of(&Record::new(PageKind::Physics, Duration::ZERO, &[7; 800]), Duration::ZERO)));
//! queue.close();
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! thread::scope(|scope| {
//!     scope.spawn(|| {
//!         let (socket, _) = listener.accept().expect("a receiver");
//!         let receiver = AcceptedReceiver::accept(&mut &socket, &mut &socket, token, || true, &queue).expect("the token");
//!         receiver.send(&socket, &socket, &queue, || drop(socket.shutdown(std::net::Shutdown::Both)))
//!     });
//!     let mut receiver = Receiver::connect(TcpStream::connect(address)?, token, None)?;
//!     let Received::Group { group, .. } = receiver.receive()? else { panic!("no pages") };
//!     assert_eq!(group.opening[0].bytes[..], [7; 800]);
//!     while !matches!(receiver.receive()?, Received::Ended) {}
//!     Ok::<(), acevo_relay::RelayError>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
#![doc = include_str!("../PROTOCOL.md")]

mod bits;
mod codec;
mod error;
mod group;
mod item;
mod playout;
mod queue;
mod receiver;
mod sender;
mod wire;

pub use acevo_shared_memory;

pub use codec::MAX_PAGE_BYTES;
pub use error::RelayError;
pub use group::{Group, GroupDecoder, GroupEncoder, MAX_ITEMS, MAX_RAW_BYTES};
pub use item::{Item, RelayedPage};
pub use playout::{Due, Playout};
pub use queue::{MAX_QUEUE_BYTES, RelayQueue};
pub use receiver::{Received, Receiver};
pub use sender::{AcceptedReceiver, GROUP_INTERVAL, HEARTBEAT, SILENCE, Sent};
pub use wire::{MAX_BODY, MAX_TOKEN, Position, VERSION};
