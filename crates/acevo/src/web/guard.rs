//! Access control. Requests of other web pages in the same browser are refused, even if their host name resolves to this address (DNS
//! rebinding). Requests from the network need the token; those of programs on this computer don't.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::{StatusCode, Uri};

use super::slots::is_same_computer;
use crate::token::Token;

/// Headers in which browsers state the origin of a request.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// How long a browser keeps the token, in seconds: half a year.
const COOKIE_SECONDS: u32 = 180 * 24 * 3600;

/// Decides about requests.
#[derive(Debug)]
pub(super) struct Guard {
    token: Option<Token>,
    /// The name of the cookie. It has the port in it, because browsers share cookies between all ports of a computer.
    cookie: String,
}

/// The decision about a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Answer it, and set the cookie if the address had the token.
    Accepted { cookie: Option<String> },
    /// Redirect to the same address without the token or code; the cookie keeps the token. So the address bar does not show it.
    Redirected { address: String, cookie: String },
    /// Refuse it, with a status and a reason.
    Refused(StatusCode, &'static str),
}

impl Guard {
    pub(super) fn new(port: u16, token: Option<Token>) -> Self {
        Self { token, cookie: format!("acevo-{port}") }
    }

    /// The token that requests need, if any.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(Token::as_str)
    }

    /// Decides about a request of a client that arrived at a local address.
    pub(super) fn judge(&self, client: IpAddr, local: SocketAddr, uri: &Uri, headers: &HeaderMap) -> Verdict {
        let host = only(headers, &HOST);
        let Some(host) = host.filter(|host| is_ours(host, local)) else {
            return Verdict::Refused(StatusCode::FORBIDDEN, "This host name does not belong to this server.\n");
        };
        let foreign = Verdict::Refused(StatusCode::FORBIDDEN, "Other web pages cannot access this server.\n");
        if headers.contains_key(ORIGIN) && only(headers, &ORIGIN) != Some(&format!("http://{host}")) {
            return foreign;
        }
        let is_cross_site = matches!(only(headers, &FETCH_SITE), Some("cross-site" | "same-site"));
        if is_cross_site && only(headers, &FETCH_MODE) != Some("navigate") {
            return foreign;
        }
        let Some(token) = &self.token else { return Verdict::Accepted { cookie: None } };
        let is_known = is_same_computer(client, local.ip())
            || self.cookies(headers).any(|value| token.is(value))
            || bearer(headers).is_some_and(|value| token.is(value));
        let cookie = || {
            format!("{}={}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict", self.cookie, token.as_str())
        };
        match parameter(uri, TOKEN) {
            // Browsers do not send a strict cookie after a redirect if the link was on another site.
            Some(value) if token.is(value) && is_page(uri) && !is_cross_site => {
                Verdict::Redirected { address: without_token(uri), cookie: cookie() }
            }
            Some(value) if token.is(value) => Verdict::Accepted { cookie: Some(cookie()) },
            _ if is_known => Verdict::Accepted { cookie: None },
            _ => Verdict::Refused(
                StatusCode::UNAUTHORIZED,
                "Open the complete link that acevo printed, or that its Overlays view shows, including `?token=…`.\n",
            ),
        }
    }

    fn cookies<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let pairs = headers.get_all(COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
        let pairs = pairs.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        pairs.filter(|(name, _)| *name == self.cookie).map(|(_, value)| value)
    }
}

/// The value of a header, or `None` if it is missing or repeated.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// True if a host, with or without a port, is the local address of the connection. Names other than `localhost` are not accepted, because
/// they may belong to another site. The port may differ, as with a tunnel.
fn is_ours(host: &str, local: SocketAddr) -> bool {
    let ip = local.ip().to_canonical();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return ip.is_loopback();
    }
    let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    literal.parse::<IpAddr>().is_ok_and(|literal| literal.to_canonical() == ip)
}

/// The token in the header `Authorization`. The name of the scheme is not case-sensitive.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = only(headers, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// The parameter of an address that is secret.
pub(super) const TOKEN: &str = "token";

/// A parameter of an address.
pub(super) fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// True for addresses of pages. Other addresses are for scripts.
pub(super) fn is_page(uri: &Uri) -> bool {
    matches!(uri.path(), "/" | "/overlay") || uri.path().starts_with("/overlay/")
}

