//! Access control. Requests of other web pages in the same browser are refused, even if their host name resolves to this address (DNS
//! rebinding). Requests from the network need the token.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::{StatusCode, Uri};

use super::code::OneTimeCode;
use super::token::Token;

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
    /// A browser on this computer may show it instead of the token.
    code: OneTimeCode,
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
        Self { token, cookie: format!("acevo-{port}"), code: OneTimeCode::default() }
    }

    /// The token that requests need, if any.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(Token::as_str)
    }

    /// The query of an address that a browser on this computer can open once, without the token. Empty if no token is needed.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn one_time_query(&self) -> anyhow::Result<String> {
        match self.token {
            Some(_) => Ok(format!("?code={}", self.code.issue(Instant::now())?.as_str())),
            None => Ok(String::new()),
        }
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
        let known =
            self.cookies(headers).any(|value| token.is(value)) || bearer(headers).is_some_and(|value| token.is(value));
        let cookie = || {
            format!("{}={}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict", self.cookie, token.as_str())
        };
        // The code of an address of another computer is not even compared.
        let is_on_this_computer = client.to_canonical().is_loopback() && local.ip().to_canonical().is_loopback();
        let redeems = |code| is_on_this_computer && !is_cross_site && self.code.redeem(code, Instant::now());
        if is_page(uri) && parameter(uri, CODE).is_some_and(redeems) {
            return Verdict::Redirected { address: without_secrets(uri), cookie: cookie() };
        }
        match parameter(uri, TOKEN) {
            // Browsers do not send a strict cookie after a redirect if the link was on another site.
            Some(value) if token.is(value) && is_page(uri) && !is_cross_site => {
                Verdict::Redirected { address: without_secrets(uri), cookie: cookie() }
            }
            Some(value) if token.is(value) => Verdict::Accepted { cookie: Some(cookie()) },
            _ if known => Verdict::Accepted { cookie: None },
            _ if has_code(uri) => Verdict::Refused(
                StatusCode::UNAUTHORIZED,
                "This link is valid once, and for a minute. Open the link that `acevo serve --lan` printed.\n",
            ),
            _ => Verdict::Refused(
                StatusCode::UNAUTHORIZED,
                "Open the complete link that `acevo serve --lan` printed, including `?token=…`.\n",
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
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = only(headers, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// Parameters of an address that are secret.
pub(super) const TOKEN: &str = "token";
const CODE: &str = "code";

/// A parameter of an address.
pub(super) fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// True if an address has a one-time code.
pub(super) fn has_code(uri: &Uri) -> bool {
    parameter(uri, CODE).is_some()
}

/// True for addresses of pages. Other addresses are for scripts.
pub(super) fn is_page(uri: &Uri) -> bool {
    matches!(uri.path(), "/" | "/overlay") || uri.path().starts_with("/overlay/")
}

/// The path and the query without the token and the code. It starts with one slash, because two would lead to another host.
fn without_secrets(uri: &Uri) -> String {
    let is_secret = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| name == TOKEN || name == CODE);
    let rest: Vec<_> = uri.query().unwrap_or_default().split('&').filter(|pair| !is_secret(pair)).collect();
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
        match guard.judge(HERE, local(), &uri.parse().unwrap(), &headers(pairs)) {
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

    #[test]
    fn judge_accepts_the_token_in_address_header_and_cookie() {
        let token = Token::new().unwrap();
        let guard = Guard::new(7333, Some(token.clone()));
        let (host, value) = (("host", "127.0.0.1:7333"), token.as_str());
        assert_eq!(status(&guard, "/", &[host]), 401);
        assert_eq!(status(&guard, "/?token=", &[host]), 401);
        assert_eq!(status(&guard, &format!("/?token={value}"), &[("host", "evil.example")]), 403);
        assert_eq!(status(&guard, &format!("/api/laps?token={value}"), &[host]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("authorization", &format!("Bearer {value}"))]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("authorization", &format!("bEARER  {value}"))]), 200);
        for wrong in [value.to_owned(), format!("Basic {value}"), format!("Bearer{value}"), "Bearer ".to_owned()] {
            assert_eq!(status(&guard, "/ws", &[host, ("authorization", &wrong)]), 401, "{wrong}");
        }
        assert_eq!(status(&guard, "/ws", &[host, ("cookie", &format!("a=b; acevo-7333={value}"))]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("cookie", &format!("acevo-7334={value}"))]), 401);

        let uri = format!("//overlay/map?scale=2&token={value}&seconds=5").parse().unwrap();
        assert_eq!(without_secrets(&uri), "/overlay/map?scale=2&seconds=5");
        let uri = format!("/overlay?layout=My%20race&token={value}").parse().unwrap();
        assert!(is_page(&uri) && without_secrets(&uri) == "/overlay?layout=My%20race");
        let uri = format!("/overlay/map?token={value}").parse().unwrap();
        let Verdict::Redirected { address, cookie } = guard.judge(HERE, local(), &uri, &headers(&[host])) else {
            panic!()
        };
        assert_eq!(address, "/overlay/map");
        assert!(cookie.starts_with(&format!("acevo-7333={value}; ")), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let linked = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(matches!(guard.judge(HERE, local(), &uri, &headers(&linked)), Verdict::Accepted { cookie: Some(_) }));
    }

    #[test]
    fn judge_redeems_a_code_once_and_only_for_this_computer() {
        let guard = Guard::new(7333, Some(Token::new().unwrap()));
        let uri: Uri = format!("/{}&view=dash", guard.one_time_query().unwrap()).parse().unwrap();
        let lan = SocketAddr::from(([192, 168, 1, 5], 7333));
        let judge = |client, local: SocketAddr, uri: &Uri, more: &[(&'static str, &str)]| {
            let host = local.to_string();
            guard.judge(client, local, uri, &headers(&[&[("host", host.as_str())], more].concat()))
        };
        let is_refused = |verdict| matches!(verdict, Verdict::Refused(StatusCode::UNAUTHORIZED, _));
        assert!(is_refused(judge([192, 168, 1, 9].into(), lan, &uri, &[])), "another computer");
        assert!(is_refused(judge([192, 168, 1, 9].into(), local(), &uri, &[])), "a foreign packet");
        let document = format!("/api/laps?{}", uri.query().unwrap()).parse().unwrap();
        assert!(is_refused(judge(HERE, local(), &document, &[])), "a document");
        let linked = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(is_refused(judge(HERE, local(), &uri, &linked)), "another site");
        let Verdict::Redirected { address, cookie } = judge(HERE, local(), &uri, &[]) else { panic!() };
        assert_eq!(address, "/?view=dash");
        let cookie = cookie.split(';').next().unwrap();
        assert_eq!(status(&guard, "/", &[("host", "127.0.0.1:7333"), ("cookie", cookie)]), 200);
        assert!(is_refused(judge(HERE, local(), &uri, &[])), "twice");
        assert_eq!(judge(HERE, local(), &uri, &[("cookie", cookie)]), Verdict::Accepted { cookie: None });
        assert_eq!(Guard::new(7333, None).one_time_query().unwrap(), "");
    }
}
