//! A broker of MQTT 3.1.1, by the crate rumqttc-v4-next.
//!
//! Each connection has a thread of its own. After a failure it ends: the caller decides when to connect again, and what to send again.

mod failure;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::net::ToSocketAddrs as _;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use rumqttc::{
    AsyncClient, Event, EventLoop, Incoming, LastWill, MqttOptions, PublishOptions, QoS, SessionMode,
    SubscribeReasonCode,
};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;

use self::failure::error_of;
use crate::broker::{
    Address, Broker, BrokerError, BrokerEvent, Connection, Hello, Message, QualityOfService, Subscription, Ticket,
};
use crate::tls_files::TlsFiles;

/// Messages that wait for the thread.
const QUEUE: usize = 200;

/// Messages that wait for their acknowledgement.
const IN_FLIGHT: u16 = 50;

/// Events that wait for their receiver. If there are more, the thread waits: the broker drops what may be lost.
const EVENTS: usize = 1000;

/// Maximum size of a packet that is received. It is more than any message has: a packet beyond it ends the connection, because the client
/// library cannot skip it, and it would come again if it is retained.
const MAX_PACKET: usize = 16 << 20;

/// Maximum size of a message that is sent.
const MAX_SENT: usize = 256 * 1024;

/// Seconds after which a connection that does not come about has failed.
const CONNECT_S: u64 = 10;

/// User and password. The password is not printed.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user; empty without one.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A broker of MQTT 3.1.1.
#[derive(Debug)]
pub struct MqttBroker {
    address: Address,
    credentials: Credentials,
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only TLS reads it"))]
    files: TlsFiles,
}

impl MqttBroker {
    /// The broker at this address. Nothing is opened yet.
    pub fn new(address: Address, credentials: Credentials, files: TlsFiles) -> Self {
        Self { address, credentials, files }
    }

    fn options(&self, hello: &Hello) -> Result<MqttOptions, BrokerError> {
        let target = rumqttc::Broker::tcp(self.address.host.clone(), self.address.port);
        let mut options = MqttOptions::new(hello.client_id.clone(), target);
        options.set_session_mode(if hello.is_kept { SessionMode::Persistent } else { SessionMode::Clean });
        options.set_keep_alive(u16::try_from(hello.keep_alive.as_secs()).unwrap_or(u16::MAX).max(5));
        options.set_max_packet_size(MAX_PACKET, MAX_SENT);
        options.set_request_channel_capacity(QUEUE);
        options.set_inflight(IN_FLIGHT);
        if let Some(will) = &hello.last_will {
            let (topic, text) = (will.topic.clone(), will.text.clone());
            options.set_last_will(LastWill::new(topic, text, quality(will.quality), will.is_retained));
        }
        if !self.credentials.user.is_empty() {
            options.set_credentials(self.credentials.user.clone(), self.credentials.password.clone().into_bytes());
        }
        if self.address.is_tls {
            #[cfg(feature = "tls")]
            options.set_transport(tls::transport(&self.files)?);
            #[cfg(not(feature = "tls"))]
            return Err(BrokerError::Unsupported(
                "this build of acevo has no TLS: use mqtt://, or build it with the feature tls".into(),
            ));
        }
        Ok(options)
    }
}

impl Broker for MqttBroker {
    fn connect(&mut self, hello: Hello) -> Result<Box<dyn Connection>, BrokerError> {
        let cannot = |error: std::io::Error| BrokerError::NotConnected(self.address.clone(), error.to_string());
        let options = self.options(&hello)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(cannot)?;
        let handle = runtime.handle().clone();
        let (client, event_loop) = AsyncClient::builder(options).capacity(QUEUE).build();
        let (events, received) = mpsc::sync_channel(EVENTS);
        let (in_use, dropped) = oneshot::channel();
        let worker = Worker {
            address: self.address.clone(),
            subscriptions: hello.subscriptions,
            max_received: hello.max_received,
            client: client.clone(),
            events: events.clone(),
        };
        let work = move || worker.run(&runtime, event_loop, dropped);
        thread::Builder::new().name("mqtt".into()).spawn(work).map_err(cannot)?;
        Ok(Box::new(MqttConnection { client, handle, events, received, _in_use: in_use }))
    }
}

