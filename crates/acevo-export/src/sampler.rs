//! The values of columns, computed only if they may have changed.

use std::mem;
use std::ops::{Deref, DerefMut};

use acevo_shared_memory::{PageKind, PhysicsValidity};
use acevo_telemetry::{Axes, ChannelKind, ChannelValue, Frame};

use crate::Column;

/// Computes the values of columns frame by frame, in the units of the columns.
///
/// The values are those of [`Channel::value`](acevo_telemetry::Channel::value) and [`Unit::convert`](acevo_telemetry::Unit::convert). A
/// value is computed again only if a page that its channel comes from has changed since the previous frame: about one in six physics
/// steps has a new graphics page. No memory is allocated per frame.
///
/// ```
/// use acevo_export::{Column, Sampler};
/// use acevo_shared_memory::{ACEvoStatus, Frame, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
/// use acevo_telemetry::{Axes, ChannelValue, Unit, channel};
/// # use acevo_telemetry::acevo_shared_memory;
///
/// let physics = SPageFilePhysics { speedKmh: 181.5, ..Default::default() };
/// let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() };
/// let frame = Frame::new(physics, graphics, SPageFileStaticEvo::default());
/// let speed = Column::new(channel("speed").unwrap(), Unit::KilometrePerHour);
/// let mut sampler = Sampler::new(&[speed], Axes::default());
/// assert_eq!(sampler.values(&frame)[..], [Some(ChannelValue::Number(181.5))]);
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    columns: Vec<SampledColumn>,
    axes: Axes,
    /// The newest values; texts are `None` here.
    values: Vec<Option<ChannelValue<'static>>>,
    /// The newest texts, by the index of their column. An empty text is no value.
    texts: Vec<(usize, String)>,
    /// The pages of the newest frame; empty before the first.
    pages: [Vec<u8>; PageKind::ALL.len()],
    validity: PhysicsValidity,
    /// Empty; its memory is used by the next [`Values`].
    spare: Vec<Option<ChannelValue<'static>>>,
}

#[derive(Debug, Clone)]
struct SampledColumn {
    column: Column,
    /// The pages it comes from, as bits (see [`bit_of`]).
    pages: u8,
}

/// The values of a frame: one for each column, in their order; `None` if there is no value.
#[derive(Debug)]
pub struct Values<'a> {
    values: Vec<Option<ChannelValue<'a>>>,
    /// Takes the memory back.
    spare: &'a mut Vec<Option<ChannelValue<'static>>>,
}

impl<'a> Deref for Values<'a> {
    type Target = [Option<ChannelValue<'a>>];

    fn deref(&self) -> &Self::Target {
        &self.values
    }
}

impl DerefMut for Values<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.values
    }
}

impl Drop for Values<'_> {
    fn drop(&mut self) {
        *self.spare = recycled(mem::take(&mut self.values));
    }
}

/// An empty vector with the memory of another one: `collect` reuses the allocation of the iterator's source.
fn recycled<'a>(mut values: Vec<Option<ChannelValue<'_>>>) -> Vec<Option<ChannelValue<'a>>> {
    values.clear();
    values.into_iter().map(|_| None).collect()
}

impl Sampler {
    /// Samples these columns. The axes apply to directions.
    pub fn new(columns: &[Column], axes: Axes) -> Self {
        let sampled = |column: &Column| {
            let pages = column.channel.pages().fold(0, |pages, page| pages | bit_of(page));
            SampledColumn { column: *column, pages }
        };
        let is_text = |column: &Column| column.channel.kind() == ChannelKind::Text;
        let texts = (0..).zip(columns).filter(|(_, column)| is_text(column));
        Self {
            columns: columns.iter().map(sampled).collect(),
            axes,
            values: vec![None; columns.len()],
            texts: texts.map(|(index, _)| (index, String::new())).collect(),
            pages: Default::default(),
            validity: PhysicsValidity::default(),
            spare: Vec::with_capacity(columns.len()),
        }
    }

    /// The values of a frame.
    pub fn values(&mut self, frame: &Frame) -> Values<'_> {
        let changed = self.take_pages(frame);
        for (SampledColumn { column, pages }, value) in self.columns.iter().zip(&mut self.values) {
            if pages & changed != 0 {
                *value = match column.channel.value(frame, &self.axes) {
                    Some(ChannelValue::Number(number)) => {
                        column.channel.unit().convert(number, column.unit).map(ChannelValue::Number)
                    }
                    Some(ChannelValue::Flag(flag)) => Some(ChannelValue::Flag(flag)),
                    Some(ChannelValue::Enum(value, name)) => Some(ChannelValue::Enum(value, name)),
                    _ => None,
                };
            }
        }
        for (index, text) in &mut self.texts {
            let SampledColumn { column, pages } = &self.columns[*index];
            if pages & changed != 0 {
                text.clear();
                if let Some(ChannelValue::Text(value)) = column.channel.value(frame, &self.axes) {
                    text.push_str(value);
                }
            }
        }
        let mut values = recycled(mem::take(&mut self.spare));
        // Copies of whole values; clones would look at each.
        values.extend(self.values.iter().copied());
        for (index, text) in self.texts.iter().filter(|(_, text)| !text.is_empty()) {
            values[*index] = Some(ChannelValue::Text(text));
        }
        Values { values, spare: &mut self.spare }
    }

    /// Keeps the pages of a frame. Returns those that have changed, as bits.
    fn take_pages(&mut self, frame: &Frame) -> u8 {
        // Physics may become current, or stop being so, without another byte.
        let is_same = mem::replace(&mut self.validity, frame.validity) == frame.validity;
        let mut changed = if is_same { 0 } else { bit_of(PageKind::Physics) };
        for (page, before) in PageKind::ALL.into_iter().zip(&mut self.pages) {
            let bytes = frame.bytes(page);
            if before != bytes {
                before.clear();
                before.extend_from_slice(bytes);
                changed |= bit_of(page);
            }
        }
        changed
    }
}

fn bit_of(page: PageKind) -> u8 {
    1 << page as u8
}
