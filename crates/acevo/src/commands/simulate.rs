//! `acevo simulate`: publishes a simulated game in real time, or writes a recording of it without a clock.

mod recording;

use std::process::ExitCode;

use acevo_simulator::Simulator;
use anyhow::Context;

use crate::cli::SimulateArgs;
use crate::output::say;
use crate::session::demo;
use crate::shutdown::Stop;

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let options = args.options();
    if let Some(path) = &args.output {
        return recording::write(path, options, args.time, args.quiet, &stop);
    }
    let (car, scenario) = (options.car, options.scenario);

    let mut simulator = Simulator::new(options);
    let target = args.target();
    let mut publisher = target
        .publisher()
        .and_then(|mut publisher| demo::begin(&mut simulator, &mut publisher).map(|()| publisher))
        .context("cannot publish a simulated game")?;
    if !args.quiet {
        say(format_args!("acevo: driving {scenario} with {car}, published as {}", publisher.location()));
        say(format_args!("acevo: watch it with `{}`; Ctrl-C quits", target.watch_command()));
    }
    let goes_on = |simulator: &Simulator| !stop.is_requested() && args.time.is_none_or(|time| simulator.time() < time);
    acevo_simulator::run(&mut simulator, &mut publisher, args.speed(), goes_on)
        .context("the simulation was aborted")?;
    if !args.quiet {
        let why = if simulator.is_finished() { "the last session has ended" } else { "stopped" };
        say(format_args!("acevo: {why} after {:.0} s; the pages are removed", simulator.time().as_secs_f64()));
    }
    Ok(ExitCode::SUCCESS)
}
