//! Runs rounds of attacks until a limit.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::attacks::Attack;
use crate::figures::{Figures, Report};
use crate::lab::Lab;

/// When a run of the suite ends.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// After this number of rounds of each attack.
    Rounds(u32),
    /// No round starts after this time.
    Time(Duration),
}

/// A run of the suite.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program to attack.
    pub program: PathBuf,
    /// The attacks, which take turns.
    pub attacks: Vec<&'static Attack>,
    /// Seed of the first round; the following rounds count up.
    pub seed: u64,
    /// When it ends.
    pub limit: Limit,
    /// More and larger inputs in each round.
    pub is_long: bool,
    /// Folder for the inputs of findings; created if there are any.
    pub findings: PathBuf,
}

/// Runs rounds of all attacks in turns. `progress` gets a message about each round.
///
/// # Errors
/// If the folder of a round cannot be created.
pub fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> anyhow::Result<Report> {
    let start = Instant::now();
    let mut figures: Vec<_> =
        plan.attacks.iter().map(|attack| Figures { attack: attack.name, ..Figures::default() }).collect();
    let mut findings = Vec::new();
    let is_over = |round: u64| match plan.limit {
        Limit::Rounds(rounds) => round >= u64::from(rounds),
        Limit::Time(time) => start.elapsed() >= time,
    };
    let mut round = 0;
    while !is_over(round) {
        let seed = plan.seed.wrapping_add(round);
        for (attack, figures) in plan.attacks.iter().zip(&mut figures) {
            if is_over(round) {
                break;
            }
            let began = Instant::now();
            let mut lab = Lab::new(&plan.program, attack.name, seed, plan.is_long)?;
            // Helpers of tests panic. That is a finding, or a fault of the suite.
            match panic::catch_unwind(AssertUnwindSafe(|| (attack.round)(&mut lab))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => lab.report(format!("the round failed: {error:#}")),
                Err(payload) => lab.report(format!("the round failed: {}", text_of(&*payload))),
            }
            let (of_round, found) = lab.finish(&plan.findings);
            let took = began.elapsed().as_secs_f64();
            progress(&format!("{} {seed}: {} runs, {took:.1} s", attack.name, of_round.runs));
            found.iter().for_each(|finding| progress(&finding.to_string()));
            figures.merge(&of_round);
            findings.extend(found);
        }
        round += 1;
    }
    Ok(Report::new(plan.seed, start.elapsed(), figures, findings))
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
