//! The manual pages of `acevo man`.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Output, acevo, output};

fn write_pages(folder: &Path) -> Output {
    output(acevo().arg("man").arg(folder))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn man_writes_a_page_per_command_with_examples_and_exit_codes() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/man1");
    let written = write_pages(&folder);
    assert!(written.status.success() && written.stdout.is_empty(), "{}", written.stderr);
    let help = output(acevo().arg("--help")).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut expected: Vec<_> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(|name| format!("acevo-{name}.1"))
        .chain(["acevo.1", "acevo-lake-add.1", "acevo-lake-check.1", "acevo-lake-compact.1"].map(str::to_owned))
        .collect();
    expected.sort();
    assert_eq!(names(&folder), expected);
    for name in names(&folder) {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\""] {
            assert!(text.contains(&format!(".SH {section}\n")), "{name} has no section {section}");
        }
        assert!(text.contains("\nacevo "), "{name} has no example");
    }
}

#[test]
fn man_replaces_its_own_pages_but_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write_pages(folder.path()).status.success());
    let (page, all) = (folder.path().join("acevo-watch.1"), names(folder.path()));
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.lines().next().unwrap().to_owned() + "\nold\n").unwrap();
    assert!(write_pages(folder.path()).status.success());
    let date = |text: &str| text.lines().find(|line| line.starts_with(".TH")).unwrap().to_owned();
    let new = fs::read_to_string(&page).unwrap();
    assert_eq!(new.replace(&date(&new), ""), text.replace(&date(&text), ""));
    assert_eq!(names(folder.path()), all, "nothing is left over");
    fs::write(&page, "mine").unwrap();
    fs::remove_file(folder.path().join("acevo-info.1")).unwrap();
    let refused = write_pages(folder.path());
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("acevo-watch.1"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&page).unwrap(), "mine");
    assert!(!folder.path().join("acevo-info.1").exists(), "nothing is written after a conflict");
    fs::remove_file(&page).unwrap();
    let target = folder.path().join("target");
    fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, &page).unwrap();
    assert_eq!(write_pages(folder.path()).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
}

#[test]
fn man_dates_pages_reproducibly() {
    let folder = tempfile::tempdir().unwrap();
    let at = |seconds: &str| output(acevo().arg("man").arg(folder.path()).env("SOURCE_DATE_EPOCH", seconds));
    assert!(at("86400").status.success());
    assert!(fs::read_to_string(folder.path().join("acevo.1")).unwrap().contains("1970-01-02"));
    let wrong = at("today");
    assert!(wrong.status.code() == Some(1) && wrong.stderr.contains("SOURCE_DATE_EPOCH"), "{}", wrong.stderr);
}

/// Formats all pages with a program. `None`, after a message, if it is not installed.
fn formatted(program: &str, options: &[&str], folder: &Path) -> Option<Vec<(String, Output)>> {
    let mut all = Vec::new();
    for name in names(folder) {
        let mut command = Command::new(program);
        command.args(options).arg(folder.join(&name)).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "100");
        match command.output() {
            Ok(done) => {
                let text = |bytes| String::from_utf8(bytes).unwrap();
                all.push((name, Output { status: done.status, stdout: text(done.stdout), stderr: text(done.stderr) }));
            }
            Err(_) => {
                left_out(format_args!("manual pages in {program}, which is not installed"));
                return None;
            }
        }
    }
    Some(all)
}

#[test]
fn groff_formats_pages_without_warnings() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write_pages(folder.path()).status.success());
    let options = ["-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=100n", "-K", "utf8"];
    for (name, page) in formatted("groff", &options, folder.path()).unwrap_or_default() {
        assert!(page.status.success() && page.stderr.is_empty(), "{name}: {}", page.stderr);
        // The program and its command, which may have a hyphen of its own, or another command below it.
        let name = name.trim_end_matches(".1");
        let commands = [name.replacen('-', " ", 1), name.replace('-', " ")];
        let has_command = commands.iter().any(|command| page.stdout.contains(command));
        assert!(page.stdout.contains("EXAMPLES") && has_command, "{name}: {}", page.stdout);
        assert!(page.stdout.contains("EXIT STATUS"), "{name}");
    }
}

#[test]
fn mandoc_finds_nothing_to_complain_about() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write_pages(folder.path()).status.success());
    for (name, page) in formatted("mandoc", &["-Tlint", "-Wwarning"], folder.path()).unwrap_or_default() {
        assert!(page.status.success(), "{name}: {}{}", page.stdout, page.stderr);
    }
}
