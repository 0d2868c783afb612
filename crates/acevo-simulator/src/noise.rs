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
    let value = |index: i64| generator(seed, stream, index as u64).f64() * 2.0 - 1.0;
    let (a, b) = (value(cell as i64), value(cell as i64 + 1));
    a + (b - a) * smoothstep(x - cell)
}

/// From 0 at `t` = 0 to 1 at `t` = 1, flat (also in its second derivative) at both ends and outside.
pub(crate) fn smoothstep(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
