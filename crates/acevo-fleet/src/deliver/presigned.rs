//! A store that is reached by addresses of another service, such as presigned addresses of S3.

use serde::{Deserialize, Serialize};

use super::address::without_query;
use super::store::{DeliveryError, Origin, Pace, Parcel, Receipt, Store};
use super::upload::{put, refused, unusable};
use crate::http::{HttpAddress, HttpBody, HttpClient, HttpCredentials, HttpMethod};
use crate::tls_files::TlsFiles;

/// Maximum number of headers that a service may ask for.
const MAX_HEADERS: usize = 32;

/// A store whose addresses come from a service: it is asked with the name, the length and the digest of each file.
#[derive(Debug)]
pub struct PresignedStore {
    service: HttpClient,
    origin: Origin,
    files: TlsFiles,
    /// The client of the server of the last address.
    last: Option<HttpClient>,
}

/// The request to the service.
#[derive(Debug, Serialize)]
struct Request<'a> {
    site: &'a str,
    rig: &'a str,
    name: &'a str,
    bytes: u64,
    sha256: String,
}

/// Its answer.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Answer {
    /// Where the file is put, by PUT; where it is, if it is stored already.
    url: String,
    /// Headers of the request.
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    /// The address that is announced; that of the request without its query if it is missing.
    public_url: Option<String>,
    /// The store has this content already.
    #[serde(default)]
    stored: bool,
}

impl PresignedStore {
    /// The store of the service at this address. Nothing is connected yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(
        service: HttpAddress,
        origin: Origin,
        credentials: &HttpCredentials,
        files: &TlsFiles,
    ) -> Result<Self, DeliveryError> {
        let service = HttpClient::new(service, credentials, files)?;
        Ok(Self { service, origin, files: files.clone(), last: None })
    }

    fn ask(&self, parcel: &Parcel<'_>) -> Result<Answer, DeliveryError> {
        let Origin { site, rig } = &self.origin;
        let content = parcel.content;
        let request =
            Request { site, rig, name: parcel.name, bytes: content.bytes, sha256: content.sha256.to_string() };
        let request = serde_json::to_vec(&request).unwrap_or_default();
        let address = self.service.address();
        let headers = [("content-type", "application/json"), ("accept", "application/json")];
        let answer = self.service.send(HttpMethod::Post, address, &headers, HttpBody::Bytes(&request))?;
        if !answer.is_success() {
            return Err(refused(address, &answer));
        }
        parse(&answer.text).map_err(|reason| unusable(address, &reason))
    }

    /// The client of the server of an address.
    fn client(&mut self, address: &HttpAddress) -> Result<&HttpClient, DeliveryError> {
        let client = match self.last.take().filter(|last| last.address().is_same_server(address)) {
            Some(client) => client,
            // The address has all the credentials that it needs.
            None => HttpClient::new(address.clone(), &HttpCredentials::None, &self.files)?,
        };
        Ok(self.last.insert(client))
    }
}

/// The answer of a service.
fn parse(text: &str) -> Result<Answer, String> {
    let answer: Answer = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if answer.headers.len() > MAX_HEADERS {
        return Err(format!("it has more than {MAX_HEADERS} headers"));
    }
    Ok(answer)
}

impl Store for PresignedStore {
    fn deliver(&mut self, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<Receipt, DeliveryError> {
        let answer = self.ask(parcel)?;
        let public = answer.public_url.unwrap_or_else(|| without_query(&answer.url).to_owned());
        if answer.stored {
            return Ok(Receipt { url: public, is_new: false });
        }
        let address: HttpAddress =
            answer.url.parse().map_err(|error| unusable(self.service.address(), &format!("its url: {error}")))?;
        let headers: Vec<_> = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        put(self.client(&address)?, &address, &headers, parcel, pace)?;
        Ok(Receipt { url: public, is_new: true })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parse_reads_answers_and_refuses_others() {
        let answer = parse(r#"{"url":"https://s3/b/a?X-Amz-Signature=1","headers":{"x-amz-a":"1"},"more":1}"#).unwrap();
        assert_eq!((answer.headers.len(), answer.stored, answer.public_url), (1, false, None));
        assert!(parse(r#"{"url":"https://s3/b/a","stored":true}"#).unwrap().stored);
        for wrong in ["", "[]", "{}", r#"{"url":1}"#, r#"{"url":"x","headers":[]}"#] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn parse_of_any_text_does_not_panic(text: String) {
            let _ = parse(&text);
        }
    }
}
