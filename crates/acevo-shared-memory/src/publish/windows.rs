//! Named sections, made as the game makes them.
//!
//! This file holds the `unsafe` of writing. What is written is other processes' memory as much as ours: it is never borrowed,
//! only written word by word with volatile stores.
#![allow(unsafe_code)]

use std::io;
use std::ptr;
use std::sync::atomic::{Ordering, fence};

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, GetLastError, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory::{CreateFileMappingW, FILE_MAP_WRITE, PAGE_READWRITE};
use windows_sys::Win32::System::Threading::CreateMutexW;

use super::{CounterOrder, Target, moves};
use crate::error::Error;
use crate::page::PageKind;
use crate::source::{GAME_PROCESS, Handle, MappedView, WindowsSections, check_size, process_id, wide};

/// Name of what keeps two publishers apart. The system drops it with the process that made it, in whatever way that ends.
const LOCK: &str = r"Local\acevo_pmf_publisher";

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    Ok(Box::new(Sections::create()?))
}

/// The three sections, mapped for writing.
#[derive(Debug)]
struct Sections {
    sections: [Section; 3],
    _lock: Handle,
}

impl Sections {
    fn create() -> Result<Self, Error> {
        if process_id(GAME_PROCESS).is_some_and(|pid| pid != std::process::id()) {
            return Err(Error::AlreadyPublished { place: GAME_PROCESS.into() });
        }
        let lock = lock()?;
        // A game under another name, or somebody else's simulator.
        if WindowsSections::open().is_ok_and(|sections| moves(&sections)) {
            return Err(Error::AlreadyPublished { place: "the game's shared memory".into() });
        }
        let [physics, graphics, static_data] = PageKind::ALL.map(Section::create);
        let mut sections = Self { sections: [physics?, graphics?, static_data?], _lock: lock };
        // A reader may have kept the sections of a game that has ended; what it left in them is not ours.
        sections.clear();
        Ok(sections)
    }

    fn clear(&mut self) {
        for page in PageKind::ALL {
            self.sections[page as usize].write(&vec![0; page.size()], CounterOrder::Last);
        }
    }
}

impl Drop for Sections {
    /// Readers that keep the sections see an empty page, not a frozen one.
    fn drop(&mut self) {
        self.clear();
    }
}

impl Target for Sections {
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error> {
        self.sections[page as usize].write(bytes, order);
        Ok(())
    }

    fn place(&self) -> String {
        "the game's shared memory".into()
    }
}

/// Takes the publisher's lock.
fn lock() -> Result<Handle, Error> {
    let name = wide(LOCK);
    // SAFETY: no attributes is allowed, and `name` ends with a NUL and lives until the call has returned.
    let handle = Handle::from_system(unsafe { CreateMutexW(ptr::null(), 0, name.as_ptr()) });
    // SAFETY: takes nothing; nothing that could change the thread's last error was called since.
    let existed = unsafe { GetLastError() } == ERROR_ALREADY_EXISTS;
    match handle {
        Ok(_) if existed => Err(Error::AlreadyPublished { place: "the game's shared memory".into() }),
        Ok(handle) => Ok(handle),
        Err(error) => Err(Error::of_system(LOCK, error)),
    }
}

/// One section, mapped for writing. Readers that come later need the handle to find it by its name.
#[derive(Debug)]
struct Section {
    view: MappedView,
    _handle: Handle,
}

impl Section {
    fn create(page: PageKind) -> Result<Self, Error> {
        let place = format!(r"Local\{}", page.section_name());
        let create = || -> io::Result<Self> {
            let name = wide(&place);
            let size = page.size() as u32;
            // SAFETY: backed by the system's memory and without attributes, which is allowed; `name` ends with a NUL and lives
            // until the call has returned.
            let handle = Handle::from_system(unsafe {
                CreateFileMappingW(INVALID_HANDLE_VALUE, ptr::null(), PAGE_READWRITE, 0, size, name.as_ptr())
            })?;
            let view = MappedView::new(&handle, FILE_MAP_WRITE)?;
            Ok(Self { view, _handle: handle })
        };
        let section = create().map_err(|error| Error::of_system(place.clone(), error))?;
        // An existing section keeps the size it was made with.
        check_size(page, section.view.size())?;
        Ok(section)
    }

    /// Writes from the end to the start, so that the counter, in the first word, comes last, or the other way round.
    fn write(&mut self, bytes: &[u8], order: CounterOrder) {
        let base = self.view.base().cast_mut().cast::<u32>();
        let known = &bytes[..bytes.len().min(self.view.size())];
        let store = |(index, chunk): (usize, &[u8; 4])| {
            let word = u32::from_le_bytes(*chunk);
            // SAFETY: `index` is below a quarter of the view's size, so the word lies within the view, which is mapped for
            // writing as long as `self` lives and starts at a multiple of 64 KiB. The memory is no allocation of Rust's and no
            // reference to it exists; other processes read it at any time, which a volatile store allows there.
            unsafe { ptr::write_volatile(base.wrapping_add(index), word) };
        };
        let mut words = known.as_chunks().0.iter().enumerate();
        let counter = words.next();
        match order {
            CounterOrder::First => {
                counter.into_iter().for_each(store);
                fence(Ordering::Release);
                words.for_each(store);
            }
            CounterOrder::Last => {
                words.rev().for_each(store);
                fence(Ordering::Release);
                counter.into_iter().for_each(store);
            }
        }
    }
}
