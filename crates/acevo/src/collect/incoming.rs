//! Recordings that have not arrived completely.
//!
//! A part is identified by its rig and the content that it will have, so that an upload continues after a cut connection, a restart and a
//! rename. A part that nothing continues is removed after some days.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use acevo_fleet::Fingerprint;
use axum::http::StatusCode;

use super::names::Place;
use super::refusal::Refusal;
use crate::recording::free_space::free_bytes;

/// Maximum number of parts of a rig. Another one replaces the oldest that is not being received.
const MAX_PER_RIG: usize = 8;

/// Maximum number of rigs with parts: more than there are.
const MAX_RIGS: usize = 20_000;

/// Age at which a part is removed.
const MAX_AGE: Duration = Duration::from_secs(7 * 24 * 3600);

/// The folder of all parts.
#[derive(Debug)]
pub(crate) struct Incoming {
    root: PathBuf,
    min_free_bytes: u64,
    /// Parts that are being received, with the bytes that they still need.
    active: Mutex<HashMap<PathBuf, u64>>,
}

/// A part that is being received. Only one request at a time has it.
#[derive(Debug)]
pub(crate) struct Part {
    incoming: Arc<Incoming>,
    path: PathBuf,
    file: File,
    /// Bytes that it has.
    pub(crate) offset: u64,
    /// Bytes that the whole recording has, if that is known.
    pub(crate) content: Option<Fingerprint>,
    max_bytes: u64,
}

impl Incoming {
    pub(crate) fn open(root: PathBuf, min_free_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        Ok(Self { root, min_free_bytes, active: Mutex::default() })
    }

    fn active(&self) -> MutexGuard<'_, HashMap<PathBuf, u64>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Slugs have no dots.
    fn folder(&self, place: &Place) -> PathBuf {
        self.root.join(format!("{}.{}", place.site, place.rig))
    }

    fn path(&self, place: &Place, content: Fingerprint) -> PathBuf {
        self.folder(place).join(format!("{}-{}.part", content.sha256, content.bytes))
    }

    /// The number of bytes that have arrived.
    ///
    /// # Errors
    /// If the part is being received, or there is no space for the rest.
    pub(crate) fn offset(&self, place: &Place, content: Fingerprint) -> Result<u64, Refusal> {
        let path = self.path(place, content);
        if self.active().contains_key(&path) {
            return Err(busy());
        }
        let offset = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        if offset > content.bytes {
            fs::remove_file(&path).map_err(|error| Refusal::of_disk(&error))?;
            return Ok(0);
        }
        self.check_space(content.bytes - offset)?;
        Ok(offset)
    }

    fn check_space(&self, bytes: u64) -> Result<(), Refusal> {
        let others: u64 = self.active().values().sum();
        let needed = bytes.saturating_add(others).saturating_add(self.min_free_bytes);
        if free_bytes(&self.root).is_some_and(|free| free < needed) { Err(Refusal::full()) } else { Ok(()) }
    }

    /// Begins to receive the bytes after `offset`. With `None`, a part that exists is received from its beginning.
    ///
    /// # Errors
    /// If the part has another number of bytes, is being received, or there is no space.
    pub(crate) fn receive(
        self: &Arc<Self>,
        place: &Place,
        content: Fingerprint,
        offset: Option<u64>,
    ) -> Result<Part, Refusal> {
        let has = self.offset(place, content)?;
        if let Some(offset) = offset.filter(|offset| *offset != has) {
            let reason = format!("The receiver has {has} bytes, and the rest begins at {offset}.");
            return Err(Refusal { offset: Some(has), ..Refusal::new(StatusCode::CONFLICT, reason) });
        }
        let mut part = self.start(place, self.path(place, content), Some(content), content.bytes)?;
        if offset.is_none() {
            part.file.set_len(0).map_err(|error| Refusal::of_disk(&error))?;
            part.offset = 0;
        }
        Ok(part)
    }

    /// Begins to receive a recording whose content is not known, of at most `max_bytes`.
    ///
    /// # Errors
    /// If there is no space.
    pub(crate) fn receive_unknown(self: &Arc<Self>, place: &Place, max_bytes: u64) -> Result<Part, Refusal> {
        self.check_space(0)?;
        let id = acevo_fleet::Uuid::random().map_err(|error| Refusal::of_disk(&error))?;
        self.start(place, self.folder(place).join(format!("{id}.part")), None, max_bytes)
    }

    fn start(
        self: &Arc<Self>,
        place: &Place,
        path: PathBuf,
        content: Option<Fingerprint>,
        max_bytes: u64,
    ) -> Result<Part, Refusal> {
        let failed = |error: io::Error| Refusal::of_disk(&error);
        let folder = self.folder(place);
        if !folder.is_dir() && fs::read_dir(&self.root).map_err(failed)?.count() >= MAX_RIGS {
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Too many rigs have incomplete uploads."));
        }
        fs::create_dir_all(&folder).map_err(failed)?;
        if !path.exists() {
            self.make_room(&folder);
        }
        match self.active().entry(path.clone()) {
            Entry::Occupied(_) => return Err(busy()),
            Entry::Vacant(vacant) => drop(vacant.insert(max_bytes)),
        }
        // From here on, dropping the part makes the path free again.
        let release = Release { incoming: self, path: &path };
        let file = OpenOptions::new().create(true).append(true).read(true).open(&path).map_err(failed)?;
        let offset = file.metadata().map_err(failed)?.len();
        std::mem::forget(release);
        Ok(Part { incoming: Arc::clone(self), path, file, offset, content, max_bytes })
    }

