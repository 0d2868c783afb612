//! TLS by rustls, with cryptography that needs no C compiler.

use std::path::Path;
use std::sync::Arc;

use acevo_files::read_limited;
use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, ClientConfig, RootCertStore};

use super::TlsFiles;
use crate::broker::{Address, BrokerError};

/// Maximum size of a file with certificates, bytes.
const MAX_BYTES: u64 = 4 << 20;

/// A transport with TLS.
pub(super) fn transport(files: &TlsFiles) -> Result<Transport, BrokerError> {
    check_processor()?;
    let provider = Arc::new(rustls_graviola::default_provider());
    let unsupported = |error: rustls::Error| BrokerError::Unsupported(error.to_string());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(unsupported)?.with_root_certificates(roots(files.ca.as_deref())?);
    let config = match &files.client {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let private = PrivateKeyDer::from_pem_slice(&read(key)?);
            let private = private.map_err(|_| unusable(key, "it has no private key (PEM)"))?;
            builder.with_client_auth_cert(certificates(certificate)?, private).map_err(|error| unusable(key, error))?
        }
    };
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
}

/// The cryptography ends the process on a processor that lacks its instructions: this is checked before.
fn check_processor() -> Result<(), BrokerError> {
    #[cfg(target_arch = "x86_64")]
    let needed = [
        ("AES", is_x86_feature_detected!("aes")),
        ("PCLMULQDQ", is_x86_feature_detected!("pclmulqdq")),
        ("AVX", is_x86_feature_detected!("avx")),
        ("AVX2", is_x86_feature_detected!("avx2")),
        ("BMI1", is_x86_feature_detected!("bmi1")),
        ("ADX", is_x86_feature_detected!("adx")),
    ];
    #[cfg(target_arch = "aarch64")]
    let needed = [
        ("AES", std::arch::is_aarch64_feature_detected!("aes")),
        ("PMULL", std::arch::is_aarch64_feature_detected!("pmull")),
        ("SHA2", std::arch::is_aarch64_feature_detected!("sha2")),
    ];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let needed: [(&str, bool); 0] = [];
    let missing: Vec<&str> = needed.into_iter().filter_map(|(name, has)| (!has).then_some(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(BrokerError::Unsupported(format!(
        "this processor lacks {}. Use mqtt:// in a network that you trust, or a broker on this computer that forwards with TLS",
        missing.join(", ")
    )))
}

fn unusable(path: &Path, reason: impl ToString) -> BrokerError {
    BrokerError::File { path: path.into(), reason: reason.to_string() }
}

fn read(path: &Path) -> Result<Vec<u8>, BrokerError> {
    read_limited(path, MAX_BYTES).map_err(|error| unusable(path, error))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BrokerError> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.unwrap_or_default();
    if found.is_empty() {
        return Err(unusable(path, "it has no certificate (PEM)"));
    }
    Ok(found)
}

/// The certificates that are trusted.
fn roots(ca: Option<&Path>) -> Result<RootCertStore, BrokerError> {
    let mut roots = RootCertStore::empty();
    let found = match ca {
        Some(path) => certificates(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let (added, _) = roots.add_parsable_certificates(found);
    match (added, ca) {
        (0, Some(path)) => Err(unusable(path, "it has no usable certificate")),
        (0, None) => Err(BrokerError::Unsupported(
            "the system has no trusted certificates: name those of the broker with mqtt.ca_file".into(),
        )),
        _ => Ok(roots),
    }
}

/// What an error of TLS means.
pub(super) fn error_of(address: Address, error: &rustls::Error) -> BrokerError {
    match error {
        rustls::Error::InvalidCertificate(reason) => BrokerError::Certificate(address, reason.to_string()),
        rustls::Error::AlertReceived(
            alert @ (AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied
            | AlertDescription::HandshakeFailure),
        ) => BrokerError::ClientCertificate(address, format!("{alert:?}")),
        error => BrokerError::Tls(address, error.to_string()),
    }
}
