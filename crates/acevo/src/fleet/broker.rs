//! The broker of the settings, for those who publish and for those who subscribe.

use std::path::{Path, PathBuf};

use acevo_files::read_limited;
use acevo_fleet::{Address, Broker, BrokerError, Connection, Credentials, Hello, MqttBroker, TlsFiles};
use acevo_settings::MqttSettings;
use anyhow::{Context, bail};

/// The environment variable with the password.
const PASSWORD: &str = "ACEVO_MQTT_PASSWORD";

/// Maximum size of a file with a password, bytes.
const MAX_PASSWORD: u64 = 1024;

/// The broker of the settings.
#[derive(Debug, Clone)]
pub(crate) struct BrokerPlan {
    /// Its address.
    pub(crate) address: Address,
    user: String,
    password_file: Option<PathBuf>,
    files: TlsFiles,
}

impl BrokerPlan {
    /// The broker of the settings; `None` without one.
    ///
    /// # Errors
    /// If the address is wrong, or only one of certificate and key is named.
    pub(crate) fn new(settings: &MqttSettings) -> anyhow::Result<Option<Self>> {
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
            user: settings.user.clone(),
            password_file: path(&settings.password_file),
            files: TlsFiles { ca: path(&settings.ca_file), client },
        }))
    }
}

impl Broker for BrokerPlan {
    /// Reads the password from the environment or its file each time, so that a corrected file is used without a restart.
    fn connect(&mut self, hello: Hello) -> Result<Box<dyn Connection>, BrokerError> {
        let password = match (std::env::var(PASSWORD), &self.password_file) {
            (Ok(password), _) if !password.is_empty() => password,
            (_, Some(file)) => password_in(file)?,
            _ => String::new(),
        };
        let credentials = Credentials { user: self.user.clone(), password };
        MqttBroker::new(self.address.clone(), credentials, self.files.clone()).connect(hello)
    }
}

/// The first line of a file.
fn password_in(file: &Path) -> Result<String, BrokerError> {
    let unusable = |reason: String| BrokerError::File { path: file.into(), reason };
    let bytes = read_limited(file, MAX_PASSWORD).map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unusable("it is not UTF-8".into()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_refuses_wrong_addresses_and_half_of_a_certificate() {
        let settings = |broker: &str| {
            let mut settings = MqttSettings::default();
            settings.broker = broker.into();
            settings
        };
        let error = |settings: &MqttSettings| format!("{:#}", BrokerPlan::new(settings).unwrap_err());
        assert!(error(&settings("host")).contains("mqtt://HOST:PORT"));
        assert!(error(&settings("mqtt://me:secret@host")).contains("password_file"));
        let mut half = settings("mqtts://host");
        half.client_key = "/key.pem".into();
        assert!(error(&half).contains("belong together"));
    }

    #[test]
    fn password_in_returns_the_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "secret word\r\n").unwrap();
        assert_eq!(password_in(&file).unwrap(), "secret word");
        std::fs::write(&file, vec![b'x'; 2000]).unwrap();
        assert!(password_in(&file).is_err());
    }
}
