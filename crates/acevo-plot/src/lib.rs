//! Pictures of laps: traces over distance, the map, the g-g diagram, and a sheet with all of them, as PNG or SVG.
//!
//! [`render`] draws [`LapTraces`] and returns the bytes of a file. It reads and writes no files.
//!
//! # Draw a lap of a recording
//!
//! ```no_run
//! use acevo_plot::{Format, Laps, Request, render};
//! use acevo_recording::{LapSelector, Recording, lap_traces};
//!
//! let request = Request::default();
//! let mut recording = Recording::open("monza.acevo")?;
//! let laps = lap_traces(&mut recording, &[LapSelector::best()], &request.channels, |_| true)?;
//! let picture = render(&Laps::one(&laps[0]), &request, Format::Png)?;
//! std::fs::write("best.png", picture)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Compare two laps
//!
//! With a reference lap, every panel shows both laps, and the channel `delta` shows the time lost to the reference lap. On the map,
//! `delta` as [`color`](Request::color) shows where time is gained and lost.
//!
//! ```
//! use acevo_plot::{Format, Laps, PlotKind, Request, Theme, default_channels, render};
//! use acevo_telemetry::channel;
//! use acevo_telemetry::traces::{LapTraces, Trace};
//!
//! // Two synthetic laps. Real ones come from `acevo_recording::lap_traces`, or live from `acevo_telemetry::traces::LapSampler`.
//! let lap = |number, seconds: f64| {
//!     let positions: Vec<f64> = (0..=1000).map(|sample| f64::from(sample) / 1000.0).collect();
//!     let trace = |id, value: &dyn Fn(f64) -> f64| Trace {
//!         channel: channel(id).unwrap(),
//!         values: positions.iter().map(|position| value(*position)).collect(),
//!     };
//!     let traces = vec![
//!         trace("lap_time", &|position| position * seconds),
//!         trace("speed", &|position| 60.0 + 20.0 * (position * 40.0).sin()),
//!     ];
//!     LapTraces { number, positions, traces, ..LapTraces::default() }
//! };
//! let request = Request {
//!     kind: PlotKind::Traces,
//!     channels: default_channels(true), // with the delta
//!     theme: Theme::Light,
//!     ..Request::default()
//! };
//! let svg = render(&Laps::of(&[lap(2, 91.5), lap(1, 92.0)]).unwrap(), &request, Format::Svg)?;
//! assert!(svg.starts_with(b"<svg"));
//! # Ok::<(), acevo_plot::PlotError>(())
//! ```

#![forbid(unsafe_code)]

mod axis;
mod bitmap;
mod corners;
mod font;
mod gg;
mod map;
mod scene;
mod svg;
#[cfg(test)]
mod tests;
mod theme;
mod traces;

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use acevo_telemetry::corners::Corner;
use acevo_telemetry::traces::{LapTraces, Trace};
use acevo_telemetry::{Channel, Unit, UnitSystem, channel, format_lap_time};
use thiserror::Error;

use self::scene::{Anchor, Color, Rect, Scene};
use self::theme::Colors;
pub use self::theme::Theme;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// Why a picture cannot be drawn.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The size is outside [`SIZES`].
    #[error("a picture has {} to {} pixels in each direction, not {width}x{height}", SIZES.start(), SIZES.end())]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The lap has no samples.
    #[error("{title} has no samples: there is nothing to draw")]
    NoSamples {
        /// Title of the lap.
        title: String,
    },
    /// The range is empty, or outside of the lap.
    #[error("the range of the picture is empty or not a part of the lap")]
    Range,
    /// The traces do not fit into the height of the picture.
    #[error("{channels} channels do not fit below each other: choose fewer, or make the picture higher")]
    TooManyChannels {
        /// Number of channels.
        channels: usize,
    },
    /// The picture does not fit into memory.
    #[error("not enough memory for a picture of this size")]
    Memory,
    /// The PNG encoder failed.
    #[error("cannot encode the picture")]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlotKind {
    /// Traces over the distance.
    Traces,
    /// The driven line from above, coloured by a channel.
    Map,
    /// Lateral and longitudinal acceleration against each other.
    Gg,
    /// Traces, map and g-g diagram.
    #[default]
    Sheet,
}

impl PlotKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Map, Self::Gg, Self::Sheet];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Map => "map",
            Self::Gg => "gg",
            Self::Sheet => "sheet",
        }
    }

    /// One line of description.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Traces => "Traces over the distance",
            Self::Map => "The driven line from above, coloured by a channel",
            Self::Gg => "Lateral and longitudinal acceleration against each other",
            Self::Sheet => "Traces, map and g-g diagram",
        }
    }
}

/// File format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG.
    Png,
    /// SVG.
    Svg,
}

impl Format {
    /// The format for a file name, by its extension; `None` if it is neither `.png` nor `.svg`.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        [("png", Self::Png), ("svg", Self::Svg)]
            .into_iter()
            .find_map(|(name, format)| extension.eq_ignore_ascii_case(name).then_some(format))
    }
}

