//! The supervised connection: waits for the game, attaches, notices that it has gone, waits again. Never ends by itself.
//!
//! Time is passed in, nothing sleeps here.

use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error, PageKind};

/// Between two looks for a game that is not there.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A live game that does not move for this long has ended without anybody telling.
const STALE: Duration = Duration::from_secs(3);

/// How to attach.
pub(crate) type Open = Box<dyn FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send>;

/// Where the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not there, or not any more, and why. Waiting for it.
    Absent(String),
    /// There, and cannot be used, and why.
    Unusable(String),
    /// There and live by its own word, but nothing moves: a page that has outlived its game.
    Frozen,
    /// There, but nothing was ever written to it.
    Empty,
    /// Telemetry can be read.
    Attached,
}

impl Link {
    fn of(error: &Error) -> Self {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(deeper) = cause {
            text.push_str(&format!(": {deeper}"));
            cause = deeper.source();
        }
        if error.is_absence() { Self::Absent(text) } else { Self::Unusable(text) }
    }

    /// What is the matter, in a few words.
    pub(crate) const fn headline(&self) -> &'static str {
        match self {
            Self::Absent(_) => "Waiting for Assetto Corsa EVO",
            Self::Unusable(_) => "Assetto Corsa EVO cannot be read",
            Self::Frozen => "The telemetry stands still",
            Self::Empty => "The game has not written anything yet",
            Self::Attached => "Attached",
        }
    }

    /// Why, and what comes next.
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Absent(reason) | Self::Unusable(reason) => reason,
            Self::Frozen => {
                "It says that it is live, but nothing has moved for some seconds: the game has ended and its pages were left \
                 behind, by another program that keeps them or by a publisher that was killed. Looking again until it moves."
            }
            Self::Empty => {
                "The pages are there and empty: the game is starting, or another program has made them. Looking again."
            }
            Self::Attached => "Telemetry can be read.",
        }
    }
}

/// A connection that looks after itself as long as it is polled.
pub(crate) struct Connection {
    open: Open,
    link: Link,
    held: Option<Held>,
    next_look: Option<Instant>,
    /// Counters of the pages that were let go because they stood still; the same ones are no news.
    left: Option<[i32; 2]>,
}

struct Held {
    mapper: ACEvoSharedMemoryMapper,
    counters: [i32; 2],
    moved: Instant,
}

impl Connection {
    pub(crate) fn new(open: Open) -> Self {
        let link = Link::Absent("looking for the game".into());
        Self { open, link, held: None, next_look: None, left: None }
    }

    /// Looks after the connection, and tells whether [`link`](Self::link) has changed. To be called often.
    pub(crate) fn poll(&mut self, now: Instant) -> bool {
        let link = if self.held.is_some() { self.watch(now) } else { self.look(now) };
        match link {
            Some(link) if link != self.link => {
                self.link = link;
                true
            }
            _ => false,
        }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// The pages, while attached.
    pub(crate) fn mapper(&self) -> Option<&ACEvoSharedMemoryMapper> {
        self.held.as_ref().map(|held| &held.mapper)
    }

    /// Counters of the physics and the graphics page at the last poll, while attached.
    pub(crate) fn counters(&self) -> Option<[i32; 2]> {
        self.held.as_ref().map(|held| held.counters)
    }

    fn look(&mut self, now: Instant) -> Option<Link> {
        if self.next_look.is_some_and(|next| now < next) {
            return None;
        }
        self.next_look = Some(now + LOOK_EVERY);
        let found = (self.open)().and_then(|mapper| Ok((counters(&mapper)?, is_empty(&mapper)?, mapper)));
        let (counters, empty, mapper) = match found {
            Ok(found) => found,
            Err(error) => {
                self.left = None;
                return Some(Link::of(&error));
            }
        };
        if empty {
            self.left = None;
            return Some(Link::Empty);
        }
        if self.left == Some(counters) {
            return None;
        }
        self.left = None;
        self.held = Some(Held { mapper, counters, moved: now });
        Some(Link::Attached)
    }

    fn watch(&mut self, now: Instant) -> Option<Link> {
        let held = self.held.as_mut()?;
        let status = match counters(&held.mapper) {
            Ok(counters) if counters != held.counters => {
                held.counters = counters;
                held.moved = now;
                return None;
            }
            Ok(_) if now.saturating_duration_since(held.moved) < STALE => return None,
            Ok(_) => held.mapper.try_graphics().map(|graphics| graphics.status()),
            Err(error) => Err(error),
        };
        match status {
            // A pause is not a disconnect, however long it takes.
            Ok(ACEvoStatus::Pause | ACEvoStatus::Replay) => None,
            // Let go of everything: a held page of a dead game would stay for ever.
            Ok(ACEvoStatus::Live) => {
                self.left = Some(held.counters);
                self.held = None;
                Some(Link::Frozen)
            }
            // In the menu nothing need move. Look again, in case that these are not the game's pages any more.
            Ok(_) => {
                self.held = None;
                self.next_look = None;
                self.look(now)
            }
            Err(error) => {
                self.held = None;
                self.next_look = Some(now + LOOK_EVERY);
                Some(Link::of(&error))
            }
        }
    }
}

fn counters(mapper: &ACEvoSharedMemoryMapper) -> Result<[i32; 2], Error> {
    Ok([mapper.packet_id(PageKind::Physics)?, mapper.packet_id(PageKind::Graphics)?])
}

/// No counter has begun and nothing is in the page: not a live game.
pub(crate) fn is_empty(mapper: &ACEvoSharedMemoryMapper) -> Result<bool, Error> {
    use acevo_shared_memory::Page as _;
    Ok(counters(mapper)? == [0, 0] && mapper.try_graphics()?.raw().as_bytes().iter().all(|byte| *byte == 0))
}

#[cfg(test)]
mod tests;
