//! Deterministic random numbers that depend only on the seed, the purpose and an index.

use fastrand::Rng;

/// The purpose of a random number. Each purpose has its own sequence.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Line = 1,
    Pace,
    Mood,
    Road,
    Session,
    LapDisplay,
    Traffic,
    CarId,
    Validity,
    Identity,
    Conduct,
    Log,
}

/// A generator for a purpose and an index (a lap, a car, a section of road).
pub(crate) fn generator(seed: u64, stream: Stream, index: u64) -> Rng {
    // Odd multipliers spread neighbouring indices over the whole range of seeds.
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add((stream as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(index.wrapping_mul(0x2545_f491_4f6c_dd1d));
    Rng::with_seed(mixed)
}

/// Smooth noise in -1..1 with a new value at every unit of `x`. Its first two derivatives are continuous.
pub(crate) fn smooth(seed: u64, stream: Stream, x: f64) -> f64 {
    let cell = x.floor();
    between(seed, stream, cell as i64, cell as i64 + 1, x - cell)
}

/// The same, repeated after `cells` units.
pub(crate) fn periodic(seed: u64, stream: Stream, x: f64, cells: f64) -> f64 {
    let cell = x.floor();
    let index = |cell: f64| (cell - (cell / cells).floor() * cells) as i64;
    between(seed, stream, index(cell), index(cell + 1.0), x - cell)
}

fn between(seed: u64, stream: Stream, from: i64, to: i64, t: f64) -> f64 {
    let value = |index: i64| generator(seed, stream, index as u64).f64() * 2.0 - 1.0;
    let (a, b) = (value(from), value(to));
    a + (b - a) * smoothstep(t)
}

/// A smooth step from 0 at `t` = 0 to 1 at `t` = 1. The first two derivatives are 0 at both ends.
pub(crate) fn smoothstep(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
