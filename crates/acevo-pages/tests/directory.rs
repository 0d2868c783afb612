//! `PageDirectory` and `Publisher::directory`: page files of this publisher and of other programs.
#![cfg(all(unix, feature = "publish"))]

mod common;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, Error, MAX_SECTION_BYTES, PageDirectory, PageKind, Publisher, SPageFileGraphicEvo,
    SPageFilePhysics, Source,
};
use common::pattern;
use tempfile::tempdir;

fn open(directory: &Path) -> Result<ACEvoSharedMemoryMapper, Error> {
    ACEvoSharedMemoryMapper::open_source(PageDirectory::open(directory)?)
}

fn file(directory: &Path, page: PageKind) -> std::path::PathBuf {
    directory.join(page.section_name())
}

#[test]
fn page_directory_reads_what_was_published() {
    let directory = tempdir().unwrap();
    let publisher = Publisher::directory(directory.path()).unwrap();
    let mapper = open(directory.path()).unwrap();
    common::assert_published_pages_are_read(publisher, &mapper);
}

#[test]
fn publisher_creates_private_files_and_removes_them() {
    let directory = tempdir().unwrap();
    let publisher = Publisher::directory(directory.path().join("created")).unwrap();
    let created = directory.path().join("created");
    for page in PageKind::ALL {
        let metadata = fs::metadata(file(&created, page)).unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.len()), (0o600, page.size() as u64));
    }
    drop(publisher);
    assert_eq!(fs::read_dir(&created).unwrap().count(), 0, "no file is left behind");
}

#[test]
fn page_directory_detects_that_the_publisher_has_ended_or_was_replaced() {
    let directory = tempdir().unwrap();
    let publisher = Publisher::directory(directory.path()).unwrap();
    let mapper = open(directory.path()).unwrap();
    assert!(mapper.try_physics().is_ok());
    drop(publisher);
    assert!(matches!(common::read_until_error(|| mapper.try_physics()), Error::Gone { page: PageKind::Physics, .. }));
    let counter = || mapper.packet_id(PageKind::Graphics);
    assert!(matches!(common::read_until_error(counter), Error::Gone { page: PageKind::Graphics, .. }));
    assert_eq!(*mapper.physics().raw(), SPageFilePhysics::default());

    let _second = Publisher::directory(directory.path()).unwrap();
    assert!(matches!(mapper.try_graphics(), Err(Error::Gone { .. })), "the files have been replaced");
    assert!(open(directory.path()).is_ok());
}

#[test]
fn publisher_rejects_a_directory_in_use() {
    let directory = tempdir().unwrap();
    let mut first = Publisher::directory(directory.path()).unwrap();
    let error = Publisher::directory(directory.path()).unwrap_err();
    assert!(matches!(error, Error::AlreadyPublished { .. }), "{error}");
    first.publish_physics(&SPageFilePhysics { packetId: 5, ..Default::default() }).unwrap();
    assert_eq!(open(directory.path()).unwrap().physics().packet_id(), 5, "the first publisher is unaffected");
}

/// Any user can lock a directory that every user may read.
#[test]
fn publisher_ignores_a_lock_on_the_directory() {
    let directory = tempdir().unwrap();
    let lock = File::open(directory.path()).unwrap();
    lock.lock().unwrap();
    assert!(Publisher::directory(directory.path()).is_ok());
}

