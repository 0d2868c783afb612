//! `acevow`: starts `acevo run` without a console window, for a double click and the autostart of Windows.
//!
//! It starts the `acevo.exe` of its own folder, adds its own arguments to those of `acevo run`, and ends with the same exit code. Without
//! arguments it also opens the page.

#![windows_subsystem = "windows"]
#![forbid(unsafe_code)]

#[cfg(windows)]
fn main() {
    use std::os::windows::process::CommandExt as _;
    use std::process::{Command, Stdio};

    /// `CREATE_NO_WINDOW`: the console of the new process has no window.
    const NO_WINDOW: u32 = 0x0800_0000;
    /// Exit code if `acevo.exe` cannot be started.
    const FAILURE: i32 = 1;

    let run = || {
        let program = std::env::current_exe()?.with_file_name("acevo.exe");
        let mut command = Command::new(program);
        command.arg("run").args(std::env::args_os().skip(1));
        if std::env::args_os().len() < 2 {
            command.arg("--open");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.creation_flags(NO_WINDOW).status()
    };
    let code = run().ok().and_then(|status: std::process::ExitStatus| status.code());
    std::process::exit(code.unwrap_or(FAILURE))
}

#[cfg(not(windows))]
fn main() -> std::process::ExitCode {
    eprintln!("acevow is for Windows, where it starts `acevo run` without a console window; here, use `acevo run`");
    std::process::ExitCode::FAILURE
}
