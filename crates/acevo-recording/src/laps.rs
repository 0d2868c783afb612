//! The laps of a recording, with their times, and their selection.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{Read, Seek};
use std::ops::{ControlFlow, RangeInclusive};
use std::time::Duration;

use acevo_telemetry::analysis::{Analysis, Incomplete, Lap, LapId, LapKind, SessionEvent, SessionEventKind, Settings};
use acevo_telemetry::format_lap_time;
use acevo_telemetry::personal::CarAndTrack;

use super::analyze::{AnalyzedStep, analyze};
use super::error::RecordingError;
use super::lap_selector::{LapSelection, LapSelector, RecordingPosition};
use super::reader::Recording;
use super::summary::SessionNames;

/// Seconds. A lap is first seen at most this long after it began, unless frames are missing.
const MAX_FIRST_FRAME_S: f64 = 0.05;

/// Seconds. A lap that is older than this when its ID is first seen did not begin then: it got another ID.
const MAX_NEW_LAP_S: f64 = 0.25;

/// Why a lap or a position cannot be found in a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LapError {
    /// The recording cannot be read or written.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// No lap of the recording is selected.
    #[error("{0} is not in the recording; `acevo laps FILE` lists its laps")]
    NotFound(String),
    /// No lap counts, so there is no best lap.
    #[error(
        "{0} is not in the recording, because none of its laps is complete and valid; `acevo laps FILE` lists them with the reasons"
    )]
    NoBest(String),
    /// Several laps are selected, and one is expected.
    #[error("{title} is ambiguous. Choose one of these laps:{}", lines(candidates))]
    Ambiguous {
        /// Describes what was selected.
        title: String,
        /// The laps that are selected.
        candidates: Vec<LapCandidate>,
    },
    /// The fastest laps of several cars or tracks cannot be compared.
    #[error(
        "{title} is ambiguous: the recording has several cars or tracks. Choose one of these laps:{}",
        lines(candidates)
    )]
    SeveralCars {
        /// Describes what was selected.
        title: String,
        /// The best lap of each car and track.
        candidates: Vec<LapCandidate>,
    },
    /// The position is after the end of the recording.
    #[error("{position} is after the end of the recording, which is {} long", clock(*length))]
    AfterEnd {
        /// The position.
        position: RecordingPosition,
        /// Length of the recording.
        length: Duration,
    },
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

/// A lap among which a selection can choose. `Display` formats it as one line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LapCandidate {
    /// Selects this lap, and no other.
    pub selector: LapSelector,
    /// The lap time in milliseconds; `None` if the lap has no time.
    pub time_ms: Option<u32>,
    /// The kind of the lap.
    pub kind: LapKind,
    /// Why the lap is not complete.
    pub incomplete: Option<Incomplete>,
    /// The car and the track.
    pub car_and_track: CarAndTrack,
}

impl fmt::Display for LapCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { selector, time_ms, kind, incomplete, car_and_track } = self;
        let time = format_lap_time(time_ms.map(|ms| Duration::from_millis(ms.into())));
        write!(f, "{:<8} {time:>9}  {kind}", selector.to_string())?;
        incomplete.map_or(Ok(()), |incomplete| write!(f, ", {incomplete}"))?;
        let CarAndTrack { track, configuration, car } = car_and_track;
        let names = [car, track, configuration].map(|name| acevo_telemetry::display_name(name));
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        if names.is_empty() { Ok(()) } else { write!(f, "  {}", names.join(" · ")) }
    }
}

fn lines(candidates: &[LapCandidate]) -> String {
    candidates.iter().map(|candidate| format!("\n  {candidate}")).collect()
}

/// A time as `1:30` or `1:02:30`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A lap of a recording, and when it was driven.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedLap {
    /// The lap.
    pub lap: Lap,
    /// The car and the track; names are empty if the game published none.
    pub car_and_track: CarAndTrack,
    /// When the lap began, since the recording's zero.
    pub from: Duration,
    /// When the lap ended, since the recording's zero.
    pub to: Duration,
}

/// The laps of a recording.
///
/// ```no_run
/// use acevo_recording::{LapIndex, Recording};
///
/// let mut recording = Recording::open("monza.acevo")?;
/// let laps = LapIndex::read(&mut recording, |_| true)?;
/// let best = laps.find("best".parse()?)?;
/// println!("lap {} was driven from {:?} to {:?}", best.lap.number, best.from, best.to);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct LapIndex {
    laps: Vec<RecordedLap>,
}

