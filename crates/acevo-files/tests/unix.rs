//! Links, pipes, devices and permissions.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use acevo_files::{FileLock, NotAFile, PendingFile, open_append, open_file, read_limited, remove_abandoned};
use tempfile::tempdir;

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn open_file_refuses_pipes_devices_and_sockets() {
    let folder = tempdir().unwrap();
    let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
    make_pipe(&pipe);
    let _listener = UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    symlink(&pipe, &link).unwrap();
    for (path, found) in [
        (pipe.as_path(), NotAFile::Pipe),
        (&link, NotAFile::Pipe),
        (&socket, NotAFile::Socket),
        (Path::new("/dev/zero"), NotAFile::Device),
    ] {
        for refused in [open_file(path).unwrap_err(), read_limited(path, 100).unwrap_err()] {
            assert_eq!(NotAFile::of(&refused), Some(found), "{}", path.display());
        }
    }
    let file = folder.path().join("file");
    fs::write(&file, "content").unwrap();
    let link = folder.path().join("link to a file");
    symlink(&file, &link).unwrap();
    assert_eq!(read_limited(link, 100).unwrap(), b"content", "links are followed for reading");
}

#[test]
fn open_append_creates_a_private_file_and_refuses_links_and_pipes() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log");
    for text in ["a", "b"] {
        open_append(&path).unwrap().write_all(text.as_bytes()).unwrap();
    }
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("ab", 0o600));
    let (link, dangling, pipe) =
        (folder.path().join("link"), folder.path().join("dangling"), folder.path().join("pipe"));
    symlink(&path, &link).unwrap();
    symlink(folder.path().join("target"), &dangling).unwrap();
    make_pipe(&pipe);
    for (path, found) in [
        (link.as_path(), NotAFile::Link),
        (&dangling, NotAFile::Link),
        (&pipe, NotAFile::Pipe),
        (folder.path(), NotAFile::Folder),
        (Path::new("/dev/null"), NotAFile::Device),
    ] {
        assert_eq!(NotAFile::of(&open_append(path).unwrap_err()), Some(found), "{}", path.display());
    }
    assert!(!folder.path().join("target").exists());
}

/// A file and a pipe are exchanged all the time. Opening the pipe would block for good.
#[cfg(target_os = "linux")]
#[test]
fn open_file_never_blocks_while_a_pipe_replaces_the_file() {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    let folder = tempdir().unwrap();
    let (file, pipe) = (folder.path().join("file"), folder.path().join("pipe"));
    fs::write(&file, "content").unwrap();
    make_pipe(&pipe);
    let path = file.clone();
    let (done, result) = channel();
    thread::spawn(move || {
        let (mut opened, mut refused) = (0, 0);
        while opened < 5000 || refused < 5000 {
            match open_file(&path) {
                Ok(file) => opened += u32::from(file.metadata().unwrap().is_file()),
                Err(error) => {
                    assert_eq!(NotAFile::of(&error), Some(NotAFile::Pipe), "{error}");
                    refused += 1;
                }
            }
        }
        done.send(()).unwrap();
    });
    let is_over = AtomicBool::new(false);
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                renameat_with(CWD, &file, CWD, &pipe, RenameFlags::EXCHANGE).unwrap();
            }
        });
        let result = result.recv_timeout(Duration::from_secs(90));
        is_over.store(true, Ordering::Relaxed);
        result
    });
    assert!(result.is_ok(), "opening blocks");
}

#[test]
fn pending_file_does_not_follow_links() {
    let folder = tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let path = folder.path().join("out");
    for link in ["out", "out.part"] {
        symlink(&victim, folder.path().join(link)).unwrap();
    }
    let mut file = PendingFile::create(&path).unwrap();
    file.write_all(b"content").unwrap();
    assert_eq!(file.publish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    fs::remove_file(&victim).unwrap();
    let file = PendingFile::create(&path).unwrap();
    assert_eq!(file.publish().unwrap_err().kind(), io::ErrorKind::AlreadyExists, "a dangling link takes the name");
    assert!(!victim.exists());

    fs::write(&victim, "precious").unwrap();
    let mut file = PendingFile::create(&path).unwrap();
    file.write_all(b"content").unwrap();
    file.replace().unwrap();
    assert!(!fs::symlink_metadata(&path).unwrap().is_symlink(), "the link was replaced, not its target");
    assert_eq!((fs::read(&victim).unwrap(), fs::read(&path).unwrap()), (b"precious".into(), b"content".into()));
}

#[test]
fn pending_file_has_the_permissions_of_new_files() {
    let folder = tempdir().unwrap();
    let (usual, ours, private) =
        (folder.path().join("usual"), folder.path().join("ours"), folder.path().join("private"));
    File::create(&usual).unwrap();
    PendingFile::create(&ours).unwrap().publish().unwrap();
    PendingFile::create_private(&private).unwrap().publish().unwrap();
    assert_eq!((mode(&ours), mode(&private)), (mode(&usual), 0o600));
}

#[test]
fn file_lock_refuses_links_pipes_and_devices() {
    let folder = tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let (link, dangling, pipe) =
        (folder.path().join("link"), folder.path().join("dangling"), folder.path().join("pipe"));
    symlink(&victim, &link).unwrap();
    symlink(folder.path().join("created"), &dangling).unwrap();
    make_pipe(&pipe);
    for (path, found) in [
        (link, NotAFile::Link),
        (dangling, NotAFile::Link),
        (pipe, NotAFile::Pipe),
        ("/dev/null".into(), NotAFile::Device),
        (folder.path().to_owned(), NotAFile::Folder),
    ] {
        let refused = FileLock::try_acquire(&path).unwrap_err();
        assert_eq!(NotAFile::of(&refused), Some(found), "{}", path.display());
    }
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert!(!folder.path().join("created").exists());
}

#[test]
fn remove_abandoned_does_not_follow_links() {
    let folder = tempdir().unwrap();
    let target = folder.path().join("target");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("lock"), "").unwrap();
    fs::write(target.join("1.part"), "precious").unwrap();
    symlink(&target, folder.path().join("_acevo-link")).unwrap();
    let with_link = folder.path().join("_acevo-lock");
    fs::create_dir(&with_link).unwrap();
    symlink(target.join("lock"), with_link.join("lock")).unwrap();
    fs::write(with_link.join("1.part"), "precious").unwrap();
    remove_abandoned(folder.path(), "_acevo-");
    assert!(target.join("1.part").exists() && target.join("lock").exists() && with_link.join("1.part").exists());
}
