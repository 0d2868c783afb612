//! `acevo completions`: scripts with which shells complete command lines.

use std::process::ExitCode;

use anyhow::Context;
use clap_complete::Shell;

use crate::cli::{self, CompletionsArgs};
use crate::output::print_text;

pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    print_text(&script(args.shell)?)?;
    Ok(ExitCode::SUCCESS)
}

fn script(shell: Shell) -> anyhow::Result<String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "acevo", &mut script);
    let script = String::from_utf8(script).context("the script is not UTF-8")?;
    // With two colons an argument that can be repeated hides the options after it from zsh.
    Ok(if shell == Shell::Zsh { script.replace("\n'*::", "\n'*:") } else { script })
}

#[cfg(test)]
mod tests {
    use acevo_telemetry::is_unsafe_to_print;
    use clap::ValueEnum as _;

    use super::*;

    /// What is printed is cleaned, which must not change a script.
    #[test]
    fn scripts_are_printable_unchanged() {
        for shell in Shell::value_variants() {
            let script = script(*shell).unwrap();
            assert!(script.contains("acevo") && script.contains("hot-laps"), "{shell}");
            assert!(!script.contains(|letter| letter != '\n' && is_unsafe_to_print(letter)), "{shell}");
        }
    }
}
