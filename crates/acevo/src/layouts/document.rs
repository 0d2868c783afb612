//! The content of a layout. Any bytes are a valid layout or an error that names the field.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::fields::{Field, Object, Problem};
use super::kind::{KINDS, OptionKind, kind, option};

/// Maximum size of a layout in bytes.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// Maximum number of variants of a layout, and of widgets in each.
const MAX_VARIANTS: usize = 32;
const MAX_WIDGETS: usize = 50;

/// Sides of the canvas, and of a widget, in pixels of the canvas.
const CANVAS_SIDE: std::ops::RangeInclusive<f64> = 100.0..=7680.0;
const WIDGET_SIDE: std::ops::RangeInclusive<f64> = 16.0..=7680.0;
const POSITION: std::ops::RangeInclusive<f64> = -7680.0..=7680.0;

/// Maximum number of characters of a car's name.
const MAX_CAR: usize = 100;

/// Sessions that a variant can be meant for. The page has the same list in `web/lib/layout.js`.
const SESSIONS: [&str; 5] = ["practice", "qualifying", "race", "time_attack", "cruise"];

/// A layout.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Layout {
    canvas: Canvas,
    /// At least one. The last one has no condition.
    variants: Vec<Variant>,
}

/// The size of the picture in pixels. The page scales it to its window.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Canvas {
    #[serde(serialize_with = "short")]
    width: f64,
    #[serde(serialize_with = "short")]
    height: f64,
}

/// Widgets for a car and a session.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Variant {
    /// The name of the car that it is meant for; any car if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    car: Option<String>,
    /// The session that it is meant for; any session if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'static str>,
    /// In the order in which they are drawn.
    widgets: Vec<Widget>,
}

/// A widget. Position and size are in pixels of the canvas.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Widget {
    kind: &'static str,
    #[serde(serialize_with = "short")]
    x: f64,
    #[serde(serialize_with = "short")]
    y: f64,
    #[serde(serialize_with = "short")]
    width: f64,
    #[serde(serialize_with = "short")]
    height: f64,
    /// Valid options of this kind.
    #[serde(skip_serializing_if = "Map::is_empty")]
    options: Map<String, Value>,
    hide: Hide,
}

/// When a widget is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Hide {
    menu: bool,
    pits: bool,
    outside_races: bool,
}

/// Writes a whole number without decimals.
fn short<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    // Numbers of a layout are far below the limit of exact integers.
    if number.fract() == 0.0 { serializer.serialize_i64(*number as i64) } else { serializer.serialize_f64(*number) }
}

impl Layout {
    /// Reads a layout and checks every field.
    ///
    /// # Errors
    /// The first problem, with the path of its field.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > MAX_BYTES {
            return Err(Problem::new("", format!("a layout has at most {MAX_BYTES} bytes")));
        }
        // Some editors begin a file with the mark of UTF-8.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| Problem::new("", format!("this is not JSON: {error}")))?;
        let document = Field::document(&value).object(&["canvas", "variants"])?;
        let canvas = match document.get("canvas") {
            Some(canvas) => Canvas::read(&canvas)?,
            None => Canvas { width: 1920.0, height: 1080.0 },
        };
        let field = document.required("variants")?;
        let mut variants: Vec<Variant> = Vec::new();
        for field in field.array(1..=MAX_VARIANTS)? {
            let variant = Variant::read(&field, &canvas)?;
            if variants.iter().any(|other| (&other.car, other.session) == (&variant.car, variant.session)) {
                return Err(field.problem("another variant has the same car and session"));
            }
            variants.push(variant);
        }
        if variants.last().is_none_or(|last| last.car.is_some() || last.session.is_some()) {
            return Err(
                field.problem("the last variant is for every car and session: it has no “car” and no “session”")
            );
        }
        Ok(Self { canvas, variants })
    }

    /// The layout as JSON with line breaks.
    pub(crate) fn text(&self) -> String {
        // Serializing numbers, texts and lists cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The number of variants.
    pub(super) fn variants(&self) -> usize {
        self.variants.len()
    }
}

impl Canvas {
    fn read(field: &Field<'_>) -> Result<Self, Problem> {
        let canvas = field.object(&["width", "height"])?;
        let side = |name| canvas.required(name)?.integer(&CANVAS_SIDE);
        Ok(Self { width: side("width")?, height: side("height")? })
    }
}

