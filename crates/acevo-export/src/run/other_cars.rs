//! The other cars of a recording: which sessions have them, and their laps as tables.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use acevo_recording::{AnalyzedStep, FieldReader, FrameStep, Recording, TrackOutlines};
use acevo_shared_memory::{ACEvoStatus, CarId};
use acevo_telemetry::ChannelValue;
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::field::{CarIdentity, Field, FieldLap, LapSource};

use super::rows::Observer;
use crate::parquet::Table;
use crate::typed::ColumnType;

/// Columns of the table of cars.
const CAR_COLUMNS: &[(&str, ColumnType)] = &[
    ("session", ColumnType::Whole),
    ("car_id", ColumnType::Text),
    ("name", ColumnType::Text),
    ("short_name", ColumnType::Text),
    ("number", ColumnType::Whole),
    ("model", ColumnType::Text),
    ("is_ai", ColumnType::Flag),
    ("is_player", ColumnType::Flag),
];

/// Columns of the table of laps.
const LAP_COLUMNS: &[(&str, ColumnType)] = &[
    ("session", ColumnType::Whole),
    ("car_id", ColumnType::Text),
    ("lap", ColumnType::Whole),
    ("time_ms", ColumnType::Whole),
    ("sector_1_ms", ColumnType::Whole),
    ("sector_2_ms", ColumnType::Whole),
    ("sector_3_ms", ColumnType::Whole),
    ("source", ColumnType::Text),
    ("is_valid", ColumnType::Flag),
    ("through_pits", ColumnType::Flag),
    ("ended_s", ColumnType::Double),
];

/// What the first pass over a recording shows about other cars.
#[derive(Debug, Default)]
pub(super) struct OtherCars {
    outlines: TrackOutlines,
    sessions: BTreeSet<u32>,
}

impl OtherCars {
    /// Takes a step, after the analysis has taken it.
    pub(super) fn note(&mut self, analysis: &Analysis, step: &FrameStep<'_>) {
        self.outlines.note(analysis);
        let session = analysis.session();
        let is_live = step.graphics.is_some() && step.frame.graphics.status() == ACEvoStatus::Live;
        if is_live && !self.sessions.contains(&session) && step.frame.graphics.cars().count() > 1 {
            self.sessions.insert(session);
        }
    }

    /// True if a session has other cars than the player's.
    pub(super) fn are_in(&self, session: u32) -> bool {
        self.sessions.contains(&session)
    }

    /// Begins the second pass; `None` if there are no other cars.
    pub(super) fn follow<R: Read + Seek>(&self, recording: &Recording<R>) -> Option<CarTables> {
        let reader = || FieldReader::new(recording, self.outlines.clone());
        (!self.sessions.is_empty()).then(|| CarTables { field: reader(), cars: BTreeMap::new() })
    }
}

/// Collects the rows of the tables of all cars in the second pass.
pub(super) struct CarTables {
    field: FieldReader,
    /// The cars that were on the pages in each session.
    cars: BTreeMap<u32, BTreeSet<CarId>>,
}

impl Observer for Option<CarTables> {
    fn step(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        self.iter_mut().for_each(|cars| cars.take(analysis, step));
    }
}

impl CarTables {
    /// Takes a step, after the analysis has taken it.
    pub(super) fn take(&mut self, analysis: &Analysis, seen: &AnalyzedStep<'_>) {
        self.field.take(analysis, seen);
        let Some(step) = seen.step else { return };
        if step.graphics.is_none() || step.frame.graphics.status() != ACEvoStatus::Live {
            return;
        }
        let known = self.cars.entry(analysis.session()).or_default();
        for car in step.frame.graphics.cars() {
            // The field has a limited number of cars.
            if !known.contains(&car.id) && self.field.field().label(car.id).is_some() {
                known.insert(car.id);
            }
        }
    }

    /// The cars of a session, and their laps.
    pub(super) fn tables(&self, session: u32) -> (Table, Table) {
        let (mut cars, mut all_laps) = (Table::new(CAR_COLUMNS), Table::new(LAP_COLUMNS));
        let field = self.field.field();
        let seen = self.cars.get(&session);
        for (id, identity, laps) in field.cars() {
            let laps: Vec<_> = laps.iter().filter(|lap| lap.session == session).collect();
            if laps.is_empty() && !seen.is_some_and(|seen| seen.contains(&id)) {
                continue;
            }
            add_car(&mut cars, session, id, identity, field);
            laps.into_iter().for_each(|lap| add_lap(&mut all_laps, id, lap));
        }
        (cars, all_laps)
    }
}

fn add_car(table: &mut Table, session: u32, id: CarId, identity: &CarIdentity, field: &Field) {
    let CarIdentity { name, short_name, number, model, is_ai, .. } = identity;
    let id_text = id.to_string();
    table.row(&[
        whole(Some(session)),
        Some(ChannelValue::Text(&id_text)),
        text(name.as_deref()),
        text(short_name.as_deref()),
        whole(*number),
        text(model.as_deref()),
        flag(*is_ai),
        flag(Some(field.player() == Some(id))),
    ]);
}

fn add_lap(table: &mut Table, id: CarId, lap: &FieldLap) {
    let id_text = id.to_string();
    let sector = |index: usize| whole(lap.sectors_ms.get(index).copied().flatten());
    table.row(&[
        whole(Some(lap.session)),
        Some(ChannelValue::Text(&id_text)),
        whole(Some(lap.number)),
        whole(lap.time_ms),
        sector(0),
        sector(1),
        sector(2),
        text(source(lap.source)),
        flag(lap.is_valid),
        flag(Some(lap.through_pits)),
        Some(ChannelValue::Number(lap.ended_s)),
    ]);
}

fn whole(number: Option<u32>) -> Option<ChannelValue<'static>> {
    number.map(|number| ChannelValue::Number(number.into()))
}

fn flag(flag: Option<bool>) -> Option<ChannelValue<'static>> {
    flag.map(|flag| ChannelValue::Number(f64::from(u8::from(flag))))
}

fn text(text: Option<&str>) -> Option<ChannelValue<'_>> {
    text.map(ChannelValue::Text)
}

/// The name of a source, as in JSON.
const fn source(source: LapSource) -> Option<&'static str> {
    match source {
        LapSource::Measured => Some("measured"),
        LapSource::Pages => Some("pages"),
        LapSource::Log => Some("log"),
        LapSource::Estimated => Some("estimated"),
        _ => None,
    }
}
