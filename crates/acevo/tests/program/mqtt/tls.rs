//! TLS to a real broker, with certificates that OpenSSL makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_testkit::broker::Broker;
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::spawn;
use acevo_testkit::user::User;

use super::publish;

/// Makes a certificate authority, and certificates of the broker for `localhost` and of a rig. False if OpenSSL is missing.
fn certificates(folder: &Path) -> bool {
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    let run = |args: &str| {
        let output = Command::new("openssl").args(args.split(' ')).current_dir(folder).output();
        output.is_ok_and(|output| output.status.success())
    };
    let key = "req -newkey rsa:2048 -nodes -days 2";
    run(&format!("{key} -x509 -keyout ca.key -out ca.pem -subj /CN=test"))
        && [("broker", "localhost"), ("rig", "rig")].into_iter().all(|(file, name)| {
            run(&format!("{key} -keyout {file}.key -out {file}.csr -subj /CN={name}"))
                && run(&format!(
                    "x509 -req -in {file}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {file}.pem -days 2 -extfile names"
                ))
        })
}

#[test]
fn publish_by_tls_accepts_the_right_certificate_only() {
    let folder = tempfile::tempdir().unwrap();
    if !certificates(folder.path()) {
        return left_out("TLS to a broker, because openssl is not installed");
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let Some(broker) = Broker::mosquitto(|_| {
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

#[test]
fn publish_with_a_client_certificate_is_accepted_with_the_right_one_only() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    if !certificates(folder.path()) || !certificates(other.path()) {
        return left_out("TLS to a broker, because openssl is not installed");
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let Some(broker) = Broker::mosquitto(|_| {
        let (ca, certificate, key) = (file("ca.pem"), file("broker.pem"), file("broker.key"));
        format!("allow_anonymous true\ncafile {ca}\ncertfile {certificate}\nkeyfile {key}\nrequire_certificate true")
    }) else {
        return;
    };
    let address = broker.address().replace("mqtt://127.0.0.1", "mqtts://localhost");
    let ca = file("ca.pem");
    let user = |folder: &Path| {
        let (certificate, key) = (folder.join("rig.pem"), folder.join("rig.key"));
        let names = format!("client_certificate = '{}'\nclient_key = '{}'", certificate.display(), key.display());
        User::with(&format!("[mqtt]\nca_file = '{ca}'\n{names}\n"))
    };
    let right = user(folder.path());
    let acevo = spawn(&mut right.command(&publish(&address, "one")));
    acevo.message_with("connected to mqtts://localhost");
    drop(acevo);
    let wall = spawn(&mut right.command(&["wall", "--port", "0", "--broker", &address]));
    wall.message_with("connected to mqtts://localhost");
    drop(wall);
    let refused = |user: &User, args: &[&str]| {
        let refused = user.run(args);
        assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
        let message = "wants another client certificate";
        assert!(refused.stderr.contains(message) && refused.stderr.contains("mqtt.client_key"), "{}", refused.stderr);
    };
    let missing = User::with(&format!("[mqtt]\nca_file = '{ca}'\n"));
    let wrong = user(other.path());
    for user in [&missing, &wrong] {
        refused(user, &publish(&address, "one"));
        refused(user, &["wall", "--port", "0", "--broker", &address]);
    }
    // A key that belongs to another certificate, and a file that is no key.
    for (certificate, key) in [("rig.pem", "broker.key"), ("rig.pem", "rig.pem")] {
        let (certificate, key) = (file(certificate), file(key));
        let settings =
            format!("[mqtt]\nca_file = '{ca}'\nclient_certificate = '{certificate}'\nclient_key = '{key}'\n");
        let unusable = User::with(&settings).run(&publish(&address, "one"));
        assert_eq!(unusable.status.code(), Some(1), "{}", unusable.stderr);
        assert!(unusable.stderr.contains(&format!("cannot use {key}")), "{}", unusable.stderr);
    }
}

#[test]
fn wall_by_tls_refuses_a_wrong_certificate() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    if !certificates(folder.path()) || !certificates(other.path()) {
        return left_out("TLS to a broker, because openssl is not installed");
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let Some(broker) = Broker::mosquitto(|_| {
        format!("allow_anonymous true\ncertfile {}\nkeyfile {}", file("broker.pem"), file("broker.key"))
    }) else {
        return;
    };
    let address = broker.address().replace("mqtt://127.0.0.1", "mqtts://localhost");
    let user = User::with(&format!("[mqtt]\nca_file = '{}'\n", other.path().join("ca.pem").display()));
    let refused = user.run(&["wall", "--port", "0", "--broker", &address]);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("is not accepted") && refused.stderr.contains("mqtt.ca_file"),
        "{}",
        refused.stderr
    );
}
