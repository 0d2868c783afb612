//! Says where the server is.

use std::io::{self, IsTerminal};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::Context;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use super::network;
use super::token::Token;
use crate::output::{print, say};

/// Where the server is.
#[derive(Debug)]
pub(super) struct Addresses {
    /// On this computer.
    here: String,
    /// In the network, the most likely one first: `None` if nobody is let in, and none if there is no network.
    lan: Option<Vec<String>>,
}

impl Addresses {
    /// With a secret, others are let in.
    pub(super) fn new(port: u16, token: Option<&Token>) -> Self {
        let query = token.map(|token| format!("?token={}", token.as_str())).unwrap_or_default();
        let address = |ip: IpAddr| format!("http://{ip}:{port}/{query}");
        Self {
            here: address(Ipv4Addr::LOCALHOST.into()),
            lan: token.is_some().then(|| network::addresses().into_iter().map(|ip| address(ip.into())).collect()),
        }
    }

    /// Tells people and scripts.
    pub(super) fn tell(&self, quiet: bool) -> anyhow::Result<()> {
        if !quiet {
            say(format_args!("acevo: {}", self.here));
            match self.lan.as_deref() {
                Some([lan, others @ ..]) => {
                    say(format_args!("acevo: for phones and other computers: {lan}"));
                    for other in others {
                        say(format_args!("acevo: or, in another network of this computer: {other}"));
                    }
                    if io::stderr().is_terminal() {
                        code(lan).iter().for_each(|code| say(format_args!("\n{code}\n")));
                    }
                }
                Some([]) => {
                    say(format_args!("acevo: warning: this computer is in no network: others cannot reach it"));
                }
                None => {}
            }
        }
        if !io::stdout().is_terminal() {
            for address in [&self.here].into_iter().chain(self.lan.iter().flatten()) {
                print(format!("{address}\n").as_bytes())?;
            }
        }
        Ok(())
    }

    /// Opens the page in a browser; where that fails says so.
    pub(super) fn open(&self) {
        let browser = opener(&self.here).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        match browser.context("no browser can be opened") {
            Ok(mut browser) => {
                // Only so that nothing is left of it in the system's table.
                thread::spawn(move || browser.wait());
            }
            Err(error) => say(format_args!("acevo: warning: {error:#}")),
        }
    }
}

fn opener(address: &str) -> Command {
    // Not `start`: a shell reads more into an address.
    let words: &[&str] = if cfg!(windows) {
        &["rundll32", "url.dll,FileProtocolHandler"]
    } else if cfg!(target_os = "macos") {
        &["open"]
    } else {
        &["xdg-open"]
    };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(address);
    command
}

/// An address for the camera of a phone: two modules in a letter, light on dark as terminals are.
fn code(address: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_small_enough_for_a_terminal() {
        let token = Token::new().unwrap();
        let code = code(&format!("http://192.168.100.100:7333/?token={}", token.as_str())).unwrap();
        let widths: Vec<_> = code.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]) && widths[0] <= 45, "{widths:?}");
        assert_eq!(widths.len(), widths[0].div_ceil(2));
        assert!(code.lines().next().unwrap().chars().all(|letter| letter == '█'), "a light margin:\n{code}");
    }
}
