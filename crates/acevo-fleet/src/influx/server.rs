//! A database that takes lines over HTTP.

use std::fmt;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;
use std::time::Duration;

use super::address::WriteAddress;
use crate::http::{HttpAnswer, HttpBody, HttpClient, HttpError, HttpMethod};

/// Maximum time that a database may ask to be left alone.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// Why lines were not written. The text has advice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no answer; it may be better later.
    Away(String),
    /// The database asks to wait for this time.
    Busy(String, Duration),
    /// Settings, files or the database must change.
    Permanent(String),
    /// The database does not accept some of the lines. It may have written the others.
    Lines(String),
    /// They are too many for one request.
    TooLarge(String),
}

impl WriteError {
    /// What happened.
    pub fn text(&self) -> &str {
        match self {
            Self::Away(text)
            | Self::Busy(text, _)
            | Self::Permanent(text)
            | Self::Lines(text)
            | Self::TooLarge(text) => text,
        }
    }
}

/// A database that takes lines.
pub trait LineServer: Send {
    /// Begins to write lines, and returns without waiting. Its outcome has to be taken before the next ones are written.
    fn write(&mut self, lines: String);

    /// The outcome of [`write`](Self::write), once. Never waits.
    fn outcome(&mut self) -> Option<Result<(), WriteError>>;
}

/// A database over HTTP. Its thread ends after this was dropped.
pub struct InfluxServer {
    lines: Sender<String>,
    outcomes: Receiver<Result<(), WriteError>>,
    has_ended: bool,
}

impl fmt::Debug for InfluxServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InfluxServer").finish_non_exhaustive()
    }
}

impl InfluxServer {
    /// The database at this address. `client` is called in the thread before the first request, and again after what needs a change of files
    /// or settings, so that a corrected file is used without a restart.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(
        address: WriteAddress,
        client: impl FnMut() -> Result<HttpClient, HttpError> + Send + 'static,
    ) -> io::Result<Self> {
        let (lines, taken) = mpsc::channel();
        let (answers, outcomes) = mpsc::channel();
        let worker = Worker { address, new_client: client, client: None };
        thread::Builder::new().name("influx".into()).spawn(move || worker.run(&taken, &answers))?;
        Ok(Self { lines, outcomes, has_ended: false })
    }
}

impl LineServer for InfluxServer {
    fn write(&mut self, lines: String) {
        self.has_ended = self.lines.send(lines).is_err();
    }

    fn outcome(&mut self) -> Option<Result<(), WriteError>> {
        match self.outcomes.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) if !self.has_ended => None,
            Err(_) => Some(Err(WriteError::Permanent("the thread that writes has ended: restart acevo".into()))),
        }
    }
}

struct Worker<C> {
    address: WriteAddress,
    new_client: C,
    client: Option<HttpClient>,
}

impl<C: FnMut() -> Result<HttpClient, HttpError>> Worker<C> {
    fn run(mut self, lines: &Receiver<String>, outcomes: &Sender<Result<(), WriteError>>) {
        for lines in lines {
            let outcome = self.write(&lines);
            if matches!(outcome, Err(WriteError::Permanent(_))) {
                self.client = None;
            }
            if outcomes.send(outcome).is_err() {
                return;
            }
        }
    }

    fn write(&mut self, lines: &str) -> Result<(), WriteError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => (self.new_client)().map_err(|error| failed(&error))?,
        };
        let headers = [("Content-Type", "text/plain; charset=utf-8")];
        let body = HttpBody::Bytes(lines.as_bytes());
        let answer = client.send(HttpMethod::Post, self.address.http(), &headers, body);
        self.client = Some(client);
        match answer {
            Ok(answer) => judged(&self.address, &answer),
            Err(error) => Err(failed(&error)),
        }
    }
}

fn failed(error: &HttpError) -> WriteError {
    let text = error.to_string();
    if error.is_permanent() { WriteError::Permanent(text) } else { WriteError::Away(text) }
}

/// What an answer means for the lines.
fn judged(address: &WriteAddress, answer: &HttpAnswer) -> Result<(), WriteError> {
    let summary = answer.summary();
    Err(match answer.status {
        200..=299 => return Ok(()),
        400 | 422 => WriteError::Lines(format!("{address} refuses what is written: {summary}")),
        401 | 403 => WriteError::Permanent(format!(
            "{address} refuses user, password or token ({summary}): check influx.user, influx.password_file and influx.token_file, or \
             the variables ACEVO_INFLUX_PASSWORD and ACEVO_INFLUX_TOKEN"
        )),
        404 => WriteError::Permanent(format!(
            "{address} is not there ({summary}): check path, database, organisation and bucket in influx.url"
        )),
        413 => WriteError::TooLarge(format!("{address} takes smaller requests only: {summary}")),
        429 | 500..=599 => {
            let wait = answer.retry_after().unwrap_or_default().min(MAX_WAIT);
            WriteError::Busy(format!("{address} is not ready: {summary}"), wait)
        }
        300..=399 => {
            let to = answer.header("location").unwrap_or_default();
            let to: String = to.chars().filter(|letter| !letter.is_control()).take(200).collect();
            WriteError::Permanent(format!("{address} answers with another address, {to}: set influx.url to that one"))
        }
        _ => WriteError::Permanent(format!("{address} does not take lines ({summary}): check influx.url")),
    })
}