/// The path and the query without the token. It starts with one slash, because two would lead to another host.
fn without_token(uri: &Uri) -> String {
    let is_token = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| name == TOKEN);
    let rest: Vec<_> = uri.query().unwrap_or_default().split('&').filter(|pair| !is_token(pair)).collect();
    let path = uri.path().trim_start_matches('/');
    let query = rest.join("&");
    if query.is_empty() { format!("/{path}") } else { format!("/{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 7333))
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    fn status(guard: &Guard, uri: &str, pairs: &[(&'static str, &str)]) -> u16 {
        status_from(HERE, local(), guard, uri, pairs)
    }

    fn status_from(client: IpAddr, local: SocketAddr, guard: &Guard, uri: &str, pairs: &[(&'static str, &str)]) -> u16 {
        match guard.judge(client, local, &uri.parse().unwrap(), &headers(pairs)) {
            Verdict::Accepted { .. } => 200,
            Verdict::Redirected { .. } => 303,
            Verdict::Refused(status, _) => status.as_u16(),
        }
    }

    #[test]
    fn is_ours_accepts_only_the_local_address() {
        let lan = SocketAddr::from(([192, 168, 1, 5], 7333));
        for host in ["127.0.0.1:7333", "127.0.0.1", "localhost:7333", "LocalHost", "localhost:8000"] {
            assert!(is_ours(host, local()), "{host}");
        }
        for host in ["", "evil.example:7333", "127.0.0.1.evil.example", "192.168.1.5", "localhost.evil", "[::1]:7333"] {
            assert!(!is_ours(host, local()), "{host}");
        }
        assert!(is_ours("192.168.1.5:7333", lan) && !is_ours("localhost:7333", lan) && !is_ours("127.0.0.1", lan));
        let six = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 7333));
        assert!(is_ours("[::1]:7333", six) && is_ours("[::1]", six) && is_ours("localhost", six));
        assert!(is_ours("10.0.0.1", "[::ffff:10.0.0.1]:1".parse().unwrap()), "an IPv4 address as IPv6");
    }

    #[test]
    fn judge_refuses_other_sites() {
        let guard = Guard::new(7333, None);
        let host = ("host", "127.0.0.1:7333");
        assert_eq!(status(&guard, "/", &[host]), 200);
        assert_eq!(status(&guard, "/", &[]), 403);
        assert_eq!(status(&guard, "/", &[host, host]), 403, "twice");
        assert_eq!(status(&guard, "/ws", &[host, ("origin", "http://127.0.0.1:7333")]), 200);
        for origin in ["http://evil.example", "null", "https://127.0.0.1:7333", "http://127.0.0.1:8080", ""] {
            assert_eq!(status(&guard, "/ws", &[host, ("origin", origin)]), 403, "{origin}");
        }
        let fetched = |site, mode| status(&guard, "/", &[host, ("sec-fetch-site", site), ("sec-fetch-mode", mode)]);
        assert_eq!((fetched("cross-site", "no-cors"), fetched("same-site", "cors")), (403, 403));
        assert_eq!((fetched("cross-site", "navigate"), fetched("same-origin", "no-cors")), (200, 200));
    }

    /// Another computer in the network, and the address of this one there.
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 9));

    fn lan() -> SocketAddr {
        SocketAddr::from(([192, 168, 1, 5], 7333))
    }

    #[test]
    fn judge_accepts_the_token_in_address_header_and_cookie() {
        let token = Token::new().unwrap();
        let guard = Guard::new(7333, Some(token.clone()));
        let (host, value) = (("host", "192.168.1.5:7333"), token.as_str());
        let status = |uri: &str, pairs: &[(&'static str, &str)]| status_from(OTHER, lan(), &guard, uri, pairs);
        assert_eq!(status("/", &[host]), 401);
        assert_eq!(status("/?token=", &[host]), 401);
        assert_eq!(status(&format!("/?token={value}"), &[("host", "evil.example")]), 403);
        assert_eq!(status(&format!("/api/laps?token={value}"), &[host]), 200);
        assert_eq!(status("/ws", &[host, ("authorization", &format!("Bearer {value}"))]), 200);
        assert_eq!(status("/ws", &[host, ("authorization", &format!("bEARER  {value}"))]), 200);
        for wrong in [value.to_owned(), format!("Basic {value}"), format!("Bearer{value}"), "Bearer ".to_owned()] {
            assert_eq!(status("/ws", &[host, ("authorization", &wrong)]), 401, "{wrong}");
        }
        assert_eq!(status("/ws", &[host, ("cookie", &format!("a=b; acevo-7333={value}"))]), 200);
        assert_eq!(status("/ws", &[host, ("cookie", &format!("acevo-7334={value}"))]), 401);

        let uri = format!("//overlay/map?scale=2&token={value}&seconds=5").parse().unwrap();
        assert_eq!(without_token(&uri), "/overlay/map?scale=2&seconds=5");
        let uri = format!("/overlay?layout=My%20race&token={value}").parse().unwrap();
        assert!(is_page(&uri) && without_token(&uri) == "/overlay?layout=My%20race");
        let uri = format!("/overlay/map?token={value}");
        let judge = |pairs: &[(&'static str, &str)]| guard.judge(OTHER, lan(), &uri.parse().unwrap(), &headers(pairs));
        let Verdict::Redirected { address, cookie } = judge(&[host]) else { panic!() };
        assert_eq!(address, "/overlay/map");
        assert!(cookie.starts_with(&format!("acevo-7333={value}; ")), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let linked = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(matches!(judge(&linked), Verdict::Accepted { cookie: Some(_) }));
    }

    #[test]
    fn judge_requires_no_token_of_this_computer_but_refuses_other_sites() {
        let guard = Guard::new(7333, Some(Token::new().unwrap()));
        let host = ("host", "127.0.0.1:7333");
        assert_eq!((status(&guard, "/", &[host]), status(&guard, "/ws?token=old", &[host])), (200, 200));
        assert_eq!(status(&guard, "/ws", &[host, ("origin", "http://evil.example")]), 403);
        assert_eq!(status(&guard, "/ws", &[("host", "evil.example:7333")]), 403);
        // A foreign packet to the loopback address, and a computer of the network that claims its name.
        let foreign = |local, host| guard.judge(OTHER, local, &"/".parse().unwrap(), &headers(&[("host", host)]));
        assert!(matches!(foreign(local(), "127.0.0.1:7333"), Verdict::Refused(StatusCode::UNAUTHORIZED, _)));
        assert!(matches!(foreign(lan(), "192.168.1.5:7333"), Verdict::Refused(StatusCode::UNAUTHORIZED, _)));
        assert!(matches!(foreign(lan(), "127.0.0.1:7333"), Verdict::Refused(StatusCode::FORBIDDEN, _)));
    }
}
