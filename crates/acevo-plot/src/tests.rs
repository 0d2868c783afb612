use std::sync::LazyLock;

use acevo_simulator::{Options, Scenario};
use acevo_telemetry::channels;
use acevo_telemetry::corners::Direction;
use acevo_testkit::drive::counting_laps;
use proptest::prelude::*;

use super::scene::Shape;
use super::*;
use acevo_telemetry::traces::{Trace, interpolate, is_drawable};

const KINDS: [PlotKind; 4] = [PlotKind::Traces, PlotKind::Map, PlotKind::Gg, PlotKind::Sheet];

/// Simulated laps that count, in driving order.
static LAPS: LazyLock<Vec<LapTraces>> = LazyLock::new(|| {
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::HotLaps, Some(3));
    counting_laps(options, &default_channels(true))
});

fn laps() -> Laps<'static> {
    Laps { against: Some(&LAPS[0]), ..Laps::one(&LAPS[1]) }
}

fn request(kind: PlotKind) -> Request {
    Request {
        kind,
        channels: default_channels(true),
        color: channel("speed").expect("a channel"),
        size: (1600, 900),
        theme: Theme::Dark,
        units: UnitSystem::Game,
        ..Request::default()
    }
}

fn texts(scene: &Scene) -> Vec<&str> {
    scene.shapes.iter().filter_map(text_box).map(|(text, _)| text).collect()
}

/// All numbers of a shape.
fn numbers(shape: &Shape) -> Vec<f64> {
    let flat = |points: &[(f64, f64)]| points.iter().flat_map(|(x, y)| [*x, *y]).collect::<Vec<_>>();
    match shape {
        Shape::Rect { rect, .. } => vec![rect.left, rect.top, rect.right, rect.bottom],
        Shape::Line { points, width, .. } => [flat(points), vec![*width]].concat(),
        Shape::Dots { points, radius, .. } => [flat(points), vec![*radius]].concat(),
        Shape::Ring { centre, radius, width, .. } => vec![centre.0, centre.1, *radius, *width],
        Shape::Text { at, size, .. } => vec![at.0, at.1, *size],
    }
}

#[test]
fn simulated_laps_are_sampled_from_line_to_line() {
    assert!(LAPS.len() >= 2);
    for lap in LAPS.iter() {
        assert!((1000..=4300).contains(&lap.positions.len()), "{}", lap.positions.len());
        assert!(lap.positions.is_sorted() && lap.positions.first() == Some(&0.0) && lap.positions.last() == Some(&1.0));
        assert!(lap.traces.iter().all(|column| column.values.len() == lap.positions.len()));
        let speed = lap.segments("speed", UnitSystem::Game);
        assert!(matches!(&speed[..], [whole] if whole.len() + 10 > lap.positions.len()), "no gaps");
        assert_eq!((lap.sectors_ms.len(), lap.sector_ends.len()), (3, 2));
        assert!(lap.subtitle().contains(" · ") && lap.length_m.is_some_and(|length| length > 1000.0));
    }
}

#[test]
fn delta_at_the_line_is_the_difference_of_the_lap_times() {
    let Laps { main, against: Some(against), .. } = laps() else { unreachable!() };
    let delta = main.delta_to(against);
    let ms = f64::from(main.time_ms.expect("a time")) - f64::from(against.time_ms.expect("a time"));
    assert!((interpolate(&delta, 1.0).expect("a delta") - ms / 1000.0).abs() < 1e-9);
    assert_eq!(interpolate(&delta, 0.0), Some(0.0));
    assert!(main.delta_to(main).iter().flatten().all(|(_, delta)| *delta == 0.0));
}

/// A lap of right-hand bends only, in coordinates of the game: X points right and Z points down.
fn right_hand_lap() -> LapTraces {
    let positions: Vec<f64> = (0..=1000).map(|part| f64::from(part) / 1000.0).collect();
    let column = |id: &str, of: &dyn Fn(f64) -> f64| Trace {
        channel: channel(id).expect("a channel"),
        values: positions.iter().map(|position| of(position * std::f64::consts::TAU)).collect(),
    };
    let columns = vec![
        column("position_x", &|angle| 300.0 * angle.sin()),
        column("position_z", &|angle| -400.0 - 200.0 * angle.cos()),
        column("steering", &|_| 0.2),
        // A dot on the right of the g-g diagram.
        column("g_lateral", &|_| 1.0),
        column("g_longitudinal", &|angle| 0.1 * angle.sin()),
        // The colour identifies the part of the lap.
        column("speed", &|angle| 50.0 * angle),
    ];
    LapTraces { positions, traces: columns, ..LapTraces::default() }
}

