//! `acevo lake`: Delta tables of many drives.

mod add;
mod check;
mod compact;
mod progress;

use std::process::ExitCode;

use crate::cli::{LakeArgs, LakeCommand};

pub(crate) fn run(args: &LakeArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        LakeCommand::Add(args) => add::run(args),
        LakeCommand::Check(args) => check::run(args),
        LakeCommand::Compact(args) => compact::run(args),
    }
}
