//! The user of this process, to distinguish files of other users.

use std::sync::OnceLock;

/// The effective user id of this process. `None` if the system does not report it; only Linux does without foreign code.
fn effective_id() -> Option<u32> {
    static ID: OnceLock<Option<u32>> = OnceLock::new();
    *ID.get_or_init(|| {
        let status =
            if cfg!(target_os = "linux") { std::fs::read_to_string("/proc/self/status").ok()? } else { return None };
        id_in(&status)
    })
}

/// The effective user id in `/proc/PID/status`: the second number of the line `Uid:`.
fn id_in(status: &str) -> Option<u32> {
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    ids.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// True if a file of this owner may come from another user. Root owns what it likes anyway, and reads and replaces all files.
pub(crate) fn is_foreign(owner: u32) -> bool {
    is_foreign_to(effective_id(), owner)
}

fn is_foreign_to(user: Option<u32>, owner: u32) -> bool {
    owner != 0 && user.is_some_and(|user| user != 0 && user != owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_users_are_foreign_except_those_of_root() {
        assert!(is_foreign_to(Some(1000), 1001));
        for (user, owner) in [(Some(1000), 1000), (Some(1000), 0), (Some(0), 1000), (Some(0), 0), (None, 1000)] {
            assert!(!is_foreign_to(user, owner), "{user:?} {owner}");
        }
    }

    #[test]
    fn id_in_is_the_effective_id() {
        assert_eq!(id_in("Name:\tacevo\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t5\t5\t5\n"), Some(1001));
        assert_eq!((id_in(""), id_in("Uid:\tx"), id_in("Uid:\t1\t-1")), (None, None, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn effective_id_owns_new_files() {
        use std::os::unix::fs::MetadataExt;

        let file = tempfile::tempfile().unwrap();
        assert_eq!(effective_id(), Some(file.metadata().unwrap().uid()));
    }
}
