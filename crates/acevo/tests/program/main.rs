//! Tests of the real program, as users and scripts run it: one module for each command or promise.
//!
//! All are one test program, because most of them wait for processes in real time, and can wait side by side.

#[cfg(target_os = "linux")]
mod attack;
#[cfg(target_os = "linux")]
mod autostart;
#[cfg(target_os = "linux")]
mod background;
#[cfg(unix)]
mod browser;
#[cfg(target_os = "linux")]
mod collect;
mod compare;
#[cfg(unix)]
mod completions;
#[cfg(unix)]
mod control;
mod corners;
#[cfg(unix)]
mod directory;
mod export;
mod field_cases;
mod field_data;
#[cfg(target_os = "linux")]
mod full_disk;
mod hostile_names;
#[cfg(target_os = "linux")]
mod idle;
#[cfg(target_os = "linux")]
mod influx;
mod keep;
#[cfg(unix)]
mod lake;
#[cfg(unix)]
mod layouts;
#[cfg(unix)]
mod library;
mod lifecycle;
#[cfg(unix)]
mod log;
#[cfg(unix)]
mod man;
#[cfg(target_os = "linux")]
mod mqtt;
mod paths;
#[cfg(unix)]
mod playback;
mod raw;
#[cfg(unix)]
mod recomputed;
mod recordings;
#[cfg(unix)]
mod relay;
#[cfg(unix)]
mod replay;
#[cfg(unix)]
mod report;
mod serve;
mod session;
#[cfg(unix)]
mod settings;
#[cfg(target_os = "linux")]
mod signals;
mod simulate;
#[cfg(unix)]
mod timing;
#[cfg(unix)]
mod two_writers;
#[cfg(target_os = "linux")]
mod users;
#[cfg(target_os = "linux")]
mod wall;
#[cfg(target_os = "linux")]
mod wine;
mod without_game;
