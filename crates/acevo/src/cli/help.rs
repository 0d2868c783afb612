//! The end of each help text: examples, and details after them.
//!
//! `-h` has the examples. `--help` and `acevo help` add the details, such as JSON formats, keys and scenarios. Manual pages have all of it,
//! and the exit codes.

mod details;
mod examples;
mod exit_codes;

use clap::Command;

use super::source::HIDDEN;

#[cfg(test)]
pub(super) use details::EVENTS;

/// Name of the program.
const NAME: &str = "acevo";

/// Commands whose help has all options of the simulator. The help of the others refers to it.
const SIMULATOR: &str = "simulate";

/// True if these arguments ask for the long help.
pub(super) fn is_long<'a>(mut args: impl Iterator<Item = &'a str>) -> bool {
    args.any(|arg| arg == "--help" || arg == "help")
}

/// Completes the help of all commands.
pub(super) fn complete(command: Command, is_long: bool) -> Command {
    let command = hide_simulator_options(command.after_help(examples::of(NAME)));
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        with_end(command, &name, is_long)
    })
}

/// Completes the help of a command and of those below it, whose names are like `lake-add`.
fn with_end(command: Command, name: &str, is_long: bool) -> Command {
    let command = if name == SIMULATOR { command } else { hide_simulator_options(command) };
    let command = command.mut_subcommands(|below| {
        let name = format!("{name}-{}", below.get_name());
        with_end(below, &name, is_long)
    });
    let examples = examples::of(name);
    let end = match details::of(name) {
        None => examples.to_owned(),
        Some(details) if is_long => format!("{examples}\n\n{details}"),
        Some(_) => format!("{examples}\n\n`acevo help {name}` shows the details."),
    };
    command.after_help(end)
}

/// The content of a manual page.
#[derive(Debug)]
pub(crate) struct ManualPage {
    /// The command with its options, without a text at the end. It is built: names and usage are complete.
    pub(crate) command: Command,
    /// Examples, and paragraphs about them.
    pub(crate) examples: &'static str,
    /// What the command line does not show, such as JSON formats.
    pub(crate) details: Option<String>,
    /// Exit codes with their meanings.
    pub(crate) exit_codes: Vec<(u8, &'static str)>,
}

/// The manual pages of the program and of its commands.
pub(super) fn manual(command: Command) -> Vec<ManualPage> {
    let mut command = hide_simulator_options(command.disable_help_subcommand(true));
    command.build();
    let page = |name: &str, command: Command| {
        let name = name.to_owned();
        let command = if name == SIMULATOR { command } else { hide_simulator_options(command) };
        let exit_codes = exit_codes::of(&name);
        ManualPage { examples: examples::of(&name), details: details::of(&name), exit_codes, command }
    };
    let mut pages = Vec::new();
    for below in command.get_subcommands() {
        let name = below.get_name();
        pages.push(page(name, below.clone()));
        let is_own = |command: &&Command| command.get_name() != "help";
        let nested = below.get_subcommands().filter(is_own);
        pages.extend(nested.map(|nested| page(&format!("{name}-{}", nested.get_name()), nested.clone())));
    }
    [page(NAME, command)].into_iter().chain(pages).collect()
}

fn hide_simulator_options(command: Command) -> Command {
    let hidden: Vec<_> =
        HIDDEN.into_iter().filter(|id| command.get_arguments().any(|arg| arg.get_id() == id)).collect();
    hidden.into_iter().fold(command, |command, id| command.mut_arg(id, |arg| arg.hide(true)))
}
