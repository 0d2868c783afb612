//! The pages that the producer writes. Each word of a physics page is derived from its packetId, so a mix of two packets can be
//! recognised. All values are plausible, because a reader outside of Wine identifies pages by their content.

use std::ops::Range;

use acevo_shared_memory::{FieldType, PageKind, SPageFileGraphicEvo, SPageFileStaticEvo};

/// Words of a physics page.
pub const WORDS: usize = PageKind::Physics.size() / 4;

/// A physics page as words, in the order of their offsets.
pub type Words = [u32; WORDS];

/// The words of a stamped page that have its time: in the middle, so that a page torn there is also torn before or after it.
const TIME: Range<usize> = 100..103;

/// Bits of a number from 0.5 to 1, and the bits of it that can have any value.
const HALF: u32 = 0x3f00_0000;
const FREE_BITS: u32 = 23;
const FREE: u32 = (1 << FREE_BITS) - 1;

/// Values that change slowly in the game. If all of them changed alike, the library would take the page for one around a pause.
const AMBIENT: [(&str, f32); 4] = [("airTemp", 24.0), ("roadTemp", 31.0), ("airDensity", 1.2), ("brakeBias", 0.6)];

/// Derives the words of a physics page from its packetId.
#[derive(Debug)]
pub struct Pattern {
    /// Constant bits of each word.
    fixed: Words,
    /// Bits of the packetId in each word.
    of_id: Words,
    /// Predictable bits of each word: all, or none in a time.
    known: Words,
}

impl Pattern {
    /// Pages derived from their packetId only.
    pub fn plain() -> Self {
        // Integers are flags, gears and levels: 0 and 1 are plausible for all.
        let (mut fixed, mut of_id) = ([0; WORDS], [1; WORDS]);
        for field in PageKind::Physics.fields().iter().filter(|field| field.ty == FieldType::F32) {
            let words = field.offset / 4..(field.offset + field.size()) / 4;
            fixed[words.clone()].fill(HALF);
            of_id[words].fill(FREE);
        }
        for (name, value) in AMBIENT {
            let field =
                PageKind::Physics.fields().iter().find(|field| field.path == name).expect("a field of the page");
            let word = field.offset / 4;
            (fixed[word], of_id[word]) = (f32::to_bits(value), 0);
        }
        of_id[0] = u32::MAX;
        Self { fixed, of_id, known: [u32::MAX; WORDS] }
    }

    /// Pages that also contain the time of their write.
    pub fn stamped() -> Self {
        let mut pattern = Self::plain();
        pattern.known[TIME].fill(0);
        pattern
    }

    /// The page of a packet that is written at `time`, which is ignored if pages are not stamped.
    pub fn words(&self, id: u32, time: u64) -> Words {
        let mut words = std::array::from_fn(|at| self.fixed[at] | id & self.of_id[at]);
        if self.known[TIME.start] == 0 {
            for (part, word) in words[TIME].iter_mut().enumerate() {
                *word = HALF | (time >> (FREE_BITS * part as u32)) as u32 & FREE;
            }
        }
        words
    }

    /// True if the words belong to more than one packet.
    pub fn is_torn(&self, words: &Words) -> bool {
        let id = words[0];
        let wrong = |at: usize| (words[at] ^ (self.fixed[at] | id & self.of_id[at])) & self.known[at];
        (0..WORDS).fold(0, |wrongs, at| wrongs | wrong(at)) != 0
    }
}

/// When a stamped page was written, in nanoseconds of UNIX time.
pub fn time(words: &Words) -> u64 {
    words[TIME].iter().rev().fold(0, |time, word| time << FREE_BITS | u64::from(word & FREE))
}

/// The bytes of a physics page as words; missing bytes are zero.
pub fn words_of(bytes: &[u8]) -> Words {
    let mut words = [0; WORDS];
    words.iter_mut().zip(bytes.as_chunks().0).for_each(|(word, chunk)| *word = u32::from_le_bytes(*chunk));
    words
}

/// The bytes of a physics page.
pub fn bytes_of(words: &Words) -> [u8; WORDS * 4] {
    let mut bytes = [0; WORDS * 4];
    bytes.as_chunks_mut().0.iter_mut().zip(words).for_each(|(chunk, word)| *chunk = word.to_le_bytes());
    bytes
}