impl LapIndex {
    /// Reads all of a recording and finds its laps. Its marks are not used: other programs may have written none.
    ///
    /// `keep_going` is called with the time of each step; reading stops if it returns false.
    ///
    /// # Errors
    /// [`LapError::Recording`], [`LapError::Stopped`].
    pub fn read<R: Read + Seek>(
        recording: &mut Recording<R>,
        mut keep_going: impl FnMut(Duration) -> bool,
    ) -> Result<Self, LapError> {
        let mut analysis = Analysis::new(Settings::laps_only());
        Self::read_with(recording, &mut analysis, |_, _, at| keep_going(at))
    }

    /// The same with an analysis of the caller.
    ///
    /// `on_step` is called after each step with the analysis, the events of the step, and its time; reading stops if it returns false.
    ///
    /// # Errors
    /// [`LapError::Recording`], [`LapError::Stopped`].
    pub fn read_with<R: Read + Seek>(
        recording: &mut Recording<R>,
        analysis: &mut Analysis,
        mut on_step: impl FnMut(&Analysis, &[SessionEvent], Duration) -> bool,
    ) -> Result<Self, LapError> {
        let (mut indexer, mut events) = (LapIndexer::default(), Vec::new());
        let is_complete = analyze(recording, analysis, |analysis, step| {
            events.clear();
            while let Some(event) = analysis.next_event() {
                indexer.on_event(&event.kind, step.at);
                events.push(event);
            }
            indexer.on_step(analysis, step);
            let keeps_going = on_step(analysis, &events, step.at);
            Ok::<_, LapError>(if keeps_going { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        if is_complete { Ok(indexer.finish()) } else { Err(LapError::Stopped) }
    }

    /// All laps, in the order in which they ended.
    pub fn laps(&self) -> &[RecordedLap] {
        &self.laps
    }

    /// All laps, as a list of the caller's own.
    pub fn into_laps(self) -> Vec<RecordedLap> {
        self.laps
    }

    /// The lap with this ID.
    pub fn get(&self, id: LapId) -> Option<&RecordedLap> {
        self.laps.iter().find(|recorded| recorded.lap.id() == id)
    }

    /// The lap that a selector selects.
    ///
    /// # Errors
    /// [`LapError::NotFound`], [`LapError::NoBest`], [`LapError::Ambiguous`], and [`LapError::SeveralCars`]: the best lap is never
    /// chosen among laps of several cars or tracks.
    pub fn find(&self, selector: LapSelector) -> Result<&RecordedLap, LapError> {
        let title = selector.title();
        let selected: Vec<_> = self.laps.iter().filter(|recorded| selector.matches(&recorded.lap)).collect();
        if !selector.is_best() {
            return match selected[..] {
                [] => Err(LapError::NotFound(title)),
                [lap] => Ok(lap),
                _ => Err(LapError::Ambiguous { title, candidates: self.candidates(&selected) }),
            };
        }
        let cars: BTreeSet<_> = selected.iter().map(|recorded| &recorded.car_and_track).collect();
        let best_with = |car: &CarAndTrack| {
            let laps = selected.iter().copied().filter(|recorded| recorded.car_and_track == *car);
            laps.min_by_key(|recorded| recorded.lap.time_ms)
        };
        let bests: Vec<_> = cars.into_iter().filter_map(best_with).collect();
        match bests[..] {
            [] => Err(LapError::NoBest(title)),
            [lap] => Ok(lap),
            _ => Err(LapError::SeveralCars { title, candidates: self.candidates(&bests) }),
        }
    }

    /// The laps that a selection selects, in the order in which they ended.
    ///
    /// # Errors
    /// As [`find`](Self::find), for each item of the selection; [`LapError::Ambiguous`] also for a range without a session if several
    /// sessions have such laps.
    pub fn select(&self, selection: &LapSelection) -> Result<Vec<&RecordedLap>, LapError> {
        use super::lap_selector::SelectionItem;

        let mut ids = BTreeSet::new();
        for item in &selection.items {
            if let SelectionItem::One(selector) = item {
                ids.insert(self.find(*selector)?.lap.id());
                continue;
            }
            let selected: Vec<_> = self.laps.iter().filter(|recorded| item.matches(&recorded.lap)).collect();
            let sessions: BTreeSet<_> = selected.iter().map(|recorded| recorded.lap.session).collect();
            match sessions.len() {
                0 => return Err(LapError::NotFound(item.title())),
                1 => ids.extend(selected.iter().map(|recorded| recorded.lap.id())),
                _ => {
                    let (title, candidates) = (item.title(), self.candidates(&selected));
                    return Err(LapError::Ambiguous { title, candidates });
                }
            }
        }
        Ok(self.laps.iter().filter(|recorded| ids.contains(&recorded.lap.id())).collect())
    }

    fn candidates(&self, laps: &[&RecordedLap]) -> Vec<LapCandidate> {
        let candidate = |RecordedLap { lap, car_and_track, .. }: &RecordedLap| {
            let plain = LapSelector::number(lap.number).in_session(lap.session);
            let is_alone = self.laps.iter().filter(|other| plain.matches(&other.lap)).count() == 1;
            LapCandidate {
                selector: if is_alone { plain } else { lap.id().into() },
                time_ms: lap.time_ms,
                kind: lap.kind,
                incomplete: lap.incomplete,
                car_and_track: car_and_track.clone(),
            }
        };
        laps.iter().copied().map(candidate).collect()
    }
}

/// Finds positions in a recording. Reads the laps of the recording once, if they are needed.
#[derive(Debug)]
pub struct PositionFinder<'a, R> {
    recording: &'a mut Recording<R>,
    laps: Option<LapIndex>,
}

impl<'a, R: Read + Seek> PositionFinder<'a, R> {
    /// Finds positions in this recording.
    pub fn new(recording: &'a mut Recording<R>) -> Self {
        Self { recording, laps: None }
    }

    /// When a position begins and ends, since the recording's zero; a time does both at once.
    ///
    /// # Errors
    /// As [`LapIndex::find`]; [`LapError::AfterEnd`], [`LapError::Recording`].
    pub fn find(&mut self, position: RecordingPosition) -> Result<RangeInclusive<Duration>, LapError> {
        match position {
            RecordingPosition::Time(time) => {
                let info = self.recording.info();
                let length = info.duration();
                let at = info.start.saturating_add(time);
                if time <= length { Ok(at..=at) } else { Err(LapError::AfterEnd { position, length }) }
            }
            RecordingPosition::Lap(lap) => {
                let laps = match self.laps.take() {
                    Some(laps) => laps,
                    None => LapIndex::read(self.recording, |_| true)?,
                };
                let found = self.laps.insert(laps).find(lap)?;
                Ok(found.from..=found.to)
            }
        }
    }
}

/// A lap that was started.
#[derive(Debug)]
struct Started {
    id: LapId,
    car_and_track: CarAndTrack,
    from: Duration,
    /// When the next lap began, or no lap was running any more.
    to: Option<Duration>,
}

/// Builds a [`LapIndex`] while a recording is [analyzed](crate::analyze) for something else, too: pass all events of a step to
/// [`on_event`](Self::on_event), then the step to [`on_step`](Self::on_step).
#[derive(Debug, Default)]
pub struct LapIndexer {
    started: Vec<Started>,
    laps: Vec<RecordedLap>,
}

impl LapIndexer {
    /// Takes an event of the analysis. Returns the lap that ended with it.
    pub fn on_event(&mut self, event: &SessionEventKind, now: Duration) -> Option<&RecordedLap> {
        let SessionEventKind::Lap(lap) = event else { return None };
        let started = self.started.iter_mut().rev().find(|started| started.id == lap.id());
        let (car_and_track, from, to) = match started {
            Some(started) => {
                let to = *started.to.get_or_insert(now);
                (started.car_and_track.clone(), started.from, to)
            }
            None => (CarAndTrack::default(), now, now),
        };
        self.laps.push(RecordedLap { lap: lap.clone(), car_and_track, from, to });
        self.laps.last()
    }

    /// Takes a step after its events.
    pub fn on_step(&mut self, analysis: &Analysis, step: AnalyzedStep<'_>) {
        let Some(current) = analysis.current_lap_id() else {
            if let Some(started) = self.started.last_mut() {
                started.to.get_or_insert(step.at);
            }
            return;
        };
        if !self.started.last().is_some_and(|started| started.id == current && started.to.is_none()) {
            self.start(current, analysis, step.at);
        }
        if let (Some(started), Some(step)) = (self.started.last_mut(), step.step)
            && step.graphics.is_some()
        {
            SessionNames::update_car_and_track(&mut started.car_and_track, step.frame);
        }
    }

    fn start(&mut self, id: LapId, analysis: &Analysis, now: Duration) {
        let elapsed_s = analysis.current_lap().map_or(0.0, |lap| lap.elapsed_s);
        // It began some time before its first frame, but not before the lap before it ended.
        let age = Duration::try_from_secs_f64(elapsed_s.min(MAX_FIRST_FRAME_S)).unwrap_or_default();
        let mut from = now.saturating_sub(age);
        if let Some(last) = self.started.last_mut() {
            if last.to.is_none() && elapsed_s > MAX_NEW_LAP_S {
                // The same lap: the game has published its number, or the session it belongs to, after it began.
                last.id = id;
                return;
            }
            from = from.max(*last.to.get_or_insert(from));
        }
        self.started.push(Started { id, car_and_track: CarAndTrack::default(), from, to: None });
    }

    /// The laps, after the last step.
    pub fn finish(self) -> LapIndex {
        LapIndex { laps: self.laps }
    }
}
