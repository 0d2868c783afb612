//! A directory of page files, as written to `/dev/shm` by bridges and by [`Publisher`](crate::Publisher).

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::file::{PageFile, open_regular};
use super::survey::{Finding, Outcome};
use super::watchdog::Watchdog;
use super::{Source, user};
use crate::error::Error;
use crate::page::PageKind;

/// Whose page files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owners {
    /// Those of any user: the directory was named.
    Any,
    /// Those of this user and of root: anyone may create files in the directory.
    #[cfg(target_os = "linux")]
    Trusted,
}

/// The directory of Linux for files in memory.
#[cfg(target_os = "linux")]
pub(crate) const SHARED_MEMORY: &str = "/dev/shm";

/// Pages in the files `acevo_pmf_physics`, `acevo_pmf_graphics` and `acevo_pmf_static` of a directory.
///
/// Files that are removed or replaced are reported as [`Error::Gone`] within 10 ms. Files of any user are read, because the directory was
/// named; [`ACEvoSharedMemoryMapper::open`](crate::ACEvoSharedMemoryMapper::open) reads only those of this user and of root in `/dev/shm`.
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
    /// [`Error::PermissionDenied`] if one cannot be read, [`Error::System`] if one is not a regular file. Opening never blocks.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_of(Owners::Any, directory.as_ref())
    }

    /// The same, but a file of another user, except for root, is [`Error::ForeignPages`].
    #[cfg(target_os = "linux")]
    pub(crate) fn open_trusted(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_of(Owners::Trusted, directory.as_ref())
    }

    fn open_of(owners: Owners, directory: &Path) -> Result<Self, Error> {
        let open = |page| open_page(page, &page_path(directory, page), owners);
        if PageKind::ALL.iter().all(|page| !page_path(directory, *page).exists()) {
            let old = directory.join("acpmf_physics");
            return Err(if old.metadata().is_ok_and(|old| owners.include(old.uid())) {
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
        Self::survey_of(Owners::Any, directory.as_ref())
    }

    /// The same for [`open_trusted`](Self::open_trusted).
    #[cfg(target_os = "linux")]
    pub(crate) fn survey_trusted(directory: impl AsRef<Path>) -> Vec<Finding> {
        Self::survey_of(Owners::Trusted, directory.as_ref())
    }

    fn survey_of(owners: Owners, directory: &Path) -> Vec<Finding> {
        let finding = |page| {
            let path = page_path(directory, page);
            let outcome = match open_page(page, &path, owners) {
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

impl Owners {
    fn include(self, owner: u32) -> bool {
        self == Self::Any || !user::is_foreign(owner)
    }
}

fn open_page(page: PageKind, path: &Path, owners: Owners) -> Result<PageFile, Error> {
    let location = path.display().to_string();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::PageNotThere { page, location: location.clone() },
        _ => Error::of_system(&location, error),
    };
    let check_owner = |owner| match owners.include(owner) {
        true => Ok(()),
        false => Err(Error::ForeignPages { location: location.clone(), owner }),
    };
    // Files that this user may not read are also foreign, rather than an error of the system.
    check_owner(path.metadata().map_err(failed)?.uid())?;
    let file = PageFile::new(open_regular(path).map_err(failed)?, page, location.clone())?;
    check_owner(file.owner().map_err(failed)?)?;
    Ok(file)
}

impl Source for PageDirectory {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.current(page)?.copy(words)
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.current(page)?.is_unchanged(words)
    }

    fn is_still(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.current(page)?.is_still(words)
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
