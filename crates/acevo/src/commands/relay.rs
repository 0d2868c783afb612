//! `acevo relay`: sends the pages of the game to other computers.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acevo_relay::RelayQueue;
use acevo_telemetry::ConnectionEvent;
use anyhow::Context;

use super::follow_loop::{UpdateHandler, follow};
use crate::cli::RelayArgs;
use crate::network;
use crate::output::{name_of, say, say_unlogged};
use crate::recording::observation::{Observation, ObservedEvent, Observer};
use crate::recording::recorder::Recorder;
use crate::relay::{RelayDestination, RelayServer};
use crate::session::connection::LiveConnection;
use crate::shutdown::Stop;
use crate::token::{self, Token};

/// Time for the receivers to get the last packets at the end.
const LAST_PACKETS: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &RelayArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let token_file = args.token_file().map(PathBuf::from).or_else(|| token::kept_path(token::RELAY_FILE));
    let token_file = token_file.context("there is no folder to keep the token in: name a file with --token-file")?;
    let token = Token::kept_in(&token_file)?;
    let queue = Arc::new(RelayQueue::new(args.buffer));
    let server = RelayServer::listen(args.listen, token.clone(), Arc::clone(&queue), args.quiet)?;
    let (mut live, running) = args.source().follow()?;
    if !args.quiet {
        announce(server.address(), &token, &name_of(&token_file));
    }
    let recorder = Recorder::new(RelayDestination::new(queue, args.speed()));
    let mut relay = Relay { recorder, observer: Observer::default(), observed: Observation::default() };
    let result = follow(&mut live, &stop, args.quiet, &mut relay);
    relay.recorder.destination.end_game();
    server.finish(LAST_PACKETS);
    result?;
    running.check()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the command for the other computer.
fn announce(address: SocketAddr, token: &Token, token_file: &str) {
    let port = address.port();
    let of_network = || network::addresses().into_iter().map(IpAddr::V4).next();
    let host = if address.ip().is_unspecified() { of_network().unwrap_or(address.ip()) } else { address.ip() };
    say(format_args!("acevo: listening on {address}; Ctrl-C quits"));
    say_unlogged(format_args!("acevo: the token is {} (file {token_file})", token.as_str()));
    let host = SocketAddr::new(host, port);
    say(format_args!(
        "acevo: copy that file to the other computer, and run there: acevo receive {host} --token-file FILE"
    ));
}

/// Passes packets to the queue.
struct Relay {
    recorder: Recorder<RelayDestination>,
    observer: Observer,
    observed: Observation,
}

impl UpdateHandler for Relay {
    fn update(
        &mut self,
        connection: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        _: Instant,
    ) -> anyhow::Result<bool> {
        self.observer.observe(connection, event, &mut self.observed);
        if matches!(self.observed.event, ObservedEvent::Detached(_)) {
            self.recorder.destination.end_game();
        }
        self.recorder.take(&self.observed)?;
        Ok(true)
    }
}
