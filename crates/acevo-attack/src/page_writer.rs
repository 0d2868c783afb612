//! A writer of page files that does what a broken or malicious publisher does.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, symlink};
use std::path::{Path, PathBuf};

use acevo_shared_memory::{Page as _, PageKind};
use acevo_simulator::{Options, Scenario, Simulator, TrackName};
use fastrand::Rng;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::hostile::{Malice, chance, one_of, spoil};

/// What the writer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Writes hostile pages.
    Pages(Malice),
    /// Changes the sizes of the files: from nothing to a gigabyte.
    Sizes,
    /// Removes and replaces the files.
    Replaced,
    /// Exchanges the files with links, FIFOs, devices and directories.
    Links,
    /// Two games write the same files in turns.
    TwoWriters,
    /// One after the other, at random.
    Mixed,
}

impl Behaviour {
    /// All behaviours.
    pub(crate) const ALL: [Self; 9] = [
        Self::Pages(Malice::Bytes),
        Self::Pages(Malice::Numbers),
        Self::Pages(Malice::Counters),
        Self::Pages(Malice::Names),
        Self::Sizes,
        Self::Replaced,
        Self::Links,
        Self::TwoWriters,
        Self::Mixed,
    ];
}

/// The writer.
#[derive(Debug)]
pub(crate) struct PageWriter {
    folder: PathBuf,
    games: [Simulator; 2],
    rng: Rng,
}

impl PageWriter {
    /// A writer to this folder.
    pub(crate) fn new(folder: &Path, mut rng: Rng) -> Self {
        let mut game = |track| {
            let mut options = Options::default();
            options.seed = rng.u64(..);
            options.scenario =
                one_of(&mut rng, &[Scenario::HotLaps, Scenario::Race, Scenario::Weekend, Scenario::Incidents]);
            options.track = track;
            Simulator::new(options)
        };
        let tracks = TrackName::ALL;
        let games = [game(tracks[0]), game(tracks[tracks.len() - 1])];
        Self { folder: folder.to_owned(), games, rng }
    }

    /// Writes the pages of the next step of the game, unchanged.
    pub(crate) fn write_valid(&mut self) -> io::Result<()> {
        let mut pages = self.next_pages(0);
        PageKind::ALL.iter().try_for_each(|page| self.write(*page, &mut pages[*page as usize]))
    }

    /// Writes the next pages as the behaviour demands. Returns the number of pages.
    pub(crate) fn step(&mut self, behaviour: Behaviour) -> io::Result<u64> {
        let behaviour = match behaviour {
            Behaviour::Mixed => one_of(&mut self.rng, &Behaviour::ALL[..8]),
            other => other,
        };
        let game = usize::from(behaviour == Behaviour::TwoWriters && self.rng.bool());
        let mut pages = self.next_pages(game);
        if let Behaviour::Pages(malice) = behaviour {
            for page in PageKind::ALL {
                // Readers also need pages between which they can attach.
                if chance(&mut self.rng, 70) {
                    spoil(&mut self.rng, page, &mut pages[page as usize], malice);
                }
            }
        }
        let page = one_of(&mut self.rng, &PageKind::ALL);
        let path = self.path(page);
        let is_due = chance(&mut self.rng, 5);
        // To open a FIFO would block, and a link can lead to a device without an end.
        let is_file = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        match behaviour {
            Behaviour::Sizes if is_due && is_file => {
                let size =
                    one_of(&mut self.rng, &[0, 1, 100, 207, 208, 799, 801, 4899, 5000, 65_536, 1 << 20, 1 << 30]);
                OpenOptions::new().write(true).open(&path)?.set_len(size)?;
            }
            Behaviour::Replaced if is_due && is_file => self.replace(&path)?,
            Behaviour::Links if is_due => self.put_special(&path)?,
            _ => {}
        }
        for page in PageKind::ALL {
            self.write(page, &mut pages[page as usize])?;
        }
        Ok(3)
    }

    fn next_pages(&mut self, game: usize) -> [Vec<u8>; 3] {
        let game = &mut self.games[game];
        game.step();
        let (physics, graphics, session) = (game.physics(), game.graphics(), game.static_data());
        [physics.as_bytes().to_vec(), graphics.as_bytes().to_vec(), session.as_bytes().to_vec()]
    }

    fn path(&self, page: PageKind) -> PathBuf {
        self.folder.join(page.section_name())
    }

    /// Writes a page in place, in one or two parts, as a game without locks does.
    fn write(&mut self, page: PageKind, bytes: &mut [u8]) -> io::Result<()> {
        let path = self.path(page);
        // Links and FIFOs of an earlier step are replaced, or stay for a while.
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            if chance(&mut self.rng, 80) {
                return Ok(());
            }
            remove(&path)?;
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        let middle = self.rng.usize(..bytes.len());
        file.write_all_at(&bytes[..middle], 0)?;
        file.write_all_at(&bytes[middle..], middle as u64)
    }

    fn replace(&mut self, path: &Path) -> io::Result<()> {
        let other = self.folder.join("other");
        match self.rng.u32(..3) {
            0 => remove(path),
            1 => {
                fs::copy(path, &other)?;
                fs::rename(&other, path)
            }
            _ => {
                remove(path)?;
                File::create(path).map(drop)
            }
        }
    }

    fn put_special(&mut self, path: &Path) -> io::Result<()> {
        remove(path)?;
        let targets =
            ["/dev/zero", "/dev/random", "/dev/null", "missing", "/proc/self/mem", "/", "acevo_pmf_static", "/dev/tty"];
        match self.rng.u32(..4) {
            0 => mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?,
            1 => fs::create_dir(path)?,
            _ => symlink(one_of(&mut self.rng, &targets), path)?,
        }
        Ok(())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}
