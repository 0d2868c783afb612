//! The library of this repository. On Linux it reads the producer, which runs under Wine, from outside.

#![forbid(unsafe_code)]

mod follow;

use acevo_peers::arguments::Arguments;
use acevo_peers::page::words_of;
use acevo_peers::reader::{self, Method, Read, Reader};
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

    fn methods(&self) -> Vec<Method<'_>> {
        vec![Method::new("view", || Ok(taken(&self.0.try_physics()?)))]
    }

    fn followers(&self) -> Vec<Method<'_>> {
        let mut follower = follow::Follower::new(&self.0);
        vec![Method::new(follow::METHOD, move || Ok(taken(&follower.next()?)))]
    }
}

fn taken(view: &PhysicsView<'_>) -> Taken {
    Taken { words: words_of(view.raw().as_bytes()), marked: !view.is_settled() }
}

#[cfg(windows)]
fn open(_: &Arguments) -> Result<ACEvoSharedMemoryMapper> {
    ACEvoSharedMemoryMapper::open().context("the producer's pages")
}

/// Attaches to the process, because other games may run on this machine, for example those of tests.
#[cfg(target_os = "linux")]
fn open(arguments: &Arguments) -> Result<ACEvoSharedMemoryMapper> {
    use acevo_shared_memory::source::WineProcess;
    let source = WineProcess::attach_to(arguments.get("game")?).context("the producer's pages")?;
    ACEvoSharedMemoryMapper::open_source(source).context("the producer's pages")
}

fn main() -> Result<()> {
    let arguments = Arguments::from_env();
    let name = if cfg!(windows) { "acevo" } else { "acevo, native Linux" };
    reader::run(name, &Ours(open(&arguments)?), &arguments)
}
