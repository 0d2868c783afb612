//! Values of the registry as text: the command line of the entry, and the files that `reg export` writes.

use std::path::PathBuf;

/// Name of the value.
pub(super) const VALUE: &str = "acevo";

/// Name of the program that the value starts.
const PROGRAM: &str = "acevow.exe";

/// The argument of the entry. Without any argument, after a double click, the program opens the page.
pub(super) const ARGUMENT: &str = "--quiet";

/// Maximum length of the command line in UTF-16 code units: Windows ignores longer values of the key.
const MAX_COMMAND: usize = 260;

/// The command line that starts a program without opening the page. `None` if Windows would ignore it.
pub(super) fn command(program: &str) -> Option<String> {
    let command = format!("\"{program}\" {ARGUMENT}");
    (command.encode_utf16().count() <= MAX_COMMAND).then_some(command)
}

/// The program that a command line of acevo starts. `None` for the command lines of other programs.
pub(super) fn program(command: &str) -> Option<PathBuf> {
    let path = command.trim().strip_suffix(ARGUMENT)?.trim_end().strip_prefix('"')?.strip_suffix('"')?;
    let (folder, name) = path.rsplit_once('\\')?;
    let is_own = !folder.contains('"') && name.eq_ignore_ascii_case(PROGRAM);
    is_own.then(|| path.into())
}

/// The text of a file that `reg export` has written: UTF-16, little endian.
pub(super) fn decode(bytes: &[u8]) -> String {
    let units: Vec<_> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(units.strip_prefix(&[0xfeff]).unwrap_or(&units))
}

/// The text that the value has in the first key of an exported file. `None` if it has no such value, or it is not a text.
pub(super) fn exported(file: &str) -> Option<String> {
    let first_key =
        file.lines().skip_while(|line| !line.starts_with('[')).skip(1).take_while(|line| !line.starts_with('['));
    let prefix = format!("\"{VALUE}\"=\"");
    let quoted =
        first_key.filter_map(|line| line.trim_end().strip_prefix(&prefix)).find_map(|line| line.strip_suffix('"'))?;
    let mut text = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next()? } else { letter });
    }
    Some(text)
}

/// True if the output of `reg query` shows that the user has turned the entry off in the task manager: the first byte is odd.
pub(super) fn is_turned_off(query: &str) -> bool {
    let value = query.lines().filter_map(|line| line.split_once("REG_BINARY")).map(|(_, value)| value.trim()).next();
    let first = value.and_then(|value| value.get(..2)).and_then(|byte| u8::from_str_radix(byte, 16).ok());
    first.is_some_and(|byte| byte % 2 == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn command_quotes_the_path_and_is_refused_if_windows_would_ignore_it() {
        assert_eq!(command(r"C:\Program Files\acevow.exe").unwrap(), r#""C:\Program Files\acevow.exe" --quiet"#);
        assert!(command(&"x".repeat(250)).is_some() && command(&"x".repeat(251)).is_none());
    }

    #[test]
    fn program_recognises_only_quoted_command_lines_of_acevo() {
        let path = r"C:\Users\Jürgen\a b\acevow.exe";
        assert_eq!(program(&command(path).unwrap()), Some(path.into()));
        for other in [
            r"C:\acevow.exe",
            r#""C:\other.exe" --quiet"#,
            r#""C:\acevow.exe" "C:\acevow.exe" --quiet"#,
            "",
            "\"",
            "--quiet",
        ] {
            assert_eq!(program(other), None, "{other}");
        }
    }

    #[test]
    fn exported_reads_the_value_of_the_first_key_only() {
        let file = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Run]\r\n\"other\"=\"x\"\r\n\
            \"acevo\"=\"\\\"C:\\\\Jürgen\\\\acevow.exe\\\"\"\r\n\r\n[HKEY_CURRENT_USER\\Run\\Sub]\r\n\"acevo\"=\"y\"\r\n";
        let bytes: Vec<_> = [0xfeff].into_iter().chain(file.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes), file);
        assert_eq!(exported(file).unwrap(), r#""C:\Jürgen\acevow.exe""#);
        assert_eq!(exported("[a]\r\n[b]\r\n\"acevo\"=\"y\"\r\n"), None);
        assert_eq!(exported("[a]\r\n\"acevo\"=hex:00\r\n"), None);
    }

    #[test]
    fn is_turned_off_reads_the_first_byte() {
        let query = |bytes: &str| format!("\r\nHKEY_CURRENT_USER\\Run\r\n    acevo    REG_BINARY    {bytes}\r\n\r\n");
        assert!(is_turned_off(&query("0300000012345678")));
        assert!(!is_turned_off(&query("0200000000000000")) && !is_turned_off(&query("")) && !is_turned_off(""));
    }

    proptest! {
        #[test]
        fn parsers_never_panic(text in "(\\[a\\]\n\"acevo\"=\")?[ -~ä\r\n]{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            exported(&text);
            program(&text);
            is_turned_off(&text);
            exported(&decode(&bytes));
        }
    }
}
