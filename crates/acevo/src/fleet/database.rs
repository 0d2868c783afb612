//! The database of the settings.

use std::path::PathBuf;

use acevo_fleet::{HttpClient, HttpCredentials, HttpError, TlsFiles, WriteAddress};
use acevo_settings::InfluxSettings;

use crate::secret::{SecretError, secret};
use crate::settings::WrongSetting;

/// The environment variables with secrets.
const PASSWORD: &str = "ACEVO_INFLUX_PASSWORD";
const TOKEN: &str = "ACEVO_INFLUX_TOKEN";

/// The database of the settings.
#[derive(Debug, Clone)]
pub(crate) struct DatabasePlan {
    /// Where lines are written to.
    pub(crate) address: WriteAddress,
    user: String,
    password_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    files: TlsFiles,
}

impl DatabasePlan {
    /// The database of the settings; `None` without one.
    ///
    /// # Errors
    /// If the address is wrong, or user and token are both set.
    pub(crate) fn new(settings: &InfluxSettings) -> Result<Option<Self>, WrongSetting> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        let home = std::env::home_dir();
        let path = |text: &str| InfluxSettings::path(text, home.as_deref());
        if !settings.user.is_empty() && !settings.token_file.is_empty() {
            return Err(WrongSetting::contradiction(
                "influx.user and influx.token_file exclude each other: a database has either passwords or tokens",
            ));
        }
        let address = settings.url.parse::<WriteAddress>();
        Ok(Some(Self {
            address: address.map_err(|error| WrongSetting::address("influx.url", &settings.url, &error))?,
            user: settings.user.clone(),
            password_file: path(&settings.password_file),
            token_file: path(&settings.token_file),
            files: TlsFiles { ca: path(&settings.ca_file), client: None },
        }))
    }

    /// A client with the secrets of this moment.
    ///
    /// # Errors
    /// If a file cannot be used, or TLS is not possible.
    pub(super) fn client(&self) -> Result<HttpClient, HttpError> {
        let of_file = |SecretError { path, reason }| HttpError::File { path, reason };
        let credentials = if self.user.is_empty() {
            match secret(TOKEN, self.token_file.as_deref()).map_err(of_file)? {
                none if none.is_empty() => HttpCredentials::None,
                token if self.address.has_token_scheme() => HttpCredentials::Token(token),
                token => HttpCredentials::Bearer(token),
            }
        } else {
            let password = secret(PASSWORD, self.password_file.as_deref()).map_err(of_file)?;
            HttpCredentials::Basic(self.user.clone(), password)
        };
        HttpClient::new(self.address.http().clone(), &credentials, &self.files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_refuses_wrong_addresses_and_two_kinds_of_secrets() {
        let mut settings = InfluxSettings::default();
        assert!(DatabasePlan::new(&settings).unwrap().is_none());
        settings.url = "http://host:8428/write".into();
        assert!(DatabasePlan::new(&settings).unwrap().is_some());
        (settings.user, settings.token_file) = ("me".into(), "/token".into());
        assert!(DatabasePlan::new(&settings).unwrap_err().to_string().contains("exclude each other"));
        settings.url = "http://me:secret@host/write".into();
        settings.user.clear();
        let error = DatabasePlan::new(&settings).unwrap_err().to_string();
        assert!(error.contains("influx.url") && error.contains("influx.token_file") && !error.contains("secret@"));
    }
}
