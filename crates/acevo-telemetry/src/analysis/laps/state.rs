//! The states of a lap.

use super::awaiting_time::AwaitingTime;
use super::running::RunningLap;

/// The lap in progress, and the one before it as long as its time is missing.
#[derive(Debug, Clone, Default)]
pub(super) enum LapState {
    /// No lap runs, and none waits for its time.
    #[default]
    Idle,
    /// A lap runs.
    Running(Box<RunningLap>),
    /// A lap has crossed the line and waits until the game publishes its time. The next lap runs meanwhile, unless it was broken off.
    AwaitingTime {
        /// The lap that waits.
        ended: Box<AwaitingTime>,
        /// The lap that runs.
        next: Option<Box<RunningLap>>,
    },
}

impl LapState {
    /// The lap that runs.
    pub(super) fn running(&self) -> Option<&RunningLap> {
        match self {
            Self::Idle => None,
            Self::Running(lap) => Some(lap),
            Self::AwaitingTime { next, .. } => next.as_deref(),
        }
    }

    /// The lap that runs, to be changed.
    pub(super) fn running_mut(&mut self) -> Option<&mut RunningLap> {
        match self {
            Self::Idle => None,
            Self::Running(lap) => Some(lap),
            Self::AwaitingTime { next, .. } => next.as_deref_mut(),
        }
    }

    /// The lap that waits for its time.
    pub(super) fn awaiting_mut(&mut self) -> Option<&mut AwaitingTime> {
        match self {
            Self::AwaitingTime { ended, .. } => Some(ended),
            Self::Idle | Self::Running(_) => None,
        }
    }

    /// A lap begins. It replaces the one that runs.
    pub(super) fn begin(&mut self, lap: RunningLap) {
        let lap = Box::new(lap);
        match self {
            Self::Idle | Self::Running(_) => *self = Self::Running(lap),
            Self::AwaitingTime { next, .. } => *next = Some(lap),
        }
    }

    /// The running lap has crossed the line. It replaces one that still waits for its time.
    pub(super) fn await_time(&mut self, ended: AwaitingTime) {
        let next = match std::mem::take(self) {
            Self::Idle => None,
            Self::Running(lap) => Some(lap),
            Self::AwaitingTime { next, .. } => next,
        };
        *self = Self::AwaitingTime { ended: Box::new(ended), next };
    }

    /// Removes the lap that runs.
    pub(super) fn take_running(&mut self) -> Option<RunningLap> {
        let lap = match self {
            Self::Idle => None,
            Self::Running(_) => match std::mem::take(self) {
                Self::Running(lap) => Some(lap),
                Self::Idle | Self::AwaitingTime { .. } => None,
            },
            Self::AwaitingTime { next, .. } => next.take(),
        };
        lap.map(|lap| *lap)
    }

    /// Removes the lap that waits for its time.
    pub(super) fn take_awaiting(&mut self) -> Option<AwaitingTime> {
        match std::mem::take(self) {
            Self::AwaitingTime { ended, next } => {
                *self = next.map_or(Self::Idle, Self::Running);
                Some(*ended)
            }
            other => {
                *self = other;
                None
            }
        }
    }
}
