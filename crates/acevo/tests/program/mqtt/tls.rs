//! TLS to a real broker, with certificates that OpenSSL makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_testkit::left_out::left_out;
use acevo_testkit::program::spawn;
use acevo_testkit::user::User;

use super::broker::Mosquitto;
use super::publish;

/// Makes a certificate authority, and a certificate of the broker for `localhost`. False if OpenSSL is missing.
fn certificates(folder: &Path) -> bool {
    let run = |args: &[&str]| Command::new("openssl").args(args).current_dir(folder).output();
    let commands: [&[&str]; 3] = [
        &[
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=test",
        ],
        &[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "broker.key",
            "-out",
            "broker.csr",
            "-subj",
            "/CN=localhost",
        ],
        &[
            "x509",
            "-req",
            "-in",
            "broker.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "broker.pem",
            "-days",
            "2",
            "-extfile",
            "names",
        ],
    ];
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    commands.iter().all(|args| run(args).is_ok_and(|output| output.status.success()))
}

#[test]
fn publish_by_tls_accepts_the_right_certificate_only() {
    let folder = tempfile::tempdir().unwrap();
    if !certificates(folder.path()) {
        return left_out("TLS to a broker, because openssl is not installed");
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let Some(broker) = Mosquitto::start(|_| {
        format!("allow_anonymous true\ncertfile {}\nkeyfile {}", file("broker.pem"), file("broker.key"))
    }) else {
        return;
    };
    let address = broker.address().replace("mqtt://127.0.0.1", "mqtts://localhost");
    let user = User::with(&format!("[mqtt]\nca_file = '{}'\n", file("ca.pem")));
    let mut acevo = spawn(&mut user.command(&publish(&address, "one")));
    acevo.message_with("connected to mqtts://localhost");
    acevo.kill();
    let other = tempfile::tempdir().unwrap();
    assert!(certificates(other.path()));
    let other_ca = other.path().join("ca.pem");
    let user = User::with(&format!("[mqtt]\nca_file = '{}'\n", other_ca.display()));
    let refused = user.run(&publish(&address, "one"));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("is not accepted") && refused.stderr.contains("mqtt.ca_file"),
        "{}",
        refused.stderr
    );
}
