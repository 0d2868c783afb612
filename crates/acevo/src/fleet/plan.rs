//! What is published, and where to.

use std::path::PathBuf;
use std::time::Duration;

use acevo_files::UserFolder;
use acevo_fleet::{Identity, SpoolLimits, slug};
use acevo_settings::Settings;
use anyhow::anyhow;

use super::broker::BrokerPlan;
use super::database::DatabasePlan;
use crate::session::feeder::SourceKind;
use crate::settings::WrongSetting;

/// What is published, and where to. At least one of both is set.
#[derive(Debug, Clone)]
pub(crate) struct FleetPlan {
    /// What is read.
    pub(crate) source: SourceKind,
    /// Publishing to a broker.
    pub(crate) mqtt: Option<MqttPlan>,
    /// Writing to a database.
    pub(crate) influx: Option<InfluxPlan>,
}

/// Publishing to a broker.
#[derive(Debug, Clone)]
pub(crate) struct MqttPlan {
    /// The broker.
    pub(crate) broker: BrokerPlan,
    /// The names of the rig in topics.
    pub(crate) identity: Identity,
    /// Samples per second; zero sends none.
    pub(crate) rate: f64,
    /// Time of samples in a message.
    pub(crate) batch: Duration,
    /// Limits of what waits on the disk.
    pub(crate) spool: SpoolLimits,
    /// Home Assistant discovers the rig.
    pub(crate) home_assistant: bool,
}

/// Writing to a database.
#[derive(Debug, Clone)]
pub(crate) struct InfluxPlan {
    /// The database.
    pub(crate) database: DatabasePlan,
    /// The names of the rig in tags.
    pub(crate) identity: Identity,
    /// Samples per second; zero sends none.
    pub(crate) rate: f64,
}

impl FleetPlan {
    /// The plan of the settings; `None` without a broker and without a database.
    ///
    /// # Errors
    /// If an address is wrong, or settings contradict each other.
    pub(crate) fn new(settings: &Settings, source: SourceKind) -> Result<Option<Self>, WrongSetting> {
        let (plan, wrong) = Self::with_problems(settings, source);
        wrong.into_iter().next().map_or(Ok(plan), Err)
    }

    /// As [`new`](Self::new), but leaves out a broker or a database whose settings are wrong.
    pub(crate) fn with_problems(settings: &Settings, source: SourceKind) -> (Option<Self>, Vec<WrongSetting>) {
        let mut wrong = Vec::new();
        let (site, rig) = names(settings);
        let identity = Identity { site, rig, version: env!("CARGO_PKG_VERSION").into() };
        let mut spool = SpoolLimits::default();
        spool.max_bytes = u64::from(settings.mqtt.spool_limit) << 20;
        let broker = BrokerPlan::new(&settings.mqtt).unwrap_or_else(|error| {
            wrong.push(error);
            None
        });
        let mqtt = broker.map(|broker| MqttPlan {
            broker,
            identity: identity.clone(),
            rate: settings.mqtt.rate,
            batch: Duration::try_from_secs_f64(settings.mqtt.batch).unwrap_or_default(),
            spool,
            home_assistant: settings.mqtt.home_assistant,
        });
        let database = DatabasePlan::new(&settings.influx).unwrap_or_else(|error| {
            wrong.push(error);
            None
        });
        let influx = database.map(|database| InfluxPlan { database, identity, rate: settings.influx.rate });
        ((mqtt.is_some() || influx.is_some()).then_some(Self { source, mqtt, influx }), wrong)
    }
}

/// The names of site and rig, in topics, tags, stores and lakes: those of `mqtt`, else the general ones, else `default` and the name of the computer.
pub(crate) fn names(settings: &Settings) -> (String, String) {
    names_or(settings, None, None)
}

/// The same, with options in place of the names of `mqtt`.
pub(crate) fn names_or(settings: &Settings, site: Option<&str>, rig: Option<&str>) -> (String, String) {
    let first = |names: [&str; 2]| names.into_iter().find(|name| !name.is_empty()).map(str::to_owned);
    let host = || sysinfo::System::host_name().unwrap_or_default();
    (
        first([site.unwrap_or(&settings.mqtt.site), &settings.site]).unwrap_or_else(|| "default".into()),
        first([rig.unwrap_or(&settings.mqtt.rig), &settings.rig]).unwrap_or_else(host),
    )
}

/// The folder of a spool in the folder of state. Each rig name has its own.
///
/// # Errors
/// If the environment names no folder of state.
pub(super) fn spool_folder(kind: &str, identity: &Identity) -> anyhow::Result<PathBuf> {
    let folder = UserFolder::State.path().ok_or_else(|| anyhow!("there is no folder for state: set HOME"))?;
    Ok(folder.join(kind).join(format!("{}.{}", slug(&identity.site), slug(&identity.rig))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(broker: &str, database: &str) -> Settings {
        let mut settings = Settings::default();
        (settings.mqtt.broker, settings.influx.url) = (broker.into(), database.into());
        (settings.site, settings.rig) = ("Club".into(), "Rig 3".into());
        settings
    }

    #[test]
    fn new_without_a_broker_and_a_database_is_none() {
        assert!(FleetPlan::new(&Settings::default(), SourceKind::Game).unwrap().is_none());
    }

    #[test]
    fn new_has_the_same_names_of_the_rig_for_all() {
        let mut settings = settings("mqtt://host", "http://host:8428/write");
        let of_all = |settings: &Settings| {
            let plan = FleetPlan::new(settings, SourceKind::Game).unwrap().unwrap();
            let identities = [plan.mqtt.unwrap().identity, plan.influx.unwrap().identity];
            assert_eq!(identities[0], identities[1]);
            let [Identity { site, rig, .. }, _] = identities;
            assert_eq!((site.clone(), rig.clone()), names(settings));
            (site, rig)
        };
        assert_eq!(of_all(&settings), ("Club".into(), "Rig 3".into()));
        (settings.mqtt.site, settings.mqtt.rig) = ("own".into(), "Own".into());
        assert_eq!(of_all(&settings), ("own".into(), "Own".into()));
        (settings.mqtt.site, settings.site) = (String::new(), String::new());
        assert_eq!(of_all(&settings).0, "default");
    }

    #[test]
    fn new_reports_a_wrong_address_of_either() {
        let error =
            |broker, database| FleetPlan::new(&settings(broker, database), SourceKind::Game).unwrap_err().to_string();
        assert!(error("host", "").contains("mqtt.broker"));
        assert!(error("mqtt://host", "http://host:8086").contains("influx.url"));
        // The other one is used nevertheless.
        let settings = settings("host", "http://host:8428/write");
        let (plan, wrong) = FleetPlan::with_problems(&settings, SourceKind::Game);
        assert!(plan.is_some_and(|plan| plan.mqtt.is_none() && plan.influx.is_some()));
        assert_eq!(wrong.len(), 1);
    }
}
