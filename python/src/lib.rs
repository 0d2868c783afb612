//! The extension module of the Python package `acevo_telemetry`. Everything that users see is in the Python files beside it.

mod capture;
mod columns;
mod errors;
mod interrupt;
mod live;
mod recording;
mod table;
mod tools;

use pyo3::prelude::*;

/// The part of the package that is compiled.
#[pymodule]
mod _acevo {
    #[pymodule_export]
    use crate::capture::simulate;
    #[pymodule_export]
    use crate::live::{LiveFrame, LiveSource};
    #[pymodule_export]
    use crate::recording::RecordingFile;
    #[pymodule_export]
    use crate::table::{Column, Memory, Table, make_table};
    #[pymodule_export]
    use crate::tools::{LibraryFile, channel_list, conversion, convert, export, page_fields, page_size};
}
