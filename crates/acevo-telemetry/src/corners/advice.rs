//! A sentence for the driver about a corner.

use super::CornerLoss;

/// A loss below this is none, seconds.
const MIN_LOSS_S: f64 = 0.02;

/// Differences of positions below this are not worth a sentence, metres: a car drives them in less than a tenth of a second.
const MIN_METRES: f64 = 3.0;

/// The same for speeds, km/h.
const MIN_KMH: f64 = 1.5;

/// One plain sentence about a corner: what differs from the reference lap, and the time that is lost or gained.
///
/// It states only differences that the figures have: `Turn 3: you brake 14 m earlier and lose 0.21 s; your minimum speed is 6 km/h lower.`
pub fn advice(loss: &CornerLoss) -> String {
    let title = &loss.title;
    let Some(lost_s) = loss.lost_s else { return format!("{title}: one of the laps has no data here.") };
    if lost_s.abs() < MIN_LOSS_S {
        return format!("{title}: you lose no time.");
    }
    let time = format!("{} {:.2} s", if lost_s > 0.0 { "lose" } else { "gain" }, lost_s.abs());
    let mut actions = [
        loss.braking_earlier_m.and_then(|metres| moved("brake", metres, "earlier", "later")),
        braking_changed(loss),
        loss.throttle_later_m.and_then(|metres| moved("open the throttle", metres, "later", "earlier")),
    ]
    .into_iter()
    .flatten();
    let speeds = [("entry", loss.entry_kmh), ("minimum", loss.min_kmh), ("exit", loss.exit_kmh)];
    let speeds = speeds.into_iter().filter_map(|(name, kmh)| changed(name, kmh?));
    let mut parts = vec![match actions.next() {
        Some(action) => format!("you {action} and {time}"),
        None => format!("you {time}"),
    }];
    parts.extend(actions.map(|action| format!("you {action}")));
    parts.extend(speeds);
    format!("{title}: {}.", parts.join("; "))
}

fn moved(what: &str, metres: f64, positive: &str, negative: &str) -> Option<String> {
    let direction = if metres > 0.0 { positive } else { negative };
    (metres.abs() >= MIN_METRES).then(|| format!("{what} {:.0} m {direction}", metres.abs()))
}

/// Only one of the laps has braking.
fn braking_changed(loss: &CornerLoss) -> Option<String> {
    match (loss.lap.braking_m, loss.reference.braking_m) {
        (Some(_), None) => Some("brake, which the reference lap does not,".to_owned()),
        (None, Some(_)) => Some("do not brake, which the reference lap does,".to_owned()),
        _ => None,
    }
}

fn changed(name: &str, kmh: f64) -> Option<String> {
    let direction = if kmh < 0.0 { "lower" } else { "higher" };
    (kmh.abs() >= MIN_KMH).then(|| format!("your {name} speed is {:.0} km/h {direction}", kmh.abs()))
}
