//! `acevo autostart` on Linux, with folders of its own and a replacement for `systemctl`.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Output, acevo_at, binary, output};
use acevo_testkit::wait::until;
use serde_json::Value;
use tempfile::TempDir;

/// Notes its arguments, and makes and removes the link of the unit as systemd does. Without the file `manager` it fails, like the
/// real one without a user manager.
const SYSTEMCTL: &str = r#"#!/bin/sh
folder=$(dirname "$0")
[ -e "$folder/manager" ] || { echo 'Failed to connect to bus' >&2; exit 1; }
echo "$*" >>"$folder/calls"
wants=$XDG_CONFIG_HOME/systemd/user/default.target.wants
case $* in
    '--user enable'*) mkdir -p "$wants" && ln -sf ../acevo.service "$wants/acevo.service" ;;
    '--user disable'*) rm -f "$wants/acevo.service" ;;
esac
"#;

/// A user with a home folder, and the program at a path of its own.
struct User {
    folder: TempDir,
    program: PathBuf,
}

impl User {
    /// A user whose program is in this folder below the home folder.
    fn new(programs: &str) -> Self {
        // A link to the same file needs the same file system as the program.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let program = folder.path().join("home").join(programs).join("acevo");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::hard_link(binary(), &program).unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let systemctl = folder.path().join("bin/systemctl");
        fs::write(&systemctl, SYSTEMCTL).unwrap();
        fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, program }
    }

    /// A user with a user manager of systemd.
    fn with_systemd(programs: &str) -> Self {
        let user = Self::new(programs);
        fs::write(user.folder.path().join("bin/manager"), "").unwrap();
        user
    }

    fn acevo(&self, arguments: &[&str]) -> Output {
        self.run(&self.program, arguments)
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        output(self.prepare(acevo_at(program).args(arguments)))
    }

    fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let path = std::env::var("PATH").unwrap();
        let home = self.folder.path().join("home");
        command
            .env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("HOME", home)
            .env("ACEVO_SERVER_PORT", "0")
    }

    /// Turns autostart on, which must succeed, and returns the messages.
    fn turn_on(&self, options: &[&str]) -> String {
        let on = self.acevo(&[&["autostart", "on"], options].concat());
        assert!(on.status.success() && on.stdout.is_empty(), "{}", on.stderr);
        on.stderr
    }

    fn turn_off(&self) -> String {
        let off = self.acevo(&["autostart", "off"]);
        assert!(off.status.success() && off.stdout.is_empty(), "{}", off.stderr);
        off.stderr
    }

    /// The state as JSON; the exit code is that of the state.
    fn state(&self) -> Value {
        let status = self.acevo(&["autostart", "status", "--json"]);
        let state: Value = serde_json::from_str(&status.stdout).unwrap_or_else(|_| panic!("{}", status.stderr));
        assert_eq!(status.status.code(), Some(i32::from(state["on"] == false)), "{state}");
        state
    }

    fn config(&self, path: &str) -> PathBuf {
        self.folder.path().join("home/config").join(path)
    }

    fn unit(&self) -> PathBuf {
        self.config("systemd/user/acevo.service")
    }

    fn desktop_entry(&self) -> PathBuf {
        self.config("autostart/acevo.desktop")
    }

    /// The calls of `systemctl` since the last time, without the check for the user manager.
    fn calls(&self) -> Vec<String> {
        let file = self.folder.path().join("bin/calls");
        let calls = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        calls.lines().filter(|call| !call.starts_with("--user show")).map(str::to_owned).collect()
    }
}

