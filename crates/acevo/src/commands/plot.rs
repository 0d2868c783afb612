//! `acevo plot`: pictures of laps.

use std::path::Path;
use std::process::ExitCode;

use acevo_simulator::{Options, Scenario};
use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
use anyhow::Context;

use crate::cli::Plot;
use crate::driven::Spot;
use crate::output::{check_new, name_of, say, write_new};
use crate::session::demo;
use crate::session::playback::open;
use acevo_plot::{Format, Laps, Request};
use acevo_telemetry::traces::{LapSampler, LapTraces};

/// Laps that the simulator drives: one to get going, then enough to compare.
const DEMO_LAPS: u32 = 4;

pub(crate) fn run(args: &Plot) -> anyhow::Result<ExitCode> {
    check_new(&args.output)?;
    let format = Format::of(&args.output).context("the picture's file ends neither in .png nor in .svg")?;
    let channels = if args.channels.is_empty() {
        acevo_plot::default_channels(args.demo || args.against.is_some())
    } else {
        args.channels.clone()
    };
    let mut wanted = channels.clone();
    wanted.push(args.color);
    let (main, against) = match &args.file {
        Some(file) => recorded_laps(file, args, &wanted)?,
        None => {
            let mut options = args.drive.options(Scenario::HotLaps);
            options.laps = Some(DEMO_LAPS);
            let mut laps = demo_laps(options, &wanted);
            // The best one, and the next one.
            laps.sort_by_key(|lap| lap.time_ms);
            let mut laps = laps.into_iter();
            let main = laps.next().context("the simulator has driven no lap that counts: choose another scenario")?;
            (main, laps.next())
        }
    };
    let request =
        Request { kind: args.kind, channels, color: args.color, size: args.size, theme: args.theme, units: args.units };
    let picture = acevo_plot::render(&Laps { main: &main, against: against.as_ref() }, &request, format)?;
    write_new(&args.output, &picture)?;
    if !args.quiet {
        let (width, height) = args.size;
        say(format_args!("acevo: wrote {}: {width}x{height}, {} bytes", name_of(&args.output), picture.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The laps of a recording that are meant.
fn recorded_laps(
    file: &Path,
    args: &Plot,
    channels: &[&'static Channel],
) -> anyhow::Result<(LapTraces, Option<LapTraces>)> {
    let mut recording = open(file)?;
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels, settings.sectors.clone());
    let mut analysis = Analysis::new(settings);
    let mut chosen: [Option<(u32, LapTraces)>; 2] = [None, None];
    let spots = [Some(args.lap), args.against];
    while let Some(step) = recording.next_step()? {
        analysis.feed(step.at, step.frame);
        while let Some(event) = analysis.next_event() {
            let number = if let SessionEventKind::Lap(lap) = &event.kind { Some(lap.number) } else { None };
            let Some((lap, number)) = sampler.on_event(&event.kind).zip(number) else { continue };
            for (spot, chosen) in spots.iter().zip(&mut chosen) {
                let is_meant = match spot {
                    Some(Spot::Lap(wanted)) => *wanted == number && chosen.is_none(),
                    Some(Spot::Best) => {
                        lap.counts && chosen.as_ref().is_none_or(|(_, best)| lap.time_ms < best.time_ms)
                    }
                    _ => false,
                };
                if is_meant {
                    *chosen = Some((number, lap.clone()));
                }
            }
        }
        sampler.on_frame(step.frame, &analysis);
    }
    let [main, against] = chosen;
    let (_, main) = main.with_context(|| args.lap.not_there())?;
    let against = match args.against {
        Some(spot) => Some(against.with_context(|| spot.not_there())?.1),
        None => None,
    };
    Ok((main, against))
}

/// The laps of a simulation that count.
fn demo_laps(options: Options, channels: &[&'static Channel]) -> Vec<LapTraces> {
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels, settings.sectors.clone());
    let mut analysis = Analysis::new(settings);
    let mut laps = Vec::new();
    demo::drive(options, |at, frame| {
        analysis.feed(at, frame);
        while let Some(event) = analysis.next_event() {
            laps.extend(sampler.on_event(&event.kind));
        }
        sampler.on_frame(frame, &analysis);
    });
    laps.retain(|lap| lap.counts);
    laps
}
