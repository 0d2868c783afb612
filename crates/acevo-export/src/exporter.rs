//! The trait of all exporters of rows.

use acevo_telemetry::ChannelValue;
use acevo_telemetry::analysis::Lap;

use crate::ExportError;

/// Names of the values that every row has besides its columns.
pub(crate) const LEAD: [&str; 6] = ["time_s", "packet_id", "session", "lap", "missed", "skipped"];

/// Decimals of [`Row::time_s`]: microseconds.
pub(crate) const TIME_DECIMALS: usize = 6;

/// The values at one time: a row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Seconds since the start of the export (see the [crate](crate#rows)), by the clock of the recording. Never less than in the
    /// previous row.
    pub time_s: f64,
    /// The packet counter of the physics page.
    pub packet_id: i32,
    /// The session, from 1.
    pub session: u32,
    /// The running lap, from 1; `None` if no lap is running.
    pub lap: Option<u32>,
    /// Packets between the previous row and this one that the recorder missed.
    pub missed: u32,
    /// Steps of the packet counter between the previous row and this one that the game skipped around a pause. They are not missed.
    pub skipped: u32,
    /// One value for each column, in the order of the columns; `None` if there is no value.
    pub values: &'a [Option<ChannelValue<'a>>],
}

/// Writes one kind of file. The file is incomplete until [`finish`](Self::finish) returns.
pub trait Exporter {
    /// Writes a row.
    ///
    /// # Errors
    /// [`ExportError`] if the row cannot be written.
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError>;

    /// Takes a lap that ended `ended_s` seconds after the start of the export. The call may follow seconds later: the game publishes
    /// the lap time after the line.
    ///
    /// # Errors
    /// [`ExportError`] if the lap cannot be written.
    fn lap(&mut self, lap: &Lap, ended_s: f64) -> Result<(), ExportError> {
        let _ = (lap, ended_s);
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be completed.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}
