//! TLS of connections to brokers.

use std::sync::Arc;

use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{AlertDescription, ClientConfig, RootCertStore};

use crate::broker::{Address, BrokerError};
use crate::tls::{Credentials, TlsError};
use crate::tls_files::TlsFiles;

impl From<TlsError> for BrokerError {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::Unsupported(reason) => Self::Unsupported(reason),
            TlsError::File { path, reason } => Self::File { path, reason },
        }
    }
}

/// A transport with TLS.
pub(super) fn transport(files: &TlsFiles) -> Result<Transport, BrokerError> {
    let Credentials { provider, roots, client } = Credentials::read(files)?;
    let unsupported = |error: rustls::Error| BrokerError::Unsupported(error.to_string());
    let mut store = RootCertStore::empty();
    if let (0, Some(path)) = (store.add_parsable_certificates(roots).0, &files.ca) {
        return Err(BrokerError::File { path: path.clone(), reason: "it has no usable certificate".into() });
    }
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(unsupported)?.with_root_certificates(store);
    let config = match (client, &files.client) {
        (Some(client), Some((_, key))) => {
            let unusable = |reason: String| BrokerError::File { path: key.clone(), reason };
            let private = PrivateKeyDer::from_pem_slice(&client.key).map_err(|error| unusable(error.to_string()))?;
            builder.with_client_auth_cert(client.chain, private).map_err(|error| unusable(error.to_string()))?
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
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
