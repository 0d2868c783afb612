//! `acevo merge`: adds the game's log to a recording that was made without it, as a new recording.

use std::process::ExitCode;

use acevo_recording::{MergeError, RecordingWriter, merge_log};
use anyhow::{Context, bail, ensure};

use crate::cli::MergeArgs;
use crate::output::{check_new, create_pending, default_output, is_dash, name_of, publish, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(crate) fn run(args: &MergeArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.file, "log", "acevo"));
    ensure!(!is_dash(&output), "a recording cannot be written to the standard output: name a file with -o");
    check_new(&output)?;
    let stop = Stop::on_signal()?;
    let log_name = name_of(&args.log);
    let mut log = acevo_files::open_file(&args.log).with_context(|| format!("cannot read {log_name}"))?;
    let mut recording = open(&args.file)?;
    let description = recording.description().cloned().unwrap_or_default();
    let pending = create_pending(&output)?;
    let cannot = || format!("cannot write {}", name_of(&output));
    let mut writer = RecordingWriter::new(pending.file()?, &description).with_context(cannot)?;
    let merged = match merge_log(&mut recording, &mut log, &mut writer, || !stop.is_requested()) {
        Err(MergeError::Stopped) => bail!("stopped; no file was written"),
        Err(MergeError::Recording(error)) => return Err(error).with_context(cannot),
        Err(MergeError::Log(error)) => return Err(error).with_context(|| format!("cannot read {log_name}")),
        merged => merged?,
    };
    writer.finish().with_context(cannot)?;
    publish(pending)?;
    if !args.quiet {
        let (name, offset) = (name_of(&output), merged.offset);
        say(format_args!(
            "acevo: wrote {name} with {} events of the log; {} common events within {} ms",
            merged.events + merged.names,
            offset.matches,
            offset.spread_ms
        ));
    }
    Ok(ExitCode::SUCCESS)
}
