//! The discovery message of Home Assistant: one device with its sensors.

use serde_json::{Map, Value, json};

use crate::slug::slug;

/// A sensor: id, kind, title, the last level of the topic, the template of its value, and its unit.
type Sensor = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const SENSORS: [Sensor; 6] = [
    ("state", "sensor", "State", "status", "{{ value_json.state | default('offline') }}", ""),
    (
        "in_car",
        "binary_sensor",
        "In the car",
        "status",
        "{{ 'ON' if value_json.state | default('') == 'live' else 'OFF' }}",
        "",
    ),
    ("speed", "sensor", "Speed", "sample", "{{ value_json.speed }}", "km/h"),
    ("fuel", "sensor", "Fuel", "sample", "{{ value_json.fuel }}", "L"),
    ("lap", "sensor", "Laps", "session", "{{ value_json.laps }}", ""),
    ("best", "sensor", "Best lap", "session", "{{ (value_json.best_ms | default(0, true)) / 1000 }}", "s"),
];

/// The topic and the content. `prefix` is that of the topics of the rig. In columns, samples have no single value, and are left out.
pub(crate) fn discovery(prefix: &str, rig: &str, name: &str, version: &str, in_columns: bool) -> (String, String) {
    let device = format!("acevo_{}", slug(rig).replace('-', "_"));
    let sensors = SENSORS.iter().filter(|(_, _, _, topic, ..)| !in_columns || *topic != "sample");
    let components: Map<String, Value> = sensors
        .map(|(id, kind, title, topic, template, unit)| {
            let mut sensor = json!({
                "p": kind,
                "name": title,
                "unique_id": format!("{device}_{id}"),
                "state_topic": format!("{prefix}/{topic}"),
                "value_template": template,
            });
            if let (false, Some(fields)) = (unit.is_empty(), sensor.as_object_mut()) {
                fields.insert("unit_of_measurement".into(), (*unit).into());
            }
            ((*id).to_owned(), sensor)
        })
        .collect();
    let content = json!({
        "dev": { "ids": device, "name": format!("acevo {name}"), "mf": "acevo", "sw": version },
        "o": { "name": "acevo", "sw": version },
        "avty": [{
            "t": format!("{prefix}/status"),
            "val_tpl": "{{ 'online' if value_json.online else 'offline' }}",
        }],
        "cmps": components,
    });
    (format!("homeassistant/device/{device}/config"), content.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_names_topics_of_the_rig() {
        let (topic, content) = discovery("acevo/v1/home/rig-3", "rig-3", "Rig 3", "0.1.0", false);
        assert_eq!(topic, "homeassistant/device/acevo_rig_3/config");
        let content: Value = serde_json::from_str(&content).unwrap();
        assert_eq!(content["cmps"]["speed"]["state_topic"], "acevo/v1/home/rig-3/sample");
        let (_, content) = discovery("p", "rig-3", "Rig 3", "0.1.0", true);
        let content: Value = serde_json::from_str(&content).unwrap();
        assert!(content["cmps"].get("speed").is_none() && content["cmps"].get("best").is_some());
    }
}
