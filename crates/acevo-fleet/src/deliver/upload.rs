//! A store that is an HTTP server: `acevo collect`, or any server that takes files by PUT.

use std::io::{Seek as _, SeekFrom};

use acevo_files::open_file;

use super::address::{below, without_query};
use super::body::PacedFile;
use super::digest::Sha256;
use super::store::{DeliveryError, Origin, Pace, Parcel, Receipt, Step, Store};
use super::wire::{
    PARTIAL_UPLOAD, REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET, byte_count, switch, switch_text,
};
use crate::http::{HttpAddress, HttpAddressError, HttpAnswer, HttpBody, HttpClient, HttpCredentials, HttpMethod};
use crate::tls_files::TlsFiles;

/// A store that is an HTTP server. Files are stored at `ADDRESS/SITE/RIG/NAME`.
#[derive(Debug)]
pub struct UploadStore {
    client: HttpClient,
    origin: Origin,
}

/// What a server has of a file.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Everything, at this address.
    Complete(String),
    /// This number of bytes; the rest can be appended.
    Part(u64),
    /// The server cannot continue an upload.
    Unknown,
}

impl UploadStore {
    /// The store at this address. Files with certificates are read, but nothing is connected yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(
        address: HttpAddress,
        origin: Origin,
        credentials: &HttpCredentials,
        files: &TlsFiles,
    ) -> Result<Self, DeliveryError> {
        Ok(Self { client: HttpClient::new(address, credentials, files)?, origin })
    }

    fn find(&self, address: &HttpAddress, parcel: &Parcel<'_>) -> Result<Found, DeliveryError> {
        let (digest, length) = (parcel.content.sha256.to_header(), parcel.content.bytes.to_string());
        let headers = [(REPR_DIGEST, &*digest), (UPLOAD_LENGTH, &*length)];
        let answer = self.client.send(HttpMethod::Head, address, &headers, HttpBody::Empty)?;
        let offset = answer.header(UPLOAD_OFFSET).map(byte_count);
        match (answer.status, answer.header(UPLOAD_COMPLETE).and_then(switch), offset) {
            (200..=299, Some(true), _) => Ok(Found::Complete(location(address, &answer))),
            (200..=299, Some(false), Some(Some(offset))) if offset <= parcel.content.bytes => Ok(Found::Part(offset)),
            (200..=299, Some(_), _) => Err(unusable(address, "its offset is wrong")),
            // Of a server that knows nothing of parts, these statuses are about the file.
            (200..=299 | 404 | 405 | 410 | 501, None, _) => Ok(Found::Unknown),
            _ => Err(refused(address, &answer)),
        }
    }

    fn append(
        &self,
        address: &HttpAddress,
        parcel: &Parcel<'_>,
        offset: u64,
        pace: &mut dyn Pace,
    ) -> Result<Receipt, DeliveryError> {
        pace.pass(Step::Continue(offset))?;
        let (digest, length) = (parcel.content.sha256.to_header(), parcel.content.bytes.to_string());
        let offset_text = offset.to_string();
        let headers = [
            ("content-type", PARTIAL_UPLOAD),
            (UPLOAD_COMPLETE, switch_text(true)),
            (UPLOAD_OFFSET, &*offset_text),
            (UPLOAD_LENGTH, &*length),
            (REPR_DIGEST, &*digest),
        ];
        let answer = send_file(&self.client, HttpMethod::Patch, address, &headers, parcel, offset, pace)?;
        if !answer.is_success() {
            return Err(refused(address, &answer));
        }
        if answer.header(UPLOAD_COMPLETE).and_then(switch) != Some(true) {
            return Err(unusable(address, "it does not say that the upload is complete"));
        }
        check_digest(address, &answer, parcel.content.sha256)?;
        Ok(Receipt { url: location(address, &answer), is_new: true })
    }

    fn put(&self, address: &HttpAddress, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<Receipt, DeliveryError> {
        put(&self.client, address, &[], parcel, pace)?;
        // A server that knows the length of what it has stored confirms it.
        let stored = self.client.send(HttpMethod::Head, address, &[], HttpBody::Empty)?;
        let length = stored.header("content-length").filter(|_| stored.is_success()).and_then(byte_count);
        if length.is_some_and(|length| length != parcel.content.bytes) {
            return Err(DeliveryError::Mismatch(without_query(address.as_str()).to_owned()));
        }
        Ok(Receipt { url: without_query(address.as_str()).to_owned(), is_new: true })
    }
}

