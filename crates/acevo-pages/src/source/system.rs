//! The sources of this operating system.

use super::survey::Finding;

#[cfg(not(any(windows, target_os = "linux")))]
use super::unsupported as implementation;
#[cfg(windows)]
use super::windows as implementation;
#[cfg(target_os = "linux")]
use super::wine as implementation;

#[cfg(windows)]
pub(crate) use super::windows::sleep;
pub(crate) use implementation::open;
#[cfg(not(windows))]
pub(crate) use std::thread::sleep;

/// Searches everywhere that [`ACEvoSharedMemoryMapper::open`](crate::ACEvoSharedMemoryMapper::open) searches. Reports everything
/// that was found or is missing, instead of stopping at the first.
///
/// ```
/// for finding in acevo_shared_memory::survey() {
///     println!("{finding}");
/// }
/// ```
pub fn survey() -> Vec<Finding> {
    implementation::survey()
}
