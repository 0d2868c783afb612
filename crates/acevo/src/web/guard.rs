//! Who is let in. Other web pages in the driver's browser are not, whatever name they give this address (DNS rebinding); others in the
//! network are with the secret only.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::{StatusCode, Uri};

use super::token::Token;

/// Where browsers tell who asks.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// How long a browser keeps the secret: a season of a championship.
const COOKIE_SECONDS: u32 = 180 * 24 * 3600;

/// Lets in, or not.
#[derive(Debug)]
pub(super) struct Guard {
    token: Option<Token>,
    /// Cookies know no ports: two servers on one computer must not take each other's.
    cookie: String,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is answered; with a cookie where the secret was in the address.
    Welcome { cookie: Option<String> },
    /// The same address without the secret, which the cookie keeps: nobody reads it in the address bar.
    Elsewhere { address: String, cookie: String },
    /// It is not answered, and why.
    Refused(StatusCode, &'static str),
}

impl Guard {
    pub(super) fn new(port: u16, token: Option<Token>) -> Self {
        Self { token, cookie: format!("acevo-{port}") }
    }

    /// Judges a request that came to this address of ours.
    pub(super) fn judge(&self, local: SocketAddr, uri: &Uri, headers: &HeaderMap) -> Verdict {
        let host = only(headers, &HOST);
        let Some(host) = host.filter(|host| is_ours(host, local)) else {
            return Verdict::Refused(StatusCode::FORBIDDEN, "This is not the name of this server.\n");
        };
        let foreign = Verdict::Refused(StatusCode::FORBIDDEN, "Other pages may not read this.\n");
        if headers.contains_key(ORIGIN) && only(headers, &ORIGIN) != Some(&format!("http://{host}")) {
            return foreign;
        }
        let from_elsewhere = matches!(only(headers, &FETCH_SITE), Some("cross-site" | "same-site"));
        if from_elsewhere && only(headers, &FETCH_MODE) != Some("navigate") {
            return foreign;
        }
        let Some(token) = &self.token else { return Verdict::Welcome { cookie: None } };
        let known =
            self.cookies(headers).any(|guess| token.is(guess)) || bearer(headers).is_some_and(|it| token.is(it));
        match given(uri) {
            Some(guess) if token.is(guess) => {
                let cookie = format!(
                    "{}={}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict",
                    self.cookie,
                    token.as_str()
                );
                // A strict cookie does not follow a link from another page through a redirection.
                if is_page(uri) && !from_elsewhere {
                    Verdict::Elsewhere { address: without_token(uri), cookie }
                } else {
                    Verdict::Welcome { cookie: Some(cookie) }
                }
            }
            _ if known => Verdict::Welcome { cookie: None },
            _ => Verdict::Refused(
                StatusCode::UNAUTHORIZED,
                "This needs the address that `acevo serve --lan` has told, with its secret.\n",
            ),
        }
    }

    fn cookies<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let pairs = headers.get_all(COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
        let pairs = pairs.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        pairs.filter(|(name, _)| *name == self.cookie).map(|(_, value)| value)
    }
}

/// The value of a header that stands there once.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a host, with or without a port, is the address that was connected to. A name other than `localhost` never is: it may belong to
/// anybody. The port may be another one, as behind a tunnel.
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

fn bearer(headers: &HeaderMap) -> Option<&str> {
    only(headers, &AUTHORIZATION)?.strip_prefix("Bearer ")
}

/// The secret in an address.
fn given(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// Whether a person looks at it.
fn is_page(uri: &Uri) -> bool {
    uri.path() == "/" || uri.path().starts_with("/overlay/")
}

/// The path and what else was asked for. It begins with one slash: two would lead to another computer.
fn without_token(uri: &Uri) -> String {
    let rest: Vec<_> = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("token=")).collect();
    let path = uri.path().trim_start_matches('/');
    if rest.is_empty() { format!("/{path}") } else { format!("/{path}?{}", rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 7333))
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    fn status(guard: &Guard, uri: &str, pairs: &[(&'static str, &str)]) -> u16 {
        match guard.judge(local(), &uri.parse().unwrap(), &headers(pairs)) {
            Verdict::Welcome { .. } => 200,
            Verdict::Elsewhere { .. } => 303,
            Verdict::Refused(status, _) => status.as_u16(),
        }
    }

    #[test]
    fn a_host_is_the_address_that_was_connected_to() {
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
        assert!(is_ours("10.0.0.1", "[::ffff:10.0.0.1]:1".parse().unwrap()), "an IPv4 address by another name");
    }

    #[test]
    fn other_pages_are_kept_out() {
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
    fn a_secret_is_requested_in_all_ways_that_it_can_come() {
        let token = Token::new().unwrap();
        let guard = Guard::new(7333, Some(token.clone()));
        let (host, secret) = (("host", "127.0.0.1:7333"), token.as_str());
        assert_eq!(status(&guard, "/", &[host]), 401);
        assert_eq!(status(&guard, "/?token=", &[host]), 401);
        assert_eq!(status(&guard, &format!("/?token={secret}"), &[("host", "evil.example")]), 403);
        assert_eq!(status(&guard, &format!("/api/laps?token={secret}"), &[host]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("authorization", &format!("Bearer {secret}"))]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("authorization", secret)]), 401);
        assert_eq!(status(&guard, "/ws", &[host, ("cookie", &format!("a=b; acevo-7333={secret}"))]), 200);
        assert_eq!(status(&guard, "/ws", &[host, ("cookie", &format!("acevo-7334={secret}"))]), 401);

        let uri = format!("//overlay/map?scale=2&token={secret}&seconds=5").parse().unwrap();
        assert_eq!(without_token(&uri), "/overlay/map?scale=2&seconds=5");
        let uri = format!("/overlay/map?token={secret}").parse().unwrap();
        let Verdict::Elsewhere { address, cookie } = guard.judge(local(), &uri, &headers(&[host])) else { panic!() };
        assert_eq!(address, "/overlay/map");
        assert!(cookie.starts_with(&format!("acevo-7333={secret}; ")), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let linked = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(matches!(guard.judge(local(), &uri, &headers(&linked)), Verdict::Welcome { cookie: Some(_) }));
    }
}
