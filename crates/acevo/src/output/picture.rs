//! Lines that are drawn on a terminal at a position of its cursor.

use std::io;

use ratatui::crossterm::{Command, queue};

use super::paint::printable;
use super::stdout::write_stdout;

/// Commands for a terminal, and lines.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    bytes: Vec<u8>,
}

impl Picture {
    /// Adds a command, such as moving the cursor.
    ///
    /// # Errors
    /// If the terminal does not have it.
    pub(crate) fn command(&mut self, command: impl Command) -> io::Result<()> {
        queue!(self.bytes, command)
    }

    /// Adds a line, which nothing but its colours controls, and returns the cursor to the beginning of the next one.
    pub(crate) fn line(&mut self, text: &str) {
        self.bytes.extend_from_slice(printable(&text.replace('\n', " ")).as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Draws everything.
    ///
    /// # Errors
    /// As [`print_text`](super::print_text).
    pub(crate) fn print(self) -> anyhow::Result<()> {
        write_stdout(&self.bytes)
    }
}
