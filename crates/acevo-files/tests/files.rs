//! Files on every system.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use acevo_files::{
    FileLock, NotAFile, PendingFile, PendingFolder, TooLarge, create_folders, is_at, open_file, read_limited,
    remove_abandoned, rename_new,
};
use tempfile::tempdir;

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn publish_at_once_gives_the_name_to_a_complete_file_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("00.json");
    let file = |text: &str| {
        let mut file = PendingFile::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    };
    let (first, second) = (file("first"), file("second"));
    first.publish_at_once().unwrap();
    assert_eq!(second.publish_at_once().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn create_folders_makes_all_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/c");
    create_folders(&path).unwrap();
    create_folders(&path).unwrap();
    assert!(path.is_dir());
    fs::write(folder.path().join("file"), "").unwrap();
    assert!(create_folders(folder.path().join("file/d")).is_err());
}

#[test]
fn open_file_opens_files_and_refuses_folders() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "content").unwrap();
    let mut text = String::new();
    open_file(&path).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "content");
    let refused = open_file(folder.path()).unwrap_err();
    assert_eq!((NotAFile::of(&refused), refused.to_string().as_str()), (Some(NotAFile::Folder), "it is a folder"));
    let missing = open_file(folder.path().join("missing")).unwrap_err();
    assert_eq!((missing.kind(), NotAFile::of(&missing)), (io::ErrorKind::NotFound, None));
}

#[test]
fn read_limited_refuses_one_byte_too_many() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, [7; 100]).unwrap();
    assert_eq!(read_limited(&path, 100).unwrap(), [7; 100]);
    let refused = read_limited(&path, 99).unwrap_err();
    assert_eq!(TooLarge::of(&refused).map(|error| error.max), Some(99));
    assert!(read_limited(&path, u64::MAX).is_ok() && read_limited(&path, 0).is_err());
}

#[test]
fn pending_file_appears_when_it_is_published() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("out.csv");
    fs::write(folder.path().join("out.csv.part"), "precious").unwrap();
    let mut file = PendingFile::create(&path).unwrap();
    file.write_all(&[7; 100_000]).unwrap();
    assert!(!path.exists() && file.path() == path);
    let mut byte = [0];
    file.read_at(99_999).unwrap().read_exact(&mut byte).unwrap();
    assert_eq!(byte, [7]);
    file.publish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), [7; 100_000]);
    assert_eq!(names(folder.path()), ["out.csv", "out.csv.part"]);
    assert_eq!(fs::read(folder.path().join("out.csv.part")).unwrap(), b"precious");
}

#[test]
fn pending_file_is_removed_on_drop() {
    let folder = tempdir().unwrap();
    let mut file = PendingFile::create(folder.path().join("out")).unwrap();
    file.write_all(b"content").unwrap();
    file.complete().unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    drop(file);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn publish_does_not_replace_and_replace_does() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("out");
    let pending = |text: &[u8]| {
        let mut file = PendingFile::create(&path).unwrap();
        file.write_all(text).unwrap();
        file
    };
    pending(b"first").publish().unwrap();
    assert_eq!(pending(b"second").publish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"first");
    pending(b"third").replace().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"third");
    assert_eq!(names(folder.path()), ["out"], "no temporary file stays");
}

