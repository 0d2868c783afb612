//! What is published, and where to.

use std::path::PathBuf;
use std::time::Duration;

use acevo_files::UserFolder;
use acevo_fleet::{Identity, SpoolLimits, slug};
use acevo_settings::MqttSettings;
use anyhow::anyhow;

use super::broker::BrokerPlan;
use crate::session::feeder::SourceKind;

/// Folder of the spools in the folder of state.
const FOLDER: &str = "mqtt";

/// What is published, and where to.
#[derive(Debug, Clone)]
pub(crate) struct FleetPlan {
    /// The broker.
    pub(crate) broker: BrokerPlan,
    /// The names of the rig.
    pub(crate) identity: Identity,
    /// Samples per second; zero sends none.
    pub(crate) rate: f64,
    /// Time of samples in a message.
    pub(crate) batch: Duration,
    /// Limits of what waits on the disk.
    pub(crate) spool: SpoolLimits,
    /// Home Assistant discovers the rig.
    pub(crate) home_assistant: bool,
    /// What is read.
    pub(crate) source: SourceKind,
}

impl FleetPlan {
    /// The plan of the settings; `None` without a broker. `rig` is the name of this rig, which may be empty.
    ///
    /// # Errors
    /// If the address is wrong, or only one of certificate and key is named.
    pub(crate) fn new(settings: &MqttSettings, rig: &str, source: SourceKind) -> anyhow::Result<Option<Self>> {
        let Some(broker) = BrokerPlan::new(settings)? else { return Ok(None) };
        let mut spool = SpoolLimits::default();
        spool.max_bytes = u64::from(settings.spool_limit) << 20;
        let (site, rig) = names(settings, rig);
        Ok(Some(Self {
            broker,
            identity: Identity { site, rig, version: env!("CARGO_PKG_VERSION").into() },
            rate: settings.rate,
            batch: Duration::try_from_secs_f64(settings.batch).unwrap_or_default(),
            spool,
            home_assistant: settings.home_assistant,
            source,
        }))
    }

    /// The folder of the spool. Each rig name has its own.
    ///
    /// # Errors
    /// If the environment names no folder of state.
    pub(super) fn spool_folder(&self) -> anyhow::Result<PathBuf> {
        let folder = UserFolder::State.path().ok_or_else(|| anyhow!("there is no folder for state: set HOME"))?;
        Ok(folder.join(FOLDER).join(format!("{}.{}", slug(&self.identity.site), slug(&self.identity.rig))))
    }
}

/// The names of site and rig. `rig` is the name of this rig, which may be empty.
pub(crate) fn names(settings: &MqttSettings, rig: &str) -> (String, String) {
    let first = |names: [&str; 2]| names.into_iter().find(|name| !name.is_empty()).map(str::to_owned);
    let host = || sysinfo::System::host_name().unwrap_or_default();
    (first([&settings.site, "default"]).unwrap_or_default(), first([&settings.rig, rig]).unwrap_or_else(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(broker: &str) -> MqttSettings {
        let mut settings = MqttSettings::default();
        settings.broker = broker.into();
        settings
    }

    #[test]
    fn new_without_a_broker_is_none() {
        assert!(FleetPlan::new(&MqttSettings::default(), "rig", SourceKind::Game).unwrap().is_none());
    }

    #[test]
    fn new_takes_the_name_of_the_rig_unless_mqtt_has_one() {
        let rig = |settings: &MqttSettings| {
            FleetPlan::new(settings, "Rig 3", SourceKind::Game).unwrap().unwrap().identity.rig
        };
        assert_eq!(rig(&settings("mqtt://host")), "Rig 3");
        let mut own = settings("mqtt://host");
        own.rig = "Own".into();
        assert_eq!(rig(&own), "Own");
    }
}
