//! Prints fields by their paths, with units: `cargo run --example raw_fields -- speedKmh tyreContactPoint[0] tyre_lf.slip`
//!
//! Run it while the game or `acevo simulate` runs. Without arguments it lists all fields.
#![allow(clippy::print_stdout)]

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics};

fn main() -> Result<(), Error> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        for field in PageKind::ALL.iter().flat_map(|page| page.fields()).filter(|field| !field.hidden) {
            println!("{:50} {:8} {}", field.path, field.unit, field.description);
        }
        return Ok(());
    }

    let mapper = ACEvoSharedMemoryMapper::open()?;
    let (physics, graphics) = (mapper.try_physics()?, mapper.try_graphics()?);
    for path in &paths {
        let name = path.split('[').next().unwrap_or(path);
        let unit = SPageFilePhysics::field(name).or(SPageFileGraphicEvo::field(name)).map_or("", |field| field.unit);
        match physics.raw().value(path).or_else(|| graphics.raw().value(path)) {
            Some(value) => println!("{path} = {value} {unit}"),
            None => println!("{path} is not a field of the physics or graphics page"),
        }
    }
    Ok(())
}
