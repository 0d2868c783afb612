//! Delivering recordings to `acevo collect` and to other stores: what arrives, also if connections, senders and receivers break off.

mod other_stores;
pub(crate) mod receiver;
mod run;

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use acevo_testkit::disk::Disk;
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{output, spawn};
use acevo_testkit::user::User;
use acevo_testkit::wait::until;
use serde_json::Value;

use self::receiver::{Cutter, Receiver, TOKEN, recording, stored_in, upload, write_private, write_token};

/// A number below a limit; another one in each run. A test prints it if it fails.
#[expect(clippy::print_stdout, reason = "it is shown if the test fails")]
fn random(below: u64) -> u64 {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let number = (u64::from(nanos) / 7).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    println!("random: {}", number % below);
    number % below
}

#[test]
fn upload_to_collect_stores_equal_bytes_once_and_keeps_other_contents_apart() {
    let (receiver, user) = (Receiver::start(), User::new());
    let file = user.folder.path().join("Spa 1.acevo");
    let first = recording(&file, 20);
    let done = output(upload(&user, &file, &receiver.url()).arg("--json"));
    assert!(done.status.success(), "{}", done.stderr);
    let line: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&line["new"], line["bytes"].as_u64()), (&true.into(), Some(first.len() as u64)));
    assert_eq!(line["url"], format!("{}/club/rig-1/Spa%201.acevo", receiver.url()));
    assert_eq!(receiver.stored(), ["club/rig-1/Spa 1.acevo"]);
    receiver.running.message_with("stored club/rig-1/Spa 1.acevo");

    // The same again, also with another name.
    let other = user.folder.path().join("other.acevo");
    fs::copy(&file, &other).unwrap();
    for file in [&file, &other] {
        let again = output(upload(&user, file, &receiver.url()).arg("--json"));
        assert!(again.status.success() && again.stdout.contains("\"new\":false"), "{}", again.stderr);
    }
    assert_eq!(receiver.stored().len(), 1);

    // Another content with the same name.
    let second = recording(&file, 30);
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    assert_eq!(receiver.stored(), ["club/rig-1/Spa 1.acevo", "club/rig-1/Spa 1_2.acevo"]);
    for (name, bytes) in [("Spa 1.acevo", first), ("Spa 1_2.acevo", second)] {
        assert_eq!(fs::read(receiver.folder.join("club/rig-1").join(name)).unwrap(), bytes, "{name}");
    }
    assert_eq!(receiver.incoming(), 0);
}

#[test]
fn upload_continues_where_the_connection_was_cut() {
    let (receiver, user) = (Receiver::start(), User::new());
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 60);
    let size = bytes.len() as u64;
    let cuts: Vec<u64> = (0..3).map(|_| 70_000 + random(size / 4)).collect();
    let cutter = Cutter::start(receiver.address, &cuts);
    let done = output(&mut upload(&user, &file, &cutter.url()));
    assert!(done.status.success(), "{}", done.stderr);
    assert_eq!(cutter.cut.load(Ordering::Relaxed), 3);
    assert!(done.stderr.matches("trying again").count() >= 3, "{}", done.stderr);
    assert_eq!(fs::read(receiver.folder.join("club/rig-1/a.acevo")).unwrap(), bytes);
    // A block may be lost with each connection, but not what was before it.
    let passed = cutter.passed.load(Ordering::Relaxed);
    assert!(passed < size + 4 * 300_000, "{passed} of {size} bytes were sent");
}

#[test]
fn upload_survives_kills_of_the_receiver_and_of_the_sender() {
    let (mut receiver, user) = (Receiver::start(), User::new());
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 120);
    let (size, url) = (bytes.len() as u64, receiver.url());
    let command = || {
        let mut command = upload(&user, &file, &url);
        command.args(["--limit", "1MB/s"]);
        command
    };
    let mut sender = spawn(&mut command());
    let mut reached = 0;
    for round in 0..4 {
        reached = (reached + 1 + random(size / 6)).min(size - 300_000);
        until(|| receiver.incoming() >= reached);
        if round % 2 == 0 {
            receiver.restart();
        } else {
            sender.kill();
            sender = spawn(&mut command());
        }
        assert!(receiver.incoming() >= reached, "what has arrived stays");
    }
    let (status, messages) = sender.wait();
    assert!(status.success(), "{messages}");
    assert_eq!(receiver.stored(), ["club/rig-1/a.acevo"]);
    assert_eq!(fs::read(receiver.folder.join("club/rig-1/a.acevo")).unwrap(), bytes);
    // The answer may be lost, too: the next one says that it is stored.
    receiver.restart();
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    assert_eq!(receiver.stored().len(), 1);
}

