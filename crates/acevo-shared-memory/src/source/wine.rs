//! A game under Proton or Wine, seen from native Linux without any helper inside.
//!
//! Named sections live in the wineserver of the prefix. Each is backed by a deleted file (`/memfd:wine-mapping`, or
//! `tmpmap-xxxxxxxx` with older versions) that the game maps and that the game or the wineserver holds open. So: find the
//! process by its name, list its shared writable mappings of such files, open the files through `/proc`, and tell the three
//! pages apart by their size and content. Nothing is mapped here; the kernel copies out of the files.

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

/// Programs that have the sections: the game, then this project's own simulator and replay.
const PROGRAMS: [&str; 2] = [GAME_PROCESS, "acevo.exe"];

/// Time in which a running game has written: six physics steps, one frame at 60 Hz.
const A_FEW_PACKETS: Duration = Duration::from_millis(20);

/// Copies in which a page that was empty at first may look like something else before it is taken for that. A capture that
/// never settles makes 67 of them.
const REFUSALS: u32 = 1000;

/// The largest section looked at; the known pages take one or two memory pages.
const LARGEST: u64 = 16 * 4096;

/// The pages of a game that runs under Proton or Wine. Its end is reported as [`Error::Gone`] within 10 ms.
#[derive(Debug)]
pub struct WineProcess {
    process: Process,
    watchdog: Watchdog,
    pages: [PageFile; 3],
    /// Page that was all zero when it was found, and so was told apart only because no other was left.
    blank: Option<PageKind>,
    blank_is_open: AtomicBool,
    /// How often that page has not looked like itself since.
    refusals: AtomicU32,
}

