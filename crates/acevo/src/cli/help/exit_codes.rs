//! Exit codes of each command, for manual pages.

/// Wrong usage, which all commands report in the same way.
const USAGE: (u8, &str) = (2, "The command line is wrong.");

/// The exit codes of a command; `acevo` is the program itself.
pub(super) fn of(command: &str) -> Vec<(u8, &'static str)> {
    let (success, failure) = match command {
        "diff" => {
            return vec![
                (0, "The dumps do not differ."),
                (1, "They differ."),
                (2, "A file cannot be read, or the command line is wrong."),
            ];
        }
        "status" => {
            return vec![
                (0, "`acevo run` runs, and everything works."),
                (1, "Something does not work, or it does not answer."),
                USAGE,
                (3, "`acevo run` is not running."),
            ];
        }
        "quit" => {
            return vec![
                (0, "`acevo run` has ended."),
                (1, "It could not be asked to end, or did not end in time."),
                USAGE,
                (3, "`acevo run` is not running."),
            ];
        }
        "autostart" => (
            "Success; for status, it is on.",
            "For status, it is off, or the program does not exist any more; else the entry cannot be made or removed.",
        ),
        "run" => ("It was asked to end.", "It cannot start, another one is running, or the server has failed."),
        "publish" => (
            "The recording has ended, or it was asked to end.",
            "The broker or the database refuses password, token or certificate, the name of the rig is in use here, or the pages cannot be read.",
        ),
        "wall" => (
            "It was asked to end.",
            "The broker refuses password or certificate, the port is taken, or another `acevo wall` here shows the same.",
        ),
        "doctor" => ("Telemetry flows.", "It does not, also in the menu and during a pause."),
        "dump" | "channels" => ("Success.", "There is no game, or the file cannot be read."),
        "stats" => ("Success.", "It was stopped before telemetry arrived, or the pages cannot be read."),
        "info" => ("Success.", "The recording cannot be read; with --check also if it is damaged."),
        "record" => (
            "All files are complete.",
            "Nothing was recorded, a file could not be completed, or another program has renamed, removed or shortened it.",
        ),
        "replay" => ("Success.", "The recording cannot be read, or a game or a simulator has the pages."),
        "relay" => {
            ("It was asked to end, or the recording has ended.", "It cannot listen, or the recording cannot be read.")
        }
        "receive" => (
            "It was asked to end.",
            "The relay has refused the token or the version, or a game or a simulator has the pages.",
        ),
        "upload" => ("The store has all recordings.", "It does not have at least one of them."),
        "collect" => ("It was asked to end.", "It cannot listen, or the folder cannot be used."),
        "export" => ("All recordings were exported.", "At least one was not."),
        "lake-add" => {
            ("All recordings are in the lake, or were left out.", "At least one could not be added, or it was stopped.")
        }
        "lake-check" => ("Nothing is damaged.", "Something is damaged, or there is no lake."),
        "merge" => (
            "The new recording is complete.",
            "The log does not belong to the recording, the recording has a log already, or a file cannot be read or written.",
        ),
        "log-check" => ("The file is a log of the game.", "It is not, or it cannot be read."),
        "sessions" | "bests" => {
            ("Success, also if some recordings cannot be read.", "A folder does not exist, or it was stopped.")
        }
        "log" => ("Success.", "There is no log yet, or it cannot be read."),
        "report" => ("The archive is complete.", "It cannot be written; then there is no file."),
        "man" => ("All pages are written.", "A page cannot be written, or would replace a file of another program."),
        _ => ("Success.", "Failure; the error is on the standard error."),
    };
    vec![(0, success), (1, failure), USAGE]
}
