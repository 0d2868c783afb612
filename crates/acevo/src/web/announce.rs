//! Prints the addresses of the server, and opens the page in a browser.

use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::Context;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::network;
use crate::output::{print_text, say, say_lines, say_unlogged, stderr_is_terminal, stdout_is_terminal};
use crate::token::Token;

/// The addresses of the server.
#[derive(Debug)]
pub(super) struct Addresses {
    /// On this computer. The token is not needed, but scripts pass it on.
    here: String,
    port: u16,
    reach: Reach,
}

/// The computers that can connect.
#[derive(Debug)]
enum Reach {
    /// Only this computer.
    Local,
    /// Other computers too, by these addresses, the most likely one first. Empty without a network.
    Network(Vec<String>),
}

impl Addresses {
    /// With a token, the server listens on the network.
    pub(super) fn new(port: u16, token: Option<&Token>) -> Self {
        let query = token.map(|token| format!("?token={}", token.as_str())).unwrap_or_default();
        let address = |ip: IpAddr| format!("http://{ip}:{port}/{query}");
        let reach = match token {
            Some(_) => Reach::Network(network::addresses().into_iter().map(|ip| address(ip.into())).collect()),
            None => Reach::Local,
        };
        Self { here: address(Ipv4Addr::LOCALHOST.into()), port, reach }
    }

    /// Prints the addresses: with explanations on stderr unless `quiet`, and one per line on stdout for scripts.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(super) fn print(&self, quiet: bool) -> anyhow::Result<()> {
        if !quiet {
            say_unlogged(format_args!("acevo: {}", self.here));
            match &self.reach {
                Reach::Network(addresses) => explain(addresses),
                Reach::Local => {}
            }
        }
        if !stdout_is_terminal() {
            for address in [&self.here].into_iter().chain(self.reach.addresses()) {
                print_text(&format!("{address}\n"))?;
            }
        }
        Ok(())
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Opens the page in a browser, or prints a warning if that fails. All users of this computer can read the address: it has no token.
    pub(super) fn open(&self) {
        open(&format!("http://{}:{}/", Ipv4Addr::LOCALHOST, self.port));
    }
}

/// Opens an address in a browser, or prints a warning if that fails.
pub(super) fn open(address: &str) {
    let browser = opener(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match browser.context("no browser can be opened; open the address yourself") {
        Ok(mut browser) => {
            // Waiting for the process lets the system forget it.
            thread::spawn(move || browser.wait());
        }
        Err(error) => say(format_args!("acevo: warning: {error:#}")),
    }
}

impl Reach {
    fn addresses(&self) -> &[String] {
        match self {
            Self::Local => &[],
            Self::Network(addresses) => addresses,
        }
    }
}

/// Prints the addresses for other computers, with a QR code for phones on a terminal.
fn explain(addresses: &[String]) {
    let [first, others @ ..] = addresses else {
        say(format_args!("acevo: warning: this computer has no network; other computers cannot connect"));
        return;
    };
    say_unlogged(format_args!("acevo: for phones and other computers: {first}"));
    for other in others {
        say_unlogged(format_args!("acevo: or, in another network of this computer: {other}"));
    }
    if stderr_is_terminal()
        && let Some(code) = qr_code(first)
    {
        say_lines(&format!("\n{code}\n"));
    }
}

/// The command that opens an address in the browser.
fn opener(address: &str) -> Command {
    // Not `start`: the shell would interpret characters of the address.
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

/// A QR code of an address: two modules per character, light on dark as on most terminals. `None` if the address is too long.
fn qr_code(address: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr_code_is_square_and_fits_a_terminal() {
        let token = Token::new().unwrap();
        let code = qr_code(&format!("http://192.168.100.100:7333/?token={}", token.as_str())).unwrap();
        let widths: Vec<_> = code.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]) && widths[0] <= 45, "{widths:?}");
        assert_eq!(widths.len(), widths[0].div_ceil(2));
        assert!(code.lines().next().unwrap().chars().all(|letter| letter == '█'), "a light margin:\n{code}");
    }
}