/// A game first. Page files in `/dev/shm` only where no game is found at all: while one starts, files that somebody has left
/// there are not its pages.
pub(crate) fn open() -> Result<Box<dyn Source>, Error> {
    let game = match WineProcess::find() {
        Ok(game) => return Ok(Box::new(game)),
        Err(Error::GameNotRunning { looked_for }) => looked_for,
        Err(error) => return Err(error),
    };
    match PageDirectory::open(SHARED_MEMORY) {
        Ok(directory) => Ok(Box::new(directory)),
        Err(Error::GameNotRunning { looked_for: files }) => {
            Err(Error::GameNotRunning { looked_for: format!("{game}, and for {files}") })
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn survey() -> Vec<Finding> {
    let mut findings = Vec::new();
    for program in PROGRAMS {
        let processes = Process::named(program);
        if processes.is_empty() {
            findings.push(Finding::new(format!("process {program} under Proton or Wine"), Outcome::Missing));
        }
        for process in processes {
            let looked_for = format!("process {program} under Proton or Wine");
            let pages = match Candidates::of(&process) {
                Err(error) => vec![Finding::new(format!("sections of {process}"), Outcome::of(error))],
                Ok(candidates) => candidates.survey(&process),
            };
            // This project's readers have the same name as its simulator, and no pages.
            if program == GAME_PROCESS || pages.iter().any(|page| page.outcome.is_found()) {
                findings.push(Finding::new(looked_for, Outcome::Found(format!("pid {}", process.id()))));
                findings.extend(pages);
            }
        }
    }
    findings.extend(PageDirectory::survey(SHARED_MEMORY));
    findings
}

impl WineProcess {
    /// Finds a running game of this user. Where there are several (prefixes, or copies left behind), the one whose physics
    /// moves wins, then the one that was started last.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`], [`Error::PageNotThere`] where the game is there but not all of its pages,
    /// [`Error::PermissionDenied`] where it belongs to somebody else.
    pub fn find() -> Result<Self, Error> {
        let mut failure = None;
        for program in PROGRAMS {
            let mut games = Vec::new();
            for process in Process::named(program) {
                match Self::attach(process) {
                    Ok(game) => games.push(game),
                    // Vanished meanwhile, or one of this project's readers.
                    Err(Error::GameNotRunning { .. }) => {}
                    Err(error) if error.is_absence() && program != GAME_PROCESS => {}
                    Err(error) => failure = failure.or(Some(error)),
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

    /// Attaches to a process that is known to be the game, whatever its name.
    ///
    /// # Errors
    /// As [`find`](Self::find).
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
        // One page may still be empty; it can be told apart only if just one empty section is left for it.
        let mut blank = None;
        if let [page] = missing[..] {
            taken[page as usize] = candidates.take_only_blank(page);
            blank = Some(page);
        }
        let mut file = |page: PageKind| {
            let place = format!("{page} section of {process}");
            match taken[page as usize].take() {
                Some(candidate) => PageFile::new(candidate.file, page, place),
                None => Err(Error::PageNotThere { page, place }),
            }
        };
        let pages = [file(PageKind::Physics)?, file(PageKind::Graphics)?, file(PageKind::Static)?];
        let watchdog = Watchdog::new();
        Ok(Self {
            process,
            watchdog,
            pages,
            blank,
            blank_is_open: AtomicBool::new(blank.is_some()),
            refusals: AtomicU32::new(0),
        })
    }

    /// The page's file, unless the game has ended: the file would stay as it is for ever.
    fn living(&self, page: PageKind) -> Result<&PageFile, Error> {
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
            let moving: Vec<_> = before.iter().zip(counters(&games)).map(|(before, now)| *before != now).collect();
            let mut moving = moving.into_iter();
            games.sort_by_cached_key(|game| (moving.next(), game.process.start()));
        }
        games.pop()
    }
}

impl Source for WineProcess {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        let file = self.living(page)?;
        file.copy(words)?;
        // A section taken for a page while it was empty must turn out to be that page.
        if self.blank == Some(page) && self.blank_is_open.load(Ordering::Relaxed) && words.iter().any(|word| *word != 0)
        {
            // Its first packet may be met half written: that is no refusal yet.
            if likeness(page, words.as_bytes()) >= Likeness::Weak {
                self.blank_is_open.store(false, Ordering::Relaxed);
            } else if self.refusals.fetch_add(1, Ordering::Relaxed) >= REFUSALS {
                return Err(file.gone());
            }
        }
        Ok(())
    }

    fn is_still(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.living(page)?.is_still(words)
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
            page => self.living(page)?.packet_id(),
        }
    }
}

/// An open file behind a shared mapping, and its bytes at the first look.
#[derive(Debug)]
struct Candidate {
    file: File,
    bytes: Vec<u8>,
}

/// The files of a process that may be pages.
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

    /// Takes the file that is this page beyond doubt; of several the one that moves, then the one with most to show.
    fn take(&mut self, page: PageKind) -> Option<Candidate> {
        let mut alike: Vec<_> = self.0.iter().enumerate().filter(|(_, candidate)| candidate.may_be(page)).collect();
        alike.sort_by_key(|(_, candidate)| candidate.likeness(page));
        let sure = alike.iter().filter(|(_, candidate)| candidate.likeness(page) == Likeness::Strong).count();
        let index = match (sure, alike.last()) {
            (_, None) => return None,
            (1, Some((index, _))) => *index,
            // In doubt: memory whose counter moves like the page's does.
            _ => {
                sleep(A_FEW_PACKETS);
                let moving = alike.iter().rfind(|(_, candidate)| candidate.counter_moves()).map(|(index, _)| *index);
                moving.or_else(|| (sure > 1).then(|| alike.last().map(|(index, _)| *index)).flatten())?
            }
        };
        Some(self.0.swap_remove(index))
    }

    /// Takes the only section that is still all zero and has the size of this page.
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
    /// `None` where the file is not of a page's size, or has vanished with its process.
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
        if !(PageKind::Static.size() as u64..=LARGEST).contains(&size) {
            return Ok(None);
        }
        let mut bytes = vec![0; size as usize];
        Ok(file.read_exact_at(&mut bytes, 0).is_ok().then_some(Self { file, bytes }))
    }

    fn likeness(&self, page: PageKind) -> Likeness {
        likeness(page, &self.bytes)
    }

    /// Looks like this page, and less like any other.
    fn may_be(&self, page: PageKind) -> bool {
        let likeness = self.likeness(page);
        likeness >= Likeness::Weak
            && PageKind::ALL.iter().all(|other| *other == page || self.likeness(*other) < likeness)
    }

    /// The first word has grown a little since the first look, as a counter of packets does.
    fn counter_moves(&self) -> bool {
        let mut now = [0; 4];
        let before = self.bytes.first_chunk().copied().map(i32::from_le_bytes);
        before.is_some_and(|before| {
            self.file.read_exact_at(&mut now, 0).is_ok()
                && (1..100_000).contains(&i32::from_le_bytes(now).wrapping_sub(before))
        })
    }
}
