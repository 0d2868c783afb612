//! Paths that are not files, and files with hostile names.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use acevo_simulator::Scenario;
use acevo_testkit::pages::{drive, recorded};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::arguments;
use crate::hostile::{name, one_of};
use crate::lab::Lab;
use crate::output::Form;
use crate::process::Limits;

pub(super) fn round(lab: &mut Lab) -> anyhow::Result<()> {
    let valid = recorded(&drive(Scenario::HotLaps, 1));
    let mut paths = special(lab)?;
    for _ in 0..lab.size(2, 10) {
        // A slash separates folders; zero bytes are impossible.
        let mut bytes: Vec<u8> = name(&mut lab.rng).into_bytes();
        bytes.retain(|byte| *byte != 0 && *byte != b'/');
        bytes.truncate(200);
        bytes.extend(one_of(&mut lab.rng, &[&b".acevo"[..], b"\xff.acevo", b".json"]));
        let path = lab.input("").join(OsStr::from_bytes(&bytes));
        fs::write(&path, if lab.rng.bool() { &valid[..] } else { b"not a recording" })?;
        paths.push(path);
    }
    for path in paths {
        lab.figures.inputs += 1;
        read(lab, &path)?;
    }
    let folder = lab.input("");
    let mut command = lab.command(arguments([&"export", &"--to", &"csv", &"-o", &"tables", &folder]));
    lab.run(&mut command, Form::Text, &Limits::default())?;
    Ok(())
}

/// A FIFO, a socket, a folder, devices, links and a path without a file.
fn special(lab: &Lab) -> anyhow::Result<Vec<PathBuf>> {
    let [fifo, socket, folder, zero, random, circle, missing] =
        ["fifo.acevo", "socket.acevo", "folder.acevo", "zero.acevo", "random.acevo", "circle.acevo", "missing.acevo"]
            .map(|name| lab.input(name));
    mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?;
    // The path of a socket is short: it is bound from within its folder if the folder is deep. Its file stays.
    drop(UnixListener::bind(&socket)?);
    fs::create_dir(&folder)?;
    symlink("/dev/zero", &zero)?;
    symlink("/dev/random", &random)?;
    symlink(&circle, &circle)?;
    Ok(vec![fifo, socket, folder, zero, random, circle, missing])
}

fn read(lab: &mut Lab, path: &PathBuf) -> anyhow::Result<()> {
    let mut commands = vec![
        arguments([&"info", &path]),
        arguments([&"laps", &path]),
        arguments([&"events", &path]),
        arguments([&"watch", &"--lines", &"--speed", &"1000", &path]),
        arguments([&"dump", &path]),
        arguments([&"dump", &"--from", &path]),
        arguments([&"channels", &"--from", &path]),
        arguments([&"diff", &path, &path]),
        arguments([&"cut", &"--from", &"0s", &path]),
        arguments([&"repair", &path]),
        arguments([&"plot", &path]),
        arguments([&"export", &"--to", &"csv", &path]),
        arguments([&"replay", &"--dir", &".", &"--speed", &"1000", &path]),
        arguments([&"watch", &"--lines", &"--demo", &"--count", &"1", &"--bests", &path]),
    ];
    if !lab.is_long {
        lab.rng.shuffle(&mut commands);
        commands.truncate(5);
    }
    let name = path.file_name().unwrap_or_default();
    if ["fifo.acevo", "zero.acevo", "random.acevo", "folder.acevo"].iter().any(|special| name == *special) {
        commands.push(arguments([&"serve", &"--demo", &"--port", &"0", &"--lan", &"--token-file", &path]));
    }
    for command in commands {
        lab.run(&mut lab.command(command), Form::Text, &Limits::default())?;
        lab.clear_out()?;
    }
    Ok(())
}
