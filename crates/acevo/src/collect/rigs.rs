//! Tokens of rigs.

use std::path::Path;

use anyhow::{Context, ensure};
use axum::http::StatusCode;

use super::names::Place;
use super::refusal::Refusal;
use crate::output::name_of;
use crate::token::{self, Token};

/// Maximum size of a file with tokens, bytes.
const MAX_BYTES: u64 = 4 << 20;

/// The tokens that are accepted.
#[derive(Debug)]
pub(crate) enum Tokens {
    /// One for all rigs.
    One(Token),
    /// One per rig: `SITE/RIG`, and its token.
    PerRig(Vec<(String, Token)>),
}

impl Tokens {
    /// The tokens of a file with lines of `SITE/RIG` and a token. Empty lines, and those that begin with `#`, are ignored.
    ///
    /// # Errors
    /// If the file cannot be read, if other users can read or change it, or if a line is wrong.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = token::read_private(path, MAX_BYTES)?;
        Self::parse(&text).with_context(|| format!("{} is not a file of rigs and tokens", name_of(path)))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut rigs = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || format!("line {}", number + 1);
            let parts: Vec<_> = line.split_whitespace().collect();
            let [rig, token] = parts[..] else {
                return Err(anyhow::anyhow!("expected SITE/RIG and a token").context(wrong()));
            };
            let rig = if rig.contains('/') { rig.to_owned() } else { format!("default/{rig}") };
            let (site, name) = rig.split_once('/').unwrap_or_default();
            let place = Place::new(site, name, "a.acevo");
            place.map_err(|refusal| anyhow::anyhow!(refusal.reason)).with_context(wrong)?;
            rigs.push((rig, Token::parse(token).with_context(wrong)?));
        }
        ensure!(!rigs.is_empty(), "it has no lines of SITE/RIG and a token");
        Ok(Self::PerRig(rigs))
    }

    /// Accepts or refuses the token of a request for a place.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn check(&self, candidate: Option<&str>, place: &Place) -> Result<(), Refusal> {
        let candidate = candidate.unwrap_or_default();
        let (is_known, is_allowed) = match self {
            Self::One(token) => (token.is(candidate), true),
            Self::PerRig(rigs) => {
                let folder = place.folder();
                // All are compared: the time does not depend on which one it is.
                rigs.iter().fold((false, false), |(is_known, is_allowed), (rig, token)| {
                    let is_it = token.is(candidate);
                    (is_known | is_it, is_allowed | (is_it & (*rig == folder)))
                })
            }
        };
        match (is_known, is_allowed) {
            (true, true) => Ok(()),
            (true, false) => Err(Refusal::new(StatusCode::FORBIDDEN, "This token belongs to another rig.")),
            (false, _) => Err(Refusal::new(StatusCode::UNAUTHORIZED, "The token is missing or wrong.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# rigs of the club\nclub/rig-1  token-of_rig-1-abcdef\n\nrig-2 0123456789abcdef\n";

    #[test]
    fn check_accepts_a_token_for_its_rig_only() {
        let tokens = Tokens::parse(TEXT).unwrap();
        let check = |token, site, rig| {
            let place = Place::new(site, rig, "a.acevo").unwrap();
            tokens.check(token, &place).map_err(|refusal| refusal.status.as_u16())
        };
        assert_eq!(check(Some("token-of_rig-1-abcdef"), "club", "rig-1"), Ok(()));
        assert_eq!(check(Some("0123456789abcdef"), "default", "rig-2"), Ok(()));
        assert_eq!(check(Some("0123456789abcdef"), "club", "rig-1"), Err(403));
        assert_eq!(check(Some("0123456789abcdeF"), "default", "rig-2"), Err(401));
        assert_eq!(check(None, "club", "rig-1"), Err(401));
    }

    #[test]
    fn parse_names_the_line_that_is_wrong() {
        for wrong in
            ["", "# only", "club/rig-1", "club/rig-1 short", "Club/rig 0123456789abcdef", "a/b/c 0123456789abcdef"]
        {
            assert!(Tokens::parse(wrong).is_err(), "{wrong}");
        }
        let error = format!("{:#}", Tokens::parse("\nclub/rig-1 aaaaaaaaaaaaaaaaaaaa").unwrap_err());
        assert!(error.contains("line 2"), "{error}");
    }

    proptest! {
        #[test]
        fn parse_of_any_text_does_not_panic(text: String) {
            let _ = Tokens::parse(&text);
        }
    }
}
