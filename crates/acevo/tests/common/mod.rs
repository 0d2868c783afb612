//! Runs the program and reads what it says.
#![allow(dead_code, reason = "every test file uses its part")]

pub(crate) mod drive;
#[path = "../../../acevo-telemetry/tests/export/python.rs"]
pub(crate) mod python;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// The program, with nothing on its standard input and no colours by accident.
pub(crate) fn acevo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acevo"));
    command.stdin(Stdio::null()).env_remove("NO_COLOR");
    // No test touches the personal bests of whoever runs it.
    command.env("XDG_DATA_HOME", env!("CARGO_TARGET_TMPDIR")).env("APPDATA", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// What a program has said, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs it to its end.
pub(crate) fn output(command: &mut Command) -> Output {
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
pub(crate) struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// Starts it.
pub(crate) fn spawn(command: &mut Command) -> Running {
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

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of stdout.
    pub(crate) fn next_line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("it prints in time")
    }

    /// A line for its standard input, which has to be piped.
    pub(crate) fn type_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is piped");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("it listens");
    }

    /// Waits for a line of stderr with this in it.
    pub(crate) fn word_with(&self, part: &str) -> String {
        loop {
            let word = self.next_word();
            if word.contains(part) {
                return word;
            }
        }
    }

    /// Sends a signal, as `-USR1`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.id().to_string()]).status();
        assert!(status.expect("there is a kill").success());
    }

    /// Waits for a line of stderr.
    pub(crate) fn next_word(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("it speaks in time")
    }

    /// Waits for the end, and for what it says until then.
    pub(crate) fn wait(&mut self) -> (ExitStatus, String) {
        let said: Vec<_> = self.stderr.iter().collect();
        (self.child.wait().expect("it ends"), said.join("\n"))
    }

    /// Ends it without a chance to clean up.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
