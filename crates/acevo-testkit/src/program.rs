//! Runs the `acevo` binary and reads its output.

#[cfg(unix)]
pub use rustix::process::Signal;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// The program, with nothing on its standard input and no colours by accident.
pub fn acevo() -> Command {
    let mut command = Command::new(binary());
    command.stdin(Stdio::null()).env_remove("NO_COLOR");
    // Tests do not touch the user's personal bests.
    let data = profile_folder().join("test-data");
    command.env("XDG_DATA_HOME", &data).env("APPDATA", &data);
    command
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

/// What a program has said, and how it ended.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Runs it to its end.
pub fn output(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    Output {
        status: output.status,
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
    }
}

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that runs, with everything it says taken from it at once; killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// Starts it.
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
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of stdout.
    pub fn next_line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("it prints in time")
    }

    /// A line for its standard input, which has to be piped.
    pub fn type_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is piped");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("it listens");
    }

    /// Waits for a line of stderr with this in it.
    pub fn word_with(&self, part: &str) -> String {
        loop {
            let word = self.next_word();
            if word.contains(part) {
                return word;
            }
        }
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: Signal) {
        send_signal(self.id(), signal);
    }

    /// Waits for a line of stderr.
    pub fn next_word(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("it speaks in time")
    }

    /// Waits for the end, and for what it says until then.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let said: Vec<_> = self.stderr.iter().collect();
        (self.child.wait().expect("it ends"), said.join("\n"))
    }

    /// Ends it without a chance to clean up.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
