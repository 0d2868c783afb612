//! Shares of the time of a lap or stint: gears, full throttle, coasting.

use std::collections::BTreeMap;

use acevo_shared_memory::{Frame, Gear};
use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::car_sample::current_physics;
use crate::limits::MAX_MAGNITUDE;

/// Reverse, neutral, and forward gears up to 16.
const GEARS: usize = 18;

/// Minimum position of the pedal that counts as full throttle.
const FULL_THROTTLE: f32 = 0.98;

/// Maximum position of a released pedal.
const RELEASED: f32 = 0.02;

/// Minimum speed of coasting, km/h. A slower car stands or manoeuvres.
const MIN_COASTING_KMH: f32 = 10.0;

/// Maximum time between two frames that counts, seconds: what was driven in a longer one is unknown.
const MAX_FRAME_GAP_S: f64 = 1.0;

/// Shares of driving time: time in each gear, with full throttle, coasting.
///
/// The JSON form is `{"full_throttle":0.61,"coasting":0.04,"gear_s":{"2":12.3,"3":40.1}}`, without gears that were not used. The
/// shares are `null` while no time was seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Driving {
    seconds: f64,
    full_s: f64,
    coasting_s: f64,
    gear_s: [f64; GEARS],
}

impl Driving {
    /// Takes the pedals and the gear of a frame, `seconds` after the one before. Ignored while physics is not current.
    pub(in crate::analysis) fn note(&mut self, frame: &Frame, seconds: f64) {
        if !(seconds > 0.0 && seconds <= MAX_FRAME_GAP_S) {
            return;
        }
        let Some(page) = current_physics(frame) else { return };
        self.seconds += seconds;
        if page.gas >= FULL_THROTTLE {
            self.full_s += seconds;
        }
        if page.gas <= RELEASED && page.brake <= RELEASED && page.speedKmh >= MIN_COASTING_KMH {
            self.coasting_s += seconds;
        }
        let gear = match frame.physics.gear() {
            Gear::Reverse => Some(0),
            Gear::Neutral => Some(1),
            Gear::Forward(gear) => Some(usize::from(gear) + 1),
            _ => None,
        };
        if let Some(time) = gear.and_then(|gear| self.gear_s.get_mut(gear)) {
            *time += seconds;
        }
    }

    /// Share of the time with at least 98 % throttle, 0..1; `None` if no time was seen.
    pub fn full_throttle(&self) -> Option<f64> {
        self.share(self.full_s)
    }

    /// Share of the time without throttle and brake (at most 2 %) at 10 km/h or more, 0..1; `None` if no time was seen.
    pub fn coasting(&self) -> Option<f64> {
        self.share(self.coasting_s)
    }

    /// Time in a gear, seconds.
    pub fn gear_s(&self, gear: Gear) -> f64 {
        self.gears().find(|(name, _)| *name == gear).map_or(0.0, |(_, seconds)| seconds)
    }

    /// The gears that were used, and the time in each, seconds.
    pub fn gears(&self) -> impl Iterator<Item = (Gear, f64)> + '_ {
        let gears = (0..).map(Gear::from).zip(self.gear_s);
        gears.filter(|(_, seconds)| *seconds > 0.0)
    }

    fn share(&self, seconds: f64) -> Option<f64> {
        (self.seconds > 0.0).then(|| seconds / self.seconds)
    }
}

impl Serialize for Driving {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Gears<'a>(&'a Driving);
        impl Serialize for Gears<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let rounded = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
                serializer.collect_map(self.0.gears().map(|(gear, seconds)| (gear.to_string(), rounded(seconds))))
            }
        }
        let rounded = |share: Option<f64>| share.map(|share| (share * 1e4).round() / 1e4);
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("full_throttle", &rounded(self.full_throttle()))?;
        map.serialize_entry("coasting", &rounded(self.coasting()))?;
        map.serialize_entry("gear_s", &Gears(self))?;
        map.end()
    }
}

/// Reads the JSON form. Without times of gears the time is unknown, and only the shares are kept.
impl<'de> Deserialize<'de> for Driving {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Form {
            full_throttle: Option<f64>,
            coasting: Option<f64>,
            gear_s: BTreeMap<String, f64>,
        }
        let form = Form::deserialize(deserializer)?;
        let mut driving = Self::default();
        for (index, time) in driving.gear_s.iter_mut().enumerate() {
            *time = form.gear_s.get(&Gear::from(index as i32).to_string()).copied().unwrap_or(0.0);
        }
        let is_time = |seconds: &f64| (0.0..=MAX_MAGNITUDE).contains(seconds);
        let is_share = |share: &Option<f64>| share.is_none_or(|share| (0.0..=1.0).contains(&share));
        if !driving.gear_s.iter().all(is_time) || !is_share(&form.full_throttle) || !is_share(&form.coasting) {
            return Err(D::Error::custom(
                "times of gears and shares of the time are not negative, and shares are at most 1",
            ));
        }
        if let Some((full, coasting)) = form.full_throttle.zip(form.coasting) {
            let seconds: f64 = driving.gear_s.iter().sum();
            driving.seconds = if seconds > 0.0 { seconds } else { 1.0 };
            (driving.full_s, driving.coasting_s) = (full * driving.seconds, coasting * driving.seconds);
        }
        Ok(driving)
    }
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo, View};

    use super::*;

    fn frame(gear: i32, gas: f32, brake: f32, speed: f32) -> Frame {
        let physics = SPageFilePhysics { packetId: 1, gear, gas, brake, speedKmh: speed, ..Default::default() };
        let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() };
        Frame::new(View::from(physics), View::from(graphics), View::from(SPageFileStaticEvo::default()))
    }

    #[test]
    fn note_adds_time_to_gears_and_pedals() {
        let mut driving = Driving::default();
        assert_eq!((driving.full_throttle(), driving.coasting()), (None, None));
        let frames = [
            (13, 1.0, 0.0, 250.0),
            (13, 0.985, 0.0, 250.0),
            (4, 0.0, 0.5, 90.0),
            (4, 0.01, 0.0, 90.0),
            (0, 0.0, 0.0, 3.0),
        ];
        for (gear, gas, brake, speed) in frames {
            driving.note(&frame(gear, gas, brake, speed), 0.5);
        }
        // A gear that does not exist, a throttle that is not a number, and a gap that is too long.
        driving.note(&frame(400, f32::NAN, 0.0, 90.0), 0.5);
        driving.note(&frame(3, 1.0, 0.0, 90.0), 100.0);
        assert_eq!((driving.full_throttle(), driving.coasting()), (Some(1.0 / 3.0), Some(0.5 / 3.0)));
        assert_eq!((driving.gear_s(Gear::Forward(12)), driving.gear_s(Gear::Reverse)), (1.0, 0.5));
        let json = serde_json::to_string(&driving).unwrap();
        let expected = r#"{"full_throttle":0.3333,"coasting":0.1667,"gear_s":{"R":0.5,"3":1.0,"12":1.0}}"#;
        assert_eq!(json, expected);
    }
}