#[test]
fn two_rigs_upload_at_once() {
    let receiver = Receiver::start();
    let rigs: Vec<_> = ["rig-1", "rig-2"]
        .into_iter()
        .zip([20, 25])
        .map(|(rig, seconds)| {
            let user = User::new();
            let file = user.folder.path().join("same.acevo");
            let bytes = recording(&file, seconds);
            (user, file, bytes, rig)
        })
        .collect();
    let running: Vec<_> = rigs
        .iter()
        .map(|(user, file, _, rig)| {
            let token = write_token(user);
            let mut command = user.command(&["upload", "--site", "club", "--rig", rig, "--to", &receiver.url()]);
            spawn(command.arg("--token-file").arg(token).arg(file))
        })
        .collect();
    for mut running in running {
        assert!(running.wait().0.success());
    }
    for (_, _, bytes, rig) in &rigs {
        assert_eq!(&fs::read(receiver.folder.join("club").join(rig).join("same.acevo")).unwrap(), bytes);
    }
}

#[test]
fn collect_refuses_wrong_tokens_and_those_of_other_rigs() {
    let folder = tempfile::tempdir().unwrap();
    let rigs = folder.path().join("rigs");
    write_private(&rigs, &format!("club/rig-1 {TOKEN}\nclub/rig-2 another-token-9876543210\n"));
    let store = folder.path().join("store");
    fs::create_dir(&store).unwrap();
    let receiver = Receiver::in_folder(&store, &["--rigs", rigs.to_str().unwrap()]);
    let user = User::new();
    let file = user.folder.path().join("a.acevo");
    recording(&file, 5);
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());

    let command = |rig: &str, token: &str| {
        let mut command = user.command(&["upload", "--site", "club", "--rig", rig, "--to", &receiver.url()]);
        output(command.arg(&file).env("ACEVO_UPLOAD_TOKEN", token))
    };
    let foreign = command("rig-2", TOKEN);
    assert!(
        foreign.status.code() == Some(1) && foreign.stderr.contains("belongs to another rig"),
        "{}",
        foreign.stderr
    );
    for token in ["", "wrong-token-0123456789"] {
        let refused = command("rig-1", token);
        assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains("401") && refused.stderr.contains("upload.token_file"), "{}", refused.stderr);
        assert!(token.is_empty() || !refused.stderr.contains(token), "no secrets");
    }
    assert_eq!(receiver.stored(), ["club/rig-1/a.acevo"]);
}

#[test]
fn collect_with_a_full_disk_refuses_uploads_until_there_is_room() {
    let Some(disk) = Disk::new(24 << 20) else { return left_out("mounting a file system") };
    let (receiver, user) = (Receiver::in_folder(disk.path(), &[]), User::new());
    let file = user.folder.path().join("a.acevo");
    let bytes = recording(&file, 120);
    let size = bytes.len() as u64;
    // Before the upload.
    disk.fill(1_500_000);
    let mut sender = spawn(&mut upload(&user, &file, &receiver.url()));
    sender.message_with("507");
    disk.make_room();
    let (status, messages) = sender.wait();
    assert!(status.success(), "{messages}");
    fs::remove_dir_all(disk.path().join("club")).unwrap();
    // In the middle of it.
    let mut sender = spawn(upload(&user, &file, &receiver.url()).args(["--limit", "1MB/s"]));
    until(|| receiver.incoming() > size / 4);
    disk.fill(0);
    sender.message_with("507");
    disk.make_room();
    let (status, messages) = sender.wait();
    assert!(status.success(), "{messages}");
    assert_eq!(fs::read(disk.path().join("club/rig-1/a.acevo")).unwrap(), bytes);
}

/// The head of a request.
fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let host = "Host: store.example\r\nConnection: close\r\n";
    format!("{method} {path} HTTP/1.1\r\n{host}Authorization: Bearer {TOKEN}\r\n{headers}\r\n").into_bytes()
}

