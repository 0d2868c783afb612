//! The named sections of a game on Windows.
//!
//! This file contains all `unsafe` code for reading and for waiting. Its rule: a mapped view is another process's memory, so it
//! is never borrowed and never handed out. Only [`MappedSection::load`] and `is_unchanged_wide` read it, one block at a time, with
//! volatile loads from addresses that never become references.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::mem::transmute;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Duration;

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, INVALID_HANDLE_VALUE, WAIT_TIMEOUT};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Memory::{
    FILE_MAP_READ, MEM_COMMIT, MEMORY_BASIC_INFORMATION, MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile, OpenFileMappingW,
    UnmapViewOfFile, VirtualQuery,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::Threading::{OpenProcess, PROCESS_SYNCHRONIZE, WaitForSingleObject};

use super::{Finding, GAME_PROCESS, Outcome, Source, check_size};
use crate::error::Error;
use crate::page::PageKind;

/// Minimum time between two checks of the game's process, in milliseconds.
const CHECK_INTERVAL_MS: u64 = 250;

/// The game's named sections, mapped read-only.
///
/// The memory of a section exists as long as any process has it mapped, including this one. Its name disappears with the last
/// handle, and this reader keeps none. So a restarted game creates new sections, and these keep the last state of the old game.
/// If the game's process can be opened, its end is reported as [`Error::Gone`]. If not, a counter that does not change for 2-3 s
/// while the status is live means the same: open the sections again.
#[derive(Debug)]
pub struct WindowsSections {
    sections: [MappedSection; 3],
    /// The game's process, if it was found by its name and could be opened.
    game: Option<Process>,
    /// Tick count at the last check of the process, in milliseconds.
    checked: AtomicU64,
}

pub(crate) fn open() -> Result<Box<dyn Source>, Error> {
    Ok(Box::new(WindowsSections::open()?))
}

pub(crate) fn survey() -> Vec<Finding> {
    let process = match process_id(GAME_PROCESS) {
        Some(pid) => Outcome::Found(format!("pid {pid}")),
        None => Outcome::Missing,
    };
    let finding = |page: PageKind| {
        let outcome = match MappedSection::open(page) {
            Ok(section) => Outcome::Found(format!("{} bytes", section.view.size())),
            Err(error) => Outcome::of(error),
        };
        Finding::new(format!("{page} section {}", name_of(page)), outcome)
    };
    let mut findings = vec![Finding::new(format!("process {GAME_PROCESS}"), process)];
    findings.extend(PageKind::ALL.map(finding));
    if old_section_exists() {
        let old = Error::OldGame { section: OLD_SECTION.into() };
        findings.push(Finding::new(format!("section {OLD_SECTION}"), Outcome::Unusable(old)));
    }
    findings
}

impl WindowsSections {
    /// Opens the existing sections. Never creates one: other readers would mistake an empty section for a game.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`] if there is neither a section nor the game's process, [`Error::PageNotThere`] if the game has not
    /// created all sections yet, [`Error::OldGame`], [`Error::PermissionDenied`], [`Error::UnknownLayout`].
    pub fn open() -> Result<Self, Error> {
        let game = process_id(GAME_PROCESS);
        let [physics, graphics, static_data] = PageKind::ALL.map(MappedSection::open);
        let all_missing = [&physics, &graphics, &static_data]
            .iter()
            .all(|section| matches!(section, Err(Error::PageNotThere { .. })));
        if all_missing && game.is_none() {
            return Err(if old_section_exists() {
                Error::OldGame { section: OLD_SECTION.into() }
            } else {
                let section = name_of(PageKind::Physics);
                Error::GameNotRunning { looked_for: format!("{GAME_PROCESS} and the section {section}") }
            });
        }
        Ok(Self {
            sections: [physics?, graphics?, static_data?],
            game: game.and_then(Process::open),
            checked: AtomicU64::new(0),
        })
    }

    /// Checks from time to time whether the process that owns the sections has ended.
    fn game_has_ended(&self) -> bool {
        let Some(game) = &self.game else { return false };
        // SAFETY: it has no preconditions; it only reads a counter of the system.
        let now = unsafe { GetTickCount64() };
        if now.wrapping_sub(self.checked.load(Ordering::Relaxed)) < CHECK_INTERVAL_MS {
            return false;
        }
        if game.is_running() {
            self.checked.store(now, Ordering::Relaxed);
            return false;
        }
        true
    }
}

impl Source for WindowsSections {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        if self.game_has_ended() {
            return Err(Error::Gone { page, location: self.location(page) });
        }
        self.sections[page as usize].copy(words);
        Ok(())
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        if self.game_has_ended() {
            return Err(Error::Gone { page, location: self.location(page) });
        }
        Ok(self.sections[page as usize].is_unchanged(words))
    }

    fn size(&self, page: PageKind) -> usize {
        self.sections[page as usize].view.size()
    }

    fn location(&self, page: PageKind) -> String {
        format!("section {}", name_of(page))
    }
}

