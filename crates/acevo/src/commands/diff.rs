//! `acevo diff`: what differs between two raw dumps. Its exit codes are those of diff(1).

mod compare;
mod report;

use std::process::ExitCode;

use anyhow::bail;

use self::compare::Differences;
use super::raw_file::read_dump;
use crate::cli::Diff;
use crate::format::fields::select;
use crate::output::{OutputClosed, complain, print, say};
use crate::output::{is_dash, name_of};

/// Exit codes: differences, and what keeps them from being found.
const DIFFERENT: u8 = 1;
const TROUBLE: u8 = 2;

pub(crate) fn run(args: &Diff) -> ExitCode {
    match compare(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => DIFFERENT.into(),
        Err(error) => {
            complain(&error);
            TROUBLE.into()
        }
    }
}

/// Tells whether there is no difference.
fn compare(args: &Diff) -> anyhow::Result<bool> {
    let selected = select(&args.fields, args.page, args.all)?;
    if is_dash(&args.a) && is_dash(&args.b) {
        bail!("only one of the two can be the standard input: name a file for the other");
    }
    let [a, b] = [read_dump(&args.a)?, read_dump(&args.b)?];
    for (dump, path) in [(&a, &args.a), (&b, &args.b)] {
        if !dump.is_settled() && !args.quiet {
            let name = name_of(path);
            say(format_args!("acevo: the game wrote all the time while {name} was made: values may be of two packets"));
        }
    }
    let mut differences = Differences::of_fields(&a, &b, &selected, args.all);
    if args.fields.is_empty() {
        differences.add_sections(&a, &b, args.page);
    }
    if !args.quiet {
        let text = if args.json { report::as_json(&differences)? } else { report::as_text(&differences) };
        match print(text.as_bytes()) {
            // Whoever read our output has enough; what was found does not change by that.
            Err(error) if !error.is::<OutputClosed>() => return Err(error),
            _ => {}
        }
    }
    Ok(differences.is_empty())
}
