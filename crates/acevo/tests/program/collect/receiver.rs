//! A running `acevo collect`, and connections to it that are cut.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use acevo_simulator::Options;
use acevo_testkit::client::free_port;
use acevo_testkit::program::{Running, spawn};
use acevo_testkit::recordings::changed;
use acevo_testkit::user::User;
use acevo_testkit::wait::PATIENCE;
use tempfile::TempDir;

/// The token of all tests.
pub(crate) const TOKEN: &str = "token-of-the-tests-0123456789";

/// A running `acevo collect` with a folder of its own.
pub(crate) struct Receiver {
    pub(crate) running: Running,
    pub(crate) folder: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) user: User,
    args: Vec<String>,
    _temporary: Option<TempDir>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().to_owned();
        Self { _temporary: Some(temporary), ..Self::in_folder(&folder, &[]) }
    }

    pub(crate) fn in_folder(folder: &Path, args: &[&str]) -> Self {
        let user = User::new();
        write_token(&user);
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let running = spawn(&mut command(&user, folder, &format!("127.0.0.1:{}", free_port()), &args));
        let line = running.message_with("listening on ");
        let address = line.split_whitespace().find_map(|word| word.trim_end_matches(';').parse().ok()).unwrap();
        Self { running, folder: folder.to_owned(), address, user, args, _temporary: None }
    }

    /// Starts it again after it was killed, at the same address.
    pub(crate) fn restart(&mut self) {
        self.running.kill();
        self.running = spawn(&mut command(&self.user, &self.folder, &self.address.to_string(), &self.args));
        self.running.message_with("listening on ");
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The recordings that are stored, by their paths in the folder.
    pub(crate) fn stored(&self) -> Vec<String> {
        stored_in(&self.folder)
    }

    /// The bytes of incomplete uploads.
    pub(crate) fn incoming(&self) -> u64 {
        let rigs = fs::read_dir(self.folder.join(".acevo-collect/incoming")).into_iter().flatten().flatten();
        let parts = rigs.flat_map(|rig| fs::read_dir(rig.path()).into_iter().flatten().flatten());
        parts.filter_map(|part| Some(part.metadata().ok()?.len())).sum()
    }

    /// Sends exactly this, and returns the status and everything that is answered.
    pub(crate) fn raw(&self, request: &[u8]) -> (u16, String) {
        raw(self.address, request)
    }
}

fn command(user: &User, folder: &Path, listen: &str, args: &[String]) -> Command {
    let mut command = user.command(&["collect", "--listen", listen, "--min-free", "1MB", "--folder"]);
    command.arg(folder).args(args);
    if !args.iter().any(|arg| arg == "--rigs") {
        command.arg("--token-file").arg(user.folder.path().join("token"));
    }
    command
}

/// Gives a user the file `token`.
pub(crate) fn write_token(user: &User) -> PathBuf {
    let path = user.folder.path().join("token");
    write_private(&path, TOKEN);
    path
}

pub(crate) fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The paths of recordings in a store.
pub(crate) fn stored_in(folder: &Path) -> Vec<String> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let is_own = |path: &PathBuf| !path.file_name().unwrap().to_string_lossy().starts_with('.');
    let files = list(folder).into_iter().filter(is_own).flat_map(|site| list(&site)).flat_map(|rig| list(&rig));
    let mut names: Vec<_> = files.map(|file| file.strip_prefix(folder).unwrap().display().to_string()).collect();
    names.sort();
    names
}

/// Sends exactly this, and returns the status and everything that is answered. Status 0 is no answer.
pub(crate) fn raw(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that refuses a body may close the connection while it is sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0), text)
}

/// A recording of this many seconds of driving; others have other contents.
pub(crate) fn recording(path: &Path, seconds: u64) -> Vec<u8> {
    let _ = fs::remove_file(path);
    changed(path, Options::default(), Duration::from_secs(seconds), |_, _| {});
    fs::read(path).unwrap()
}

/// The command that uploads.
pub(crate) fn upload(user: &User, file: &Path, to: &str) -> Command {
    let token = write_token(user);
    let mut command = user.command(&["upload", "--rig", "Rig 1", "--site", "Club", "--to", to, "--token-file"]);
    command.arg(token).arg(file);
    command
}

/// A proxy that cuts connections after some bytes from the client.
pub(crate) struct Cutter {
    pub(crate) address: SocketAddr,
    /// Bytes that were passed on.
    pub(crate) passed: Arc<AtomicU64>,
    /// Connections that were cut.
    pub(crate) cut: Arc<AtomicU64>,
}

impl Cutter {
    /// Each connection is cut after the next of these numbers of bytes; after the last one none is.
    pub(crate) fn start(to: SocketAddr, cuts: &[u64]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (passed, cut) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let cuts = Arc::new(Mutex::new(cuts.to_vec()));
        let counters = (Arc::clone(&passed), Arc::clone(&cut));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (cuts, counters) = (Arc::clone(&cuts), counters.clone());
                thread::spawn(move || pass(client, to, &cuts, &counters));
            }
        });
        Self { address, passed, cut }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn pass(
    mut client: TcpStream,
    to: SocketAddr,
    cuts: &Mutex<Vec<u64>>,
    (passed, cut): &(Arc<AtomicU64>, Arc<AtomicU64>),
) {
    let Ok(mut server) = TcpStream::connect(to) else { return };
    let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let (mut block, mut total) = ([0; 4096], 0);
    while let Ok(count) = client.read(&mut block) {
        if count == 0 || server.write_all(&block[..count]).is_err() {
            break;
        }
        total += count as u64;
        passed.fetch_add(count as u64, Ordering::Relaxed);
        // Only requests with a content are long enough.
        let mut cuts = cuts.lock().unwrap();
        if cuts.first().is_some_and(|limit| total >= *limit) {
            cuts.remove(0);
            cut.fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = client.shutdown(Shutdown::Both);
}
