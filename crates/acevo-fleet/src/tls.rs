//! TLS by rustls, with cryptography that needs no C compiler if the processor has what that needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use acevo_files::read_limited;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::tls_files::TlsFiles;

/// Maximum size of a file with certificates, bytes.
const MAX_BYTES: u64 = 4 << 20;

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// It is not possible here.
    #[error("TLS is not possible: {0}")]
    Unsupported(String),
    /// A file cannot be used.
    #[error("cannot use {}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
}

/// What a client needs for TLS.
pub(crate) struct Credentials {
    /// The cryptography.
    pub(crate) provider: Arc<CryptoProvider>,
    /// Certificates that are trusted.
    pub(crate) roots: Vec<CertificateDer<'static>>,
    /// Its own certificate.
    pub(crate) client: Option<ClientCertificate>,
}

/// The certificate of a client.
pub(crate) struct ClientCertificate {
    /// The certificate, and those of the authorities between it and a trusted one.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// Its key, in the format PEM.
    pub(crate) key: Vec<u8>,
}

impl Credentials {
    /// Reads the files.
    pub(crate) fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let client = match &files.client {
            None => None,
            Some((certificate, key)) => {
                let pem = read(key)?;
                PrivateKeyDer::from_pem_slice(&pem).map_err(|_| unusable(key, "it has no private key (PEM)"))?;
                Some(ClientCertificate { chain: certificates(certificate)?, key: pem })
            }
        };
        Ok(Self { provider: provider()?, roots: roots(files.ca.as_deref())?, client })
    }
}

/// The cryptography. That of graviola ends the process on a processor that lacks its instructions: this is checked before.
fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    let missing = missing_instructions();
    if missing.is_empty() {
        return Ok(Arc::new(rustls_graviola::default_provider()));
    }
    #[cfg(feature = "tls-ring")]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(feature = "tls-ring"))]
    Err(TlsError::Unsupported(format!(
        "this processor lacks {}. Use a build with the feature tls-ring, or a server in a network that you trust without TLS",
        missing.join(", ")
    )))
}

/// The instructions that this processor lacks.
fn missing_instructions() -> Vec<&'static str> {
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
    needed.into_iter().filter_map(|(name, has)| (!has).then_some(name)).collect()
}

fn unusable(path: &Path, reason: impl ToString) -> TlsError {
    TlsError::File { path: path.into(), reason: reason.to_string() }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    read_limited(path, MAX_BYTES).map_err(|error| unusable(path, error))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.unwrap_or_default();
    if found.is_empty() {
        return Err(unusable(path, "it has no certificate (PEM)"));
    }
    Ok(found)
}

/// The certificates that are trusted.
fn roots(ca: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    if let Some(path) = ca {
        return certificates(path);
    }
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(TlsError::Unsupported(
            "the system has no trusted certificates: name those of the server with the setting ca_file".into(),
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_has_tls_1_2_and_1_3() {
        let provider = provider().unwrap();
        for name in ["TLS13_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] {
            assert!(provider.cipher_suites.iter().any(|suite| format!("{:?}", suite.suite()) == name), "{name}");
        }
    }

    #[test]
    fn credentials_of_files_without_certificates_are_errors_with_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        let files = TlsFiles { ca: Some(path.clone()), client: None };
        let error = Credentials::read(&files).err().unwrap().to_string();
        assert!(error.contains("ca.pem") && error.contains("no certificate"), "{error}");
        let files = TlsFiles { ca: None, client: Some((path.clone(), path)) };
        let error = Credentials::read(&files).err().unwrap().to_string();
        assert!(error.contains("no private key"), "{error}");
    }
}
