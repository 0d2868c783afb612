//! One-time codes. The address of a browser is an argument of its command, which all users of this computer can read. So it has a code
//! instead of the token: the browser exchanges it for the cookie, once, within a minute.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::token::Token;

/// Time within which a code is valid. A browser may take half of it to start.
pub(super) const VALID_FOR: Duration = Duration::from_secs(60);

/// The code that was issued last, until it is redeemed.
#[derive(Debug, Default)]
pub(super) struct OneTimeCode(Mutex<Option<(Token, Instant)>>);

impl OneTimeCode {
    /// Issues a new code. The last one is no longer valid.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn issue(&self, now: Instant) -> anyhow::Result<Token> {
        let code = Token::new()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((code.clone(), now));
        Ok(code)
    }

    /// True if this is the code and it is still valid. Then it is no longer valid.
    pub(super) fn redeem(&self, candidate: &str, now: Instant) -> bool {
        let mut issued = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_valid =
            |(code, at): &mut (Token, Instant)| code.is(candidate) && now.saturating_duration_since(*at) < VALID_FOR;
        issued.take_if(is_valid).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redeem_accepts_a_code_once_and_in_time() {
        let (codes, start) = (OneTimeCode::default(), Instant::now());
        assert!(!codes.redeem("", start));
        let code = codes.issue(start).unwrap();
        assert!(!codes.redeem(&code.as_str()[1..], start) && !codes.redeem(code.as_str(), start + VALID_FOR));
        assert!(codes.redeem(code.as_str(), start + VALID_FOR / 2), "a wrong code does not use it up");
        assert!(!codes.redeem(code.as_str(), start + VALID_FOR / 2));
        let (first, second) = (codes.issue(start).unwrap(), codes.issue(start).unwrap());
        assert!(!codes.redeem(first.as_str(), start) && codes.redeem(second.as_str(), start));
    }
}
