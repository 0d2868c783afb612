//! Finding logs in trees of folders.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use acevo_gamelog::{Places, candidates, prefix_of_process};
use tempfile::tempdir;

fn log(path: &Path, modified_s: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_777_000_000 + modified_s)).unwrap();
}

#[test]
fn candidates_are_logs_of_all_users_of_a_prefix_newest_first() {
    let prefix = tempdir().unwrap();
    let users = prefix.path().join("drive_c/users");
    let server = users.join("steamuser/Saved Games/ACE-Server/Assetto Corsa EVO Server.txt");
    let old = users.join("steamuser/Saved Games/ACE/Logs/log.txt");
    let new = users.join("steamuser/Saved Games/ACE/Logs/log-260501-200000.txt");
    let other = users.join("me/Documents/ACE/Logs/log-260401-200000.txt");
    for (path, s) in [(&server, 30), (&old, 10), (&new, 40), (&other, 20)] {
        log(path, s);
    }
    log(&users.join("me/Documents/ACE/Logs/crash.txt"), 50);
    log(&users.join("me/Documents/ACE/log.txt"), 50);
    fs::create_dir_all(users.join("me/Documents/ACE/Logs/log-folder.txt")).unwrap();
    let places = Places::none().with_prefix(prefix.path());
    assert_eq!(candidates(&places), [&*new, &*server, &*other, &*old]);
}

#[test]
fn candidates_names_each_file_once() {
    let folder = tempdir().unwrap();
    let (a, b) = (folder.path().join("log-260501-200000.txt"), folder.path().join("LOG-260501-210000.TXT"));
    log(&a, 10);
    log(&b, 10);
    let places =
        Places::none().with_folder(folder.path()).with_folder(folder.path().join(".")).with_folder("/not/there");
    let found = candidates(&places);
    assert_eq!(found.len(), 2);
    assert!(found.iter().any(|path| path.ends_with("log-260501-200000.txt")));
}

#[test]
fn prefix_of_process_finds_nothing_for_a_process_without_wine() {
    assert_eq!(prefix_of_process(u32::MAX), None);
    assert_eq!(Places::none().with_process(u32::MAX), Places::none());
}

#[cfg(target_os = "linux")]
#[test]
fn prefix_of_process_reads_the_environment() {
    use std::process::{Command, Stdio};

    let prefix = tempdir().unwrap();
    // It waits for its input.
    let mut process =
        Command::new("cat").env_clear().env("WINEPREFIX", prefix.path()).stdin(Stdio::piped()).spawn().unwrap();
    assert_eq!(prefix_of_process(process.id()), None, "it has no drive_c");
    fs::create_dir(prefix.path().join("drive_c")).unwrap();
    assert_eq!(prefix_of_process(process.id()).as_deref(), Some(prefix.path()));
    drop(process.stdin.take());
    process.wait().unwrap();
}
