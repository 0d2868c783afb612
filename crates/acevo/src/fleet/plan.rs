//! What is published, and where to.

use std::path::PathBuf;
use std::time::Duration;

use acevo_files::UserFolder;
use acevo_fleet::{Address, Broker, BrokerError, Connection, Credentials, Hello, Identity, MqttBroker, TlsFiles, slug};
use acevo_settings::MqttSettings;
use anyhow::{Context, anyhow, bail};

use crate::secret::{SecretError, secret};
use crate::session::feeder::SourceKind;

/// The environment variable with the password.
const PASSWORD: &str = "ACEVO_MQTT_PASSWORD";

/// Folder of the spools in the folder of state.
const FOLDER: &str = "mqtt";

/// What is published, and where to.
#[derive(Debug, Clone)]
pub(crate) struct FleetPlan {
    /// The broker.
    pub(crate) address: Address,
    /// The names of the rig.
    pub(crate) identity: Identity,
    /// Samples per second; zero sends none.
    pub(crate) rate: f64,
    /// Time of samples in a message.
    pub(crate) batch: Duration,
    /// Home Assistant discovers the rig.
    pub(crate) home_assistant: bool,
    /// What is read.
    pub(crate) source: SourceKind,
    user: String,
    password_file: Option<PathBuf>,
    files: TlsFiles,
}

impl FleetPlan {
    /// The plan of the settings; `None` without a broker. `rig` is the name of this rig, which may be empty.
    ///
    /// # Errors
    /// If the address is wrong, or only one of certificate and key is named.
    pub(crate) fn new(settings: &MqttSettings, rig: &str, source: SourceKind) -> anyhow::Result<Option<Self>> {
        if settings.broker.is_empty() {
            return Ok(None);
        }
        let address = settings.broker.parse::<Address>().context("mqtt.broker")?;
        let home = std::env::home_dir();
        let path = |text: &str| MqttSettings::path(text, home.as_deref());
        let client = match (path(&settings.client_certificate), path(&settings.client_key)) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => bail!("mqtt.client_certificate and mqtt.client_key belong together: set both or none"),
        };
        Ok(Some(Self {
            address,
            identity: identity(settings, rig),
            rate: settings.rate,
            batch: Duration::try_from_secs_f64(settings.batch).unwrap_or_default(),
            home_assistant: settings.home_assistant,
            source,
            user: settings.user.clone(),
            password_file: path(&settings.password_file),
            files: TlsFiles { ca: path(&settings.ca_file), client },
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

/// The names of this rig for brokers and stores. `rig` is that of the settings, which may be empty.
pub(crate) fn identity(settings: &MqttSettings, rig: &str) -> Identity {
    let first = |names: [&str; 2]| names.into_iter().find(|name| !name.is_empty()).map(str::to_owned);
    let host = || sysinfo::System::host_name().unwrap_or_default();
    Identity {
        site: first([&settings.site, "default"]).unwrap_or_default(),
        rig: first([&settings.rig, rig]).unwrap_or_else(host),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

impl Broker for FleetPlan {
    /// Reads the password from the environment or its file each time, so that a corrected file is used without a restart.
    fn connect(&mut self, hello: Hello) -> Result<Box<dyn Connection>, BrokerError> {
        let password = secret(PASSWORD, self.password_file.as_deref());
        let password = password.map_err(|SecretError { path, reason }| BrokerError::File { path, reason })?;
        let credentials = Credentials { user: self.user.clone(), password };
        MqttBroker::new(self.address.clone(), credentials, self.files.clone()).connect(hello)
    }
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

    #[test]
    fn new_refuses_wrong_addresses_and_half_of_a_certificate() {
        let error =
            |settings: &MqttSettings| format!("{:#}", FleetPlan::new(settings, "", SourceKind::Game).unwrap_err());
        assert!(error(&settings("host")).contains("mqtt://HOST:PORT"));
        assert!(error(&settings("mqtt://me:secret@host")).contains("password_file"));
        let mut half = settings("mqtts://host");
        half.client_key = "/key.pem".into();
        assert!(error(&half).contains("belong together"));
    }
}
