//! The widgets that a layout can show, and their options. The page has the same table in `web/widgets/overlays.js`.

use std::ops::RangeInclusive;

/// What an option takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OptionKind {
    Number(RangeInclusive<f64>),
    Integer(RangeInclusive<f64>),
    /// A colour, as in the address of an overlay.
    Color,
    /// Some of these, each at most once.
    Some(&'static [&'static str]),
    /// On or off.
    Flag,
}

/// The kinds of widgets.
pub(super) const KINDS: [&str; 12] =
    ["gear", "inputs", "delta", "laps", "tyres", "fuel", "map", "gg", "standings", "relative", "session", "battle"];

/// The kind with this name.
pub(super) fn kind(name: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == name)
}

/// What an option of a kind of widget takes; `None` if the widget has no such option.
pub(super) fn option(kind: &str, name: &str) -> Option<OptionKind> {
    Some(match (name, kind) {
        ("scale", _) => OptionKind::Number(0.25..=8.0),
        ("background" | "accent" | "warm" | "text", _) => OptionKind::Color,
        ("seconds", "inputs" | "gg") => OptionKind::Number(1.0..=60.0),
        ("channels", "inputs") => OptionKind::Some(&["throttle", "brake", "clutch", "steering"]),
        ("range", "delta") => OptionKind::Number(0.1..=30.0),
        ("rows", "laps" | "standings" | "relative") => OptionKind::Integer(1.0..=30.0),
        ("columns", "standings") => OptionKind::Some(&["gap", "interval", "last", "best"]),
        ("around", "standings") | ("classes", "standings" | "relative") | ("labels", "map") => OptionKind::Flag,
        ("within", "battle") => OptionKind::Number(0.5..=30.0),
        _ => return None,
    })
}
