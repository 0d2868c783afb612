//! Topics of rigs.

/// The first levels of all topics.
pub(super) const ROOT: &str = "acevo/v1";

/// The last level of a topic that the wall takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Status,
    Session,
    Lap,
    Sample,
}

impl Kind {
    pub(super) const ALL: [(&str, Self); 4] =
        [("status", Self::Status), ("session", Self::Session), ("lap", Self::Lap), ("sample", Self::Sample)];
}

/// A topic of a rig.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RigTopic<'a> {
    pub(super) site: &'a str,
    pub(super) rig: &'a str,
    pub(super) kind: Kind,
}

impl<'a> RigTopic<'a> {
    /// `None` if the wall does not take its messages.
    pub(super) fn parse(topic: &'a str) -> Option<Self> {
        let rest = topic.strip_prefix(ROOT)?.strip_prefix('/')?;
        let mut levels = rest.split('/');
        let (site, rig, name) = (levels.next()?, levels.next()?, levels.next()?);
        if levels.next().is_some() {
            return None;
        }
        let (_, kind) = Kind::ALL.into_iter().find(|(known, _)| *known == name)?;
        Some(Self { site: level(site)?, rig: level(rig)?, kind })
    }
}

/// A site or a rig, if it is a slug.
pub(super) fn level(text: &str) -> Option<&str> {
    let is_slug = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    ((1..=crate::slug::MAX).contains(&text.len()) && text.bytes().all(is_slug)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_takes_topics_of_rigs_only() {
        let parsed = RigTopic::parse("acevo/v1/club/rig-3/lap").unwrap();
        assert_eq!(parsed, RigTopic { site: "club", rig: "rig-3", kind: Kind::Lap });
        let long = format!("acevo/v1/club/{}/lap", "x".repeat(49));
        for other in [
            "",
            "acevo/v1/club/rig-3",
            "acevo/v1/club/rig-3/event",
            "acevo/v1/club/rig-3/lap/x",
            "acevo/v1//rig-3/lap",
            "acevo/v2/club/rig-3/lap",
            "acevo/v1/club/Rig 3/lap",
            "acevo/v1/club/<b>/lap",
            "acevo/v1club/rig/lap",
            &long,
        ] {
            assert_eq!(RigTopic::parse(other), None, "{other}");
        }
    }
}
