//! `acevo corners`: what a driver did in each corner, and where time was lost.

mod json;
mod text;

use std::path::Path;
use std::process::ExitCode;

use acevo_recording::{LapReference, RecordedLap, TracedLaps};
use acevo_telemetry::corners::{Comparison, CornerSpread, Corners, LapCorners, channels, compare, spreads};
use acevo_telemetry::traces::LapTraces;
use anyhow::{Context, ensure};

use super::recorded_laps::{check_same_track, laps_of, name_recording};
use crate::cli::CornersArgs;
use crate::output::{name_of, print_json, print_path, print_text, say};
use crate::session::known_corners;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Minimum number of laps that have a consistency.
const MIN_LAPS: usize = 2;

/// What is printed.
struct Report<'a> {
    corners: &'a Corners,
    lap: &'a LapTraces,
    figures: LapCorners,
    /// The reference lap, and the comparison with it.
    against: Option<(LapTraces, Comparison)>,
    consistency: Option<Consistency>,
}

/// The consistency of a stint.
struct Consistency {
    stint: u32,
    laps: usize,
    corners: Vec<CornerSpread>,
}

pub(crate) fn run(args: &CornersArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let cannot = |file: &Path| format!("cannot use the laps of {}", name_of(file));
    let selectors: Vec<_> = match &args.against {
        Some(LapReference { recording: None, lap }) => vec![args.lap, *lap],
        _ => vec![args.lap],
    };
    let keep_going = || !stop.is_requested();
    let laps = TracedLaps::read(&mut open(&args.file)?, &selectors, &channels(), |_| keep_going())
        .with_context(|| cannot(&args.file))?;
    let (recorded, lap) = laps.find(args.lap).with_context(|| cannot(&args.file))?;
    let outline = laps.outline();
    let track = &recorded.car_and_track;
    if args.path {
        let own = || known_corners::path_of(&track.track, &track.configuration);
        let path = args.corners.clone().or_else(own);
        print_path(&path.context("there is no folder for data: set HOME or XDG_DATA_HOME")?)?;
        return Ok(ExitCode::SUCCESS);
    }
    ensure!(
        outline.is_of_track(&track.track, &track.configuration),
        "the lap was not driven on the last track of the recording: cut the laps of its track with `acevo cut` first"
    );
    let evidence = known_corners::evidence(&laps, recorded);
    let file = args.corners.as_deref();
    let found = known_corners::load_or_detect(outline, &evidence, file)?;
    let known_corners::Found { corners, is_detected } = found.context(
        "the recording shows no corner of the track: it has no lap without large gaps, or the track has none",
    )?;
    if is_detected && let Some(path) = known_corners::store(&corners, &evidence, file)? {
        say(format_args!("acevo: wrote the corners of the track into {}", name_of(&path)));
    }
    let figures = LapCorners::new(&corners, lap);
    let against = match &args.against {
        None => None,
        Some(LapReference { recording: None, lap }) => {
            Some(laps.find(*lap).with_context(|| cannot(&args.file))?.1.clone())
        }
        Some(LapReference { recording: Some(file), lap }) => {
            let mut found = laps_of(file, &[*lap], &channels(), &stop)?.into_iter().next();
            found.iter_mut().for_each(|lap| name_recording(lap, file));
            found
        }
    };
    let compared = |reference: LapTraces| {
        check_same_track(lap, &reference)?;
        let comparison = compare(&figures, &LapCorners::new(&corners, &reference));
        anyhow::Ok((reference, comparison))
    };
    let against = against.map(compared).transpose()?;
    let consistency = args.consistency.then(|| consistency(&laps, recorded, &corners)).transpose()?;
    let report = Report { corners: &corners, lap, figures, against, consistency };
    if args.json {
        print_json(&json::of(&report, &args.file)?)?;
    } else {
        print_text(&text::of(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The consistency of the stint of a lap: of its laps that count.
fn consistency(laps: &TracedLaps, of: &RecordedLap, corners: &Corners) -> anyhow::Result<Consistency> {
    let is_of_stint = |lap: &RecordedLap| {
        lap.lap.counts()
            && (lap.lap.session, lap.lap.stint) == (of.lap.session, of.lap.stint)
            && lap.car_and_track == of.car_and_track
    };
    let stint: Vec<_> =
        laps.laps().filter(|(lap, _)| is_of_stint(lap)).map(|(_, traces)| LapCorners::new(corners, traces)).collect();
    ensure!(
        stint.len() >= MIN_LAPS,
        "the stint of the lap has {} that counts; a consistency needs {MIN_LAPS}: choose a lap of another stint with --lap",
        if stint.is_empty() { "no lap" } else { "one lap" }
    );
    Ok(Consistency { stint: of.lap.stint, laps: stint.len(), corners: spreads(&stint) })
}
