//! Times in the text formats of the game.

/// `mm:ss.mmm`; empty if there is no time.
pub(super) fn lap_time(ms: Option<i32>) -> String {
    ms.map_or_else(String::new, |ms| format!("{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000))
}

/// `+s.mmm` or `-s.mmm`; empty if there is no delta.
pub(super) fn delta(ms: Option<i32>) -> String {
    ms.map_or_else(String::new, |ms| {
        let sign = if ms < 0 { '-' } else { '+' };
        let size = ms.unsigned_abs();
        format!("{sign}{}.{:03}", size / 1000, size % 1000)
    })
}

/// `mm:ss` or `h:mm:ss`.
pub(super) fn clock(seconds: i32) -> String {
    if seconds >= 3600 {
        format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    } else {
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    }
}
