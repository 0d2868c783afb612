//! Shell completions: scripts of `acevo completions`, run by real shells.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{acevo, binary, output};

/// Beginnings of command lines, and what completes their last word. One completion is possible for each.
const CASES: [(&str, &str); 8] = [
    ("acevo wat", "watch"),
    ("acevo simulate --scenario dri", "drive-through"),
    ("acevo watch --demo --car electric-", "electric-coupe"),
    ("acevo export evening.acevo --to mot", "motec"),
    ("acevo export evening.acevo --channels steering_w", "steering_wheel"),
    ("acevo serve --lo", "--log"),
    ("acevo info eve", "evening.acevo"),
    ("acevo record --dir ra", "races/"),
];

/// A folder with files that can be completed, and the script of a shell. `None`, after a message, if the shell is not installed.
fn prepare(shell: &str) -> Option<tempfile::TempDir> {
    let is_installed = Command::new(shell).arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_installed {
        left_out(format_args!("completions in {shell}, which is not installed"));
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("evening.acevo"), "").unwrap();
    fs::create_dir(folder.path().join("races")).unwrap();
    let script = output(acevo().args(["completions", shell]));
    assert!(script.status.success() && script.stderr.is_empty(), "{}", script.stderr);
    fs::write(folder.path().join("script"), script.stdout).unwrap();
    Some(folder)
}

/// Runs a script of the shell itself in the folder. Its output has a line per case.
fn run(shell: &str, options: &[&str], script: &str, folder: &Path) -> Vec<String> {
    let file = folder.join("test");
    fs::write(&file, script).unwrap();
    let program = binary();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(shell);
    command.args(options).arg(&file).current_dir(folder).env("HOME", folder).env("PATH", path).env("TERM", "dumb");
    let output = output(&mut command);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    output.stdout.lines().map(str::to_owned).collect()
}

fn check(shell: &str, completed: &[String]) {
    assert_eq!(completed.len(), CASES.len(), "{completed:?}");
    for ((line, expected), completed) in CASES.iter().zip(completed) {
        // zsh appends the sign before a value.
        assert_eq!(completed.trim_end().trim_end_matches('='), *expected, "{shell}: {line}");
    }
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    let Some(folder) = prepare("bash") else { return };
    // As bash does for the Tab key. If a function finds nothing, bash completes the name of a file.
    let mut script = r#"
source ./script
complete -p acevo | grep -q -- '-F _acevo' || exit 1
complete() {
    COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} found
    compopt() { :; }
    _acevo acevo "$cur" "$prev"
    [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$cur"))
    for found in "${COMPREPLY[@]}"; do if [ -d "$found" ]; then found=$found/; fi; printf '%s ' "$found"; done
    echo
}
"#
    .to_owned();
    CASES.iter().for_each(|(line, _)| script.push_str(&format!("complete '{line}'\n")));
    check("bash", &run("bash", &["--norc", "--noprofile"], &script, folder.path()));
}

#[test]
fn fish_completes_commands_options_values_and_files() {
    let Some(folder) = prepare("fish") else { return };
    let mut script = "source ./script\n".to_owned();
    // A description follows after a tab.
    CASES.iter().for_each(|(line, _)| {
        script.push_str(&format!("echo (complete -C '{line}' | string replace -r '\\t.*' '')\n"));
    });
    check("fish", &run("fish", &["--no-config"], &script, folder.path()));
}

#[test]
fn zsh_completes_commands_options_values_and_files() {
    let Some(folder) = prepare("zsh") else { return };
    // Completion exists only in an interactive shell: one in a pseudo-terminal gets the keys. Ctrl-K prints the line and empties it.
    let mut script = r#"
zmodload zsh/zpty || exit 1
zpty shell zsh -f -i
ask() {
    local text
    zpty -w -n shell "$1"
    zpty -r -m shell text "*<<*>>*" || exit 1
    text=${text##*<<} text=${text%%>>*}
    print -r -- ${${(z)text}[-1]}
}
zpty -w shell "PS1= PS2= ; unsetopt prompt_cr prompt_sp; unset zle_bracketed_paste; autoload -U compinit; compinit -u -D"
zpty -w shell "source ./script; compdef _acevo acevo; unsetopt list_ambiguous; LISTMAX=0"
zpty -w shell "show() { print -r -- \"<\"\"<\$BUFFER>\"\">\"; BUFFER= }; zle -N show; bindkey '^K' show; bindkey '^I' complete-word"
ask $'true\x0b' >/dev/null
"#
    .to_owned();
    CASES.iter().for_each(|(line, _)| script.push_str(&format!("ask $'{line}\\t\\x0b'\n")));
    check("zsh", &run("zsh", &["-f"], &script, folder.path()));
}
