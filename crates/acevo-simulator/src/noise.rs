//! Randomness that depends on the seed and on nothing else: the same question always has the same answer.

use fastrand::Rng;

/// What a random number is for; each purpose has numbers of its own.
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
}

/// A generator for one purpose and one index (a lap, a car, a stretch of road).
pub(crate) fn generator(seed: u64, stream: Stream, index: u64) -> Rng {
    // Odd multipliers spread neighbouring indices over the whole range of seeds.
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add((stream as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(index.wrapping_mul(0x2545_f491_4f6c_dd1d));
    Rng::with_seed(mixed)
}

/// Smooth noise in -1..1 with a new value every unit of `x`; its first two derivatives are continuous.
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

/// From 0 at `t` = 0 to 1 at `t` = 1, flat (also in its second derivative) at both ends and outside.
pub(crate) fn smoothstep(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
