//! A game under Proton or Wine, read from native Linux without a helper inside the prefix.
//!
//! Named sections are managed by the wineserver of the prefix. Each is backed by a deleted file (`/memfd:wine-mapping`, or
//! `tmpmap-xxxxxxxx` in older versions) that the game maps and that the game or the wineserver holds open. So this module finds
//! the process by its name, lists its shared writable mappings of such files, opens the files through `/proc`, and recognises
//! the three pages by their size and content. Nothing is mapped here; the kernel copies from the files.

mod process;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use zerocopy::IntoBytes;

use self::process::{Mapping, Process};
use super::directory::{PageDirectory, SHARED_MEMORY};
use super::file::PageFile;
use super::watchdog::Watchdog;
use super::{Finding, GAME_PROCESS, Outcome, Source};
use crate::error::Error;
use crate::page::PageKind;
use crate::page::recognition::{Likeness, likeness};

/// Programs that own the sections: the game, then this project's own simulator and replay.
const PROGRAMS: [&str; 2] = [GAME_PROCESS, "acevo.exe"];

/// Time in which a running game writes several packets: six physics steps, one frame at 60 Hz.
const A_FEW_PACKETS: Duration = Duration::from_millis(20);

/// Number of copies of a page that was empty when found, and that do not resemble the page, before it is rejected. A capture
/// that never settles makes 67 copies.
const MAX_MISMATCHES: u32 = 1000;

/// Size of the largest section that is examined, in bytes. The known pages take one or two memory pages.
const MAX_CANDIDATE_BYTES: u64 = 16 * 4096;

/// The pages of a game that runs under Proton or Wine. Its end is reported as [`Error::Gone`] within 10 ms.
#[derive(Debug)]
pub struct WineProcess {
    process: Process,
    watchdog: Watchdog,
    pages: [PageFile; 3],
    /// The page that was all zero when it was found. It was recognised only because no other section was left.
    blank: Option<PageKind>,
    /// True until the content of that page has confirmed that it is this page.
    blank_unconfirmed: AtomicBool,
    /// Number of copies since then that do not resemble that page.
    mismatches: AtomicU32,
}

/// Opens a running game, or else page files of this user in `/dev/shm`. While a game is starting, the files are not opened: they may be
/// left over from another program. A process of another user does not hide the files of this one.
pub(crate) fn open() -> Result<Box<dyn Source>, Error> {
    let absence = match WineProcess::find() {
        Ok(game) => return Ok(Box::new(game)),
        Err(error @ (Error::GameNotRunning { .. } | Error::PermissionDenied { .. })) => error,
        Err(error) => return Err(error),
    };
    match (PageDirectory::open_trusted(SHARED_MEMORY), absence) {
        (Ok(directory), _) => Ok(Box::new(directory)),
        (Err(Error::GameNotRunning { looked_for: files }), Error::GameNotRunning { looked_for: game }) => {
            Err(Error::GameNotRunning { looked_for: format!("{game}, and for {files}") })
        }
        (Err(Error::GameNotRunning { .. } | Error::ForeignPages { .. }), denied @ Error::PermissionDenied { .. }) => {
            Err(denied)
        }
        (Err(error), _) => Err(error),
    }
}

pub(crate) fn survey() -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut processes = Process::named(&PROGRAMS).into_iter().peekable();
    for program in PROGRAMS {
        if processes.peek().is_none_or(|process| process.name() != program) {
            findings.push(Finding::new(format!("process {program} under Proton or Wine"), Outcome::Missing));
        }
        while let Some(process) = processes.next_if(|process| process.name() == program) {
            let looked_for = format!("process {program} under Proton or Wine");
            let pages = match Candidates::of(&process) {
                Err(error) => vec![Finding::new(format!("sections of {process}"), Outcome::of(error))],
                Ok(candidates) => candidates.survey(&process),
            };
            // This project's readers have the same name as its simulator, but no pages.
            if program == GAME_PROCESS || pages.iter().any(|page| page.outcome.is_found()) {
                findings.push(Finding::new(looked_for, Outcome::Found(format!("pid {}", process.id()))));
                findings.extend(pages);
            }
        }
    }
    findings.extend(PageDirectory::survey_trusted(SHARED_MEMORY));
    findings
}

