//! `WineProcess` with a process that holds sections as Wine does, among other memory.
//!
//! The process is a small Python program, so nothing here needs `unsafe`. Without Python the tests are skipped with a message.
//! Real Windows processes under Wine are tested end to end with the program.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use acevo_shared_memory::source::WineProcess;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Page, PageKind, SPageFilePhysics, SPageFileStaticEvo};
use common::{graphics_page, physics_page, static_page};
use tempfile::{TempDir, tempdir};

/// A process with sections, which is killed when this is dropped.
struct FakeGame(Child);

impl FakeGame {
    /// Starts the process. `None` if Python is not installed.
    fn start(folder: &Path, sections: &[&str]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake_game/fake_game.py");
        let mut command = Command::new("python3");
        command.arg(script).args(sections).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            eprintln!("skipped: python3 is not installed");
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
    write("physics", physics_page().as_bytes());
    write("graphics", graphics_page().as_bytes());
    write("static", static_page().as_bytes());
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
fn attach_to_recognises_the_pages_among_other_memory() {
    let folder = files();
    let pages = ["4096:moving:physics", "8192:moving:graphics", "4096:still:static"];
    // Stale copies of the pages come before and after the true ones.
    let sections = [&["4096:still:physics"], &DECOYS[..], &pages, &["8192:still:graphics"]].concat();
    let Some(mut game) = FakeGame::start(folder.path(), &sections) else { return };
    let mapper = game.attach().unwrap();
    assert_eq!(PageKind::ALL.map(|page| mapper.size(page)), [4096, 8192, 4096]);
    assert_eq!(*mapper.static_data().raw(), static_page());
    let mut physics = mapper.physics();
    while !physics.refresh().unwrap() {}
    assert!(physics.packet_id() > 5000, "the one that moves");
    assert_eq!(SPageFilePhysics { packetId: 5000, ..*physics.raw() }, physics_page());
    assert_eq!(mapper.graphics().driver_name(), "Jürgen");

    game.kill();
    assert!(matches!(common::read_until_error(|| mapper.try_physics()), Error::Gone { .. }));
    assert!(matches!(mapper.packet_id(PageKind::Graphics), Err(Error::Gone { .. })));
    assert!(matches!(game.attach(), Err(Error::GameNotRunning { .. })));
}

#[test]
fn attach_to_accepts_one_empty_page_if_only_one_section_is_empty() {
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
fn attach_to_rejects_a_process_without_pages() {
    let folder = files();
    let Some(game) = FakeGame::start(folder.path(), &DECOYS) else { return };
    let error = game.attach().unwrap_err();
    assert!(matches!(error, Error::PageNotThere { .. }), "{error}");
}

#[test]
fn attach_to_finds_a_graphics_page_of_the_first_known_layout() {
    let folder = files();
    fs::write(folder.path().join("graphics"), &graphics_page().as_bytes()[..3940]).unwrap();
    let pages = ["4096:moving:physics", "4096:moving:graphics", "4096:still:static"];
    let Some(game) = FakeGame::start(folder.path(), &pages) else { return };
    let mapper = game.attach().unwrap();
    assert_eq!(mapper.size(PageKind::Graphics), 4096);
    assert_eq!((mapper.graphics().driver_name(), mapper.graphics().cars().count()), ("Jürgen", 0));
}
