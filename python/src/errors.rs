//! Errors as Python exceptions. Their classes are those of `acevo_telemetry._errors`.

use std::error::Error;
use std::fmt::Display;

use acevo_export::ExportError;
use acevo_library::LibraryError;
use acevo_recording::{LapError, RecordingError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// An exception of this class with a message.
pub(crate) fn exception(class: &str, message: impl Display) -> PyErr {
    Python::attach(|py| {
        let found = py.import("acevo_telemetry._errors").and_then(|module| module.getattr(class));
        match found.and_then(|class| Ok(class.cast_into::<PyType>()?)) {
            Ok(class) => PyErr::from_type(class, message.to_string()),
            Err(error) => error,
        }
    })
}

/// The message of an error with those of its sources.
pub(crate) fn message(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // A transparent error has the message of its source.
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

pub(crate) fn recording_error(path: &std::path::Path, error: &RecordingError) -> PyErr {
    let class = match error {
        RecordingError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => "RecordingNotFoundError",
        _ => "RecordingError",
    };
    exception(class, format!("cannot read {}: {}", path.display(), message(error)))
}

pub(crate) fn lap_error(path: &std::path::Path, error: &LapError) -> PyErr {
    match error {
        LapError::Recording(error) => recording_error(path, error),
        _ => exception("LapNotFoundError", message(error)),
    }
}

pub(crate) fn export_error(error: &ExportError) -> PyErr {
    match error {
        ExportError::Cancelled => pyo3::exceptions::PyKeyboardInterrupt::new_err(()),
        ExportError::InvalidOption { .. } => exception("ArgumentError", message(error)),
        _ => exception("ExportError", message(error)),
    }
}

pub(crate) fn library_error(error: &LibraryError) -> PyErr {
    exception("LibraryError", message(error))
}
