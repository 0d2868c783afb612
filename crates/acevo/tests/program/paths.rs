//! Paths of other programs: files and links in the way, pipes instead of files, several programs that write at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_simulator::Options;
use acevo_testkit::program::{Output, acevo, output, spawn};
use acevo_testkit::recordings::changed;
use tempfile::TempDir;

/// Formats with the extensions of their files.
const FORMATS: [(&str, &str); 5] =
    [("csv", "csv"), ("jsonl", "jsonl"), ("mcap", "mcap"), ("parquet", "parquet"), ("motec", "ld")];

/// A folder with the recording of a few seconds.
fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("start.acevo");
    changed(&recording, Options::default(), Duration::from_secs(5), |_, _| {});
    (folder, recording)
}

fn export(recording: &Path, format: &str, out: &Path) -> Output {
    output(acevo().args(["export", "-q", "--to", format]).arg(recording).arg("-o").arg(out))
}

/// The names in a folder that are not those of the recording or of MoTeC laps.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.ends_with(".acevo") && !name.ends_with(".ldx")).collect();
    names.sort();
    names
}

#[test]
fn export_keeps_an_existing_file_with_the_suffix_part() {
    let (folder, recording) = folder();
    for (format, extension) in FORMATS {
        let out = folder.path().join("out").with_extension(extension);
        let other = folder.path().join(format!("out.{extension}.part"));
        fs::write(&other, "precious").unwrap();
        let exported = export(&recording, format, &out);
        assert!(exported.status.success() && out.is_file(), "{format}: {exported:?}");
        assert_eq!(fs::read(&other).unwrap(), b"precious", "{format}");
        assert_eq!(names(folder.path()), [format!("out.{extension}"), format!("out.{extension}.part")]);
        fs::remove_file(other).unwrap();
        fs::remove_file(out).unwrap();
        let _ = fs::remove_file(folder.path().join("out.ldx"));
    }
}

#[test]
fn export_of_a_data_set_keeps_folders_of_other_programs() {
    let (folder, _) = folder();
    let data = folder.path().join("data");
    for path in ["_temporary/0", "_acevo-other"] {
        fs::create_dir_all(data.join(path)).unwrap();
        fs::write(data.join(path).join("part"), "precious").unwrap();
    }
    // What a killed export has left.
    fs::create_dir(data.join("_acevo-killed")).unwrap();
    for file in ["lock", "1.part", "1.part.AbCdEf.part"] {
        fs::write(data.join("_acevo-killed").join(file), "").unwrap();
    }
    let exported = export(folder.path(), "parquet", &data);
    assert!(exported.status.success(), "{exported:?}");
    for path in ["_temporary/0/part", "_acevo-other/part"] {
        assert_eq!(fs::read(data.join(path)).unwrap(), b"precious", "{path}");
    }
    let mut left = names(&data);
    assert!(left.pop().is_some_and(|name| name.starts_with("track=")), "the data set");
    left.retain(|name| cfg!(unix) || name != "_acevo.lock");
    assert_eq!(left, ["_acevo-other", "_temporary"]);
}

/// Starts exports of a recording to one target at once: tables with different columns. Returns how they ended.
fn export_at_once(recording: &Path, out: &Path, channels: &[&str]) -> Vec<bool> {
    let start = |channels: &&str| {
        let mut command = acevo();
        command.args(["export", "-q", "--to", "csv", "--channels", channels]).arg(recording).arg("-o").arg(out);
        spawn(&mut command)
    };
    let mut running: Vec<_> = channels.iter().map(start).collect();
    running
        .iter_mut()
        .map(|export| {
            let (status, messages) = export.wait();
            assert!(status.success() || messages.contains("exists and is not overwritten"), "{status} {messages}");
            status.success()
        })
        .collect()
}