/// The digest of no bytes.
const EMPTY: &str = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

#[test]
fn collect_stores_nothing_that_is_not_a_complete_recording_with_its_digest() {
    let (receiver, folder) = (Receiver::start(), tempfile::tempdir().unwrap());
    let file = folder.path().join("a.acevo");
    let bytes = recording(&file, 5);
    let put = |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", &*length)]].concat();
        receiver.raw(&[&head("PUT", path, &headers), body].concat())
    };
    let (status, text) = put("/club/rig-1/a.acevo", &[("Repr-Digest", EMPTY)], &bytes);
    assert_eq!(status, 409, "{text}");
    let (status, text) = put("/club/rig-1/a.acevo", &[], b"no recording");
    assert_eq!(status, 422, "{text}");
    let (status, text) = put("/club/rig-1/a.acevo", &[], &bytes[..bytes.len() / 2]);
    assert!(status == 422 && text.contains("its end is missing"), "{text}");
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 5000].fill(0);
    let (status, text) = put("/club/rig-1/a.acevo", &[], &damaged);
    assert_eq!(status, 422, "{text}");
    assert_eq!((receiver.stored(), receiver.incoming()), (vec![], 0));
    // Without a digest, as curl sends it.
    let (status, text) = put("/club/rig-1/a.acevo", &[], &bytes);
    assert!(status == 201 && text.contains("\"path\":\"club/rig-1/a.acevo\""), "{text}");
    assert_eq!(fs::read(receiver.folder.join("club/rig-1/a.acevo")).unwrap(), bytes);
}

#[test]
fn collect_survives_hostile_requests_and_writes_nothing_outside_its_folder() {
    let outside = tempfile::tempdir().unwrap();
    let store = outside.path().join("store");
    fs::create_dir(&store).unwrap();
    let receiver = Receiver::in_folder(&store, &["--max-size", "1MB"]);
    let digest = ("Repr-Digest", EMPTY);
    let status = |request: &[u8]| receiver.raw(request).0;
    for path in [
        "/../../a.acevo",
        "/club/../a.acevo",
        "/club/rig-1/../../../a.acevo",
        "/..%2f..%2f/rig/a.acevo",
        "/club/%2e%2e/a.acevo",
        "/.acevo-collect/incoming/a.acevo",
        "/club/rig-1/a.exe",
        "/club/rig-1/",
        "/CLUB/rig-1/a.acevo",
        "/club/rig-1/%ff%fe.acevo",
        "/",
        "//",
    ] {
        let answered = status(&head("PUT", path, &[digest, ("Content-Length", "0")]));
        assert!([400, 404, 405].contains(&answered), "{path}: {answered}");
    }
    // Names that lead elsewhere, or that systems reserve, become plain ones. Only the content is wrong then.
    for name in ["..%2f..%2fevil", "C:%5Cevil", "NUL", "a%00b", "%0d%0aX: y", ".hidden"] {
        let path = format!("/club/rig-1/{name}.acevo").replace(' ', "%20");
        assert_eq!(status(&head("PUT", &path, &[digest, ("Content-Length", "0")])), 422, "{name}");
    }
    let parts = [digest, ("Content-Type", "application/partial-upload"), ("Upload-Complete", "?1")];
    let patch = |headers: &[(&str, &str)]| status(&head("PATCH", "/club/rig-1/a.acevo", &[&parts, headers].concat()));
    for (offset, length, content) in [
        ("0", "-1", "0"),
        ("5", "1", "0"),
        ("0", "10", "9"),
        ("0", "99999999999999999999", "0"),
        ("18446744073709551615", "18446744073709551615", "0"),
        ("x", "10", "10"),
    ] {
        let answered = patch(&[("Upload-Offset", offset), ("Upload-Length", length), ("Content-Length", content)]);
        assert!((400..500).contains(&answered), "{offset} {length} {content}: {answered}");
    }
    let conflict = head(
        "PATCH",
        "/club/rig-1/a.acevo",
        &[&parts[..], &[("Upload-Offset", "3"), ("Upload-Length", "9"), ("Content-Length", "6")]].concat(),
    );
    let (code, text) = receiver.raw(&[&conflict[..], b"456789"].concat());
    assert!(code == 409 && text.to_lowercase().contains("upload-offset: 0"), "{text}");
    // Too large, announced and in pieces.
    assert_eq!(status(&head("PUT", "/club/rig-1/a.acevo", &[("Content-Length", "999999999999")])), 413);
    let mut pieces = head("PUT", "/club/rig-1/a.acevo", &[("Transfer-Encoding", "chunked")]);
    for _ in 0..40 {
        write!(pieces, "{:x}\r\n", 100_000).unwrap();
        pieces.extend(vec![7; 100_000]);
        pieces.extend(b"\r\n");
    }
    pieces.extend(b"0\r\n\r\n");
    let answered = status(&pieces);
    assert!(answered == 413 || answered == 0, "{answered}");
    assert_eq!(status(&head("DELETE", "/club/rig-1/a.acevo", &[])), 405);
    assert_eq!(status(&head("HEAD", "/club/rig-1/a.acevo", &[])), 400);
    for garbage in [&b"\0\x01\x02garbage\r\n\r\n"[..], b"PUT / HTTP/9.9\r\n\r\n", &[b'A'; 100_000]] {
        let answered = status(garbage);
        assert!(answered == 0 || (400..600).contains(&answered), "{answered}");
    }
    // Many connections that say nothing do not keep others away.
    let silent: Vec<_> = (0..100).filter_map(|_| TcpStream::connect(receiver.address).ok()).collect();
    let user = User::new();
    let file = user.folder.path().join("good.acevo");
    let bytes = recording(&file, 2);
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    drop(silent);
    assert_eq!(receiver.stored(), ["club/rig-1/good.acevo"]);
    assert_eq!(fs::read(store.join("club/rig-1/good.acevo")).unwrap(), bytes);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn collect_needs_its_folder_for_itself() {
    let receiver = Receiver::start();
    let user = User::new();
    let collect = |folder: &Path| {
        let mut command = user.command(&["collect", "--listen", "127.0.0.1:0", "--folder"]);
        output(command.arg(folder))
    };
    let second = collect(&receiver.folder);
    assert!(second.status.code() == Some(1) && second.stderr.contains("another `acevo collect`"), "{}", second.stderr);
    let missing = collect(&receiver.folder.join("missing"));
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("does not exist"), "{}", missing.stderr);
    let (code, _) = receiver.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(code, 204);
}

