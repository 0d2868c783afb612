//! Runs the `acevo` binary and reads its output.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use std::time::Instant;

#[cfg(unix)]
pub use rustix::process::Signal;
use serde_json::Value;

use crate::wait::PATIENCE;

/// The program, with an empty standard input and without `NO_COLOR` from the environment.
pub fn acevo() -> Command {
    let mut command = acevo_at(&binary());
    // Tests do not touch the user's personal bests.
    let data = profile_folder().join("test-data");
    command.env("XDG_DATA_HOME", &data).env("APPDATA", &data);
    command
}

/// The program at another path, as [`acevo`] but with the user's own folder of data.
pub fn acevo_at(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).env_remove("NO_COLOR");
    without_settings(&mut command);
    command
}

/// Makes a program ignore the settings of the user who runs the tests: the file, the variables, and what the screen remembers.
/// Nothing is logged.
pub fn without_settings(command: &mut Command) -> &mut Command {
    // A folder below a file does not exist, and cannot be created.
    let nothing = binary().join("no-folder");
    for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"] {
        command.env(name, &nothing);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ACEVO_")) {
        command.env_remove(name);
    }
    // The folder of the log cannot be created either.
    command.env("ACEVO_LOG_LEVEL", "off")
}

/// Path of the `acevo` binary that Cargo built for the tests of the `acevo` crate.
pub fn binary() -> PathBuf {
    profile_folder().join(format!("acevo{}", std::env::consts::EXE_SUFFIX))
}

/// The folder of binaries, such as `target/debug`. Cargo puts tests into its subfolder `deps`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test is known");
    test.ancestors().nth(2).expect("tests lie in a subfolder").to_owned()
}

/// The exit status and the output of a program.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs a program to its end.
pub fn output(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    Output {
        status: output.status,
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
    }
}

/// A running program. Threads read its output, so that it never blocks. It is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// Starts a program whose output is not read.
pub fn spawn_silent(command: &mut Command) -> Running {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn();
    // Wine 8 sometimes refuses to create a process with this error; the next attempt succeeds.
    for _ in 0..20 {
        if !child.as_ref().is_err_and(|error| cfg!(windows) && error.raw_os_error() == Some(INTERNAL_ERROR)) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
        child = command.spawn();
    }
    Running { child: child.expect("the program starts"), stdout: channel().1, stderr: channel().1 }
}

/// The error code `ERROR_INTERNAL_ERROR` of Windows.
const INTERNAL_ERROR: i32 = 1359;

/// Starts a program and reads its output.
pub fn spawn(command: &mut Command) -> Running {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let stdout = lines(child.stdout.take().expect("stdout is piped"));
    let stderr = lines(child.stderr.take().expect("stderr is piped"));
    Running { child, stdout, stderr }
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    receiver
}

/// Sends a signal to a process.
#[cfg(unix)]
pub fn send_signal(pid: u32, signal: Signal) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().expect("a process id")).expect("not zero");
    rustix::process::kill_process(pid, signal).expect("the signal is sent");
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of stdout.
    pub fn next_line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("it prints a line in time")
    }

    /// All lines of stdout that were not taken yet, until it is closed.
    pub fn rest(&self) -> Vec<String> {
        self.stdout.iter().collect()
    }

    /// Waits for a line of stdout and parses it as JSON.
    pub fn next_object(&self) -> Value {
        let line = self.next_line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }

    /// Waits for a JSON object that `is_wanted` accepts.
    pub fn until_object(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let object = self.next_object();
            if is_wanted(&object) {
                return object;
            }
        }
    }

    /// Writes a line to its standard input, which must be piped.
    pub fn type_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is piped");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("it reads its input");
    }

    /// Waits for a line of stderr that contains `part`.
    pub fn message_with(&self, part: &str) -> String {
        let mut others = Vec::new();
        loop {
            match self.stderr.recv_timeout(PATIENCE) {
                Ok(message) if message.contains(part) => return message,
                Ok(message) => others.push(message),
                Err(error) => panic!("no message with {part:?} in time ({error}): {others:#?}"),
            }
        }
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: Signal) {
        send_signal(self.id(), signal);
    }

    /// Waits for a line of stderr.
    pub fn next_message(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("it prints a message in time")
    }

    /// True if the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its state is known").is_some()
    }

    /// Waits for the end of the program, but not for the end of its output: programs that Wine starts keep pipes open.
    ///
    /// # Panics
    /// If it has not ended after four times [`PATIENCE`]: some programs have much to do.
    pub fn wait_for_exit(&mut self) -> ExitStatus {
        let start = Instant::now();
        while !self.has_ended() {
            assert!(start.elapsed() < 4 * PATIENCE, "the program has not ended");
            thread::sleep(Duration::from_millis(5));
        }
        self.child.wait().expect("it ends")
    }

    /// Waits for the end of the program and its output. Returns its status and the rest of its stderr.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let messages: Vec<_> = self.stderr.iter().collect();
        (self.child.wait().expect("it ends"), messages.join("\n"))
    }

    /// Kills it, as a crash would, and waits for its end. Returns the time of the kill.
    pub fn kill(&mut self) -> Instant {
        let _ = self.child.kill();
        let killed = Instant::now();
        let _ = self.child.wait();
        killed
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
