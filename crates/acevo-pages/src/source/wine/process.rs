//! Processes and their memory mappings, read from `/proc`. A process may end between any two calls; that is treated as absence,
//! not as a failure.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use crate::error::Error;
use crate::source::file::open_regular;

/// Length to which the kernel truncates the name of a process.
const COMM_LENGTH: usize = 15;

/// Maximum length of the path of a program that is recognised, in bytes.
const MAX_NAME: usize = 1024;

/// A process on this machine.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    name: String,
    start: u64,
    /// Its open file of memory statistics, which still refers to this process if the process id is reused.
    statm: File,
}

/// A shared, writable mapping of a deleted file, which Wine has created for a section.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    range: String,
    inode: u64,
    path: String,
}

impl Process {
    /// All processes whose program has one of these file names, in the order of the names.
    pub(crate) fn named(programs: &[&str]) -> Vec<Self> {
        let mut found = vec![Vec::new(); programs.len()];
        for pid in all_pids() {
            let names = Names::of(pid);
            let matching = programs.iter().zip(&mut found).find(|(program, _)| names.are_of(program));
            matching.into_iter().for_each(|(_, pids)| pids.push(pid));
        }
        let named = |(program, pids): (&&str, Vec<u32>)| {
            let program = (*program).to_owned();
            pids.into_iter().filter_map(move |pid| Some(Self { name: program.clone(), ..Self::with_id(pid)? }))
        };
        programs.iter().zip(found).flat_map(named).collect()
    }

    /// The process with this id; `None` if there is no such process.
    pub(crate) fn with_id(pid: u32) -> Option<Self> {
        let statm = File::open(format!("/proc/{pid}/statm")).ok()?;
        // This is read after `statm` was opened, so both belong to the same process.
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name, in brackets, may contain any characters. Only numbers follow it; the start time is the 20th of them.
        let (name, numbers) = stat.rsplit_once(") ")?;
        let start = numbers.split(' ').nth(19)?.parse().ok()?;
        let name = name.split_once('(').map_or_else(String::new, |(_, name)| name.to_owned());
        let process = Self { pid, name, start, statm };
        process.is_alive().then_some(process)
    }

    /// The file name of the program.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn id(&self) -> u32 {
        self.pid
    }

    /// Start time of the process, in kernel ticks.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// False once the process has ended, even if its exit code has not been collected yet.
    pub(crate) fn is_alive(&self) -> bool {
        let mut first = [0; 2];
        // A process that has ended has no statistics; a zombie has no memory.
        self.statm.read_at(&mut first, 0).is_ok_and(|count| count == 2 && &first != b"0 ")
    }

    /// The mappings of this process that could be sections.
    pub(crate) fn wine_sections(&self) -> Result<Vec<Mapping>, Error> {
        // Names of mapped files may contain any bytes; those of sections are ASCII.
        match fs::read(format!("/proc/{}/maps", self.pid)) {
            Ok(maps) => Ok(sections_in(&String::from_utf8_lossy(&maps))),
            Err(_) if !self.is_alive() => Err(Error::GameNotRunning { looked_for: self.to_string() }),
            Err(error) => Err(Error::of_system(format!("the memory map of {self}"), error)),
        }
    }

    /// Opens the file of a mapping for reading; `None` if no process holds it open any more.
    ///
    /// Usually the process itself holds it open. If it has closed its handle after mapping, the wineserver still holds it open.
    /// The kernel's own link to the file needs more permissions and is tried last.
    pub(crate) fn open_mapping(&self, mapping: &Mapping) -> io::Result<Option<File>> {
        let mut denied = None;
        let servers = all_pids().filter(|pid| {
            let names = Names::of(*pid);
            ["wineserver", "wineserver64"].iter().any(|name| names.are_of(name))
        });
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
        match open_regular(format!("/proc/{}/map_files/{}", self.pid, mapping.range).as_ref()) {
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
    /// Finds the file among those that a process holds open, by inode and name.
    fn find_in(&self, pid: u32) -> io::Result<Option<File>> {
        for entry in fs::read_dir(format!("/proc/{pid}/fd"))?.flatten() {
            let path = entry.path();
            let same_name = fs::read_link(&path).is_ok_and(|target| target.as_os_str() == self.path.as_str());
            if !same_name || !fs::metadata(&path).is_ok_and(|file| file.ino() == self.inode) {
                continue;
            }
            // The process may open another file under this number at any time, also a pipe.
            let file = open_regular(&path)?;
            if file.metadata()?.ino() == self.inode {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }
}

fn all_pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The names by which a process may be known. A search reads those of all processes, so this makes as few calls as possible.
struct Names {
    /// The name that the kernel reports, which is cut to 15 characters. The game may rename its threads, which changes it.
    kernel: Vec<u8>,
    /// The first argument, which Wine sets to the program's Windows path. Launchers such as Proton's have the program among their later
    /// arguments, which are not compared.
    argument: Vec<u8>,
}

impl Names {
    fn of(pid: u32) -> Self {
        let start = |name| start_of(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let mut argument = start("cmdline");
        argument.truncate(argument.iter().position(|byte| *byte == 0).unwrap_or(argument.len()));
        Self { kernel: start("comm"), argument }
    }

    /// True if the process runs this program.
    fn are_of(&self, program: &str) -> bool {
        let cut = &program[..program.len().min(COMM_LENGTH)];
        let file_name = self.argument.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        self.kernel.trim_ascii_end() == cut.as_bytes() || file_name.eq_ignore_ascii_case(program.as_bytes())
    }
}

/// The first bytes of a file, in one call.
fn start_of(path: String) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; MAX_NAME];
    let count = File::open(path)?.read_at(&mut bytes, 0)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// The sections of Wine in `/proc/PID/maps`, each file once.
fn sections_in(maps: &str) -> Vec<Mapping> {
    let mut sections: Vec<Mapping> = Vec::new();
    for section in maps.lines().filter_map(section_in) {
        if !sections.iter().any(|known| known.inode == section.inode && known.path == section.path) {
            sections.push(section);
        }
    }
    sections
}

/// Parses a line of `/proc/PID/maps`: `7f…-7f… rw-s 00000000 00:01 4242    /memfd:wine-mapping (deleted)`. `None` if it is not a
/// section of Wine.
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
    fn sections_in_returns_only_shared_writable_deleted_files_of_wine() {
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
    fn process_named_finds_this_process() {
        let me = Process::with_id(std::process::id()).unwrap();
        assert!(me.is_alive() && me.start() > 0);
        let exe = std::env::current_exe().unwrap();
        let name = exe.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(Process::named(&[&name]).iter().any(|process| process.id() == me.id()));
        assert!(Process::named(&["no such program"]).is_empty());
    }

    #[test]
    fn is_alive_is_false_after_a_process_has_ended() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let process = Process::with_id(child.id()).unwrap();
        child.kill().unwrap();
        // Waiting guarantees that it has ended. The open statistics still refer to this process.
        child.wait().unwrap();
        assert!(!process.is_alive());
    }
}
