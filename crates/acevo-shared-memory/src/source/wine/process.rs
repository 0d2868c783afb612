//! Processes and their mappings, out of `/proc`. A process may vanish between any two lines here: that is an absence, never
//! a failure.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;

use crate::error::Error;

/// Length to which the kernel cuts a process's name.
const COMM_LENGTH: usize = 15;

/// A process of this machine.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    name: String,
    start: u64,
    /// Its memory statistics, held open: they stay those of this very process, even when its number is used again.
    statm: File,
}

/// A shared, writable mapping of a deleted file that Wine made for a section.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    range: String,
    inode: u64,
    path: String,
}

impl Process {
    /// The processes whose program has this file name.
    pub(crate) fn named(program: &str) -> Vec<Self> {
        let named = |pid| Some(Self { name: program.to_owned(), ..Self::with_id(pid)? });
        all_pids().filter(|pid| runs(*pid, program)).filter_map(named).collect()
    }

    /// `None` where there is no such process.
    pub(crate) fn with_id(pid: u32) -> Option<Self> {
        let statm = File::open(format!("/proc/{pid}/statm")).ok()?;
        // Read after `statm` was opened, so all of it is of the same process.
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name, in brackets, may hold anything; what follows it are numbers, the start time is the 20th of them.
        let (name, numbers) = stat.rsplit_once(") ")?;
        let start = numbers.split(' ').nth(19)?.parse().ok()?;
        let name = name.split_once('(').map_or_else(String::new, |(_, name)| name.to_owned());
        let process = Self { pid, name, start, statm };
        process.is_alive().then_some(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.pid
    }

    /// When it was started, in the kernel's ticks.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// False once it has ended, also where nobody has fetched its exit code yet.
    pub(crate) fn is_alive(&self) -> bool {
        let mut first = [0; 2];
        // A dead process has no statistics, one that is only waiting to be fetched has no memory.
        self.statm.read_at(&mut first, 0).is_ok_and(|count| count == 2 && &first != b"0 ")
    }

    /// The mappings that may be sections.
    pub(crate) fn wine_sections(&self) -> Result<Vec<Mapping>, Error> {
        // Names of mapped files are any bytes; those of sections are ASCII.
        match fs::read(format!("/proc/{}/maps", self.pid)) {
            Ok(maps) => Ok(sections_in(&String::from_utf8_lossy(&maps))),
            Err(_) if !self.is_alive() => Err(Error::GameNotRunning { looked_for: self.to_string() }),
            Err(error) => Err(Error::of_system(format!("the memory map of {self}"), error)),
        }
    }

    /// Opens the file behind a mapping for reading; `None` where nobody holds it open any more.
    ///
    /// The process itself usually does. Where it has closed its handle after mapping, the wineserver still does; the kernel's
    /// own link needs more rights and comes last.
    pub(crate) fn open_mapping(&self, mapping: &Mapping) -> io::Result<Option<File>> {
        let mut denied = None;
        let servers = all_pids().filter(|pid| ["wineserver", "wineserver64"].iter().any(|name| runs(*pid, name)));
        for pid in std::iter::once(self.pid).chain(servers) {
            match mapping.find_in(pid) {
                Ok(Some(file)) => return Ok(Some(file)),
                Ok(None) => {}
                Err(error) if pid == self.pid && error.kind() == io::ErrorKind::PermissionDenied => {
                    denied = Some(error);
                }
                Err(_) => {}
            }
        }
        match File::open(format!("/proc/{}/map_files/{}", self.pid, mapping.range)) {
            Ok(file) => Ok(Some(file)),
            Err(_) => denied.map_or(Ok(None), Err),
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.name, self.pid)
    }
}

impl Mapping {
    /// The file among those a process holds open: same inode, same name.
    fn find_in(&self, pid: u32) -> io::Result<Option<File>> {
        for entry in fs::read_dir(format!("/proc/{pid}/fd"))?.flatten() {
            let path = entry.path();
            let same_name = fs::read_link(&path).is_ok_and(|target| target.as_os_str() == self.path.as_str());
            if same_name && fs::metadata(&path).is_ok_and(|file| file.is_file() && file.ino() == self.inode) {
                return File::open(path).map(Some);
            }
        }
        Ok(None)
    }
}

fn all_pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// True where a process runs this program: by the name the kernel shows, cut to 15 characters, or by its first argument, which
/// Wine sets to the program's Windows path (the game may rename its threads, and so what the kernel shows).
///
/// Starters such as Proton's have the program among their further arguments; they do not count.
fn runs(pid: u32, program: &str) -> bool {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let shown = fs::read(proc.join("comm")).unwrap_or_default();
    let cut = &program[..program.len().min(COMM_LENGTH)];
    if shown.trim_ascii_end() == cut.as_bytes() {
        return true;
    }
    let arguments = fs::read(proc.join("cmdline")).unwrap_or_default();
    let first = arguments.split(|byte| *byte == 0).next().unwrap_or_default();
    first
        .rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(program.as_bytes()))
}