#[test]
fn one_of_several_publishers_that_start_at_once_succeeds() {
    for stale in [false, true] {
        for _ in 0..30 {
            let directory = tempdir().unwrap();
            if stale {
                fs::write(file(directory.path(), PageKind::Physics), "left behind").unwrap();
            }
            let start = Barrier::new(4);
            let publishers: Vec<_> = thread::scope(|scope| {
                let publish = || {
                    start.wait();
                    Publisher::directory(directory.path())
                };
                let threads = [(); 4].map(|()| scope.spawn(publish));
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(publishers.iter().filter(|publisher| publisher.is_ok()).count(), 1, "{publishers:?}");
            for failed in publishers.iter().filter_map(|publisher| publisher.as_ref().err()) {
                assert!(matches!(failed, Error::AlreadyPublished { .. }), "{failed}");
            }
            assert!(PageKind::ALL.iter().all(|page| file(directory.path(), *page).exists()));
            drop(publishers);
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        }
    }
}

/// A page file and a pipe are exchanged all the time. Opening the pipe would block for good.
#[cfg(target_os = "linux")]
#[test]
fn page_directory_open_never_blocks_while_a_pipe_replaces_a_page() {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    let directory = tempdir().unwrap();
    for page in PageKind::ALL {
        fs::write(file(directory.path(), page), vec![0; page.size()]).unwrap();
    }
    let (page, pipe) = (file(directory.path(), PageKind::Physics), directory.path().join("pipe"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = directory.path().to_owned();
    let (done, result) = channel();
    thread::spawn(move || {
        let (mut opened, mut refused) = (0, 0);
        while opened < 3000 || refused < 3000 {
            match PageDirectory::open(&path) {
                Ok(_) => opened += 1,
                Err(error) => {
                    assert!(matches!(error, Error::System { .. }), "{error}");
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
                renameat_with(CWD, &page, CWD, &pipe, RenameFlags::EXCHANGE).unwrap();
            }
        });
        let result = result.recv_timeout(Duration::from_secs(90));
        is_over.store(true, Ordering::Relaxed);
        result
    });
    assert!(result.is_ok(), "opening blocks");
}

/// A bridge does not take the lock, but its files must not be overwritten.
#[test]
fn publisher_does_not_overwrite_the_files_of_a_running_bridge() {
    let directory = tempdir().unwrap();
    for page in PageKind::ALL {
        fs::write(file(directory.path(), page), vec![0; page.size()]).unwrap();
    }
    let path = file(directory.path(), PageKind::Physics);
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let bridge = std::thread::spawn(move || {
        let bridge = File::options().write(true).open(path).unwrap();
        for packet in 1_i32.. {
            bridge.write_all_at(&packet.to_le_bytes(), 0).unwrap();
            if stopped.recv_timeout(std::time::Duration::from_millis(3)) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
    });
    let error = Publisher::directory(directory.path()).unwrap_err();
    drop(stop);
    bridge.join().unwrap();
    assert!(matches!(error, Error::AlreadyPublished { .. }), "{error}");
    assert!(PageKind::ALL.iter().all(|page| file(directory.path(), *page).exists()));
    assert!(Publisher::directory(directory.path()).is_ok(), "files that do not change are replaced");
}

#[test]
fn publisher_that_fails_to_start_leaves_no_files() {
    let directory = tempdir().unwrap();
    let obstacle = file(directory.path(), PageKind::Static);
    fs::create_dir_all(obstacle.join("full")).unwrap();
    assert!(Publisher::directory(directory.path()).is_err());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "only the existing file");
}

#[test]
fn publisher_replaces_stale_files_and_does_not_follow_links() {
    let directory = tempdir().unwrap();
    let precious = directory.path().join("precious");
    fs::write(&precious, "do not touch").unwrap();
    symlink(&precious, file(directory.path(), PageKind::Physics)).unwrap();
    fs::write(file(directory.path(), PageKind::Graphics), [7; 10_000]).unwrap();

    let mut publisher = Publisher::directory(directory.path()).unwrap();
    publisher.publish_physics(&SPageFilePhysics { packetId: 1, ..Default::default() }).unwrap();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "do not touch");
    assert!(!fs::symlink_metadata(file(directory.path(), PageKind::Physics)).unwrap().is_symlink());
    assert_eq!(*open(directory.path()).unwrap().graphics().raw(), SPageFileGraphicEvo::default());
}

#[test]
fn publisher_does_not_remove_files_of_another_program() {
    let directory = tempdir().unwrap();
    let publisher = Publisher::directory(directory.path()).unwrap();
    let path = file(directory.path(), PageKind::Static);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "another bridge's").unwrap();
    drop(publisher);
    assert_eq!(fs::read_to_string(path).unwrap(), "another bridge's");
}

#[test]
fn page_directory_open_reports_what_is_wrong() {
    let directory = tempdir().unwrap();
    let path = directory.path();
    assert!(matches!(open(path), Err(Error::GameNotRunning { .. })));
    assert!(matches!(open(&path.join("missing")), Err(Error::GameNotRunning { .. })));

    File::create(path.join("acpmf_physics")).unwrap();
    assert!(matches!(open(path), Err(Error::OldGame { section }) if section.ends_with("acpmf_physics")));

    File::create(file(path, PageKind::Physics)).unwrap();
    assert!(matches!(open(path), Err(Error::PageNotThere { page: PageKind::Physics, .. })), "still empty");

    fs::write(file(path, PageKind::Physics), [0; 799]).unwrap();
    let error = open(path).unwrap_err();
    assert!(matches!(error, Error::UnknownLayout { size: 799, smallest: 800, known: 800, .. }), "{error}");

    fs::write(file(path, PageKind::Physics), [0; 800]).unwrap();
    assert!(matches!(open(path), Err(Error::PageNotThere { page: PageKind::Graphics, .. })));

    fs::write(file(path, PageKind::Graphics), [0; 3940]).unwrap();
    fs::create_dir(file(path, PageKind::Static)).unwrap();
    let error = open(path).unwrap_err();
    assert!(matches!(error, Error::System { .. }) && error.to_string().contains("acevo_pmf_static"), "{error}");

    fs::remove_dir(file(path, PageKind::Static)).unwrap();
    fs::write(file(path, PageKind::Static), [0; 208]).unwrap();
    assert_eq!(open(path).unwrap().size(PageKind::Graphics), 3940, "the layout before `car_ids`");
}

#[test]
fn page_directory_open_reports_missing_permission() {
    let directory = tempdir().unwrap();
    let _publisher = Publisher::directory(directory.path()).unwrap();
    let path = file(directory.path(), PageKind::Physics);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    match open(directory.path()) {
        Err(Error::PermissionDenied { location, .. }) => assert!(location.ends_with("acevo_pmf_physics")),
        // The superuser may read everything.
        Ok(_) => assert_eq!(fs::metadata("/proc/self").unwrap().uid(), 0),
        Err(other) => panic!("{other}"),
    }
}

/// A bridge may grow, truncate and fill its files in any order.
#[test]
fn page_directory_reads_zeros_beyond_the_end_of_a_truncated_file() {
    let directory = tempdir().unwrap();
    for page in PageKind::ALL {
        fs::write(file(directory.path(), page), vec![0x11; page.size() + 100]).unwrap();
    }
    let mapper = open(directory.path()).unwrap();
    assert_eq!(mapper.size(PageKind::Graphics), 5000);
    assert_eq!({ mapper.graphics().raw().car_ids }[59][1], 0x1111_1111_1111_1111);

    let path = file(directory.path(), PageKind::Graphics);
    File::options().write(true).open(&path).unwrap().set_len(3942).unwrap();
    let page = *mapper.graphics().raw();
    assert_eq!({ page.car_ids }[0], [0x1111, 0]);
    assert!(page.use_single_compound);

    File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    assert_eq!(*mapper.graphics().raw(), SPageFileGraphicEvo::default());
    File::options().write(true).open(&path).unwrap().write_all(&[0x22; 4900]).unwrap();
    assert_eq!(mapper.graphics().packet_id(), 0x2222_2222);
}

#[test]
fn is_unchanged_and_is_still_compare_files_of_any_size_to_their_end() {
    for size in [800, 801, 816, 4096, 4900, 4912, 4913, 9824, 9825, 12_345, 1 << 20] {
        let directory = tempdir().unwrap();
        for page in PageKind::ALL {
            fs::write(file(directory.path(), page), pattern(page.size().max(size))).unwrap();
        }
        let source = PageDirectory::open(directory.path()).unwrap();
        let count = size.div_ceil(16) * 2;
        let mut words = vec![0; count];
        source.copy(PageKind::Physics, &mut words).unwrap();
        let compares = |words: &[u64]| {
            let equal = source.is_unchanged(PageKind::Physics, words).unwrap();
            assert_eq!(source.is_still(PageKind::Physics, words).unwrap(), equal);
            equal
        };
        assert!(compares(&words));
        for at in [0, 1, count / 2 - 1, count / 2, count - 1] {
            words[at] ^= 1 << 63;
            assert!(!compares(&words), "word {at} of {count}");
            words[at] ^= 1 << 63;
        }
        assert!(compares(&words[..3]));
        assert!(compares(&words[..1]));
        assert!(compares(&[]));
    }
}

#[test]
fn raw_page_reads_files_of_any_size() {
    for size in [800, 801, 4096, 12_345, MAX_SECTION_BYTES] {
        let directory = tempdir().unwrap();
        for page in PageKind::ALL {
            fs::write(file(directory.path(), page), pattern(page.size().max(size))).unwrap();
        }
        let mapper = open(directory.path()).unwrap();
        let raw = mapper.raw_page(PageKind::Physics).unwrap();
        assert!(raw.settled && raw.bytes == pattern(size), "{size}");

        // Truncated while it is open: the missing bytes are zero, as in every page.
        let path = file(directory.path(), PageKind::Physics);
        File::options().write(true).open(&path).unwrap().set_len(99).unwrap();
        let mut cut = pattern(99);
        cut.resize(size, 0);
        assert!(mapper.raw_page(PageKind::Physics).unwrap().bytes == cut, "{size}");

        fs::remove_file(path).unwrap();
        let raw = || mapper.raw_page(PageKind::Physics);
        assert!(matches!(common::read_until_error(raw), Error::Gone { page: PageKind::Physics, .. }));
    }
}

#[test]
fn publish_bytes_writes_pages_of_any_size() {
    let directory = tempdir().unwrap();
    let mut publisher = Publisher::directory(directory.path()).unwrap();
    // Bytes beyond the known layout are kept. A page never has bytes of the one before.
    let mut largest = 800;
    for size in [800, 799, 0, 801, 5000, 804, 3, MAX_SECTION_BYTES, 800] {
        publisher.publish_bytes(PageKind::Physics, &pattern(size)).unwrap();
        largest = size.max(largest);
        let mut expected = pattern(size);
        expected.resize(largest, 0);
        assert!(fs::read(file(directory.path(), PageKind::Physics)).unwrap() == expected, "{size}");
        let mapper = open(directory.path()).unwrap();
        assert!(mapper.raw_page(PageKind::Physics).unwrap().bytes == expected, "{size}");
    }
    publisher.publish_physics(&Default::default()).unwrap();
    assert!(fs::read(file(directory.path(), PageKind::Physics)).unwrap().iter().all(|byte| *byte == 0));
    let error = publisher.publish_bytes(PageKind::Physics, &vec![0; MAX_SECTION_BYTES + 1]).unwrap_err();
    assert!(matches!(error, Error::WrongSize { page: PageKind::Physics, .. }), "{error}");
}

#[test]
fn raw_page_rejects_a_file_that_is_too_large() {
    let directory = tempdir().unwrap();
    for page in PageKind::ALL {
        File::create(file(directory.path(), page)).unwrap().set_len(MAX_SECTION_BYTES as u64 + 1).unwrap();
    }
    let mapper = open(directory.path()).unwrap();
    let error = mapper.raw_page(PageKind::Static).unwrap_err();
    assert!(matches!(error, Error::WrongSize { page: PageKind::Static, size: 1_048_577 }), "{error}");
    assert!(mapper.try_static_data().is_ok());
}
