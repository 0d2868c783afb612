//! The end of each help text: examples, and details after them.
//!
//! `-h` has the examples. `--help` and `acevo help` add the details, such as JSON formats, keys and scenarios.

mod details;
mod examples;

use clap::Command;

use super::source::HIDDEN;

#[cfg(test)]
pub(super) use details::EVENTS;

/// Commands whose help has all options of the simulator. The help of the others refers to it.
const SIMULATOR: &str = "simulate";

/// True if these arguments ask for the long help.
pub(super) fn is_long<'a>(mut args: impl Iterator<Item = &'a str>) -> bool {
    args.any(|arg| arg == "--help" || arg == "help")
}

/// Completes the help of all commands.
pub(super) fn complete(command: Command, is_long: bool) -> Command {
    let command = hide_simulator_options(command.after_help(examples::ACEVO));
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let command = if name == SIMULATOR { command } else { hide_simulator_options(command) };
        let examples = examples::of(&name);
        let end = match details::of(&name) {
            None => examples.to_owned(),
            Some(details) if is_long => format!("{examples}\n\n{details}"),
            Some(_) => format!("{examples}\n\n`acevo help {name}` shows the details."),
        };
        command.after_help(end)
    })
}

fn hide_simulator_options(command: Command) -> Command {
    let hidden: Vec<_> =
        HIDDEN.into_iter().filter(|id| command.get_arguments().any(|arg| arg.get_id() == id)).collect();
    hidden.into_iter().fold(command, |command, id| command.mut_arg(id, |arg| arg.hide(true)))
}
