//! Files that have their name only when they are complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// Maximum length of the part of a temporary name that comes from the final one, in bytes. File systems allow 255 for the whole name.
const MAX_NAME: usize = 200;

/// A file that is written under a unique temporary name next to its final one. It is removed on drop, unless it was
/// [published](Self::publish).
///
/// The temporary name is that of the file with random characters and `.part` appended. The file is new: an existing file is not opened,
/// and a link is not followed.
///
/// ```
/// use std::io::Write;
///
/// use acevo_files::PendingFile;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("laps.csv");
/// let mut file = PendingFile::create(&path)?;
/// writeln!(file, "lap,time_ms")?;
/// assert!(!path.exists());
/// file.publish()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "lap,time_ms\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct PendingFile {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl PendingFile {
    /// Creates the temporary file, with the permissions of any new file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        Self::with_mode(path.into(), 0o666)
    }

    /// Creates the temporary file. On Unix only its owner can read and write it.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn create_private(path: impl Into<PathBuf>) -> io::Result<Self> {
        Self::with_mode(path.into(), 0o600)
    }

    /// `mode` is that of Unix. The system takes the bits of the umask out of it.
    fn with_mode(path: PathBuf, mode: u32) -> io::Result<Self> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it has no file name"));
        };
        let mut prefix = name.to_owned();
        if name.len() > MAX_NAME {
            prefix = start_of(&name.to_string_lossy(), MAX_NAME).into();
        }
        prefix.push(".");
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let file = builder.tempfile_in(folder_of(&path))?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER, file), path })
    }

    /// The final path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A handle to the temporary file, for a writer that takes a [`File`]. Do not mix it with writing to `self`.
    ///
    /// # Errors
    /// The error of the operating system if it has no handle left.
    pub fn file(&self) -> io::Result<File> {
        self.out.get_ref().as_file().try_clone()
    }

    /// The file for reading from a position in bytes. Everything written so far can be read.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn read_at(&mut self, position: u64) -> io::Result<&mut File> {
        self.out.flush()?;
        let file = self.out.get_mut().as_file_mut();
        file.seek(SeekFrom::Start(position))?;
        Ok(file)
    }

    /// Writes everything to the disk, under the temporary name. [`publish`](Self::publish) does it, too.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn complete(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().as_file().sync_all()
    }

    /// Completes the file and gives it its final name. A file that has this name by now is not replaced.
    ///
    /// # Errors
    /// An error of the kind `AlreadyExists` if the name is taken, also by a dangling link; else that of the operating system. The temporary
    /// file is removed.
    pub fn publish(self) -> io::Result<()> {
        let (temporary, path) = self.into_complete()?;
        move_new(temporary, &path)?;
        sync_folder(&path);
        Ok(())
    }

    /// The same in one step, which readers never see half of. [`publish`](Self::publish) reserves the name with an empty file on file
    /// systems that can neither rename without replacing nor make hard links; this fails there.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); those of the operating system also if it cannot do this.
    pub fn publish_at_once(self) -> io::Result<()> {
        let (temporary, path) = self.into_complete()?;
        temporary.persist_noclobber(&path).map_err(|failed| failed.error)?;
        sync_folder(&path);
        Ok(())
    }

    /// Completes the file and gives it its final name. A file or a link of this name is replaced: readers see either the old file or the new
    /// one.
    ///
    /// # Errors
    /// The error of the operating system. The temporary file is removed.
    pub fn replace(self) -> io::Result<()> {
        let (temporary, path) = self.into_complete()?;
        temporary.persist(&path).map_err(|failed| failed.error)?;
        sync_folder(&path);
        Ok(())
    }

    fn into_complete(mut self) -> io::Result<(TempPath, PathBuf)> {
        self.complete()?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Closed: Windows does not rename every open file.
        Ok((file.into_temp_path(), self.path))
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Renames a file within its file system. A file that has the new name is not replaced.
///
/// # Errors
/// An error of the kind `AlreadyExists` if the name is taken, also by a dangling link; else that of the operating system.
pub fn rename_new(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let moved = move_new(TempPath::try_from_path(from.as_ref())?, to.as_ref());
    moved.map_err(|failed| {
        let NotMoved { error, path } = failed;
        // Dropping the path would remove the file. Keeping it cannot fail on Unix; on Windows it resets an attribute.
        let _ = path.keep();
        error
    })
}

/// A file that could not be moved.
struct NotMoved {
    error: io::Error,
    path: TempPath,
}

impl From<NotMoved> for io::Error {
    fn from(failed: NotMoved) -> Self {
        failed.error
    }
}

fn move_new(from: TempPath, to: &Path) -> Result<(), NotMoved> {
    let failed = match from.persist_noclobber(to) {
        Ok(()) => return Ok(()),
        Err(failed) => failed,
    };
    let (error, from) = (failed.error, failed.path);
    // The file system neither renames without replacing nor has hard links. An empty file reserves the name.
    let is_unsupported = matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
    );
    if !is_unsupported {
        return Err(NotMoved { error, path: from });
    }
    match OpenOptions::new().write(true).create_new(true).open(to) {
        Ok(_) => {}
        Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {
            return Err(NotMoved { error: taken, path: from });
        }
        Err(_) => return Err(NotMoved { error, path: from }),
    }
    from.persist(to).map_err(|failed| {
        // It is empty, and was created here.
        let _ = fs::remove_file(to);
        NotMoved { error: failed.error, path: failed.path }
    })
}

/// The first `max` bytes of a text, or fewer if a character would be cut.
fn start_of(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the name of a new file or folder durable. Not every file system can do this, and the file is complete without it.
pub fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder_of(path))
    {
        let _ = folder.sync_all();
    }
}
