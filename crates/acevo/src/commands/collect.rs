//! `acevo collect`: accepts recordings of rigs.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use acevo_export::Progress;
use acevo_lake::{AddOptions, Lake, Origin};
use anyhow::{Context, anyhow};

use crate::cli::CollectArgs;
use crate::collect::{AddToLake, Depot, LakeQueue, Tokens};
use crate::network;
use crate::output::{complain, name_of, say, say_unlogged};
use crate::shutdown::Stop;
use crate::token::{self, Token};
use crate::web::collect::CollectServer;

pub(crate) fn run(args: &CollectArgs) -> anyhow::Result<ExitCode> {
    let plan = args.plan();
    let stop = Stop::on_signal()?;
    let depot = Arc::new(Depot::open(&plan.folder, plan.min_free_bytes)?);
    let (tokens, token) = match args.rigs() {
        Some(file) => (Tokens::read(file)?, format!("the tokens of {}", name_of(file))),
        None => {
            let file = args.token_file().map(PathBuf::from).or_else(|| token::kept_path(token::COLLECT_FILE));
            let file = file.context("there is no folder to keep the token in: name a file with --token-file")?;
            let token = Token::kept_in(&file)?;
            let text = format!("the token is {} (file {})", token.as_str(), name_of(&file));
            (Tokens::One(token), text)
        }
    };
    let is_quiet = plan.is_quiet;
    let add = args.lake.as_deref().map(|folder| lake(folder, &depot, &stop)).transpose()?;
    let queue = LakeQueue::start(Arc::clone(&depot), add, stop.clone(), is_quiet)?;
    let server = CollectServer::listen(plan, tokens, depot, &queue)?;
    if !is_quiet {
        announce(server.address(), &token);
    }
    stop.exit_if_stuck_for(STUCK_AFTER, || {
        complain(&anyhow!("acevo was asked to end but did not in time: writing to the disk hangs"));
    });
    let served = server.run(&stop);
    stop.request();
    queue.finish();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// What adds a recording to a lake.
fn lake(folder: &Path, depot: &Depot, stop: &Stop) -> anyhow::Result<AddToLake> {
    let lake = Lake::open(folder).with_context(|| format!("cannot use the lake {}", name_of(folder)))?;
    depot.use_lake(folder, lake.existing().is_empty())?;
    let mut stopped = Stopped(stop.clone());
    Ok(Box::new(move |path, site, rig| {
        lake.add(path, &Origin::new(site, rig), &AddOptions::default(), &mut stopped)?;
        Ok(())
    }))
}

/// Cancels when the program is asked to end: the recording is added after the next start.
struct Stopped(Stop);

impl Progress for Stopped {
    fn is_cancelled(&self) -> bool {
        self.0.is_requested()
    }
}

/// Prints where rigs deliver recordings.
fn announce(address: SocketAddr, token: &str) {
    let of_network = || network::addresses().into_iter().map(IpAddr::V4).next();
    let ip = address.ip();
    let host = if ip.is_unspecified() { of_network().unwrap_or(ip) } else { ip };
    say(format_args!("acevo: listening on {address}; Ctrl-C quits"));
    say_unlogged(format_args!("acevo: {token}"));
    let host = SocketAddr::new(host, address.port());
    say(format_args!(
        "acevo: on each rig: upload.url = \"http://{host}\", and the token in the file upload.token_file"
    ));
}

/// Time to complete what is being written to a slow disk.
const STUCK_AFTER: std::time::Duration = std::time::Duration::from_secs(60);
