//! What the pages of a recording say about it: names, sessions and laps. Its marks may be missing or wrong.

use std::time::Duration;

use acevo_export::About;
use acevo_recording::{Mark, Marked, Recording};
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings, watches_another_car};
use acevo_telemetry::{Frame, driver_name, shown_name};

/// Session marks that are compared with the pages.
const COMPARED: usize = 100;

/// What a recording holds.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The first names of each kind that the pages have.
    pub(crate) about: About,
    /// Sessions and laps found in the pages, in the order of time; `None` if those of the recording's marks are right.
    pub(crate) found: Option<Vec<Mark>>,
}

impl Contents {
    /// Compares the marks with the pages at a few moments; reads the whole recording only if there are no session marks or wrong ones.
    pub(crate) fn of(recording: &mut Recording) -> anyhow::Result<Self> {
        let mut about = About::default();
        let is_session = |mark: &&Mark| matches!(mark.what, Marked::Session { .. });
        let marks: Vec<_> = recording.marks().iter().filter(is_session).take(COMPARED).cloned().collect();
        let mut are_right = !marks.is_empty();
        for mark in &marks {
            // What was recorded at the time of the mark belongs to it.
            recording.seek(mark.at + Duration::from_micros(1))?;
            let frame = recording.frame();
            learn(&mut about, frame);
            are_right &= Names::of(frame).is_none_or(|names| names.fit(&mark.what));
        }
        if !are_right {
            return Self::read(recording);
        }
        // Names that were not known yet at the marks.
        recording.seek(recording.info().end)?;
        if let Some(step) = recording.next_step()? {
            learn(&mut about, step.frame);
        }
        Ok(Self { about, found: None })
    }

    /// Reads everything.
    fn read(recording: &mut Recording) -> anyhow::Result<Self> {
        let mut analysis = Analysis::new(Settings::default());
        let (mut about, mut found, mut named) = (About::default(), Vec::new(), 0);
        recording.seek(Duration::ZERO)?;
        while let Some(step) = recording.next_step()? {
            analysis.feed(step.at, step.frame);
            take_laps(&mut analysis, &mut found);
            learn(&mut about, step.frame);
            let session = analysis.session();
            if session != named
                && let Some(Names { track, configuration, car, session: name }) = Names::of(step.frame)
            {
                found.push(Mark::new(step.at, Marked::Session { session, name, track, configuration, car }));
                named = session;
            }
        }
        analysis.interrupt();
        take_laps(&mut analysis, &mut found);
        found.sort_by_key(|mark| mark.at);
        Ok(Self { about, found: Some(found) })
    }
}

fn take_laps(analysis: &mut Analysis, found: &mut Vec<Mark>) {
    while let Some(event) = analysis.next_event() {
        if let SessionEventKind::Lap(lap) = event.kind {
            found.push(Mark::lap(analysis.ended_at(&lap), &lap));
        }
    }
}

/// What a session is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) track: String,
    pub(crate) configuration: String,
    pub(crate) car: String,
    pub(crate) session: String,
}

impl Names {
    /// The names in a frame; `None` while track or car have none, as while a session loads, and while another car is watched.
    pub(crate) fn of(frame: &Frame) -> Option<Self> {
        let (session, graphics) = (&frame.static_data, &frame.graphics);
        let [track, configuration, car] = [session.track(), session.track_configuration(), graphics.car_model()]
            .map(|name| shown_name(name).to_owned());
        let is_known = !track.is_empty() && !car.is_empty() && !watches_another_car(frame);
        is_known.then(|| Self {
            track,
            configuration,
            car,
            session: session_name(frame.static_data.session_name(), frame.graphics.session_phase()).to_owned(),
        })
    }

    /// True for a mark of a session with the same track and car.
    fn fit(&self, mark: &Marked) -> bool {
        let Marked::Session { track, configuration, car, .. } = mark else { return false };
        [track, configuration, car].map(|name| shown_name(name)) == [&*self.track, &*self.configuration, &*self.car]
    }
}

/// Name of a session by its name and a phase of it. The game's phases are called `Session` or `Start_Countdown_Lights_On`: the phase is
/// used only if the session has no name.
pub(crate) fn session_name<'a>(name: &'a str, phase: &'a str) -> &'a str {
    let [name, phase] = [name, phase].map(shown_name);
    if name.is_empty() { phase } else { name }
}

/// Takes the names that are not known yet from a frame. The names of another car that is watched are not taken.
pub(crate) fn learn(about: &mut About, frame: &Frame) {
    let (session, graphics) = (&frame.static_data, &frame.graphics);
    let learn = |known: &mut String, name: &str| {
        if known.is_empty() {
            known.push_str(shown_name(name));
        }
    };
    learn(&mut about.track, session.track());
    learn(&mut about.configuration, session.track_configuration());
    learn(&mut about.session, session.session_name());
    learn(&mut about.game_version, session.ac_evo_version());
    if !watches_another_car(frame) {
        learn(&mut about.car, graphics.car_model());
        if about.driver.is_empty() {
            about.driver = driver_name(frame);
        }
    }
    about.track_length_m = about.track_length_m.or(session.track_length().map(f64::from));
    let place = session.latitude_longitude().map(|(latitude, longitude)| (latitude.into(), longitude.into()));
    about.latitude_longitude = about.latitude_longitude.or(place);
}
