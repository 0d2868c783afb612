//! Attacks on the real `acevo` program: hostile pages, hostile files, hostile clients, kills, full disks and pauses.
//!
//! An attack is a list of rounds. A round starts the program, often several times, and checks what `docs/reliability.md` promises: no
//! panic, a documented exit code, valid and clean output, bounded memory, descriptors and files, and an end. Each round has its own seed,
//! from which all its random choices come. A broken promise is a [`Finding`], whose folder has the seed and the input.
//!
//! The program `acevo-attack` runs rounds for some minutes; the tests of the program run some rounds of each attack. Attacks use signals
//! and `/proc`: this crate is empty on systems other than Linux.

#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]

mod attacks;
mod blocks;
mod figures;
mod hostile;
mod lab;
mod mutation;
mod output;
mod page_writer;
mod process;
mod server;
mod suite;

pub use attacks::{ATTACKS, Attack};
pub use figures::{Figures, Finding, Report};
pub use suite::{Limit, Plan, run};