impl Variant {
    fn read(field: &Field<'_>, canvas: &Canvas) -> Result<Self, Problem> {
        let variant = field.object(&["car", "session", "widgets"])?;
        let car = variant.get("car").map(|car| read_car(&car)).transpose()?;
        let session = variant.get("session").map(|session| one_of(&session, &SESSIONS)).transpose()?;
        let widgets = variant.required("widgets")?.array(0..=MAX_WIDGETS)?;
        let widgets = widgets.iter().map(|widget| Widget::read(widget, canvas)).collect::<Result<_, _>>()?;
        Ok(Self { car, session, widgets })
    }
}

fn read_car(field: &Field<'_>) -> Result<String, Problem> {
    let car = field.text()?;
    let is_valid = acevo_telemetry::clean_text(car) == car && (1..=MAX_CAR).contains(&car.chars().count());
    if is_valid {
        return Ok(car.to_owned());
    }
    Err(field.problem(format!("the name of a car has 1 to {MAX_CAR} visible characters and no blanks at its ends")))
}

/// One of these texts.
fn one_of(field: &Field<'_>, known: &[&'static str]) -> Result<&'static str, Problem> {
    let text = field.text()?;
    let found = known.iter().find(|known| **known == text).copied();
    found.ok_or_else(|| field.problem(format!("one of {} is needed", known.join(", "))))
}

impl Widget {
    fn read(field: &Field<'_>, canvas: &Canvas) -> Result<Self, Problem> {
        let widget = field.object(&["kind", "x", "y", "width", "height", "options", "hide"])?;
        let kind_field = widget.required("kind")?;
        let kind = kind(kind_field.text()?)
            .ok_or_else(|| kind_field.problem(format!("one of {} is needed", KINDS.join(", "))))?;
        let read = Self {
            kind,
            x: widget.required("x")?.number(&POSITION)?,
            y: widget.required("y")?.number(&POSITION)?,
            width: widget.required("width")?.number(&WIDGET_SIDE)?,
            height: widget.required("height")?.number(&WIDGET_SIDE)?,
            options: read_options(&widget, kind)?,
            hide: widget
                .get("hide")
                .map_or(Ok(Hide { menu: true, pits: false, outside_races: false }), |hide| Hide::read(&hide))?,
        };
        let is_outside = |from: f64, length: f64, canvas: f64| from >= canvas || from + length <= 0.0;
        if is_outside(read.x, read.width, canvas.width) || is_outside(read.y, read.height, canvas.height) {
            return Err(field.problem("this widget is outside the canvas"));
        }
        Ok(read)
    }
}

fn read_options(widget: &Object<'_>, kind: &str) -> Result<Map<String, Value>, Problem> {
    let Some(options) = widget.get("options") else { return Ok(Map::new()) };
    let mut read = Map::new();
    for (name, field) in options.any_object()?.fields() {
        let Some(takes) = option(kind, name) else {
            return Err(field.problem(format!("a widget of the kind {kind} has no such option")));
        };
        let value = match takes {
            OptionKind::Number(range) => field.number(&range)?.into(),
            OptionKind::Integer(range) => (field.integer(&range)? as i64).into(),
            OptionKind::Color => read_color(&field)?.into(),
            OptionKind::Some(known) => {
                let mut chosen: Vec<&str> = Vec::new();
                for element in field.array(1..=known.len())? {
                    let name = one_of(&element, known)?;
                    if chosen.contains(&name) {
                        return Err(element.problem("this is in the list already"));
                    }
                    chosen.push(name);
                }
                chosen.into()
            }
            OptionKind::Flag => field.flag()?.into(),
        };
        read.insert(name.to_owned(), value);
    }
    Ok(read)
}

/// A colour: hexadecimal digits with or without `#`, or a name, such as `none` or `black`. The browser knows the names.
fn read_color<'a>(field: &Field<'a>) -> Result<&'a str, Problem> {
    let text = field.text()?;
    let is_name = !text.is_empty() && text.len() <= 24 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_hex = |digits: &str| (3..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_name || text.strip_prefix('#').is_some_and(is_hex) {
        return Ok(text);
    }
    Err(field.problem("a colour is needed, such as 56b4e9, 0a0d1280, black or none"))
}

impl Hide {
    fn read(field: &Field<'_>) -> Result<Self, Problem> {
        let hide = field.object(&["menu", "pits", "outside_races"])?;
        let flag = |name, absent| hide.get(name).map_or(Ok(absent), |flag| flag.flag());
        Ok(Self { menu: flag("menu", true)?, pits: flag("pits", false)?, outside_races: flag("outside_races", false)? })
    }
}
