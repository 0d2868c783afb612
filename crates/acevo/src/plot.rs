//! Pictures of laps: curves over the distance, the map, the g-g diagram, and a sheet of them all.
//!
//! [`collect`] samples laps from frames; the charts turn them into a [`scene`] of plain shapes, which is painted as PNG or written as SVG:
//! both show the same. Nothing here reads or writes files.

pub(crate) mod axis;
mod bitmap;
pub(crate) mod collect;
pub(crate) mod data;
mod font;
mod gg;
mod map;
mod scene;
mod svg;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
mod traces;

use std::path::Path;
use std::time::Duration;

use acevo_telemetry::{Channel, UnitSystem, channel};
use anyhow::ensure;

use self::data::LapData;
use self::scene::{Anchor, Rect, Scene};
use self::theme::{Colors, Theme};
use crate::text::lap_time;

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Curves over the distance.
    Traces,
    /// The way of the car from above, in colours.
    Map,
    /// Lateral and longitudinal acceleration against each other.
    Gg,
    /// All of them.
    Sheet,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Png,
    Svg,
}

impl Format {
    /// By the extension of a file's name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        [("png", Self::Png), ("svg", Self::Svg)]
            .into_iter()
            .find_map(|(name, format)| extension.eq_ignore_ascii_case(name).then_some(format))
    }
}

/// A picture that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    /// Curves, from the top.
    pub(crate) channels: Vec<&'static Channel>,
    /// What the map is coloured by; `delta` is where time is won and lost.
    pub(crate) color: &'static Channel,
    /// Width and height in pixels.
    pub(crate) size: (u32, u32),
    pub(crate) theme: Theme,
    pub(crate) units: UnitSystem,
}

/// Widths and heights that are possible, in pixels.
pub(crate) const SIZES: std::ops::RangeInclusive<u32> = 320..=8192;

/// One lap, or one and another that it is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laps<'a> {
    pub(crate) main: &'a LapData,
    pub(crate) against: Option<&'a LapData>,
}

/// How charts look.
struct Style {
    theme: Theme,
    colors: Colors,
    /// Size of the letters in pixels.
    letters: f64,
    /// Width of curves in pixels.
    curve: f64,
    /// Width of the lines of grids in pixels.
    hairline: f64,
    units: UnitSystem,
}

impl Style {
    /// Everything grows with the picture.
    fn of(request: &Request) -> Self {
        let (width, height) = (f64::from(request.size.0), f64::from(request.size.1));
        // A sheet has two charts side by side.
        let usual = if request.kind == Kind::Sheet { 1600.0 } else { 1100.0 };
        let scale = (width / usual).min(height / 900.0).max(0.6);
        Self {
            theme: request.theme,
            colors: request.theme.colors(),
            letters: 15.0 * scale,
            curve: (1.8 * scale).max(1.0),
            hairline: scale.round().max(1.0),
            units: request.units,
        }
    }
}

/// Curves that are drawn where nobody says which; the difference only where there is something to compare with.
pub(crate) fn default_channels(is_comparison: bool) -> Vec<&'static Channel> {
    let ids = ["speed", "throttle", "brake", "steering", "gear", traces::DELTA];
    let count = if is_comparison { ids.len() } else { ids.len() - 1 };
    ids.into_iter().take(count).filter_map(channel).collect()
}

/// Draws a picture: the bytes of a file.
///
/// # Errors
/// Where there is nothing to draw, or no room for it.
pub(crate) fn render(laps: &Laps<'_>, request: &Request, format: Format) -> anyhow::Result<Vec<u8>> {
    let scene = draw(laps, request)?;
    match format {
        Format::Png => bitmap::png(&scene),
        Format::Svg => Ok(svg::svg(&scene).into_bytes()),
    }
}

fn draw(laps: &Laps<'_>, request: &Request) -> anyhow::Result<Scene> {
    let (width, height) = request.size;
    ensure!(
        SIZES.contains(&width) && SIZES.contains(&height),
        "a picture has {} to {} pixels each way, not {width}x{height}",
        SIZES.start(),
        SIZES.end()
    );
    ensure!(!laps.main.places.is_empty(), "{} has no samples: there is nothing to draw", laps.main.title);
    let style = Style::of(request);
    let title = match laps.against {
        Some(against) => format!("{} against {}", laps.main.title, against.title),
        None => laps.main.title.clone(),
    };
    let mut scene = Scene { size: request.size, background: style.colors.background, title, shapes: Vec::new() };
    let size = style.letters;
    let whole = Rect { left: 0.0, top: 0.0, right: width.into(), bottom: height.into() };
    let page = whole.inset(size * 1.4, size * 1.2, size * 1.4, size * 0.8);
    draw_header(&mut scene, page, laps, &style);
    let below = page.inset(0.0, size * 3.0, 0.0, 0.0);
    match request.kind {
        Kind::Traces => traces::draw(&mut scene, below, laps, &request.channels, &style)?,
        Kind::Map => map::draw(&mut scene, below, laps, request.color, &style),
        Kind::Gg => gg::draw(&mut scene, below, laps, &style),
        Kind::Sheet => {
            let split = (below.left + below.width() * 0.62).round();
            let right = Rect { left: split + size * 1.5, ..below };
            let middle = (right.top + right.height() * 0.54).round();
            traces::draw(&mut scene, Rect { right: split, ..below }, laps, &request.channels, &style)?;
            map::draw(&mut scene, Rect { bottom: middle, ..right }, laps, request.color, &style);
            gg::draw(&mut scene, Rect { top: middle, ..right }, laps, &style);
        }
    }
    Ok(scene)
}

/// What is driven where at the left, which lap is which at the right.
fn draw_header(scene: &mut Scene, page: Rect, laps: &Laps<'_>, style: &Style) {
    let (colors, size) = (&style.colors, style.letters);
    let y = page.top + size * 0.7;
    let time = |lap: &LapData| lap.time_ms.map(|ms| lap_time(Some(Duration::from_millis(ms.into()))));
    let difference = laps.against.and_then(|against| Some((laps.main.time_ms?, against.time_ms?)));
    let difference = difference.map(|(a, b)| format!("  ({:+.3} s)", (f64::from(a) - f64::from(b)) / 1000.0));
    let entries =
        [(Some(laps.main), colors.main, difference.unwrap_or_default()), (laps.against, colors.against, String::new())];
    let mut right = page.right;
    // From the right to the left, so that the main lap stands first.
    for (lap, color, more) in entries.into_iter().rev() {
        let Some(lap) = lap else { continue };
        let text = format!("{}  {}{more}", lap.title, time(lap).unwrap_or_else(|| "no time".into()));
        let text = font::fit(&text, size * 1.1, page.width() * 0.35);
        let left = right - font::width(&text, size * 1.1);
        scene.text((left, y), size * 1.1, Anchor::Start, colors.text, text);
        scene.line(vec![(left - size * 2.0, y), (left - size * 0.6, y)], style.curve * 1.8, color);
        right = left - size * 4.0;
    }
    let subtitle = if laps.main.subtitle.is_empty() { &laps.main.title } else { &laps.main.subtitle };
    let title = font::fit(subtitle, size * 1.35, (right - page.left).max(0.0));
    scene.text((page.left, y), size * 1.35, Anchor::Start, colors.text, title);
}