/// The full name of a page's section, in the session of the logged-in user.
fn name_of(page: PageKind) -> String {
    format!(r"Local\{}", page.section_name())
}

/// Name of the physics section of the game before version 0.6, and of older titles of the series.
const OLD_SECTION: &str = r"Local\acpmf_physics";

fn old_section_exists() -> bool {
    open_section(OLD_SECTION).is_ok()
}

/// Encodes a text as UTF-16 with a terminating NUL.
pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A handle that is closed when dropped.
#[derive(Debug)]
pub(crate) struct Handle(HANDLE);

// SAFETY: a handle is an index into a table of the process; any thread may use it, also concurrently.
unsafe impl Send for Handle {}
// SAFETY: as above; a shared `Handle` is never changed.
unsafe impl Sync for Handle {}

impl Handle {
    /// Takes the return value of a system function. Returns the system's error if it is not a valid handle.
    pub(crate) fn from_system(handle: HANDLE) -> io::Result<Self> {
        if handle.is_null() || handle == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        Ok(Self(handle))
    }

    pub(crate) fn raw(&self) -> HANDLE {
        self.0
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: `from_system` has checked the handle, only this function closes it, and it is not used afterwards.
        unsafe { CloseHandle(self.0) };
    }
}

/// A mapped view, unmapped when dropped.
#[derive(Debug)]
pub(crate) struct MappedView {
    base: *const c_void,
    size: usize,
}

// SAFETY: the view belongs to the process, not to a thread; its memory is reached through raw pointers only.
unsafe impl Send for MappedView {}
// SAFETY: as above; the fields never change.
unsafe impl Sync for MappedView {}

impl MappedView {
    /// Maps a whole section and queries its size.
    pub(crate) fn new(section: &Handle, access: u32) -> io::Result<Self> {
        // SAFETY: the handle is open as long as `section` lives; length 0 maps the whole section.
        let view = unsafe { MapViewOfFile(section.raw(), access, 0, 0, 0) };
        if view.Value.is_null() {
            return Err(io::Error::last_os_error());
        }
        // From here on, dropping `mapped` unmaps the view.
        let mut mapped = Self { base: view.Value, size: 0 };
        let mut information = MEMORY_BASIC_INFORMATION::default();
        let room = size_of::<MEMORY_BASIC_INFORMATION>();
        // SAFETY: the view was just mapped, and `information` has the size that is passed.
        if unsafe { VirtualQuery(mapped.base, &raw mut information, room) } == 0 {
            return Err(io::Error::last_os_error());
        }
        if information.State != MEM_COMMIT {
            return Err(io::Error::other("the section has no memory behind it"));
        }
        mapped.size = information.RegionSize;
        Ok(mapped)
    }

    pub(crate) fn base(&self) -> *const c_void {
        self.base
    }

    /// Bytes from [`base`](Self::base) that are mapped for as long as this lives.
    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

impl Drop for MappedView {
    fn drop(&mut self) {
        let view = MEMORY_MAPPED_VIEW_ADDRESS { Value: self.base.cast_mut() };
        // SAFETY: `new` has mapped this view, only this function unmaps it, and no pointer into it is kept elsewhere.
        unsafe { UnmapViewOfFile(view) };
    }
}

/// One section, mapped read-only.
#[derive(Debug)]
struct MappedSection {
    view: MappedView,
}

impl MappedSection {
    fn open(page: PageKind) -> Result<Self, Error> {
        let location = name_of(page);
        // The view keeps the section alive; the handle is not needed any more.
        let view = open_section(&location).and_then(|section| MappedView::new(&section, FILE_MAP_READ));
        match view {
            Ok(view) => {
                check_size(page, view.size())?;
                Ok(Self { view })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::PageNotThere { page, location }),
            Err(error) => Err(Error::of_system(location, error)),
        }
    }

    /// See [`Source::copy`].
    fn copy(&self, words: &mut [u64]) {
        let (blocks, rest) = words.as_chunks_mut();
        let known = blocks.len().min(self.blocks());
        for (index, block) in blocks[..known].iter_mut().enumerate() {
            // SAFETY: `index` is below `known`, so below the number of blocks.
            *block = words_of(unsafe { self.load(index) });
        }
        blocks[known..].fill([0; 2]);
        if let [word] = rest {
            *word = self.word_after(blocks.len());
        }
        fence(Ordering::Acquire);
    }

