//! The command line: a task, then `--name value` pairs.

use std::env;
use std::error::Error;
use std::str::FromStr;

use anyhow::{Context, Result};

/// The arguments of a program.
#[derive(Debug)]
pub struct Arguments(Vec<String>);

impl Arguments {
    /// The arguments of this process.
    pub fn from_env() -> Self {
        Self(env::args().skip(1).collect())
    }

    /// The task, which is the first argument.
    pub fn task(&self) -> Result<&str> {
        self.0.first().map(String::as_str).context("the first argument must be a task")
    }

    /// The value of `--name`.
    pub fn get<T: FromStr<Err: Error + Send + Sync + 'static>>(&self, name: &str) -> Result<T> {
        let at = self.0.iter().position(|argument| argument.strip_prefix("--") == Some(name));
        let value = at.and_then(|at| self.0.get(at + 1)).with_context(|| format!("--{name} VALUE is missing"))?;
        value.parse().with_context(|| format!("--{name} {value}"))
    }
}
