//! The address of a relay, as users write it.

use std::fmt;
use std::io;
use std::net::{Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::str::FromStr;

use super::PORT;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SenderAddress {
    host: String,
    port: u16,
}

impl FromStr for SenderAddress {
    type Err = String;

    /// `HOST`, `HOST:PORT` or `[IPV6]:PORT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_ipv6 = |host: &str| host.parse::<Ipv6Addr>().is_ok();
        if is_ipv6(text) {
            return Ok(Self { host: text.to_owned(), port: PORT });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| format!("{port:?} is not a port"))?),
            None => (text, PORT),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_name = !host.is_empty() && !host.contains([':', '/', '@', ' ']);
        if port == 0 || !(is_name || is_ipv6(host)) {
            return Err("expected HOST or HOST:PORT, such as 192.168.1.5:7334".into());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for SenderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl SenderAddress {
    /// The addresses of the host. May take seconds.
    ///
    /// # Errors
    /// If the name is not known.
    pub(super) fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        Ok((self.host.as_str(), self.port).to_socket_addrs()?.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_takes_hosts_with_and_without_a_port() {
        for (text, expected) in [
            ("game-pc", "game-pc:7334"),
            ("192.168.1.5:80", "192.168.1.5:80"),
            ("::1", "[::1]:7334"),
            ("[fe80::1]:99", "[fe80::1]:99"),
        ] {
            assert_eq!(text.parse::<SenderAddress>().unwrap().to_string(), expected);
        }
        for wrong in ["", ":7334", "a:b", "a:0", "a:70000", "http://a:1", "a b", "1:2:3"] {
            assert!(wrong.parse::<SenderAddress>().is_err(), "{wrong}");
        }
    }
}
