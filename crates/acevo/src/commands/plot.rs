//! `acevo plot`: pictures of laps.

use std::process::ExitCode;

use acevo_simulator::{Options, Scenario};
use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, Settings};
use anyhow::Context;

use crate::args::Plot;
use crate::demo;
use crate::output::{check_new, name_of, say, write_new};
use crate::plot::collect::Collector;
use crate::plot::data::LapData;
use crate::plot::{self, Format, Laps, Request};

/// Laps that the simulator drives: one to get going, then enough to compare.
const DEMO_LAPS: u32 = 4;

pub(crate) fn run(args: &Plot) -> anyhow::Result<ExitCode> {
    check_new(&args.output)?;
    let format = Format::of(&args.output).context("the picture's file ends neither in .png nor in .svg")?;
    let channels = if args.channels.is_empty() { plot::default_channels(true) } else { args.channels.clone() };
    let mut wanted = channels.clone();
    wanted.push(args.color);
    let mut options = args.drive.options(Scenario::HotLaps);
    options.laps = Some(DEMO_LAPS);
    let mut laps = demo_laps(options, &wanted);
    // The best one, and the next one.
    laps.sort_by_key(|lap| lap.time_ms);
    let main = laps.first().context("the simulator has driven no lap that counts: choose another scenario")?;
    let request =
        Request { kind: args.kind, channels, color: args.color, size: args.size, theme: args.theme, units: args.units };
    let picture = plot::render(&Laps { main, against: laps.get(1) }, &request, format)?;
    write_new(&args.output, &picture)?;
    if !args.quiet {
        let (width, height) = args.size;
        say(format_args!("acevo: wrote {}: {width}x{height}, {} bytes", name_of(&args.output), picture.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The laps of a simulation that count.
pub(crate) fn demo_laps(options: Options, channels: &[&'static Channel]) -> Vec<LapData> {
    let settings = Settings::default();
    let mut collector = Collector::new(channels, settings.sectors.clone());
    let mut analysis = Analysis::new(settings);
    let mut laps = Vec::new();
    demo::drive(options, |at, frame| {
        analysis.feed(at, frame);
        while let Some(event) = analysis.next_event() {
            laps.extend(collector.take(&event.what));
        }
        collector.note(frame, &analysis);
    });
    laps.retain(|lap| lap.counts);
    laps
}
