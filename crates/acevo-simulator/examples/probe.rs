//! probe
use acevo_simulator::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut o = Options::default();
    o.scenario = a[1].parse().unwrap();
    o.laps = a.get(4).and_then(|s| s.parse().ok());
    if let Some(b) = a.get(5) {
        if b == "resets" {
            o.box_return = BoxReturn::TimerResets
        } else if b == "0.6" {
            o.game = GameVersion::V0_6
        }
    }
    let (from, to): (f64, f64) = (a[2].parse().unwrap(), a[3].parse().unwrap());
    let mut s = Simulator::new(o);
    let mut last = String::new();
    while !s.is_finished() && s.time().as_secs_f64() < to {
        let c = s.step();
        let f = s.frame();
        let g = f.graphics.raw();
        let key = format!(
            "{} {} {} {} {} {}",
            f.validity,
            g.status,
            f.graphics.session_phase(),
            g.total_lap_count,
            g.last_laptime_ms,
            g.car_location
        );
        if s.time().as_secs_f64() >= from && (c.graphics && to - from < 5.0 || key != last) {
            println!(
                "{:.3} p {} g {} timer {} npos {:.5} valid {} box {} lane {} kmh {:.1} fuel {:.3} foc {} cur {} | {key}",
                s.time().as_secs_f64(),
                f.physics.packet_id(),
                f.graphics.packet_id(),
                g.current_lap_time_ms,
                g.npos,
                g.is_valid_lap,
                g.is_in_pit_box,
                g.is_in_pit_lane,
                f.physics.raw().speedKmh,
                f.physics.raw().fuel,
                f.graphics.focused_car_id() == f.graphics.player_car_id(),
                g.session_state.current_lap
            );
        }
        last = key;
    }
    if a.len() > 4 {
        for l in &s.truth().laps {
            println!("{l:?}")
        }
        for l in &s.truth().aborted {
            println!("{l:?}")
        }
    }
}
