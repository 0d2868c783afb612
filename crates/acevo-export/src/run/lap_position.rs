//! Positions that belong to the lap of their row.
//!
//! The game's lap position does not change with the lap. After the line it may count on beyond 1, or stay at the end of the previous lap,
//! for seconds. Before the lap timer restarts it may already be that of the next lap.

use std::mem;
use std::time::Duration;

use acevo_telemetry::analysis::{Analysis, SessionEventKind, watches_another_car};
use acevo_telemetry::{ChannelValue, Frame};

use crate::Column;

/// The lap timer restarts at most this long after the car has passed the line (measured: 20 ms).
const MAX_LATE_RESET: Duration = Duration::from_millis(200);

/// At the start of a lap, positions beyond this are before the line.
const MAX_FIRST_POSITION: f64 = 0.5;

/// A position this close to the line may belong to the other side of it, as a fraction of a lap.
const NEAR_LINE: f64 = 0.05;

/// Finds the positions for the columns `lap_position` and `lap_distance`.
///
/// Pass all events of the analysis to [`on_event`](Self::on_event), then the frame to [`on_frame`](Self::on_frame).
#[derive(Debug)]
pub(super) struct LapPositions {
    /// Session and number of the running lap.
    lap: Option<(u32, u32)>,
    is_begun: bool,
    is_returned: bool,
    stage: Stage,
    /// The newest position on the lap.
    last: Option<f64>,
    /// When the car passed the line at the end of the running lap.
    passed_line: Option<Duration>,
    corrected: Corrected,
}

/// Where a lap is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// The car starts before the line, on the grid or in its box.
    BeforeLine,
    /// The line was crossed, and the position is still that of the previous lap.
    Crossed,
    /// The position belongs to the lap.
    OnLap,
}

/// The position to export.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Corrected {
    /// The one of the game: no lap is running.
    AsPublished,
    /// The position on the running lap: 0..1, negative before the line.
    Position(f64),
    Unknown,
}

impl LapPositions {
    pub(super) fn new() -> Self {
        Self {
            lap: None,
            is_begun: false,
            is_returned: false,
            stage: Stage::OnLap,
            last: None,
            passed_line: None,
            corrected: Corrected::AsPublished,
        }
    }

    pub(super) fn on_event(&mut self, event: &SessionEventKind) {
        match event {
            SessionEventKind::LapBegun => self.is_begun = true,
            SessionEventKind::ReturnedToBox => self.is_returned = true,
            _ => {}
        }
    }

    pub(super) fn on_frame(&mut self, frame: &Frame, analysis: &Analysis, at: Duration) {
        let lap = analysis.current_lap_number().map(|number| (analysis.session(), number));
        let before = mem::replace(&mut self.lap, lap);
        let (is_begun, is_returned) = (mem::take(&mut self.is_begun), mem::take(&mut self.is_returned));
        let published = f64::from(frame.graphics.raw().npos);
        self.corrected = if lap.is_none() {
            Corrected::AsPublished
        } else if watches_another_car(frame) || !(-0.5..1.5).contains(&published) {
            Corrected::Unknown
        } else {
            let position = published.rem_euclid(1.0);
            if lap != before || is_returned {
                let is_before_line = position > MAX_FIRST_POSITION && (is_begun || is_returned);
                let follows = before.is_some_and(|(session, _)| session == analysis.session());
                self.stage = match (is_before_line, follows && !is_returned) {
                    (false, _) => Stage::OnLap,
                    (true, true) => Stage::Crossed,
                    (true, false) => Stage::BeforeLine,
                };
                (self.last, self.passed_line) = (None, None);
            }
            self.correct_position(position, at)
        };
    }

    fn correct_position(&mut self, position: f64, at: Duration) -> Corrected {
        match self.stage {
            Stage::BeforeLine if position > MAX_FIRST_POSITION => return Corrected::Position(position - 1.0),
            Stage::Crossed if position > MAX_FIRST_POSITION => return Corrected::Unknown,
            _ => self.stage = Stage::OnLap,
        }
        let last = self.last.unwrap_or(position);
        if last > 1.0 - NEAR_LINE && position < NEAR_LINE {
            let passed = *self.passed_line.get_or_insert(at);
            if at.saturating_sub(passed) <= MAX_LATE_RESET {
                return Corrected::Position(1.0);
            }
        } else if last < NEAR_LINE && position > 1.0 - NEAR_LINE {
            // The car rolls back across the line.
            return Corrected::Position(position - 1.0);
        }
        (self.last, self.passed_line) = (Some(position), None);
        Corrected::Position(position)
    }

    /// The position in the newest frame.
    pub(super) const fn corrected(&self) -> Corrected {
        self.corrected
    }
}

/// The columns with positions, with their index.
#[derive(Debug)]
pub(super) struct PositionColumns(Vec<(usize, Column)>);

impl PositionColumns {
    pub(super) fn of(columns: &[Column]) -> Self {
        Self(columns.iter().copied().enumerate().filter(|(_, column)| column.is_corrected()).collect())
    }

    /// Corrects the values of a frame. Values that do not exist stay so.
    pub(super) fn correct(&self, corrected: Corrected, values: &mut [Option<ChannelValue<'_>>], frame: &Frame) {
        for (index, column) in &self.0 {
            let value = &mut values[*index];
            *value = match (corrected, *value) {
                (_, None) | (Corrected::Unknown, _) => None,
                (Corrected::AsPublished, published) => published,
                (Corrected::Position(position), _) => in_column(position, column, frame).map(ChannelValue::Number),
            };
        }
    }
}

/// A lap position as a value of a column.
fn in_column(position: f64, column: &Column, frame: &Frame) -> Option<f64> {
    let value = match column.channel.id() {
        "lap_distance" => position * f64::from(frame.static_data.track_length()?),
        _ => position,
    };
    column.channel.unit().convert(value, column.unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(stage: Stage, published: &[f64]) -> Vec<Corrected> {
        let mut positions = LapPositions::new();
        positions.stage = stage;
        let at = |index: usize| Duration::from_millis(100 * index as u64);
        published.iter().enumerate().map(|(index, position)| positions.correct_position(*position, at(index))).collect()
    }

    #[test]
    fn positions_before_the_line_are_negative_at_a_start_and_unknown_after_a_crossing() {
        use Corrected::{Position, Unknown};
        assert_eq!(positions(Stage::BeforeLine, &[0.75, 0.0, 0.5]), [Position(-0.25), Position(0.0), Position(0.5)]);
        assert_eq!(positions(Stage::Crossed, &[0.99, 0.99, 0.02]), [Unknown, Unknown, Position(0.02)]);
    }

    #[test]
    fn positions_of_the_next_lap_are_the_end_of_the_lap_until_the_timer_is_too_late() {
        let ends = positions(Stage::OnLap, &[0.999, 0.001, 0.002, 0.003, 0.004]);
        assert_eq!(ends, [0.999, 1.0, 1.0, 1.0, 0.004].map(Corrected::Position));
    }

    #[test]
    fn a_car_that_rolls_back_across_the_line_has_a_negative_position() {
        assert_eq!(positions(Stage::OnLap, &[0.0, 0.96875, 0.0]), [0.0, -0.03125, 0.0].map(Corrected::Position));
    }
}