#[test]
fn upload_to_a_folder_copies_once_and_reports_what_is_wrong() {
    let (user, store) = (User::new(), tempfile::tempdir().unwrap());
    let folder = user.folder.path().join("races");
    fs::create_dir(&folder).unwrap();
    let first = recording(&folder.join("a.acevo"), 5);
    let whole = recording(&folder.join("b.acevo"), 6);
    fs::write(folder.join("b.acevo"), &whole[..whole.len() / 2]).unwrap();
    let to = store.path().to_str().unwrap().to_owned();
    let done = output(&mut upload(&user, &folder, &to));
    assert_eq!(done.status.code(), Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("b.acevo") && done.stderr.contains("acevo repair"), "{}", done.stderr);
    assert!(done.stderr.contains("uploaded 1 recording") && done.stderr.contains("1 failed"), "{}", done.stderr);
    assert!(done.stdout.starts_with("file:///"), "{}", done.stdout);
    assert_eq!(stored_in(store.path()), ["club/rig-1/a.acevo"]);
    assert_eq!(fs::read(store.path().join("club/rig-1/a.acevo")).unwrap(), first);
    let again = output(upload(&user, &folder.join("a.acevo"), &to).arg("--json"));
    assert!(again.status.success() && again.stdout.contains("\"new\":false"), "{}", again.stderr);
    let missing = output(&mut upload(&user, &folder.join("a.acevo"), &format!("{to}/share")));
    assert!(missing.status.code() == Some(1) && missing.stderr.contains("is the share mounted?"), "{}", missing.stderr);
    assert!(missing.stderr.contains("uploaded 0 recordings to ") && missing.stderr.contains(", 1 not delivered"));
    let notes = folder.join("notes.txt");
    fs::write(&notes, "no recording").unwrap();
    for file in [&notes, &folder.join("nosuch.acevo")] {
        let refused = output(&mut upload(&user, file, &to));
        assert!(refused.status.code() == Some(1) && !refused.stderr.contains("acevo repair"), "{}", refused.stderr);
    }
    let without = user.run(&["upload", folder.to_str().unwrap()]);
    assert!(without.status.code() == Some(1) && without.stderr.contains("--to STORE"), "{}", without.stderr);
}

