//! Prints tables of the outcomes of producer and readers: `table OUTCOMES MACHINE`.

#![forbid(unsafe_code)]

use std::env;
use std::fs;
use std::io::{Write, stdout};

use acevo_peers::outcome::{Figures, Outcome, Produced, Row, Spread};
use anyhow::{Context, Result};
use serde::Deserialize;

/// A line of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Read(Outcome),
    Produced(Produced),
}

/// A row with the reader and the setting it belongs to.
struct Entry {
    reader: String,
    setting: String,
    row: Row,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let [_, path, machine] = &arguments[..] else { anyhow::bail!("usage: table OUTCOMES MACHINE") };
    let text = fs::read_to_string(path).with_context(|| path.clone())?;
    let (mut entries, mut producers) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match serde_json::from_str(line).with_context(|| format!("{path}: {line}"))? {
            Line::Produced(produced) => producers.push(produced),
            Line::Read(Outcome { reader, setting, rows }) => {
                let entry = |row| Entry { reader: reader.clone(), setting: setting.clone(), row };
                entries.extend(rows.into_iter().map(entry));
            }
        }
    }
    let mut out = format!("Measured on {machine}.\n\n");
    out += &costs(&entries);
    out += &torn(&entries, &producers);
    out += &steady(&entries, &producers);
    out += &together(&entries);
    write!(stdout(), "{out}").context("the tables to stdout")
}

fn costs(entries: &[Entry]) -> String {
    let mut out = String::from(
        "| unchanged pages | pages | a read | allocations of a read |\n\
         |---|---|---:|---:|\n",
    );
    for entry in entries {
        let Figures::Cost { pages, nanoseconds } = &entry.row.figures else { continue };
        let allocated = entries.iter().find_map(|other| match &other.row.figures {
            Figures::Allocations { pages: same, count, bytes }
                if same == pages && other.reader == entry.reader && other.row.method == entry.row.method =>
            {
                Some(if *count == 0.0 { "0".into() } else { format!("{count}, {bytes} bytes") })
            }
            _ => None,
        });
        let (name, allocated) = (name(entry), allocated.unwrap_or_else(|| "-".into()));
        out += &format!("| {name} | {pages} | {nanoseconds:.0} ns | {allocated} |\n");
    }
    out + "\n"
}

fn torn(entries: &[Entry], producers: &[Produced]) -> String {
    let mut out = String::new();
    for order in ["first", "last"] {
        let setting = format!("hammer, counter {order}");
        out += &format!(
            "| a page every microsecond, counter {order} | pages taken | marked | torn per million | of them undetected |\n\
             |---|---:|---:|---:|---:|\n"
        );
        for entry in entries.iter().filter(|entry| entry.setting == setting) {
            let Figures::Torn { taken, torn, undetected, marked, .. } = entry.row.figures else { continue };
            let million = |count: u64| format!("{:.0}", count as f64 * 1e6 / taken.max(1) as f64);
            let (torn, undetected) = (million(torn), million(undetected));
            out += &format!("| {} | {taken} | {marked} | {torn} | {undetected} |\n", name(entry));
        }
        if let Some(produced) = producers.iter().find(|produced| produced.setting == setting) {
            let each = produced.seconds * 1e6 / produced.packets.max(1) as f64;
            out += &format!("\nThe producer wrote {} pages, one each {each:.1} µs.\n", produced.packets);
        }
        out += "\n";
    }
    out
}

fn steady(entries: &[Entry], producers: &[Produced]) -> String {
    let mut out = String::new();
    for produced in producers {
        let Some(order) = produced.setting.strip_prefix("steady") else { continue };
        out += &format!(
            "| 333 packets a second{order} | seen | torn | undetected | age: median, 99 %, max | delay: median, 99 %, max | CPU | Wine's server |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for entry in entries.iter().filter(|entry| entry.setting == produced.setting) {
            let Figures::Steady { written, seen, torn, undetected, age, delay, cpu, server } = &entry.row.figures
            else {
                continue;
            };
            let share = 100.0 * *seen as f64 / (*written).max(1) as f64;
            out += &format!(
                "| {} | {seen} of {written}, {share:.1} % | {torn} | {undetected} | {} | {} | {cpu:.2} % | {server:.2} % |\n",
                name(entry),
                spread(age),
                spread(delay),
            );
        }
        let Produced { packets, late, clock_step, .. } = produced;
        out += &format!(
            "\nThe producer wrote {packets} packets, {late} of them more than 0.1 ms after their time. The clock in the pages has \
             steps of {:.1} µs.\n\n",
            *clock_step as f64 / 1000.0
        );
    }
    out
}

/// Medians of the rounds in which all readers ran at the same time, with minimum and maximum.
fn together(entries: &[Entry]) -> String {
    let mut out = String::new();
    for load in ["cores idle", "both cores busy"] {
        let rounds: Vec<_> = entries.iter().filter(|entry| entry.setting == format!("together, {load}")).collect();
        out += &format!(
            "| all at the same time, {load} | missed | torn, undetected | age: median | age: 99 % | delay: 99 % | CPU |\n\
             |---|---:|---:|---:|---:|---:|---:|\n"
        );
        let mut names: Vec<_> = rounds.iter().map(|entry| name(entry)).collect();
        names.sort_unstable();
        names.dedup();
        for reader in names {
            let mut figures = [const { Vec::new() }; 6];
            for entry in rounds.iter().filter(|entry| name(entry) == reader) {
                let Figures::Steady { written, seen, undetected, age, delay, cpu, .. } = &entry.row.figures else {
                    continue;
                };
                let missed = 100.0 * written.saturating_sub(*seen) as f64 / (*written).max(1) as f64;
                let of_round =
                    [missed, *undetected as f64, age.median / 1000.0, age.p99 / 1000.0, delay.p99 / 1000.0, *cpu];
                figures.iter_mut().zip(of_round).for_each(|(figures, figure)| figures.push(figure));
            }
            let units = [" %", "", " ms", " ms", " ms", " %"];
            let cells = figures.into_iter().zip(units).map(|(figures, unit)| of_rounds(figures, unit));
            out += &format!("| {reader} | {} |\n", cells.collect::<Vec<_>>().join(" | "));
        }
        out += "\n";
    }
    out
}

/// Median, minimum and maximum.
fn of_rounds(mut figures: Vec<f64>, unit: &str) -> String {
    figures.sort_unstable_by(f64::total_cmp);
    let (Some(minimum), Some(maximum)) = (figures.first(), figures.last()) else { return "-".into() };
    format!("{:.2}{unit} ({minimum:.2} to {maximum:.2})", figures[figures.len() / 2])
}

fn name(entry: &Entry) -> String {
    format!("{}: {}", entry.reader, entry.row.method)
}

/// A distribution in milliseconds.
fn spread(Spread { median, p99, max }: &Spread) -> String {
    let [median, p99, max] = [median, p99, max].map(|time| time / 1000.0);
    format!("{median:.2}, {p99:.2}, {max:.2} ms")
}
