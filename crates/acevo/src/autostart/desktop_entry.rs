//! The text of the file in the autostart folder of the desktop.

/// First line of the file, by which acevo recognises it.
pub(super) const MARK: &str = "# Written by `acevo autostart on`; `acevo autostart off` removes it.\n";

const START: &str = "Exec=";

/// A shell that starts a program with a percent sign in its path: desktops replace `%%` in arguments, but not in the program itself.
const SHELL: &str = "/bin/sh";
const SCRIPT: &str = "exec \"$0\" run";

/// Characters that a quoted argument has a backslash before.
const QUOTED: [char; 4] = ['"', '`', '$', '\\'];

/// The file that runs a program. The path has no control characters.
pub(super) fn text(program: &str) -> String {
    format!(
        "{MARK}[Desktop Entry]
Type=Application
Version=1.0
Name=acevo
Comment=Telemetry of Assetto Corsa EVO
{START}{}
Terminal=false
NoDisplay=true
",
        command(program)
    )
}

fn command(program: &str) -> String {
    if program.contains('%') {
        format!("{SHELL} -c {} {}", quoted(SCRIPT), quoted(program))
    } else {
        format!("{} run", quoted(program))
    }
}

/// An argument in quotes. Backslashes are doubled once more, because the value is a string of the file.
fn quoted(word: &str) -> String {
    let mut text = String::from('"');
    for letter in word.chars() {
        match letter {
            '%' => text.push('%'),
            letter if QUOTED.contains(&letter) => text.push('\\'),
            _ => {}
        }
        text.push(letter);
    }
    text.replace('\\', r"\\") + "\""
}

/// The path of the program in a file. `None` if the file was changed and has none.
pub(super) fn program(file: &str) -> Option<String> {
    let line = file.lines().find_map(|line| line.strip_prefix(START))?;
    let command = line.trim();
    let shell = format!("{SHELL} -c {} ", quoted(SCRIPT));
    unquoted(match command.strip_prefix(&shell) {
        Some(word) => word,
        None => command.strip_suffix(" run")?,
    })
}

/// The inverse of [`quoted`].
fn unquoted(word: &str) -> Option<String> {
    let value = unescaped(word)?;
    let mut inner = value.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(letter) = inner.next() {
        match letter {
            '\\' => text.push(inner.next().filter(|next| QUOTED.contains(next))?),
            '%' => text.push(inner.next().filter(|next| *next == '%')?),
            letter if QUOTED.contains(&letter) => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

/// A string of the file. Only the escape of the backslash is known, because [`text`] writes no other.
fn unescaped(value: &str) -> Option<String> {
    let mut letters = value.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().filter(|next| *next == '\\')? } else { letter });
    }
    Some(text)
}

/// False if the user has turned the file off in the settings of the desktop.
pub(super) fn is_enabled(file: &str) -> bool {
    !file.lines().any(|line| {
        let Some((key, value)) = line.split_once('=') else { return false };
        matches!((key.trim(), value.trim()), ("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_escapes_for_the_command_line_and_for_the_string() {
        assert_eq!(quoted("/usr/bin/a b"), r#""/usr/bin/a b""#);
        assert_eq!(quoted("/100%"), r#""/100%%""#);
        assert_eq!(quoted(r#"/"$`"#), r#""/\\"\\$\\`""#);
        assert_eq!(quoted(r"/a\b"), r#""/a\\\\b""#);
    }

    #[test]
    fn command_has_a_shell_for_paths_with_a_percent_sign() {
        assert_eq!(command("/a b"), r#""/a b" run"#);
        assert_eq!(command("/100%"), r#"/bin/sh -c "exec \\"\\$0\\" run" "/100%%""#);
    }

    #[test]
    fn is_enabled_is_false_if_the_desktop_has_turned_the_file_off() {
        assert!(is_enabled(&text("/usr/bin/acevo")));
        for line in ["Hidden=true", "X-GNOME-Autostart-enabled = false"] {
            assert!(!is_enabled(&format!("{}{line}\n", text("/usr/bin/acevo"))), "{line}");
        }
    }

    proptest! {
        #[test]
        fn program_returns_the_path_that_text_has_escaped(path in r#"/[ -~äß漢"'`\\%$]{0,40}"#) {
            prop_assert_eq!(program(&text(&path)), Some(path));
        }

        #[test]
        fn program_never_panics(file in "(Exec=\")?[ -~\n]{0,60}") {
            program(&file);
        }
    }
}
