//! Several users on one machine. Each test has processes and a `/dev/shm` of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Output, binary};

/// Functions for the scripts: `as_user ID COMMAND...` runs a command as another user.
const PREAMBLE: &str = r#"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
as_user() { id=$1; shift; setpriv --reuid "$id" --regid "$id" --clear-groups env HOME=/nonexistent XDG_DATA_HOME= XDG_CONFIG_HOME= XDG_STATE_HOME= "$@"; }
publish() { as_user "$1" "$ACEVO" simulate --scenario hot-laps --for 1s; echo "exit code $?"; }
read_track() { as_user "$1" timeout 20 "$ACEVO" dump static.track; echo "exit code $?"; }
game_of() { as_user "$1" bash -c 'exec -a AssettoCorsaEVO.exe sleep 100' & until grep -qs AssettoCorsaEVO /proc/$!/cmdline; do sleep 0.1; done; }
pages_of() { "$ACEVO" simulate --dir /dev/shm --scenario hot-laps -q & until "$ACEVO" dump --dir /dev/shm static.track 2>/dev/null | grep -q Valdombra; do sleep 0.1; done; chown "$1" /dev/shm/acevo_pmf_*; chmod 644 /dev/shm/acevo_pmf_*; }
"#;

/// Runs a script as root in namespaces of its own. `None`, after a message, if that is not permitted.
fn run(script: &str) -> Option<Output> {
    // A copy that every user can run.
    let program = tempfile::Builder::new().prefix("acevo-").tempfile_in("/tmp").unwrap().into_temp_path();
    fs::copy(binary(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let in_namespaces = |script: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--pid", "--mount", "--fork", "--mount-proc", "--kill-child", "bash", "-c"]);
        unshare.arg(format!("{PREAMBLE}{script}")).env("ACEVO", &program).output()
    };
    if !in_namespaces("as_user 12345 \"$ACEVO\" --version").is_ok_and(|output| output.status.success()) {
        left_out("tests of several users, because namespaces and other users are not permitted");
        return None;
    }
    let output = in_namespaces(script).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some(Output { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) })
}

#[test]
fn a_lock_or_a_process_of_another_user_does_not_block_publishing() {
    let script = r#"
        as_user 12346 flock /dev/shm sleep 100 &
        until ! as_user 12345 flock --nonblock /dev/shm true; do sleep 0.1; done
        game_of 12346
        publish 12345
        game_of 12345
        publish 12345
    "#;
    let Some(output) = run(script) else { return };
    let codes: Vec<_> = output.stdout.lines().filter(|line| line.starts_with("exit code")).collect();
    assert_eq!(codes, ["exit code 0", "exit code 1"], "a process of the same user is the game: {output:?}");
}

#[test]
fn a_process_of_another_user_does_not_hide_page_files() {
    let script = "
        pages_of 12345
        game_of 12346
        read_track 12345
    ";
    let Some(output) = run(script) else { return };
    assert!(output.stdout.contains("Valdombra") && output.stdout.contains("exit code 0"), "{output:?}");
}

#[test]
fn page_files_of_another_user_are_neither_read_nor_replaced_unless_their_directory_is_named() {
    let script = r#"
        pages_of 12346
        read_track 12345
        publish 12345
        ls -n /dev/shm/acevo_pmf_physics
        as_user 12345 "$ACEVO" dump --dir /dev/shm static.track
        chown root /dev/shm/acevo_pmf_*
        read_track 12345
    "#;
    let Some(output) = run(script) else { return };
    let codes: Vec<_> = output.stdout.lines().filter(|line| line.starts_with("exit code")).collect();
    assert_eq!(codes, ["exit code 1", "exit code 1", "exit code 0"], "{output:?}");
    assert_eq!(output.stderr.matches("belongs to another user (id 12346)").count(), 2, "{output:?}");
    assert_eq!(output.stdout.matches("Valdombra").count(), 2, "with --dir, and if they belong to root: {output:?}");
}
