//! A directory of page files, as bridges and [`Publisher`](crate::Publisher) make them in `/dev/shm`.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use super::Source;
use super::file::PageFile;
use super::survey::{Finding, Outcome};
use super::watchdog::Watchdog;
use crate::error::Error;
use crate::page::PageKind;

/// Where Linux keeps files that live in memory.
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
    /// One for each page: a publisher removes them one after the other.
    watchdogs: [Watchdog; 3],
}

impl PageDirectory {
    /// Opens the three page files of `directory`.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`] where there is none of them, [`Error::OldGame`] where there are only `acpmf_*` files,
    /// [`Error::PageNotThere`] where one is missing or still empty, [`Error::UnknownLayout`] where one is too small,
    /// [`Error::PermissionDenied`] where one may not be read.
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

    /// What is found in a directory, page by page; see [`survey`](crate::survey) for the same of the whole system.
    pub fn survey(directory: impl AsRef<Path>) -> Vec<Finding> {
        let look = |page| {
            let path = page_path(directory.as_ref(), page);
            let outcome = match open_page(page, &path) {
                Ok(file) => Outcome::Found(format!("{} bytes", file.size())),
                Err(error) => Outcome::of(error),
            };
            Finding::new(format!("{page} page as a file: {}", path.display()), outcome)
        };
        PageKind::ALL.map(look).into()
    }

    /// The page's file, unless it is history: a publisher that ends removes its files, one that starts anew makes new ones.
    fn current(&self, page: PageKind) -> Result<&PageFile, Error> {
        let file = &self.pages[page as usize];
        let is_gone = self.watchdogs[page as usize].is_gone(|| file.is_unlinked());
        if is_gone { Err(file.gone()) } else { Ok(file) }
    }
}

/// The file of a page.
pub(crate) fn page_path(directory: &Path, page: PageKind) -> PathBuf {
    directory.join(page.section_name())
}

fn open_page(page: PageKind, path: &Path) -> Result<PageFile, Error> {
    let place = path.display().to_string();
    let file_type = match path.metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::PageNotThere { page, place }),
        Err(error) => return Err(Error::of_system(place, error)),
    };
    // Opening a pipe would wait for its writer for ever.
    if !file_type.is_file() {
        return Err(Error::of_system(place, io::Error::other("not a regular file")));
    }
    match OpenOptions::new().read(true).open(path) {
        Ok(file) => PageFile::new(file, page, place),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::PageNotThere { page, place }),
        Err(error) => Err(Error::of_system(place, error)),
    }
}

impl Source for PageDirectory {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.current(page)?.copy(words)
    }

    fn is_still(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.current(page)?.is_still(words)
    }

    fn size(&self, page: PageKind) -> usize {
        self.pages[page as usize].size()
    }

    fn place(&self, page: PageKind) -> String {
        self.pages[page as usize].place().to_owned()
    }

    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        match page {
            PageKind::Static => Ok(0),
            page => self.current(page)?.packet_id(),
        }
    }
}
