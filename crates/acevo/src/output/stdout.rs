//! Writing to stdout.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;

/// The reader of stdout has closed it. The program ends without an error message.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reader of the output has closed it")
    }
}

impl std::error::Error for OutputClosed {}

/// Writes to stdout and flushes it.
#[expect(clippy::disallowed_methods, reason = "all callers have cleaned the text")]
pub(super) fn write_stdout(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutputClosed.into()),
        result => result.context("cannot write to the standard output"),
    }
}
