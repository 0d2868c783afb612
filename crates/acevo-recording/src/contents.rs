//! What a recording contains, read in one pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, CarId};
use acevo_telemetry::analysis::{Analysis, Settings, Stint};
use acevo_telemetry::field::{CarIdentity, Field, FieldLap, LapSource};
use acevo_telemetry::{Axes, Frame, SessionKind, driver_name, shown_name, watches_another_car};

use super::analyze::{AnalyzedStep, analyze};
use super::error::RecordingError;
use super::field::{FieldReader, TrackOutlines};
use super::laps::{LapIndexer, RecordedLap};
use super::log_marks::LogMarks;
use super::mark::Marked;
use super::reader::Recording;
use super::summary::RecordedNames;

/// Maximum number of sessions of a recording, and of laps of its other cars. Garbage can have more.
const MAX_SESSIONS: usize = 1000;
const MAX_OTHER_LAPS: usize = 50_000;

/// Time between two frames from which other cars are followed, unless the phase, the session or the lap changes: their lap times are those
/// of the log.
const OTHER_CARS_INTERVAL: Duration = Duration::from_secs(1);

/// Time between two frames from which names are taken.
const NAMES_INTERVAL: Duration = Duration::from_millis(200);

/// Steps between two calls of the caller: a third of a second of driving.
const STEPS_PER_CALL: u32 = 100;

/// Places of pages that are a simulation's: those of `acevo simulate -o`, and pages in the memory of the recording program.
const SIMULATED_PLACES: [&str; 2] = ["a simulation", "in this process"];

/// What a recording contains: its sessions, with their laps and stints.
///
/// ```no_run
/// use acevo_recording::{Contents, Recording};
/// use acevo_telemetry::analysis::Settings;
///
/// let contents = Contents::read(&mut Recording::open("evening.acevo")?, &Settings::default(), |_| true)?;
/// for session in contents.iter().flat_map(|contents| &contents.sessions) {
///     println!("session {} on {}: {} laps", session.number, session.names.track, session.laps.len());
/// }
/// # Ok::<(), acevo_recording::RecordingError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Contents {
    /// Wall clock at the recording's zero, microseconds since 1970 (UTC); 0 if it is not known.
    pub unix_us: u64,
    /// Time of the first record.
    pub start: Duration,
    /// The recording was completed by its writer.
    pub is_finished: bool,
    /// It was driven in the simulator of acevo.
    pub is_simulated: bool,
    /// The program that wrote the recording.
    pub program: String,
    /// Version of the game; empty if unknown.
    pub game_version: String,
    /// Parts cannot be read.
    pub is_damaged: bool,
    /// The axes of the acceleration that the drive has shown.
    pub axes: Axes,
    /// The sessions that have a track or a lap.
    pub sessions: Vec<SessionContents>,
}

/// A session of a recording.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SessionContents {
    /// Number of the session in the recording, from 1.
    pub number: u32,
    /// The newest names in its pages.
    pub names: RecordedNames,
    /// Its kind; `None` if it is unknown.
    pub kind: Option<SessionKind>,
    /// First step of driving.
    pub from: Duration,
    /// Last step of driving.
    pub to: Duration,
    /// Ends of the sectors except the last one, as lap positions.
    pub sector_ends: Vec<f64>,
    /// The laps, in the order in which they ended.
    pub laps: Vec<RecordedLap>,
    /// The stints.
    pub stints: Vec<Stint>,
    /// The other cars, if the recording has the game's log.
    pub cars: Vec<OtherCar>,
}

/// Another car of a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OtherCar {
    /// Its id.
    pub id: CarId,
    /// Name, number and model.
    pub identity: CarIdentity,
    /// Its laps as the game's log has them.
    pub laps: Vec<FieldLap>,
}

