//! Where recordings are delivered to.

use std::fmt;
use std::path::{Path, PathBuf};

use acevo_fleet::{
    DeliveryError, FolderStore, HttpAddress, HttpCredentials, HttpError, Origin, PresignedStore, Store, TlsFiles,
    UploadStore, slug,
};
use acevo_settings::UploadSettings;
use anyhow::bail;

use crate::output::name_of;
use crate::secret::{SecretError, is_set, secret};
use crate::settings::WrongSetting;
use crate::token::shared;

/// The environment variable with the token.
const TOKEN: &str = "ACEVO_UPLOAD_TOKEN";

/// A store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A folder.
    Folder(PathBuf),
    /// A server that takes files.
    Server(HttpAddress),
    /// A service that returns addresses.
    Presign(HttpAddress),
}

impl Destination {
    /// The destination of a text: an address or a folder.
    ///
    /// # Errors
    /// If it is a wrong address.
    pub(crate) fn parse(text: &str, presign: bool) -> anyhow::Result<Self> {
        let is_address = text.contains("://");
        if !is_address && presign {
            bail!("a service that returns addresses has an address: https://HOST/PATH");
        }
        Ok(match is_address {
            false => Self::Folder(text.into()),
            true if presign => Self::Presign(text.parse()?),
            true => Self::Server(text.parse()?),
        })
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => f.write_str(&name_of(folder)),
            // A query may have a key.
            Self::Server(address) | Self::Presign(address) => {
                f.write_str(address.as_str().split('?').next().unwrap_or_default())
            }
        }
    }
}

/// Where recordings are delivered to, and how.
#[derive(Debug, Clone)]
pub(crate) struct UploadPlan {
    /// The store.
    pub(crate) to: Destination,
    /// The names of the rig there.
    pub(crate) origin: Origin,
    /// Maximum rate, bytes per second.
    pub(crate) limit: Option<u64>,
    /// Uploads continue while the car is driven.
    pub(crate) always: bool,
    /// What is recorded, such as `game`.
    pub(crate) source: &'static str,
    user: String,
    token_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl UploadPlan {
    /// The plan of the settings; `None` without a store. `names` are those of site and rig.
    ///
    /// # Errors
    /// If both a folder and an address are set, or the address is wrong.
    pub(crate) fn new(
        settings: &UploadSettings,
        names: (String, String),
        source: &'static str,
    ) -> Result<Option<Self>, WrongSetting> {
        let home = std::env::home_dir();
        let to = match (UploadSettings::path(&settings.folder, home.as_deref()), settings.url.as_str()) {
            (None, "") => return Ok(None),
            (Some(folder), "") => Destination::Folder(folder),
            (None, url) => {
                let address = url.parse::<HttpAddress>();
                let address = address.map_err(|error| WrongSetting::address("upload.url", url, &error))?;
                if settings.presign { Destination::Presign(address) } else { Destination::Server(address) }
            }
            (Some(_), _) => {
                return Err(WrongSetting::contradiction(
                    "upload.folder and upload.url are both set: recordings go to one store",
                ));
            }
        };
        Ok(Some(Self::to(to, settings, names, source)))
    }

    /// The plan of the settings with another store.
    pub(crate) fn to(
        to: Destination,
        settings: &UploadSettings,
        (site, rig): (String, String),
        source: &'static str,
    ) -> Self {
        let home = std::env::home_dir();
        let path = |text: &str| UploadSettings::path(text, home.as_deref());
        Self {
            to,
            origin: Origin { site: slug(&site), rig: slug(&rig) },
            limit: settings.limit,
            always: settings.always,
            source,
            user: settings.user.clone(),
            token_file: path(&settings.token_file),
            ca_file: path(&settings.ca_file),
        }
    }

    /// The same with other files.
    #[must_use]
    pub(crate) fn with_files(self, token_file: Option<&Path>, ca_file: Option<&Path>) -> Self {
        let or = |given: Option<&Path>, other: Option<PathBuf>| given.map(PathBuf::from).or(other);
        Self { token_file: or(token_file, self.token_file), ca_file: or(ca_file, self.ca_file), ..self }
    }

    /// A warning if other users can read or change the file with the token.
    pub(crate) fn warning(&self) -> Option<String> {
        let path = self.token_file.as_deref().filter(|_| !is_set(TOKEN))?;
        Some(format!("{}: chmod 600 {}", shared(path)?, name_of(path)))
    }

    /// The store. Secrets and certificates are read each time, so that corrected files are used without a restart.
    ///
    /// # Errors
    /// If a file cannot be used.
    pub(crate) fn open(&self) -> Result<Box<dyn Store>, DeliveryError> {
        let origin = self.origin.clone();
        let files = TlsFiles { ca: self.ca_file.clone(), client: None };
        Ok(match &self.to {
            Destination::Folder(folder) => Box::new(FolderStore::new(folder, origin)),
            Destination::Server(address) => {
                Box::new(UploadStore::new(address.clone(), origin, &self.credentials()?, &files)?)
            }
            Destination::Presign(address) => {
                Box::new(PresignedStore::new(address.clone(), origin, &self.credentials()?, &files)?)
            }
        })
    }

    fn credentials(&self) -> Result<HttpCredentials, DeliveryError> {
        let token = secret(TOKEN, self.token_file.as_deref());
        let token = token.map_err(|SecretError { path, reason }| HttpError::File { path, reason })?;
        Ok(match (self.user.as_str(), token) {
            ("", token) if token.is_empty() => HttpCredentials::None,
            ("", token) => HttpCredentials::Bearer(token),
            (user, password) => HttpCredentials::Basic(user.to_owned(), password),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Option<UploadPlan>, WrongSetting> {
        let settings = acevo_settings::Settings::from_toml(text).unwrap();
        UploadPlan::new(&settings.upload, ("My Club".into(), "Rig 3".into()), "game")
    }

    #[test]
    fn new_takes_one_store_and_slugs() {
        assert!(plan("").unwrap().is_none());
        let plan_of = |text| plan(text).unwrap().unwrap();
        let folder = plan_of("upload.folder = '~/store'");
        assert!(matches!(folder.to, Destination::Folder(_)));
        assert_eq!((folder.origin.site.as_str(), folder.origin.rig.as_str()), ("my-club", "rig-3"));
        assert!(matches!(plan_of("upload.url = 'http://host/x'").to, Destination::Server(_)));
        let presign =
            plan_of("[upload]\nurl = 'https://host/sign?key=1'\npresign = true\nlimit = '8Mbit/s'\nwhen = 'always'");
        assert_eq!(
            (presign.to.to_string().as_str(), presign.limit, presign.always),
            ("https://host/sign", Some(1_000_000), true)
        );
        for wrong in
            ["upload.url = 'host'", "upload.url = 'ftp://host'", "[upload]\nurl = 'http://host'\nfolder = '~/a'"]
        {
            assert!(plan(wrong).is_err(), "{wrong}");
        }
    }
}
