//! A directory of page files, as written to `/dev/shm` by bridges and by [`Publisher`](crate::Publisher).

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use super::Source;
use super::file::PageFile;
use super::survey::{Finding, Outcome};
use super::watchdog::Watchdog;
use crate::error::Error;
use crate::page::PageKind;

/// The directory of Linux for files in memory.
#[cfg(target_os = "linux")]
pub(crate) const SHARED_MEMORY: &str = "/dev/shm";

/// Pages in the files `acevo_pmf_physics`, `acevo_pmf_graphics` and `acevo_pmf_static` of a directory.
///
/// Files that are removed or replaced are reported as [`Error::Gone`] within 10 ms.
///
/// ```no_run
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, PageDirectory};
///
/// let mapper = ACEvoSharedMemoryMapper::open_source(PageDirectory::open("/dev/shm")?)?;
/// println!("{}", mapper.static_data().track());
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug)]
pub struct PageDirectory {
    pages: [PageFile; 3],
    /// One for each page, because a publisher removes them one after another.
    watchdogs: [Watchdog; 3],
}

impl PageDirectory {
    /// Opens the three page files of `directory`.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`] if all of them are missing, [`Error::OldGame`] if there are only `acpmf_*` files,
    /// [`Error::PageNotThere`] if one is missing or still empty, [`Error::UnknownLayout`] if one is too small,
    /// [`Error::PermissionDenied`] if one cannot be read.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        let directory = directory.as_ref();
        let open = |page| open_page(page, &page_path(directory, page));
        if PageKind::ALL.iter().all(|page| !page_path(directory, *page).exists()) {
            let old = directory.join("acpmf_physics");
            return Err(if old.exists() {
                Error::OldGame { section: old.display().to_string() }
            } else {
                Error::GameNotRunning { looked_for: page_path(directory, PageKind::Physics).display().to_string() }
            });
        }
        Ok(Self {
            pages: [open(PageKind::Physics)?, open(PageKind::Graphics)?, open(PageKind::Static)?],
            watchdogs: PageKind::ALL.map(|_| Watchdog::new()),
        })
    }

    /// Reports which pages are found in a directory. [`survey`](crate::survey) does the same for the whole system.
    pub fn survey(directory: impl AsRef<Path>) -> Vec<Finding> {
        let finding = |page| {
            let path = page_path(directory.as_ref(), page);
            let outcome = match open_page(page, &path) {
                Ok(file) => Outcome::Found(format!("{} bytes", file.size())),
                Err(error) => Outcome::of(error),
            };
            Finding::new(format!("{page} page as a file: {}", path.display()), outcome)
        };
        PageKind::ALL.map(finding).into()
    }

    /// The page's file, or an error if it has been removed or replaced by its publisher.
    fn current(&self, page: PageKind) -> Result<&PageFile, Error> {
        let file = &self.pages[page as usize];
        let is_gone = self.watchdogs[page as usize].is_gone(|| file.is_unlinked());
        if is_gone { Err(file.gone()) } else { Ok(file) }
    }
}

/// The path of a page's file.
pub(crate) fn page_path(directory: &Path, page: PageKind) -> PathBuf {
    directory.join(page.section_name())
}

fn open_page(page: PageKind, path: &Path) -> Result<PageFile, Error> {
    let location = path.display().to_string();
    let file_type = match path.metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::PageNotThere { page, location }),
        Err(error) => return Err(Error::of_system(location, error)),
    };
    // Opening a named pipe would block until a writer opens it.
    if !file_type.is_file() {
        return Err(Error::of_system(location, io::Error::other("not a regular file")));
    }
    match OpenOptions::new().read(true).open(path) {
        Ok(file) => PageFile::new(file, page, location),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::PageNotThere { page, location }),
        Err(error) => Err(Error::of_system(location, error)),
    }
}

impl Source for PageDirectory {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.current(page)?.copy(words)
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.current(page)?.is_unchanged(words)
    }

    fn size(&self, page: PageKind) -> usize {
        self.pages[page as usize].size()
    }

    fn location(&self, page: PageKind) -> String {
        self.pages[page as usize].location().to_owned()
    }

    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        match page {
            PageKind::Static => Ok(0),
            page => self.current(page)?.packet_id(),
        }
    }
}