    /// Removes the oldest parts of a rig that has as many as it may have.
    fn make_room(&self, folder: &Path) {
        let mut parts = parts(folder);
        parts.sort();
        let active = self.active();
        let surplus = (parts.len() + 1).saturating_sub(MAX_PER_RIG);
        for (_, path) in parts.into_iter().filter(|(_, path)| !active.contains_key(path)).take(surplus) {
            // One that stays does no harm.
            let _ = fs::remove_file(path);
        }
    }

    /// Removes parts that nothing has continued for long.
    pub(crate) fn clean(&self, now: SystemTime) {
        for folder in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            for (changed, path) in parts(&folder.path()) {
                let is_old = now.duration_since(changed).is_ok_and(|age| age > MAX_AGE);
                if is_old && !self.active().contains_key(&path) {
                    let _ = fs::remove_file(path);
                }
            }
            // Removed only if it is empty.
            let _ = fs::remove_dir(folder.path());
        }
    }
}

/// The files of a folder, with the times of their last changes.
fn parts(folder: &Path) -> Vec<(SystemTime, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect()
}

fn busy() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "This recording is being received by another request.")
}

/// Makes a path free again, unless that is forgotten.
struct Release<'a> {
    incoming: &'a Incoming,
    path: &'a Path,
}

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.incoming.active().remove(self.path);
    }
}

impl Part {
    /// Appends bytes.
    ///
    /// # Errors
    /// If there are more than the recording has, or the disk is full.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.len() as u64 > self.max_bytes.saturating_sub(self.offset) {
            return Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "There are more bytes than were announced or allowed.",
            ));
        }
        self.file.write_all(bytes).map_err(|error| Refusal::of_disk(&error))?;
        self.offset += bytes.len() as u64;
        self.incoming.active().insert(self.path.clone(), self.max_bytes - self.offset);
        Ok(())
    }

    /// The file, complete and on the disk.
    ///
    /// # Errors
    /// Those of the disk.
    pub(crate) fn complete(&mut self) -> io::Result<&mut File> {
        self.file.sync_all()?;
        Ok(&mut self.file)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what has arrived.
    pub(crate) fn discard(self) {
        // It is removed later if that fails.
        let _ = fs::remove_file(&self.path);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.incoming.active().remove(&self.path);
        // What cannot be continued is of no use.
        if self.content.is_none() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::new("club", "rig-3", "a.acevo").unwrap()
    }

    fn content(bytes: &[u8]) -> Fingerprint {
        Fingerprint::of(bytes, |_| Ok(())).unwrap()
    }

    #[test]
    fn part_continues_where_it_ended_and_only_one_request_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Arc::new(Incoming::open(folder.path().join("in"), 0).unwrap());
        let content = content(b"0123456789");
        assert_eq!(incoming.offset(&place(), content), Ok(0));
        let mut part = incoming.receive(&place(), content, Some(0)).unwrap();
        part.append(b"0123").unwrap();
        assert_eq!(incoming.offset(&place(), content).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(incoming.receive(&place(), content, Some(4)).is_err());
        drop(part);
        let conflict = incoming.receive(&place(), content, Some(2)).unwrap_err();
        assert_eq!((conflict.status, conflict.offset), (StatusCode::CONFLICT, Some(4)));
        let mut part = incoming.receive(&place(), content, Some(4)).unwrap();
        part.append(b"456789").unwrap();
        assert_eq!(part.append(b"x").unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(fs::read(part.path()).unwrap(), b"0123456789");
        drop(part);
        // From the beginning again.
        assert_eq!(incoming.receive(&place(), content, None).unwrap().offset, 0);
        assert_eq!(incoming.offset(&place(), content), Ok(0));
    }

    #[test]
    fn parts_of_a_rig_are_few_and_old_ones_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Arc::new(Incoming::open(folder.path().join("in"), 0).unwrap());
        let held = incoming.receive(&place(), content(b"held"), Some(0)).unwrap();
        for number in 0..20_u8 {
            incoming.receive(&place(), content(&[number]), Some(0)).unwrap();
        }
        let rig = incoming.folder(&place());
        assert_eq!(fs::read_dir(&rig).unwrap().count(), MAX_PER_RIG);
        assert!(held.path().exists(), "it is being received");
        let path = held.path().to_owned();
        incoming.clean(SystemTime::now() + 2 * MAX_AGE);
        assert_eq!(fs::read_dir(&rig).unwrap().count(), 1);
        drop(held);
        incoming.clean(SystemTime::now());
        assert!(path.exists());
        incoming.clean(SystemTime::now() + 2 * MAX_AGE);
        assert!(!rig.exists());
    }

    #[test]
    fn receive_refuses_what_does_not_fit_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Arc::new(Incoming::open(folder.path().join("in"), u64::MAX).unwrap());
        let refused = incoming.receive(&place(), content(b"1"), Some(0)).unwrap_err();
        assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE);
    }

    #[test]
    fn part_of_unknown_content_is_removed_if_it_is_not_complete() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Arc::new(Incoming::open(folder.path().join("in"), 0).unwrap());
        let mut part = incoming.receive_unknown(&place(), 10).unwrap();
        part.append(b"12345").unwrap();
        let path = part.path().to_owned();
        drop(part);
        assert!(!path.exists());
    }
}
