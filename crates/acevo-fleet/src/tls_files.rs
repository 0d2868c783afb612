//! Files for TLS.

use std::path::PathBuf;

/// Files for TLS, in the format PEM.
#[derive(Debug, Clone, Default)]
pub struct TlsFiles {
    /// Certificates that are trusted; `None` for those of the system.
    pub ca: Option<PathBuf>,
    /// The certificate of the client and its key.
    pub client: Option<(PathBuf, PathBuf)>,
}
