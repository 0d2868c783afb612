//! Addresses of HTTP servers.

use std::fmt;
use std::str::FromStr;

use ureq::http::Uri;

/// Maximum length of an address, bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// The address of something on an HTTP server: `http://HOST[:PORT]/PATH?QUERY`, or `https://…` with TLS.
///
/// ```
/// let address: acevo_fleet::HttpAddress = "http://localhost:8428/write?precision=ms".parse()?;
/// assert_eq!(address.with_path("/health")?.to_string(), "http://localhost:8428/health");
/// # Ok::<(), acevo_fleet::HttpAddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAddress {
    uri: Uri,
    text: String,
}

/// Why a text is not the address of an HTTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpAddressError {
    /// It has another form.
    #[error("an address is http://HOST:PORT/PATH, or https://HOST:PORT/PATH with TLS")]
    Form,
    /// It contains a user or a password.
    #[error("an address has no user and no password: use the settings for them")]
    Secret,
}

impl HttpAddress {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// The path, which begins with a slash.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// What follows the question mark.
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// Scheme, host and port are the same.
    pub fn is_same_server(&self, other: &Self) -> bool {
        let port = |address: &Self| address.uri.port_u16().unwrap_or(if address.is_tls() { 443 } else { 80 });
        let host = |address: &Self| address.uri.host().map(str::to_ascii_lowercase);
        self.is_tls() == other.is_tls() && host(self) == host(other) && port(self) == port(other)
    }

    /// Another path and query on the same server.
    ///
    /// # Errors
    /// If the path has characters that must be written in another way.
    pub fn with_path(&self, path: &str) -> Result<Self, HttpAddressError> {
        let authority = self.uri.authority().ok_or(HttpAddressError::Form)?;
        let scheme = if self.is_tls() { "https" } else { "http" };
        format!("{scheme}://{authority}/{}", path.trim_start_matches('/')).parse()
    }
}

impl FromStr for HttpAddress {
    type Err = HttpAddressError;

    fn from_str(text: &str) -> Result<Self, HttpAddressError> {
        let text = text.trim();
        if text.len() > MAX_LENGTH || text.contains('#') {
            return Err(HttpAddressError::Form);
        }
        let uri: Uri = text.parse().map_err(|_| HttpAddressError::Form)?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority().filter(|_| is_http).ok_or(HttpAddressError::Form)?;
        if authority.as_str().contains('@') {
            return Err(HttpAddressError::Secret);
        }
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        let is_port = |text: &str| text.parse().is_ok_and(|port: u16| port > 0);
        if authority.host().is_empty() || !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
            return Err(HttpAddressError::Form);
        }
        let text = uri.to_string();
        Ok(Self { uri, text })
    }
}

impl fmt::Display for HttpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> Result<HttpAddress, HttpAddressError> {
        text.parse()
    }

    #[test]
    fn http_address_refuses_secrets_and_other_schemes() {
        assert_eq!(address("http://user:secret@host/x").unwrap_err(), HttpAddressError::Secret);
        for wrong in
            ["", "host", "/path", "mqtt://host", "http://", "http://host:0", "http://host:99999", "http://host:", "a b"]
        {
            assert_eq!(address(wrong).unwrap_err(), HttpAddressError::Form, "{wrong}");
        }
    }

    #[test]
    fn is_same_server_compares_scheme_host_and_port() {
        let first = address("https://Host/x?y=1").unwrap();
        assert!(first.is_same_server(&address("https://host:443/other").unwrap()));
        for other in ["http://host/x", "https://host:444/x", "https://host.example/x"] {
            assert!(!first.is_same_server(&address(other).unwrap()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn http_address_of_any_text_does_not_panic(text: String) {
            for scheme in ["http", "https"] {
                if let Ok(first) = address(&format!("{scheme}://{text}")) {
                    prop_assert_eq!(&address(first.as_str()).unwrap(), &first);
                    prop_assert!(first.with_path("/a").unwrap().is_same_server(&first));
                }
            }
        }
    }
}
