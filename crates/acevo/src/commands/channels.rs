//! `acevo channels`: the catalogue, and how its channels stand now.

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
use crate::cli::Channels;
use crate::format::rows::ChannelRow;
use crate::format::text::{padded, width as width_of};
use crate::output::print;
use crate::session::demo;

/// Close matches named for a channel that does not exist, and how alike they must be, from 0 to 1.
const MATCHES: usize = 5;
const ALIKE: f64 = 0.75;

pub(crate) fn run(args: &Channels) -> anyhow::Result<ExitCode> {
    let selected = select(&args.ids, args.all)?;
    let now = match &args.from {
        Some(file) => Some(kept_values(file, args.at)?),
        None if args.values || args.wait || args.demo.demo || !args.place.is_default() => match live_values(args)? {
            None => return Ok(ExitCode::SUCCESS),
            values => values,
        },
        None => None,
    };
    let now = now.as_ref().map(|(frame, axes)| (frame, axes));
    let rows: Vec<_> = selected.iter().map(|channel| ChannelRow::of(channel, now, args.units)).collect();
    let text = match (args.json, args.describe) {
        (true, _) => as_json(&rows, now.is_some())?,
        (false, describe) => as_text(&rows, now.is_some(), describe),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Pages, and the axes of their accelerations.
type Values = (Frame, Axes);

/// Those of the game or the simulator; `None` where waiting was ended by Ctrl-C.
fn live_values(args: &Channels) -> anyhow::Result<Option<Values>> {
    if let Some(options) = args.demo.options() {
        let mut resolver = AxesResolver::new();
        let frame = demo::watched_frame(options, |game| resolver.feed(game.time().as_secs_f64(), game.physics()));
        return Ok(Some((frame, resolver.axes())));
    }
    let Some(mapper) = attach(&args.place, args.wait).context("no values can be shown")? else { return Ok(None) };
    Ok(Some((read_game(&mapper)?, Axes::default())))
}

/// Those of a file. The drive in a recording checks the axes, too.
fn kept_values(file: &Path, at: Option<RecordingPosition>) -> anyhow::Result<Values> {
    let (mut recording, frame) = match read_saved_pages(file, at)? {
        SavedPages::Dump(frame, _) => return Ok((frame, Axes::default())),
        SavedPages::Recording(recording, frame) => (recording, frame),
    };
    let mut analysis = Analysis::new(Settings::default());
    analyze(&mut recording, &mut analysis, |analysis, _| {
        while analysis.next_event().is_some() {}
        Ok::<_, RecordingError>(ControlFlow::Continue(()))
    })?;
    Ok((frame, analysis.axes()))
}

/// The channels that `wanted` names or begins, each once, in the order of the catalogue.
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
        // "presure" is meant to find `tyre_pressure_fl`, too.
        let alike = id.split('_').chain([id]).map(|part| strsim::jaro_winkler(&name, part)).fold(contains, f64::max);
        // The shorter the better where several are alike: `fuel` before `fuel_pressure`.
        alike - id.len() as f64 / 1e4
    };
    let mut close: Vec<_> = channels().iter().map(|channel| (likeness(channel.id()), channel.id())).collect();
    close.retain(|(alike, _)| *alike >= ALIKE);
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    let close: Vec<_> = close.into_iter().take(MATCHES).map(|(_, id)| id).collect();
    match &close[..] {
        [] => anyhow!("there is no channel {wanted:?}: `acevo channels --all` lists all of them"),
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
    /// Left out where none was asked for, null where there is none.
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
    /// Versions of the game that it was measured on.
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
    fn channels_go_by_id_or_by_its_beginning() {
        assert_eq!(ids(&["rpm", "speed", "Speed"], false).unwrap(), ["speed", "rpm"]);
        assert_eq!(ids(&["camber"], false).unwrap(), ["camber_fl", "camber_fr", "camber_rl", "camber_rr"]);
        // A name is that channel alone; what is dead or repeats another one has to be named or asked for.
        assert_eq!(ids(&["fuel"], true).unwrap(), ["fuel"]);
        assert_eq!(ids(&["speed_displayed"], false).unwrap(), ["speed_displayed"]);
        assert!(!ids(&["fuel_"], false).unwrap().contains(&"fuel_displayed"));
        assert!(ids(&["fuel_"], true).unwrap().contains(&"fuel_displayed"));
        assert_eq!(ids(&["tyre_wear"], false).unwrap().len(), 4);
        assert!(ids(&[], true).unwrap().len() > ids(&[], false).unwrap().len());
    }

    #[test]
    fn what_does_not_exist_is_answered_with_what_does() {
        let error = |wanted: &str| ids(&[wanted], false).unwrap_err().to_string();
        assert!(error("sped").contains("speed"), "{}", error("sped"));
        assert!(error("pressure").contains("tyre_pressure"), "{}", error("pressure"));
        assert!(error("").contains("lists all") && error("qqqq").contains("lists all"));
    }
}
