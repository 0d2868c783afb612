//! Errors of the client library, in our terms.

use std::io;

use rumqttc::{ConnectReturnCode, ConnectionError};

use crate::broker::{Address, BrokerError};
use crate::source::find_source;

/// What an error of a connection means.
pub(super) fn error_of(address: &Address, error: &ConnectionError) -> BrokerError {
    let address = address.clone();
    match error {
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
        ) => BrokerError::Credentials(address),
        ConnectionError::ConnectionRefused(code) => {
            let reason = match code {
                ConnectReturnCode::RefusedProtocolVersion => "it does not speak MQTT 3.1.1",
                ConnectReturnCode::BadClientId => "it does not accept the name of the client",
                _ => "it is not ready",
            };
            match code {
                ConnectReturnCode::ServiceUnavailable => BrokerError::Lost(address, reason.into()),
                _ => BrokerError::NotAccepted(address, reason.into()),
            }
        }
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => BrokerError::Timeout(address),
        error => {
            #[cfg(feature = "tls")]
            if let Some(tls) = find_source::<rustls::Error>(error) {
                return super::tls::error_of(address, tls);
            }
            match find_source::<io::Error>(error).map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => BrokerError::Refused(address),
                Some(io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
                    BrokerError::Timeout(address)
                }
                _ => BrokerError::Lost(address, error.to_string()),
            }
        }
    }
}