/// A graphics page of a driving car. Some readers return nothing unless the status is live.
pub fn graphics(id: i32) -> SPageFileGraphicEvo {
    let mut page = SPageFileGraphicEvo { packetId: id, status: 2, npos: 0.5, rpm: 4000, ..Default::default() };
    page.car_model = "Velocita GT3 R".into();
    page.driver_name = "Jane".into();
    page.driver_surname = "Doe".into();
    (page.max_gears, page.total_drivers, page.current_pos, page.gear_int) = (6, 20, 3, 4);
    (page.gas_percent, page.rpm_percent, page.turbo_boost, page.max_fuel) = (0.5, 0.6, 0.7, 110.0);
    (page.fuel_per_lap, page.total_km, page.car_ids[0]) = (2.5, 17, [1, 2]);
    page
}

/// The session.
pub fn session() -> SPageFileStaticEvo {
    SPageFileStaticEvo {
        sm_version: "1.0".into(),
        ac_evo_version: "0.9.1".into(),
        track: "Valdombra".into(),
        ..Default::default()
    }
}

/// A member of a page: one or several words.
pub trait Member {
    /// Writes the words at `at`, and advances it.
    fn append(self, words: &mut Words, at: &mut usize);
}

impl Member for i32 {
    #[inline(always)]
    fn append(self, words: &mut Words, at: &mut usize) {
        words[*at] = self.cast_unsigned();
        *at += 1;
    }
}

impl Member for f32 {
    #[inline(always)]
    fn append(self, words: &mut Words, at: &mut usize) {
        words[*at] = self.to_bits();
        *at += 1;
    }
}

impl<T: Member, const N: usize> Member for [T; N] {
    #[inline(always)]
    fn append(self, words: &mut Words, at: &mut usize) {
        self.into_iter().for_each(|member| member.append(words, at));
    }
}

/// Converts the named members of a struct, in this order, to the words of a page.
#[macro_export]
macro_rules! words {
    ($page:expr; $($member:ident),+ $(,)?) => {{
        let page = $page;
        let mut words = [0; $crate::page::WORDS];
        let mut at = 0;
        $($crate::page::Member::append(page.$member, &mut words, &mut at);)+
        assert_eq!(at, $crate::page::WORDS, "the members do not make up a physics page");
        words
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamped_pages_have_their_time_and_torn_pages_are_recognised() {
        for (pattern, stamped) in [(Pattern::plain(), false), (Pattern::stamped(), true)] {
            let time = 1_790_000_000_123_456_789;
            let [one, two] = [(7, time), (8, time + 3_003_003)].map(|(id, time)| pattern.words(id, time));
            assert!(!pattern.is_torn(&one) && !pattern.is_torn(&two));
            if stamped {
                assert_eq!(super::time(&one), time);
            }
            for at in 1..WORDS {
                let mut mix = one;
                mix[at..].copy_from_slice(&two[at..]);
                assert!(pattern.is_torn(&mix), "{at}");
            }
        }
    }

    #[test]
    fn time_is_in_words_of_numbers() {
        let pattern = Pattern::plain();
        assert!(pattern.fixed[TIME].iter().all(|word| *word == HALF));
    }

    #[test]
    fn pages_are_those_of_a_driving_car() {
        use acevo_shared_memory::{Page, PhysicsTracker, SPageFilePhysics};
        let mut tracker = PhysicsTracker::default();
        tracker.graphics(&graphics(1));
        for id in 1..1000 {
            tracker.physics(&SPageFilePhysics::from_bytes(&bytes_of(&Pattern::stamped().words(id, u64::MAX >> 2))));
            assert!(tracker.validity().is_current(), "{id}: {}", tracker.validity());
        }
    }

    #[test]
    fn pages_are_plausible() {
        use acevo_shared_memory::{Page, SPageFilePhysics};
        for id in [1, 2, FREE, u32::MAX >> 1] {
            let bytes = bytes_of(&Pattern::stamped().words(id, u64::MAX >> 2));
            assert_eq!(words_of(&bytes)[0], id);
            assert_eq!(SPageFilePhysics::from_bytes(&bytes).implausible().count(), 0);
        }
        assert_eq!(graphics(1).implausible().count() + session().implausible().count(), 0);
    }
}
