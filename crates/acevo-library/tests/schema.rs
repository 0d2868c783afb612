//! `SCHEMA.md` describes every table and column of the database.

use std::collections::BTreeMap;

use acevo_library::Library;
use rusqlite::Connection;

/// Columns with their types by table: `text`, or `text*` if they may be null.
type Tables = BTreeMap<String, Vec<(String, String)>>;

fn of_database(connection: &Connection) -> Tables {
    let names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";
    let mut names = connection.prepare(names).unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let columns = |table: &String| {
        let mut columns = connection.prepare(&format!("PRAGMA table_info({table})")).unwrap();
        let is_view = table == "bests";
        let columns = columns.query_map([], |row| {
            let (name, kind): (String, String) = (row.get("name")?, row.get("type")?);
            let is_required = row.get::<_, bool>("notnull")? || row.get::<_, u32>("pk")? > 0;
            let mark = if is_required || is_view { "" } else { "*" };
            Ok((name, format!("{}{mark}", kind.to_lowercase())))
        });
        columns.unwrap().map(Result::unwrap).collect()
    };
    names.map(|table| (table.clone(), columns(&table))).collect()
}

fn of_document() -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    for line in include_str!("../SCHEMA.md").lines() {
        if let Some(name) = line.strip_prefix("## `") {
            table = name.trim_end_matches('`').to_owned();
        } else if let Some(row) = line.strip_prefix("| `") {
            let (name, rest) = row.split_once("` | ").unwrap();
            let kind = rest.split(" | ").next().unwrap();
            tables.entry(table.clone()).or_default().push((name.to_owned(), kind.to_owned()));
        }
    }
    tables
}

#[test]
fn document_has_all_tables_and_columns_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.sqlite");
    drop(Library::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let (mut documented, found) = (of_document(), of_database(&connection));
    // SQLite does not know which columns of a view may be null, nor the types of computed ones.
    for (_, kind) in documented.get_mut("bests").unwrap() {
        *kind = String::new();
    }
    let mut found = found;
    found.get_mut("bests").unwrap().iter_mut().for_each(|(_, kind)| kind.clear());
    assert_eq!(documented, found);
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert!(include_str!("../SCHEMA.md").contains(&format!("Version {version} ")));
}

#[test]
fn examples_of_the_document_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.sqlite");
    drop(Library::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let (_, sql) = include_str!("../SCHEMA.md").split_once("```sql\n").unwrap();
    let (sql, _) = sql.split_once("```").unwrap();
    let statements: Vec<_> = sql.split_inclusive(';').filter(|statement| !statement.trim().is_empty()).collect();
    assert!(statements.len() >= 3);
    for statement in statements {
        connection.prepare(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}
