//! A line per second, for logs and simple terminals.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoEngineType, ACEvoFlagType, ACEvoStatus, Frame};
use acevo_telemetry::ConnectionEvent;
use acevo_telemetry::analysis::watches_another_car;

use super::schedule::Schedule;
use crate::commands::follow_loop::UpdateHandler;
use crate::format::text::{lap_time, name, number};
use crate::output;
use crate::session::connection::{Health, LiveConnection};

/// Prints a line when it is due.
#[derive(Debug)]
pub(super) struct Lines(Schedule);

impl Lines {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self(schedule)
    }
}

impl UpdateHandler for Lines {
    fn update(&mut self, live: &mut LiveConnection, _: Option<&ConnectionEvent>, now: Instant) -> anyhow::Result<bool> {
        if !self.0.is_due(now) {
            return Ok(true);
        }
        let Some(&frame) = live.frame() else { return Ok(true) };
        output::print_text(&line(&frame, &live.health(now)))?;
        Ok(self.0.printed(now))
    }

    fn max_wait(&self, now: Instant) -> Duration {
        self.0.time_left(now)
    }
}

fn line(frame: &Frame, health: &Health) -> String {
    let Frame { physics, graphics, static_data, validity, .. } = frame;
    let mut line = format!("{:<6}", graphics.status().to_string().to_uppercase());
    let mut add = |text: std::fmt::Arguments<'_>| {
        let _ = write!(line, "  {text}");
    };
    if graphics.status() == ACEvoStatus::Off {
        add(format_args!("in the menu"));
    } else {
        let track = name(static_data.track());
        if !track.is_empty() {
            add(format_args!("{track}"));
        }
        let page = physics.raw();
        let lap = i64::from(graphics.raw().total_lap_count) + 1;
        let last = Some(graphics.raw().session_state.total_lap.into()).filter(|laps| *laps > 0);
        add(format_args!("lap {}", last.map_or(lap, |last| lap.min(last))));
        add(format_args!("{}", lap_time(graphics.current_lap_time())));
        if watches_another_car(frame) {
            add(format_args!("watching another car"));
        }
        let is_current = validity.is_current();
        if is_current {
            add(format_args!("{:>3} km/h", number(page.speedKmh, 0)));
            add(format_args!("gear {}", physics.gear()));
            add(format_args!("{:>5} rpm", page.rpms));
            add(format_args!("throttle {:>3} %", number(page.gas * 100.0, 0)));
            add(format_args!("brake {:>3} %", number(page.brake * 100.0, 0)));
        } else {
            add(format_args!("{validity}"));
        }
        match graphics.engine_type() {
            ACEvoEngineType::ElectricMotor => {
                add(format_args!("battery {} %", number(graphics.raw().kers_charge_perc * 100.0, 0)));
            }
            _ if is_current => add(format_args!("fuel {} l", number(page.fuel, 1))),
            _ => {}
        }
        if is_current {
            let [fl, fr, rl, rr] = page.wheelsPressure.map(|pressure| number(pressure, 1));
            add(format_args!("tyres {fl} {fr} {rl} {rr} psi"));
        }
        match graphics.flag() {
            ACEvoFlagType::NoFlag => {}
            flag => add(format_args!("{flag}")),
        }
    }
    if let Some(rate) = health.physics_rate.filter(|_| validity.is_current()) {
        add(format_args!("{rate:.0} Hz"));
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{PhysicsValidity, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};

    use super::*;

    fn frame() -> Frame {
        let physics = SPageFilePhysics { speedKmh: 181.4, gear: 5, rpms: 6500, gas: 1.0, ..Default::default() };
        let graphics =
            SPageFileGraphicEvo { status: 2, total_lap_count: 2, current_lap_time_ms: 62_345, ..Default::default() };
        let static_data = SPageFileStaticEvo { track: "Valdombra\x1b[2J".into(), ..Default::default() };
        Frame::new(physics, graphics, static_data)
    }

    #[test]
    fn line_has_session_and_driving_values() {
        let health = Health { physics_rate: Some(332.6), ..Default::default() };
        assert_eq!(
            line(&frame(), &health),
            "LIVE    Valdombra[2J  lap 3  1:02.345  181 km/h  gear 4   6500 rpm  throttle 100 %  brake   0 %  \
             fuel 0.0 l  tyres 0.0 0.0 0.0 0.0 psi  333 Hz\n"
        );
    }

    #[test]
    fn line_clamps_the_lap_number_to_the_last_lap() {
        let mut frame = frame();
        for (count, of, shown) in [(3, 3, "lap 3 "), (1, 3, "lap 2 "), (3, 0, "lap 4 ")] {
            let mut graphics = *frame.graphics.raw();
            (graphics.total_lap_count, graphics.session_state.total_lap) = (count, of);
            frame.graphics = View::from(graphics);
            let line = line(&frame, &Health::default());
            assert!(line.contains(shown), "{count} of {of}: {line}");
        }
    }

    #[test]
    fn line_omits_a_placeholder_track_name() {
        let mut frame = frame();
        let mut session = *frame.static_data.raw();
        session.track = "track_placeholder".into();
        frame.static_data = View::from(session);
        assert!(!line(&frame, &Health::default()).contains("placeholder"));
    }

    #[test]
    fn line_has_the_validity_instead_of_outdated_physics() {
        let mut frame = frame();
        for (validity, status, word) in [
            (PhysicsValidity::Paused, 3, "PAUSE   Valdombra[2J  lap 3  1:02.345  paused\n"),
            (PhysicsValidity::Resuming, 2, "LIVE    Valdombra[2J  lap 3  1:02.345  resuming\n"),
        ] {
            frame.graphics = View::from(SPageFileGraphicEvo { status, ..*frame.graphics.raw() });
            frame.validity = validity;
            assert_eq!(line(&frame, &Health { physics_rate: Some(333.0), ..Default::default() }), word);
        }
    }

    #[test]
    fn line_marks_a_watched_car() {
        let mut frame = frame();
        let ids = SPageFileGraphicEvo { player_car_id_a: 1, focused_car_id_a: 2, ..*frame.graphics.raw() };
        frame.graphics = View::from(ids);
        assert!(line(&frame, &Health::default()).contains("  watching another car  "));
    }

    #[test]
    fn line_in_the_menu_has_no_values() {
        let mut frame = frame();
        frame.graphics = View::from(SPageFileGraphicEvo::default());
        assert_eq!(line(&frame, &Health::default()), "OFF     in the menu\n");
    }
}
