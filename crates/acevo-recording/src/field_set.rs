//! A selection of the fields of the pages.

use acevo_shared_memory::PageKind;
use acevo_telemetry::Channel;

/// Bytes of a word: pages are recorded in columns of them.
const WORD: usize = 4;

/// Fields that decide whether the physics page is current: those that
/// [`PhysicsTracker`](acevo_shared_memory::PhysicsTracker) reads.
const VALIDITY: [&str; 7] = [
    "physics.packetId",
    "physics.airDensity",
    "physics.airTemp",
    "physics.roadTemp",
    "physics.brakeBias",
    "graphics.packetId",
    "graphics.status",
];

/// A set of fields of the three pages, for [`Recording::select`](crate::Recording::select).
///
/// Pages are recorded in words of 32 bits. The set has all words that a selected field overlaps, and always those that decide whether the
/// physics page is current.
///
/// ```
/// use acevo_recording::FieldSet;
/// use acevo_telemetry::channel;
///
/// let fields = FieldSet::of_channels([channel("speed").unwrap()]).with_field("graphics.npos");
/// assert!(fields.has_field("physics.speedKmh") && fields.has_field("graphics.npos"));
/// assert!(fields.has_field("physics.packetId") && !fields.has_field("physics.gas"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSet {
    /// Words of each page, by the number of the page.
    pages: [Words; 3],
}

/// The selected words of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Words {
    selected: Vec<bool>,
    /// Words after these, also those of a page that is longer than known.
    rest: bool,
}

impl Words {
    fn all() -> Self {
        Self { selected: Vec::new(), rest: true }
    }

    fn has(&self, word: usize) -> bool {
        self.selected.get(word).copied().unwrap_or(self.rest)
    }

    /// Adds the words that `size` bytes from `offset` on overlap.
    fn add(&mut self, offset: usize, size: usize) {
        if self.rest {
            return;
        }
        let (from, to) = (offset / WORD, (offset + size).div_ceil(WORD));
        self.selected.resize(self.selected.len().max(to), false);
        self.selected[from..to].fill(true);
    }
}

/// The set without any field but those that decide whether the physics page is current.
impl Default for FieldSet {
    fn default() -> Self {
        VALIDITY.into_iter().fold(Self { pages: Default::default() }, Self::with_field)
    }
}

impl FieldSet {
    /// All bytes of all pages.
    pub fn all() -> Self {
        Self { pages: [const { Words { selected: Vec::new(), rest: true } }; 3] }
    }

    /// The fields from which channels are computed, their [sources](Channel::sources).
    pub fn of_channels<'a>(channels: impl IntoIterator<Item = &'a Channel>) -> Self {
        channels.into_iter().flat_map(Channel::sources).copied().fold(Self::default(), Self::with_field)
    }

    /// Adds a field by page and path, such as `physics.speedKmh`, `graphics.tyre_lf.slip` or `static.track`. An index, as in
    /// `physics.accG[0]`, is ignored: arrays are added completely. A path of no field adds its page, or all pages if it begins with
    /// none.
    #[must_use]
    pub fn with_field(mut self, path: &str) -> Self {
        let Some((page, name)) = split(path) else { return Self::all() };
        let words = &mut self.pages[page as usize];
        match page.fields().iter().find(|field| field.path == name) {
            Some(field) => words.add(field.offset, field.size()),
            None => *words = Words::all(),
        }
        self
    }

    /// True if a field is in the set, with all its elements. False for a path of no field.
    pub fn has_field(&self, path: &str) -> bool {
        let field =
            split(path).and_then(|(page, name)| Some((page, page.fields().iter().find(|field| field.path == name)?)));
        field.is_some_and(|(page, field)| {
            (field.offset / WORD..(field.offset + field.size()).div_ceil(WORD)).all(|word| self.has(page, word))
        })
    }

    /// True if the set has this word of a page.
    pub(crate) fn has(&self, page: PageKind, word: usize) -> bool {
        self.pages[page as usize].has(word)
    }
}

/// The page and the name of a field, without indices.
fn split(path: &str) -> Option<(PageKind, &str)> {
    let (page, name) = path.split_once('.')?;
    let page = PageKind::ALL.into_iter().find(|kind| kind.to_string() == page)?;
    Some((page, name.split('[').next().unwrap_or(name)))
}

#[cfg(test)]
mod tests {
    use acevo_telemetry::channels;

    use super::*;

    fn words(set: &FieldSet, page: PageKind) -> Vec<usize> {
        (0..page.size().div_ceil(WORD) + 9).filter(|word| set.has(page, *word)).collect()
    }

    #[test]
    fn with_field_adds_all_words_that_the_field_overlaps() {
        let set = FieldSet { pages: Default::default() };
        let set = set.with_field("physics.accG[0]").with_field("graphics.player_car_id_a");
        let offset = |page: PageKind, path| page.fields().iter().find(|field| field.path == path).unwrap().offset / 4;
        let acceleration = offset(PageKind::Physics, "accG");
        let id = offset(PageKind::Graphics, "player_car_id_a");
        assert_eq!(words(&set, PageKind::Physics), [acceleration, acceleration + 1, acceleration + 2]);
        assert_eq!(words(&set, PageKind::Graphics), [id, id + 1]);
        assert!(words(&set, PageKind::Static).is_empty());
    }

    #[test]
    fn with_field_adds_a_page_for_an_unknown_field_and_everything_for_an_unknown_page() {
        let set = FieldSet::default().with_field("static.no_such_field");
        assert_eq!(words(&set, PageKind::Static).len(), 208 / 4 + 9);
        assert!(words(&set, PageKind::Physics).len() < 10);
        assert!(set.clone().with_field("static.track") == set, "all words are there already");
        for path in ["nothing.speedKmh", "speedKmh", ""] {
            assert_eq!(FieldSet::default().with_field(path), FieldSet::all(), "{path}");
        }
    }

    #[test]
    fn of_channels_has_every_source_of_every_channel_and_is_smaller_than_a_page() {
        for channel in channels() {
            let set = FieldSet::of_channels([channel]);
            let has = |source: &&str| set.has_field(source.split('[').next().unwrap());
            assert!(channel.sources().iter().all(has) && VALIDITY.iter().all(|path| set.has_field(path)));
            assert!(!set.has_field("graphics.fuel_liter_used") || !set.has_field("physics.tyreTempM"));
        }
    }
}
