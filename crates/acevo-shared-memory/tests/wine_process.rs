//! Native Linux and a process that holds sections as Wine does, among memory that is none of them.
//!
//! The process is a small Python program, so that nothing here needs `unsafe`; without Python the tests are left out, and say
//! so. Real Windows processes under Wine are tested end to end with the program.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use acevo_shared_memory::source::WineProcess;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Page, PageKind, SPageFilePhysics, SPageFileStaticEvo};
use common::{driven, session, shown};
use tempfile::{TempDir, tempdir};

/// A process with sections; ends when it is dropped.
struct FakeGame(Child);

impl FakeGame {
    /// `None` where there is no Python.
    fn start(folder: &Path, sections: &[&str]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake_game/fake_game.py");
        let mut command = Command::new("python3");
        command.arg(script).args(sections).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            eprintln!("left out: there is no python3 to hold the sections");
            return None;
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready");
        Some(Self(child))
    }

    fn attach(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        ACEvoSharedMemoryMapper::open_source(WineProcess::attach_to(self.0.id())?)
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for FakeGame {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The three pages as files, and other memory.
fn files() -> TempDir {
    let folder = tempdir().unwrap();
    let noise: Vec<u8> = (0..8192_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("physics", driven().as_bytes());
    write("graphics", shown().as_bytes());
    write("static", session().as_bytes());
    write("noise", &noise[..4096]);
    write("noise2", &noise);
    write("text", b"once upon a time there was a section ".repeat(100).as_slice());
    write("number", &7_i32.to_le_bytes());
    folder
}

const DECOYS: [&str; 7] = [
    "4096:still:noise",
    "8192:still:noise2",
    "4096:still:text",
    "4096:still:",
    "8192:still:",
    "4096:still:number",
    "65536:moving:",
];

#[test]
fn the_pages_are_told_from_everything_else() {
    let folder = files();
    let pages = ["4096:moving:physics", "8192:moving:graphics", "4096:still:static"];
    // A copy that somebody has left behind stands before, one behind.
    let sections = [&["4096:still:physics"], &DECOYS[..], &pages, &["8192:still:graphics"]].concat();
    let Some(mut game) = FakeGame::start(folder.path(), &sections) else { return };
    let mapper = game.attach().unwrap();
    assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), [4096, 8192, 4096]);
    assert_eq!(*mapper.static_data().raw(), session());
    let mut physics = mapper.physics();
    while !physics.refresh().unwrap() {}
    assert!(physics.packet_id() > 5000, "the one that moves");
    assert_eq!(SPageFilePhysics { packetId: 5000, ..*physics.raw() }, driven());
    assert_eq!(mapper.graphics().driver_name(), "Jürgen");

    game.kill();
    assert!(matches!(common::end_of(|| mapper.try_physics()), Error::Gone { .. }));
    assert!(matches!(mapper.packet_id(PageKind::Graphics), Err(Error::Gone { .. })));
    assert!(matches!(game.attach(), Err(Error::GameNotRunning { .. })));
}

#[test]
fn one_page_may_still_be_empty_and_then_only_one_section_may_be() {
    let folder = files();
    let pages = ["4096:moving:physics", "8192:moving:graphics", "4096:still:"];
    let Some(game) = FakeGame::start(folder.path(), &pages) else { return };
    assert_eq!(*game.attach().unwrap().static_data().raw(), SPageFileStaticEvo::default());
    drop(game);

    let two_empty = [&pages[..], &["4096:still:"]].concat();
    let Some(game) = FakeGame::start(folder.path(), &two_empty) else { return };
    let error = game.attach().unwrap_err();
    assert!(matches!(error, Error::PageNotThere { page: PageKind::Static, .. }), "{error}");
}

#[test]
fn other_memory_alone_is_no_game() {
    let folder = files();
    let Some(game) = FakeGame::start(folder.path(), &DECOYS) else { return };
    let error = game.attach().unwrap_err();
    assert!(matches!(error, Error::PageNotThere { .. }), "{error}");
}

#[test]
fn a_page_of_the_first_known_layout_is_found_in_one_memory_page() {
    let folder = files();
    fs::write(folder.path().join("graphics"), &shown().as_bytes()[..3940]).unwrap();
    let pages = ["4096:moving:physics", "4096:moving:graphics", "4096:still:static"];
    let Some(game) = FakeGame::start(folder.path(), &pages) else { return };
    let mapper = game.attach().unwrap();
    assert_eq!(mapper.size(PageKind::Graphics), 4096);
    assert_eq!((mapper.graphics().driver_name(), mapper.graphics().cars().count()), ("Jürgen", 0));
}