impl WineProcess {
    /// Finds a running game of this user. If there are several (other prefixes, hung processes), it prefers one whose physics
    /// counter moves, then the one that was started last.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`], [`Error::PageNotThere`] if the game is running but a page is missing,
    /// [`Error::PermissionDenied`] if there are only processes of other users.
    pub fn find() -> Result<Self, Error> {
        let mut failure = None;
        let mut processes = Process::named(&PROGRAMS).into_iter().peekable();
        for program in PROGRAMS {
            let mut games = Vec::new();
            while let Some(process) = processes.next_if(|process| process.name() == program) {
                match Self::attach(process) {
                    Ok(game) => games.push(game),
                    // It has ended in the meantime, or is one of this project's readers.
                    Err(Error::GameNotRunning { .. }) => {}
                    Err(error) if error.is_absence() && program != GAME_PROCESS => {}
                    // A game of this user that is starting matters more than a process of another user.
                    Err(error) if matches!(failure, None | Some(Error::PermissionDenied { .. })) => {
                        failure = Some(error);
                    }
                    Err(_) => {}
                }
            }
            if let Some(game) = Self::best(games) {
                return Ok(game);
            }
        }
        Err(failure.unwrap_or_else(|| Error::GameNotRunning {
            looked_for: format!("a process {GAME_PROCESS} under Proton or Wine"),
        }))
    }

    /// Attaches to a process that is known to be the game. Its name is not checked.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub fn attach_to(pid: u32) -> Result<Self, Error> {
        Self::attach(
            Process::with_id(pid).ok_or_else(|| Error::GameNotRunning { looked_for: format!("process {pid}") })?,
        )
    }

    /// The process id of the game.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    fn attach(process: Process) -> Result<Self, Error> {
        let mut candidates = Candidates::of(&process)?;
        let mut taken = [const { None }; 3];
        let mut missing = Vec::new();
        for page in PageKind::ALL {
            match candidates.take(page) {
                Some(candidate) => taken[page as usize] = Some(candidate),
                None => missing.push(page),
            }
        }
        // One page may still be empty. It can be recognised only if exactly one empty section is left.
        let mut blank = None;
        if let [page] = missing[..] {
            taken[page as usize] = candidates.take_only_blank(page);
            blank = Some(page);
        }
        let mut file = |page: PageKind| {
            let location = format!("{page} section of {process}");
            match taken[page as usize].take() {
                Some(candidate) => PageFile::new(candidate.file, page, location),
                None => Err(Error::PageNotThere { page, location }),
            }
        };
        let pages = [file(PageKind::Physics)?, file(PageKind::Graphics)?, file(PageKind::Static)?];
        let watchdog = Watchdog::new();
        Ok(Self {
            process,
            watchdog,
            pages,
            blank,
            blank_unconfirmed: AtomicBool::new(blank.is_some()),
            mismatches: AtomicU32::new(0),
        })
    }

    /// The page's file, or an error if the game has ended: the file would never change again.
    fn current(&self, page: PageKind) -> Result<&PageFile, Error> {
        let file = &self.pages[page as usize];
        if self.watchdog.is_gone(|| !self.process.is_alive()) { Err(file.gone()) } else { Ok(file) }
    }

    fn best(mut games: Vec<Self>) -> Option<Self> {
        if games.len() > 1 {
            let counters = |games: &[Self]| -> Vec<_> {
                games.iter().map(|game| game.packet_id(PageKind::Physics).unwrap_or_default()).collect()
            };
            let before = counters(&games);
            sleep(A_FEW_PACKETS);
            let moves = before.into_iter().zip(counters(&games)).map(|(before, now)| before != now);
            let ranked = games.into_iter().zip(moves);
            return ranked.max_by_key(|(game, moves)| (*moves, game.process.start())).map(|(game, _)| game);
        }
        games.pop()
    }
}

impl Source for WineProcess {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        let file = self.current(page)?;
        file.copy(words)?;
        // If the section was empty when it was chosen, its content must confirm the choice.
        if self.blank == Some(page)
            && self.blank_unconfirmed.load(Ordering::Relaxed)
            && words.iter().any(|word| *word != 0)
        {
            // Its first packet may be read half written, so a few mismatches are allowed.
            if likeness(page, words.as_bytes()) >= Likeness::Weak {
                self.blank_unconfirmed.store(false, Ordering::Relaxed);
            } else if self.mismatches.fetch_add(1, Ordering::Relaxed) >= MAX_MISMATCHES {
                return Err(file.gone());
            }
        }
        Ok(())
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

/// The file of a shared mapping, and the bytes that it had when it was opened.
#[derive(Debug)]
struct Candidate {
    file: File,
    bytes: Vec<u8>,
}

/// The files of a process that could be pages.
#[derive(Debug)]
struct Candidates(Vec<Candidate>);

impl Candidates {
    fn of(process: &Process) -> Result<Self, Error> {
        let mut candidates = Vec::new();
        for mapping in process.wine_sections()? {
            if let Some(candidate) = Candidate::open(process, &mapping)? {
                candidates.push(candidate);
            }
        }
        Ok(Self(candidates))
    }