#[test]
fn map_shows_a_right_hand_lap_clockwise_in_both_formats() {
    let lap = right_hand_lap();
    let laps = Laps::one(&lap);
    let scene = draw(&laps, &request(PlotKind::Map)).expect("a picture");
    // The longest line is the outline of the whole lap, which is drawn first.
    let lines = scene
        .shapes
        .iter()
        .filter_map(|shape| if let Shape::Line { points, .. } = shape { Some(points) } else { None });
    let outline = lines.max_by_key(|points| points.len()).expect("an outline");
    // Pixels have Y downwards: clockwise is positive.
    let area: f64 = outline.windows(2).map(|pair| pair[0].0 * pair[1].1 - pair[1].0 * pair[0].1).sum();
    assert!(area > 0.0 && outline.len() > 900, "{area} {}", outline.len());
    let (start, quarter) = (outline[0], outline[outline.len() / 4]);
    assert!(start.1 < quarter.1 && start.0 < quarter.0, "from the top to the right: {start:?} {quarter:?}");

    // In the PNG, the colour of the slow first quarter is in the upper right part, as in the SVG, which is the same scene.
    let png = render(&laps, &request(PlotKind::Map), Format::Png).expect("a picture");
    let pixels = tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
    let at = outline[outline.len() / 8];
    let of = |(x, y): (f64, f64)| pixels.pixel(x as u32, y as u32).expect("a pixel").demultiply();
    let mirrored = (at.0, start.1 + outline[outline.len() / 2].1 - at.1);
    assert_ne!(of(at), of(mirrored));
    let svg =
        String::from_utf8(render(&laps, &request(PlotKind::Map), Format::Svg).expect("a picture")).expect("UTF-8");
    assert!(
        svg.contains(&format!("{:.1} {:.1}", start.0, start.1))
            || svg.contains(&format!("{:.1},{:.1}", start.0, start.1)),
        "{start:?}"
    );
}

#[test]
fn gg_diagram_shows_a_right_hand_bend_on_the_right() {
    let lap = right_hand_lap();
    let scene = draw(&Laps::one(&lap), &request(PlotKind::Gg)).expect("a picture");
    let dots =
        scene.shapes.iter().find_map(|shape| if let Shape::Dots { points, .. } = shape { Some(points) } else { None });
    let centre =
        scene.shapes.iter().find_map(|shape| if let Shape::Ring { centre, .. } = shape { Some(centre) } else { None });
    let (dots, centre) = (dots.expect("dots"), centre.expect("rings"));
    assert!(!dots.is_empty() && dots.iter().all(|dot| dot.0 > centre.0));
}

