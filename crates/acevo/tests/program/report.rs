//! Archives of `acevo report`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(target_os = "linux")]
use acevo_testkit::disk::Disk;
#[cfg(target_os = "linux")]
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{acevo, output, spawn};
use acevo_testkit::wait::until;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipArchive;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const STEAM_ID: &str = "76561198000000001";

/// The home of a user, with settings and a log that have secrets.
struct Home {
    _folder: TempDir,
    path: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna-maria");
        for folder in [".config/acevo", ".local/state/acevo", "pages", "out"] {
            fs::create_dir_all(path.join(folder)).unwrap();
        }
        fs::write(
            path.join(".config/acevo/acevo.toml"),
            format!("units = \"metric\"\nfolder = \"{}/races\"\ntoken = \"{TOKEN}\"\n", path.display()),
        )
        .unwrap();
        fs::write(
            path.join(".local/state/acevo/acevo.log"),
            format!(
                "2026 INFO opened {}/races/a.acevo by Anna-Maria {STEAM_ID}\nGET /?token={TOKEN}\n",
                path.display()
            ),
        )
        .unwrap();
        fs::write(path.join(".local/state/acevo/acevo.1.log"), "older\n").unwrap();
        Self { _folder: folder, path }
    }

    fn report(&self) -> Command {
        let mut command = acevo();
        for folder in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env_remove(folder);
        }
        command.args(["report", "--dir"]).arg(self.path.join("pages")).current_dir(self.path.join("out"));
        command.env("HOME", &self.path).env("USER", "anna-maria").env("LOGNAME", "anna-maria");
        command
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path.join("out")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// The files of an archive.
fn unzip(path: &Path) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

#[test]
fn report_has_diagnosis_versions_settings_and_log_without_secrets() {
    let home = Home::new();
    let report = output(&mut home.report());
    assert!(report.status.success(), "{}", report.stderr);
    let [path] = &home.files()[..] else { panic!("{:?}", home.files()) };
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("acevo-report-20") && name.ends_with(".zip"), "{name}");
    assert_eq!(report.stdout, format!("{name}\n"));
    let files = unzip(path);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["doctor.json", "doctor.txt", "log/acevo.1.log", "log/acevo.log", "settings.toml", "versions.txt"]
    );
    for (name, text) in &files {
        let lower = text.to_lowercase();
        for secret in [TOKEN, STEAM_ID, "anna-maria"] {
            assert!(!lower.contains(secret), "{name} has {secret}: {text}");
        }
        // The list has the sizes of the files.
        let line = report.stderr.lines().find(|line| line.split_whitespace().nth(1) == Some(name)).unwrap();
        assert_eq!(line.split_whitespace().next().unwrap(), text.len().to_string(), "{line}");
    }
    assert!(
        files["settings.toml"].contains("units = \"metric\"\nfolder = \"~/races\"\n"),
        "{}",
        files["settings.toml"]
    );
    assert!(files["log/acevo.log"].contains("opened ~/races/a.acevo by ~ [removed]"), "{}", files["log/acevo.log"]);
    let versions = &files["versions.txt"];
    assert!(versions.contains(env!("CARGO_PKG_VERSION")) && versions.contains(std::env::consts::ARCH), "{versions}");
    assert!(versions.contains("pages.json: "), "the reason for missing files is stated: {versions}");
    let doctor: Value = serde_json::from_str(&files["doctor.json"]).unwrap();
    assert_eq!(doctor["flowing"], false);
    assert!(files["doctor.txt"].contains(doctor["verdict"].as_str().unwrap()));
}

#[test]
fn report_has_a_raw_dump_of_a_running_game() {
    let home = Home::new();
    let pages = home.path.join("pages");
    let _game = spawn(acevo().args(["simulate", "--quiet", "--scenario", "hot-laps", "--dir"]).arg(&pages));
    until(|| output(acevo().args(["dump", "static.track", "--dir"]).arg(&pages)).stdout.contains("Valdombra"));
    let file = home.path.join("out/bug.zip");
    let report = output(home.report().arg("-o").arg(&file));
    assert!(report.status.success() && report.stderr.contains("driver's name"), "{}", report.stderr);
    let files = unzip(&file);
    assert!(files["doctor.json"].contains("\"flowing\": true"), "{}", files["doctor.json"]);
    let dump = home.path.join("pages.json");
    fs::write(&dump, &files["pages.json"]).unwrap();
    assert!(!files["pages.json"].contains("anna-maria") && files["pages.json"].contains("~/pages"));
    let track = output(acevo().arg("dump").arg(&dump).arg("static.track"));
    assert!(track.stdout.contains("Valdombra"), "{track:?}");
}

#[test]
fn report_lists_without_writing_and_overwrites_nothing() {
    let home = Home::new();
    let list = output(home.report().arg("--list"));
    assert!(list.status.success() && list.stdout.contains("log/acevo.1.log") && list.stderr.is_empty(), "{list:?}");
    assert!(home.files().is_empty(), "{:?}", home.files());
    let file = home.path.join("out/bug.zip");
    fs::write(&file, "mine").unwrap();
    let refused = output(home.report().arg("-o").arg(&file));
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("not overwritten"), "{refused:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(output(home.report().args(["-o", "-"])).status.code(), Some(1));
    assert_eq!(output(home.report().args(["--list", "-o", "x.zip"])).status.code(), Some(2));
}

/// Files that are no settings and no log do not keep a report from being written.
#[test]
fn report_leaves_out_what_cannot_be_read() {
    let home = Home::new();
    let (settings, log) =
        (home.path.join(".config/acevo/acevo.toml"), home.path.join(".local/state/acevo/acevo.1.log"));
    for path in [&settings, &log] {
        fs::remove_file(path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }
    fs::write(home.path.join(".local/state/acevo/acevo.log"), [0xff, b'\n', 0, 0x1b, b'\n', b'x']).unwrap();
    let report = output(home.report().args(["-o", "bug.zip"]));
    assert!(report.status.success(), "{}", report.stderr);
    let files = unzip(&home.path.join("out/bug.zip"));
    assert!(files["versions.txt"].contains("settings.toml: cannot read ~/"), "{}", files["versions.txt"]);
    assert!(files.contains_key("log/acevo.log") && !files.contains_key("log/acevo.1.log"));
}

#[cfg(target_os = "linux")]
#[test]
fn report_on_a_full_disk_fails_and_leaves_no_file() {
    let Some(disk) = Disk::new(1 << 20) else {
        left_out("a report on a full disk, because mounting is not permitted");
        return;
    };
    disk.fill(0);
    let home = Home::new();
    let report = output(home.report().arg("-o").arg(disk.path().join("bug.zip")));
    assert!(report.status.code() == Some(1) && report.stdout.is_empty(), "{report:?}");
    assert!(report.stderr.contains("No space left"), "{}", report.stderr);
    let names: Vec<_> = fs::read_dir(disk.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["filler"]);
}
