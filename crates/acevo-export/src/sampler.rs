//! The values of a table's columns, computed only where they may have changed.

use acevo_shared_memory::{PageKind, PhysicsValidity};

use super::Column;
use acevo_telemetry::{Axes, ChannelValue, Frame};

/// Gives the values of columns, frame by frame, in the units of the columns.
///
/// It gives what [`Channel::value`](acevo_telemetry::Channel::value) and [`Unit::convert`](acevo_telemetry::Unit::convert) give, but keeps what it
/// has computed: a column is looked at again when a page that its channel comes from has other bytes than in the frame before.
/// Of each six steps of the physics, about one has a new graphics page.
///
/// ```
/// use acevo_shared_memory::{ACEvoStatus, Frame, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
/// use acevo_export::{Column, Sampler};
/// use acevo_telemetry::{Axes, ChannelValue, Unit, channel};
/// # use acevo_telemetry::acevo_shared_memory;
///
/// let physics = SPageFilePhysics { speedKmh: 181.5, ..Default::default() };
/// let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() };
/// let frame = Frame::new(physics, graphics, SPageFileStaticEvo::default());
/// let speed = Column { channel: channel("speed").unwrap(), unit: Unit::KilometrePerHour };
/// let mut sampler = Sampler::new(&[speed], Axes::default());
/// assert_eq!(sampler.values(&frame), [Some(ChannelValue::Number(181.5))]);
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    columns: Vec<Sampled>,
    axes: Axes,
    /// The newest values; the texts among them are `None` here.
    values: Vec<Option<ChannelValue<'static>>>,
    /// The texts, by the index of their column; an empty one is none.
    texts: Vec<(usize, String)>,
    /// The bytes of the newest frame, of which these are the values; empty before the first.
    pages: [Vec<u8>; PageKind::ALL.len()],
    validity: PhysicsValidity,
}

#[derive(Debug, Clone)]
struct Sampled {
    column: Column,
    /// The pages it comes from, as [`bit_of`] has them.
    pages: u8,
}

impl Sampler {
    /// Looks at no frame yet. With these axes directions are told from the first frame on.
    pub fn new(columns: &[Column], axes: Axes) -> Self {
        let sampled = |column: &Column| {
            let pages = column.channel.pages().fold(0, |pages, page| pages | bit_of(page));
            Sampled { column: *column, pages }
        };
        let is_text = |column: &Column| column.channel.kind() == acevo_telemetry::ChannelKind::Text;
        let texts = (0..).zip(columns).filter(|(_, column)| is_text(column));
        Self {
            columns: columns.iter().map(sampled).collect(),
            axes,
            values: vec![None; columns.len()],
            texts: texts.map(|(index, _)| (index, String::new())).collect(),
            pages: Default::default(),
            validity: PhysicsValidity::default(),
        }
    }

    /// The values of a frame, one for each column in their order; `None` where there is none.
    pub fn values(&mut self, frame: &Frame) -> Vec<Option<ChannelValue<'_>>> {
        let new = self.note(frame);
        for (Sampled { column, pages }, value) in self.columns.iter().zip(&mut self.values) {
            if pages & new != 0 {
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
            let Sampled { column, pages } = &self.columns[*index];
            if pages & new != 0 {
                text.clear();
                if let Some(ChannelValue::Text(value)) = column.channel.value(frame, &self.axes) {
                    text.push_str(value);
                }
            }
        }
        let mut values: Vec<Option<ChannelValue<'_>>> = self.values.clone();
        for (index, text) in self.texts.iter().filter(|(_, text)| !text.is_empty()) {
            values[*index] = Some(ChannelValue::Text(text));
        }
        values
    }

    /// Keeps the bytes of a frame, and tells which pages are others than before.
    fn note(&mut self, frame: &Frame) -> u8 {
        // Without another byte the physics page may become current, or no longer be.
        let is_same = std::mem::replace(&mut self.validity, frame.validity) == frame.validity;
        let mut new = if is_same { 0 } else { bit_of(PageKind::Physics) };
        for (page, before) in PageKind::ALL.into_iter().zip(&mut self.pages) {
            let bytes = frame.bytes(page);
            if before != bytes {
                before.clear();
                before.extend_from_slice(bytes);
                new |= bit_of(page);
            }
        }
        new
    }
}

fn bit_of(page: PageKind) -> u8 {
    1 << page as u8
}
