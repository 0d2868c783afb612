//! `acevo simulate`: publishes a simulated game in real time, or writes a recording of it without a clock.

mod log_file;
mod log_lines;
mod recording;

use std::process::ExitCode;
use std::time::Duration;

use acevo_simulator::{Changed, Control, Simulator};
use anyhow::Context;

use self::log_file::LogFile;
use crate::cli::SimulateArgs;
use crate::output::say;
use crate::session::demo;
use crate::shutdown::Stop;

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let options = args.options();
    if let Some(path) = &args.output {
        let plan = recording::Plan { options, log: args.log(), time: args.time, quiet: args.quiet };
        return recording::write(path, plan, &stop);
    }
    let (car, scenario) = (options.car, options.scenario);

    let mut simulator = Simulator::new(options);
    let target = args.target();
    let log = args.log().map(|log| LogFile::create(&log)).transpose()?;
    let mut publisher = target
        .publisher()
        .and_then(|mut publisher| demo::begin(&mut simulator, &mut publisher).map(|()| publisher))
        .context("cannot publish a simulated game")?;
    if !args.quiet {
        say(format_args!("acevo: driving {scenario} with {car}, published as {}", publisher.location()));
        say(format_args!("acevo: watch it with `{}`; Ctrl-C quits", target.watch_command()));
    }
    let mut course = Course { stop: &stop, end: args.time, log, failure: None };
    acevo_simulator::run_controlled(&mut simulator, &mut publisher, args.speed(), &mut course)
        .context("the simulation was aborted")?;
    course.finish(&mut simulator)?;
    if !args.quiet {
        let why = if simulator.is_finished() { "the last session has ended" } else { "stopped" };
        say(format_args!("acevo: {why} after {:.0} s; the pages are removed", simulator.time().as_secs_f64()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Decides when a simulation in real time ends, and writes its log.
struct Course<'a> {
    stop: &'a Stop,
    /// Simulated time at which it ends.
    end: Option<Duration>,
    log: Option<LogFile>,
    /// Why the log cannot be written any further, which ends the simulation.
    failure: Option<anyhow::Error>,
}

impl Course<'_> {
    /// Writes the rest of the log.
    fn finish(self, simulator: &mut Simulator) -> anyhow::Result<()> {
        match (self.failure, self.log) {
            (Some(failure), _) => Err(failure),
            (None, Some(log)) => log.finish(simulator),
            (None, None) => Ok(()),
        }
    }
}

impl Control for &mut Course<'_> {
    fn keep_going(&mut self, simulator: &Simulator) -> bool {
        !self.stop.is_requested() && self.failure.is_none() && self.end.is_none_or(|end| simulator.time() < end)
    }

    fn publishing(&mut self, simulator: &mut Simulator, _: Changed) {
        if let Some(log) = &mut self.log {
            self.failure = log.follow(simulator).err();
        }
    }
}