/// Options of a picture.
#[derive(Debug, Clone)]
pub struct Request {
    /// The kind of picture.
    pub kind: PlotKind,
    /// Channels of the traces, from the top.
    pub channels: Vec<&'static Channel>,
    /// Channel that colours the map. With `delta` it shows where time is gained and lost.
    pub color: &'static Channel,
    /// Width and height in pixels, each within [`SIZES`].
    pub size: (u32, u32),
    /// Light or dark.
    pub theme: Theme,
    /// Units of axes and texts.
    pub units: UnitSystem,
    /// The part of the lap to draw, as lap positions; `None` for all of it.
    pub range: Option<RangeInclusive<f64>>,
    /// Corners whose numbers are drawn.
    pub corners: Vec<Corner>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            kind: PlotKind::default(),
            channels: default_channels(false),
            color: channel("speed").expect("the catalogue has a speed"),
            size: (1600, 900),
            theme: Theme::default(),
            units: UnitSystem::default(),
            range: None,
            corners: Vec::new(),
        }
    }
}

/// Valid widths and heights of a picture, in pixels.
pub const SIZES: std::ops::RangeInclusive<u32> = 320..=8192;

/// Maximum number of laps in a picture.
pub const MAX_LAPS: usize = 4;

/// The laps of a picture.
#[derive(Debug, Clone, Copy)]
pub struct Laps<'a> {
    /// The lap to show.
    pub main: &'a LapTraces,
    /// The reference lap; `None` to show one lap.
    pub against: Option<&'a LapTraces>,
    /// Further laps to compare with; those after the second one are not drawn.
    pub more: &'a [LapTraces],
}

impl<'a> Laps<'a> {
    /// One lap.
    pub const fn one(lap: &'a LapTraces) -> Self {
        Self { main: lap, against: None, more: &[] }
    }

    /// The first of some laps, compared with the others; `None` without laps.
    pub fn of(laps: &'a [LapTraces]) -> Option<Self> {
        let (main, others) = laps.split_first()?;
        Some(Self { main, against: others.first(), more: others.get(1..).unwrap_or_default() })
    }

    /// All laps, the main one first.
    fn all(&self) -> impl Iterator<Item = &'a LapTraces> + use<'a> {
        [self.main].into_iter().chain(self.against).chain(self.more).take(MAX_LAPS)
    }

    /// The laps that the main one is compared with.
    fn others(&self) -> impl Iterator<Item = &'a LapTraces> + use<'a> {
        self.all().skip(1)
    }

    /// All laps with their colours, the main one first.
    fn colored(&self, colors: &Colors) -> Vec<(&'a LapTraces, Color)> {
        let [third, fourth] = colors.more;
        self.all().zip([colors.main, colors.against, third, fourth]).collect()
    }
}

/// The part of a lap in a range of lap positions.
fn part_of(lap: &LapTraces, range: &RangeInclusive<f64>) -> LapTraces {
    let is_inside: Vec<bool> = lap.positions.iter().map(|position| range.contains(position)).collect();
    let keep = |values: &[f64]| {
        values.iter().zip(&is_inside).filter_map(|(value, inside)| inside.then_some(*value)).collect::<Vec<_>>()
    };
    let traces = lap.traces.iter().map(|trace| Trace { values: keep(&trace.values), ..trace.clone() }).collect();
    LapTraces { positions: keep(&lap.positions), traces, ..lap.clone() }
}

/// Colours and sizes of the charts.
struct Style {
    theme: Theme,
    colors: Colors,
    /// Font size in pixels.
    font_size: f64,
    /// Width of curves in pixels.
    curve: f64,
    /// Width of grid lines in pixels.
    hairline: f64,
    units: UnitSystem,
    /// The part of the lap that is drawn.
    range: RangeInclusive<f64>,
    corners: Vec<Corner>,
}

impl Style {
    /// Derives the sizes from the size of the picture.
    fn new(request: &Request) -> Self {
        let (width, height) = (f64::from(request.size.0), f64::from(request.size.1));
        // A sheet has two charts side by side.
        let reference_width = if request.kind == PlotKind::Sheet { 1600.0 } else { 1100.0 };
        let scale = (width / reference_width).min(height / 900.0).max(0.6);
        Self {
            theme: request.theme,
            colors: request.theme.colors(),
            font_size: 15.0 * scale,
            curve: (1.8 * scale).max(1.0),
            hairline: scale.round().max(1.0),
            units: request.units,
            range: request.range.clone().unwrap_or(0.0..=1.0),
            corners: request.corners.clone(),
        }
    }
}

/// Default channels of the traces. The delta is among them only in a comparison.
pub fn default_channels(is_comparison: bool) -> Vec<&'static Channel> {
    let ids = ["speed", "throttle", "brake", "steering", "gear", traces::DELTA];
    let count = if is_comparison { ids.len() } else { ids.len() - 1 };
    ids.into_iter().take(count).filter_map(channel).collect()
}

