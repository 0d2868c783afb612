//! Free space on the disk of the recordings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Time after which the free space is measured again.
const VALID_FOR: Duration = Duration::from_secs(5);

/// The free space that was measured last. The disk may hang: callers never wait for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FreeSpace(Arc<Mutex<Measured>>);

#[derive(Debug, Default)]
struct Measured {
    bytes: Option<u64>,
    folder: PathBuf,
    at: Option<Instant>,
    is_running: bool,
}

impl FreeSpace {
    /// Free bytes on the disk of a folder; `None` if they are not known yet, or not at all. Starts another measurement if this one is old.
    pub(crate) fn bytes(&self, folder: &Path) -> Option<u64> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_valid = last.folder == folder && last.at.is_some_and(|at| at.elapsed() < VALID_FOR);
        if !is_valid && !last.is_running {
            let (cell, folder) = (self.clone(), folder.to_owned());
            let measure = move || {
                let bytes = free_bytes(&folder);
                let mut last = cell.0.lock().unwrap_or_else(PoisonError::into_inner);
                *last = Measured { bytes, folder, at: Some(Instant::now()), is_running: false };
            };
            last.is_running = thread::Builder::new().name("free space".into()).spawn(measure).is_ok();
        }
        last.bytes.filter(|_| last.folder == folder)
    }
}

/// Free bytes on the disk of a folder that this user can write. May wait for the disk.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Free bytes on the disk of a folder that this user can write. May wait for the disk.
#[cfg(not(unix))]
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let folder = folder.canonicalize().ok()?;
    let disks = sysinfo::Disks::new_with_refreshed_list();
    // Windows puts `\\?\` before a canonical path.
    let folder = folder.to_string_lossy().trim_start_matches(r"\\?\").to_lowercase();
    let holds = |disk: &&sysinfo::Disk| folder.starts_with(&disk.mount_point().to_string_lossy().to_lowercase());
    let disk = disks.iter().filter(holds).max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    Some(disk.available_space())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_soon_and_belong_to_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let space = FreeSpace::default();
        let measured = std::iter::repeat_with(|| space.bytes(folder.path())).find_map(|bytes| {
            thread::yield_now();
            bytes
        });
        assert!(measured.unwrap() > 0);
        assert_eq!(space.bytes(Path::new("/does/not/exist")), None);
    }
}
