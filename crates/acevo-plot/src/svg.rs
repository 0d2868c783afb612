//! SVG output.

use std::fmt::{self, Write as _};

use acevo_telemetry::is_unsafe_to_print;

use super::font;
use super::scene::{Anchor, Color, Point, Scene, Shape};

/// Writes a scene as SVG. Texts remain searchable; the system that shows them provides the font.
pub(crate) fn svg(scene: &Scene) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, scene);
    text
}

fn write(svg: &mut String, scene: &Scene) -> fmt::Result {
    let (width, height) = scene.size;
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{}">"#,
        font::FAMILY
    )?;
    writeln!(svg, "<title>{}</title>", Escaped(&scene.title))?;
    writeln!(svg, r#"<rect width="100%" height="100%" fill="{}"/>"#, Hex(scene.background))?;
    for shape in &scene.shapes {
        write_shape(svg, shape)?;
    }
    writeln!(svg, "</svg>")
}

fn write_shape(svg: &mut String, shape: &Shape) -> fmt::Result {
    match shape {
        Shape::Rect { rect, color } => writeln!(
            svg,
            r#"<rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" fill="{}"/>"#,
            rect.left,
            rect.top,
            rect.width().max(0.0),
            rect.height().max(0.0),
            Hex(*color)
        ),
        Shape::Line { points, width, color, dash } => {
            write!(svg, r#"<polyline fill="none" stroke="{}" stroke-width="{width:.2}" "#, Hex(*color))?;
            match dash {
                Some(dash) => write!(svg, r#"stroke-dasharray="{dash:.2}" "#)?,
                None => svg.push_str(r#"stroke-linecap="round" stroke-linejoin="round" "#),
            }
            svg.push_str("points=\"");
            write_points(svg, points)?;
            writeln!(svg, "\"/>")
        }
        Shape::Dots { points, radius, color } => {
            // Lines of zero length with round caps: one element for all dots.
            let width = radius * 2.0;
            write!(svg, r#"<path stroke="{}" stroke-width="{width:.2}" stroke-linecap="round" d=""#, Hex(*color))?;
            for (x, y) in points {
                write!(svg, "M{x:.1} {y:.1}h0")?;
            }
            writeln!(svg, "\"/>")
        }
        Shape::Ring { centre: (x, y), radius, width, color } => writeln!(
            svg,
            r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius:.2}" fill="none" stroke="{}" stroke-width="{width:.2}"/>"#,
            Hex(*color)
        ),
        Shape::Text { at: (x, y), size, anchor, color, text } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let baseline = y + size * font::CAP_HEIGHT / 2.0;
            writeln!(
                svg,
                r#"<text x="{x:.2}" y="{baseline:.2}" font-size="{size:.2}" text-anchor="{anchor}" fill="{}">{}</text>"#,
                Hex(*color),
                Escaped(text)
            )
        }
    }
}

fn write_points(svg: &mut String, points: &[Point]) -> fmt::Result {
    for (index, (x, y)) in points.iter().enumerate() {
        if index > 0 {
            svg.push(' ');
        }
        write!(svg, "{x:.1},{y:.1}")?;
    }
    Ok(())
}

/// A colour as `#rrggbb`.
struct Hex(Color);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Color(red, green, blue) = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Escapes a text for XML. Characters that XML does not allow and those that are unsafe to print are left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                letter if is_unsafe_to_print(letter) => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_escapes_texts() {
        let hostile = "</text><script>alert('x')</script>\u{0}\u{1b}\u{202e}&\"\u{ffff}é";
        let shape = Shape::Text {
            at: (1.0, 2.0),
            size: 10.0,
            anchor: Anchor::Start,
            color: Color(0, 0, 0),
            text: hostile.into(),
        };
        let scene =
            Scene { size: (10, 10), background: Color(255, 255, 255), title: hostile.into(), shapes: vec![shape] };
        let svg = svg(&scene);
        let escaped = "&lt;/text&gt;&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;&amp;&quot;é";
        assert!(svg.contains(&format!("<title>{escaped}</title>")) && svg.contains(&format!(">{escaped}</text>")));
        assert!(!svg.contains("<script>") && !svg.contains('\u{0}'));
    }
}
