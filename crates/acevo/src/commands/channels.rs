//! `acevo channels`: the catalogue of channels, with or without values.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use acevo_recording::{RecordingError, RecordingPosition, analyze};
use acevo_shared_memory::{Frame, PhysicsValidity};
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::{Axes, AxesResolver, Channel, ChannelValue, channels};
use anyhow::{Context, anyhow};
use serde::Serialize;

use super::once::{SavedPages, attach, read_game, read_saved_pages};
use crate::cli::ChannelsArgs;
use crate::format::rows::ChannelRow;
use crate::format::text::{padded, width as width_of};
use crate::output::{print_json, print_text};
use crate::session::demo;
use crate::session::source::LiveSource;

/// Maximum number of similar channels that are suggested for an unknown one.
const MAX_SUGGESTIONS: usize = 5;

/// Minimum similarity of a suggestion, 0 to 1.
const MIN_SIMILARITY: f64 = 0.75;

pub(crate) fn run(args: &ChannelsArgs) -> anyhow::Result<ExitCode> {
    let selected = select(&args.ids, args.all)?;
    let now = match &args.once.from {
        Some(file) => Some(saved_values(file, args.once.at)?),
        None => match args.values_source() {
            None => None,
            Some(source) => match live_values(&source, args.wait)? {
                None => return Ok(ExitCode::SUCCESS),
                values => values,
            },
        },
    };
    let now = now.as_ref().map(|(frame, axes)| (frame, axes));
    let rows: Vec<_> = selected.iter().map(|channel| ChannelRow::of(channel, now, args.units)).collect();
    let text = match (args.json, args.describe) {
        (true, _) => as_json(&rows, now.is_some())?,
        (false, describe) => as_text(&rows, now.is_some(), describe),
    };
    if args.json {
        print_json(&text)?;
    } else {
        print_text(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Pages, and the axes of their accelerations.
type Values = (Frame, Axes);

/// The values of the game or the simulation; `None` if Ctrl-C ended the wait for the game.
fn live_values(source: &LiveSource, wait: bool) -> anyhow::Result<Option<Values>> {
    let pages = match source {
        LiveSource::Game(pages) => pages,
        LiveSource::Demo(spec) => {
            let mut resolver = AxesResolver::new();
            let frame = demo::watched_frame(spec.options.clone(), |game| {
                resolver.feed(game.time().as_secs_f64(), game.physics());
            });
            return Ok(Some((frame, resolver.axes())));
        }
    };
    let Some(mapper) = attach(pages, wait).context("no values can be shown")? else { return Ok(None) };
    Ok(Some((read_game(&mapper)?, Axes::default())))
}

/// The values in a file. The driving in a recording also identifies the axes.
fn saved_values(file: &Path, at: Option<RecordingPosition>) -> anyhow::Result<Values> {
    let (mut recording, frame) = match read_saved_pages(file, at)? {
        SavedPages::Dump(frame, _) => return Ok((frame, Axes::default())),
        SavedPages::Recording(recording, frame) => (recording, frame),
    };
    let mut analysis = Analysis::new(Settings::laps_only());
    analyze(&mut recording, &mut analysis, |analysis, _| {
        while analysis.next_event().is_some() {}
        Ok::<_, RecordingError>(ControlFlow::Continue(()))
    })?;
    Ok((frame, analysis.axes()))
}

/// The channels whose id is one of `wanted` or begins with it, each once, in the order of the catalogue.
fn select(wanted: &[String], all: bool) -> anyhow::Result<Vec<&'static Channel>> {
    let offered = |channel: &Channel| all || channel.is_default();
    if wanted.is_empty() {
        return Ok(channels().iter().filter(|channel| offered(channel)).collect());
    }
    let mut found = vec![false; channels().len()];
    for wanted in wanted {
        let name = wanted.to_ascii_lowercase();
        let tries: [&dyn Fn(&Channel) -> bool; 3] = [
            &|channel| channel.id() == name,
            &|channel| offered(channel) && channel.id().starts_with(&name),
            &|channel| channel.id().starts_with(&name),
        ];
        let fits = tries.iter().find(|fits| !name.is_empty() && channels().iter().any(fits));
        let fits = fits.ok_or_else(|| unknown(wanted))?;
        channels().iter().zip(&mut found).for_each(|(channel, found)| *found |= fits(channel));
    }
    Ok(channels().iter().zip(found).filter_map(|(channel, found)| found.then_some(channel)).collect())
}

fn unknown(wanted: &str) -> anyhow::Error {
    let name = wanted.to_ascii_lowercase();
    let likeness = |id: &str| {
        let contains = if name.len() > 2 && id.contains(&name) { 1.0 } else { 0.0 };
        // "presure" must find `tyre_pressure_fl`.
        let similarity =
            id.split('_').chain([id]).map(|part| strsim::jaro_winkler(&name, part)).fold(contains, f64::max);
        // Shorter ids first if several are equally similar: `fuel` before `fuel_pressure`.
        similarity - id.len() as f64 / 1e4
    };
    let mut close: Vec<_> = channels().iter().map(|channel| (likeness(channel.id()), channel.id())).collect();
    close.retain(|(similarity, _)| *similarity >= MIN_SIMILARITY);
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    let close: Vec<_> = close.into_iter().take(MAX_SUGGESTIONS).map(|(_, id)| id).collect();
    match &close[..] {
        [] => anyhow!("there is no channel {wanted:?}: `acevo channels --all` lists all channels"),
        close => anyhow!("there is no channel {wanted:?}; similar are: {}", close.join(", ")),
    }
}

fn as_text(rows: &[ChannelRow<'_>], with_values: bool, describe: bool) -> String {
    let cells: Vec<_> = rows.iter().map(|row| row.cells(with_values)).collect();
    let columns = cells.first().map_or(0, Vec::len);
    let width = |column: usize| cells.iter().map(|cells| width_of(&cells[column])).max().unwrap_or_default();
    let widths: Vec<_> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (row, cells) in rows.iter().zip(&cells) {
        let padded: Vec<_> = cells.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
        if describe {
            text.push_str(&row.description());
        }
    }
    text
}

/// A channel as JSON.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    /// Left out if values were not requested, null if there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
    /// Why a channel of the physics page has no value now.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_current: Option<PhysicsValidity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    unit: &'static str,
    title: &'static str,
    kind: String,
    rate: String,
    quality: String,
    /// Game versions on which it was measured.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    versions: &'static [&'static str],
    pages: Vec<String>,
    sources: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    decimals: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<&'static str>,
    is_default: bool,
}

/// One object with a channel per line, in the order of the catalogue.
fn as_json(rows: &[ChannelRow<'_>], with_values: bool) -> anyhow::Result<String> {
    let mut lines = Vec::new();
    for row in rows {
        let channel = row.channel;
        let value = match row.value {
            Some(ChannelValue::Number(value)) => value.into(),
            Some(ChannelValue::Flag(value)) => value.into(),
            Some(ChannelValue::Enum(value, _)) => value.into(),
            Some(ChannelValue::Text(text)) => text.into(),
            _ => serde_json::Value::Null,
        };
        let entry = Entry {
            value: with_values.then_some(value),
            not_current: row.not_current,
            name: if let Some(ChannelValue::Enum(_, name)) = row.value { Some(name) } else { None },
            unit: row.unit.symbol(),
            title: channel.title(),
            kind: channel.kind().to_string(),
            rate: channel.rate().to_string(),
            quality: channel.quality().to_string(),
            versions: channel.versions(),
            pages: channel.pages().map(|page| page.to_string()).collect(),
            sources: channel.sources(),
            min: row.range().map(|(min, _)| min),
            max: row.range().map(|(_, max)| max),
            decimals: row.decimals(),
            note: channel.note(),
            repeats: channel.repeats(),
            is_default: channel.is_default(),
        };
        lines.push(format!("  {}: {}", serde_json::to_string(channel.id())?, serde_json::to_string(&entry)?));
    }
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(wanted: &[&str], all: bool) -> anyhow::Result<Vec<&'static str>> {
        let wanted: Vec<_> = wanted.iter().map(|id| (*id).to_owned()).collect();
        Ok(select(&wanted, all)?.into_iter().map(Channel::id).collect())
    }

    #[test]
    fn select_matches_ids_and_their_beginnings() {
        assert_eq!(ids(&["rpm", "speed", "Speed"], false).unwrap(), ["speed", "rpm"]);
        assert_eq!(ids(&["camber"], false).unwrap(), ["camber_fl", "camber_fr", "camber_rl", "camber_rr"]);
        // A complete id selects that channel alone; dead and duplicate channels need their full id or `all`.
        assert_eq!(ids(&["fuel"], true).unwrap(), ["fuel"]);
        assert_eq!(ids(&["speed_displayed"], false).unwrap(), ["speed_displayed"]);
        assert!(!ids(&["fuel_"], false).unwrap().contains(&"fuel_displayed"));
        assert!(ids(&["fuel_"], true).unwrap().contains(&"fuel_displayed"));
        assert_eq!(ids(&["tyre_wear"], false).unwrap().len(), 4);
        assert!(ids(&[], true).unwrap().len() > ids(&[], false).unwrap().len());
    }

    #[test]
    fn select_suggests_similar_channels() {
        let error = |wanted: &str| ids(&[wanted], false).unwrap_err().to_string();
        assert!(error("sped").contains("speed"), "{}", error("sped"));
        assert!(error("pressure").contains("tyre_pressure"), "{}", error("pressure"));
        assert!(error("").contains("lists all") && error("qqqq").contains("lists all"));
    }
}
