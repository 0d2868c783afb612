//! The broker of the settings, for those who publish and for those who subscribe.

use std::path::PathBuf;

use acevo_fleet::{Address, Broker, BrokerError, Connection, Credentials, Hello, MqttBroker, TlsFiles};
use acevo_settings::MqttSettings;

use crate::secret::{SecretError, secret};
use crate::settings::WrongSetting;

/// The environment variable with the password.
const PASSWORD: &str = "ACEVO_MQTT_PASSWORD";

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
    pub(crate) fn new(settings: &MqttSettings) -> Result<Option<Self>, WrongSetting> {
        if settings.broker.is_empty() {
            return Ok(None);
        }
        let address = settings.broker.parse::<Address>();
        let address = address.map_err(|error| WrongSetting::address("mqtt.broker", &settings.broker, &error))?;
        let home = std::env::home_dir();
        let path = |text: &str| MqttSettings::path(text, home.as_deref());
        let client = match (path(&settings.client_certificate), path(&settings.client_key)) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => {
                return Err(WrongSetting::contradiction(
                    "mqtt.client_certificate and mqtt.client_key belong together: set both or none",
                ));
            }
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
        let password = secret(PASSWORD, self.password_file.as_deref());
        let password = password.map_err(|SecretError { path, reason }| BrokerError::File { path, reason })?;
        let credentials = Credentials { user: self.user.clone(), password };
        MqttBroker::new(self.address.clone(), credentials, self.files.clone()).connect(hello)
    }
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
        let error = |settings: &MqttSettings| BrokerPlan::new(settings).unwrap_err().to_string();
        let form =
            "mqtt.broker: the address of a broker is mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS, found \"host\"";
        assert_eq!(error(&settings("host")), form);
        let secret = error(&settings("mqtt://me:secret@host"));
        assert!(secret.contains("password_file") && !secret.contains("secret@"), "{secret}");
        let mut half = settings("mqtts://host");
        half.client_key = "/key.pem".into();
        assert!(error(&half).contains("belong together"));
    }
}
