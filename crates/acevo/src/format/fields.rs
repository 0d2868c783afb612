//! Selects raw fields by name.

use acevo_shared_memory::{Field, PageKind, Value};
use anyhow::{anyhow, bail};

/// Similar names listed in the error for an unknown field.
const MAX_SUGGESTIONS: usize = 5;

/// Similarity of a name, 0..1, from which on it is listed.
const MIN_SIMILARITY: f64 = 0.75;

/// A field, or a part of an array field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selected {
    pub(crate) page: PageKind,
    pub(crate) field: &'static Field,
    indices: Vec<usize>,
}

impl Selected {
    /// The field's path with its indices.
    pub(crate) fn name(&self) -> String {
        let indices: String = self.indices.iter().map(|index| format!("[{index}]")).collect();
        format!("{}{indices}", self.field.path)
    }

    /// The elements as plain fields, each with its path and index.
    pub(crate) fn elements(&self) -> Vec<(String, Field)> {
        let Field { count, row, ty, .. } = *self.field;
        // A row is an element of an array of arrays.
        let size = |depth: usize| match depth {
            0 => count,
            1 if count > row => row,
            _ => 1,
        };
        let start: usize = self.indices.iter().enumerate().map(|(depth, index)| index * size(depth + 1)).sum();
        (start..start + size(self.indices.len()))
            .map(|at| {
                let mut element = *self.field;
                element.offset += at * ty.size();
                (element.count, element.row) = (1, 1);
                let name = match (count, row) {
                    (1, _) => self.field.path.to_owned(),
                    (count, row) if count > row => format!("{}[{}][{}]", self.field.path, at / row, at % row),
                    _ => format!("{}[{at}]", self.field.path),
                };
                (name, element)
            })
            .collect()
    }

    /// Reads the value from the bytes of the page.
    pub(crate) fn value<'a>(&self, page: &'a [u8]) -> Value<'a> {
        let mut value = self.field.read(page);
        for index in &self.indices {
            // Indices were checked when the field was selected.
            match value {
                Value::List(list) => value = list.get(*index).unwrap_or(value),
                _ => break,
            }
        }
        value
    }
}

/// Selects fields by name, or all fields if `wanted` is empty. Each field is returned once, in the order of the pages.
pub(crate) fn select(wanted: &[String], page: Option<PageKind>, hidden: bool) -> anyhow::Result<Vec<Selected>> {
    let known: Vec<Selected> = PageKind::ALL
        .into_iter()
        .filter(|kind| page.is_none_or(|page| page == *kind))
        .flat_map(|page| page.fields().iter().map(move |field| Selected { page, field, indices: Vec::new() }))
        .filter(|one| hidden || !one.field.hidden)
        .collect();
    if wanted.is_empty() {
        return Ok(known);
    }
    let mut selected: Vec<Selected> = Vec::new();
    for wanted in wanted {
        for one in find(&known, wanted)? {
            if !selected.contains(&one) {
                selected.push(one);
            }
        }
    }
    selected.sort_by_key(|one| one.page);
    Ok(selected)
}

fn find(known: &[Selected], wanted: &str) -> anyhow::Result<Vec<Selected>> {
    let (name, indices) = split_indices(wanted)?;
    let exact = |one: &Selected| names(one).iter().any(|known| known == name);
    let any_case = |one: &Selected| names(one).iter().any(|known| known.eq_ignore_ascii_case(name));
    let prefix = format!("{name}.");
    let part = |one: &Selected| names(one).iter().any(|known| known.starts_with(&prefix));
    let tries: [&dyn Fn(&Selected) -> bool; 3] = [&exact, &part, &any_case];
    let found: Vec<_> = tries
        .iter()
        .map(|is| known.iter().filter(|one| is(one)).cloned().collect())
        .find(|f: &Vec<_>| !f.is_empty())
        .ok_or_else(|| unknown(known, name))?;
    found
        .into_iter()
        .map(|mut one| {
            check_indices(&one, &indices)?;
            one.indices.clone_from(&indices);
            Ok(one)
        })
        .collect()
}

/// The names of a field: its path, with and without its page.
fn names(one: &Selected) -> [String; 2] {
    [one.field.path.to_owned(), format!("{}.{}", one.page, one.field.path)]
}

fn split_indices(wanted: &str) -> anyhow::Result<(&str, Vec<usize>)> {
    let (name, mut rest) = wanted.split_at(wanted.find('[').unwrap_or(wanted.len()));
    let mut indices = Vec::new();
    while !rest.is_empty() {
        let index = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((index, after)) = index.and_then(|(index, after)| Some((index.parse().ok()?, after))) else {
            bail!("{wanted:?} is not a field: an index is a number in brackets, as in wheelSlip[2]");
        };
        indices.push(index);
        rest = after;
    }
    Ok((name, indices))
}

