//! The folder of complete recordings: `SITE/RIG/NAME.acevo`.

use std::fs;
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use acevo_files::{FileLock, open_file, read_limited, rename_new, sync_folder};
use acevo_fleet::{FileIndex, Fingerprint, IndexEntry, modified_us, names};
use acevo_recording::Recording;
use anyhow::{Context, bail};
use axum::http::StatusCode;

use super::incoming::{Incoming, Part};
use super::names::Place;
use super::refusal::Refusal;
use crate::format::text::{counted, error_chain};
use crate::output::name_of;

/// The folder of what is not a recording, in the folder of recordings.
const OWN_FOLDER: &str = ".acevo-collect";

/// The file with the path of the lake, in that folder.
const LAKE_FILE: &str = "lake";

/// Maximum length of a path, bytes.
const MAX_PATH: u64 = 64 << 10;

/// A recording that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Its path in the folder: `SITE/RIG/NAME.acevo`.
    pub(crate) name: String,
    pub(crate) content: Fingerprint,
    /// False if it was there already.
    pub(crate) is_new: bool,
}

/// The folder of complete recordings.
#[derive(Debug)]
pub(crate) struct Depot {
    root: PathBuf,
    pub(crate) incoming: Arc<Incoming>,
    index: Mutex<FileIndex>,
    _lock: FileLock,
}

impl Depot {
    /// Opens the folder, which must exist.
    ///
    /// # Errors
    /// If another program has opened it, or it cannot be written.
    pub(crate) fn open(root: &Path, min_free_bytes: u64) -> anyhow::Result<Self> {
        let cannot = || format!("cannot store recordings in {}", name_of(root));
        if !root.is_dir() {
            bail!("the folder {} does not exist: create it, or mount its disk", name_of(root));
        }
        let own = root.join(OWN_FOLDER);
        fs::create_dir_all(&own).with_context(cannot)?;
        let Some(lock) = FileLock::try_acquire(own.join("lock")).with_context(cannot)? else {
            bail!("another `acevo collect` stores recordings in {}", name_of(root));
        };
        let index = FileIndex::open(own.join("index.jsonl")).with_context(cannot)?;
        let incoming = Incoming::open(own.join("incoming"), min_free_bytes).with_context(cannot)?;
        incoming.clean(SystemTime::now());
        Ok(Self { root: root.to_owned(), incoming: Arc::new(incoming), index: Mutex::new(index), _lock: lock })
    }

    /// Prepares the queue for a lake. All recordings wait for one that is new, or another one than before: adding one twice has no effect.
    ///
    /// # Errors
    /// If the lake is the folder of recordings, or the disk fails.
    pub(crate) fn use_lake(&self, lake: &Path, is_new: bool) -> anyhow::Result<()> {
        let cannot = || format!("cannot use the lake {}", name_of(lake));
        acevo_files::create_folders(lake).with_context(cannot)?;
        let lake = lake.canonicalize().with_context(cannot)?;
        if lake == self.root.canonicalize().with_context(cannot)? {
            bail!("{} is the folder of recordings: name another folder for the lake", name_of(&lake));
        }
        let file = self.root.join(OWN_FOLDER).join(LAKE_FILE);
        let known = read_limited(&file, MAX_PATH).ok();
        let path = lake.as_os_str().as_encoded_bytes();
        if is_new || known.as_deref() != Some(path) {
            let mut index = self.index();
            let done: Vec<_> = index.entries().filter(|entry| entry.is_done).cloned().collect();
            for entry in done {
                index.put(IndexEntry { is_done: false, ..entry }).with_context(cannot)?;
            }
            fs::write(&file, path).with_context(cannot)?;
        }
        Ok(())
    }

