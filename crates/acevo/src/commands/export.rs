//! `acevo export`: a recording as a file that other tools open.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use acevo_telemetry::analysis::{Analysis, Settings, What};
use acevo_telemetry::export::{
    About, Column, CsvExporter, CsvOptions, Exporter, JsonlExporter, McapExporter, MotecExporter, MotecNames,
    ParquetExporter, Precision, Row, Sampler, motec_file_name,
};
use acevo_telemetry::recording::{Item, Recording};
use acevo_telemetry::{Axes, Channel, Frame, default_channels};
use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use super::Stop;
use crate::args::{Export, ExportFormat};
use crate::output::{check_new, is_dash, say};
use crate::playback::open;

pub(crate) fn run(args: &Export) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let mut recording = open(&args.file)?;
    let progress = Progress::new(&recording, args.quiet || is_dash(&args.file));
    let overview = Overview::of(&mut recording, &progress, &stop)?;
    let output = args.output.clone().unwrap_or_else(|| default_output(args, &overview.about));
    check_new(&output)?;
    let is_stream = is_dash(&output);
    ensure!(
        !is_stream || matches!(args.to, ExportFormat::Csv | ExportFormat::Jsonl),
        "only csv and jsonl can be written to the standard output"
    );
    progress.to(2);
    if args.to == ExportFormat::Mcap {
        let file = Pending::create(&output)?;
        export_pages(&mut recording, BufWriter::new(file.open()?), &progress, &stop)?;
        file.complete()?;
    } else {
        let columns = columns(args);
        let (mut pending, exporter) = exporter(args, &output, &overview.about, &columns)?;
        export_rows(&mut recording, args, &overview, &columns, exporter, &progress, &stop)?;
        pending.take().map_or(Ok(()), Pending::complete)?;
    }
    progress.end();
    if !args.quiet && !is_stream {
        say(format_args!("acevo: wrote {}", output.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of a recording before it is exported.
struct Overview {
    about: About,
    /// Which axis of the acceleration is which takes half a minute of driving to find out: here it is known from the first row on.
    axes: Axes,
}

impl Overview {
    fn of(recording: &mut Recording, progress: &Progress, stop: &Stop) -> anyhow::Result<Self> {
        let mut analysis = Analysis::new(Settings::default());
        let mut about = About::default();
        let start = recording.info().start;
        about.unix_s = recording.description().map_or(0.0, |told| told.unix_us as f64 / 1e6) + start.as_secs_f64();
        recording.seek(Duration::ZERO)?;
        let mut count = 0u64;
        while let Some(step) = recording.next_step()? {
            analysis.feed(step.at, step.frame);
            while analysis.next_event().is_some() {}
            note(&mut about, step.frame);
            count += 1;
            if count.is_multiple_of(1000) {
                progress.at(step.at);
                ensure!(!stop.is_asked_for(), "stopped; nothing was written");
            }
        }
        ensure!(count > 0, "there is nothing in the recording");
        Ok(Self { about, axes: analysis.axes() })
    }
}

/// Names, as soon as they are known.
fn note(about: &mut About, frame: &Frame) {
    let (session, graphics) = (&frame.static_data, &frame.graphics);
    let learn = |known: &mut String, name: &str| {
        if known.is_empty() && !name.contains("placeholder") {
            known.push_str(name);
        }
    };
    learn(&mut about.track, session.track());
    learn(&mut about.configuration, session.track_configuration());
    learn(&mut about.car, graphics.car_model());
    learn(&mut about.session, session.session_name());
    learn(&mut about.game_version, session.ac_evo_version());
    if about.driver.is_empty() && !graphics.driver_surname().is_empty() {
        about.driver = format!("{} {}", graphics.driver_name(), graphics.driver_surname()).trim().to_owned();
    }
    about.track_length_m = about.track_length_m.or(session.track_length().map(f64::from));
    let page = session.raw();
    let place = (f64::from(page.latitude), f64::from(page.longitude));
    if place != (0.0, 0.0) && place.0.is_finite() && place.1.is_finite() {
        about.latitude_longitude = about.latitude_longitude.or(Some(place));
    }
}

fn columns(args: &Export) -> Vec<Column> {
    let all: Vec<&'static Channel> = match (&args.channels[..], args.to) {
        ([], ExportFormat::Motec) => MotecNames::from(args.names).channels().collect(),
        ([], _) => default_channels().collect(),
        (chosen, _) => chosen.to_vec(),
    };
    let mut columns: Vec<Column> = Vec::new();
    for channel in all {
        let unit = if args.to == ExportFormat::Motec { channel.unit() } else { channel.display_unit(args.units) };
        if columns.iter().all(|column| column.channel.id() != channel.id()) {
            columns.push(Column { channel, unit });
        }
    }
    columns
}

type Opened = (Option<Pending>, Box<dyn Exporter>);

fn exporter(args: &Export, output: &Path, about: &About, columns: &[Column]) -> anyhow::Result<Opened> {
    let precision = if args.full { Precision::Full } else { Precision::default() };
    let text = |out: Box<dyn Write>| -> anyhow::Result<Box<dyn Exporter>> {
        Ok(match args.to {
            ExportFormat::Csv => {
                let options = CsvOptions::default().with_units(args.units_row).with_precision(precision);
                Box::new(CsvExporter::new(out, columns, options)?)
            }
            _ => Box::new(JsonlExporter::new(out, columns, precision)),
        })
    };
    Ok(match args.to {
        ExportFormat::Motec => {
            (None, Box::new(MotecExporter::create(output, about.clone(), columns, args.names.into())?))
        }
        ExportFormat::Parquet => (None, Box::new(ParquetExporter::create(output, about, columns)?)),
        _ if is_dash(output) => (None, text(Box::new(io::stdout()))?),
        _ => {
            let pending = Pending::create(output)?;
            let exporter = text(Box::new(pending.open()?))?;
            (Some(pending), exporter)
        }
    })
}

fn export_rows(
    recording: &mut Recording,
    args: &Export,
    overview: &Overview,
    columns: &[Column],
    mut exporter: Box<dyn Exporter>,
    progress: &Progress,
    stop: &Stop,
) -> anyhow::Result<()> {
    let start = recording.info().start;
    let mut analysis = Analysis::new(Settings::default());
    let mut next: Option<Duration> = None;
    let (mut missed, mut count) = (0u32, 0u64);
    let mut offset = None;
    let mut sampler = Sampler::new(columns, overview.axes);
    recording.seek(Duration::ZERO)?;
    while let Some(step) = recording.next_step()? {
        let (at, frame) = (step.at, step.frame);
        analysis.feed(at, frame);
        let lap = analysis.current_lap_number();
        let is_wanted = args.laps.as_ref().is_none_or(|laps| lap.is_some_and(|lap| laps.contains(lap)));
        if is_wanted {
            offset.get_or_insert(at);
        }
        let since = |at: Duration| at.saturating_sub(offset.unwrap_or(start)).as_secs_f64();
        while let Some(event) = analysis.next_event() {
            if let What::Lap(lap) = event.what
                && args.laps.as_ref().is_none_or(|laps| laps.contains(lap.number))
            {
                // The game tells a lap's time some time after the line.
                exporter.lap(&lap, since(at) - (analysis.driven_s() - lap.ended_s))?;
            }
        }
        count += 1;
        if count.is_multiple_of(1000) {
            progress.at(at);
            ensure!(!stop.is_asked_for(), "stopped; nothing was kept");
        }
        let Some(physics) = step.physics else { continue };
        missed = missed.saturating_add(physics.missed);
        if !is_wanted || next.is_some_and(|next| at < next) {
            continue;
        }
        if let Some(rate) = args.rate {
            let every = Duration::from_secs_f64(1.0 / rate);
            next = Some(next.map_or(at, |next| next).max(at.saturating_sub(every)) + every);
        }
        let values = sampler.values(frame);
        let row = Row {
            time_s: since(at),
            packet_id: frame.physics.packet_id(),
            session: analysis.session(),
            lap,
            missed: std::mem::take(&mut missed),
            values: &values,
        };
        exporter.row(&row)?;
    }
    ensure!(offset.is_some(), "none of these laps is in the recording; `acevo laps --from FILE` shows those that are");
    exporter.finish()?;
    Ok(())
}

fn export_pages(
    recording: &mut Recording,
    out: BufWriter<File>,
    progress: &Progress,
    stop: &Stop,
) -> anyhow::Result<()> {
    let zero = recording.description().map_or(0, |told| told.unix_us).saturating_mul(1000);
    let mut exporter = McapExporter::new(out)?;
    recording.seek(Duration::ZERO)?;
    let mut count = 0u64;
    while let Some(item) = recording.next_item()? {
        let Item::Record(record) = item else { continue };
        let time = zero.saturating_add(u64::try_from(record.at.as_nanos()).unwrap_or(u64::MAX));
        exporter.page(time, record.page, record.bytes)?;
        count += 1;
        if count.is_multiple_of(1000) {
            progress.at(record.at);
            ensure!(!stop.is_asked_for(), "stopped; nothing was kept");
        }
    }
    exporter.finish()?.into_inner().context("cannot write the export")?.sync_all()?;
    Ok(())
}

/// Beside the recording; a log by the name that users of such logs know.
fn default_output(args: &Export, about: &About) -> PathBuf {
    match args.to {
        ExportFormat::Motec => args.file.with_file_name(motec_file_name(about, 1)),
        format => args.file.with_extension(format.extension()),
    }
}

/// A file under a temporary name, which is removed unless it becomes complete.
struct Pending {
    temporary: PathBuf,
    path: PathBuf,
}

impl Pending {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        Ok(Self { temporary: path.with_file_name(name), path: path.into() })
    }

    fn open(&self) -> anyhow::Result<File> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&self.temporary);
        file.with_context(|| format!("cannot create {}", self.temporary.display()))
    }

    fn complete(self) -> anyhow::Result<()> {
        check_new(&self.path)?;
        fs::rename(&self.temporary, &self.path).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // Gone already where it is complete.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// A bar over both passes.
struct Progress {
    bar: ProgressBar,
    start: Duration,
    length: Duration,
}

impl Progress {
    fn new(recording: &Recording, quiet: bool) -> Self {
        let info = recording.info();
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(1000) };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, start: info.start, length: info.duration().max(Duration::from_millis(1)) }
    }

    /// The second pass begins.
    fn to(&self, pass: u64) {
        self.bar.set_position((pass - 1) * 500);
    }

    fn at(&self, at: Duration) {
        let part = at.saturating_sub(self.start).as_secs_f64() / self.length.as_secs_f64();
        let before = if self.bar.position() >= 500 { 500 } else { 0 };
        self.bar.set_position(before + (part * 499.0) as u64);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