/// The lines of `/proc/PID/maps` that are sections of Wine, each file once.
fn sections_in(maps: &str) -> Vec<Mapping> {
    let mut sections: Vec<Mapping> = Vec::new();
    for section in maps.lines().filter_map(section_in) {
        if !sections.iter().any(|known| known.inode == section.inode && known.path == section.path) {
            sections.push(section);
        }
    }
    sections
}

/// `7f…-7f… rw-s 00000000 00:01 4242    /memfd:wine-mapping (deleted)`
fn section_in(line: &str) -> Option<Mapping> {
    let (range, rest) = line.split_once(' ')?;
    let (permissions, rest) = rest.split_once(' ')?;
    let (_offset, rest) = rest.split_once(' ')?;
    let (_device, rest) = rest.split_once(' ')?;
    let (inode, path) = rest.split_once(' ')?;
    let path = path.trim_start();
    let name = path.strip_suffix(" (deleted)")?.rsplit('/').next()?;
    let is_section = name == "memfd:wine-mapping" || name.starts_with("tmpmap-");
    (permissions == "rw-s" && is_section)
        .then(|| Some(Mapping { range: range.to_owned(), inode: inode.parse().ok()?, path: path.to_owned() }))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wines_shared_writable_deleted_files_are_sections() {
        let maps = "\
7f0000000000-7f0000001000 rw-s 00000000 00:01 11                         /memfd:wine-mapping (deleted)
7f0000002000-7f0000004000 rw-s 00000000 fe:01 12                         /tmp/.wine-0/server-fe01-a b/tmpmap-0a1b2c3d (deleted)
7f0000004000-7f0000005000 rw-s 00000000 00:01 11                         /memfd:wine-mapping (deleted)
7f0000005000-7f0000006000 r--s 00000000 00:01 13                         /memfd:wine-mapping (deleted)
7f0000006000-7f0000007000 rw-p 00000000 00:01 14                         /memfd:wine-mapping (deleted)
7f0000007000-7f0000008000 rw-s 00000000 00:01 15                         /memfd:pulseaudio (deleted)
7f0000008000-7f0000009000 rw-s 00000000 00:01 16                         /tmp/tmpmap-still-there
7f0000009000-7f000000a000 rw-p 00000000 00:00 0 
";
        let found: Vec<_> = sections_in(maps).into_iter().map(|section| (section.inode, section.range)).collect();
        assert_eq!(found, [(11, "7f0000000000-7f0000001000".into()), (12, "7f0000002000-7f0000004000".into())]);
        assert!(sections_in(maps)[1].path.ends_with("a b/tmpmap-0a1b2c3d (deleted)"));
    }

    #[test]
    fn this_process_is_alive_and_knows_its_name() {
        let me = Process::with_id(std::process::id()).unwrap();
        assert!(me.is_alive() && me.start() > 0);
        let exe = std::env::current_exe().unwrap();
        let name = exe.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(Process::named(&name).iter().any(|process| process.id() == me.id()));
        assert!(Process::named("no such program").is_empty());
    }

    #[test]
    fn a_process_that_has_ended_is_not_alive_fetched_or_not() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let process = Process::with_id(child.id()).unwrap();
        child.kill().unwrap();
        // Waiting is what makes the end certain; the statistics of before stay those of the dead process.
        child.wait().unwrap();
        assert!(!process.is_alive());
    }
}