/// Folders of the program: plain ones, and with everything that needs an escape.
const FOLDERS: [&str; 3] = ["bin", "my games/100% $HOME/ä", r#"a "b" 'c'\d`e$(f);g"#];

#[test]
fn on_writes_a_desktop_entry_without_a_user_manager_and_off_removes_it() {
    for folder in FOLDERS {
        let user = User::new(folder);
        assert_eq!(user.state(), serde_json::json!({"on": false, "entries": [], "problems": []}));
        let message = user.turn_on(&["--no-start"]);
        assert!(message.contains("next login") && message.contains("acevo.desktop"), "{message}");
        let state = user.state();
        let entry = &state["entries"][0];
        assert_eq!((&state["on"], &entry["mechanism"], &entry["enabled"]), (&true.into(), &"xdg".into(), &true.into()));
        assert_eq!(entry["program"], user.program.to_str().unwrap(), "{state}");
        assert_eq!(state["problems"].as_array().unwrap().len(), 0, "{state}");
        assert!(!user.unit().exists());
        user.turn_on(&["--no-start"]);
        user.turn_off();
        assert_eq!(fs::read_dir(user.config("autostart")).unwrap().count(), 0);
        assert!(user.turn_off().contains("nothing to do"));
        assert_eq!(user.state()["on"], false);
    }
}

#[test]
fn on_writes_and_enables_a_unit_and_off_removes_it() {
    for folder in FOLDERS {
        let user = User::with_systemd(folder);
        let message = user.turn_on(&["--no-start"]);
        assert!(message.contains("next login") && message.contains("acevo.service"), "{message}");
        assert_eq!(user.calls(), ["--user daemon-reload", "--user enable acevo.service"]);
        let message = user.turn_on(&[]);
        assert!(message.contains("started now"), "{message}");
        assert_eq!(user.calls(), ["--user daemon-reload", "--user enable --now acevo.service"]);
        let state = user.state();
        assert_eq!((&state["on"], &state["entries"][0]["mechanism"]), (&true.into(), &"systemd".into()));
        assert_eq!(state["entries"][0]["program"], user.program.to_str().unwrap(), "{state}");
        verify(&user.unit());
        user.turn_off();
        assert_eq!(user.calls(), ["--user disable --now acevo.service", "--user daemon-reload"]);
        assert!(!user.unit().exists() && user.state()["on"] == false);
    }
}

/// Checks a unit with systemd itself, if it is installed.
fn verify(unit: &Path) {
    let mut command = Command::new("systemd-analyze");
    command.args(["--user", "verify"]).arg(unit).env("XDG_RUNTIME_DIR", unit.parent().unwrap());
    let Ok(checked) = command.output() else {
        return left_out("systemd-analyze verify: systemd is not installed");
    };
    // Without a user manager some versions print messages about this system; a problem names the unit.
    let messages = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && !messages.contains("acevo"), "{messages}");
}