#[test]
fn one_of_several_exports_to_one_file_succeeds_and_writes_all_of_it() {
    let (folder, recording) = folder();
    let channels = ["speed", "rpm,gear", "throttle,brake,steering", "fuel,speed"];
    let alone = channels.map(|channels| {
        let out = folder.path().join("alone.csv");
        assert_eq!(export_at_once(&recording, &out, &[channels]), [true]);
        let bytes = fs::read(&out).unwrap();
        fs::remove_file(out).unwrap();
        bytes
    });
    for round in 0..5 {
        let out = folder.path().join(format!("{round}.csv"));
        let ended = export_at_once(&recording, &out, &channels);
        assert_eq!(ended.iter().filter(|is_good| **is_good).count(), 1, "{ended:?}");
        let winner = ended.iter().position(|is_good| *is_good).unwrap();
        assert!(fs::read(&out).unwrap() == alone[winner], "the file of the export that succeeded");
    }
    assert_eq!(names(folder.path()).len(), 5, "no temporary file stays: {:?}", names(folder.path()));
}

#[test]
fn several_exports_to_one_data_set_make_one_file() {
    let (folder, _) = folder();
    let data = folder.path().join("data");
    let start = |_| {
        let mut command = acevo();
        spawn(command.args(["export", "-q", "--to", "parquet"]).arg(folder.path()).arg("-o").arg(&data))
    };
    let mut running: Vec<_> = (0..4).map(start).collect();
    let mut good = 0;
    for export in &mut running {
        let (status, messages) = export.wait();
        assert!(status.success() || messages.contains("another export is at work"), "{status} {messages}");
        good += usize::from(status.success());
    }
    // One that starts after another one has ended finds its files.
    assert!(good >= 1);
    let mut files = Vec::new();
    let mut folders = vec![data];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let list = if entry.path().is_dir() { &mut folders } else { &mut files };
            list.push(entry.path());
        }
    }
    files.retain(|file| cfg!(unix) || !file.ends_with("_acevo.lock"));
    assert!(files.len() == 1 && files[0].ends_with("start.parquet"), "{files:?}");
    let table = output(acevo().args(["export", "-q", "--to", "parquet"]).arg(folder.path()).arg("-o").arg(&files[0]));
    assert_eq!(table.status.code(), Some(1), "it exists");
}

