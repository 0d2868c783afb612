//! Computes the values of rows and passes them to an exporter, usually in another thread than the one that reads the recording.

use acevo_shared_memory::{
    GraphicsView, PageKind, PhysicsValidity, PhysicsView, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo,
    StaticView,
};
use acevo_telemetry::analysis::Lap;
use acevo_telemetry::{Axes, Frame};

use super::lap_position::{Corrected, PositionColumns};
use crate::worker::Worker;
use crate::{Column, ExportError, Exporter, Row, Sampler};

/// Rows of a batch: few enough to stay in the cache of a processor.
const BATCH_ROWS: usize = 128;

/// Number of batches that wait for the thread.
const WAITING_BATCHES: usize = 8;

/// What a row has besides the pages.
pub(super) struct RowContext {
    pub(super) time_s: f64,
    pub(super) session: u32,
    pub(super) lap: Option<u32>,
    pub(super) missed: u32,
    pub(super) skipped: u32,
    pub(super) position: Corrected,
}

/// Takes rows and laps, in their order.
pub(super) struct RowSink<'a> {
    batch: Batch,
    /// The pages that were copied last.
    graphics: Vec<u8>,
    static_data: Vec<u8>,
    stage: Stage<'a>,
}

enum Stage<'a> {
    /// Batches are taken by the thread that fills them.
    Here(Box<RowWriter<dyn Exporter + 'a>>),
    Thread(Worker<RowWriter<dyn Exporter + Send>, Batch, ExportError>),
}

/// Rows and laps with copies of the pages that have changed: copying all pages for each row would cost more than the thread saves.
#[derive(Default)]
struct Batch {
    items: Vec<Item>,
    physics: Vec<PhysicsView<'static>>,
    graphics: Vec<GraphicsView<'static>>,
    static_data: Vec<StaticView<'static>>,
}

enum Item {
    Row { context: RowContext, validity: PhysicsValidity, has_graphics: bool, has_static_data: bool },
    Lap(Box<Lap>, f64),
}

impl Batch {
    fn clear(&mut self) {
        self.items.clear();
        self.physics.clear();
        self.graphics.clear();
        self.static_data.clear();
    }
}

impl<'a> RowSink<'a> {
    /// Writes rows in this thread.
    pub(super) fn here(columns: &[Column], axes: Axes, exporter: Box<dyn Exporter + 'a>) -> Self {
        Self::new(Stage::Here(Box::new(RowWriter::new(columns, axes, exporter))))
    }

    /// Writes rows in another thread.
    pub(super) fn in_thread(
        columns: &[Column],
        axes: Axes,
        exporter: Box<dyn Exporter + Send>,
    ) -> Result<Self, ExportError> {
        let writer = RowWriter::new(columns, axes, exporter);
        Ok(Self::new(Stage::Thread(Worker::start(writer, WAITING_BATCHES, RowWriter::take)?)))
    }

    fn new(stage: Stage<'a>) -> Self {
        Self { batch: Batch::default(), graphics: Vec::new(), static_data: Vec::new(), stage }
    }

    pub(super) fn row(&mut self, frame: &Frame, context: RowContext) -> Result<(), ExportError> {
        let has_graphics = replace(&mut self.graphics, frame.bytes(PageKind::Graphics));
        let has_static_data = replace(&mut self.static_data, frame.bytes(PageKind::Static));
        let batch = &mut self.batch;
        batch.physics.push(frame.physics);
        batch.graphics.extend(has_graphics.then_some(frame.graphics));
        batch.static_data.extend(has_static_data.then_some(frame.static_data));
        self.push(Item::Row { context, validity: frame.validity, has_graphics, has_static_data })
    }

    pub(super) fn lap(&mut self, lap: Lap, ended_s: f64) -> Result<(), ExportError> {
        self.push(Item::Lap(Box::new(lap), ended_s))
    }

    fn push(&mut self, item: Item) -> Result<(), ExportError> {
        self.batch.items.push(item);
        if self.batch.items.len() >= BATCH_ROWS { self.pass() } else { Ok(()) }
    }

    fn pass(&mut self) -> Result<(), ExportError> {
        match &mut self.stage {
            Stage::Here(writer) => writer.take(&mut self.batch)?,
            Stage::Thread(worker) => {
                let batch = std::mem::take(&mut self.batch);
                self.batch = worker.pass(batch)?.unwrap_or_default();
            }
        }
        self.batch.clear();
        Ok(())
    }

    /// Completes the export.
    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        self.pass()?;
        match self.stage {
            Stage::Here(writer) => writer.exporter.finish(),
            Stage::Thread(worker) => worker.finish()?.exporter.finish(),
        }
    }
}

/// Keeps the bytes of a page. Returns true if they have changed.
fn replace(kept: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let has_changed = kept != bytes;
    if has_changed {
        kept.clear();
        kept.extend_from_slice(bytes);
    }
    has_changed
}

/// Computes values and passes them to an exporter.
struct RowWriter<X: ?Sized> {
    sampler: Sampler,
    positions: PositionColumns,
    frame: Frame,
    exporter: Box<X>,
}

impl<X: Exporter + ?Sized> RowWriter<X> {
    fn new(columns: &[Column], axes: Axes, exporter: Box<X>) -> Self {
        let (sampler, positions) = (Sampler::new(columns, axes), PositionColumns::of(columns));
        Self { sampler, positions, frame: blank_frame(), exporter }
    }

    fn take(&mut self, batch: &mut Batch) -> Result<(), ExportError> {
        let (mut physics, mut graphics) = (batch.physics.iter(), batch.graphics.iter());
        let mut static_data = batch.static_data.iter();
        for item in &batch.items {
            match item {
                Item::Row { context, validity, has_graphics, has_static_data } => {
                    let frame = &mut self.frame;
                    physics.next().into_iter().for_each(|page| frame.physics = *page);
                    graphics.by_ref().take((*has_graphics).into()).for_each(|page| frame.graphics = *page);
                    static_data.by_ref().take((*has_static_data).into()).for_each(|page| frame.static_data = *page);
                    frame.validity = *validity;
                    self.write(context)?;
                }
                Item::Lap(lap, ended_s) => self.exporter.lap(lap, *ended_s)?,
            }
        }
        Ok(())
    }

    fn write(&mut self, context: &RowContext) -> Result<(), ExportError> {
        let RowContext { time_s, session, lap, missed, skipped, position } = *context;
        let mut values = self.sampler.values(&self.frame);
        self.positions.correct(position, &mut values, &self.frame);
        let packet_id = self.frame.physics.packet_id();
        self.exporter.row(&Row { time_s, packet_id, session, lap, missed, skipped, values: &values })
    }
}

fn blank_frame() -> Frame {
    Frame::new(SPageFilePhysics::default(), SPageFileGraphicEvo::default(), SPageFileStaticEvo::default())
}
