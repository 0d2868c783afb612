//! Runs the attacks on the `acevo` program and prints figures.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod arguments {
    use std::path::PathBuf;
    use std::time::Duration;

    use acevo_attack::{ATTACKS, Limit, Plan};
    use anyhow::{Context as _, bail};
    use clap::Parser;

    /// Attacks the acevo program with hostile pages, files and clients, and prints figures.
    ///
    /// The exit code is 1 if a promise of docs/reliability.md does not hold. Each finding has a folder with its seed and its input.
    #[derive(Debug, Parser)]
    #[command(name = "acevo-attack", max_term_width = 100)]
    pub(crate) struct Arguments {
        /// Minutes after which no round starts any more
        #[arg(long, value_name = "N", default_value = "10")]
        minutes: f64,
        /// Number of rounds of each attack, instead of --minutes
        #[arg(long, value_name = "N", conflicts_with = "minutes")]
        rounds: Option<u32>,
        /// Seed of the first round [default: a random one, which is printed]
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
        /// The program to attack [default: acevo next to this program]
        #[arg(long, value_name = "PATH")]
        program: Option<PathBuf>,
        /// Only this attack; may be given several times
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
        /// The smaller inputs that the tests use
        #[arg(long)]
        short: bool,
        /// Folder for the findings
        #[arg(long, value_name = "FOLDER", default_value = "attack-findings")]
        findings: PathBuf,
        /// Print the figures as JSON
        #[arg(long)]
        pub(crate) json: bool,
        /// List the attacks
        #[arg(long)]
        pub(crate) list: bool,
    }

    impl Arguments {
        /// The plan of the run.
        pub(crate) fn plan(&self) -> anyhow::Result<Plan> {
            let program = match &self.program {
                Some(program) => program.clone(),
                None => std::env::current_exe().context("the path of this program is unknown")?.with_file_name("acevo"),
            };
            let build = "build it with `cargo build --release -p acevo`, or use --program";
            let program =
                program.canonicalize().with_context(|| format!("no program {}: {build}", program.display()))?;
            for name in &self.only {
                if !ATTACKS.iter().any(|attack| attack.name == name) {
                    bail!("no attack {name}; --list shows all");
                }
            }
            let attacks = ATTACKS
                .iter()
                .filter(|attack| self.only.is_empty() || self.only.iter().any(|name| name == attack.name));
            if !(self.minutes > 0.0 && self.minutes < 1e6) {
                bail!("--minutes must be positive");
            }
            Ok(Plan {
                program,
                attacks: attacks.collect(),
                seed: self.seed.unwrap_or_else(random_seed),
                limit: self.rounds.map_or(Limit::Time(Duration::from_secs_f64(self.minutes * 60.0)), Limit::Rounds),
                is_long: !self.short,
                findings: self.findings.clone(),
            })
        }
    }

    /// A seed that differs between runs; short, because users type it.
    fn random_seed() -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        (now.as_nanos() as u64 ^ u64::from(std::process::id()).rotate_left(32)) % 1_000_000_007
    }
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<ExitCode> {
    use std::io::{self, Write};

    use acevo_attack::{ATTACKS, run};
    use clap::Parser;

    let arguments = arguments::Arguments::parse();
    let mut stdout = io::stdout();
    if arguments.list {
        for attack in ATTACKS {
            writeln!(stdout, "{:<11} {}", attack.name, attack.summary)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let plan = arguments.plan()?;
    eprintln!("attacking {} with seed {}", plan.program.display(), plan.seed);
    let report = run(&plan, |message| eprintln!("{message}"))?;
    if arguments.json {
        serde_json::to_writer_pretty(&mut stdout, &report)?;
        writeln!(stdout)?;
    } else {
        write!(stdout, "{report}")?;
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("the attacks use signals and /proc: they run on Linux only");
    ExitCode::from(2)
}