/// GLib, which GNOME and other desktops use, starts the program: its own parser checks the escapes.
#[test]
fn desktop_entry_starts_the_program_for_glib() {
    for folder in FOLDERS {
        let user = User::new(folder);
        user.turn_on(&["--no-start"]);
        let note = user.folder.path().join("note");
        fs::remove_file(&user.program).unwrap();
        fs::write(
            &user.program,
            "#!/bin/sh\nprintf '%s|%s' \"$0\" \"$*\" >\"$NOTE.part\"; mv \"$NOTE.part\" \"$NOTE\"\n",
        )
        .unwrap();
        fs::set_permissions(&user.program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut launcher = Command::new("gio");
        launcher.arg("launch").arg(user.desktop_entry()).env("NOTE", &note);
        let Ok(launched) = user.prepare(&mut launcher).output() else {
            return left_out("desktop entries in GLib, which is not installed");
        };
        assert!(launched.status.success(), "{}", String::from_utf8_lossy(&launched.stderr));
        until(|| note.exists());
        assert_eq!(fs::read_to_string(&note).unwrap(), format!("{}|run", user.program.display()));
    }
}

#[test]
fn on_and_off_leave_files_of_others_alone() {
    let user = User::with_systemd("bin");
    let other = user.folder.path().join("other");
    fs::write(&other, "[Unit]\n").unwrap();
    for file in [user.unit(), user.desktop_entry()] {
        let manager = user.folder.path().join("bin/manager");
        if file == user.desktop_entry() {
            fs::remove_file(manager).unwrap();
        }
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        for is_link in [false, true] {
            if is_link {
                symlink(&other, &file).unwrap();
            } else {
                fs::write(&file, "[Unit]\n").unwrap();
            }
            for action in ["on", "off"] {
                let refused = user.acevo(&["autostart", action]);
                assert_eq!(refused.status.code(), Some(1), "{action}");
                assert!(refused.stderr.contains("was not written by"), "{}", refused.stderr);
            }
            assert!(user.state()["problems"][0].as_str().unwrap().contains("was not written by"));
            assert_eq!(fs::read_to_string(&file).unwrap(), "[Unit]\n");
            assert_eq!(file.is_symlink(), is_link);
            fs::remove_file(&file).unwrap();
        }
    }
    assert_eq!(user.calls(), [""; 0], "systemd changes nothing");
}

#[test]
fn on_replaces_the_desktop_entry_by_a_unit_if_there_is_a_user_manager_now() {
    let user = User::new("bin");
    user.turn_on(&["--no-start"]);
    fs::write(user.folder.path().join("bin/manager"), "").unwrap();
    user.turn_on(&["--no-start"]);
    assert!(user.unit().exists() && !user.desktop_entry().exists());
    // The user manager does not run any more: the unit and its link are removed nevertheless.
    fs::remove_file(user.folder.path().join("bin/manager")).unwrap();
    user.turn_off();
    assert!(!user.unit().exists() && !user.config("systemd/user/default.target.wants/acevo.service").is_symlink());
}

#[test]
fn status_reports_a_program_that_is_missing_or_another_one_and_an_entry_that_is_turned_off() {
    let user = User::new("bin");
    user.turn_on(&["--no-start"]);
    let problem = |program: &Path, code: i32| {
        let status = user.run(program, &["autostart", "status"]);
        assert_eq!(status.status.code(), Some(code), "{}", status.stdout);
        status.stdout
    };
    assert!(!problem(&user.program, 0).contains("PROBLEM"));
    let other = user.folder.path().join("other");
    fs::hard_link(binary(), &other).unwrap();
    assert!(problem(&other, 0).contains("is another program than this one"));
    let entry = fs::read_to_string(user.desktop_entry()).unwrap();
    fs::write(user.desktop_entry(), entry.clone() + "Hidden=true\n").unwrap();
    assert!(problem(&user.program, 1).contains("is turned off"));
    fs::write(user.desktop_entry(), entry.replace("Exec=", "X-Exec=")).unwrap();
    assert!(problem(&user.program, 1).contains("names no program"));
    fs::write(user.desktop_entry(), entry).unwrap();
    fs::remove_file(&user.program).unwrap();
    assert!(problem(&other, 1).contains("does not exist any more"));
}

#[test]
fn on_warns_about_a_program_in_a_folder_of_a_build() {
    let user = User::new("bin");
    // Cargo marks its target directory, in which this program is.
    let is_marked = user.program.ancestors().any(|folder| folder.join("CACHEDIR.TAG").exists());
    let message = user.turn_on(&["--no-start"]);
    assert_eq!(message.contains("warning: ") && message.contains("folder of a build"), is_marked, "{message}");
    fs::write(user.folder.path().join("CACHEDIR.TAG"), "").unwrap();
    assert!(user.turn_on(&["--no-start"]).contains("folder of a build"));
}

#[test]
fn on_warns_about_a_port_that_another_program_uses() {
    let user = User::new("bin");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let turn_on = || {
        let mut command = acevo_at(&user.program);
        let on = output(user.prepare(command.args(["autostart", "on", "--no-start"])).env("ACEVO_SERVER_PORT", &port));
        assert!(on.status.success() && on.stdout.is_empty(), "{}", on.stderr);
        on.stderr
    };
    let warning = format!("acevo: warning: port {port} cannot be used");
    let message = turn_on();
    assert!(message.contains(&warning), "{message}");
    assert!(user.desktop_entry().exists());
    drop(other);
    let message = turn_on();
    assert!(!message.contains(&warning), "{message}");
}

#[test]
fn on_starts_the_program_without_a_user_manager_unless_it_runs() {
    let user = User::new("bin");
    assert!(user.turn_on(&[]).contains("started now"));
    let mut pid = None;
    until(|| {
        let status = user.acevo(&["status", "--json"]);
        let status: Value = serde_json::from_str(&status.stdout).unwrap_or_default();
        pid = status["pid"].as_u64();
        pid.is_some()
    });
    let pid = pid.unwrap();
    let message = user.turn_on(&[]);
    assert!(message.contains("already running") && message.contains(&pid.to_string()), "{message}");
    let message = user.turn_off();
    assert!(message.contains("still running") && message.contains("`acevo quit` ends it"), "{message}");
    let quit = user.acevo(&["quit"]);
    assert!(quit.status.success() && quit.stderr.contains(&pid.to_string()), "{}", quit.stderr);
    assert_eq!(user.acevo(&["status"]).status.code(), Some(3));
}

#[test]
fn options_of_another_action_are_wrong_usage() {
    let user = User::new("bin");
    for wrong in [&["autostart"][..], &["autostart", "on", "--json"], &["autostart", "status", "--no-start"]] {
        assert_eq!(user.acevo(wrong).status.code(), Some(2), "{wrong:?}");
    }
    assert!(!user.config("").exists());
}
