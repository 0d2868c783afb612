//! Publishing on Windows: named sections, created as the game creates them.
//!
//! This file contains the `unsafe` code for writing. The memory is shared with other processes, so it is never borrowed, only
//! written word by word with volatile stores.
#![allow(unsafe_code)]

use std::io;
use std::ptr;
use std::sync::atomic::{Ordering, fence};

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, GetLastError, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory::{CreateFileMappingW, FILE_MAP_WRITE, PAGE_READWRITE};
use windows_sys::Win32::System::Threading::CreateMutexW;

use super::target::{CounterOrder, Target, are_written};
use crate::error::Error;
use crate::page::PageKind;
use crate::source::{GAME_PROCESS, Handle, MappedView, WindowsSections, check_size, process_id, wide};

/// Name of the mutex that excludes other publishers. The system releases it when the process ends, however it ends.
const LOCK: &str = r"Local\acevo_pmf_publisher";

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    Ok(Box::new(NamedSections::create()?))
}

/// The three sections, mapped for writing.
#[derive(Debug)]
struct NamedSections {
    sections: [NamedSection; 3],
    _lock: Handle,
}

impl NamedSections {
    fn create() -> Result<Self, Error> {
        if process_id(GAME_PROCESS).is_some_and(|pid| pid != std::process::id()) {
            return Err(Error::AlreadyPublished { location: GAME_PROCESS.into() });
        }
        let lock = lock()?;
        // The game may run under another name, or another simulator may publish.
        if WindowsSections::open().is_ok_and(|sections| are_written(&sections)) {
            return Err(Error::AlreadyPublished { location: "the game's shared memory".into() });
        }
        let [physics, graphics, static_data] = PageKind::ALL.map(NamedSection::create);
        let mut sections = Self { sections: [physics?, graphics?, static_data?], _lock: lock };
        // If a reader has kept the sections of a game that has ended, they still have that game's data.
        sections.clear();
        Ok(sections)
    }

    fn clear(&mut self) {
        for page in PageKind::ALL {
            self.sections[page as usize].write(&vec![0; page.size()], CounterOrder::Last);
        }
    }
}

impl Drop for NamedSections {
    /// Clears the pages, so that readers that keep the sections see empty pages instead of frozen ones.
    fn drop(&mut self) {
        self.clear();
    }
}

impl Target for NamedSections {
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error> {
        self.sections[page as usize].write(bytes, order);
        Ok(())
    }

    fn location(&self) -> String {
        "the game's shared memory".into()
    }
}

/// Takes the publisher's lock.
fn lock() -> Result<Handle, Error> {
    let name = wide(LOCK);
    // SAFETY: null attributes are allowed, and `name` ends with a NUL and lives until the call has returned.
    let handle = Handle::from_system(unsafe { CreateMutexW(ptr::null(), 0, name.as_ptr()) });
    // SAFETY: it has no preconditions. Nothing that could change the thread's last error was called since.
    let existed = unsafe { GetLastError() } == ERROR_ALREADY_EXISTS;
    match handle {
        Ok(_) if existed => Err(Error::AlreadyPublished { location: "the game's shared memory".into() }),
        Ok(handle) => Ok(handle),
        Err(error) => Err(Error::of_system(LOCK, error)),
    }
}

/// One named section, mapped for writing. The handle keeps the name alive for readers that open it later.
#[derive(Debug)]
struct NamedSection {
    view: MappedView,
    _handle: Handle,
}

impl NamedSection {
    fn create(page: PageKind) -> Result<Self, Error> {
        let location = format!(r"Local\{}", page.section_name());
        let create = || -> io::Result<Self> {
            let name = wide(&location);
            let size = page.size() as u32;
            // SAFETY: the invalid handle selects the paging file, null attributes are allowed; `name` ends with a NUL and lives
            // until the call has returned.
            let handle = Handle::from_system(unsafe {
                CreateFileMappingW(INVALID_HANDLE_VALUE, ptr::null(), PAGE_READWRITE, 0, size, name.as_ptr())
            })?;
            let view = MappedView::new(&handle, FILE_MAP_WRITE)?;
            Ok(Self { view, _handle: handle })
        };
        let section = create().map_err(|error| Error::of_system(location.clone(), error))?;
        // An existing section keeps its original size.
        check_size(page, section.view.size())?;
        Ok(section)
    }

    /// Writes a page with the counter, which is in the first word, last or first.
    fn write(&mut self, bytes: &[u8], order: CounterOrder) {
        let base = self.view.base().cast_mut().cast::<u32>();
        let known = &bytes[..bytes.len().min(self.view.size())];
        let store = |(index, chunk): (usize, &[u8])| {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            let word = u32::from_le_bytes(word);
            // SAFETY: the word begins within the view, whose size is a multiple of a memory page and so of the size of a word. So it
            // lies within the view, which is mapped for
            // writing as long as `self` lives and starts at a multiple of 64 KiB. The memory is not a Rust allocation and no
            // reference to it exists; other processes read it at any time, which a volatile store allows there.
            unsafe { ptr::write_volatile(base.wrapping_add(index), word) };
        };
        let mut words = known.chunks(4).enumerate();
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
