//! Programs that run with limits, and what they use.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_testkit::program::{Signal, send_signal};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// Time between two samples of a program that is waited for.
const SAMPLE_EVERY: Duration = Duration::from_millis(3);

/// Bytes of an output that are kept and checked.
const KEPT_OUTPUT: u64 = 64 << 20;

/// Limits of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of address space. An allocation beyond it fails, which aborts the program.
    pub(crate) address_space: u64,
    /// Bytes of a file that it writes; `None`: no limit.
    pub(crate) file_size: Option<u64>,
    /// Bytes of all files in its working directory and of its output, beyond which it is killed.
    pub(crate) output: u64,
    /// Time after which it gets SIGINT.
    pub(crate) interrupt_after: Option<Duration>,
    /// Time after which it is killed. A program that hangs is found with it; it does not measure speed.
    pub(crate) end_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address_space: 1536 << 20,
            file_size: None,
            output: 512 << 20,
            interrupt_after: None,
            end_within: acevo_testkit::wait::PATIENCE,
        }
    }
}

/// What a program used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Maximum resident memory in bytes.
    pub(crate) memory: u64,
    /// Resident memory in bytes at the last sample.
    pub(crate) memory_now: u64,
    /// Maximum number of open descriptors in two consecutive samples.
    pub(crate) descriptors: usize,
    /// Open descriptors at the last sample.
    pub(crate) descriptors_now: usize,
}

/// A started program. Its output goes to files, so that it never blocks. It is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Started {
    child: Child,
    started: Instant,
    stdout: PathBuf,
    stderr: PathBuf,
    /// The command line, for messages.
    pub(crate) line: String,
    /// What it has used so far.
    pub(crate) usage: Usage,
}

/// The end of a program.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The command line, for messages.
    pub(crate) line: String,
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Why it was killed.
    pub(crate) killed: Option<&'static str>,
    /// Its standard output, up to a limit.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error, up to a limit.
    pub(crate) stderr: Vec<u8>,
    /// What it used.
    pub(crate) usage: Usage,
    /// How long it ran.
    pub(crate) took: Duration,
}

impl Started {
    /// Starts a program; `stdout` and `stderr` are new files for its output.
    pub(crate) fn new(command: &mut Command, stdout: PathBuf, stderr: PathBuf, limits: &Limits) -> io::Result<Self> {
        let arguments = command.get_args().map(|argument| argument.to_string_lossy().escape_debug().to_string());
        let line = std::iter::once("acevo".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ");
        command.stdin(Stdio::null()).stdout(File::create(&stdout)?).stderr(File::create(&stderr)?);
        let child = command.spawn()?;
        let started = Self { child, started: Instant::now(), stdout, stderr, line, usage: Usage::default() };
        // A program that has ended already needs no limit.
        let _ = set_limit(started.id(), Resource::As, limits.address_space);
        if let Some(size) = limits.file_size {
            let _ = set_limit(started.id(), Resource::Fsize, size);
        }
        Ok(started)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Notes what it uses now.
    pub(crate) fn sample(&mut self) {
        let process = PathBuf::from(format!("/proc/{}", self.id()));
        // Until it has started the program, the new process shares the memory of this one.
        if fs::read_link(process.join("exe")).ok() == std::env::current_exe().ok() {
            return;
        }
        if let Ok(status) = fs::read_to_string(process.join("status")) {
            let bytes = |name| memory_of(&status, name);
            self.usage.memory = self.usage.memory.max(bytes("VmHWM:"));
            self.usage.memory_now = bytes("VmRSS:");
        }
        if let Ok(descriptors) = fs::read_dir(process.join("fd")) {
            // A program that has just started still has descriptors of this one: what two samples have counts.
            let before = std::mem::replace(&mut self.usage.descriptors_now, descriptors.count());
            self.usage.descriptors = self.usage.descriptors.max(before.min(self.usage.descriptors_now));
        }
    }

    /// Sends a signal, unless it has ended.
    pub(crate) fn signal(&mut self, signal: Signal) {
        if self.is_running() {
            send_signal(self.id(), signal);
        }
    }

    /// True if it is still running.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// True if it has not ended, without waiting for it.
    pub(crate) fn is_alive(&self) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    }

    /// True if its standard error contains a text.
    pub(crate) fn has_printed(&self, text: &str) -> bool {
        String::from_utf8_lossy(&read_start(&self.stderr)).contains(text)
    }

    /// Waits until it has printed this number of lines, and returns the lines so far. Fewer if it ends or hangs.
    pub(crate) fn lines(&mut self, count: usize) -> Vec<String> {
        loop {
            let is_running = self.is_running() && self.started.elapsed() < acevo_testkit::wait::PATIENCE;
            let text = String::from_utf8_lossy(&read_start(&self.stdout)).into_owned();
            if !is_running || text.matches('\n').count() >= count {
                return text.lines().map(str::to_owned).collect();
            }
            self.sample();
            sleep(SAMPLE_EVERY);
        }
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: Signal, folder: &Path) -> io::Result<Outcome> {
        self.signal(signal);
        let end_within = self.started.elapsed() + acevo_testkit::wait::PATIENCE;
        self.wait(&Limits { end_within, ..Limits::default() }, folder)
    }

    /// Waits for the end. `folder` is where it writes files.
    pub(crate) fn wait(mut self, limits: &Limits, folder: &Path) -> io::Result<Outcome> {
        let (mut is_interrupted, mut killed, mut samples) = (false, None, 0_u32);
        let status: ExitStatus = loop {
            self.sample();
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            samples += 1;
            let elapsed = self.started.elapsed();
            if limits.interrupt_after.is_some_and(|time| elapsed > time) && !is_interrupted {
                is_interrupted = true;
                self.signal(Signal::INT);
            }
            if elapsed > limits.end_within {
                killed = killed.or(Some("it did not end"));
            } else if samples.is_multiple_of(16) && size_of(folder) > limits.output {
                killed = killed.or(Some("it wrote too much"));
            }
            if killed.is_some() {
                self.child.kill()?;
            }
            sleep(SAMPLE_EVERY);
        };
        let took = self.started.elapsed();
        if killed.is_none() && size_of(folder) > limits.output {
            killed = Some("it wrote too much");
        }
        Ok(Outcome {
            line: self.line.clone(),
            code: status.code(),
            signal: status.signal(),
            killed,
            stdout: read_start(&self.stdout),
            stderr: read_start(&self.stderr),
            usage: self.usage,
            took,
        })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sets a limit of a process.
fn set_limit(pid: u32, resource: Resource, limit: u64) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    prlimit(pid, resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    Ok(())
}

/// A number of kilobytes in `/proc/PID/status`, in bytes; 0 if it is missing.
fn memory_of(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Bytes of all files in a folder and its folders. Links are not followed; a file with holes counts what it occupies.
pub(crate) fn size_of(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        Err(_) => 0,
    });
    sizes.sum()
}

/// The start of an output, up to a limit and the end of a line.
fn read_start(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(KEPT_OUTPUT).read_to_end(&mut bytes);
    }
    if bytes.len() as u64 == KEPT_OUTPUT {
        let last_line = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        bytes.truncate(last_line);
    }
    bytes
}
