//! The sources of errors of libraries.

use std::error::Error;
use std::io;

/// The first error of this type among an error and its sources.
pub(crate) fn find_source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    // The sources of an error form no circle, but a limit costs nothing.
    for _ in 0..16 {
        let error = next?;
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An input error has another error inside that is not its source.
        if let Some(found) = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()?.downcast_ref()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