#[test]
fn record_refuses_outputs_that_cannot_be_meant() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("evening"), "precious").unwrap();
    for (out, message) in [
        ("-", "cannot be written to the standard output"),
        (".acevo", "has an extension, but no name"),
        ("sub/.acevo", "has an extension, but no name"),
        ("evening", "exists and is not a directory"),
    ] {
        for mode in [&["--demo", "--for", "1s"][..], &["--demo", "--for", "1s", "--keep-last", "1s"]] {
            let refused = output(acevo().current_dir(folder.path()).arg("record").args(mode).args(["-o", out]));
            assert_eq!(refused.status.code(), Some(1), "{refused:?}");
            assert!(refused.stderr.contains(message), "{out}: {}", refused.stderr);
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["evening"]);
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::os::unix::fs::symlink;
    use std::process::Command;
    #[cfg(target_os = "linux")]
    use std::sync::Arc;
    #[cfg(target_os = "linux")]
    use std::sync::atomic::{AtomicBool, Ordering};
    #[cfg(target_os = "linux")]
    use std::thread::JoinHandle;

    use acevo_recording::Recording;
    use acevo_shared_memory::{Page, PageKind, Publisher, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
    use acevo_testkit::program::{Running, Signal};
    use acevo_testkit::wait::until;
    #[cfg(target_os = "linux")]
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    use super::*;

    fn make_pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn export_does_not_follow_links() {
        let (folder, recording) = folder();
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        for (format, extension) in FORMATS {
            let out = folder.path().join("out").with_extension(extension);
            let link = folder.path().join(format!("out.{extension}.part"));
            symlink(&victim, &link).unwrap();
            let exported = export(&recording, format, &out);
            assert!(exported.status.success(), "{format}: {exported:?}");
            assert!(fs::symlink_metadata(&out).unwrap().is_file() && fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read(&victim).unwrap(), b"precious", "{format}");
            fs::remove_file(&out).unwrap();
            let _ = fs::remove_file(folder.path().join("out.ldx"));
            // A link without a target takes the name.
            symlink(folder.path().join("created"), &out).unwrap();
            let refused = export(&recording, format, &out);
            assert_eq!(refused.status.code(), Some(1), "{format}: {refused:?}");
            assert!(!folder.path().join("created").exists(), "{format}");
        }
    }

    #[test]
    fn export_of_a_data_set_refuses_a_lock_that_is_a_link() {
        let (folder, _) = folder();
        let (data, victim) = (folder.path().join("data"), folder.path().join("victim"));
        fs::create_dir(&data).unwrap();
        fs::write(&victim, "precious").unwrap();
        symlink(&victim, data.join("_acevo.lock")).unwrap();
        let refused = export(folder.path(), "parquet", &data);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains("_acevo.lock") && refused.stderr.contains("link"), "{}", refused.stderr);
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
        assert_eq!(names(&data), ["_acevo.lock"]);
    }

    #[test]
    fn commands_refuse_pipes_and_devices() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        make_pipe(&pipe);
        for path in [pipe.as_path(), Path::new("/dev/zero"), folder.path()] {
            let name = path.display().to_string();
            let commands: [&[&str]; 17] = [
                &["info", &name],
                &["replay", "--dir", "pages", &name],
                &["laps", "--no-bests", &name],
                &["events", "--no-bests", &name],
                &["watch", "--lines", "--no-bests", &name],
                &["serve", "--port", "0", "--no-bests", &name],
                &["serve", "--port", "0", "--lan", "--demo", "--token-file", &name],
                &["export", "--to", "mcap", "-o", "new", &name],
                &["cut", "--laps", "1", "-o", "new", &name],
                &["merge", &name, "--log", &name, "-o", "new"],
                &["laps", "--all-cars", &name],
                &["repair", &name, "-o", "new"],
                &["plot", &name, "-o", "new.svg"],
                &["corners", &name],
                &["dump", "--from", &name],
                &["channels", "--values", "--from", &name],
                &["diff", &name, &name],
            ];
            for command in commands {
                // A folder of recordings can be exported.
                if path.is_dir() && command[0] == "export" {
                    continue;
                }
                let refused = output(acevo().current_dir(folder.path()).args(command));
                assert!(matches!(refused.status.code(), Some(1 | 2)), "{command:?}: {refused:?}");
                assert!(refused.stdout.is_empty(), "{command:?}: {refused:?}");
                let reasons = ["a named pipe, not a regular", "a device, not a regular", "a folder"];
                assert!(
                    reasons.iter().any(|reason| refused.stderr.contains(reason)),
                    "{command:?}: {}",
                    refused.stderr
                );
            }
        }
        assert_eq!(names(folder.path()), ["pipe"]);
    }

    /// Pages that do not change.
    fn still_pages(directory: &Path) {
        for (page, bytes) in [
            (PageKind::Physics, SPageFilePhysics::default().as_bytes()),
            (PageKind::Graphics, SPageFileGraphicEvo::default().as_bytes()),
            (PageKind::Static, SPageFileStaticEvo::default().as_bytes()),
        ] {
            fs::write(directory.join(page.section_name()), bytes).unwrap();
        }
    }

    /// Exchanges two paths all the time, until it is dropped.
    #[cfg(target_os = "linux")]
    struct Exchanger {
        is_over: Arc<AtomicBool>,
        thread: Option<JoinHandle<()>>,
    }

    #[cfg(target_os = "linux")]
    impl Exchanger {
        fn start(one: PathBuf, other: PathBuf) -> Self {
            let is_over = Arc::new(AtomicBool::new(false));
            let ends = Arc::clone(&is_over);
            let thread = std::thread::spawn(move || {
                while !ends.load(Ordering::Relaxed) {
                    renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
                }
            });
            Self { is_over, thread: Some(thread) }
        }
    }

    #[cfg(target_os = "linux")]
    impl Drop for Exchanger {
        fn drop(&mut self) {
            self.is_over.store(true, Ordering::Relaxed);
            let _ = self.thread.take().map(JoinHandle::join);
        }
    }

    /// As by a program that may write in the directory of the pages.
    #[cfg(target_os = "linux")]
    #[test]
    fn programs_end_although_a_pipe_replaces_a_page_file() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("pages");
        fs::create_dir(&pages).unwrap();
        still_pages(&pages);
        let pipe = pages.join("pipe");
        make_pipe(&pipe);
        let _exchanger = Exchanger::start(pages.join(PageKind::Physics.section_name()), pipe);
        let commands: [&[&str]; 4] = [
            &["watch", "--lines", "--no-bests"],
            &["laps", "--no-bests"],
            &["record", "-o", "recordings"],
            &["serve", "--port", "0", "--no-bests"],
        ];
        let mut running: Vec<Running> = commands
            .iter()
            .map(|command| spawn(acevo().current_dir(folder.path()).args(*command).arg("--dir").arg(&pages)))
            .collect();
        // The server prints its address on stdout, the others what they wait for.
        running[..3].iter().for_each(|program| drop(program.next_message()));
        running[3].next_line();
        for program in &mut running {
            program.signal(Signal::TERM);
            until(|| program.has_ended());
        }
    }

    /// Publishes packets and records them. Returns the program, and the path of the recording, once it has content.
    fn recorder(folder: &Path, out: &str, track: &str) -> (Running, Publisher, PathBuf) {
        let pages = folder.join("pages");
        let mut publisher = Publisher::directory(&pages).unwrap();
        let session = SPageFileStaticEvo { track: track.into(), ..Default::default() };
        publisher.publish_static(&session).unwrap();
        let record = spawn(acevo().current_dir(folder).args(["record", "-o", out]).arg("--dir").arg(&pages));
        let mut packet = 0;
        let path = loop {
            packet += 1;
            publisher.publish_graphics(&SPageFileGraphicEvo { packetId: packet, ..Default::default() }).unwrap();
            publisher.publish_physics(&SPageFilePhysics { packetId: packet, ..Default::default() }).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(3));
            let found = if out.ends_with(".acevo") { Some(folder.join(out)) } else { first_file(&folder.join(out)) };
            // More than the header: the first group was written.
            if let Some(path) = found.filter(|path| fs::metadata(path).is_ok_and(|metadata| metadata.len() > 3000)) {
                break path;
            }
        };
        (record, publisher, path)
    }

    fn first_file(directory: &Path) -> Option<PathBuf> {
        let found = fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
        found.filter(|path| path.extension().is_some_and(|extension| extension == "acevo")).min()
    }

    #[test]
    fn record_reports_at_the_end_that_its_file_was_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let (mut record, _publisher, path) = recorder(folder.path(), "mine.acevo", "Ring");
        let moved = folder.path().join("moved.acevo");
        fs::rename(&path, &moved).unwrap();
        record.signal(Signal::TERM);
        let (status, messages) = record.wait();
        assert_eq!(status.code(), Some(1), "{messages}");
        assert!(messages.contains("mine.acevo was renamed, replaced or removed"), "{messages}");
        assert!(Recording::open(&moved).unwrap().info().finished, "the recording is complete under its other name");
    }

    #[test]
    fn record_reports_at_the_end_that_its_file_was_shortened() {
        let folder = tempfile::tempdir().unwrap();
        let (mut record, _publisher, path) = recorder(folder.path(), "mine.acevo", "Ring");
        File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
        record.signal(Signal::TERM);
        let (status, messages) = record.wait();
        assert_eq!(status.code(), Some(1), "{messages}");
        assert!(messages.contains("another program has shortened"), "{messages}");
    }

    #[test]
    fn record_leaves_out_names_without_letters_and_digits() {
        let folder = tempfile::tempdir().unwrap();
        let (mut record, _publisher, _) = recorder(folder.path(), "recordings", "\u{1f3ce} ..");
        record.signal(Signal::TERM);
        let (status, messages) = record.wait();
        assert!(status.success(), "{messages}");
        let name = first_file(&folder.path().join("recordings")).unwrap();
        let stem = name.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(stem.len() == "2026-05-01_20-15-00".len() && !stem.ends_with('_'), "{stem}");
    }
}