impl Contents {
    /// Reads a recording to its end. `keep_going` is called several times per recorded second with its time; reading stops if it returns
    /// false. Then the result is `None`.
    ///
    /// # Errors
    /// Those of [`Recording::next_step`].
    pub fn read<R: Read + Seek>(
        recording: &mut Recording<R>,
        settings: &Settings,
        mut keep_going: impl FnMut(Duration) -> bool,
    ) -> Result<Option<Self>, RecordingError> {
        let info = recording.info();
        let description = info.description.unwrap_or_default();
        let mut contents = Self {
            unix_us: description.unix_us,
            start: info.start,
            is_finished: info.finished,
            is_simulated: recording.marks().iter().any(|mark| is_simulated(&mark.what)),
            program: description.program,
            is_damaged: info.damaged > 0,
            ..Self::default()
        };
        let has_log = !LogMarks::of(recording.marks()).is_empty();
        let mut field = has_log.then(|| FieldReader::new(recording, TrackOutlines::default()));
        let mut settings = settings.clone();
        settings.only_laps = true;
        let mut analysis = Analysis::new(settings);
        let (mut laps, mut sessions, mut steps) = (LapIndexer::default(), Sessions::default(), 0_u32);
        let (mut next_field, mut stage) = (Duration::ZERO, None);
        let is_complete = analyze(recording, &mut analysis, |analysis, step| {
            while let Some(event) = analysis.next_event() {
                laps.on_event(&event.kind, step.at);
            }
            laps.on_step(analysis, step);
            let is_seen = step.step.is_none_or(|step| step.graphics.is_some());
            let has_changed = is_seen && stage.replace(Stage::of(analysis, &step)) != stage;
            if let Some(field) = &mut field
                && (has_changed || step.at >= next_field)
            {
                next_field = step.at + OTHER_CARS_INTERVAL;
                field.take(analysis, &step);
            }
            sessions.take(analysis, &step);
            contents.is_damaged |= step.step.is_some_and(|step| step.after_damage);
            steps = (steps + 1) % STEPS_PER_CALL;
            let goes_on = steps != 0 || keep_going(step.at);
            Ok::<_, RecordingError>(if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        if !is_complete {
            return Ok(None);
        }
        contents.game_version = sessions.game_version();
        contents.axes = analysis.axes();
        contents.sessions = sessions.finish(&analysis, laps, field.map(FieldReader::into_field).as_ref());
        Ok(Some(contents))
    }
}

/// What moves the clock of the log. A recording ends with none.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stage {
    session: u32,
    lap: Option<u32>,
    phase: Option<[u8; 33]>,
}

impl Stage {
    fn of(analysis: &Analysis, step: &AnalyzedStep<'_>) -> Self {
        let phase = step.step.map(|step| *step.frame.graphics.raw().session_state.phase_name.as_bytes());
        Self { session: analysis.session(), lap: analysis.current_lap_number(), phase }
    }
}

fn is_simulated(mark: &Marked) -> bool {
    matches!(mark, Marked::Attached { place, .. } if SIMULATED_PLACES.iter().any(|simulated| place.ends_with(simulated)))
}

/// The sessions of a recording, while it is read.
#[derive(Debug, Default)]
struct Sessions {
    sessions: BTreeMap<u32, SessionContents>,
    /// When names are taken next.
    next_names: Duration,
}

impl Sessions {
    /// Takes a step after the analysis has taken it.
    fn take(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        let Some(seen) = step.step.filter(|step| step.graphics.is_some()) else { return };
        let (frame, number) = (seen.frame, analysis.session());
        if frame.graphics.status() != ACEvoStatus::Live {
            return;
        }
        let is_new = !self.sessions.contains_key(&number);
        if is_new && self.sessions.len() >= MAX_SESSIONS {
            return;
        }
        let session = self.sessions.entry(number).or_insert_with(|| SessionContents {
            number,
            from: step.at,
            ..SessionContents::default()
        });
        session.to = step.at;
        if is_new || step.at >= self.next_names {
            self.next_names = step.at + NAMES_INTERVAL;
            session.learn(frame);
        }
        if session.sector_ends != analysis.sector_ends() {
            session.sector_ends = analysis.sector_ends().to_vec();
        }
    }

    fn game_version(&self) -> String {
        let mut versions = self.sessions.values().map(|session| &session.names.game_version);
        versions.find(|version| !version.is_empty()).cloned().unwrap_or_default()
    }

    /// The sessions that have a name or a lap, with their laps, stints and other cars.
    fn finish(mut self, analysis: &Analysis, laps: LapIndexer, field: Option<&Field>) -> Vec<SessionContents> {
        for lap in laps.finish().into_laps() {
            if let Some(session) = self.sessions.get_mut(&lap.lap.session) {
                session.laps.push(lap);
            }
        }
        let stints = analysis.stints();
        for stint in stints.finished().chain([stints.current()]).filter(|stint| stint.distance_km > 0.0) {
            if let Some(session) = self.sessions.get_mut(&stint.session) {
                session.stints.push(stint.clone());
            }
        }
        field.into_iter().for_each(|field| self.take_cars(field));
        let is_drive = |session: &SessionContents| !session.names.track.is_empty() || !session.laps.is_empty();
        self.sessions.into_values().filter(is_drive).collect()
    }

    fn take_cars(&mut self, field: &Field) {
        let mut left = MAX_OTHER_LAPS;
        for (id, identity, laps) in field.cars().filter(|(id, ..)| field.player() != Some(*id)) {
            // Measured laps would need all frames.
            let laps: Vec<_> = laps.iter().filter(|lap| lap.source != LapSource::Measured).collect();
            let numbers: BTreeSet<_> = laps.iter().map(|lap| lap.session).collect();
            for number in numbers {
                let Some(session) = self.sessions.get_mut(&number) else { continue };
                let of_session = laps.iter().copied().filter(|lap| lap.session == number);
                let laps: Vec<_> = of_session.take(left).cloned().collect();
                left -= laps.len();
                session.cars.push(OtherCar { id, identity: identity.clone(), laps });
            }
        }
    }
}

impl SessionContents {
    /// Takes the names in a frame. The newest are right: while a session begins, pages still have those of the session before.
    fn learn(&mut self, frame: &Frame) {
        let (page, graphics) = (&frame.static_data, &frame.graphics);
        let names = &mut self.names;
        let has_changed = update(&mut names.session, page.session_name()) | self.kind.is_none();
        update(&mut names.track, page.track());
        update(&mut names.game_version, page.ac_evo_version());
        if !page.track().is_empty() && names.configuration != shown_name(page.track_configuration()) {
            names.configuration = shown_name(page.track_configuration()).to_owned();
        }
        names.track_length_m = page.track_length().map(f64::from).or(names.track_length_m);
        if !watches_another_car(frame) {
            let is_other_car = update(&mut names.car, graphics.car_model());
            if is_other_car || names.driver.is_empty() {
                let driver = driver_name(frame);
                update(&mut names.driver, &driver);
            }
        }
        if has_changed {
            self.kind = SessionKind::of(frame);
        }
    }
}

/// Sets a name if another one is known now. Returns true if it has changed.
fn update(known: &mut String, name: &str) -> bool {
    let name = shown_name(name);
    if name.is_empty() || known == name {
        return false;
    }
    name.clone_into(known);
    true
}
