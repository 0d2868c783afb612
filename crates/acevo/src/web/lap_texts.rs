//! The laps as JSON. Each lap is serialized once, when the first client asks for it.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use acevo_telemetry::analysis::Lap;

use super::json::json;

/// The texts of laps.
#[derive(Debug, Default)]
pub(super) struct LapTexts(Mutex<Texts>);

#[derive(Debug, Default)]
struct Texts {
    /// The index of the first lap that is kept.
    first: usize,
    /// The number of seeks in a recording: after one, laps may be others.
    seeks: u32,
    /// The members of each lap, without the opening brace; `None` if they have not been needed yet.
    texts: VecDeque<Option<Arc<str>>>,
}

/// Laps and their indices.
pub(super) struct Laps<'a> {
    /// The laps that are kept, oldest first.
    pub(super) laps: &'a [Lap],
    /// The number of all laps that have ended, which is the index of the next one.
    pub(super) ended: usize,
    /// The number of seeks in a recording.
    pub(super) seeks: u32,
}

impl Laps<'_> {
    /// The index of the oldest lap that is kept.
    pub(super) const fn first(&self) -> usize {
        self.ended.saturating_sub(self.laps.len())
    }
}

impl Texts {
    /// Forgets laps that are no longer kept.
    fn align(&mut self, laps: &Laps<'_>) {
        if self.seeks != laps.seeks {
            *self = Self { seeks: laps.seeks, ..Self::default() };
        }
        let dropped = laps.first().saturating_sub(self.first).min(self.texts.len());
        self.texts.drain(..dropped);
        self.first = self.first.max(laps.first());
        self.texts.resize(laps.ended.saturating_sub(self.first).max(self.texts.len()), None);
    }

    /// The text of a lap, or `None` if it is not kept.
    fn text(&mut self, index: usize, laps: &Laps<'_>) -> Option<Arc<str>> {
        let lap = laps.laps.get(index.checked_sub(laps.first())?)?;
        let kept = self.texts.get_mut(index.checked_sub(self.first)?)?;
        Some(Arc::clone(kept.get_or_insert_with(|| json(lap).trim_start_matches('{').into())))
    }
}

impl LapTexts {
    /// These laps as elements of an array, each after a comma.
    pub(super) fn elements(&self, range: Range<usize>, laps: &Laps<'_>, has_trace: impl Fn(usize) -> bool) -> String {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.align(laps);
        let mut elements = String::new();
        for index in range {
            if let Some(text) = texts.text(index, laps) {
                let _ = write!(elements, ",{{\"index\":{index},\"trace\":{},{text}", has_trace(index));
            }
        }
        elements
    }
}

/// An array that is sent in pieces.
#[derive(Debug, Default)]
pub(super) struct Array {
    is_open: bool,
    has_elements: bool,
}

impl Array {
    /// The next piece, of elements that are each after a comma. It may be empty.
    pub(super) fn piece(&mut self, elements: &str, is_last: bool) -> String {
        let opening = if std::mem::replace(&mut self.is_open, true) { "" } else { "[" };
        let elements = if self.has_elements { elements } else { elements.trim_start_matches(',') };
        self.has_elements |= !elements.is_empty();
        let closing = if is_last { "]" } else { "" };
        [opening, elements, closing].concat()
    }
}

#[cfg(test)]
mod tests {
    use acevo_simulator::Scenario;
    use acevo_testkit::drive::{analysed, options};
    use serde_json::Value;

    use super::*;

    fn laps() -> Vec<Lap> {
        let (_, analysis, _) = analysed(options(Scenario::HotLaps, 1, 3));
        let laps: Vec<_> = analysis.laps().iter().cloned().collect();
        assert!(laps.len() >= 3);
        laps
    }

    fn parsed(text: &str) -> Vec<Value> {
        serde_json::from_str(&Array::default().piece(text, true)).unwrap()
    }

    #[test]
    fn elements_serializes_each_lap_once() {
        let (texts, laps) = (LapTexts::default(), laps());
        let all = Laps { laps: &laps, ended: laps.len(), seeks: 0 };
        let elements = parsed(&texts.elements(0..laps.len(), &all, |index| index == 1));
        assert_eq!(elements.len(), laps.len());
        for (index, (element, lap)) in elements.iter().zip(&laps).enumerate() {
            let mut expected: Value = serde_json::from_str(&json(lap)).unwrap();
            expected["index"] = index.into();
            expected["trace"] = (index == 1).into();
            assert_eq!(*element, expected);
        }
        let kept = texts.0.lock().unwrap().texts.clone();
        let again = texts.elements(0..laps.len(), &all, |_| false);
        assert!(parsed(&again).iter().all(|lap| lap["trace"] == false));
        let is_same =
            |(a, b): (&Option<Arc<str>>, &Option<Arc<str>>)| Arc::ptr_eq(a.as_ref().unwrap(), b.as_ref().unwrap());
        assert!(kept.iter().zip(&texts.0.lock().unwrap().texts).all(is_same));
    }

    #[test]
    fn elements_serializes_only_the_requested_laps() {
        let (texts, laps) = (LapTexts::default(), laps());
        let last = laps.len() - 1;
        let elements = texts.elements(last..laps.len(), &Laps { laps: &laps, ended: laps.len(), seeks: 0 }, |_| true);
        assert_eq!(parsed(&elements)[0]["index"], last);
        assert_eq!(texts.0.lock().unwrap().texts.iter().flatten().count(), 1);
    }

    #[test]
    fn elements_forgets_laps_that_are_no_longer_kept() {
        let (texts, laps) = (LapTexts::default(), laps());
        texts.elements(0..3, &Laps { laps: &laps[..3], ended: 3, seeks: 0 }, |_| true);
        let other = Laps { laps: &laps[1..2], ended: 1, seeks: 1 };
        let all = Laps { laps: &laps, ended: laps.len(), seeks: 0 };
        let after_seek = LapTexts::default();
        after_seek.elements(0..laps.len(), &all, |_| true);
        let elements = after_seek.elements(0..1, &other, |_| true);
        assert_eq!(parsed(&elements)[0]["number"], laps[1].number, "a seek replaces laps");
        // 100 laps later.
        let later = Laps { laps: &laps[..2], ended: 103, seeks: 0 };
        let elements = parsed(&texts.elements(0..103, &later, |_| true));
        assert_eq!(elements.iter().map(|lap| lap["index"].as_u64().unwrap()).collect::<Vec<_>>(), [101, 102]);
        let kept = |texts: &LapTexts| {
            let texts = texts.0.lock().unwrap();
            (texts.first, texts.texts.len())
        };
        assert_eq!(kept(&texts), (101, 2));
        // An older state, of a request that began before.
        assert_eq!(
            parsed(&texts.elements(0..3, &Laps { laps: &laps[..3], ended: 3, seeks: 0 }, |_| true)),
            [] as [Value; 0]
        );
    }

    #[test]
    fn pieces_are_an_array() {
        let joined = |pieces: &[&str]| {
            let mut array = Array::default();
            let last = pieces.len() - 1;
            pieces.iter().enumerate().map(|(index, piece)| array.piece(piece, index == last)).collect::<String>()
        };
        assert_eq!(joined(&[""]), "[]");
        assert_eq!(joined(&[",1,2", ",3"]), "[1,2,3]");
        // Laps of the first and the last piece are no longer kept.
        assert_eq!(joined(&["", ",1", "", ",2", ""]), "[1,2]");
    }
}
