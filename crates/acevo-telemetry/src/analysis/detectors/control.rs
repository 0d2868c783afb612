//! Race control: phase, flags, start lights.

use acevo_shared_memory::{ACEvoFlagType, Frame, Text};

use super::Thresholds;
use super::held::Held;
use crate::analysis::event::SessionEventKind;

/// Start lights that are on for less than this, in seconds, are none.
const LIGHTS_S: f64 = 0.2;

/// Between two starts there are at least so many seconds.
const STARTS_S: f64 = 5.0;

/// No start has more lights.
const MOST_LIGHTS: i32 = 20;

#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    phase: Held<Text<33>>,
    flag: Held<i32>,
    global_flag: Held<i32>,
    /// The global flag that is shown was told.
    is_global_told: bool,
    lights: Held<bool>,
    green_at: Option<f64>,
}

impl Control {
    /// Another session begins: the phase is all that goes on.
    pub(super) fn begin(&mut self) {
        *self = Self { phase: std::mem::take(&mut self.phase), ..Self::default() };
    }

    pub(super) fn note(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let phase = frame.graphics.raw().session_state.phase_name;
        if !phase.as_str().is_empty()
            && let Some(change) = self.phase.note(phase, now, limits.hold_s)
        {
            let before = change.before.map(|before| before.as_str().to_owned());
            out.push(SessionEventKind::Phase { name: phase.as_str().to_owned(), before });
        }
        self.note_flags(frame, now, limits.hold_s, out);
        self.note_lights(frame.graphics.raw().session_state.lights_on, now, out);
    }

    fn note_flags(&mut self, frame: &Frame, now: f64, hold: f64, out: &mut Vec<SessionEventKind>) {
        let page = frame.graphics.raw();
        let none = ACEvoFlagType::NoFlag.value();
        // Global first is not told where the player is shown the same: both are taken before either is judged.
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
            let is_withdrawn = page.global_flag == none;
            let is_news = if is_withdrawn { self.is_global_told } else { page.global_flag != page.flag };
            if before != page.global_flag && is_news {
                out.push(SessionEventKind::Flag {
                    flag: page.global_flag.into(),
                    before: before.into(),
                    for_all: true,
                });
            }
            self.is_global_told = is_news && !is_withdrawn;
        }
    }

    /// The lights come on one by one, and go out together.
    fn note_lights(&mut self, lights: i32, now: f64, out: &mut Vec<SessionEventKind>) {
        let is_on = (1..=MOST_LIGHTS).contains(&lights);
        let is_again = self.green_at.is_some_and(|at| now - at < STARTS_S);
        // Green is green at once.
        let hold = if is_on { LIGHTS_S } else { 0.0 };
        let change = self.lights.change(is_on && !is_again, now, hold);
        out.extend(change.map(|_| if is_on { SessionEventKind::StartLights } else { SessionEventKind::Green }));
        if out.last() == Some(&SessionEventKind::Green) {
            self.green_at = Some(now);
        }
    }
}
