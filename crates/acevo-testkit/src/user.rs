//! A user with folders of its own, so that tests touch no others.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::program::{Output, acevo, output};

/// A user with folders for settings, data and state, and a home folder around them.
pub struct User {
    /// The home folder.
    pub folder: TempDir,
}

impl Default for User {
    fn default() -> Self {
        Self::new()
    }
}

impl User {
    /// A user without a file of settings.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A user with this file of settings.
    pub fn with(text: &str) -> Self {
        let user = Self::new();
        fs::create_dir_all(user.file().parent().unwrap()).unwrap();
        fs::write(user.file(), text).unwrap();
        user
    }

    /// The file of settings.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("config/acevo/acevo.toml")
    }

    /// The program, run by this user.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = acevo();
        command.args(args).current_dir(self.folder.path()).env("HOME", self.folder.path());
        for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")] {
            command.env(name, self.folder.path().join(folder));
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        output(&mut self.command(args))
    }
}