impl Store for UploadStore {
    fn deliver(&mut self, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<Receipt, DeliveryError> {
        let Origin { site, rig } = &self.origin;
        let base = self.client.address();
        let address: HttpAddress = below(base.as_str(), &[site, rig, parcel.name])
            .parse()
            .map_err(|error: HttpAddressError| unusable(base, &error.to_string()))?;
        match self.find(&address, parcel)? {
            Found::Complete(url) => Ok(Receipt { url, is_new: false }),
            Found::Part(offset) => self.append(&address, parcel, offset, pace),
            Found::Unknown => self.put(&address, parcel, pace),
        }
    }
}

/// Sends a whole file in one request.
pub(super) fn put(
    client: &HttpClient,
    address: &HttpAddress,
    headers: &[(&str, &str)],
    parcel: &Parcel<'_>,
    pace: &mut dyn Pace,
) -> Result<(), DeliveryError> {
    let digest = parcel.content.sha256.to_header();
    let is_given = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let mut all = headers.to_vec();
    if !is_given("content-type") {
        all.push(("content-type", "application/octet-stream"));
    }
    // Other headers than those that were signed may be refused.
    if headers.is_empty() {
        all.push((REPR_DIGEST, &digest));
    }
    let answer = send_file(client, HttpMethod::Put, address, &all, parcel, 0, pace)?;
    if !answer.is_success() {
        return Err(refused(address, &answer));
    }
    check_digest(address, &answer, parcel.content.sha256)
}

fn send_file(
    client: &HttpClient,
    method: HttpMethod,
    address: &HttpAddress,
    headers: &[(&str, &str)],
    parcel: &Parcel<'_>,
    offset: u64,
    pace: &mut dyn Pace,
) -> Result<HttpAnswer, DeliveryError> {
    let unreadable = |source| DeliveryError::File { path: parcel.path.into(), source };
    let mut file = open_file(parcel.path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() != parcel.content.bytes {
        return Err(DeliveryError::Changed(parcel.path.into()));
    }
    file.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
    let left = parcel.content.bytes - offset;
    let mut body = PacedFile::new(file, left, pace);
    let answer = client.send(method, address, headers, HttpBody::Reader(&mut body, left));
    match body.failure() {
        Some(failure) => Err(failure.into_error(parcel.path)),
        None => Ok(answer?),
    }
}

/// The address of a stored file: the one that the server names, if it is on the same server.
fn location(address: &HttpAddress, answer: &HttpAnswer) -> String {
    let named = answer.header("content-location").filter(|path| path.starts_with('/') && !path.starts_with("//"));
    let named = named.and_then(|path| address.with_path(path).ok());
    without_query(named.as_ref().unwrap_or(address).as_str()).to_owned()
}

fn check_digest(address: &HttpAddress, answer: &HttpAnswer, expected: Sha256) -> Result<(), DeliveryError> {
    match answer.header(REPR_DIGEST).and_then(Sha256::from_header) {
        Some(digest) if digest != expected => Err(DeliveryError::Mismatch(without_query(address.as_str()).to_owned())),
        _ => Ok(()),
    }
}

pub(super) fn refused(address: &HttpAddress, answer: &HttpAnswer) -> DeliveryError {
    let reason = match answer.status {
        401 => {
            "401: the token is missing or wrong. Check upload.token_file, or the variable ACEVO_UPLOAD_TOKEN".into()
        }
        // An answer to HEAD has no text.
        403 if answer.text.is_empty() => {
            "403: the token belongs to another rig, or is not allowed to store files. Check it, and the names of site and rig"
                .into()
        }
        300..=399 => {
            format!("with a redirect, which is not followed. Use this address: {}", answer.header("location").unwrap_or("?"))
        }
        _ => answer.summary(),
    };
    DeliveryError::Refused { address: without_query(address.as_str()).to_owned(), status: answer.status, reason }
}

pub(super) fn unusable(address: &HttpAddress, reason: &str) -> DeliveryError {
    DeliveryError::Answer { address: without_query(address.as_str()).to_owned(), reason: reason.to_owned() }
}