    /// See [`Source::is_unchanged`].
    fn is_unchanged(&self, words: &[u64]) -> bool {
        let (blocks, rest) = words.as_chunks();
        let known = blocks.len().min(self.blocks());
        let is_last_word_equal = match rest {
            [word] => *word == self.word_after(blocks.len()),
            _ => true,
        };
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: just detected; and there are no more than `known` blocks, so no more than those of the view.
            return is_last_word_equal && unsafe { self.is_unchanged_wide(&blocks[..known]) };
        }
        let mut difference = block_of([0; 2]);
        let mut compare = |first: usize, blocks: &[[u64; 2]]| {
            for (index, block) in blocks.iter().enumerate().rev() {
                // SAFETY: `first + index` is below `known`, so below the number of blocks.
                let now = unsafe { self.load(first + index) };
                difference = add_difference(difference, block_of(*block), now);
            }
        };
        // In groups of a fixed size: the compiler unrolls those.
        let (groups, rest) = blocks[..known].as_chunks::<8>();
        compare(groups.len() * 8, rest);
        for (index, group) in groups.iter().enumerate().rev() {
            compare(index * 8, group);
        }
        fence(Ordering::Acquire);
        is_last_word_equal && words_of(difference) == [0; 2]
    }

    /// Compares blocks in pairs, which takes half as many loads.
    ///
    /// # Safety
    /// There must be no more blocks than [`blocks`](Self::blocks), and the processor must have AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn is_unchanged_wide(&self, blocks: &[[u64; 2]]) -> bool {
        use std::arch::x86_64::{__m256i, _mm256_or_si256, _mm256_setzero_si256, _mm256_testz_si256, _mm256_xor_si256};
        let (pairs, rest) = blocks.as_chunks::<2>();
        let is_last_equal = match rest {
            // SAFETY: by the caller's contract all of `blocks` are blocks of the view, and this is the last of them.
            [block] => *block == words_of(unsafe { self.load(blocks.len() - 1) }),
            _ => true,
        };
        let mut difference = _mm256_setzero_si256();
        let mut compare = |first: usize, pairs: &[[[u64; 2]; 2]]| {
            for (index, pair) in pairs.iter().enumerate().rev() {
                let address = self.view.base().cast::<__m256i>().wrapping_add(first + index);
                // SAFETY: as in `load`. By the caller's contract both blocks of the pair are blocks of the view, which is aligned to 64 KiB.
                let now = unsafe { ptr::read_volatile(address) };
                // SAFETY: both are 32 bytes without padding, and any bit pattern is valid for both.
                let before = unsafe { transmute::<[[u64; 2]; 2], __m256i>(*pair) };
                difference = _mm256_or_si256(difference, _mm256_xor_si256(before, now));
            }
        };
        let (groups, rest) = pairs.as_chunks::<8>();
        compare(groups.len() * 8, rest);
        for (index, group) in groups.iter().enumerate().rev() {
            compare(index * 8, group);
        }
        fence(Ordering::Acquire);
        is_last_equal && _mm256_testz_si256(difference, difference) == 1
    }

    /// Number of whole blocks in the view.
    fn blocks(&self) -> usize {
        self.view.size() / size_of::<Block>()
    }

    /// The first word of a block; zero beyond the end.
    fn word_after(&self, blocks: usize) -> u64 {
        if blocks >= self.blocks() {
            return 0;
        }
        // SAFETY: just compared.
        words_of(unsafe { self.load(blocks) })[0]
    }

    /// Reads a block of the view. Only this function and `is_unchanged_wide` read foreign memory.
    ///
    /// # Safety
    /// `index` must be below [`blocks`](Self::blocks).
    #[inline(always)]
    unsafe fn load(&self, index: usize) -> Block {
        debug_assert!(index < self.blocks());
        let address = self.view.base().cast::<Block>().wrapping_add(index);
        // SAFETY: by the caller's contract the block lies within the view, which is mapped as long as `self` lives, readable and
        // committed (`MappedView::new` has checked; committed memory of a section stays committed). Views start at a multiple of
        // 64 KiB, so it is aligned. The memory is not a Rust allocation and no reference to it exists. Other processes write it at
        // any time, which a volatile load allows for such memory. Any bit pattern is a valid block.
        unsafe { ptr::read_volatile(address) }
    }
}

/// The unit of reading: the widest type that every processor of the architecture loads with one instruction. Measured to be
/// twice as fast as eight bytes.
#[cfg(target_arch = "x86_64")]
type Block = std::arch::x86_64::__m128i;
#[cfg(not(target_arch = "x86_64"))]
type Block = u128;