const fn quality(quality: QualityOfService) -> QoS {
    match quality {
        QualityOfService::AtMostOnce => QoS::AtMostOnce,
        QualityOfService::AtLeastOnce => QoS::AtLeastOnce,
    }
}

/// A running connection.
struct MqttConnection {
    client: AsyncClient,
    handle: Handle,
    events: SyncSender<BrokerEvent>,
    received: Receiver<BrokerEvent>,
    /// The thread ends when this is dropped, without the farewell that would prevent the last will.
    _in_use: oneshot::Sender<()>,
}

impl Connection for MqttConnection {
    fn publish(&mut self, message: Message, ticket: Option<Ticket>) -> bool {
        let options = PublishOptions::new(quality(message.quality)).retain(message.is_retained);
        let Some(ticket) = ticket else {
            return self.client.try_publish(message.topic, message.text, options).is_ok();
        };
        let Ok(notice) = self.client.try_publish_tracked(message.topic, message.text, options) else {
            return false;
        };
        let events = self.events.clone();
        self.handle.spawn(async move {
            if notice.wait_async().await.is_ok() {
                // The receiver has ended if this fails.
                let _ = events.send(BrokerEvent::Acknowledged(ticket));
            }
        });
        true
    }

    fn next_event(&mut self) -> Option<BrokerEvent> {
        self.received.try_recv().ok()
    }

    fn close(self: Box<Self>, timeout: Duration) {
        let until = Instant::now() + timeout;
        if self.client.try_disconnect_with_timeout(timeout).is_err() {
            return;
        }
        while let Ok(event) = self.received.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if matches!(event, BrokerEvent::Failed(_)) {
                return;
            }
        }
    }
}

/// The thread of a connection.
struct Worker {
    address: Address,
    subscriptions: Vec<Subscription>,
    max_received: usize,
    client: AsyncClient,
    events: SyncSender<BrokerEvent>,
}

impl Worker {
    fn run(self, runtime: &Runtime, event_loop: EventLoop, dropped: oneshot::Receiver<()>) {
        let error = self.follow(runtime, event_loop, dropped);
        // The receiver has ended if this fails.
        let _ = self.events.send(BrokerEvent::Failed(error));
    }

    fn follow(&self, runtime: &Runtime, mut event_loop: EventLoop, mut dropped: oneshot::Receiver<()>) -> BrokerError {
        let unused = || BrokerError::Lost(self.address.clone(), "it is no longer used".into());
        let (host, port) = (self.address.host.as_str(), self.address.port);
        if (host, port).to_socket_addrs().map_or(true, |mut found| found.next().is_none()) {
            return BrokerError::NameNotFound(host.to_owned());
        }
        let mut network = event_loop.network_options();
        network.set_connection_timeout(CONNECT_S);
        event_loop.set_network_options(network);
        runtime.block_on(async {
            let mut is_up = false;
            loop {
                let polled = tokio::select! {
                    _ = &mut dropped => return unused(),
                    polled = event_loop.poll() => polled,
                };
                let event = match polled {
                    Ok(Event::Incoming(packet)) => {
                        is_up |= matches!(packet, Incoming::ConnAck(_));
                        self.take(packet)
                    }
                    Ok(Event::Outgoing(_)) => continue,
                    Err(error) => return error_of(&self.address, &error, is_up),
                };
                if event.is_some_and(|event| self.events.send(event).is_err()) {
                    return unused();
                }
            }
        })
    }

    fn take(&self, packet: Incoming) -> Option<BrokerEvent> {
        match packet {
            Incoming::ConnAck(_) => {
                for Subscription { topics, quality: at_most } in &self.subscriptions {
                    // The queue is empty now.
                    let _ = self.client.try_subscribe(topics.as_str(), quality(*at_most));
                }
                Some(BrokerEvent::Connected)
            }
            Incoming::SubAck(answer) => {
                answer.return_codes.contains(&SubscribeReasonCode::Failure).then_some(BrokerEvent::NotSubscribed)
            }
            Incoming::Publish(publish) if publish.payload.len() > self.max_received => {
                Some(BrokerEvent::TooLarge(publish.payload.len()))
            }
            Incoming::Publish(publish) => Some(BrokerEvent::Received(Message {
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                text: String::from_utf8_lossy(&publish.payload).into_owned(),
                quality: QualityOfService::AtLeastOnce,
                is_retained: publish.retain,
            })),
            _ => None,
        }
    }
}
