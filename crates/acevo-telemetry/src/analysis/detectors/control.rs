//! Race control: phase, flags, start lights.

use acevo_shared_memory::{ACEvoFlagType, Frame, Text};

use super::debounce::Debounced;
use super::thresholds::Thresholds;
use crate::analysis::event::SessionEventKind;
use crate::limits;

/// Minimum time for which start lights are on, seconds.
const MIN_LIGHTS_S: f64 = 0.2;

/// Minimum time between two starts, seconds.
const MIN_START_INTERVAL_S: f64 = 5.0;

#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    phase: Debounced<Text<33>>,
    flag: Debounced<i32>,
    global_flag: Debounced<i32>,
    /// The global flag that is shown was reported.
    is_global_reported: bool,
    lights: Debounced<bool>,
    green_at: Option<f64>,
}

impl Control {
    /// Another session begins: only the phase continues.
    pub(super) fn begin_session(&mut self) {
        *self = Self { phase: std::mem::take(&mut self.phase), ..Self::default() };
    }

    pub(super) fn note(&mut self, frame: &Frame, now: f64, thresholds: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let phase = frame.graphics.raw().session_state.phase_name;
        if !phase.as_str().is_empty()
            && let Some(change) = self.phase.note(phase, now, thresholds.hold_s)
        {
            let before = change.before.map(|before| before.as_str().to_owned());
            out.push(SessionEventKind::Phase { name: phase.as_str().to_owned(), before });
        }
        self.note_flags(frame, now, thresholds.hold_s, out);
        self.note_lights(frame.graphics.raw().session_state.lights_on, now, out);
    }

    fn note_flags(&mut self, frame: &Frame, now: f64, hold: f64, out: &mut Vec<SessionEventKind>) {
        let page = frame.graphics.raw();
        let none = ACEvoFlagType::NoFlag.value();
        // A global flag is not reported if the player is shown the same one, so both are read before either is decided.
        let player = self.flag.note(page.flag, now, hold);
        let global = self.global_flag.note(page.global_flag, now, hold);
        if let Some(change) = player {
            let before = change.before.unwrap_or(none);
            if before != page.flag {
                out.push(SessionEventKind::Flag { flag: page.flag.into(), before: before.into(), for_all: false });
            }
        }
        if let Some(change) = global {
            let before = change.before.unwrap_or(none);
            let is_cleared = page.global_flag == none;
            let is_reported = if is_cleared { self.is_global_reported } else { page.global_flag != page.flag };
            if before != page.global_flag && is_reported {
                out.push(SessionEventKind::Flag {
                    flag: page.global_flag.into(),
                    before: before.into(),
                    for_all: true,
                });
            }
            self.is_global_reported = is_reported && !is_cleared;
        }
    }

    /// Takes the start lights, which come on one by one and go out together.
    fn note_lights(&mut self, lights: i32, now: f64, out: &mut Vec<SessionEventKind>) {
        let is_on = limits::START_LIGHTS.contains(&lights);
        let is_again = self.green_at.is_some_and(|at| now - at < MIN_START_INTERVAL_S);
        // The lights going out is the start, which is reported at once.
        let hold = if is_on { MIN_LIGHTS_S } else { 0.0 };
        let change = self.lights.change(is_on && !is_again, now, hold);
        out.extend(change.map(|_| if is_on { SessionEventKind::StartLights } else { SessionEventKind::Green }));
        if out.last() == Some(&SessionEventKind::Green) {
            self.green_at = Some(now);
        }
    }
}
