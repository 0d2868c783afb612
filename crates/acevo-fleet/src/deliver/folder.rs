//! A store that is a folder: a disk, a network share, a mounted bucket.

use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use acevo_files::{PendingFile, open_file};

use super::address::file_url;
use super::digest::{Fingerprint, copy};
use super::store::{DeliveryError, Origin, Pace, Parcel, Receipt, Step, Store, is_interruption};

/// Names that are tried if others are taken.
const MAX_NAMES: u32 = 100;

/// A store that is a folder. Files are copied as `SITE/RIG/NAME` in it. A file with another content is never replaced.
#[derive(Debug, Clone)]
pub struct FolderStore {
    root: PathBuf,
    origin: Origin,
}

impl FolderStore {
    /// The store in this folder, which must exist when files are delivered.
    pub fn new(root: impl Into<PathBuf>, origin: Origin) -> Self {
        Self { root: root.into(), origin }
    }
}

impl Store for FolderStore {
    fn deliver(&mut self, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<Receipt, DeliveryError> {
        // The folder itself is never created: a share that is not mounted would fill the disk of this computer.
        if !self.root.is_dir() {
            return Err(DeliveryError::NoFolder(self.root.clone()));
        }
        let folder = self.root.join(&self.origin.site).join(&self.origin.rig);
        fs::create_dir_all(&folder).map_err(folder_error(&folder))?;
        remove_leftovers(&folder, parcel.name);
        for path in names(&folder, parcel.name) {
            if path.symlink_metadata().is_ok() {
                if holds(&path, parcel.content, pace)? {
                    return Ok(Receipt { url: file_url(&path), is_new: false });
                }
            } else if copy_to(&path, parcel, pace)? {
                return Ok(Receipt { url: file_url(&path), is_new: true });
            }
        }
        Err(DeliveryError::NoName(folder.join(parcel.name)))
    }
}

fn folder_error(path: &Path) -> impl Fn(io::Error) -> DeliveryError {
    let path = path.to_owned();
    move |source| DeliveryError::Folder { path: path.clone(), source }
}

/// The paths that a file may get: its name, then with numbers.
pub fn names(folder: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let (stem, extension) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let others = (2..=MAX_NAMES).map(move |number| format!("{stem}_{number}{extension}"));
    std::iter::once(name.to_owned()).chain(others).map(|name| folder.join(name))
}

/// Removes what an interrupted copy has left. Only one program at a time copies the files of a rig.
fn remove_leftovers(folder: &Path, name: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let is_leftover = found.to_str().is_some_and(|found| {
            found.strip_prefix(name).is_some_and(|end| end.starts_with('.') && end.ends_with(".part"))
        });
        if is_leftover && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // One that stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// True if a file in the store has this content.
fn holds(path: &Path, content: Fingerprint, pace: &mut dyn Pace) -> Result<bool, DeliveryError> {
    let Ok(file) = open_file(path) else { return Ok(false) };
    if file.metadata().map_err(folder_error(path))?.len() != content.bytes {
        return Ok(false);
    }
    Ok(fingerprint(file, path, pace)? == content)
}

fn fingerprint(file: impl Read, path: &Path, pace: &mut dyn Pace) -> Result<Fingerprint, DeliveryError> {
    let mut is_interrupted = false;
    let read = Fingerprint::of(file, |bytes| {
        pace.pass(Step::Read(bytes)).map_err(|interrupted| {
            is_interrupted = true;
            interrupted.into()
        })
    });
    read.map_err(|error| {
        if is_interruption(&error) { DeliveryError::Interrupted(super::Interrupted) } else { folder_error(path)(error) }
    })
}

/// Copies a file to a new name. Returns false if the name was taken meanwhile.
fn copy_to(path: &Path, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<bool, DeliveryError> {
    let cannot = folder_error(path);
    let from = open_file(parcel.path);
    let from = from.map_err(|source| DeliveryError::File { path: parcel.path.into(), source })?;
    let mut to = PendingFile::create(path).map_err(&cannot)?;
    let copied = copy(from, |block| {
        pace.pass(Step::Send(block.len()))?;
        to.write_all(block)
    });
    let copied = copied.map_err(|error| match is_interruption(&error) {
        true => DeliveryError::Interrupted(super::Interrupted),
        false => cannot(error),
    })?;
    if copied != parcel.content {
        return Err(DeliveryError::Changed(parcel.path.into()));
    }
    to.complete().map_err(&cannot)?;
    let stored = fingerprint(to.read_at(0).map_err(&cannot)?, path, pace)?;
    if stored != parcel.content {
        return Err(DeliveryError::Corrupted(path.into()));
    }
    match to.publish() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(cannot(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::Interrupted;

    /// Allows some bytes to be sent.
    struct Budget(usize);

    impl Pace for Budget {
        fn pass(&mut self, step: Step) -> Result<(), Interrupted> {
            if let Step::Send(bytes) = step {
                self.0 = self.0.checked_sub(bytes).ok_or(Interrupted)?;
            }
            Ok(())
        }
    }

    fn deliver(root: &Path, file: &Path, budget: usize) -> Result<Receipt, DeliveryError> {
        let content = Fingerprint::of(fs::File::open(file).unwrap(), |_| Ok(())).unwrap();
        let mut store = FolderStore::new(root, Origin { site: "club".into(), rig: "rig-3".into() });
        store.deliver(&Parcel { path: file, name: "a.acevo", content }, &mut Budget(budget))
    }

    #[test]
    fn deliver_copies_once_and_gives_other_contents_other_names() {
        let (root, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = own.path().join("a.acevo");
        fs::write(&file, vec![1; 200_000]).unwrap();
        let first = deliver(root.path(), &file, usize::MAX).unwrap();
        assert!(first.is_new && first.url.starts_with("file:///") && first.url.ends_with("/club/rig-3/a.acevo"));
        assert_eq!(deliver(root.path(), &file, 0).unwrap(), Receipt { is_new: false, ..first });
        fs::write(&file, vec![2; 200_000]).unwrap();
        assert!(deliver(root.path(), &file, usize::MAX).unwrap().url.ends_with("/a_2.acevo"));
        assert!(!deliver(root.path(), &file, 0).unwrap().is_new);
        let folder = root.path().join("club/rig-3");
        assert_eq!(fs::read(folder.join("a.acevo")).unwrap(), vec![1; 200_000]);
        assert_eq!(fs::read(folder.join("a_2.acevo")).unwrap(), vec![2; 200_000]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn deliver_that_is_interrupted_leaves_nothing_and_removes_what_a_kill_has_left() {
        let (root, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = own.path().join("a.acevo");
        fs::write(&file, vec![1; 200_000]).unwrap();
        let folder = root.path().join("club/rig-3");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.acevo.x7.part"), b"left").unwrap();
        fs::write(folder.join("b.acevo.x7.part"), b"of another file").unwrap();
        let interrupted = deliver(root.path(), &file, 100_000);
        assert!(matches!(interrupted, Err(DeliveryError::Interrupted(_))), "{interrupted:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        deliver(root.path(), &file, usize::MAX).unwrap();
    }

    #[test]
    fn deliver_to_a_folder_that_does_not_exist_creates_nothing() {
        let (root, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = own.path().join("a.acevo");
        fs::write(&file, b"1").unwrap();
        let missing = root.path().join("share");
        let error = deliver(&missing, &file, usize::MAX).unwrap_err();
        assert!(error.to_string().contains("is the share mounted?"), "{error}");
        assert!(!missing.exists());
    }
}