#[test]
fn upload_warns_of_a_token_that_others_can_read_and_advises_repair_if_the_store_finds_damage() {
    use std::os::unix::fs::PermissionsExt as _;
    let (receiver, user) = (Receiver::start(), User::new());
    let file = user.folder.path().join("a.acevo");
    let mut bytes = recording(&file, 20);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&file, bytes).unwrap();
    let mut command = upload(&user, &file, &receiver.url());
    let token = user.folder.path().join("token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = output(&mut command);
    let path = token.display();
    let warning =
        format!("warning: other users can read or change {path} (mode 644), and the token with it: chmod 600 {path}");
    assert!(refused.stderr.contains(&warning), "{}", refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    let advice =
        "422 Unprocessable Entity: This is no complete recording: 1 part of it is damaged: `acevo repair FILE NEW`";
    assert!(refused.stderr.contains(advice), "{}", refused.stderr);
    let by_variable = output(command.env("ACEVO_UPLOAD_TOKEN", TOKEN));
    assert!(!by_variable.stderr.contains("warning"), "the file is not used: {}", by_variable.stderr);
}

#[test]
fn collect_adds_recordings_to_a_lake_also_those_that_a_kill_has_interrupted_and_copies() {
    let (folder, user) = (tempfile::tempdir().unwrap(), User::new());
    let (store, lake) = (folder.path().join("store"), folder.path().join("lake"));
    fs::create_dir(&store).unwrap();
    let file = user.folder.path().join("a.acevo");
    recording(&file, 20);
    let rows = || {
        let checked = user.run(&["lake", "check", lake.to_str().unwrap(), "--json"]);
        serde_json::from_str::<Value>(&checked.stdout).unwrap_or_default()
    };
    let recordings = |table: &str| {
        let tables = rows()["tables"].as_array().cloned().unwrap_or_default();
        let found = tables.into_iter().find(|found| found["table"] == table);
        found.and_then(|found| found["recordings"].as_u64()).unwrap_or_default()
    };
    let args = ["--lake", lake.to_str().unwrap()];
    let mut receiver = Receiver::in_folder(&store, &args);
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    receiver.running.message_with("club/rig-1/a.acevo is in the lake");
    assert_eq!(recordings("samples"), 1);
    // Another one, and a kill right after the answer; and one that was copied to the folder.
    recording(&file, 22);
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    receiver.running.kill();
    fs::create_dir_all(store.join("club/rig-2")).unwrap();
    recording(&store.join("club/rig-2/copied.acevo"), 24);
    receiver.restart();
    until(|| recordings("samples") == 3);
    receiver.restart();
    // Nothing is added twice.
    assert!(output(&mut upload(&user, &file, &receiver.url())).status.success());
    assert_eq!(recordings("samples"), 3);
    // A lake that was removed gets all of them again, and so does another one.
    receiver.running.kill();
    fs::remove_dir_all(&lake).unwrap();
    receiver.restart();
    until(|| recordings("samples") == 3);
    receiver.running.kill();
    let other = folder.path().join("other");
    let receiver = Receiver::in_folder(&store, &["--lake", other.to_str().unwrap()]);
    for name in ["club/rig-1/a.acevo", "club/rig-1/a_2.acevo", "club/rig-2/copied.acevo"] {
        receiver.running.message_with(&format!("{name} is in the lake"));
    }
}

#[test]
fn collect_with_a_lake_that_cannot_be_one_ends_with_an_error() {
    let (folder, user) = (tempfile::tempdir().unwrap(), User::new());
    let store = folder.path().join("store");
    fs::create_dir(&store).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no lake").unwrap();
    for (lake, reason) in [(&file, "it is a file, and a lake is a folder"), (&store, "is the folder of recordings")] {
        let mut collect = user.command(&["collect", "--listen", "127.0.0.1:0", "--folder"]);
        let ended = output(collect.arg(&store).arg("--lake").arg(lake));
        assert!(ended.status.code() == Some(1) && ended.stderr.contains(reason), "{ended:?}");
    }
    let added = output(user.command(&["lake", "add"]).arg(&store).arg("-o").arg(&file));
    assert_eq!(added.status.code(), Some(1), "{added:?}");
}
