//! What distinguishes one drive from another: session, track and car.

use acevo_shared_memory::Frame;

use super::phase::Phase;
use crate::names::is_name;

/// Why something else begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// The first frame, or the first one after an interruption. As far as the pages show, the session is the same.
    First,
    /// A session: another type, name or track, or counters that went back.
    Session,
    /// Only the phase has another name: another session may begin, or the time may have run out.
    Phase,
    /// Another car.
    Car,
}

/// Identifies a drive. Names that the game has not published yet are empty.
#[derive(Debug, Clone, Default)]
pub(super) struct SessionKey {
    session: i32,
    ids: [u8; 2],
    session_name: String,
    phase: String,
    track: String,
    configuration: String,
    car: String,
    /// The bytes at the last comparison that found no change. Comparing bytes is cheaper than comparing names.
    unchanged: Option<Seen>,
}

/// The parts of settled pages that identify a drive.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    session: i32,
    ids: [u8; 2],
    names: [[u8; 33]; 5],
}

impl Seen {
    /// `None` if a page has not settled.
    fn in_frame(frame: &Frame) -> Option<Self> {
        let (session, graphics) = (frame.static_data.raw(), frame.graphics.raw());
        let names = [
            session.session_name,
            session.track,
            session.track_configuration,
            graphics.session_state.phase_name,
            graphics.car_model,
        ];
        (frame.static_data.is_settled() && frame.graphics.is_settled()).then(|| Self {
            session: session.session,
            ids: [session.event_id, session.session_id],
            names: names.map(|name| *name.as_bytes()),
        })
    }
}

impl SessionKey {
    pub(super) fn of(frame: &Frame) -> Self {
        let (session, graphics) = (frame.static_data.raw(), &frame.graphics);
        let known = |name: &str| if is_name(name) { name.to_owned() } else { String::new() };
        Self {
            session: session.session,
            ids: [session.event_id, session.session_id],
            session_name: session.session_name.as_str().to_owned(),
            phase: graphics.session_phase().to_owned(),
            track: known(session.track.as_str()),
            configuration: known(session.track_configuration.as_str()),
            car: known(graphics.car_model()),
            unchanged: None,
        }
    }

    /// Returns what has begun if the frame belongs to another drive. Learns names that were not known.
    pub(super) fn change(&mut self, frame: &Frame) -> Option<Beginning> {
        let seen = Seen::in_frame(frame);
        if seen.is_some() && seen == self.unchanged {
            return None;
        }
        let change = self.compare(frame);
        self.unchanged = seen.filter(|_| change.is_none());
        change
    }

    fn compare(&mut self, frame: &Frame) -> Option<Beginning> {
        let (session, graphics) = (frame.static_data.raw(), &frame.graphics);
        let numbers = (session.session, [session.event_id, session.session_id]);
        if frame.static_data.is_settled() {
            if (self.session, self.ids) != numbers {
                return Some(Beginning::Session);
            }
            let names = [
                (&mut self.session_name, session.session_name.as_str()),
                (&mut self.track, session.track.as_str()),
                (&mut self.configuration, session.track_configuration.as_str()),
            ];
            if names.into_iter().any(|(known, now)| is_name(now) && has_changed(known, now)) {
                return Some(Beginning::Session);
            }
        }
        if !frame.graphics.is_settled() {
            return None;
        }
        let phase = graphics.session_phase();
        if Phase::continues(&self.phase, phase) {
            if self.phase != phase {
                phase.clone_into(&mut self.phase);
            }
        } else if has_changed(&mut self.phase, phase) {
            return Some(Beginning::Phase);
        }
        let car = graphics.car_model();
        (is_name(car) && has_changed(&mut self.car, car)).then_some(Beginning::Car)
    }
}

/// True if a known name has changed. A name that was not known is learned.
fn has_changed(known: &mut String, now: &str) -> bool {
    if now.is_empty() || known == now {
        return false;
    }
    if known.is_empty() {
        known.push_str(now);
        return false;
    }
    true
}