/// Draws a picture. Returns the bytes of a PNG or SVG file.
///
/// # Errors
/// If the lap has no samples in the range, or the range is empty or outside of the lap, if the size is not within [`SIZES`], if the traces do not fit, or if the PNG does not fit into memory.
pub fn render(laps: &Laps<'_>, request: &Request, format: Format) -> Result<Vec<u8>, PlotError> {
    let scene = match &request.range {
        None => draw(laps, request)?,
        Some(range) => {
            // Comparisons with NaN are false.
            if !(*range.start() >= 0.0 && range.start() < range.end() && *range.end() <= 1.0) {
                return Err(PlotError::Range);
            }
            let parts: Vec<_> = laps.all().map(|lap| part_of(lap, range)).collect();
            let parts = Laps::of(&parts).unwrap_or(*laps);
            draw(&parts, request)?
        }
    };
    match format {
        Format::Png => bitmap::png(&scene),
        Format::Svg => Ok(svg::svg(&scene).into_bytes()),
    }
}

fn draw(laps: &Laps<'_>, request: &Request) -> Result<Scene, PlotError> {
    let (width, height) = request.size;
    if !SIZES.contains(&width) || !SIZES.contains(&height) {
        return Err(PlotError::Size { width, height });
    }
    if laps.main.positions.is_empty() {
        return Err(PlotError::NoSamples { title: laps.main.title() });
    }
    let style = Style::new(request);
    let others: Vec<_> = laps.others().map(LapTraces::title).collect();
    let title = match &others[..] {
        [] => laps.main.title(),
        others => format!("{} against {}", laps.main.title(), others.join(", ")),
    };
    let mut scene = Scene { size: request.size, background: style.colors.background, title, shapes: Vec::new() };
    let size = style.font_size;
    let whole = Rect { left: 0.0, top: 0.0, right: width.into(), bottom: height.into() };
    let page = whole.inset(size * 1.4, size * 1.2, size * 1.4, size * 0.8);
    draw_header(&mut scene, page, laps, &style);
    let below = page.inset(0.0, size * 3.0, 0.0, 0.0);
    match request.kind {
        PlotKind::Traces => traces::draw(&mut scene, below, laps, &request.channels, &style)?,
        PlotKind::Map => map::draw(&mut scene, below, laps, request.color, &style),
        PlotKind::Gg => gg::draw(&mut scene, below, laps, &style),
        PlotKind::Sheet => {
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

/// Draws the header: track and car at the left, the laps and their colours at the right.
fn draw_header(scene: &mut Scene, page: Rect, laps: &Laps<'_>, style: &Style) {
    let (colors, size) = (&style.colors, style.font_size);
    let y = page.top + size * 0.7;
    let time = |lap: &LapTraces| lap.time_ms.map(|ms| format_lap_time(Some(Duration::from_millis(ms.into()))));
    let difference =
        |lap: &LapTraces, other: &LapTraces| Some((f64::from(lap.time_ms?) - f64::from(other.time_ms?)) / 1000.0);
    let colored = laps.colored(colors);
    let max_width = page.width() * 0.75 / colored.len().max(2) as f64;
    let mut right = page.right;
    // From right to left: the main lap is the leftmost. With more than two laps, each of the others has its difference to the main one, as the
    // curves of the delta.
    for (index, (lap, color)) in colored.iter().enumerate().rev() {
        let more = match (index, colored.len()) {
            (0, 2) => {
                laps.against.and_then(|against| difference(lap, against)).map(|seconds| format!("  ({seconds:+.3} s)"))
            }
            (1.., 3..) => difference(lap, laps.main).map(|seconds| format!("  ({seconds:+.3})")),
            _ => None,
        };
        let more = more.unwrap_or_default();
        let text = format!("{}  {}{more}", lap.title(), time(lap).unwrap_or_else(|| "no time".into()));
        let text = font::fit(&text, size * 1.1, max_width - size * 2.5);
        let left = right - font::width(&text, size * 1.1);
        scene.text((left, y), size * 1.1, Anchor::Start, colors.text, text);
        scene.line(vec![(left - size * 2.0, y), (left - size * 0.6, y)], style.curve * 1.8, *color);
        right = left - size * 3.2;
    }
    let mut subtitle = laps.main.subtitle();
    if subtitle.is_empty() {
        subtitle = laps.main.title();
    }
    let title = font::fit(&subtitle, size * 1.35, (right - page.left).max(0.0));
    scene.text((page.left, y), size * 1.35, Anchor::Start, colors.text, title);
}

/// Name and unit of a channel, as `Speed (km/h)`; only the name if it has no unit.
fn heading(channel: &Channel, units: UnitSystem) -> String {
    let unit = channel.display_unit(units);
    if unit == Unit::None { channel.title().to_owned() } else { format!("{} ({unit})", channel.title()) }
}
