//! The text of the user unit of systemd.

/// First line of the unit, by which acevo recognises it.
pub(super) const MARK: &str = "# Written by `acevo autostart on`; `acevo autostart off` removes it.\n";

const START: &str = "ExecStart=";

/// Characters that systemd refuses in the path of a program, but not in an argument.
const REFUSED: [char; 3] = ['"', '\'', '\\'];

/// A shell that starts a program with such a path.
const SHELL: &str = "/bin/sh";
const SCRIPT: &str = r#"-c 'exec "$0" run'"#;

/// The unit that runs a program. The path has no control characters.
///
/// The program reads pages of the game through `/proc`, so the unit has no option that gives it other namespaces: no `PrivateTmp`,
/// `PrivateUsers`, `ProtectProc` or `ProtectSystem`.
pub(super) fn text(program: &str) -> String {
    format!(
        "{MARK}[Unit]
Description=acevo, telemetry of Assetto Corsa EVO
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
{START}{}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
",
        command(program)
    )
}

/// The command line. The colon turns off variables such as `$HOME`.
fn command(program: &str) -> String {
    if program.contains(REFUSED) {
        format!(":{SHELL} {SCRIPT} {}", quoted(program))
    } else {
        format!(":{} run", quoted(program))
    }
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', r"\\").replace('"', r#"\""#).replace('%', "%%"))
}

/// The path of the program in a unit. `None` if the unit was changed and has none.
pub(super) fn program(unit: &str) -> Option<String> {
    let line = unit.lines().find_map(|line| line.trim().strip_prefix(START))?;
    let command = line.trim().strip_prefix(':')?;
    let shell = format!("{SHELL} {SCRIPT} ");
    let word = match command.strip_prefix(&shell) {
        Some(word) => word,
        None => command.strip_suffix(" run")?,
    };
    unquoted(word)
}

/// The inverse of [`quoted`].
fn unquoted(word: &str) -> Option<String> {
    let mut inner = word.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(letter) = inner.next() {
        match letter {
            '\\' => text.push(inner.next().filter(|next| ['\\', '"'].contains(next))?),
            '%' => text.push(inner.next().filter(|next| *next == '%')?),
            '"' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn command_escapes_spaces_percent_signs_quotes_and_backslashes() {
        assert_eq!(command("/usr/bin/acevo"), r#":"/usr/bin/acevo" run"#);
        assert_eq!(command("/home/a b/100%/$HOME/acevo"), r#":"/home/a b/100%%/$HOME/acevo" run"#);
        assert_eq!(command(r#"/home/"a"/b\c's"#), r#":/bin/sh -c 'exec "$0" run' "/home/\"a\"/b\\c's""#);
    }

    #[test]
    fn program_returns_none_for_units_that_name_no_program() {
        for line in ["", "ExecStart=", "ExecStart=/usr/bin/acevo run", r#"ExecStart=:"/a%b" run"#, r#"ExecStart=:"/a"#]
        {
            assert_eq!(program(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn program_returns_the_path_that_text_has_escaped(path in r#"/[ -~äß漢"'\\%$]{0,40}"#) {
            prop_assert_eq!(program(&text(&path)), Some(path));
        }

        #[test]
        fn program_never_panics(unit in "(ExecStart=:)?[ -~\n]{0,60}") {
            program(&unit);
        }
    }
}
