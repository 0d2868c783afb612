//! `acevo man`: manual pages.

mod page;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use self::page::{MARK, Page};
use crate::cli::{self, ManArgs};
use crate::output::{name_of, say};
use crate::own_file::{self, Found};

pub(crate) fn run(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let pages = cli::manual().iter().map(Page::of).collect::<Result<Vec<_>, _>>()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
    // Before anything is written.
    pages.iter().try_for_each(|page| check_replaceable(&folder.join(&page.file_name)))?;
    for page in &pages {
        own_file::write(&folder.join(&page.file_name), &page.text)?;
    }
    say(format_args!("acevo: wrote {} manual pages to {}", pages.len(), name_of(folder)));
    Ok(ExitCode::SUCCESS)
}

/// Fails if the path leads to anything but a page of acevo.
fn check_replaceable(path: &Path) -> anyhow::Result<()> {
    if own_file::find(path, MARK)? == Found::Foreign {
        bail!(
            "{} was not written by `acevo man`, and is not replaced: name another folder, or remove it",
            name_of(path)
        );
    }
    Ok(())
}