#[test]
fn one_of_several_concurrent_publishers_succeeds() {
    let folder = tempdir().unwrap();
    for round in 0..20 {
        let path = folder.path().join(format!("out-{round}"));
        let start = Barrier::new(4);
        let published: Vec<PathBuf> = thread::scope(|scope| {
            let publish = |number: u8| {
                let (path, start) = (&path, &start);
                scope.spawn(move || {
                    let mut file = PendingFile::create(path).unwrap();
                    file.write_all(&[number; 200_000]).unwrap();
                    start.wait();
                    match file.publish() {
                        Ok(()) => Some(path.clone()),
                        Err(error) => {
                            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
                            None
                        }
                    }
                })
            };
            let threads: Vec<_> = (0..4).map(publish).collect();
            threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(published, std::slice::from_ref(&path));
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() == 200_000 && bytes.iter().all(|byte| *byte == bytes[0]), "not a mixture");
    }
    assert_eq!(names(folder.path()).len(), 20);
}

#[test]
fn pending_file_takes_names_of_any_length() {
    let folder = tempdir().unwrap();
    for name in ["a".repeat(250), "ü".repeat(120), ".hidden".into()] {
        PendingFile::create(folder.path().join(&name)).unwrap().publish().unwrap();
        assert!(folder.path().join(&name).exists());
    }
    for path in ["", "..", "/"] {
        assert!(PendingFile::create(path).is_err(), "{path}");
    }
}

#[test]
fn rename_new_never_replaces() {
    let folder = tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, "from").unwrap();
    fs::write(&to, "to").unwrap();
    assert_eq!(rename_new(&from, &to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!((fs::read(&from).unwrap(), fs::read(&to).unwrap()), (b"from".into(), b"to".into()));
    fs::remove_file(&to).unwrap();
    rename_new(&from, &to).unwrap();
    assert_eq!((names(folder.path()), fs::read(&to).unwrap()), (vec!["to".into()], b"from".into()));
    assert_eq!(rename_new(&from, folder.path().join("other")).unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn file_lock_excludes_others_and_keeps_the_content() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("lock");
    fs::write(&path, "precious").unwrap();
    let lock = FileLock::try_acquire(&path).unwrap().expect("it is free");
    assert!(lock.is_exclusive() && FileLock::try_acquire(&path).unwrap().is_none());
    lock.remove();
    assert_eq!(fs::read(&path).unwrap(), b"precious", "a file with content is not removed");
    assert!(FileLock::try_acquire(&path).unwrap().is_some());
}

#[test]
fn one_thread_at_a_time_holds_a_lock_that_is_removed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("lock");
    let marker = folder.path().join("held");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut held = 0;
                while held < 50 {
                    let Some(lock) = FileLock::try_acquire(&path).unwrap() else { continue };
                    File::create_new(&marker).expect("no other thread holds the lock");
                    fs::remove_file(&marker).unwrap();
                    lock.remove();
                    held += 1;
                }
            });
        }
    });
    assert_eq!(names(folder.path()).is_empty(), cfg!(unix), "on Windows the lock stays");
}

#[test]
fn remove_abandoned_removes_only_unlocked_folders_of_its_own_kind() {
    let folder = tempdir().unwrap();
    let (root, prefix) = (folder.path(), "_acevo-");
    let in_use = PendingFolder::create_in(root, prefix).unwrap();
    fs::write(in_use.file("1"), "in use").unwrap();
    let make = |name: &str, files: &[&str]| {
        fs::create_dir(root.join(name)).unwrap();
        files.iter().for_each(|file| fs::write(root.join(name).join(file), "").unwrap());
    };
    make("_acevo-killed", &["lock", "1.part", "2.part.AbCdEf.part"]);
    make("_acevo-mine", &["lock", "1.part", "precious"]);
    make("_acevo-other", &["1.part"]);
    make("_temporary", &["lock", "1.part"]);
    remove_abandoned(root, prefix);
    let kept = ["_acevo-mine", "_acevo-other", "_temporary"];
    assert!(kept.iter().all(|name| root.join(name).exists()) && !root.join("_acevo-killed").exists());
    assert!(root.join("_acevo-mine/precious").exists() && root.join("_acevo-other/1.part").exists());
    assert_eq!(fs::read(in_use.file("1")).unwrap(), b"in use");
    drop(in_use);
    assert_eq!(names(root), kept);
}

#[test]
fn is_at_detects_that_a_file_was_renamed() {
    let folder = tempdir().unwrap();
    let (path, other) = (folder.path().join("a"), folder.path().join("b"));
    let file = File::create(&path).unwrap();
    assert!(is_at(&file, &path) && !is_at(&file, &other));
    fs::rename(&path, &other).unwrap();
    assert!(!is_at(&file, &path) && is_at(&file, &other));
    if cfg!(unix) {
        File::create(&path).unwrap();
        assert!(!is_at(&file, &path), "another file has its name");
    }
}