#[test]
fn render_creates_png_and_svg_of_every_kind() {
    for kind in KINDS {
        for against in [None, laps().against] {
            let (laps, request) = (Laps { against, ..laps() }, request(kind));
            let png = render(&laps, &request, Format::Png).expect("a picture");
            let pixels = tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
            assert_eq!((pixels.width(), pixels.height()), request.size);
            let colors: std::collections::HashSet<_> = pixels.pixels().iter().map(|pixel| pixel.red()).collect();
            assert!(colors.len() > 20, "{kind:?} is empty");

            let svg = String::from_utf8(render(&laps, &request, Format::Svg).expect("a picture")).expect("UTF-8");
            assert!(svg.starts_with("<svg xmlns=") && svg.trim_end().ends_with("</svg>"));
            assert!(svg.lines().all(|line| line.starts_with('<') && line.ends_with('>')), "one element per line");
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}

#[test]
fn pictures_have_titles_and_labels() {
    let all = |kind| {
        let scene = draw(&laps(), &request(kind)).expect("a picture");
        texts(&scene).join("|")
    };
    let traces = all(PlotKind::Traces);
    for label in ["Speed (km/h)", "Throttle (%)", "Gear", "Delta to lap", "Distance (m)", "S3  ", "4000", "Lap "] {
        assert!(traces.contains(label), "{label}: {traces}");
    }
    let map = all(PlotKind::Map);
    for label in ["Start", "S2", "Speed (km/h)", " m"] {
        assert!(map.contains(label), "{label}: {map}");
    }
    let gg = all(PlotKind::Gg);
    for label in ["braking", "accelerating", "1 g", "2 g"] {
        assert!(gg.contains(label), "{label}: {gg}");
    }
    let mut by_delta = request(PlotKind::Map);
    (by_delta.color, by_delta.units) = (channel("delta").expect("a channel"), UnitSystem::Imperial);
    let scene = draw(&laps(), &by_delta).expect("a picture");
    assert!(texts(&scene).contains(&"Time lost (s per 100 m)"));
    by_delta.kind = PlotKind::Traces;
    assert!(texts(&draw(&laps(), &by_delta).expect("a picture")).contains(&"Speed (mph)"));
}

/// Some corners of the simulated track.
fn some_corners() -> Vec<Corner> {
    let apexes = [0.1367, 0.2123, 0.2994, 0.3676, 0.4068, 0.4452, 0.5133, 0.694, 0.7274, 0.8429];
    let corner = |(number, apex)| Corner {
        number,
        name: String::new(),
        start: apex - 0.01,
        apex,
        end: apex + 0.01,
        direction: if number % 2 == 0 { Direction::Left } else { Direction::Right },
    };
    (1..).zip(apexes).map(corner).collect()
}

#[test]
fn pictures_of_four_laps_have_corners_and_the_sectors_of_each_lap() {
    let laps = [&LAPS[1], &LAPS[0], &LAPS[1], &LAPS[0], &LAPS[1]].map(Clone::clone);
    let laps = Laps::of(&laps).expect("laps");
    let request = |kind| Request { corners: some_corners(), ..request(kind) };
    let scene = draw(&laps, &request(PlotKind::Traces)).expect("a picture");
    let texts = texts(&scene);
    let count = |start: &str| texts.iter().filter(|text| text.starts_with(start)).count();
    assert_eq!((count("S1  "), count("S2  "), count("S3  ")), (4, 4, 4), "a fifth lap is not drawn");
    assert_eq!((count("T1"), count("T10")), (2, 1));
    assert!(texts.iter().any(|text| text.starts_with("Delta to lap")));
    let map = draw(&laps, &request(PlotKind::Map)).expect("a picture");
    assert!(self::texts(&map).iter().filter(|text| text.starts_with('T')).count() >= 9);
}

#[test]
fn render_draws_a_part_of_the_lap() {
    let part = Request { range: Some(0.25..=0.5), corners: some_corners(), ..request(PlotKind::Sheet) };
    let svg = String::from_utf8(render(&laps(), &part, Format::Svg).expect("a picture")).expect("UTF-8");
    for label in [">T3<", ">T6<", ">1200<", ">2000<"] {
        assert!(svg.contains(label), "{label}");
    }
    for label in [">T1<", ">T8<", ">Start<", ">3000<"] {
        assert!(!svg.contains(label), "{label}");
    }
    for wrong in [0.5..=0.25, 0.2..=1.5, f64::NAN..=0.5] {
        let error =
            render(&laps(), &Request { range: Some(wrong), ..request(PlotKind::Map) }, Format::Svg).unwrap_err();
        assert!(error.to_string().contains("range"), "{error}");
    }
}

#[test]
fn texts_do_not_overlap_and_are_inside_the_picture() {
    for size in [(1600, 900), (900, 900), (3840, 2160), (800, 600), (1080, 1920)] {
        for kind in KINDS {
            let all: Vec<LapTraces> = [1, 0, 1].map(|index| LAPS[index].clone()).into();
            let request = Request { size, corners: some_corners(), ..request(kind) };
            let scene = draw(&Laps::of(&all).expect("laps"), &request).expect("a picture");
            let boxes: Vec<_> = scene.shapes.iter().filter_map(text_box).collect();
            for (index, (text, rect)) in boxes.iter().enumerate() {
                let inside = rect.left >= 0.0
                    && rect.top >= 0.0
                    && rect.right <= f64::from(size.0)
                    && rect.bottom <= f64::from(size.1);
                assert!(inside, "{kind:?} {size:?}: {text:?} at {rect:?}");
                for (other, other_rect) in &boxes[index + 1..] {
                    let apart = rect.right <= other_rect.left
                        || other_rect.right <= rect.left
                        || rect.bottom <= other_rect.top
                        || other_rect.bottom <= rect.top;
                    assert!(apart, "{kind:?} {size:?}: {text:?} on {other:?}");
                }
            }
        }
    }
}

/// A text and its bounding box, from the top of the capitals to the descenders.
fn text_box(shape: &Shape) -> Option<(&str, Rect)> {
    let Shape::Text { at, size, anchor, text, .. } = shape else { return None };
    let width = font::width(text, *size);
    let left = match anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - width / 2.0,
        Anchor::End => at.0 - width,
    };
    let half = size * font::CAP_HEIGHT / 2.0;
    Some((text, Rect { left, right: left + width, top: at.1 - half, bottom: at.1 + half + size * 0.2 }))
}

#[test]
fn draw_accepts_short_laps_and_rejects_empty_ones() {
    let mut short = LAPS[0].clone();
    short.positions.truncate(3);
    short.traces.iter_mut().for_each(|column| column.values.truncate(3));
    let empty = LapTraces { number: 7, ..LapTraces::default() };
    for kind in KINDS {
        for against in [None, Some(&LAPS[1]), Some(&empty)] {
            let scene = draw(&Laps { against, ..Laps::one(&short) }, &request(kind)).expect("a picture");
            assert!(scene.shapes.len() > 5);
        }
        let error = render(&Laps::one(&empty), &request(kind), Format::Png).unwrap_err();
        assert!(error.to_string().contains("Lap 7 has no samples"), "{error}");
    }
    let without = LapTraces { traces: Vec::new(), ..LAPS[0].clone() };
    let scene = draw(&Laps::one(&without), &request(PlotKind::Sheet)).expect("a picture");
    for label in ["no values", "no positions", "no accelerations"] {
        assert!(texts(&scene).contains(&label), "{label}");
    }
}

#[test]
fn draw_rejects_too_many_channels_and_small_sizes() {
    let channels: Vec<_> = channels().iter().filter(|channel| is_drawable(channel)).take(40).collect();
    let error = draw(&laps(), &Request { channels, ..request(PlotKind::Traces) }).unwrap_err();
    assert!(error.to_string().contains("40 channels do not fit"), "{error}");
    let error = draw(&laps(), &Request { size: (10, 900), ..request(PlotKind::Traces) }).unwrap_err();
    assert!(error.to_string().contains("10x900"), "{error}");
}

/// Numbers as a corrupt page may contain them.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -2.0..2.0, Just(f64::NAN), Just(f64::MAX), Just(0.0), Just(1e9), 999_999_999.0..1e9]
}

