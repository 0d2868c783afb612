//! Ctrl-C while Rust is at work.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// Time between two looks for a signal.
const INTERVAL: Duration = Duration::from_millis(50);

/// Calls between two looks at the clock.
const CALLS: u32 = 512;

/// Notices Ctrl-C in a loop that has detached from the interpreter.
pub(crate) struct Interrupt {
    state: RefCell<State>,
}

struct State {
    calls: u32,
    next: Instant,
    raised: Option<PyErr>,
}

impl Interrupt {
    pub(crate) fn new() -> Self {
        Self { state: RefCell::new(State { calls: 0, next: Instant::now() + INTERVAL, raised: None }) }
    }

    /// False after Ctrl-C, or another signal whose handler has raised an exception.
    pub(crate) fn keep_going(&self) -> bool {
        let mut state = self.state.borrow_mut();
        state.calls += 1;
        if state.calls < CALLS {
            return state.raised.is_none();
        }
        state.calls = 0;
        let now = Instant::now();
        if now >= state.next && state.raised.is_none() {
            state.next = now + INTERVAL;
            // Python runs handlers of signals in its main thread only; in others this does nothing.
            state.raised = Python::attach(|py| py.check_signals()).err();
        }
        state.raised.is_none()
    }

    /// The exception that has ended the loop.
    pub(crate) fn check(self) -> PyResult<()> {
        self.state.into_inner().raised.map_or(Ok(()), Err)
    }
}
