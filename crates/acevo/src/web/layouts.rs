//! Documents of layouts: the list, and each layout, which the page's editor saves and removes.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::change::{Refusal, may_change, read_body};
use super::guard::only;
use super::json::json;
use super::server::Server;
use super::slots::Connection;
use crate::format::text::clean;
use crate::layouts::{Entry, Failure, Layout, Layouts, MAX_BYTES};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// `GET /api/layouts`: all files, with their problems.
pub(super) async fn list(State(server): State<Arc<Server>>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct List {
        layouts: Vec<Entry>,
    }
    let layouts = on_disk(&server, Layouts::list).await?;
    Ok(document(json(&List { layouts })))
}

/// `GET /api/layouts/{name}`: a layout.
pub(super) async fn read(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Refusal> {
    let layout = on_disk(&server, move |layouts| layouts.read(&name)).await?;
    Ok(document(json(&layout)))
}

/// `PUT /api/layouts/{name}`: saves a layout. With `If-None-Match: *` an existing layout is not replaced.
pub(super) async fn save(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(name): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let is_new = only(request.headers(), &IF_NONE_MATCH) == Some("*");
    may_change(&server, &connection)?;
    let body = read_body(request, MAX_BYTES).await?;
    let layout =
        Layout::read(&body).map_err(|problem| Refusal::new(StatusCode::BAD_REQUEST, clean(&problem.to_string())))?;
    on_disk(&server, move |layouts| layouts.save(&name, &layout, is_new)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/layouts/{name}`: removes a layout.
///
/// The request has no body, and so no content type. It needs none: browsers send DELETE to another site only after that site has agreed
/// (CORS preflight), which this server never does, and the guard refuses requests with a foreign `Origin` or `Sec-Fetch-Site`.
pub(super) async fn remove(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    may_change(&server, &connection)?;
    on_disk(&server, move |layouts| layouts.remove(&name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Works with files on a thread that may block, because the folder may be on a slow disk.
async fn on_disk<T: Send + 'static>(
    server: &Arc<Server>,
    work: impl FnOnce(&Layouts) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Refusal> {
    let server = Arc::clone(server);
    let done = spawn_blocking(move || work(&server.layouts)).await;
    let done = done.unwrap_or_else(|_| Err(Failure::System("the request was interrupted".to_owned())));
    done.map_err(Refusal::from)
}

fn document(body: String) -> Response {
    ([(CONTENT_TYPE, JSON)], body).into_response()
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (status, reason) = match failure {
            Failure::Name(problem) => (StatusCode::BAD_REQUEST, problem),
            Failure::Absent => (StatusCode::NOT_FOUND, "There is no layout with this name.".to_owned()),
            Failure::Taken(name) => (StatusCode::CONFLICT, format!("The layout “{name}” exists already.")),
            Failure::Broken(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
            Failure::Full => (StatusCode::INSUFFICIENT_STORAGE, "There are too many layouts.".to_owned()),
            Failure::System(problem) => {
                (StatusCode::INTERNAL_SERVER_ERROR, format!("The layouts cannot be accessed: {problem}."))
            }
        };
        Self::new(status, clean(&reason))
    }
}
