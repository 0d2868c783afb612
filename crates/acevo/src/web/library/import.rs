//! Takes recordings from the page.

use std::fs;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acevo_files::PendingFile;
use acevo_library::LibraryError;
use acevo_recording::Recording;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::query::parameter;
use super::{document, in_library};
use crate::format::text::error_chain;
use crate::recording::file_name;
use crate::web::change::{Refusal, may_change};
use crate::web::json::json;
use crate::web::server::Server;
use crate::web::slots::Connection;

/// Maximum size of a recording, bytes.
const MAX_BYTES: u64 = 2 << 30;

/// The folder of imported recordings, in the folder of recordings.
const FOLDER: &str = "imported";

/// The sessions of a recording.
#[derive(Debug, Serialize)]
struct Imported {
    sessions: Vec<i64>,
}

/// `POST /api/library/import?name=NAME`: stores the bytes of a recording. A content type is not needed: other web pages are refused by the
/// guard, as for `DELETE`, because browsers send the header `Origin` with each POST.
pub(super) async fn import(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Result<Response, Refusal> {
    may_change(&server, &connection)?;
    let name = parameter(request.uri().query().unwrap_or_default(), "name").unwrap_or_default();
    let name = file_name::plain_stem(name.strip_suffix(".acevo").unwrap_or(&name));
    let Some(folder) = server.library.watched().folders.first().map(|folder| folder.join(FOLDER)) else {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "There is no folder of recordings: the setting recording.folder names one.",
        ));
    };
    let file = blocking(move || create(&folder, &name)).await?;
    let file = receive(file, request.into_body()).await?;
    let path = blocking(move || publish(file)).await?;
    let sessions = in_library(&server, move |library, _| library.index_file(&path));
    Ok(document(json(&Imported { sessions: sessions.await? })))
}

fn create(folder: &Path, name: &str) -> Result<PendingFile, Refusal> {
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    PendingFile::create(file_name::free(folder, name)).map_err(|error| failed(&error))
}

/// Writes the content of a request.
async fn receive(mut file: PendingFile, body: Body) -> Result<PendingFile, Refusal> {
    let (mut content, mut left) = (body.into_data_stream(), MAX_BYTES);
    while let Some(bytes) = content.next().await {
        let bytes = bytes.map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "The request has ended early."))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "A recording that is imported has at most 2 GB.")
        })?;
        file = blocking(move || file.write_all(&bytes).map(|()| file).map_err(|error| failed(&error))).await?;
    }
    Ok(file)
}

/// Checks that a file is a recording, and gives it its name.
fn publish(mut file: PendingFile) -> Result<PathBuf, Refusal> {
    file.flush().map_err(|error| failed(&error))?;
    let mut input = file.file().map_err(|error| failed(&error))?;
    input.seek(SeekFrom::Start(0)).map_err(|error| failed(&error))?;
    if let Err(error) = Recording::from_input(input) {
        let reason = format!("This file cannot be imported: {}.", error_chain(&error));
        return Err(Refusal::new(StatusCode::BAD_REQUEST, reason));
    }
    let path = file.path().to_owned();
    match file.publish() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LibraryError::Taken(path).into()),
        published => published.map(|()| path).map_err(|error| failed(&error)),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    spawn_blocking(work).await.unwrap_or_else(|_| Err(super::unavailable("the request was interrupted")))
}

fn failed(error: &io::Error) -> Refusal {
    let status = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refusal::new(status, format!("The recording cannot be stored: {error}."))
}