#[inline(always)]
fn words_of(block: Block) -> [u64; 2] {
    // SAFETY: both are sixteen bytes without padding, and any bit pattern is valid for both.
    unsafe { transmute::<Block, [u64; 2]>(block) }
}

#[inline(always)]
fn block_of(words: [u64; 2]) -> Block {
    // SAFETY: as in `words_of`.
    unsafe { transmute::<[u64; 2], Block>(words) }
}

/// Returns the bits of `before` or'ed with those in which `a` and `b` differ. The compiler would do this word by word, which is
/// half as fast.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn add_difference(before: Block, a: Block, b: Block) -> Block {
    use std::arch::x86_64::{_mm_or_si128, _mm_xor_si128};
    // SAFETY: it needs SSE2, which every x86-64 processor has.
    let difference = unsafe { _mm_xor_si128(a, b) };
    // SAFETY: as above.
    unsafe { _mm_or_si128(before, difference) }
}
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn add_difference(before: Block, a: Block, b: Block) -> Block {
    before | (a ^ b)
}

/// Opens an existing section for reading.
fn open_section(name: &str) -> io::Result<Handle> {
    let name = wide(name);
    // SAFETY: `name` ends with a NUL and lives until the call has returned.
    Handle::from_system(unsafe { OpenFileMappingW(FILE_MAP_READ, 0, name.as_ptr()) })
}

/// A process that can be waited for.
#[derive(Debug)]
struct Process(Handle);

impl Process {
    /// `None` if the system does not allow it, as for a game that is run by an administrator.
    fn open(pid: u32) -> Option<Self> {
        // SAFETY: it takes numbers only.
        Handle::from_system(unsafe { OpenProcess(PROCESS_SYNCHRONIZE, 0, pid) }).ok().map(Self)
    }

    fn is_running(&self) -> bool {
        // SAFETY: the handle is open as long as `self` lives; waiting 0 ms only queries the state.
        unsafe { WaitForSingleObject(self.0.raw(), 0) == WAIT_TIMEOUT }
    }
}

/// Signature of Wine's `NtDelayExecution`: whether alertable, and a time in units of 100 ns, negative for a duration.
type Delay = unsafe extern "system" fn(u8, *const i64) -> i32;

/// Sleeps as precisely as the system allows.
///
/// On Windows this is `std::thread::sleep`. Under Wine, the timers of `std` are rounded up to whole milliseconds and cost four
/// server calls, so this calls the function behind `Sleep`, which waits with microsecond precision. (On Windows that function is
/// imprecise.)
pub(crate) fn sleep(time: Duration) {
    static DELAY: OnceLock<Option<Delay>> = OnceLock::new();
    let Some(delay) = DELAY.get_or_init(delay_of_wine) else { return std::thread::sleep(time) };
    let interval = -i64::try_from(time.as_nanos() / 100).unwrap_or(i64::MAX);
    // SAFETY: it reads one number, which outlives the call.
    unsafe { delay(0, &raw const interval) };
}

/// `None` on Windows itself.
fn delay_of_wine() -> Option<Delay> {
    let name = wide("ntdll.dll");
    // SAFETY: `name` ends with a NUL and lives until the call has returned.
    let ntdll = unsafe { GetModuleHandleW(name.as_ptr()) };
    // SAFETY: every process has this module during its whole lifetime, and the name ends with a NUL.
    unsafe { GetProcAddress(ntdll, c"wine_get_version".as_ptr().cast()) }?;
    // SAFETY: as above.
    let delay = unsafe { GetProcAddress(ntdll, c"NtDelayExecution".as_ptr().cast()) }?;
    // SAFETY: this function has these parameters in every version of Wine and Windows.
    Some(unsafe { transmute::<unsafe extern "system" fn() -> isize, Delay>(delay) })
}

/// Finds the process id of a program by its file name.
pub(crate) fn process_id(program: &str) -> Option<u32> {
    // SAFETY: it takes numbers only.
    let snapshot = Handle::from_system(unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) }).ok()?;
    let mut entry = PROCESSENTRY32W { dwSize: size_of::<PROCESSENTRY32W>() as u32, ..Default::default() };
    // SAFETY: the snapshot is open, and `entry` contains its own size.
    let mut more = unsafe { Process32FirstW(snapshot.raw(), &raw mut entry) };
    while more != 0 {
        let name = entry.szExeFile.split(|unit| *unit == 0).next().unwrap_or_default();
        if String::from_utf16_lossy(name).eq_ignore_ascii_case(program) {
            return Some(entry.th32ProcessID);
        }
        // SAFETY: as for the first entry.
        more = unsafe { Process32NextW(snapshot.raw(), &raw mut entry) };
    }
    None
}
