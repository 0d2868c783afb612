//! `acevo man`: manual pages.

mod page;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use acevo_files::{TooLarge, read_limited};
use anyhow::{Context, bail};

use self::page::{MARK, Page};
use crate::cli::{self, ManArgs};
use crate::output::{create_pending, name_of, say};

/// Maximum size of a page that is replaced.
const MAX_BYTES: u64 = 1 << 20;

pub(crate) fn run(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let pages = cli::manual().iter().map(Page::of).collect::<Result<Vec<_>, _>>()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
    // Before anything is written.
    pages.iter().try_for_each(|page| check_replaceable(&folder.join(&page.file_name)))?;
    for page in &pages {
        let path = folder.join(&page.file_name);
        let mut file = create_pending(&path)?;
        let written = file.write_all(page.text.as_bytes()).and_then(|()| file.replace());
        written.with_context(|| format!("cannot write {}", name_of(&path)))?;
    }
    say(format_args!("acevo: wrote {} manual pages to {}", pages.len(), name_of(folder)));
    Ok(ExitCode::SUCCESS)
}

/// Fails if the path leads to anything but a page of acevo.
fn check_replaceable(path: &Path) -> anyhow::Result<()> {
    let is_page = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if !found.is_file() => false,
        _ => match read_limited(path, MAX_BYTES) {
            Ok(bytes) => bytes.starts_with(MARK.as_bytes()),
            Err(error) if TooLarge::of(&error).is_some() => false,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", name_of(path))),
        },
    };
    if !is_page {
        bail!(
            "{} was not written by `acevo man`, and is not replaced: name another folder, or remove it",
            name_of(path)
        );
    }
    Ok(())
}
