//! Names of cars and tracks while they are not there yet.

/// True for a name. Reported: while a session loads names are empty, or a placeholder stands in their place, for seconds.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains("placeholder")
}
