//! `acevo publish`: laps, events, sessions and samples for a broker of MQTT, and for a database of time series.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::ConnectionEvent;
use anyhow::{anyhow, bail};

use super::follow_loop::{UpdateHandler, follow};
use crate::cli::PublishCommand;
use crate::diagnostics;
use crate::fleet::feed::FleetFeed;
use crate::fleet::outlet::Report;
use crate::fleet::task::{FleetHandle, FleetTask};
use crate::output::{complain, say};
use crate::session::connection::LiveConnection;
use crate::session::feeder::AnalysisFeeder;
use crate::shutdown::Stop;

pub(crate) fn run(args: &PublishCommand) -> anyhow::Result<ExitCode> {
    if args.follow.verbose {
        diagnostics::start();
    }
    let plan = args.plan()?;
    let is_quiet = args.follow.quiet;
    let stop = Stop::on_signal()?;
    stop.exit_if_stuck_for(STUCK_AFTER, || {
        complain(&anyhow!("acevo was asked to end but did not in time: reading the pages or sending hangs"));
    });
    let (mut live, _running) = args.follow.source().follow()?;
    let report = move |report: Report<'_>| {
        // What prevents publishing ends the program as an error.
        if !is_quiet && !report.is_refusal {
            say(format_args!("acevo: {}", report.text));
        }
    };
    let (feed, task) = FleetTask::start(plan, report)?;
    let feeder = AnalysisFeeder::new(&args.follow.analysis());
    let mut follower = Follower { feeder, feed, handle: task.handle(), next_check: Instant::now() };
    let followed = follow(&mut live, &stop, is_quiet, &mut follower);
    live.waits().log();
    follower.feeder.finish();
    follower.warn();
    follower.pass_on(&live, None);
    drop(follower);
    task.finish();
    followed?;
    Ok(ExitCode::SUCCESS)
}

/// Time to send what waits after the program was asked to end: that of the task, and some more.
const STUCK_AFTER: Duration = Duration::from_secs(12);

/// Interval at which it is checked whether publishing is possible at all.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Passes what it follows to the task.
struct Follower {
    feeder: AnalysisFeeder,
    feed: FleetFeed,
    handle: FleetHandle,
    next_check: Instant,
}

impl Follower {
    /// Prints why personal bests are not saved, once per problem.
    fn warn(&mut self) {
        self.feeder.take_problem().iter().for_each(|problem| say(format_args!("acevo: warning: {problem}")));
    }

    fn pass_on(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) {
        while let Some(event) = self.feeder.analysis.next_event() {
            self.feed.on_event(&event);
        }
        if let (Some(ConnectionEvent::Packet(_)), Some(frame)) = (event, live.frame()) {
            self.feed.on_frame(frame, &self.feeder.analysis);
        }
        self.feed.feed(live, event);
    }

    /// A wrong password, token or certificate at the start ends the program. Later, laps and events wait for a better one.
    fn check(&mut self, now: Instant) -> anyhow::Result<()> {
        if now < self.next_check {
            return Ok(());
        }
        self.next_check = now + CHECK_INTERVAL;
        match self.handle.state().refusal() {
            Some(problem) => bail!("{problem}"),
            None => Ok(()),
        }
    }
}

impl UpdateHandler for Follower {
    fn update(
        &mut self,
        live: &mut LiveConnection,
        event: Option<&ConnectionEvent>,
        now: Instant,
    ) -> anyhow::Result<bool> {
        self.feeder.feed(live, event);
        self.warn();
        self.pass_on(live, event);
        self.check(now)?;
        Ok(true)
    }
}
