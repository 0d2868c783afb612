//! This repository's library. The same source for Windows and for Linux, where the producer runs under Wine and this does not.

#![forbid(unsafe_code)]

mod follow;

use acevo_peers::arguments::Arguments;
use acevo_peers::page::words_of;
use acevo_peers::reader::{self, Read, Reader, Way};
use acevo_peers::taken::Taken;
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Page, PhysicsView};
use anyhow::{Context, Result};

struct Ours(ACEvoSharedMemoryMapper);

impl Reader for Ours {
    fn reads(&self) -> Vec<Read<'_>> {
        let Self(mapper) = self;
        let (mut physics, mut graphics, mut session) = (mapper.physics(), mapper.graphics(), mapper.static_data());
        let refreshed = move || Ok::<_, Error>((physics.refresh()?, graphics.refresh()?, session.refresh()?));
        vec![
            Read::new("view", "physics", || mapper.physics()),
            Read::new("view", "graphics", || mapper.graphics()),
            Read::new("frame", "all three", || mapper.frame()),
            Read::new("views kept and refreshed", "all three", refreshed),
        ]
    }

    fn ways(&self) -> Vec<Way<'_>> {
        vec![Way::new("view", || Ok(taken(&self.0.try_physics()?)))]
    }

    fn followers(&self) -> Vec<Way<'_>> {
        let mut follower = follow::Follower::new(&self.0);
        vec![Way::new(follow::HOW, move || Ok(taken(&follower.next()?)))]
    }
}

fn taken(view: &PhysicsView<'_>) -> Taken {
    Taken { words: words_of(view.raw().as_bytes()), marked: !view.is_settled() }
}

#[cfg(windows)]
fn open(_: &Arguments) -> Result<ACEvoSharedMemoryMapper> {
    ACEvoSharedMemoryMapper::open().context("the producer's pages")
}

/// By the process, for there may be other games on this machine, as tests under Wine have them.
#[cfg(target_os = "linux")]
fn open(arguments: &Arguments) -> Result<ACEvoSharedMemoryMapper> {
    use acevo_shared_memory::source::WineProcess;
    let source = WineProcess::attach_to(arguments.get("game")?).context("the producer's pages")?;
    ACEvoSharedMemoryMapper::open_source(source).context("the producer's pages")
}

fn main() -> Result<()> {
    let arguments = Arguments::of_this_process();
    let name = if cfg!(windows) { "acevo" } else { "acevo, native Linux" };
    reader::run(name, &Ours(open(&arguments)?), &arguments)
}
