//! Summary of a recording: names, sessions and laps.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings, watches_another_car};
use acevo_telemetry::personal::CarAndTrack;
use acevo_telemetry::{Frame, driver_name, shown_name};

use super::analyze::analyze;
use super::error::RecordingError;
use super::mark::{Mark, Marked};
use super::reader::Recording;

/// The largest number of session marks that are compared with the pages.
const MAX_COMPARED: usize = 100;

/// Summary of a recording.
///
/// ```no_run
/// use acevo_recording::{Recording, RecordingSummary};
///
/// let summary = RecordingSummary::read(&mut Recording::open("monza.acevo")?)?;
/// println!("{} on {}", summary.names.car, summary.names.track);
/// # Ok::<(), acevo_recording::RecordingError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordingSummary {
    /// The first names of each kind in the pages.
    pub names: RecordedNames,
    /// Sessions and laps found in the pages, as marks in the order of time; `None` if the [marks](Recording::marks) of the recording
    /// have them. Marks may be missing or wrong, if the recording was made by another program or repaired.
    pub found: Option<Vec<Mark>>,
}

impl RecordingSummary {
    /// Compares the marks with the pages at a few times. Reads the whole recording only if session marks are missing or wrong.
    ///
    /// # Errors
    /// As [`Recording::next_step`].
    pub fn read<R: Read + Seek>(recording: &mut Recording<R>) -> Result<Self, RecordingError> {
        let mut names = RecordedNames::default();
        let is_session = |mark: &&Mark| matches!(mark.what, Marked::Session { .. });
        let marks: Vec<_> = recording.marks().iter().filter(is_session).take(MAX_COMPARED).cloned().collect();
        let mut are_right = !marks.is_empty();
        for mark in &marks {
            // What was recorded at the time of the mark belongs to it.
            recording.seek(mark.at + Duration::from_micros(1))?;
            let frame = recording.frame();
            names.learn(frame);
            are_right &= SessionNames::of(frame).is_none_or(|names| names.agree_with(&mark.what));
        }
        if !are_right {
            return Self::read_all(recording);
        }
        // Names that were not known yet at the marks.
        recording.seek(recording.info().end)?;
        if let Some(step) = recording.next_step()? {
            names.learn(step.frame);
        }
        Ok(Self { names, found: None })
    }

    fn read_all<R: Read + Seek>(recording: &mut Recording<R>) -> Result<Self, RecordingError> {
        let (mut names, mut found, mut named_session) = (RecordedNames::default(), Vec::new(), 0);
        analyze(recording, &mut Analysis::new(Settings::laps_only()), |analysis, step| {
            while let Some(event) = analysis.next_event() {
                if let SessionEventKind::Lap(lap) = event.kind {
                    found.push(Mark::lap(analysis.ended_at(&lap), &lap));
                }
            }
            let Some(frame) = step.step.map(|step| step.frame) else { return Ok(ControlFlow::Continue(())) };
            names.learn(frame);
            let session = analysis.session();
            if session != named_session
                && let Some(SessionNames { track, configuration, car, session: name }) = SessionNames::of(frame)
            {
                found.push(Mark::new(step.at, Marked::Session { session, name, track, configuration, car }));
                named_session = session;
            }
            Ok::<_, RecordingError>(ControlFlow::Continue(()))
        })?;
        found.sort_by_key(|mark| mark.at);
        Ok(Self { names, found: Some(found) })
    }
}

/// Names in the pages of a recording. A name is empty if the game published none.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct RecordedNames {
    /// Name of the track.
    pub track: String,
    /// Layout of the track.
    pub configuration: String,
    /// Length of the track in metres.
    pub track_length_m: Option<f64>,
    /// Latitude and longitude of the track in degrees, north and east.
    pub latitude_longitude: Option<(f64, f64)>,
    /// Name of the car.
    pub car: String,
    /// Name of the driver.
    pub driver: String,
    /// Name of the session.
    pub session: String,
    /// Version of the game.
    pub game_version: String,
}

impl RecordedNames {
    /// Takes the names that are not known yet from a frame. If another car is watched, the names of car and driver are not taken.
    pub fn learn(&mut self, frame: &Frame) {
        let (session, graphics) = (&frame.static_data, &frame.graphics);
        let learn = |known: &mut String, name: &str| {
            if known.is_empty() {
                known.push_str(shown_name(name));
            }
        };
        learn(&mut self.track, session.track());
        learn(&mut self.configuration, session.track_configuration());
        learn(&mut self.session, session.session_name());
        learn(&mut self.game_version, session.ac_evo_version());
        if !watches_another_car(frame) {
            learn(&mut self.car, graphics.car_model());
            if self.driver.is_empty() {
                self.driver = driver_name(frame);
            }
        }
        self.track_length_m = self.track_length_m.or(session.track_length().map(f64::from));
        let position = session.latitude_longitude().map(|(latitude, longitude)| (latitude.into(), longitude.into()));
        self.latitude_longitude = self.latitude_longitude.or(position);
    }
}

/// Names of a session, and of the track and the car in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNames {
    /// Name of the track.
    pub track: String,
    /// Layout of the track; empty if it has none.
    pub configuration: String,
    /// Name of the car.
    pub car: String,
    /// Name of the session; its phase if it has no name.
    pub session: String,
}

impl SessionNames {
    /// The names in a frame; `None` if track or car have no name, as while a session loads, and if another car is watched.
    pub fn of(frame: &Frame) -> Option<Self> {
        let [track, configuration, car] = car_and_track(frame)?;
        let session = session_name(frame.static_data.session_name(), frame.graphics.session_phase()).to_owned();
        Some(Self { track: track.into(), configuration: configuration.into(), car: car.into(), session })
    }

    /// Sets a car and track to the names in a frame, if it has them.
    pub(crate) fn update_car_and_track(known: &mut CarAndTrack, frame: &Frame) {
        let Some([track, configuration, car]) = car_and_track(frame) else { return };
        if [&known.track, &known.configuration, &known.car] != [track, configuration, car] {
            *known = CarAndTrack { track: track.into(), configuration: configuration.into(), car: car.into() };
        }
    }

    /// True if a mark is of a session with the same track and car.
    fn agree_with(&self, mark: &Marked) -> bool {
        let Marked::Session { track, configuration, car, .. } = mark else { return false };
        [track, configuration, car].map(|name| shown_name(name)) == [&*self.track, &*self.configuration, &*self.car]
    }
}

/// Track, layout and car.
fn car_and_track(frame: &Frame) -> Option<[&str; 3]> {
    let (session, graphics) = (&frame.static_data, &frame.graphics);
    let names = [session.track(), session.track_configuration(), graphics.car_model()].map(shown_name);
    let is_known = !names[0].is_empty() && !names[2].is_empty() && !watches_another_car(frame);
    is_known.then_some(names)
}

/// Name of a session by its name and its phase. The game's phases are called `Session` or `Start_Countdown_Lights_On`: the phase is used
/// only if the session has no name.
pub fn session_name<'a>(name: &'a str, phase: &'a str) -> &'a str {
    let [name, phase] = [name, phase].map(shown_name);
    if name.is_empty() { phase } else { name }
}
