//! Hostile raw dumps, personal bests and token files.

use std::fs;
use std::path::Path;

use acevo_telemetry::personal::{CarAndTrack, PersonalBest, PersonalBests, PersonalStore};
use fastrand::Rng;
use serde_json::{Value, json};

use super::arguments;
use crate::hostile::{self, chance, integer};
use crate::lab::Lab;
use crate::mutation::scramble;
use crate::output::Form;
use crate::process::Limits;

/// Memory limit in bytes for files of a few megabytes.
const MAX_MEMORY: u64 = 300 << 20;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let limits = Limits::default();
    let base = lab.input("base.json");
    let mut dump = lab.command(arguments([&"dump", &"--demo", &"--raw", &base]));
    lab.run(&mut dump, Form::Text, &limits)?;
    let dumped = fs::read(&base)?;
    let bests = personal_bests(&lab.input("bests.json"))?;
    for number in 0..lab.size(6, 24) {
        let path = lab.input(format!("{number}.json"));
        let original = if number % 2 == 0 { &dumped } else { &bests };
        fs::write(&path, mutated(&mut lab.rng, original))?;
        lab.figures.inputs += 1;
        let commands: &[(Vec<_>, Form)] = if number % 2 == 0 {
            &[
                (arguments([&"dump", &"--json", &path]), Form::Json),
                (arguments([&"dump", &path]), Form::Text),
                (arguments([&"channels", &"--json", &path]), Form::Json),
                (arguments([&"diff", &"--json", &path, &base]), Form::Json),
                (arguments([&"diff", &base, &path]), Form::Text),
            ]
        } else {
            &[
                (
                    arguments([&"laps", &"--json", &"--demo", &"--count", &"1", &"--speed", &"500", &"--bests", &path]),
                    Form::JsonLines,
                ),
                (arguments([&"watch", &"--json", &"--demo", &"--count", &"3", &"--bests", &path]), Form::JsonLines),
            ]
        };
        for (command, form) in commands {
            lab.run(&mut lab.command(command), *form, &limits)?;
        }
    }
    large_bests(lab)
}

/// Many entries that cannot be read need memory for each.
fn large_bests(lab: &mut Lab) -> anyhow::Result<()> {
    let path = lab.input("large.json");
    let count = lab.size(200_000, 8_000_000);
    let mut value: Value = serde_json::from_slice(&personal_bests(&lab.input("other.json"))?)?;
    let list = value.as_object_mut().and_then(|object| object.values_mut().find(|value| value.is_array()));
    if let Some(list) = list {
        *list = json!([]);
    }
    let text = value.to_string().replacen("[]", &format!("[{}1]", "1,".repeat(count)), 1);
    fs::write(&path, text)?;
    lab.figures.inputs += 1;
    let mut command = lab.command(arguments([&"watch", &"--json", &"--demo", &"--count", &"1", &"--bests", &path]));
    let outcome = lab.start(&mut command, &Limits::default())?.wait(&Limits::default(), &lab.out())?;
    lab.check(&outcome, Form::JsonLines, MAX_MEMORY);
    Ok(())
}

/// A file with one personal best.
fn personal_bests(path: &Path) -> anyhow::Result<Vec<u8>> {
    let car =
        CarAndTrack { track: "Valdombra".into(), configuration: "Gran Premio".into(), car: "Velocita GT3 R".into() };
    let best = PersonalBest { time_ms: 91_234, sectors_ms: vec![30_000, 30_000, 31_234], ..PersonalBest::default() };
    let mut bests = PersonalBests::default();
    bests.offer(car, best);
    PersonalStore::new(path).merge(&bests)?;
    Ok(fs::read(path)?)
}

/// A document with hostile values, or with hostile bytes.
fn mutated(rng: &mut Rng, original: &[u8]) -> Vec<u8> {
    let mut document = original.to_vec();
    if chance(rng, 70) {
        let mut value: Value = serde_json::from_slice(original).unwrap_or_default();
        for _ in 0..rng.usize(1..5) {
            change(rng, &mut value);
        }
        document = value.to_string().into_bytes();
    }
    if chance(rng, 40) {
        scramble(rng, &mut document);
    }
    document
}

/// Goes down to a random value and changes it.
fn change(rng: &mut Rng, value: &mut Value) {
    let stops = chance(rng, 15);
    match value {
        Value::Object(object) if !object.is_empty() && !stops => {
            let at = rng.usize(..object.len());
            if let Some((_, value)) = object.iter_mut().nth(at) {
                change(rng, value);
            }
        }
        Value::Array(array) if !array.is_empty() && !stops => {
            let at = rng.usize(..array.len());
            change(rng, &mut array[at]);
        }
        value => *value = replacement(rng, value),
    }
}

fn replacement(rng: &mut Rng, value: &Value) -> Value {
    match rng.u32(..9) {
        0 => Value::Null,
        1 => json!(integer(rng)),
        2 => json!(-(integer(rng) as i64 as f64) * 1e290),
        3 => json!(hostile::name(rng)),
        4 => json!([value, value, value]),
        5 => json!({"": value}),
        6 => (0..100).fold(json!(1), |inner, _| json!([inner])),
        7 => json!("ff".repeat(rng.usize(..100_000))),
        _ => json!(rng.bool()),
    }
}
