//! The settings of acevo: keys, defaults, ranges, the file `acevo.toml` and environment variables.
//!
//! Everything here is pure and bounded: no file is opened and no variable is read, and any text gives settings or a list of [`Problem`]s.
//! The program, its page and the fuzz targets use it. `docs/settings.md` describes every key.
//!
//! - [`Settings::from_toml`] validates a file; [`Effective::new`] merges it with the environment.
//! - [`change`] changes one key of a file and keeps its comments, [`change_all`] several; [`commented_default`] is a new file.
//! - [`deletable`] selects the recordings that the limits allow to delete.

#![forbid(unsafe_code)]

mod effective;
mod environment;
mod file;
mod key;
mod kind;
mod problem;
mod retention;
mod settings;
mod template;
mod value;

pub use effective::{Effective, Origin};
pub use environment::unknown_variables;
pub use file::{change, change_all};
pub use key::{Applies, KEYS, Key, SECTIONS};
pub use kind::{Kind, rate, size};
pub use problem::Problem;
pub use retention::{BestLap, RecordedFile, RetentionLimits, deletable};
pub use settings::{
    InfluxSettings, LogLevel, MqttSettings, RecordingSettings, SectorSettings, ServerSettings, Settings, TrackSectors,
    UploadSettings,
};
pub use template::commented_default;
pub use value::Value;
