//! The tables of all cars of a session, and of their laps.

use acevo_export::{ColumnType, ColumnValues, Table};

use crate::identity::{self, Identity};
use crate::schema::LakeColumn;

/// Columns that these tables do not have: their rows are about other cars, and the table of an export has the session.
const LEFT_OUT: [&str; 3] = ["driver", "car", "session_number"];

/// The columns of a table with these columns besides its own.
pub(crate) fn columns(own: &[(&str, ColumnType)]) -> Vec<LakeColumn> {
    let all = identity::columns("When the session began, UTC");
    let mut columns: Vec<_> = all.into_iter().filter(|column| !LEFT_OUT.contains(&&*column.name)).collect();
    columns.extend(own.iter().map(|(name, kind)| {
        let name = if *name == "session" { "session_number" } else { name };
        LakeColumn::new(name, *kind, "")
    }));
    columns
}

/// Adds the rows of a session.
pub(crate) fn append(values: &mut [ColumnValues], identity: &Identity, table: Table) {
    let rows = table.rows();
    append_values(values, identity, rows, table.into_values());
}

/// Adds rows of a session that are in memory.
pub(crate) fn append_values(values: &mut [ColumnValues], identity: &Identity, rows: usize, own: Vec<ColumnValues>) {
    let all = identity::columns("");
    let mut full: Vec<_> = all.iter().map(|column| ColumnValues::new(column.kind)).collect();
    (0..rows).for_each(|_| {
        identity.push(&mut full, identity.start_us);
    });
    let kept = all.iter().zip(full).filter(|(column, _)| !LEFT_OUT.contains(&&*column.name)).map(|(_, values)| values);
    values.iter_mut().zip(kept.chain(own)).for_each(|(column, next)| column.append(next));
}
