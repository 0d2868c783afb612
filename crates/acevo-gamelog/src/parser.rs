//! From bytes to events.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::ControlFlow;

use acevo_shared_memory::CarId;

use crate::event::{LogEvent, LogEventKind, Split, SplitKind};
use crate::line::{Line, Lines, Piece};
use crate::message::{Message, Reading};
use crate::time::LogTime;

/// Milliseconds within which the lines of one split come. They are written one after the other, 1 ms apart at most in measured logs; the
/// game's next step comes 12 ms later.
const SPLIT_MS: i64 = 8;

/// Events that wait for the lines of a split at most.
const MAX_WAITING: usize = 64;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// Numbers of lines by what they are. Each line is counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Counts {
    /// Lines that are an event or part of one, or have a known form without a meaning here.
    pub understood: u64,
    /// Lines with a header that are of no interest.
    pub skipped: u64,
    /// Lines without a header: they continue the line before them.
    pub continuations: u64,
    /// Lines that begin in a known form but do not continue so. If there are many, the game has changed its log.
    pub malformed: u64,
    /// Lines of more than 4096 bytes.
    pub too_long: u64,
    /// Bytes, of complete lines or not.
    pub bytes: u64,
}

impl Counts {
    /// All lines.
    pub const fn lines(&self) -> u64 {
        self.understood + self.skipped + self.continuations + self.malformed + self.too_long
    }
}

/// Reads the log from bytes that come in pieces of any size.
///
/// Any bytes are accepted. Memory is bounded by the number of events in one piece: take all events before the next one. Pieces of the same
/// bytes give the same events, however they are cut.
///
/// ```
/// use acevo_gamelog::{LogEventKind, Parser};
///
/// let mut parser = Parser::new();
/// parser.feed(b"[2026-05-01 20:00:00.000] [gameplay] [info] New lap carId 1111222233334444-");
/// assert_eq!(parser.next_event(), None);
/// parser.feed(b"5555666677778888: 01:30.500\r\n");
/// let event = parser.next_event().expect("the line is complete");
/// assert!(matches!(event.kind, LogEventKind::Lap { time_ms: 90_500, .. }));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Parser {
    lines: Lines,
    state: State,
}

/// Reads a whole log, and passes its events on until `on_event` breaks. Returns the numbers of lines that were read.
///
/// # Errors
/// Errors of reading.
///
/// ```
/// use std::ops::ControlFlow;
///
/// let log = "[2026-05-01 20:00:00.000] [others] [info] Build release 0.5.4, version 1\n";
/// let mut events = 0;
/// acevo_gamelog::read_log(log.as_bytes(), |_| {
///     events += 1;
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(events, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_log(mut input: impl Read, mut on_event: impl FnMut(LogEvent) -> ControlFlow<()>) -> io::Result<Counts> {
    let (mut parser, mut piece) = (Parser::new(), vec![0; PIECE]);
    loop {
        let count = match input.read(&mut piece) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if count == 0 {
            parser.finish();
        }
        parser.feed(piece.get(..count).unwrap_or_default());
        while let Some(event) = parser.next_event() {
            if on_event(event).is_break() {
                return Ok(parser.counts());
            }
        }
        if count == 0 {
            return Ok(parser.counts());
        }
    }
}

/// All but the lines.
#[derive(Debug, Clone, Default)]
struct State {
    events: VecDeque<LogEvent>,
    /// Index of the split in `events` whose lines have not all come. The events after it wait.
    held: Option<usize>,
    /// The name in the last message about a preset: the file of a set-up follows.
    preset: Option<String>,
    counts: Counts,
}

impl Parser {
    /// A parser at the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next bytes of the log.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.state.counts.bytes += bytes.len() as u64;
        self.lines.feed(bytes, |piece| self.state.piece(piece));
    }

    /// The next event. `None` if the bytes so far have no more, or if the log has to continue before a split is complete.
    pub fn next_event(&mut self) -> Option<LogEvent> {
        self.state.next_event()
    }

    /// Ends the log: its last line may lack its end, and a split waits for no more lines.
    pub fn finish(&mut self) {
        self.lines.finish(|piece| self.state.piece(piece));
        self.state.held = None;
    }

    /// Numbers of lines so far.
    pub fn counts(&self) -> Counts {
        self.state.counts
    }
}

