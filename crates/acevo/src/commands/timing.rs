//! `acevo timing`: all cars in order, with gaps, laps and sectors.

mod live;
mod output;
mod results;

use std::process::ExitCode;

use anyhow::bail;

use self::live::{Display, follow_log, follow_pages};
use crate::cli::{TimingArgs, TimingSource};
use crate::output::has_screen;
use crate::shutdown::Stop;

pub(crate) fn run(args: &TimingArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let shows_table = !args.json && args.output.is_none() && has_screen();
    match args.source() {
        TimingSource::Log(path) if shows_table => {
            follow_log(&path, &mut Display::table(&stop)?, &stop)?;
        }
        TimingSource::Log(path) => output::write(&results::of_log(&path)?, args)?,
        TimingSource::Pages(source) => match source.recording() {
            Some(path) => output::write(&results::of_recording(path, args, &stop)?, args)?,
            None if args.output.is_some() => {
                bail!("-o writes the results of a recording or a log: name a recording, or a log with --log")
            }
            None if shows_table => follow_pages(&source, args, &mut Display::table(&stop)?, &stop)?,
            None => {
                stop.exit_if_stuck(|| {});
                follow_pages(&source, args, &mut Display::json(args), &stop)?;
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}