    /// Removes and returns the file that is this page. If several resemble it, one whose counter moves is preferred, then the
    /// one with the closest resemblance.
    fn take(&mut self, page: PageKind) -> Option<Candidate> {
        let mut similar: Vec<_> = self.0.iter().enumerate().filter(|(_, candidate)| candidate.may_be(page)).collect();
        similar.sort_by_key(|(_, candidate)| candidate.likeness(page));
        let strong = similar.iter().filter(|(_, candidate)| candidate.likeness(page) == Likeness::Strong).count();
        let index = match (strong, similar.last()) {
            (_, None) => return None,
            (1, Some((index, _))) => *index,
            // Ambiguous: prefer memory whose counter moves.
            _ => {
                sleep(A_FEW_PACKETS);
                let moving = similar.iter().rfind(|(_, candidate)| candidate.counter_moves()).map(|(index, _)| *index);
                moving.or_else(|| (strong > 1).then(|| similar.last().map(|(index, _)| *index)).flatten())?
            }
        };
        Some(self.0.swap_remove(index))
    }

    /// Removes and returns the only section that is all zero and has the size of this page. `None` if there are several.
    fn take_only_blank(&mut self, page: PageKind) -> Option<Candidate> {
        let fits = |candidate: &Candidate| {
            candidate.bytes.len().div_ceil(4096) == page.size().div_ceil(4096)
                && candidate.likeness(page) == Likeness::Blank
        };
        match (self.0.iter().filter(|candidate| fits(candidate)).count(), self.0.iter().position(fits)) {
            (1, Some(index)) => Some(self.0.swap_remove(index)),
            _ => None,
        }
    }

    fn survey(mut self, process: &Process) -> Vec<Finding> {
        PageKind::ALL
            .map(|page| {
                let found = self.take(page).or_else(|| self.take_only_blank(page));
                let outcome = found.map_or(Outcome::Missing, |candidate| {
                    let empty = if candidate.likeness(page) == Likeness::Blank { ", still empty" } else { "" };
                    Outcome::Found(format!("{} bytes{empty}", candidate.bytes.len()))
                });
                Finding::new(format!("{page} section of {process}"), outcome)
            })
            .into()
    }
}

impl Candidate {
    /// Opens the file of a mapping. `None` if it does not have the size of a page, or if its process has ended.
    fn open(process: &Process, mapping: &Mapping) -> Result<Option<Self>, Error> {
        let file = match process.open_mapping(mapping) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Error::of_system(format!("the sections of {process}"), error));
            }
            Err(_) => return Ok(None),
        };
        let size = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        if !(PageKind::Static.size() as u64..=MAX_CANDIDATE_BYTES).contains(&size) {
            return Ok(None);
        }
        let mut bytes = vec![0; size as usize];
        Ok(file.read_exact_at(&mut bytes, 0).is_ok().then_some(Self { file, bytes }))
    }

    fn likeness(&self, page: PageKind) -> Likeness {
        likeness(page, &self.bytes)
    }

    /// True if it resembles this page, and any other page less.
    fn may_be(&self, page: PageKind) -> bool {
        let likeness = self.likeness(page);
        likeness >= Likeness::Weak
            && PageKind::ALL.iter().all(|other| *other == page || self.likeness(*other) < likeness)
    }

    /// True if the first word has grown a little since the file was opened, as a packet counter does.
    fn counter_moves(&self) -> bool {
        let mut now = [0; 4];
        let before = self.bytes.first_chunk().copied().map(i32::from_le_bytes);
        before.is_some_and(|before| {
            self.file.read_exact_at(&mut now, 0).is_ok()
                && (1..100_000).contains(&i32::from_le_bytes(now).wrapping_sub(before))
        })
    }
}
