//! The given API: `given/api.rs` uses every name of it and must compile unchanged.
#![cfg(feature = "serde")]

mod given {
    #![allow(missing_docs, clippy::print_stdout)]
    include!("given/api.rs");

    pub(crate) fn run() {
        main();
    }
}

#[test]
fn given_api_compiles_unchanged_and_runs() {
    given::run();
}
