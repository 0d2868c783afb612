//! `acevo plot`: pictures of laps.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acevo_plot::{Format, Laps, Request};
use acevo_recording::TracedLaps;
use acevo_simulator::Options;
use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::corners::{self, Corner, Corners};
use acevo_telemetry::traces::{LapSampler, LapTraces};
use anyhow::{Context, anyhow, ensure};

use super::recorded_laps::{check_same_track, name_recording};
use crate::cli::{PlotArgs, PlottedLap};
use crate::output::{check_new, default_output, name_of, say, write_new};
use crate::session::playback::open;
use crate::session::{demo, known_corners};
use crate::shutdown::Stop;

/// Laps that the simulator drives: an out lap and enough others to compare.
const DEMO_LAPS: u32 = 4;

pub(crate) fn run(args: &PlotArgs) -> anyhow::Result<ExitCode> {
    let wanted = args.laps().map_err(|message| anyhow!(message))?;
    let output = args.output.clone().unwrap_or_else(|| output_of(args, &wanted));
    check_new(&output)?;
    let format = Format::of(&output).context("the name of the picture must end in .png or .svg")?;
    let channels = if args.channels.is_empty() {
        acevo_plot::default_channels(args.demo || wanted.len() > 1)
    } else {
        args.channels.clone()
    };
    let mut sampled = channels.clone();
    sampled.push(args.color);
    sampled.extend(corners::channels());
    let Drawn { laps, corners } = if wanted.is_empty() {
        let mut options = args.demo_options();
        options.laps = Some(DEMO_LAPS);
        demo_laps(options, &sampled)
    } else {
        recorded_laps(&wanted, &sampled)?
    };
    let main = laps.first().context("the simulator has driven no valid lap: choose another scenario")?;
    let request = Request {
        kind: args.kind,
        channels,
        color: args.color,
        size: args.size,
        theme: args.theme,
        units: args.units(),
        range: range(args, main)?,
        corners,
    };
    let laps = Laps::of(&laps).context("there is no lap to draw")?;
    let picture = acevo_plot::render(&laps, &request, format)?;
    write_new(&output, &picture)?;
    if !args.quiet {
        let (width, height) = args.size;
        say(format_args!("acevo: wrote {}: {width}x{height}, {} bytes", name_of(&output), picture.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is drawn.
struct Drawn {
    /// The main lap first.
    laps: Vec<LapTraces>,
    corners: Vec<Corner>,
}

/// The part of the lap that is drawn, as lap positions; `None` for all of it.
fn range(args: &PlotArgs, lap: &LapTraces) -> anyhow::Result<Option<RangeInclusive<f64>>> {
    if args.from.is_none() && args.to.is_none() {
        return Ok(None);
    }
    let length_m = lap.length_m.filter(|length| *length >= 1.0);
    let length_m = length_m.context("the length of the track is unknown: leave out --from and --to")?;
    let (from, to) = (args.from.unwrap_or(0.0), args.to.unwrap_or(length_m).min(length_m));
    ensure!(from < to, "there is no track from {from:.0} m to {to:.0} m: a lap has {length_m:.0} m");
    Ok(Some(from / length_m..=to / length_m))
}

/// The laps of recordings, and the corners of their track.
fn recorded_laps(wanted: &[PlottedLap], channels: &[&'static Channel]) -> anyhow::Result<Drawn> {
    let stop = Stop::on_signal()?;
    // Each recording is read once.
    let mut files: Vec<&Path> = wanted.iter().map(|lap| lap.file.as_path()).collect();
    files.sort();
    files.dedup();
    let mut found: Vec<Option<LapTraces>> = vec![None; wanted.len()];
    let mut corners = Vec::new();
    for file in &files {
        let of_file: Vec<usize> = (0..wanted.len()).filter(|index| wanted[*index].file == *file).collect();
        let selectors: Vec<_> = of_file.iter().filter_map(|index| wanted[*index].lap).collect();
        let cannot = || format!("cannot draw {}", name_of(file));
        let laps =
            TracedLaps::read(&mut open(file)?, &selectors, channels, |_| !stop.is_requested()).with_context(cannot)?;
        for (index, selector) in of_file.iter().zip(&selectors) {
            let (recorded, lap) = laps.find(*selector).with_context(cannot)?;
            let mut lap = lap.clone();
            if files.len() > 1 {
                name_recording(&mut lap, file);
            }
            if *index == 0 {
                corners = known_corners::find(&laps, recorded);
            }
            found[*index] = Some(lap);
        }
    }
    let laps: Vec<LapTraces> = found.into_iter().flatten().collect();
    for lap in laps.iter().skip(1) {
        check_same_track(&laps[0], lap)?;
    }
    Ok(Drawn { laps, corners })
}

/// The default output, named after the recording and its lap.
fn output_of(args: &PlotArgs, laps: &[PlottedLap]) -> PathBuf {
    let kind = args.kind.name();
    match laps {
        [PlottedLap { file, lap: Some(lap) }, ..] => default_output(file, &format!("{kind}_lap-{lap}"), "png"),
        _ => default_output(Path::new("demo"), kind, "png"),
    }
}

/// The two fastest laps of a simulation, and the corners of its track.
fn demo_laps(options: Options, channels: &[&'static Channel]) -> Drawn {
    let mut sampler = LapSampler::new(channels);
    let mut analysis = Analysis::new(Settings::laps_only());
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
    let corners = Corners::detect(analysis.outline(), &laps).map_or_else(Vec::new, |corners| corners.corners);
    laps.sort_by_key(|lap| lap.time_ms);
    laps.truncate(2);
    Drawn { laps, corners }
}
