//! A client of HTTP servers: bounded answers, limits on time, no redirects.

mod address;
mod error;

use std::fmt;
use std::io::Read;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use ureq::config::ConfigBuilder;
use ureq::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use ureq::typestate::AgentScope;
use ureq::{Agent, SendBody};

pub use self::address::{HttpAddress, HttpAddressError};
pub use self::error::HttpError;
use self::error::error_of;
use crate::tls_files::TlsFiles;

/// Time to find and to connect to a server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Time in which a server has to take or to send the next bytes.
const STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// Time in which a server has to begin its answer after the request.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Maximum size of an answer that is kept, bytes. The rest is ignored.
const MAX_ANSWER: u64 = 64 * 1024;

/// How a client proves who it is. Secrets are not printed.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum HttpCredentials {
    /// Not at all.
    #[default]
    None,
    /// A token after `Bearer`.
    Bearer(String),
    /// A token after `Token`, as InfluxDB 2 has it.
    Token(String),
    /// User and password.
    Basic(String, String),
}

impl fmt::Debug for HttpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer",
            Self::Token(_) => "Token",
            Self::Basic(..) => "Basic",
        })
    }
}

impl HttpCredentials {
    fn header(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Bearer(token) => Some(format!("Bearer {token}")),
            Self::Token(token) => Some(format!("Token {token}")),
            Self::Basic(user, password) => Some(format!("Basic {}", BASE64.encode(format!("{user}:{password}")))),
        }
    }
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpMethod {
    /// Asks for the state of something, without its content.
    Head,
    /// Asks for something.
    Get,
    /// Passes something on.
    Post,
    /// Stores something.
    Put,
    /// Continues something.
    Patch,
    /// Removes something.
    Delete,
}

impl HttpMethod {
    const fn name(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The content of a request.
pub enum HttpBody<'a> {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(&'a [u8]),
    /// This number of bytes of a reader.
    Reader(&'a mut dyn Read, u64),
}

/// The answer of a server. Any status is an answer, also 404 and 500.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status, such as 200.
    pub status: u16,
    /// The beginning of the content, as text.
    pub text: String,
    headers: HeaderMap,
}

impl HttpAnswer {
    /// The status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The value of a header; the first one if it is repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The seconds of the header `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.header("retry-after")?.trim().parse().ok()?))
    }

    /// Status and first line of the content, for messages.
    pub fn summary(&self) -> String {
        let reason = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let line = self.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let line: String = line.chars().filter(|letter| !letter.is_control()).take(200).collect();
        let head = match reason {
            Some(reason) => format!("{} {reason}", self.status),
            None => self.status.to_string(),
        };
        if line.is_empty() { head } else { format!("{head}: {line}") }
    }
}

/// A client of one server, which keeps its connections.
#[derive(Debug)]
pub struct HttpClient {
    agent: Agent,
    address: HttpAddress,
    authorization: Option<HeaderValue>,
}

impl HttpClient {
    /// A client of the server of this address. Files are read, but nothing is connected yet.
    ///
    /// # Errors
    /// If a file cannot be used, a secret has characters that HTTP has not, or TLS is not possible.
    pub fn new(address: HttpAddress, credentials: &HttpCredentials, files: &TlsFiles) -> Result<Self, HttpError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(CONNECT_TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_per_write(Some(STEP_TIMEOUT))
            .timeout_per_read(Some(STEP_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .timeout_recv_body(Some(ANSWER_TIMEOUT))
            .user_agent(concat!("acevo/", env!("CARGO_PKG_VERSION")));
        let config = tls(config, address.is_tls(), files)?.build();
        let authorization = match credentials.header() {
            None => None,
            Some(text) => {
                let mut value = HeaderValue::from_str(&text).map_err(|_| HttpError::Secret)?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self { agent: Agent::new_with_config(config), address, authorization })
    }

    /// The address of the server.
    pub const fn address(&self) -> &HttpAddress {
        &self.address
    }

    /// Sends a request to an address of this server, and waits for the answer. The credentials go to no other server.
    ///
    /// # Errors
    /// If there is no answer, or a header has characters that HTTP has not.
    pub fn send(
        &self,
        method: HttpMethod,
        to: &HttpAddress,
        headers: &[(&str, &str)],
        body: HttpBody<'_>,
    ) -> Result<HttpAnswer, HttpError> {
        let mut request = Request::builder().method(method.name()).uri(to.as_str());
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HttpError::Header((*name).into()))?;
            let value = HeaderValue::from_str(value).map_err(|_| HttpError::Header(name.to_string()))?;
            request = request.header(name, value);
        }
        if let Some(value) = self.authorization.as_ref().filter(|_| to.is_same_server(&self.address)) {
            request = request.header(AUTHORIZATION, value);
        }
        let failed = |error: ureq::Error| error_of(to, &error);
        let wrong = |error: ureq::http::Error| HttpError::Header(error.to_string());
        let answer = match body {
            HttpBody::Empty => self.agent.run(request.body(()).map_err(wrong)?),
            HttpBody::Bytes(bytes) => self.agent.run(request.body(bytes).map_err(wrong)?),
            HttpBody::Reader(mut reader, size) => {
                let request = request.header(CONTENT_LENGTH, size);
                self.agent.run(request.body(SendBody::from_reader(&mut reader)).map_err(wrong)?)
            }
        };
        let mut answer = answer.map_err(failed)?;
        let mut bytes = Vec::new();
        let read = answer.body_mut().as_reader().take(MAX_ANSWER).read_to_end(&mut bytes);
        // The status counts: a content that breaks off is only part of a message.
        if read.is_err() && answer.status().is_success() {
            return Err(HttpError::Lost(to.to_string(), "the answer breaks off".into()));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(HttpAnswer { status: answer.status().as_u16(), text, headers: answer.headers().clone() })
    }
}

type Builder = ConfigBuilder<AgentScope>;

#[cfg(feature = "tls")]
fn tls(builder: Builder, is_tls: bool, files: &TlsFiles) -> Result<Builder, HttpError> {
    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

    use crate::tls::Credentials;

    if !is_tls {
        return Ok(builder);
    }
    let Credentials { provider, roots, client } = Credentials::read(files)?;
    let owned = |certificates: &[CertificateDer<'_>]| -> Vec<Certificate<'static>> {
        certificates.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
    };
    let client = match client {
        None => None,
        Some(client) => {
            let key = PrivateKey::from_pem(&client.key);
            let key = key.map_err(|_| HttpError::Unsupported("the kind of the private key is not known".into()))?;
            Some(ClientCert::new_with_certs(&owned(&client.chain), key))
        }
    };
    let config = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(owned(&roots))))
        .client_cert(client)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Ok(builder.tls_config(config))
}

#[cfg(not(feature = "tls"))]
fn tls(builder: Builder, is_tls: bool, _: &TlsFiles) -> Result<Builder, HttpError> {
    match is_tls {
        false => Ok(builder),
        true => Err(HttpError::Unsupported(
            "this build of acevo has no TLS: use http://, or build it with the feature tls".into(),
        )),
    }
}
