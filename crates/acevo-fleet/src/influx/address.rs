//! The address that lines are written to.

use std::fmt;
use std::str::FromStr;

use crate::http::{HttpAddress, HttpAddressError};

/// The unit of times in lines.
const PRECISION: &str = "precision";

/// Parameters of queries that have secrets.
const SECRETS: [&str; 4] = ["u", "p", "q", "token"];

/// The address of the writing interface of a database, such as `http://localhost:8428/write`.
///
/// ```
/// let address: acevo_fleet::WriteAddress = "http://localhost:8086/write?db=acevo".parse()?;
/// assert_eq!(address.http().as_str(), "http://localhost:8086/write?db=acevo&precision=ms");
/// assert_eq!(address.to_string(), "http://localhost:8086/write");
/// # Ok::<(), acevo_fleet::WriteAddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteAddress(HttpAddress);

/// Why a text is not the address of the writing interface of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteAddressError {
    /// It is no address of HTTP.
    #[error(
        "the address of a database is http://HOST:PORT/PATH?QUERY, or https:// with TLS; for VictoriaMetrics it is http://HOST:8428/write"
    )]
    Form,
    /// It has a user, a password or a token.
    #[error(
        "the address of a database has no user, password or token: use influx.user, influx.password_file and influx.token_file"
    )]
    Secret,
    /// It has no path.
    #[error(
        "the address of a database has a path: /write, /write?db=NAME for InfluxDB 1, or /api/v2/write?org=NAME&bucket=NAME for InfluxDB 2 and 3"
    )]
    Path,
    /// It has a unit of times.
    #[error("the address of a database has no `precision`: acevo adds it")]
    Precision,
}

impl WriteAddress {
    /// The whole address, with the unit of times.
    pub const fn http(&self) -> &HttpAddress {
        &self.0
    }

    /// Tokens follow the word `Token`, as in InfluxDB 2, and not `Bearer`.
    pub fn has_token_scheme(&self) -> bool {
        self.0.path().contains("/api/v2/")
    }
}

impl FromStr for WriteAddress {
    type Err = WriteAddressError;

    fn from_str(text: &str) -> Result<Self, WriteAddressError> {
        let error = |error| match error {
            HttpAddressError::Secret => WriteAddressError::Secret,
            _ => WriteAddressError::Form,
        };
        let address: HttpAddress = text.parse().map_err(error)?;
        if address.path() == "/" {
            return Err(WriteAddressError::Path);
        }
        let query = address.query().unwrap_or_default();
        let has = |name: &str| query.split('&').any(|part| part.split('=').next() == Some(name));
        if has(PRECISION) {
            return Err(WriteAddressError::Precision);
        }
        if SECRETS.iter().any(|name| has(name)) {
            return Err(WriteAddressError::Secret);
        }
        // InfluxDB 3 has an interface of its own with other names.
        let unit = if address.path().contains("/api/v3/") { "millisecond" } else { "ms" };
        let separator = if query.is_empty() { "?" } else { "&" };
        let whole = format!("{}{separator}{PRECISION}={unit}", address.as_str().trim_end_matches('?'));
        Ok(Self(whole.parse().map_err(error)?))
    }
}

impl fmt::Display for WriteAddress {
    /// Without the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().split('?').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<String, WriteAddressError> {
        text.parse::<WriteAddress>().map(|address| address.http().to_string())
    }

    #[test]
    fn write_address_has_a_unit_of_times() {
        assert_eq!(whole("http://host:8428/write").unwrap(), "http://host:8428/write?precision=ms");
        assert_eq!(whole("http://host/write?").unwrap(), "http://host/write?precision=ms");
        assert_eq!(
            whole("https://host/api/v2/write?org=a&bucket=b").unwrap(),
            "https://host/api/v2/write?org=a&bucket=b&precision=ms"
        );
        assert_eq!(
            whole("http://host/api/v3/write_lp?db=a").unwrap(),
            "http://host/api/v3/write_lp?db=a&precision=millisecond"
        );
        let has_token_scheme = |text: &str| text.parse::<WriteAddress>().unwrap().has_token_scheme();
        assert!(has_token_scheme("http://host/api/v2/write?org=a") && !has_token_scheme("http://host/api/v3/write_lp"));
    }

    #[test]
    fn write_address_refuses_secrets_other_units_and_roots() {
        for text in ["http://me:secret@host/write", "http://host/write?db=a&u=me&p=secret"] {
            assert_eq!(whole(text).unwrap_err(), WriteAddressError::Secret, "{text}");
        }
        assert_eq!(whole("http://host/write?precision=s").unwrap_err(), WriteAddressError::Precision);
        assert_eq!(whole("http://host:8086").unwrap_err(), WriteAddressError::Path);
        assert_eq!(whole("host:8086/write").unwrap_err(), WriteAddressError::Form);
    }
}
