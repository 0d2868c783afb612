//! Errors of the client library, in our terms.

use std::io;

use rumqttc::{ConnectReturnCode, ConnectionError, StateError};

use crate::broker::{Address, BrokerError};
use crate::source::find_source;

/// What an error of a connection means. `is_up`: the broker had accepted the client.
pub(super) fn error_of(address: &Address, error: &ConnectionError, is_up: bool) -> BrokerError {
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
                ConnectReturnCode::ServiceUnavailable => BrokerError::NotConnected(address, reason.into()),
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
                _ if is_up => BrokerError::Lost(address, reason(error)),
                _ if has_other_protocol(error) => BrokerError::NoBroker(address),
                _ => BrokerError::NotConnected(address, reason(error)),
            }
        }
    }
}

/// True if what listens there has answered with something else than a broker, or has closed the connection.
fn has_other_protocol(error: &ConnectionError) -> bool {
    if let ConnectionError::MqttState(StateError::Deserialization(_)) = error {
        return true;
    }
    let kind = find_source::<io::Error>(error).map(io::Error::kind);
    matches!(
        kind,
        Some(
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        )
    ) || kind.is_none() && matches!(error, ConnectionError::MqttState(_) | ConnectionError::NotConnAck(_))
}

/// Why a connection was lost or did not come about, without the names that the client library has for its parts.
fn reason(error: &ConnectionError) -> String {
    if let Some(error) = find_source::<io::Error>(error) {
        return error.to_string();
    }
    match error {
        ConnectionError::MqttState(StateError::ConnectionAborted) => "the broker has closed it".into(),
        ConnectionError::MqttState(StateError::AwaitPingResp) => "the broker does not answer any more".into(),
        ConnectionError::MqttState(StateError::Deserialization(error)) => error.to_string(),
        error => error.to_string(),
    }
}
