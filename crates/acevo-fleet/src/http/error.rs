//! Why there is no answer of an HTTP server.

use std::io;
use std::path::PathBuf;

use super::HttpAddress;
use crate::source::find_source;

/// Why a request has no answer. The text has advice; the caller knows the names of its settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Nothing listens there.
    #[error("nothing listens at {0}: is the server running, and is the port right?")]
    Refused(String),
    /// The name has no address.
    #[error("the name in {0} is not found: check the address and the network")]
    NameNotFound(String),
    /// The server does not answer in time.
    #[error("{0} does not answer: check the address, the network and the firewall")]
    Timeout(String),
    /// The certificate of the server is not trusted, or not of this name.
    #[error(
        "the certificate of {0} is not accepted: {1}. Check the certificates that are trusted (ca_file) and the name"
    )]
    Certificate(String, String),
    /// TLS is not spoken at this port, or fails.
    #[error("TLS with {0} has failed: {1}. Is it the port for TLS?")]
    Tls(String, String),
    /// TLS is not possible here.
    #[error("TLS is not possible: {0}")]
    Unsupported(String),
    /// A file with a certificate or a key cannot be used.
    #[error("cannot use {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A token or a password has characters that HTTP has not.
    #[error("the token or the password has characters that HTTP has not: check its file")]
    Secret,
    /// A header cannot be sent.
    #[error("the header {0} cannot be sent")]
    Header(String),
    /// What is sent cannot be read.
    #[error("what is sent to {0} cannot be read to its end: {1}")]
    Content(String, String),
    /// Something answers there, but not in HTTP.
    #[error("{0} does not answer as a web server: is the port right, and does it need {1}?")]
    NotHttp(String, &'static str),
    /// The server has ended the connection before its answer was complete.
    #[error("{0} has closed the connection before its answer: if it does so again, check the port")]
    Closed(String),
    /// The connection has ended for another reason.
    #[error("the connection to {0} has failed: {1}")]
    Lost(String, String),
}

impl HttpError {
    /// True if another attempt fails in the same way until settings or files change.
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Certificate(..) | Self::Unsupported(_) | Self::File { .. } | Self::Secret | Self::Header(_)
        )
    }
}

#[cfg(feature = "tls")]
impl From<crate::tls::TlsError> for HttpError {
    fn from(error: crate::tls::TlsError) -> Self {
        use crate::tls::TlsError;
        match error {
            TlsError::Unsupported(reason) => Self::Unsupported(reason),
            TlsError::File { path, reason } => Self::File { path, reason },
        }
    }
}

/// What an error of the client library means. The query is left out: it may have secrets.
pub(super) fn error_of(address: &HttpAddress, error: &ureq::Error) -> HttpError {
    let server = address.as_str().split('?').next().unwrap_or_default().to_owned();
    // The source of such an error is that of the error inside.
    let cause: &(dyn std::error::Error + 'static) = match error {
        ureq::Error::Io(inner) => inner,
        #[cfg(feature = "tls")]
        ureq::Error::Rustls(inner) => inner,
        error => error,
    };
    #[cfg(feature = "tls")]
    if let Some(error) = find_source::<rustls::Error>(cause) {
        return match error {
            rustls::Error::InvalidCertificate(reason) => HttpError::Certificate(server, reason.to_string()),
            error => HttpError::Tls(server, error.to_string()),
        };
    }
    match error {
        ureq::Error::HostNotFound => return HttpError::NameNotFound(server),
        ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => return HttpError::Timeout(server),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            let scheme = if address.is_tls() { "http://, which is without TLS" } else { "https://" };
            return HttpError::NotHttp(server, scheme);
        }
        ureq::Error::BodyExceedsLimit(_) => return HttpError::Content(server, error.to_string()),
        _ => {}
    }
    let cause = find_source::<io::Error>(cause);
    if cause.is_some_and(is_unknown_name) {
        return HttpError::NameNotFound(server);
    }
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => HttpError::Refused(server),
        Some(io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            HttpError::Timeout(server)
        }
        Some(
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe,
        ) => HttpError::Closed(server),
        // Without the name that the library has for its part.
        _ => HttpError::Lost(server, cause.map_or_else(|| error.to_string(), io::Error::to_string)),
    }
}

/// True if a name has no address. The standard library has no kind for that.
fn is_unknown_name(error: &io::Error) -> bool {
    const NAMES_OF_WINDOWS: [i32; 3] = [11001, 11002, 11004];
    match error.raw_os_error() {
        Some(code) => cfg!(windows) && NAMES_OF_WINDOWS.contains(&code),
        None => error.to_string().starts_with("failed to lookup address information"),
    }
}
