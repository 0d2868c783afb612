//! `acevo plot`: pictures of laps.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acevo_recording::{LapReference, LapSelector};
use acevo_simulator::Options;
use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, Settings};
use anyhow::Context;

use super::recorded_laps::{check_same_track, laps_of, name_recording};
use crate::cli::PlotArgs;
use crate::output::{check_new, default_output, name_of, say, write_new};
use crate::session::demo;
use crate::shutdown::Stop;
use acevo_plot::{Format, Laps, Request};
use acevo_telemetry::traces::{LapSampler, LapTraces};

/// Laps that the simulator drives: an out lap and enough others to compare.
const DEMO_LAPS: u32 = 4;

pub(crate) fn run(args: &PlotArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(|| output_of(args));
    check_new(&output)?;
    let format = Format::of(&output).context("the name of the picture must end in .png or .svg")?;
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
            let mut options = args.demo_options();
            options.laps = Some(DEMO_LAPS);
            let mut laps = demo_laps(options, &wanted);
            // The two fastest laps.
            laps.sort_by_key(|lap| lap.time_ms);
            let mut laps = laps.into_iter();
            let main = laps.next().context("the simulator has driven no valid lap: choose another scenario")?;
            (main, laps.next())
        }
    };
    let request = Request {
        kind: args.kind,
        channels,
        color: args.color,
        size: args.size,
        theme: args.theme,
        units: args.units(),
    };
    let picture = acevo_plot::render(&Laps { main: &main, against: against.as_ref() }, &request, format)?;
    write_new(&output, &picture)?;
    if !args.quiet {
        let (width, height) = args.size;
        say(format_args!("acevo: wrote {}: {width}x{height}, {} bytes", name_of(&output), picture.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The lap to draw, and the lap to compare it with.
fn recorded_laps(
    file: &Path,
    args: &PlotArgs,
    channels: &[&'static Channel],
) -> anyhow::Result<(LapTraces, Option<LapTraces>)> {
    let stop = Stop::on_signal()?;
    let traces = |file: &Path, laps: &[LapSelector]| laps_of(file, laps, channels, &stop);
    let laps = match &args.against {
        None => traces(file, &[args.lap])?,
        Some(LapReference { recording: None, lap }) => traces(file, &[args.lap, *lap])?,
        Some(LapReference { recording: Some(other), lap }) => {
            let mut laps = [traces(file, &[args.lap])?, traces(other, &[*lap])?].concat();
            for (lap, recording) in laps.iter_mut().zip([file, other]) {
                name_recording(lap, recording);
            }
            laps
        }
    };
    let mut laps = laps.into_iter();
    let (main, against) = (laps.next().context("the recording has no such lap")?, laps.next());
    if let Some(against) = &against {
        check_same_track(&main, against)?;
    }
    Ok((main, against))
}

/// The default output, named after the recording and its lap.
fn output_of(args: &PlotArgs) -> PathBuf {
    let kind = args.kind.name();
    match &args.file {
        Some(file) => default_output(file, &format!("{kind}_lap-{}", args.lap), "png"),
        None => default_output(Path::new("demo"), kind, "png"),
    }
}

/// The valid laps of a simulation.
fn demo_laps(options: Options, channels: &[&'static Channel]) -> Vec<LapTraces> {
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels);
    let mut analysis = Analysis::new(settings);
    let mut laps: Vec<LapTraces> = Vec::new();
    demo::drive(options, |at, frame| {
        analysis.feed(at, frame);
        while let Some(event) = analysis.next_event() {
            laps.extend(sampler.on_event(&event.kind));
        }
        sampler.on_frame(frame, &analysis);
    });
    analysis.finish();
    laps.extend(std::iter::from_fn(|| analysis.next_event()).filter_map(|event| sampler.on_event(&event.kind)));
    laps.retain(|lap| lap.counts);
    laps
}
