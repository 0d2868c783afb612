//! `acevo diff`: compares two raw dumps. Its exit codes are those of diff(1).

mod compare;
mod report;

use std::process::ExitCode;

use anyhow::bail;

use self::compare::Differences;
use super::raw_file::read_dump;
use crate::cli::DiffArgs;
use crate::format::fields::select;
use crate::output::{OutputClosed, complain, is_dash, name_of, print_json, print_text, say};

/// Exit code if there are differences.
const DIFFERENT: u8 = 1;

/// Exit code of an error.
const ERROR: u8 = 2;

pub(crate) fn run(args: &DiffArgs) -> ExitCode {
    match compare(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => DIFFERENT.into(),
        Err(error) => {
            complain(&error);
            ERROR.into()
        }
    }
}

/// Prints the differences. Returns true if the dumps are equal.
fn compare(args: &DiffArgs) -> anyhow::Result<bool> {
    let selected = select(&args.fields, args.page, args.all)?;
    if is_dash(&args.a) && is_dash(&args.b) {
        bail!("only one of the two can be the standard input: name a file for the other");
    }
    let [a, b] = [read_dump(&args.a)?, read_dump(&args.b)?];
    for (dump, path) in [(&a, &args.a), (&b, &args.b)] {
        if !dump.is_settled() && !args.quiet {
            let name = name_of(path);
            say(format_args!("acevo: warning: pages in {name} may mix two packets"));
        }
    }
    let mut differences = Differences::of_fields(&a, &b, &selected, args.all);
    if args.fields.is_empty() {
        differences.add_sections(&a, &b, args.page);
    }
    if !args.quiet {
        let printed = if args.json {
            print_json(&report::as_json(&differences)?)
        } else {
            print_text(&report::as_text(&differences))
        };
        match printed {
            // The reader has closed the pipe; the exit code still states the result.
            Err(error) if !error.is::<OutputClosed>() => return Err(error),
            _ => {}
        }
    }
    Ok(differences.is_empty())
}