impl State {
    fn next_event(&mut self) -> Option<LogEvent> {
        if self.held == Some(0) {
            return None;
        }
        let event = self.events.pop_front()?;
        self.held = self.held.map(|index| index.saturating_sub(1));
        Some(event)
    }

    fn piece(&mut self, piece: Piece<'_>) {
        let line = match piece {
            Piece::Line(line) | Piece::BeforeZero(line) => Line::of(line),
            Piece::TooLong => {
                self.counts.too_long += 1;
                return;
            }
        };
        let Some(line) = line else {
            // The line continues after the zero byte.
            self.counts.continuations += u64::from(matches!(piece, Piece::Line(_)));
            return;
        };
        let reading = Reading::of(&line);
        if reading == Reading::Other && self.held.is_none() {
            self.counts.skipped += 1;
            return;
        }
        let time = LogTime::parse(line.time);
        if let Some(time) = time {
            self.release_before(time);
        }
        match (reading, time) {
            (Reading::Other, _) => self.counts.skipped += 1,
            (Reading::Known(message), Some(time)) => {
                self.counts.understood += 1;
                self.message(time, message);
            }
            (Reading::Malformed, _) | (Reading::Known(_), None) => self.counts.malformed += 1,
        }
    }

    fn message(&mut self, time: LogTime, message: Message) {
        match message {
            Message::Event(kind) => {
                if let LogEventKind::Lap { car, .. } = kind {
                    self.lap(car);
                }
                self.event(time, kind);
            }
            Message::SplitCompleted { car, index, lap, line_ms } => {
                let (car, line_ms) = (Some(car), Some(line_ms));
                self.hold(time, Split { car, index, lap, line_ms, sector_ms: None, kind: SplitKind::Unmarked });
            }
            Message::OnSplit { index, sector_ms, ends_lap } => self.on_split(time, index, sector_ms, ends_lap),
            Message::UnexpectedSplit => self.mark(SplitKind::Unexpected),
            Message::OutLapSplit => self.mark(SplitKind::OutLap),
            Message::PresetLoaded(name) => self.preset = Some(name),
            Message::SetUpOpened(name) => {
                if self.preset.take_if(|preset| *preset == name).is_some() {
                    self.event(time, LogEventKind::SetupLoaded { name });
                }
            }
            Message::Nothing => {}
        }
    }

    fn event(&mut self, time: LogTime, kind: LogEventKind) {
        self.events.push_back(LogEvent { time, kind });
        if self.held.is_some_and(|index| self.events.len() - index > MAX_WAITING) {
            self.held = None;
        }
    }

    fn hold(&mut self, time: LogTime, split: Split) {
        self.held = Some(self.events.len());
        self.event(time, LogEventKind::Split(split));
    }

    /// The split that waits for its lines.
    fn held(&mut self) -> Option<&mut Split> {
        match &mut self.events.get_mut(self.held?)?.kind {
            LogEventKind::Split(split) => Some(split),
            _ => None,
        }
    }

    /// A line of another time ends the wait.
    fn release_before(&mut self, time: LogTime) {
        let held = self.held.and_then(|index| self.events.get(index));
        if held.is_some_and(|held| (time.ms() - held.time.ms()).abs() > SPLIT_MS) {
            self.held = None;
        }
    }

    fn on_split(&mut self, time: LogTime, index: u8, sector_ms: u32, ends_lap: bool) {
        if let Some(split) = self.held().filter(|split| split.index == index && split.kind == SplitKind::Unmarked) {
            (split.sector_ms, split.kind) = (Some(sector_ms), SplitKind::Timed);
            self.held = None;
            return;
        }
        let kind = SplitKind::Timed;
        self.hold(time, Split { car: None, index, lap: None, line_ms: None, sector_ms: Some(sector_ms), kind });
        // The lap follows, which names the car.
        if !ends_lap {
            self.held = None;
        }
    }

    /// Without a split that waits, the line says nothing about a car.
    fn mark(&mut self, kind: SplitKind) {
        if let Some(split) = self.held().filter(|split| split.kind == SplitKind::Unmarked) {
            split.kind = kind;
            self.held = None;
        }
    }

    fn lap(&mut self, car: CarId) {
        if let Some(split) = self.held() {
            if split.car.is_none() {
                split.car = Some(car);
            }
            self.held = None;
        }
    }
}