    fn index(&self) -> MutexGuard<'_, FileIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of a stored recording.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// The recording of a rig with this content.
    ///
    /// # Errors
    /// Those of the disk.
    pub(crate) fn find(&self, place: &Place, content: Fingerprint) -> Result<Option<Stored>, Refusal> {
        let folder = place.folder() + "/";
        let known: Vec<String> = {
            let index = self.index();
            let of_rig = index.with_content(content).filter(|entry| entry.name.starts_with(&folder));
            of_rig.map(|entry| entry.name.clone()).collect()
        };
        for name in known {
            if let Ok(metadata) = self.path(&name).metadata()
                && self.index().current(&name, &metadata).is_some()
            {
                return Ok(Some(Stored { name, content, is_new: false }));
            }
        }
        // It may be stored without being in the index: a kill came between both, or another program has put it there.
        for path in names(&self.path(&place.folder()), &place.name) {
            let Ok(metadata) = path.symlink_metadata() else { return Ok(None) };
            if metadata.is_file()
                && metadata.len() == content.bytes
                && content_of(&path).is_ok_and(|own| own == content)
            {
                let stored = Stored { name: self.name(place, &path), content, is_new: false };
                self.note(&stored)?;
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    fn name(&self, place: &Place, path: &Path) -> String {
        format!("{}/{}", place.folder(), path.file_name().unwrap_or_default().to_string_lossy())
    }

    /// Adds a stored recording to the index.
    fn note(&self, stored: &Stored) -> Result<(), Refusal> {
        let failed = |error: io::Error| Refusal::of_disk(&error);
        let metadata = self.path(&stored.name).metadata().map_err(failed)?;
        let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let entry = IndexEntry {
            name: stored.name.clone(),
            content: stored.content,
            modified_us: modified_us(&metadata),
            unix_ms: u64::try_from(unix_ms).unwrap_or(u64::MAX),
            url: String::new(),
            is_done: false,
        };
        self.index().put(entry).map_err(failed)
    }

    /// Checks a part that has arrived completely, and stores it. After that, it is on the disk.
    ///
    /// # Errors
    /// If it has another content than was announced or is no recording, or if the disk fails.
    pub(crate) fn store(&self, mut part: Part, place: &Place) -> Result<Stored, Refusal> {
        let failed = |error: io::Error| Refusal::of_disk(&error);
        let expected = part.content;
        let file = part.complete().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let content = Fingerprint::of(&mut *file, |_| Ok(())).map_err(failed)?;
        if expected.is_some_and(|expected| expected != content) {
            part.discard();
            return Err(Refusal::new(
                StatusCode::CONFLICT,
                "The bytes that have arrived do not have the announced digest. They were removed.",
            ));
        }
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        if let Err(reason) = check(file.try_clone().map_err(failed)?) {
            part.discard();
            return Err(Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("This is no complete recording: {reason}."),
            ));
        }
        if let Some(stored) = self.find(place, content)? {
            part.discard();
            return Ok(stored);
        }
        let folder = self.path(&place.folder());
        fs::create_dir_all(&folder).map_err(failed)?;
        for path in names(&folder, &place.name) {
            match rename_new(part.path(), &path) {
                Ok(()) => {
                    sync_folder(&path);
                    sync_folder(&folder);
                    sync_folder(&self.path(&place.site));
                    let stored = Stored { name: self.name(place, &path), content, is_new: true };
                    self.note(&stored)?;
                    return Ok(stored);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(Refusal::new(StatusCode::CONFLICT, "Too many other recordings have this name."))
    }

    /// Adds recordings to the index that other programs have put into the folder, such as rigs that copy to it.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub(crate) fn adopt(&self, is_stopped: impl Fn() -> bool) -> anyhow::Result<()> {
        for place in self.places()? {
            let name = format!("{}/{}", place.folder(), place.name);
            let path = self.path(&name);
            let Ok(metadata) = path.symlink_metadata() else { continue };
            if is_stopped() || !metadata.is_file() || self.index().current(&name, &metadata).is_some() {
                continue;
            }
            let Ok(content) = content_of(&path) else { continue };
            let stored = Stored { name, content, is_new: true };
            self.note(&stored).map_err(|refusal| anyhow::anyhow!(refusal.reason))?;
        }
        Ok(())
    }

    /// The places of all recordings in the folder.
    fn places(&self) -> anyhow::Result<Vec<Place>> {
        let mut places = Vec::new();
        for site in folders(&self.root)? {
            for rig in folders(&self.root.join(&site))? {
                let folder = self.root.join(&site).join(&rig);
                let cannot = || format!("cannot read the folder {}", name_of(&folder));
                for entry in fs::read_dir(&folder).with_context(cannot)? {
                    let name = entry.with_context(cannot)?.file_name();
                    let name = name.to_str().unwrap_or_default();
                    // Others are none of ours.
                    places.extend(Place::new(&site, &rig, name).ok().filter(|place| place.name == name));
                }
            }
        }
        Ok(places)
    }

    /// The recordings that are not in the lake yet, the oldest first.
    pub(crate) fn unfinished(&self) -> Vec<IndexEntry> {
        let mut entries: Vec<_> = self.index().entries().filter(|entry| !entry.is_done).cloned().collect();
        entries.sort_by_key(|entry| entry.unix_ms);
        entries
    }

    /// Notes that a recording is in the lake.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub(crate) fn finish(&self, entry: IndexEntry) -> io::Result<()> {
        self.index().put(IndexEntry { is_done: true, ..entry })
    }

    /// Removes the entry of a recording that does not exist any more.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub(crate) fn forget(&self, name: &str) -> io::Result<()> {
        self.index().remove(name)
    }
}

/// The names of folders in a folder that are slugs.
fn folders(folder: &Path) -> anyhow::Result<Vec<String>> {
    let cannot = || format!("cannot read the folder {}", name_of(folder));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if acevo_fleet::slug(&name) == name && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn content_of(path: &Path) -> io::Result<Fingerprint> {
    Fingerprint::of(open_file(path)?, |_| Ok(()))
}

/// Fails unless a file is a complete recording.
fn check(file: fs::File) -> Result<(), String> {
    let mut recording = Recording::from_input(file).map_err(|error| error_chain(&error))?;
    if !recording.info().finished {
        return Err("its end is missing".into());
    }
    match recording.check() {
        Ok(damage) if damage.is_empty() => Ok(()),
        Ok(damage) => Err(format!("{} damaged", counted(damage.len() as u64, "part of it is", "parts of it are"))),
        Err(error) => Err(error_chain(&error)),
    }
}