prop_compose! {
    fn garbage()(
        rows in 1..60_usize,
        is_ordered in any::<bool>(),
    )(
        mut positions in proptest::collection::vec(prop_oneof![0.0..1.0, number()], rows),
        columns in proptest::collection::vec(proptest::collection::vec(number(), rows), 11),
        sector_ends in proptest::collection::vec(number(), 0..4),
        sectors_ms in proptest::collection::vec(any::<Option<u32>>(), 0..4),
        (time_ms, length_m, track, is_ordered) in (any::<Option<u32>>(), proptest::option::of(number()), ".{0,40}", Just(is_ordered)),
    ) -> LapTraces {
        if is_ordered {
            positions.sort_by(f64::total_cmp);
        }
        let ids = ["lap_time", "position_x", "position_z", "g_lateral", "g_longitudinal", "speed", "throttle", "brake", "steering", "gear", "delta"];
        let columns = ids.into_iter().zip(columns).filter_map(|(id, values)| Some(Trace { channel: channel(id)?, values }));
        LapTraces { recording: String::new(), number: 7, track: track.clone(), layout: track, car: String::new(), time_ms, counts: true, length_m, sector_ends, sectors_ms, positions, traces: columns.collect() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn draw_makes_finite_shapes_of_any_values(main in garbage(), against in proptest::option::of(garbage()), by_delta in any::<bool>()) {
        let laps = Laps { against: against.as_ref(), ..Laps::one(&main) };
        for kind in KINDS {
            let color = channel(if by_delta { "delta" } else { "speed" }).expect("a channel");
            let request = Request { color, size: (400, 320), channels: default_channels(true)[..3].to_vec(), ..request(kind) };
            let scene = draw(&laps, &request).expect("a picture");
            for shape in &scene.shapes {
                prop_assert!(numbers(shape).into_iter().all(|number| number.abs() < 1e6), "{shape:?}");
            }
            prop_assert!(kind != PlotKind::Sheet || bitmap::png(&scene).is_ok());
        }
    }
}
