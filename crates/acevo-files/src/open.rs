//! Opening files that may be anything.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// What a path leads to if it is not a regular file. The inner error of an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is {}", self.name())]
#[non_exhaustive]
pub enum NotAFile {
    /// A folder.
    Folder,
    /// A named pipe: opening it may block until another process opens it.
    Pipe,
    /// A device: it may have no end.
    Device,
    /// A socket.
    Socket,
    /// A symbolic link that must not be followed.
    Link,
    /// Anything else.
    Other,
}

impl NotAFile {
    /// What the path leads to, if this is why it was refused.
    ///
    /// ```
    /// use acevo_files::{NotAFile, open_file};
    ///
    /// let error = open_file(".").unwrap_err();
    /// assert_eq!(NotAFile::of(&error), Some(NotAFile::Folder));
    /// ```
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }

    /// What it is, such as `a named pipe, not a regular file`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Folder => "a folder",
            Self::Pipe => "a named pipe, not a regular file",
            Self::Device => "a device, not a regular file",
            Self::Socket => "a socket, not a regular file",
            Self::Link => "a symbolic link, which is not followed",
            Self::Other => "not a regular file",
        }
    }

    /// Fails unless this is the type of a regular file.
    fn check(found: FileType) -> io::Result<()> {
        if found.is_file() { Ok(()) } else { Err(Self::found(found).into()) }
    }

    fn found(found: FileType) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;

            if found.is_fifo() {
                return Self::Pipe;
            }
            if found.is_block_device() || found.is_char_device() {
                return Self::Device;
            }
            if found.is_socket() {
                return Self::Socket;
            }
        }
        match () {
            () if found.is_dir() => Self::Folder,
            () if found.is_symlink() => Self::Link,
            () => Self::Other,
        }
    }
}

impl From<NotAFile> for io::Error {
    fn from(found: NotAFile) -> Self {
        let kind = match found {
            NotAFile::Folder => io::ErrorKind::IsADirectory,
            _ => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, found)
    }
}

/// A file is larger than the limit. The inner error of an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has more than {max} bytes")]
#[non_exhaustive]
pub struct TooLarge {
    /// Maximum number of bytes.
    pub max: u64,
}

impl TooLarge {
    /// The limit, if this is why a file was refused.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<TooLarge> for io::Error {
    fn from(error: TooLarge) -> Self {
        Self::new(io::ErrorKind::FileTooLarge, error)
    }
}

/// Opens a regular file for reading. Never blocks, and follows links.
///
/// # Errors
/// [`NotAFile`] if the path leads to anything but a regular file, checked for what was opened; else the error of the operating system.
pub fn open_file(path: impl AsRef<Path>) -> io::Result<File> {
    let path = path.as_ref();
    // Opening some devices has effects.
    NotAFile::check(fs::metadata(path)?.file_type())?;
    let mut options = OpenOptions::new();
    system::never_block(options.read(true));
    let file = options.open(path)?;
    // Another process may have replaced it meanwhile.
    NotAFile::check(file.metadata()?.file_type())?;
    Ok(file)
}

/// Opens a regular file for appending. It is created if it does not exist; on Unix only its owner can read and write it then. Never blocks,
/// and never follows a link. Each write appends at the end that the file has at that moment, also if other processes append, too.
///
/// # Errors
/// [`NotAFile`] if the path is a link or leads to anything but a regular file, checked for what was opened; else the error of the operating
/// system.
pub fn open_append(path: impl AsRef<Path>) -> io::Result<File> {
    let path = path.as_ref();
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.append(true).create(true);
    open_own(path, &mut options)
}

/// Opens a regular file as `options` say, but never follows a link.
pub(crate) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // A link, a folder or a device is refused before it is opened, so that the error is clear and nothing happens to it.
    match fs::symlink_metadata(path) {
        Ok(found) => NotAFile::check(found.file_type())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    system::never_follow(options);
    let file = options.open(path)?;
    NotAFile::check(file.metadata()?.file_type())?;
    Ok(file)
}

/// Reads a regular file of at most `max` bytes, as [`open_file`] opens it.
///
/// # Errors
/// [`NotAFile`], [`TooLarge`], or the error of the operating system.
pub fn read_limited(path: impl AsRef<Path>, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(TooLarge { max }.into()) } else { Ok(bytes) }
}

/// True if the path leads to this open file: it was not removed, renamed or replaced. Links are not followed.
///
/// Windows does not identify open files here; the result is only whether the path exists.
pub fn is_at(file: &File, path: impl AsRef<Path>) -> bool {
    let Ok(found) = fs::symlink_metadata(path) else { return false };
    system::is_same(file, &found)
}

#[cfg(unix)]
mod system {
    use std::fs::{File, Metadata, OpenOptions};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;

    /// Opening a pipe or a device returns at once, and a terminal does not become that of this process.
    pub(super) fn never_block(options: &mut OpenOptions) {
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }

    /// The same; a link is not followed but fails with [`is_link_error`].
    pub(super) fn never_follow(options: &mut OpenOptions) {
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW).bits().cast_signed());
    }

    pub(super) fn is_same(file: &File, found: &Metadata) -> bool {
        file.metadata().is_ok_and(|own| (own.dev(), own.ino()) == (found.dev(), found.ino()))
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, Metadata, OpenOptions};

    /// Opening never blocks here.
    pub(super) fn never_block(_: &mut OpenOptions) {}

    /// A link is opened itself.
    pub(super) fn never_follow(options: &mut OpenOptions) {
        #[cfg(windows)]
        {
            use std::os::windows::fs::OpenOptionsExt;

            /// `FILE_FLAG_OPEN_REPARSE_POINT`.
            const OPEN_LINK: u32 = 0x0020_0000;
            options.custom_flags(OPEN_LINK);
        }
        #[cfg(not(windows))]
        let _ = options;
    }

    pub(super) fn is_same(_: &File, _: &Metadata) -> bool {
        true
    }
}
