//! Addresses of files in stores.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What is escaped in a part of a path: everything but the unreserved characters of RFC 3986.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same with slashes, for whole paths.
const PATH: &AsciiSet = &PART.remove(b'/').remove(b':');

/// A part of the path of an address.
///
/// ```
/// assert_eq!(acevo_fleet::path_part("Spa 1.acevo"), "Spa%201.acevo");
/// ```
pub fn path_part(name: &str) -> String {
    percent_encode(name.as_bytes(), PART).to_string()
}

/// The address of a file on this computer or on a share.
pub(crate) fn file_url(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(not(windows)) {
        return format!("file://{}", percent_encode(bytes, PATH));
    }
    let text = path.to_string_lossy().replace('\\', "/");
    match text.strip_prefix("//") {
        Some(share) => format!("file://{}", percent_encode(share.as_bytes(), PATH)),
        None => format!("file:///{}", percent_encode(text.as_bytes(), PATH)),
    }
}

/// The address of a file below another address.
pub(crate) fn below(base: &str, parts: &[&str]) -> String {
    let (base, query) = base.split_once('?').map_or((base, String::new()), |(base, query)| (base, format!("?{query}")));
    let mut address = base.trim_end_matches('/').to_owned();
    for part in parts {
        address.push('/');
        address.push_str(&path_part(part));
    }
    address + &query
}

/// An address without its query, which may have a signature.
pub(crate) fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_escapes_what_is_no_part_of_a_path_and_keeps_the_query() {
        assert_eq!(
            below("http://host/a/", &["club", "Spa 1/ä?.acevo"]),
            "http://host/a/club/Spa%201%2F%C3%A4%3F.acevo"
        );
        assert_eq!(below("http://host?key=1", &["a"]), "http://host/a?key=1");
        assert_eq!(without_query("https://host/a?X-Amz-Signature=1#x"), "https://host/a");
    }

    #[cfg(unix)]
    #[test]
    fn file_url_escapes_the_path() {
        assert_eq!(file_url(Path::new("/srv/my races/ä#.acevo")), "file:///srv/my%20races/%C3%A4%23.acevo");
    }
}