fn check_indices(one: &Selected, indices: &[usize]) -> anyhow::Result<()> {
    let Field { path, count, row, .. } = *one.field;
    let sizes = match (count, row) {
        (1, _) => vec![],
        (count, row) if count > row => vec![count / row, row],
        (count, _) => vec![count],
    };
    if indices.len() > sizes.len() {
        match sizes.len() {
            0 => bail!("{path} is a single value: leave the index out"),
            1 => bail!("{path} takes at most 1 index"),
            dimensions => bail!("{path} takes at most {dimensions} indices"),
        }
    }
    for (index, size) in indices.iter().zip(sizes) {
        if *index >= size {
            bail!("{path} has no element {index}: its elements are numbered from 0 to {}", size - 1);
        }
    }
    Ok(())
}

fn unknown(known: &[Selected], name: &str) -> anyhow::Error {
    let wanted = name.to_lowercase();
    let mut close: Vec<(f64, String)> = known
        .iter()
        .flat_map(|one| {
            // "slip" also finds `tyre_lf.slip`.
            let path = one.field.path.to_lowercase();
            let last = path.rsplit('.').next().unwrap_or(&path);
            let contains = if wanted.len() > 2 && path.contains(&wanted) { 1.0 } else { 0.0 };
            let alike = strsim::jaro_winkler(&wanted, &path).max(strsim::jaro_winkler(&wanted, last)).max(contains);
            (alike >= MIN_SIMILARITY).then(|| (alike, format!("{}.{}", one.page, one.field.path)))
        })
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    let close: Vec<_> = close.into_iter().take(MAX_SUGGESTIONS).map(|(_, path)| path).collect();
    match &close[..] {
        [] => anyhow!("unknown field {name:?}: `acevo dump --demo` lists all fields"),
        close => anyhow!("unknown field {name:?}; similar fields: {}", close.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wanted: &[&str]) -> anyhow::Result<Vec<String>> {
        let wanted: Vec<_> = wanted.iter().map(|text| (*text).to_owned()).collect();
        Ok(select(&wanted, None, false)?.iter().map(|one| format!("{}.{}", one.page, one.name())).collect())
    }

    #[test]
    fn select_finds_fields_by_path_page_part_and_index() {
        assert_eq!(names(&["graphics.rpm", "speedKmh"]).unwrap(), ["physics.speedKmh", "graphics.rpm"]);
        assert_eq!(names(&["packetId"]).unwrap(), ["physics.packetId", "graphics.packetId"]);
        assert_eq!(names(&["SPEEDKMH"]).unwrap(), ["physics.speedKmh"]);
        assert_eq!(
            names(&["wheelSlip[2]", "car_coordinates[3][1]"]).unwrap(),
            ["physics.wheelSlip[2]", "graphics.car_coordinates[3][1]"]
        );
        assert!(names(&["electronics"]).unwrap().iter().all(|name| name.starts_with("graphics.electronics.")));
        assert_eq!(names(&["gear", "gear"]).unwrap().len(), 1);
        assert!(names(&["static"]).unwrap().len() > 10);
    }

    #[test]
    fn elements_have_the_values_of_their_paths() {
        use acevo_shared_memory::{Page, SPageFilePhysics};

        let wanted =
            ["gear", "wheelSlip", "wheelSlip[2]", "tyreContactPoint", "tyreContactPoint[3]", "tyreContactPoint[3][1]"];
        let selected = wanted.map(|name| select(&[name.to_owned()], Some(PageKind::Physics), false).unwrap().remove(0));
        let counts = selected.each_ref().map(|one| one.elements().len());
        assert_eq!(counts, [1, 4, 1, 12, 3, 1]);
        let bytes: Vec<u8> = (0..800).map(|at| (at % 251) as u8).collect();
        let page = SPageFilePhysics::from_bytes(&bytes);
        for (name, element) in selected.iter().flat_map(Selected::elements) {
            assert_eq!(Some(element.read(&bytes)), page.value(&name), "{name}");
        }
        assert_eq!(selected[4].elements()[0].0, "tyreContactPoint[3][0]");
        assert_eq!(selected[5].elements()[0].0, "tyreContactPoint[3][1]");
        assert_eq!(selected[2].elements()[0].0, "wheelSlip[2]");
    }

    #[test]
    fn select_suggests_similar_fields_and_checks_indices() {
        let error = |wanted| names(&[wanted]).unwrap_err().to_string();
        assert!(error("speedKmph").contains("physics.speedKmh"), "{}", error("speedKmph"));
        assert!(error("slipp").contains("slip"), "{}", error("slipp"));
        assert!(error("qqqqqqqq").contains("lists all"));
        assert!(error("wheelSlip[4]").contains("from 0 to 3"));
        assert!(error("speedKmh[0]").contains("single value"));
        assert!(error("wheelSlip[0][0]").contains("at most 1 index"));
        for wrong in ["wheelSlip[", "wheelSlip[]", "wheelSlip[-1]", "wheelSlip[1]x", "", "[1]", "."] {
            assert!(names(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
